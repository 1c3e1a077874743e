//! seccomp: no system call that a provider has no need of and that leads out of the walls, into
//! other processes or deep into the kernel.

mod filter;
mod refused;

use std::io;

use rustix::io::Errno;

use self::filter::Allowed;
use super::{Confinement, MAX_KEYS, WallState};

/// Puts up the wall around system calls. New privileges must have been given up before.
pub(super) fn restrict(confinement: &Confinement) -> WallState {
    let keys = confinement.keys.iter().take(MAX_KEYS).map(|key| key.number()).collect();
    let allowed = Allowed { internet: !confinement.connect.is_empty(), keys };
    match install(&filter::program(&allowed)) {
        Ok(()) => WallState::Stands,
        Err(error) if is(&error, Errno::NOSYS) || is(&error, Errno::INVAL) => {
            WallState::Absent("this kernel has no filters for system calls")
        }
        Err(error) => WallState::Failed(error),
    }
}

fn is(error: &io::Error, number: Errno) -> bool {
    error.raw_os_error() == Some(number.raw_os_error())
}

#[allow(unsafe_code, reason = "no safe crate installs a filter that it did not make itself")]
fn install(program: &[libc::sock_filter]) -> io::Result<()> {
    let len = u16::try_from(program.len()).map_err(io::Error::other)?;
    let program = libc::sock_fprog { len, filter: program.as_ptr().cast_mut() };
    // SAFETY: the kernel copies `len` instructions from `filter`, which are borrowed for the whole
    // call, and writes to neither.
    let result = unsafe {
        libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, 0, &raw const program)
    };
    match result {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}
