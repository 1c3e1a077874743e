//! Files that anybody may own.

use std::fs::File;
use std::io::{self, Error};
use std::path::Path;

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;

/// Opens a regular file for reading, whoever owns it and through any links: for what clients read
/// in the same way. Neither waits for the other end of a pipe nor makes a terminal the process's
/// own, and what was opened is what is checked. Links in a circle are a file that does not exist.
///
/// # Errors
/// If it cannot be opened or is something else, as the error then says without naming it.
pub fn open_regular(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let file = match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(file) => File::from(file),
        // A socket, or a device without a driver.
        Err(Errno::NXIO) => return Err(not_regular()),
        // Clients take links in a circle for no file, as they do one to nothing.
        Err(Errno::LOOP) => return Err(io::ErrorKind::NotFound.into()),
        Err(error) => return Err(error.into()),
    };
    match file.metadata()?.is_file() {
        true => Ok(file),
        false => Err(not_regular()),
    }
}

fn not_regular() -> Error {
    Error::other("it is not a regular file")
}
