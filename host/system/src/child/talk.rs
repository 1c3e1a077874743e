//! Both sides of the conversation with a child at once, since either may wait for the other.

use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout};
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, ioctl_fionbio};

use super::{ChildError, ChildLimits};

/// More than an error takes to say; what is behind it is read and forgotten.
const MAX_ERROR_OUTPUT: usize = 16 * 1024;

/// As much as a pipe holds.
const PIECE: usize = 64 * 1024;

/// What a child wrote.
pub(super) struct Said {
    pub(super) output: Vec<u8>,
    pub(super) error: Vec<u8>,
}

/// Hands over the input and collects what is written until the child closed both outputs.
pub(super) fn talk(
    child: &mut Child,
    input: &[u8],
    limits: &ChildLimits,
    deadline: Instant,
) -> Result<Said, ChildError> {
    let mut talk = Talk::with(child, input).map_err(ChildError::Exchange)?;
    while talk.stdout.is_some() || talk.stderr.is_some() {
        let Some(left) = deadline.checked_duration_since(Instant::now()) else {
            return Err(ChildError::Time { limit: limits.wall });
        };
        // Longer than the clock can count is as good as for ever.
        let left = Timespec::try_from(left).ok();
        talk.wait(left.as_ref()).and_then(|()| talk.exchange()).map_err(ChildError::Exchange)?;
        if talk.said.output.len() > limits.output {
            return Err(ChildError::Output { limit: limits.output });
        }
        talk.said.error.truncate(MAX_ERROR_OUTPUT);
    }
    Ok(talk.said)
}

struct Talk<'input> {
    input: &'input [u8],
    stdin: Option<ChildStdin>,
    stdout: Option<ChildStdout>,
    stderr: Option<ChildStderr>,
    said: Said,
}

impl<'input> Talk<'input> {
    fn with(child: &mut Child, input: &'input [u8]) -> io::Result<Self> {
        let (stdin, stdout, stderr) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let said = Said { output: Vec::new(), error: Vec::new() };
        let talk = Self { input, stdin, stdout, stderr, said };
        for (pipe, _) in talk.pipes() {
            ioctl_fionbio(pipe, true)?;
        }
        Ok(talk)
    }

    /// Those that are still open, and what is waited for at each.
    fn pipes(&self) -> impl Iterator<Item = (BorrowedFd<'_>, PollFlags)> {
        let stdin = self.stdin.as_ref().map(|pipe| (pipe.as_fd(), PollFlags::OUT));
        let stdout = self.stdout.as_ref().map(|pipe| (pipe.as_fd(), PollFlags::IN));
        let stderr = self.stderr.as_ref().map(|pipe| (pipe.as_fd(), PollFlags::IN));
        [stdin, stdout, stderr].into_iter().flatten()
    }

    /// Until one of the pipes is ready, or the time is over.
    fn wait(&self, left: Option<&Timespec>) -> io::Result<()> {
        let pipes = self.pipes().map(|(pipe, event)| PollFd::from_borrowed_fd(pipe, event));
        let mut pipes: Vec<PollFd<'_>> = pipes.collect();
        match poll(&mut pipes, left) {
            Ok(_) | Err(Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn exchange(&mut self) -> io::Result<()> {
        if hand_over(&mut self.stdin, &mut self.input)? {
            self.stdin = None;
        }
        if collect(&mut self.stdout, &mut self.said.output)? {
            self.stdout = None;
        }
        if collect(&mut self.stderr, &mut self.said.error)? {
            self.stderr = None;
        }
        Ok(())
    }
}

/// Whether all was handed over, or the child does not want more.
fn hand_over(pipe: &mut Option<ChildStdin>, input: &mut &[u8]) -> io::Result<bool> {
    let Some(pipe) = pipe else { return Ok(true) };
    match pipe.write(input) {
        Ok(written) => *input = input.get(written..).unwrap_or_default(),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(true),
        Err(error) => return later(error).map(|()| false),
    }
    Ok(input.is_empty())
}

/// Whether nothing more will come.
fn collect(pipe: &mut Option<impl Read>, into: &mut Vec<u8>) -> io::Result<bool> {
    let Some(pipe) = pipe else { return Ok(true) };
    let mut piece = [0; PIECE];
    match pipe.read(&mut piece) {
        Ok(0) => Ok(true),
        Ok(read) => {
            into.extend_from_slice(piece.get(..read).unwrap_or_default());
            Ok(false)
        }
        Err(error) => later(error).map(|()| false),
    }
}

fn later(error: io::Error) -> io::Result<()> {
    match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::Interrupted => Ok(()),
        _ => Err(error),
    }
}
