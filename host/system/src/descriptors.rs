//! Open descriptors, and who gets them.

use std::io;

/// The first one behind standard input, output and error.
const FIRST: libc::c_uint = 3;

/// None but the standard ones is handed on to the programs that this process starts or becomes,
/// whoever opened them. A system call only, so that a new child may call it.
#[allow(unsafe_code, reason = "no safe crate has this system call")]
pub(crate) fn hand_on_none() -> io::Result<()> {
    let (last, flags) = (libc::c_uint::MAX, libc::CLOSE_RANGE_CLOEXEC);
    // SAFETY: takes numbers only, and closes nothing: the descriptors stay what they are here.
    match unsafe { libc::syscall(libc::SYS_close_range, FIRST, last, flags) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}
