//! A child for one request: what it does to itself, like confining itself, ends with it.

use std::io::{self, PipeReader, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use rustix::io::retry_on_intr;
use rustix::process::{Pid, WaitOptions, WaitStatus, waitpid};

use crate::threads;

/// What a child ends with after a panic, as every Rust program does.
const PANICKED: u8 = 101;

/// How a child ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChildEnd {
    /// It came to its end, with this code.
    Code(u8),
    /// A signal of this number ended it. One that a terminal sends (SIGINT, SIGQUIT) reached the
    /// child alone, if the child was confined and sent it itself.
    Signal(i32),
    /// It has ended, or nobody can wait for it; how is not known, nor what it did.
    Unknown,
}

/// Runs `serve` in a child, which is a copy of this process and as hardened as it, and waits until
/// it came to its end. Nothing of what `serve` changes in memory is seen here. What it wrote to a
/// buffer of this process's (`std::io::stdout`) must be flushed by itself. The child does not outlive
/// this process, which must have no other children.
///
/// # Errors
/// If this process has more than one thread, since the others' locks would stay locked in the
/// child, if that cannot be found out, as on other systems than Linux, or if there is no room for
/// another process.
pub fn serve_in_child(serve: impl FnOnce() -> u8) -> io::Result<ChildEnd> {
    serve_and_listen(serve, || {})
}

/// The same, with `listen` in this process meanwhile: it reads what the child writes, who would wait
/// for a reader for ever. What `serve` holds is dropped here before.
///
/// # Errors
/// As [`serve_in_child`].
pub fn serve_and_listen(serve: impl FnOnce() -> u8, listen: impl FnOnce()) -> io::Result<ChildEnd> {
    threads::require_one()?;
    bury_those_that_ended();
    let (mut told, mut tell) = io::pipe()?;
    #[cfg(target_os = "linux")]
    let parent = rustix::process::getpid();
    match fork()? {
        Some(child) => {
            drop(tell);
            drop(serve);
            listen();
            Ok(code_from(&mut told).map_or_else(|| end_of(child), ChildEnd::Code))
        }
        None => {
            #[cfg(target_os = "linux")]
            crate::orphan::end_with(parent);
            // An unwinding must not reach the caller's own frames, which are the parent's work.
            let code = catch_unwind(AssertUnwindSafe(serve)).unwrap_or(PANICKED);
            // The kernel takes its time to take a process apart, which nobody has to wait for.
            let _ = tell.write_all(&[code]);
            end(code)
        }
    }
}

/// The code that the child told; none if it ended before.
fn code_from(told: &mut PipeReader) -> Option<u8> {
    let mut code = 0;
    told.read_exact(std::slice::from_mut(&mut code)).ok().map(|()| code)
}

/// Another error than that no child could be had: this one may have served.
fn end_of(child: Pid) -> ChildEnd {
    wait(child).unwrap_or(ChildEnd::Unknown)
}

/// Earlier children have told their code, and were not waited for.
fn bury_those_that_ended() {
    while let Ok(Some(_)) = waitpid(None, WaitOptions::NOHANG) {}
}

/// The child, or nothing in the child itself.
#[allow(unsafe_code, reason = "there is no safe way to fork")]
pub(crate) fn fork() -> io::Result<Option<Pid>> {
    // SAFETY: this is the only thread, so that no lock and no half-changed memory of another one is
    // copied, and the child may do whatever the parent may.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        child => Ok(Pid::from_raw(child)),
    }
}

/// Ends the process without what the parent has planned for its own end.
#[allow(unsafe_code, reason = "the standard library only ends with the parent's exit handlers")]
pub(crate) fn end(code: u8) -> ! {
    // SAFETY: `_exit` may be called at any time and does not return.
    unsafe { libc::_exit(code.into()) }
}

fn wait(child: Pid) -> io::Result<ChildEnd> {
    loop {
        let ended = retry_on_intr(|| waitpid(Some(child), WaitOptions::empty()))?;
        if let Some(end) = ended.and_then(|(_, status)| of(status)) {
            return Ok(end);
        }
    }
}

fn of(status: WaitStatus) -> Option<ChildEnd> {
    let code = status.exit_status().and_then(|code| u8::try_from(code).ok()).map(ChildEnd::Code);
    code.or_else(|| status.terminating_signal().map(ChildEnd::Signal))
}
