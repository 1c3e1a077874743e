//! Questions to the person at the terminal. Whoever is not one is never asked.

use std::io::{self, BufRead, Read, Write};

use crate::error::CommandError;

/// Longest answer, in bytes: a letter is expected.
const MAX_ANSWER: u64 = 1000;

/// Asks on standard error, and returns the line that was typed, in lower case without blanks around
/// it; empty at the end of the input.
pub(super) fn ask(question: &str) -> Result<String, CommandError> {
    let failed = |error: io::Error| {
        CommandError::new(format!("the answer cannot be read from the terminal: {error}"))
    };
    let mut stderr = anstream::stderr();
    write!(stderr, "{question} ").and_then(|()| stderr.flush()).map_err(failed)?;
    let mut line = Vec::new();
    io::stdin().lock().take(MAX_ANSWER).read_until(b'\n', &mut line).map_err(failed)?;
    Ok(String::from_utf8_lossy(&line).trim().to_lowercase())
}

/// Whether the person says yes.
pub(super) fn confirm(question: &str) -> Result<bool, CommandError> {
    Ok(is_yes(&ask(&format!("{question} [y/N]"))?))
}

pub(super) fn is_yes(answer: &str) -> bool {
    matches!(answer, "y" | "yes")
}
