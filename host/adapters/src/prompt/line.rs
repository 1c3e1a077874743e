//! One line of an answer, read byte by byte so that nothing behind it is taken.

use std::io::{self, Read};

use lockgate_core::Secret;
use zeroize::Zeroizing;

use super::PromptError;

/// Longest answer, in bytes: as long as a secret may be.
pub(super) const MAX_ANSWER: usize = 64 << 10;

const CTRL_C: u8 = 0x03;
const CTRL_D: u8 = 0x04;
const BACKSPACE: u8 = 0x08;
const CTRL_U: u8 = 0x15;
const CTRL_W: u8 = 0x17;
const CTRL_Z: u8 = 0x1a;
const CTRL_BACKSLASH: u8 = 0x1c;
const DELETE: u8 = 0x7f;

/// The next line without its end (LF or CRLF); `None` if there is none.
pub(super) fn read_line(source: &mut dyn Read) -> Result<Option<Secret>, PromptError> {
    let mut line = Line::new();
    let mut ended = false;
    while let Some(byte) = read_byte(source)? {
        if byte == b'\n' {
            ended = true;
            break;
        }
        line.push(byte)?;
    }
    if ended && line.0.ends_with(b"\r") {
        line.0.pop();
    }
    Ok((ended || !line.0.is_empty()).then(|| line.into_secret()))
}

/// The next line of a terminal that neither echoes, edits nor sends signals: those keys are taken
/// here. Ctrl-Z does nothing.
pub(super) fn edit_line(source: &mut dyn Read) -> Result<Secret, PromptError> {
    let mut line = Line::new();
    loop {
        match read_byte(source)?.ok_or(PromptError::Closed)? {
            b'\n' | b'\r' => return Ok(line.into_secret()),
            CTRL_C | CTRL_BACKSLASH => return Err(PromptError::Interrupted),
            CTRL_D if line.0.is_empty() => return Err(PromptError::Closed),
            CTRL_D => return Ok(line.into_secret()),
            BACKSPACE | DELETE => line.remove_character(),
            CTRL_U | CTRL_W => line.0.clear(),
            CTRL_Z => {}
            byte if byte.is_ascii_control() && byte != b'\t' => {
                return Err(PromptError::ControlCharacter);
            }
            byte => line.push(byte)?,
        }
    }
}

fn read_byte(source: &mut dyn Read) -> io::Result<Option<u8>> {
    let mut byte = Zeroizing::new([0]);
    loop {
        match source.read(&mut *byte) {
            Ok(0) => return Ok(None),
            Ok(_) => return Ok(byte.first().copied()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// What was typed so far. It has room for the longest answer from the start, so that no copy is left
/// where it grew.
struct Line(Zeroizing<Vec<u8>>);

impl Line {
    fn new() -> Self {
        Self(Zeroizing::new(Vec::with_capacity(MAX_ANSWER)))
    }

    fn push(&mut self, byte: u8) -> Result<(), PromptError> {
        if self.0.len() == MAX_ANSWER {
            return Err(PromptError::AnswerTooLong(MAX_ANSWER));
        }
        self.0.push(byte);
        Ok(())
    }

    /// Removes a whole UTF-8 character: its continuation bytes and the byte that leads them.
    fn remove_character(&mut self) {
        while self.0.pop().is_some_and(|byte| byte & 0xc0 == 0x80) {}
    }

    fn into_secret(mut self) -> Secret {
        Secret::new(std::mem::take(&mut *self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_ANSWER, edit_line, read_line};

    fn read(input: &[u8]) -> (Option<Vec<u8>>, Vec<u8>) {
        let mut source = input;
        let line = read_line(&mut source).unwrap();
        (line.map(|line| line.expose().to_vec()), source.to_vec())
    }

    #[test]
    fn a_line_is_taken_without_its_end_and_nothing_behind_it() {
        for (input, line, left) in [
            ("abc\nnext\n", Some("abc"), "next\n"),
            ("abc\r\nnext", Some("abc"), "next"),
            ("a\rb\n", Some("a\rb"), ""),
            (" abc \n", Some(" abc "), ""),
            ("abc", Some("abc"), ""),
            ("\nabc", Some(""), "abc"),
            ("", None, ""),
        ] {
            let expected = (line.map(|line| line.as_bytes().to_vec()), left.as_bytes().to_vec());
            assert_eq!(read(input.as_bytes()), expected, "{input:?}");
        }
    }

    #[test]
    fn an_answer_is_bounded() {
        let full = [vec![b'a'; MAX_ANSWER], b"\n".to_vec()].concat();
        assert_eq!(read(&full).0.unwrap().len(), MAX_ANSWER);
        assert_eq!(edit_line(&mut full.as_slice()).unwrap().len(), MAX_ANSWER);
        let over = vec![b'a'; MAX_ANSWER + 1];
        for error in [
            read_line(&mut over.as_slice()).unwrap_err(),
            edit_line(&mut over.as_slice()).unwrap_err(),
        ] {
            assert_eq!(error.to_string(), "the answer is longer than 65536 bytes");
        }
    }

    #[test]
    fn keys_edit_a_hidden_line() {
        for (typed, line) in [
            ("abc\r", "abc"),
            ("abc\n", "abc"),
            ("abx\x7fc\n", "abc"),
            ("abä\x08c\n", "abc"),
            ("\x7f\x7fabc\n", "abc"),
            ("wrong\x15abc\n", "abc"),
            ("wrong\x17abc\n", "abc"),
            ("a\x1abc\n", "abc"),
            ("a\tb\x04", "a\tb"),
        ] {
            let answer = edit_line(&mut typed.as_bytes()).unwrap();
            assert_eq!(answer.expose_text(), Some(line), "{typed:?}");
        }
        for (typed, message) in [
            ("abc\x03", "the question was interrupted"),
            ("abc\x1c", "the question was interrupted"),
            ("\x04", "the input ended before there was an answer"),
            ("abc", "the input ended before there was an answer"),
            (
                "abc\x1b[D\n",
                "a key was pressed that is no part of an answer (an arrow, for example); try again",
            ),
        ] {
            let error = edit_line(&mut typed.as_bytes()).unwrap_err();
            assert_eq!(error.to_string(), message, "{typed:?}");
        }
    }
}
