//! Reading to the end what may hold secrets.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use zeroize::Zeroizing;

use crate::FileError;

/// Room for what does not tell its size, such as files of `/proc`. Most tokens fit into it.
const SMALLEST_BUFFER: usize = 4096;

/// The rest of an open file, at most `limit` bytes of it, as [`read_all`] reads it. A file that
/// nobody changes is read in one call. `path` is for messages.
///
/// # Errors
/// If it is larger or cannot be read.
pub fn read_capped(
    file: &File,
    path: &Path,
    limit: usize,
) -> Result<Zeroizing<Vec<u8>>, FileError> {
    let failed = |error| FileError::io("read", path, error);
    let told = file.metadata().map_err(failed)?.len();
    let told = usize::try_from(told).unwrap_or(usize::MAX);
    read_all(file, told, limit)
        .map_err(failed)?
        .ok_or_else(|| FileError::TooLarge { path: path.to_owned(), limit })
}

/// Everything up to the end; `None` if that is more than `limit` bytes. No copy stays in memory:
/// the buffer has room for `expected` bytes from the start, and is zeroed if more come and a larger
/// one takes its place.
///
/// # Errors
/// As the source's.
pub fn read_all(
    mut source: impl Read,
    expected: usize,
    limit: usize,
) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    // One more byte than there may be shows that there are more, or that this is the end.
    let most = limit.saturating_add(1);
    let mut buffer = zeroed(expected.saturating_add(1).max(SMALLEST_BUFFER).min(most));
    let mut filled = 0;
    loop {
        match source.read(buffer.get_mut(filled..).unwrap_or_default()) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if filled > limit {
            return Ok(None);
        }
        if filled == buffer.len() {
            buffer = grown(&buffer, most);
        }
    }
    buffer.truncate(filled);
    Ok(Some(buffer))
}

fn zeroed(size: usize) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(vec![0; size])
}

fn grown(old: &[u8], most: usize) -> Zeroizing<Vec<u8>> {
    let mut new = zeroed(old.len().saturating_mul(2).min(most));
    for (to, from) in new.iter_mut().zip(old) {
        *to = *from;
    }
    new
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Seek, Write};
    use std::path::Path;

    use super::{SMALLEST_BUFFER, read_all, read_capped};
    use crate::FileError;

    #[test]
    fn reads_up_to_the_limit_and_no_more() {
        for (size, limit, fits) in
            [(0, 0, true), (10, 10, true), (11, 10, false), (9000, 9000, true)]
        {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(&vec![7; size]).unwrap();
            file.rewind().unwrap();
            match read_capped(&file, Path::new("/f"), limit) {
                Ok(bytes) => assert!(fits && *bytes == vec![7; size], "{size} of {limit}"),
                Err(FileError::TooLarge { .. }) => assert!(!fits, "{size} of {limit}"),
                Err(error) => panic!("{error}"),
            }
        }
    }

    #[expect(clippy::disallowed_methods, reason = "the other opinion")]
    #[test]
    fn reads_files_that_do_not_tell_their_size() {
        let file = std::fs::File::open("/proc/self/mountinfo").unwrap();
        let read = read_capped(&file, Path::new("/proc/self/mountinfo"), 1 << 20).unwrap();
        assert_eq!(*read, std::fs::read("/proc/self/mountinfo").unwrap());
    }

    /// Gives what it has in pieces of 777 bytes, as a network would.
    struct Pieces<'a>(&'a [u8]);

    impl Read for Pieces<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let room = buffer.len().min(777);
            self.0.read(&mut buffer[..room])
        }
    }

    #[test]
    fn keeps_every_byte_while_the_buffer_grows() {
        let size = SMALLEST_BUFFER * 5 + 3;
        let all: Vec<u8> = (0..size).map(|index| (index % 251) as u8).collect();
        for (expected, limit) in [(0, size), (0, size + 1), (size, size), (0, usize::MAX)] {
            let read = read_all(Pieces(&all), expected, limit).unwrap().unwrap();
            assert_eq!(*read, all, "{limit}");
        }
        assert!(read_all(Pieces(&all), 0, size - 1).unwrap().is_none());
    }
}
