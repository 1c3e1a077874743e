//! Questions to the person at the terminal. Whoever is not one is never asked.

use std::io::{self, BufRead, ErrorKind, IsTerminal, Write};

use crate::error::CommandError;
use crate::shell::input_is_terminal;

/// Longest answer, in bytes: a letter is expected.
const MAX_ANSWER: usize = 1000;

/// Whether somebody sees a question and can answer it: both are at a terminal.
pub(crate) fn somebody_is_there() -> bool {
    input_is_terminal() && io::stderr().is_terminal()
}

/// Asks on standard error, and returns the line that was typed, in lower case without blanks around
/// it; empty at the end of the input.
pub(super) fn ask(question: &str) -> Result<String, CommandError> {
    let failed = |error: io::Error| {
        CommandError::new(format!("the answer cannot be read from the terminal: {error}"))
    };
    let mut stderr = anstream::stderr();
    write!(stderr, "{question} ").and_then(|()| stderr.flush()).map_err(failed)?;
    let line = read_answer(&mut io::stdin().lock()).map_err(failed)?;
    Ok(String::from_utf8_lossy(&line).trim().to_lowercase())
}

/// The whole next line, so that no rest of it answers the next question; one that is too long is no
/// answer.
fn read_answer(input: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    loop {
        let available = match input.fill_buf() {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            available => available?,
        };
        let end = available.iter().position(|byte| *byte == b'\n');
        let taken = end.map_or(available.len(), |end| end + 1);
        if line.len() <= MAX_ANSWER {
            line.extend_from_slice(available.get(..taken).unwrap_or_default());
        }
        input.consume(taken);
        if end.is_some() || taken == 0 {
            break;
        }
    }
    if line.len() > MAX_ANSWER {
        line.clear();
    }
    Ok(line)
}

/// Whether the person says yes.
pub(crate) fn confirm(question: &str) -> Result<bool, CommandError> {
    Ok(is_yes(&ask(&format!("{question} [y/N]"))?))
}

pub(super) fn is_yes(answer: &str) -> bool {
    matches!(answer, "y" | "yes")
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::{MAX_ANSWER, read_answer};

    #[test]
    fn the_rest_of_a_long_answer_answers_no_other_question() {
        let long = format!("{}\ny\n", "n".repeat(MAX_ANSWER + 500));
        // The twin: of a short line nothing is left either.
        for (typed, first) in [(long.as_str(), ""), ("n\ny\n", "n\n")] {
            // Longer and shorter than what is read at once.
            for at_once in [7, 4096] {
                let mut input = BufReader::with_capacity(at_once, typed.as_bytes());
                assert_eq!(read_answer(&mut input).unwrap(), first.as_bytes());
                assert_eq!(read_answer(&mut input).unwrap(), b"y\n");
                assert_eq!(read_answer(&mut input).unwrap(), b"");
            }
        }
    }
}
