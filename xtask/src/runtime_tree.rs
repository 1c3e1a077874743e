//! What the installed program is made of.

use crate::command::{Failure, cargo, output};
use crate::report::Outcome;

/// Crates that may be nowhere in what a user runs, by the beginning of their names: a second compiler,
/// and what brings an async runtime or a second TLS stack. The one compiler, Cranelift, is there for the
/// child that compiles what is installed; the tests of the hot path show that nothing else runs it.
const FORBIDDEN: &[&str] = &[
    "wasmtime-internal-winch",
    "wasmtime-wasi",
    "winch-codegen",
    "tokio",
    "async-std",
    "hyper",
    "reqwest",
    "openssl",
    "native-tls",
];

/// Checks the tree of normal dependencies of `lockgate`, without those of build scripts and tests.
pub(crate) fn check() -> Result<Outcome, Failure> {
    let tree = ["tree", "--locked", "--package", "lockgate", "--edges", "normal"];
    let shape = ["--prefix", "none", "--format", "{p}"];
    let output = output(cargo(&[tree.as_slice(), &shape].concat()))?;
    if !output.status.success() {
        return Err(Failure(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
    }
    match forbidden(&String::from_utf8_lossy(&output.stdout)).as_slice() {
        [] => Ok(Outcome::Passed),
        found => Err(Failure(format!(
            "the program would contain {}; `cargo tree --package lockgate --edges normal \
             --invert CRATE` says why",
            found.join(", ")
        ))),
    }
}

fn forbidden(tree: &str) -> Vec<&str> {
    let names = tree.lines().filter_map(|line| line.split_whitespace().next());
    let mut found: Vec<&str> =
        names.filter(|name| FORBIDDEN.iter().any(|start| name.starts_with(start))).collect();
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::forbidden;

    #[test]
    fn names_what_does_not_belong_once() {
        let tree = "lockgate v0.1.0 (/x)\nwasmtime v48.0.8\ntokio v1.0.0\ntokio v1.0.0 (*)\n";
        assert_eq!(forbidden(tree), ["tokio"]);
        assert!(forbidden("lockgate v0.1.0\nwasmtime v48.0.8\n").is_empty());
    }
}
