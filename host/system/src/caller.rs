//! Who started this process, and whether somebody can be asked.

use std::path::PathBuf;
use std::sync::OnceLock;

use rustix::fs::{Mode, OFlags};
use rustix::process::getppid;

/// The process that started this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Its number; 0 if it is outside what this process can see.
    pub pid: u32,
    /// Its program, behind all links. Nothing if it is another user's process, has ended meanwhile,
    /// or where only Linux tells. A program that was replaced since has ` (deleted)` at the end.
    pub program: Option<PathBuf>,
}

/// Found out once, since a child that serves a request has this program for its parent.
static CALLER: OnceLock<Caller> = OnceLock::new();

/// Who started this process, or the one that it was forked from if that had asked already. A process
/// of the same user can always pretend.
pub fn caller() -> Caller {
    CALLER.get_or_init(find_caller).clone()
}

fn find_caller() -> Caller {
    let parent = getppid();
    let pid = parent.map_or(0, |pid| pid.as_raw_nonzero().get().unsigned_abs());
    let program = program_of(pid);
    // Had it ended before, its number could by now be another process's.
    let program = program.filter(|_| parent.is_some() && getppid() == parent);
    Caller { pid, program }
}

#[cfg(target_os = "linux")]
fn program_of(pid: u32) -> Option<PathBuf> {
    std::fs::read_link(format!("/proc/{pid}/exe")).ok()
}

#[cfg(not(target_os = "linux"))]
fn program_of(_: u32) -> Option<PathBuf> {
    None
}

/// Whether this process has a terminal, at which a person may sit, wherever its standard input and
/// output lead.
pub fn has_terminal() -> bool {
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    rustix::fs::open("/dev/tty", flags, Mode::empty()).is_ok()
}
