//! Lines: one request each.

use std::io::{self, BufRead};

use zeroize::Zeroizing;

use crate::secret::append;

/// Longest request line, in bytes. cargo sets no limit; the largest part of a real request is the
/// headers of one HTTP response, which curl ends at 300 KiB.
pub const MAX_REQUEST: usize = 1 << 20;

/// Room for a usual request, so that reading one allocates once.
const USUAL_REQUEST: usize = 4 << 10;

/// Why there is no request line. The connection is over after each of these.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// The input failed.
    #[error("the client's request could not be read")]
    Read(#[source] io::Error),
    /// Longer than [`MAX_REQUEST`]; the rest of it was not read.
    #[error("the client's request is longer than {MAX_REQUEST} bytes")]
    TooLong,
    /// The input ended inside a line.
    #[error("the client's request ends in the middle of its line")]
    Truncated,
}

/// Reads one line and returns it without its line feed; `None` at the end of the input.
///
/// A login's token may be in it, so no copy is left behind here. What the reader itself buffers is
/// its owner's to clear.
///
/// # Errors
/// If the input fails, ends inside a line, or holds a longer line than [`MAX_REQUEST`]. No more than
/// that is kept, and no more of the line is asked for.
pub fn read_line(reader: &mut impl BufRead) -> Result<Option<Zeroizing<Vec<u8>>>, FrameError> {
    let mut line = Zeroizing::new(Vec::with_capacity(USUAL_REQUEST));
    loop {
        let available = match reader.fill_buf() {
            Ok(available) => available,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(FrameError::Read(error)),
        };
        if available.is_empty() {
            return if line.is_empty() { Ok(None) } else { Err(FrameError::Truncated) };
        }
        let mut halves = available.splitn(2, |byte| *byte == b'\n');
        let part = halves.next().unwrap_or_default();
        let complete = halves.next().is_some();
        if part.len() > MAX_REQUEST - line.len() {
            return Err(FrameError::TooLong);
        }
        append(&mut line, part);
        let consumed = part.len() + usize::from(complete);
        reader.consume(consumed);
        if complete {
            return Ok(Some(line));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};

    use super::{FrameError, MAX_REQUEST, read_line};
    use crate::test_streams::{Broken, Dripping, Endless};

    fn lines(reader: &mut impl BufRead) -> Vec<Vec<u8>> {
        std::iter::from_fn(|| read_line(reader).unwrap().map(|line| line.to_vec())).collect()
    }

    #[test]
    fn reads_line_after_line_however_the_bytes_arrive() {
        let text = b"one\n\n two\r\n\xff\0\n";
        let expected: [&[u8]; 4] = [b"one", b"", b" two\r", b"\xff\0"];
        assert_eq!(lines(&mut &text[..]), expected);
        assert_eq!(lines(&mut BufReader::new(Dripping::of(text))), expected);
    }

    #[test]
    fn half_a_request_is_an_error_and_nothing_at_all_is_the_end() {
        assert!(matches!(read_line(&mut &b"{\"v\":1"[..]), Err(FrameError::Truncated)));
        assert!(matches!(read_line(&mut &b""[..]), Ok(None)));
    }

    #[test]
    fn the_longest_line_passes_and_one_byte_more_does_not() {
        let mut line = vec![b'x'; MAX_REQUEST];
        line.push(b'\n');
        let mut reader = BufReader::with_capacity(1000, &line[..]);
        assert_eq!(read_line(&mut reader).unwrap().unwrap().len(), MAX_REQUEST);
        line.insert(0, b'x');
        assert!(matches!(read_line(&mut &line[..]), Err(FrameError::TooLong)));
    }

    #[test]
    fn an_endless_line_is_not_read_to_its_end() {
        let mut reader = BufReader::with_capacity(4096, Endless::default());
        assert!(matches!(read_line(&mut reader), Err(FrameError::TooLong)));
        assert!(reader.get_ref().taken <= MAX_REQUEST + 4096, "{}", reader.get_ref().taken);
    }

    #[test]
    fn a_failing_input_is_told_with_its_cause() {
        let error = read_line(&mut BufReader::new(Broken)).unwrap_err();
        assert_eq!(error.to_string(), "the client's request could not be read");
        assert!(std::error::Error::source(&error).is_some());
    }
}
