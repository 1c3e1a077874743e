//! What a client writes to a helper.

use std::io::{self, Read};

use zeroize::Zeroizing;

use crate::secret::append;

/// Longest request, in bytes: a secret of 1 MiB, which is the longest that is kept, may be six times
/// as long in JSON (`<` is `\u003c`), and there is room for what surrounds it.
pub const MAX_INPUT: usize = 8 << 20;

/// What is read at once; most requests are shorter.
const PART: usize = 4 << 10;

/// Why there is no request.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// The input failed.
    #[error("the client's request could not be read")]
    Read(#[source] io::Error),
    /// Longer than [`MAX_INPUT`]; the rest of it was not read.
    #[error("the client's request is longer than {MAX_INPUT} bytes")]
    TooLong,
}

/// Reads until the client closes its end. There is no deadline: docker's library waits for the end as
/// well, a person may type, and nothing is held meanwhile.
///
/// A secret may be in it, so no copy is left behind.
///
/// # Errors
/// If the input fails, or is longer than [`MAX_INPUT`]. No more than that is kept, and little more is
/// read.
pub fn read_input(reader: &mut impl Read) -> Result<Zeroizing<Vec<u8>>, InputError> {
    let mut input = Zeroizing::new(Vec::new());
    let mut part = Zeroizing::new([0; PART]);
    loop {
        let length = match reader.read(&mut *part) {
            Ok(0) => return Ok(input),
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(InputError::Read(error)),
        };
        if length > MAX_INPUT - input.len() {
            return Err(InputError::TooLong);
        }
        append(&mut input, part.get(..length).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error;
    use std::io;

    use super::{InputError, MAX_INPUT, PART, read_input};
    use crate::test_streams::{Broken, Dripping, Endless};

    #[test]
    fn reads_to_the_end_however_the_bytes_arrive() {
        let text = b"one\n\n two\r\n\xff\0";
        assert_eq!(*read_input(&mut &text[..]).unwrap(), text);
        assert_eq!(*read_input(&mut Dripping::of(text)).unwrap(), text);
        assert!(read_input(&mut io::empty()).unwrap().is_empty());
    }

    #[test]
    fn the_longest_request_passes_and_one_byte_more_does_not() {
        let bytes = vec![b'x'; MAX_INPUT + 1];
        assert_eq!(read_input(&mut &bytes[1..]).unwrap().len(), MAX_INPUT);
        assert!(matches!(read_input(&mut &*bytes), Err(InputError::TooLong)));
    }

    #[test]
    fn an_endless_request_is_not_read_to_its_end() {
        let mut reader = Endless::default();
        assert!(matches!(read_input(&mut reader), Err(InputError::TooLong)));
        assert!(reader.taken <= MAX_INPUT + PART, "{}", reader.taken);
    }

    #[test]
    fn a_failing_input_is_told_with_its_cause() {
        let error = read_input(&mut Broken).unwrap_err();
        assert_eq!(error.to_string(), "the client's request could not be read");
        assert!(error.source().is_some());
    }
}
