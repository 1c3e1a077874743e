//! Programs of ours that work on what others wrote, in a child that is given little of everything.

mod limits;
mod talk;

use std::ffi::OsStr;
use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

/// This program's own file, also if it was replaced since it was started.
pub const OWN_PROGRAM: &str = "/proc/self/exe";

/// What an allocator of ours says before it gives up, which is how a limit on memory shows.
const OUT_OF_MEMORY: &str = "memory allocation of";

/// The longest that a child is waited for, so that the clock can count it.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// How often it is looked whether a child that closed its output has ended, which it does at once.
const LOOK_AGAIN: Duration = Duration::from_millis(1);

/// The most that a child may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChildLimits {
    /// Address space, in bytes, the program itself included.
    pub memory: u64,
    /// Time of all its threads on a processor, rounded up to whole seconds.
    pub cpu: Duration,
    /// Time from its start to its end, a day at most.
    pub wall: Duration,
    /// Bytes on standard output.
    pub output: usize,
}

/// Why a child did not do its work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChildError {
    /// There is no such program, or no room for another process.
    #[error("cannot start `{}`", .program.display())]
    Start {
        /// The program.
        program: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// The pipes to it broke in an unexpected way.
    #[error("cannot exchange data with the process that was started")]
    Exchange(#[source] io::Error),
    /// It asked for more memory than it may have.
    #[error("it needed more than {} MiB of memory", .limit >> 20)]
    Memory {
        /// The most it may have, in bytes.
        limit: u64,
    },
    /// It took too long.
    #[error("it was not done after {} s", .limit.as_secs())]
    Time {
        /// The longest it may take.
        limit: Duration,
    },
    /// It computed for too long.
    #[error("it was not done after {} s of processor time", .limit.as_secs())]
    Processor {
        /// The longest it may compute.
        limit: Duration,
    },
    /// Its output is longer than anything that is expected.
    #[error("it wrote more than {limit} bytes")]
    Output {
        /// The most it may write, in bytes.
        limit: usize,
    },
    /// A signal ended it.
    #[error("signal {signal} ended it")]
    Signal {
        /// The signal's number.
        signal: i32,
        /// What it said on standard error, cut at 16 KiB, as it came: escape it before showing it.
        said: String,
    },
    /// It failed by itself.
    #[error("it failed with code {code}")]
    Failed {
        /// Its exit code, not 0.
        code: i32,
        /// What it said on standard error, cut at 16 KiB, as it came: escape it before showing it.
        said: String,
    },
}

/// Runs a program with these arguments and this standard input until it ends by itself with code
/// 0, and gives its standard output. It gets no environment, no file and no terminal of ours,
/// works in `/`, cannot write files, and nothing of its process group is left when this returns.
///
/// # Errors
/// If it cannot be started, fails, or meets a limit; it is killed then.
pub fn limited_child(
    program: &Path,
    arguments: &[&OsStr],
    input: &[u8],
    limits: &ChildLimits,
) -> Result<Vec<u8>, ChildError> {
    let deadline = Instant::now() + limits.wall.min(LONGEST);
    let mut group = Group(start(program, arguments, limits)?);
    let said = talk::talk(&mut group.0, input, limits, deadline)?;
    match group.end(deadline).map_err(ChildError::Exchange)? {
        None => Err(ChildError::Time { limit: limits.wall }),
        Some(status) if status.success() => Ok(said.output),
        Some(status) => Err(failure(status, &said.error, limits)),
    }
}

#[allow(
    unsafe_code,
    reason = "limits are set between fork and exec, which is only unsafely reached"
)]
fn start(program: &Path, arguments: &[&OsStr], limits: &ChildLimits) -> Result<Child, ChildError> {
    #[expect(clippy::disallowed_methods, reason = "this is the room that starts children")]
    let mut command = Command::new(program);
    command.args(arguments).env_clear().current_dir("/");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let (limits, parent) = (*limits, rustix::process::getpid());
    // SAFETY: only makes system calls, and allocates nothing, as is asked for after `fork`.
    unsafe { command.pre_exec(move || limits::apply(&limits, parent)) };
    command.spawn().map_err(|source| ChildError::Start { program: program.to_owned(), source })
}

fn failure(status: ExitStatus, said: &[u8], limits: &ChildLimits) -> ChildError {
    let said = String::from_utf8_lossy(said).into_owned();
    let signal = status.signal();
    if signal == Some(Signal::XCPU.as_raw()) {
        return ChildError::Processor { limit: limits.cpu };
    }
    if signal == Some(Signal::ABORT.as_raw()) && said.contains(OUT_OF_MEMORY) {
        return ChildError::Memory { limit: limits.memory };
    }
    match signal {
        Some(signal) => ChildError::Signal { signal, said },
        None => ChildError::Failed { code: status.code().unwrap_or(1), said },
    }
}

/// A child and what it started; killed and buried when this is dropped.
struct Group(Child);

impl Group {
    /// How the child ended, if it does before the deadline. It stays a zombie, so that its number
    /// is not given to others before the group is killed.
    fn end(mut self, deadline: Instant) -> io::Result<Option<ExitStatus>> {
        while !self.has_ended()? {
            if Instant::now() >= deadline {
                return Ok(None);
            }
            std::thread::sleep(LOOK_AGAIN);
        }
        self.kill();
        self.0.wait().map(Some)
    }

    fn has_ended(&self) -> io::Result<bool> {
        let look = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
        match self.pid().map(|pid| waitid(WaitId::Pid(pid), look)) {
            Some(Ok(found)) => Ok(found.is_some()),
            Some(Err(Errno::INTR)) => Ok(false),
            Some(Err(error)) => Err(error.into()),
            None => Ok(true),
        }
    }

    fn pid(&self) -> Option<Pid> {
        i32::try_from(self.0.id()).ok().and_then(Pid::from_raw)
    }

    fn kill(&self) {
        // A group that is no more needs no killing.
        let _ = self.pid().map(|pid| kill_process_group(pid, Signal::KILL));
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // An error tells that it was waited for already, and its number can be another's.
        if self.has_ended().is_ok() {
            self.kill();
        }
        let _ = self.0.wait();
    }
}
