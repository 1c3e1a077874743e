//! What the process does to itself before it touches a secret.

use std::fs::File;
use std::io;

use rustix::fs::{Mode, OFlags};
use rustix::io::{Errno, fcntl_dupfd_cloexec, fcntl_getfd};
use rustix::process::{Resource, Rlimit, setrlimit, umask};
use rustix::stdio::{dup2_stderr, dup2_stdin, dup2_stdout, stderr, stdin, stdout};

/// The first descriptor behind standard input, output and error.
const FIRST_FREE: i32 = 3;

/// One step of the hardening, and how it went.
#[derive(Debug)]
pub struct Hardening {
    /// What it is about, for people.
    pub name: &'static str,
    /// Whether it stands.
    pub result: io::Result<()>,
}

/// Takes every step that there is; one that fails does not keep the next from being taken. Call it
/// first in `main`, before there are threads and before anything is opened.
pub fn harden() -> Vec<Hardening> {
    vec![
        Hardening { name: "standard descriptors open", result: reopen_standard_descriptors() },
        Hardening { name: "umask 077", result: private_umask() },
        Hardening { name: "no core dumps", result: no_core_dumps() },
        #[cfg(target_os = "linux")]
        Hardening { name: "not dumpable or traceable", result: not_dumpable() },
    ]
}

/// Takes standard output away from everything else in the process: what is written to it by
/// others (a library's `println!`) goes to standard error from now on, and only the returned file,
/// which is not inherited by programs, reaches the client.
///
/// # Errors
/// If there is no standard output or no free descriptor.
pub fn take_stdout() -> io::Result<File> {
    let client = fcntl_dupfd_cloexec(stdout(), FIRST_FREE)?;
    dup2_stdout(stderr())?;
    Ok(File::from(client))
}

/// A file that is opened later must not become standard output by taking its number.
fn reopen_standard_descriptors() -> io::Result<()> {
    if closed(fcntl_getfd(stdin())) {
        dup2_stdin(null()?)?;
    }
    if closed(fcntl_getfd(stdout())) {
        dup2_stdout(null()?)?;
    }
    if closed(fcntl_getfd(stderr())) {
        dup2_stderr(null()?)?;
    }
    Ok(())
}

fn closed<T>(flags: Result<T, Errno>) -> bool {
    matches!(flags, Err(Errno::BADF))
}

/// `/dev/null` under a number that is none of the standard ones.
fn null() -> io::Result<File> {
    let null = rustix::fs::open("/dev/null", OFlags::RDWR | OFlags::CLOEXEC, Mode::empty())?;
    Ok(File::from(fcntl_dupfd_cloexec(&null, FIRST_FREE)?))
}

fn private_umask() -> io::Result<()> {
    umask(Mode::RWXG | Mode::RWXO);
    Ok(())
}

fn no_core_dumps() -> io::Result<()> {
    Ok(setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?)
}

/// Neither `ptrace` nor `/proc/PID/mem` of another process of the same user reaches in then.
#[cfg(target_os = "linux")]
fn not_dumpable() -> io::Result<()> {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};
    Ok(set_dumpable_behavior(DumpableBehavior::NotDumpable)?)
}
