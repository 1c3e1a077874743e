//! A person who may have gone away.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::PromptError;

/// How long a question waits for its answer. The client holds locks meanwhile (cargo that of its
/// package cache), so that a terminal that nobody looks at would stop every other build for ever;
/// getting a second factor's device from another room takes less.
pub(super) const PATIENCE: Duration = Duration::from_secs(600);

/// Input that must come within a time; each read is one of the time that is left.
struct Attended<'a> {
    input: &'a File,
    start: Instant,
    patience: Duration,
}

/// Lets `take` read an answer from `input`, which is given `patience` for all of it.
pub(super) fn within<T>(
    patience: Duration,
    input: &File,
    take: impl FnOnce(&mut dyn Read) -> Result<T, PromptError>,
) -> Result<T, PromptError> {
    let mut attended = Attended { input, start: Instant::now(), patience };
    take(&mut attended).map_err(|error| match error {
        PromptError::Terminal(error) if error.kind() == ErrorKind::TimedOut => {
            PromptError::Unanswered(patience)
        }
        error => error,
    })
}

impl Read for Attended<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.patience.saturating_sub(self.start.elapsed());
        let left = Timespec::try_from(left).map_err(|_| ErrorKind::InvalidInput)?;
        match poll(&mut [PollFd::new(self.input, PollFlags::IN)], Some(&left)) {
            Ok(0) => Err(ErrorKind::TimedOut.into()),
            // Where terminals cannot be polled (macOS), this is at once, and the read waits.
            Ok(_) => self.input.read(buffer),
            Err(Errno::INTR) => Err(ErrorKind::Interrupted.into()),
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::fd::OwnedFd;
    use std::time::{Duration, Instant};

    use super::within;
    use crate::prompt::PromptError;
    use crate::prompt::line::read_line;

    const SHORT: Duration = Duration::from_millis(200);

    fn pipe() -> (std::fs::File, std::fs::File) {
        let (input, output) = std::io::pipe().unwrap();
        (OwnedFd::from(input).into(), OwnedFd::from(output).into())
    }

    #[test]
    fn what_comes_in_time_is_read_to_its_end() {
        let (input, mut output) = pipe();
        output.write_all(b"answer\n").unwrap();
        let line = within(SHORT, &input, read_line).unwrap().unwrap();
        assert_eq!(line.expose_text(), Some("answer"));
        drop(output);
        assert!(within(SHORT, &input, read_line).unwrap().is_none());
    }

    #[test]
    fn bytes_now_and_then_do_not_prolong_it() {
        let (input, mut output) = pipe();
        let typing = std::thread::spawn(move || {
            while output.write_all(b"x").is_ok() {
                std::thread::sleep(SHORT / 10);
            }
        });
        let start = Instant::now();
        let error = within(SHORT, &input, read_line).unwrap_err();
        assert!(matches!(error, PromptError::Unanswered(SHORT)), "{error}");
        assert!(start.elapsed() >= SHORT && start.elapsed() < Duration::from_secs(10));
        drop(input);
        typing.join().unwrap();
    }
}
