//! Reading a whole file that may hold secrets.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use zeroize::Zeroizing;

use crate::FileError;

/// Room for files that do not tell their size, such as those of `/proc`.
const SMALLEST_BUFFER: usize = 4096;

/// The rest of an open file, at most `limit` bytes of it. No copy stays in memory: buffers have the
/// file's size from the start, and are zeroed if it grows meanwhile. A file that nobody changes is
/// read in one call. `path` is for messages.
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
    let most = limit.saturating_add(1);
    let told = usize::try_from(told).unwrap_or(usize::MAX).saturating_add(1);
    let mut buffer = zeroed(told.max(SMALLEST_BUFFER).min(most));
    let mut filled = 0;
    loop {
        match (&*file).read(buffer.get_mut(filled..).unwrap_or_default()) {
            Ok(0) if filled < buffer.len() => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(failed(error)),
        }
        if filled > limit {
            return Err(FileError::TooLarge { path: path.to_owned(), limit });
        }
        if filled == buffer.len() {
            buffer = grown(&buffer, most);
        }
    }
    buffer.truncate(filled);
    Ok(buffer)
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
    use std::io::{Seek, Write};
    use std::path::Path;

    use super::read_capped;
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
}
