//! How a copy of the process becomes one that serves it.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};

use rustix::fs::{Mode, OFlags};
use rustix::io::fcntl_dupfd_cloexec;
use rustix::process::{
    DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit, umask,
};
use rustix::stdio::{dup2_stderr, dup2_stdin, dup2_stdout};

/// The first descriptor behind standard input, output and error.
const FIRST_FREE: libc::c_int = 3;

/// Leaves everything of the process that this one is a copy of, but for these descriptors.
pub(crate) fn leave_all_but(kept: &[BorrowedFd<'_>]) -> io::Result<()> {
    // The keys of a terminal end the client and what it started. This process sees to that itself,
    // and would otherwise die before it could.
    ignore_signals_of_terminals();
    let null = rustix::fs::open("/dev/null", OFlags::RDWR | OFlags::CLOEXEC, Mode::empty())?;
    // Its own number is none of the standard ones, which it would take with it.
    let null = fcntl_dupfd_cloexec(null, FIRST_FREE)?;
    dup2_stdin(&null)?;
    dup2_stdout(&null)?;
    dup2_stderr(&null)?;
    drop(null);
    close_all_but(kept)?;
    umask(Mode::RWXG | Mode::RWXO);
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    Ok(set_dumpable_behavior(DumpableBehavior::NotDumpable)?)
}

fn ignore_signals_of_terminals() {
    for signal in [libc::SIGINT, libc::SIGQUIT, libc::SIGHUP, libc::SIGTSTP, libc::SIGPIPE] {
        #[allow(unsafe_code, reason = "there is no safe call that sets a signal's disposition")]
        // SAFETY: to ignore a signal runs nothing of this process.
        unsafe {
            libc::signal(signal, libc::SIG_IGN);
        }
    }
}

fn close_all_but(kept: &[BorrowedFd<'_>]) -> io::Result<()> {
    let mut kept: Vec<_> = kept.iter().map(|one| one.as_raw_fd().cast_unsigned()).collect();
    kept.sort_unstable();
    let mut first = FIRST_FREE.cast_unsigned();
    for kept in kept {
        close_range(first, kept.saturating_sub(1))?;
        first = kept.saturating_add(1);
    }
    close_range(first, libc::c_uint::MAX)
}

fn close_range(first: libc::c_uint, last: libc::c_uint) -> io::Result<()> {
    if first > last {
        return Ok(());
    }
    #[allow(unsafe_code, reason = "there is no safe call that closes descriptors by number")]
    // SAFETY: they are a copy of another process's, and nothing in this one uses them or closes
    // them again: it runs nothing but what serves, and does not drop what the copy holds.
    match unsafe { libc::close_range(first, last, 0) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}
