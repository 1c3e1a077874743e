//! The file of the machine's administrator, which no user can write or replace.

use std::fs::File;
use std::path::Path;

use rustix::fs::{Mode, OFlags, openat};
use rustix::io::Errno;

use crate::walk::{self, metadata};
use crate::{FileError, check};

#[cfg(target_os = "macos")]
const POLICY_FILE: &str = "/Library/Application Support/Lockgate/policy.toml";
#[cfg(not(target_os = "macos"))]
const POLICY_FILE: &str = "/etc/lockgate/policy.toml";

/// Where the administrator's policy is; nothing that a user sets moves it.
pub fn policy_file() -> &'static Path {
    Path::new(POLICY_FILE)
}

/// Opens a regular file that root alone can have written: it and every folder and link on the way
/// to it belong to root, and nobody else may write them (others may make files of their own in a
/// folder with the sticky bit). Links are followed on the way and not at its end. `None` if there
/// is no such file or folder, which root alone can have brought about as well.
///
/// # Errors
/// If it is not so, or it cannot be found out.
pub fn open_administrator_file(path: &Path) -> Result<Option<File>, FileError> {
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(FileError::NotAFile { path: path.to_owned() });
    };
    let Some(folder) = walk::open_administrator_folder(parent)? else { return Ok(None) };
    check::administrator_ancestor(&metadata(&folder, parent)?, parent)?;
    let flags =
        OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let file = match openat(&folder, name, flags, Mode::empty()) {
        Ok(file) => File::from(file),
        Err(Errno::NOENT) => return Ok(None),
        Err(Errno::LOOP) => return Err(FileError::SymbolicLink { path: path.to_owned() }),
        // A socket, or a device without a driver.
        Err(Errno::NXIO) => return Err(FileError::NotAFile { path: path.to_owned() }),
        Err(error) => return Err(FileError::io("open", path, error)),
    };
    check::administrator_file(&metadata(&file, path)?, path)?;
    Ok(Some(file))
}
