//! Known vulnerabilities of the dependencies.

use std::path::Path;

use crate::command::{Failure, output, program, run};
use crate::report::Outcome;

/// Checks the lock file against the RustSec database, or says that it could not be had.
pub(crate) fn check(deny: &Path) -> Result<Outcome, Failure> {
    let fetch = output(program(deny, &["fetch", "db"]))?;
    if !fetch.status.success() {
        let said = String::from_utf8_lossy(&fetch.stderr);
        return Ok(Outcome::NotChecked(reason(&said)));
    }
    run(program(deny, &["--locked", "check", "--disable-fetch", "advisories"]))?;
    Ok(Outcome::Passed)
}

/// The last line of what the fetch said, which is the cause of its causes.
fn reason(said: &str) -> String {
    let last = said.lines().map(str::trim).rfind(|line| !line.is_empty());
    let cause = last.unwrap_or("cargo-deny gave no reason");
    format!("the RustSec advisory database could not be fetched ({cause})")
}

#[cfg(test)]
mod tests {
    use super::reason;

    #[test]
    fn the_reason_is_the_innermost_cause() {
        let said = "failed to fetch\n\nCaused by:\n    could not resolve host: github.com\n\n";
        assert_eq!(
            reason(said),
            "the RustSec advisory database could not be fetched \
             (could not resolve host: github.com)"
        );
    }
}
