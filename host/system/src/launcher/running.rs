//! A program that was started, until it is waited for.

use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ExitStatus};
use std::time::{Duration, Instant};
use std::{io, thread};

use rustix::process::{Pid, PidfdFlags, Signal, kill_process, kill_process_group, pidfd_open};

use super::Launchable;
use super::error::Refusal;

/// The other side of the socket ends a program at its deadline, and says so; only if it does not, the
/// launcher does.
const GRACE: Duration = Duration::from_millis(500);

/// How long the kernel may take to end what was killed.
const DEATH: Duration = Duration::from_secs(2);

/// Longest run, so that no deadline is beyond what a clock can say.
pub(crate) const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// Between two looks at it, which are only needed when it was killed a moment ago.
const LOOK_AGAIN: Duration = Duration::from_millis(1);

/// A shell's word for the end by a signal, to which the signal's number is added.
const BY_SIGNAL: i32 = 128;

pub(crate) struct Running {
    pub(crate) child: Child,
    pub(crate) deadline: Instant,
    /// The name of its working directory.
    pub(crate) folder: String,
    pub(crate) killed: bool,
    /// Whether it leads a process group of its own.
    leads_group: bool,
}

impl Running {
    pub(crate) fn new(child: Child, launchable: &Launchable, folder: String) -> Self {
        let deadline = Instant::now() + launchable.deadline.min(LONGEST) + GRACE;
        Self { child, deadline, folder, killed: false, leads_group: !launchable.terminal }
    }

    /// Kills it and its group. Its number stays its own until it is waited for.
    pub(crate) fn kill(&mut self) {
        self.killed = true;
        let Some(process) = self.process() else { return };
        // What has ended by itself cannot be killed, and what gained privileges may not be.
        let _ = match self.leads_group {
            true => kill_process_group(process, Signal::KILL),
            false => kill_process(process, Signal::KILL),
        };
    }

    /// Waits for what was killed.
    pub(crate) fn status(&mut self) -> Result<i32, Refusal> {
        let start = Instant::now();
        loop {
            match self.child.try_wait() {
                Ok(Some(status)) => return Ok(number(status)),
                Ok(None) if start.elapsed() < DEATH => thread::sleep(LOOK_AGAIN),
                _ => return Err(Refusal::Undead),
            }
        }
    }

    /// Its standard input, output and error, and a descriptor that becomes readable when it ends.
    pub(crate) fn descriptors(&mut self) -> io::Result<Vec<OwnedFd>> {
        let process = self.process().ok_or(io::ErrorKind::NotFound)?;
        let ended = pidfd_open(process, PidfdFlags::empty())?;
        let input = self.child.stdin.take().map(OwnedFd::from);
        let output = self.child.stdout.take().map(OwnedFd::from);
        let errors = self.child.stderr.take().map(OwnedFd::from);
        Ok([input, output, errors, Some(ended)].into_iter().flatten().collect())
    }

    fn process(&self) -> Option<Pid> {
        i32::try_from(self.child.id()).ok().and_then(Pid::from_raw)
    }
}

fn number(status: ExitStatus) -> i32 {
    status.code().or_else(|| status.signal().map(|signal| BY_SIGNAL + signal)).unwrap_or(BY_SIGNAL)
}
