//! How many threads this process has, for what only a process with one may do.

use std::io;

/// # Errors
/// If there are more threads than the calling one, or it cannot be found out.
#[cfg(target_os = "linux")]
pub(crate) fn require_one() -> io::Result<()> {
    let mut threads = 0;
    for thread in std::fs::read_dir("/proc/self/task")? {
        thread?;
        threads += 1;
    }
    match threads {
        1 => Ok(()),
        _ => Err(io::Error::other(format!("this process already has {threads} threads"))),
    }
}

/// # Errors
/// Always: it cannot be found out.
#[cfg(not(target_os = "linux"))]
pub(crate) fn require_one() -> io::Result<()> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "this system does not count threads"))
}
