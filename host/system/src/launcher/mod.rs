//! Starting programs from a process of its own, which was forked before this one knew a secret and
//! gave up starting programs itself.

mod child;
mod environment;
mod error;
mod open;
mod prepare;
mod program;
mod running;
mod scratch;
mod serve;
mod socket;
mod wire;

use std::os::fd::OwnedFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{fmt, io};

use rustix::process::{Pid, WaitOptions, waitpid};
use zeroize::Zeroizing;

use crate::threads;
pub use error::{LaunchError, Told};
pub(crate) use prepare::leave_all_but;
use serve::serve;
use wire::{Reply, Request};

/// Whether a program may be started with these arguments.
pub type ArgumentCheck = Box<dyn Fn(&[String]) -> bool>;

/// A program that the launcher may start, and how.
pub struct Launchable {
    /// Its absolute path. Links on the way are followed if nobody else could have made them.
    pub program: PathBuf,
    /// SHA-256 that its file must have.
    pub digest: Option<[u8; 32]>,
    /// Whether it stays in this session and process group, and so keeps the controlling terminal.
    /// At its deadline it is then ended without those that it started.
    pub terminal: bool,
    /// Whether it may gain privileges, as setuid and setgid files do.
    pub new_privileges: bool,
    /// How long it may run, after which it and its process group are killed.
    pub deadline: Duration,
    /// Variables that it always gets; of two with one name this one counts.
    pub fixed: Vec<Variable>,
    /// Variables that it gets if a start names them.
    pub granted: Vec<Variable>,
    /// Which arguments it may be started with.
    pub arguments: ArgumentCheck,
}

/// A variable for a program.
#[derive(Clone)]
pub struct Variable {
    /// Its name. Those that make loaders and interpreters run other code are never handed on.
    pub name: String,
    /// Its value; `None` if it is not set.
    pub value: Option<Zeroizing<Vec<u8>>>,
}

impl fmt::Debug for Variable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Variable").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A program that was started. It runs until [`Launcher::end`].
#[derive(Debug)]
pub struct Launched {
    /// What [`Launcher::end`] calls it.
    pub id: u32,
    /// Its standard input.
    pub input: OwnedFd,
    /// Its standard output.
    pub output: OwnedFd,
    /// Its standard error.
    pub errors: OwnedFd,
    /// Becomes readable for `poll` when it ends.
    pub ended: OwnedFd,
    /// When it is to be ended. The launcher does that itself a moment later.
    pub deadline: Instant,
    /// How long that was from its start.
    pub runs_for: Duration,
}

/// The process that starts programs. It knows what it may start, and nothing that this process
/// learns later. It ends with this value or this process, and kills what still runs.
#[derive(Debug)]
pub struct Launcher {
    socket: Option<Mutex<OwnedFd>>,
    process: Pid,
    /// Of each program that it was told of.
    deadlines: Vec<Duration>,
}

impl Launcher {
    /// Forks it. Whatever this process holds in memory now, the launcher holds too, so fork it before
    /// secrets are read, before there are threads, and before confinement, which it would inherit.
    ///
    /// `scratch` is an absolute path; each program gets a new folder in it as its working directory,
    /// which is removed when it ends. The folder is made, with mode 0700, if it is missing.
    ///
    /// # Errors
    /// If this process has more than one thread, or cannot be forked.
    pub fn fork(allowed: Vec<Launchable>, scratch: PathBuf) -> io::Result<Self> {
        threads::require_one()?;
        let (ours, theirs) = socket::pair()?;
        #[allow(unsafe_code, reason = "there is no safe call that forks")]
        // SAFETY: this is the process's only thread, so that no lock is held for ever in the copy.
        let forked = unsafe { libc::fork() };
        match forked {
            0 => {
                // Or it would never see that this process has closed it.
                drop(ours);
                run(&theirs, &allowed, scratch)
            }
            process => {
                let process = match Pid::from_raw(process) {
                    Some(process) if process.as_raw_nonzero().get() > 0 => process,
                    _ => return Err(io::Error::last_os_error()),
                };
                let deadlines = allowed.iter().map(|one| one.deadline).collect();
                Ok(Self { socket: Some(Mutex::new(ours)), process, deadlines })
            }
        }
    }

    /// Starts the program at `index` of what the launcher was told, with these arguments and the
    /// granted variables of these names.
    ///
    /// # Errors
    /// If the launcher was not told of it, its file may not be trusted or does not have its digest,
    /// or it does not start.
    pub fn start(
        &self,
        index: usize,
        arguments: &[String],
        variables: &[String],
    ) -> Result<Launched, LaunchError> {
        let runs_for = self.deadlines.get(index).copied().unwrap_or_default().min(running::LONGEST);
        let deadline = Instant::now() + runs_for;
        let (arguments, variables) = (arguments.to_vec(), variables.to_vec());
        match self.ask(&Request::Start { index, arguments, variables })? {
            (Reply::Started { id }, descriptors) => {
                let [input, output, errors, ended] =
                    descriptors.try_into().map_err(|_| LaunchError::Garbled)?;
                Ok(Launched { id, input, output, errors, ended, deadline, runs_for })
            }
            (Reply::Refused { sentences }, _) => Err(LaunchError::refused(sentences)),
            (Reply::Ended { .. }, _) => Err(LaunchError::Garbled),
        }
    }

    /// Ends a program and its process group, if they have not ended by themselves, and returns the
    /// program's exit status, or 128 and the number of the signal that ended it.
    ///
    /// # Errors
    /// If there is no such program, or it cannot be ended.
    pub fn end(&self, id: u32) -> Result<i32, LaunchError> {
        match self.ask(&Request::End { id })? {
            (Reply::Ended { status }, _) => Ok(status),
            (Reply::Refused { sentences }, _) => Err(LaunchError::refused(sentences)),
            (Reply::Started { .. }, _) => Err(LaunchError::Garbled),
        }
    }

    fn ask(&self, request: &Request) -> Result<(Reply, Vec<OwnedFd>), LaunchError> {
        let message = request.encode();
        if message.len() > socket::MAX_MESSAGE {
            return Err(LaunchError::TooLong { limit: socket::MAX_MESSAGE });
        }
        let socket = self.socket.as_ref().ok_or(LaunchError::Garbled)?;
        let socket = socket.lock().unwrap_or_else(PoisonError::into_inner);
        socket::send(&*socket, &message, &[]).map_err(LaunchError::Gone)?;
        let (bytes, descriptors) = socket::receive(&*socket)
            .and_then(|received| received.ok_or_else(|| io::ErrorKind::UnexpectedEof.into()))
            .map_err(LaunchError::Gone)?;
        let reply = Reply::decode(&bytes).ok_or(LaunchError::Garbled)?;
        Ok((reply, descriptors))
    }
}

impl Drop for Launcher {
    fn drop(&mut self) {
        // The launcher sees that its socket is closed, kills what runs, and ends.
        self.socket = None;
        let _ = rustix::io::retry_on_intr(|| waitpid(Some(self.process), WaitOptions::empty()));
    }
}

/// The whole life of the launcher's process. Nothing of the process that it is a copy of is dropped
/// or run in it.
fn run(socket: &OwnedFd, allowed: &[Launchable], scratch: PathBuf) -> ! {
    let served = catch_unwind(AssertUnwindSafe(|| serve(socket, allowed, scratch)));
    let status = i32::from(!matches!(served, Ok(Ok(()))));
    #[allow(unsafe_code, reason = "there is no safe call that ends a process and nothing else")]
    // SAFETY: it ends the process, and runs nothing of it.
    unsafe {
        libc::_exit(status)
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use zeroize::Zeroizing;

    use super::{Launcher, Variable};

    #[test]
    fn a_process_with_threads_is_not_forked() {
        let forked = std::thread::spawn(|| {
            let error = Launcher::fork(Vec::new(), PathBuf::from("/none")).unwrap_err();
            error.to_string()
        });
        let error = forked.join().unwrap();
        assert!(error.contains("threads"), "{error}");
    }

    #[test]
    fn debug_says_nothing_of_a_value() {
        let value = Some(Zeroizing::new(b"hunter2".to_vec()));
        let shown = format!("{:?}", Variable { name: "TOKEN".to_owned(), value });
        assert!(shown.contains("TOKEN") && !shown.contains("hunter2"), "{shown}");
        assert!(!shown.contains("104"), "{shown}");
    }
}
