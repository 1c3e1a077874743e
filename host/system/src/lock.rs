//! Locks between processes. The kernel frees them when their holder dies.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::FileError;

/// How long the holder of one of Lockgate's own locks may take: it writes small files and asks
/// nobody anything, so that half a minute means that it hangs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// The first pause of who waits: most holders write one line, which takes some microseconds.
const FIRST_PAUSE: Duration = Duration::from_micros(50);

/// The longest pause: short against what a person notices.
const LONGEST_PAUSE: Duration = Duration::from_millis(10);

/// A lock that is held until this value is dropped.
#[derive(Debug)]
pub struct Lock {
    pub(crate) _file: File,
}

/// Locks the file for this open file alone, waiting for other holders for at most `patience`;
/// `on_wait` is called once if there is one. `path` is for messages.
///
/// # Errors
/// If another process holds it for longer, or the file system has no locks.
pub fn lock_exclusive(
    file: &File,
    path: &Path,
    patience: Duration,
    on_wait: impl FnOnce(),
) -> Result<(), FileError> {
    wait(|| file.try_lock(), path, patience, on_wait)
}

/// Locks the file together with others that only read it; as [`lock_exclusive`] otherwise.
///
/// # Errors
/// If another process holds it for longer, or the file system has no locks.
pub fn lock_shared(file: &File, path: &Path, patience: Duration) -> Result<(), FileError> {
    wait(|| file.try_lock_shared(), path, patience, || {})
}

fn wait(
    attempt: impl Fn() -> Result<(), TryLockError>,
    path: &Path,
    patience: Duration,
    on_wait: impl FnOnce(),
) -> Result<(), FileError> {
    let (start, mut pause) = (Instant::now(), FIRST_PAUSE);
    let mut on_wait = Some(on_wait);
    loop {
        match attempt() {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(TryLockError::Error(error)) => return Err(failure(path, error)),
            Err(TryLockError::WouldBlock) => {
                if let Some(tell) = on_wait.take() {
                    tell();
                }
            }
        }
        if start.elapsed() >= patience {
            return Err(FileError::LockTimeout { path: path.to_owned(), waited: patience });
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

fn failure(path: &Path, source: io::Error) -> FileError {
    use rustix::io::Errno;
    let unsupported = [Errno::NOLCK, Errno::NOTSUP, Errno::OPNOTSUPP, Errno::NOSYS];
    match Errno::from_io_error(&source) {
        Some(errno) if unsupported.contains(&errno) => {
            FileError::LocksUnsupported { path: path.to_owned(), source }
        }
        _ => FileError::io("lock", path, source),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::fs::TryLockError;
    use std::path::Path;
    use std::time::Duration;

    use super::wait;
    use crate::FileError;

    #[test]
    fn a_file_system_without_locks_is_an_error_with_a_way_out() {
        for errno in [rustix::io::Errno::NOLCK, rustix::io::Errno::NOTSUP] {
            let attempt = || Err(TryLockError::Error(errno.into()));
            let error = wait(attempt, Path::new("/nfs/l"), Duration::ZERO, || {}).unwrap_err();
            assert!(matches!(error, FileError::LocksUnsupported { .. }), "{error}");
            assert!(error.to_string().contains("/nfs/l"), "{error}");
        }
    }

    #[test]
    fn tells_once_that_it_waits_and_tries_again() {
        let (tries, told) = (Cell::new(0), Cell::new(0));
        let attempt = || {
            tries.set(tries.get() + 1);
            if tries.get() < 4 { Err(TryLockError::WouldBlock) } else { Ok(()) }
        };
        let tell = || told.set(told.get() + 1);
        wait(attempt, Path::new("/l"), Duration::from_secs(5), tell).unwrap();
        assert_eq!((tries.get(), told.get()), (4, 1));
    }
}
