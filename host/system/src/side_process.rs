//! A process beside this one, which keeps what this one must not have and answers for it.

use std::io::{self, ErrorKind, PipeReader, PipeWriter, Read, Write, pipe};
use std::os::fd::AsFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};

use rustix::io::retry_on_intr;
use rustix::process::{Pid, WaitOptions, getpid, waitpid};
use zeroize::Zeroizing;

use crate::fork::{end, fork};
use crate::launcher::leave_all_but;
use crate::{orphan, threads};

/// Longest message, in bytes: twice the longest secret, which leaves room for an error's sentences.
pub const MAX_MESSAGE: usize = 128 << 10;

/// What the process ends with if it could not serve.
const FAILED: u8 = 1;

/// Whole messages to another process and from it, through pipes: a process that holds them has no
/// socket. They are zeroed after use here, and the reader is to do the same.
#[derive(Debug)]
pub struct Exchange {
    input: PipeReader,
    output: PipeWriter,
}

impl Exchange {
    /// The two ends of one.
    ///
    /// # Errors
    /// If there is no room for more descriptors.
    pub fn pair() -> io::Result<(Self, Self)> {
        let ((input, their_output), (their_input, output)) = (pipe()?, pipe()?);
        Ok((Self { input, output }, Self { input: their_input, output: their_output }))
    }

    /// Sends a message. An empty one says that no other follows.
    ///
    /// # Errors
    /// If the other end is closed, or the message is longer than [`MAX_MESSAGE`].
    pub fn send(&self, message: &[u8]) -> io::Result<()> {
        let length = u32::try_from(checked(message.len())?).map_err(io::Error::other)?;
        (&self.output).write_all(&length.to_le_bytes())?;
        (&self.output).write_all(message)
    }

    /// The next message; none if no other follows.
    ///
    /// # Errors
    /// If the other end was closed in the middle of one, or it is longer than [`MAX_MESSAGE`].
    pub fn receive(&self) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
        let mut length = [0; size_of::<u32>()];
        match (&self.input).read_exact(&mut length) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
            Err(error) => return Err(error),
        }
        let length = usize::try_from(u32::from_le_bytes(length)).map_err(io::Error::other)?;
        let mut message = Zeroizing::new(vec![0; checked(length)?]);
        (&self.input).read_exact(&mut message)?;
        Ok(Some(message).filter(|message| !message.is_empty()))
    }
}

fn checked(length: usize) -> io::Result<usize> {
    match length {
        0..=MAX_MESSAGE => Ok(length),
        _ => Err(ErrorKind::InvalidData.into()),
    }
}

/// The process. It ends with this value or with this process.
#[derive(Debug)]
pub struct SideProcess {
    exchange: Mutex<Exchange>,
    process: Pid,
}

impl SideProcess {
    /// Forks it, to run `serve` and nothing else. It is a copy of this process's memory and has none
    /// of its descriptors: neither files nor the terminal. Fork it before there are threads, and
    /// before confinement, which it would inherit; it is to confine itself.
    ///
    /// # Errors
    /// If this process has more than one thread, or cannot be forked.
    pub fn fork(serve: impl FnOnce(Exchange)) -> io::Result<Self> {
        threads::require_one()?;
        let (ours, theirs) = Exchange::pair()?;
        let parent = getpid();
        match fork()? {
            Some(process) => Ok(Self { exchange: Mutex::new(ours), process }),
            None => {
                orphan::end_with(parent);
                let served = catch_unwind(AssertUnwindSafe(|| {
                    leave_all_but(&[theirs.input.as_fd(), theirs.output.as_fd()])
                        .map(|()| serve(theirs))
                }));
                end(if matches!(served, Ok(Ok(()))) { 0 } else { FAILED })
            }
        }
    }

    /// Sends a message and hands each one that comes back to `hear`, until that has an answer.
    ///
    /// # Errors
    /// If the process is gone, or a message is longer than [`MAX_MESSAGE`].
    pub fn ask<T>(
        &self,
        message: &[u8],
        mut hear: impl FnMut(&[u8]) -> Option<T>,
    ) -> io::Result<T> {
        let exchange = self.exchange.lock().unwrap_or_else(PoisonError::into_inner);
        exchange.send(message)?;
        loop {
            let heard = exchange.receive()?.ok_or(ErrorKind::UnexpectedEof)?;
            if let Some(answer) = hear(&heard) {
                return Ok(answer);
            }
        }
    }
}

impl Drop for SideProcess {
    fn drop(&mut self) {
        let exchange = self.exchange.get_mut().unwrap_or_else(PoisonError::into_inner);
        let _ = exchange.send(&[]);
        let _ = retry_on_intr(|| waitpid(Some(self.process), WaitOptions::empty()));
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::{Exchange, MAX_MESSAGE, SideProcess};

    #[test]
    fn whole_messages_go_both_ways_and_an_empty_one_is_the_last() {
        let (one, other) = Exchange::pair().unwrap();
        one.send(b"first").unwrap();
        one.send(b"second").unwrap();
        assert_eq!(**other.receive().unwrap().unwrap(), *b"first");
        assert_eq!(**other.receive().unwrap().unwrap(), *b"second");
        other.send(b"back").unwrap();
        assert_eq!(**one.receive().unwrap().unwrap(), *b"back");
        one.send(&[]).unwrap();
        assert!(other.receive().unwrap().is_none());
        drop(one);
        assert!(other.receive().unwrap().is_none());
        assert!(other.send(b"nobody reads it").is_err());
    }

    #[test]
    fn the_longest_message_passes_and_a_longer_one_is_neither_sent_nor_received() {
        let (one, other) = Exchange::pair().unwrap();
        let longest = vec![7; MAX_MESSAGE];
        std::thread::scope(|scope| {
            scope.spawn(|| one.send(&longest).unwrap());
            assert_eq!(**other.receive().unwrap().unwrap(), *longest);
        });
        assert!(one.send(&vec![7; MAX_MESSAGE + 1]).is_err());
        (&one.output).write_all(&u32::MAX.to_le_bytes()).unwrap();
        assert!(other.receive().is_err());
    }

    #[test]
    fn a_message_that_ends_in_the_middle_is_an_error() {
        let (one, other) = Exchange::pair().unwrap();
        (&one.output).write_all(&[9, 0, 0, 0, 1]).unwrap();
        drop(one);
        assert!(other.receive().is_err());
    }

    #[test]
    fn a_process_with_threads_is_not_forked() {
        let forked = std::thread::spawn(|| SideProcess::fork(|_| {}).unwrap_err().to_string());
        let error = forked.join().unwrap();
        assert!(error.contains("threads"), "{error}");
    }
}
