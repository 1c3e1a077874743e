//! Files that several processes append to.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{AtFlags, OFlags, Stat, fstat, ftruncate, renameat, statat};
use rustix::io::Errno;
use rustix::process::{Resource, getrlimit};

use crate::folder::private_file;
use crate::{FileError, Folder, lock_exclusive};

/// One of Lockgate's own files, open for reading and for writing at its end.
#[derive(Debug)]
pub struct AppendFile {
    file: File,
    name: PathBuf,
    path: PathBuf,
    identity: (i128, i128),
    /// The largest that this process may make a file, in bytes.
    largest: u64,
}

/// The lock of an [`AppendFile`], held until this value is dropped.
#[derive(Debug)]
pub struct AppendLock<'a>(&'a File);

impl Folder {
    /// Opens a file for appending, and makes it with mode 0600 if it is missing.
    ///
    /// # Errors
    /// If it is something else than a file, a link, another user's, writable by others, has a
    /// second name, or cannot be opened or made.
    pub fn open_append(&self, name: impl AsRef<OsStr>) -> Result<AppendFile, FileError> {
        let name = name.as_ref();
        let path = self.entry(name)?;
        let flags = OFlags::RDWR | OFlags::APPEND | OFlags::CREATE;
        let opened = self.open_checked(name, flags, private_file())?;
        let file = opened.ok_or_else(|| FileError::io("open", &path, Errno::NOENT))?;
        let found = fstat(&file).map_err(|error| FileError::io("look at", &path, error))?;
        let largest = getrlimit(Resource::Fsize).current.unwrap_or(u64::MAX);
        Ok(AppendFile { file, name: name.into(), path, identity: identity(&found), largest })
    }

    /// Gives a file another name, in the place of whatever has that one.
    ///
    /// # Errors
    /// If it cannot be done; nothing has changed then.
    pub fn rename(&self, from: impl AsRef<OsStr>, to: impl AsRef<OsStr>) -> Result<(), FileError> {
        let (from, to) = (from.as_ref(), to.as_ref());
        let path = self.entry(from)?;
        self.entry(to)?;
        renameat(&self.dir, from, &self.dir, to)
            .map_err(|error| FileError::io("rename", path, error))
    }
}

impl AppendFile {
    /// Its path when it was opened, for messages.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Takes the lock of the file, waiting for other holders for at most `patience`. It is shared by
    /// all processes that were forked while this value was open: each opens a file of its own.
    ///
    /// # Errors
    /// If it is held for longer, or there are no locks on this file system.
    pub fn lock(&self, patience: Duration) -> Result<AppendLock<'_>, FileError> {
        lock_exclusive(&self.file, &self.path, patience, || {})?;
        Ok(AppendLock(&self.file))
    }

    /// Its length in bytes, if it is still what its name means in the folder.
    ///
    /// # Errors
    /// If the name cannot be looked at.
    pub fn length_in(&self, folder: &Folder) -> Result<Option<u64>, FileError> {
        match statat(&folder.dir, &self.name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(found) if identity(&found) == self.identity => Ok(Some(length(&found))),
            Ok(_) | Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(FileError::io("look at", &self.path, error)),
        }
    }

    /// The last bytes of its first `length`, at most `limit` of them.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn tail(&self, length: u64, limit: usize) -> Result<Vec<u8>, FileError> {
        tail(&self.file, length, limit).map_err(|error| FileError::io("read", &self.path, error))
    }

    /// Writes at its end, under its lock; `length` is how long it is. After an error it is as long as
    /// before, unless the system also fails to cut off what was written.
    ///
    /// # Errors
    /// If not everything could be written: a full disk, a quota, a limit of the process.
    pub fn append(&self, length: u64, bytes: &[u8]) -> Result<(), FileError> {
        let end = length.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        // The system would end the process with a signal.
        if end > self.largest {
            return Err(FileError::io("write", &self.path, Errno::FBIG));
        }
        (&self.file).write_all(bytes).map_err(|error| {
            // The error that matters is the first one.
            let _ = ftruncate(&self.file, length);
            FileError::io("write", &self.path, error)
        })
    }
}

impl Drop for AppendLock<'_> {
    fn drop(&mut self) {
        // It can only fail for a file that is not open.
        let _ = self.0.unlock();
    }
}

fn tail(file: &File, length: u64, limit: usize) -> io::Result<Vec<u8>> {
    let size = usize::try_from(length).unwrap_or(usize::MAX).min(limit);
    let mut bytes = vec![0; size];
    file.read_exact_at(&mut bytes, length.saturating_sub(size as u64))?;
    Ok(bytes)
}

fn identity(found: &Stat) -> (i128, i128) {
    // Their types differ between systems.
    (i128::from(found.st_dev), i128::from(found.st_ino))
}

fn length(found: &Stat) -> u64 {
    u64::try_from(found.st_size).unwrap_or_default()
}
