//! `cargo xtask mutants`: whether the tests of the policy notice when it changes.

use std::path::Path;

use crate::command::{self, Failure, program, target};
use crate::setup;

/// The crate whose every decision has to be tested.
const PACKAGE: &str = "lockgate-policy";

/// Longest time for the tests of one change, in seconds; they take one or two.
const TIMEOUT: &str = "120";

/// Changes the policy in one place after the other, runs its tests on each change, and tells which
/// ones no test noticed. `words` go to cargo-mutants.
pub(crate) fn run(words: &[&str]) -> Result<(), Failure> {
    let tool = setup::cargo_mutants()?;
    let folder = target().join("mutants");
    let list = folder.join("mutants.out/missed.txt");
    // Of an earlier run, which this one might end too early to replace.
    let _ = std::fs::remove_file(&list);
    let output = folder.to_string_lossy();
    let what = ["mutants", "--package", PACKAGE, "--jobs", "1", "--timeout", TIMEOUT];
    println!("This takes an hour or so; with `--list` it shows what would be tried.");
    let arguments = [what.as_slice(), &["--output", &output], words].concat();
    let outcome = command::run(program(tool, &arguments));
    match std::fs::read_to_string(&list).unwrap_or_default().as_str() {
        "" => outcome,
        missed => Err(survivors(missed, &folder)),
    }
}

fn survivors(missed: &str, folder: &Path) -> Failure {
    let count = missed.lines().count();
    let changes = folder.join("mutants.out/diff");
    Failure(format!(
        "no test noticed {count} of the changes:\n{missed}Write a test that fails for each that \
         matters; the changes are in {}",
        changes.display()
    ))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::survivors;

    #[test]
    fn survivors_are_named_with_the_place_of_their_changes() {
        let failure = survivors("a.rs:1: replace x\nb.rs:2: replace y\n", Path::new("/t"));
        assert!(failure.0.starts_with("no test noticed 2 of the changes:\na.rs:1"), "{failure}");
        assert!(failure.0.ends_with("are in /t/mutants.out/diff"), "{failure}");
    }
}
