//! What the process does to itself before it touches a secret.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::sync::OnceLock;

use rustix::fs::{Mode, OFlags};
use rustix::io::{Errno, fcntl_dupfd_cloexec, fcntl_getfd};
use rustix::process::{Resource, Rlimit, setrlimit, umask};
use rustix::stdio::{dup2_stderr, dup2_stdin, dup2_stdout, stderr, stdin, stdout};

#[cfg(target_os = "linux")]
use crate::descriptors;

/// The first descriptor behind standard input, output and error.
const FIRST_FREE: i32 = 3;

/// Variables of the loaders of Linux and macOS.
const DANGEROUS_PREFIXES: [&str; 2] = ["LD_", "DYLD_"];

/// Of the C library, where names are looked up, and of TLS.
const DANGEROUS_VARIABLES: [&str; 9] = [
    "GCONV_PATH",
    "GLIBC_TUNABLES",
    "HOSTALIASES",
    "LOCALDOMAIN",
    "RESOLV_ADD_TRIM_DOMAINS",
    "RESOLV_HOST_CONF",
    "RESOLV_OVERRIDE_TRIM_DOMAINS",
    "RES_OPTIONS",
    "SSLKEYLOGFILE",
];

/// What whoever started this process wants kept from others in new files.
pub(crate) static ORIGINAL_UMASK: OnceLock<Mode> = OnceLock::new();

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
        Hardening { name: "ends of children told", result: heed_children() },
        Hardening { name: "full disks told", result: heed_file_limits() },
        Hardening { name: "no variables of loaders", result: remove_variables() },
        #[cfg(target_os = "linux")]
        Hardening { name: "no descriptors for programs", result: descriptors::hand_on_none() },
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

/// Whoever starts this process may have had the ends of children ignored, which is inherited: nobody
/// could be waited for.
#[allow(unsafe_code, reason = "there is no safe way to set what a signal does")]
fn heed_children() -> io::Result<()> {
    // SAFETY: the default action runs no code of this process.
    match unsafe { libc::signal(libc::SIGCHLD, libc::SIG_DFL) } {
        libc::SIG_ERR => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

/// A write beyond the limit on a file's size is an error then, as one on a full disk is, and not the
/// end of the process in the middle of a change. Programs are started with the default again.
#[allow(unsafe_code, reason = "there is no safe way to set what a signal does")]
fn heed_file_limits() -> io::Result<()> {
    // SAFETY: ignoring a signal runs no code of this process.
    match unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_IGN) } {
        libc::SIG_ERR => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
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
    let before = umask(Mode::RWXG | Mode::RWXO);
    // Only the first one was somebody else's choice.
    let _ = ORIGINAL_UMASK.set(before);
    Ok(())
}

fn no_core_dumps() -> io::Result<()> {
    Ok(setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?)
}

/// Whether a variable makes libraries load code, write down the keys of connections or send names to
/// other addresses, in this process and those it starts.
fn is_dangerous(name: &OsStr) -> bool {
    let name = name.as_bytes();
    DANGEROUS_PREFIXES.iter().any(|prefix| name.starts_with(prefix.as_bytes()))
        || DANGEROUS_VARIABLES.iter().any(|variable| name == variable.as_bytes())
}

#[allow(unsafe_code, reason = "there is no other way to be rid of a variable")]
fn remove_variables() -> io::Result<()> {
    #[expect(
        clippy::disallowed_methods,
        reason = "they are looked at to be removed, not to be used"
    )]
    let dangerous: Vec<OsString> =
        std::env::vars_os().map(|(name, _)| name).filter(|name| is_dangerous(name)).collect();
    if dangerous.is_empty() {
        return Ok(());
    }
    #[cfg(target_os = "linux")]
    crate::threads::require_one()?;
    for name in dangerous {
        // SAFETY: this is the only thread, so that no other one reads the environment meanwhile.
        unsafe { std::env::remove_var(name) };
    }
    Ok(())
}

/// Neither `ptrace` nor `/proc/PID/mem` of another process of the same user reaches in then.
#[cfg(target_os = "linux")]
fn not_dumpable() -> io::Result<()> {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};
    Ok(set_dumpable_behavior(DumpableBehavior::NotDumpable)?)
}
