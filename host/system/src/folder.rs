//! A folder that was checked, and the files in it.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, SystemTime};

use cap_std::fs::Dir;
use rustix::fs::{Mode, OFlags, fchmod, openat};
use rustix::io::Errno;
use zeroize::Zeroizing;

use crate::check::{self, FileRule};
use crate::walk::{self, Missing, metadata, open_folder};
use crate::{FileError, Lock, lock, lock_exclusive, read_capped};

/// No link, no wait for a pipe's other end, no terminal to control, nothing inherited.
const SAFELY: OFlags =
    OFlags::NOFOLLOW.union(OFlags::NONBLOCK).union(OFlags::NOCTTY).union(OFlags::CLOEXEC);

const TEMPORARY: &str = ".lockgate-new";

/// A temporary file older than this was left by a writer that died: writing takes milliseconds.
const STALE: Duration = Duration::from_secs(600);

/// How often another name is tried for a temporary file before something must be wrong.
const MAX_ATTEMPTS: u32 = 16;

/// An open folder whose owner and permissions were checked. Files are opened in it by plain names,
/// without following links, and checked after opening.
#[derive(Debug)]
pub struct Folder {
    pub(crate) dir: Dir,
    path: PathBuf,
    rule: FileRule,
}

impl Folder {
    /// Opens one of Lockgate's own folders; `None` if there is none. It must belong to the user and
    /// be writable by nobody else, and nobody else may be able to replace it: every folder above it
    /// belongs to the user or root and is sticky or writable by its owner only, or also by the
    /// user's own private group (the effective one, with the user's number and not root's).
    ///
    /// # Errors
    /// If it is not so, or it cannot be opened.
    pub fn open_private(path: &Path) -> Result<Option<Self>, FileError> {
        open_folder(path, Missing::Stop)?.map(|file| Self::private(file, path)).transpose()
    }

    /// The same, but makes the folder and those above it with mode 0700 where they are missing.
    ///
    /// # Errors
    /// As [`Folder::open_private`], or if it cannot be made.
    pub fn create_private(path: &Path) -> Result<Self, FileError> {
        match open_folder(path, Missing::Create)? {
            Some(file) => Self::private(file, path),
            None => Err(FileError::io("make the folder", path, Errno::NOENT)),
        }
    }

    fn private(file: File, path: &Path) -> Result<Self, FileError> {
        check::private_folder(&metadata(&file, path)?, path)?;
        Ok(Self::new(file, path, FileRule::Own))
    }

    /// The folder itself, once more.
    pub(crate) fn handle(&self) -> io::Result<File> {
        self.dir.as_fd().try_clone_to_owned().map(File::from)
    }

    pub(crate) fn new(file: File, path: &Path, rule: FileRule) -> Self {
        Self { dir: Dir::from_std_file(file), path: path.to_owned(), rule }
    }

    /// Its path, for messages.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Opens a regular file of the user or root for reading; `None` if there is none.
    ///
    /// # Errors
    /// If it is something else, others can write it, it has a second name, or it cannot be opened.
    pub fn open(&self, name: impl AsRef<OsStr>) -> Result<Option<File>, FileError> {
        self.open_checked(name.as_ref(), OFlags::RDONLY, Mode::empty())
    }

    /// The whole content of such a file, at most `limit` bytes.
    ///
    /// # Errors
    /// As [`Folder::open`], or if it is larger or cannot be read.
    pub fn read(
        &self,
        name: impl AsRef<OsStr>,
        limit: usize,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, FileError> {
        let name = name.as_ref();
        let Some(file) = self.open(name)? else { return Ok(None) };
        read_capped(&file, &self.path.join(name), limit).map(Some)
    }

    /// Puts a file with this content and mode 0600 in the place of whatever has the name. Whoever
    /// reads sees the old content or the new one, also after a crash or a loss of power.
    ///
    /// # Errors
    /// If it is not certain that the new content is kept. The old one is there then, or, if only
    /// the last step failed, the new one.
    pub fn replace(&self, name: impl AsRef<OsStr>, bytes: &[u8]) -> Result<(), FileError> {
        self.replace_with_mode(name.as_ref(), bytes, private_file())
    }

    /// The same with other permissions, which it has once all of it is written.
    pub(crate) fn replace_with_mode(
        &self,
        name: &OsStr,
        bytes: &[u8],
        mode: Mode,
    ) -> Result<(), FileError> {
        let prepare = |file: &File| Ok(fchmod(file, mode)?);
        self.replace_if(name, bytes, prepare, || Ok(true)).map(drop)
    }

    /// The same: `prepare` is handed the new file once all of it is written, and nothing is replaced
    /// if `may_go_on` says no right before. Whether it was replaced.
    pub(crate) fn replace_if(
        &self,
        name: &OsStr,
        bytes: &[u8],
        prepare: impl FnOnce(&File) -> io::Result<()>,
        may_go_on: impl FnOnce() -> Result<bool, FileError>,
    ) -> Result<bool, FileError> {
        let path = self.entry(name)?;
        self.remove_litter(name);
        let (mut file, temporary) = self.create_temporary(name)?;
        let failed = |error| FileError::io("write", &path, error);
        let written = file.write_all(bytes).and_then(|()| {
            prepare(&file)?;
            file.sync_all()
        });
        let move_it = || self.dir.rename(&temporary, &self.dir, name).map_err(failed);
        let moved = match written.map_err(failed).and_then(|()| may_go_on()) {
            Ok(true) => move_it().map(|()| true),
            stopped => stopped,
        };
        if !matches!(moved, Ok(true)) {
            // The error that matters is the first one.
            let _ = self.dir.remove_file(&temporary);
            return moved;
        }
        self.sync().map(|()| true)
    }

    /// Removes a file or link; false if there was none.
    ///
    /// # Errors
    /// If it is not certain that it is gone.
    pub fn remove(&self, name: impl AsRef<OsStr>) -> Result<bool, FileError> {
        let path = self.entry(name.as_ref())?;
        match self.dir.remove_file(name.as_ref()) {
            Ok(()) => self.sync().map(|()| true),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(FileError::io("remove", path, error)),
        }
    }

    /// The names of all that is in it, in no order; those that are not UTF-8 are left out.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn names(&self) -> Result<Vec<String>, FileError> {
        let failed = |error| FileError::io("read the folder", &self.path, error);
        let entries = self.dir.entries().map_err(failed)?;
        let names = entries.map(|entry| entry.map(|entry| entry.file_name().into_string().ok()));
        names.filter_map(Result::transpose).collect::<Result<_, _>>().map_err(failed)
    }

    /// Removes an empty folder; false if there was none.
    ///
    /// # Errors
    /// If it is not empty, or it is not certain that it is gone.
    pub fn remove_folder(&self, name: impl AsRef<OsStr>) -> Result<bool, FileError> {
        let path = self.entry(name.as_ref())?;
        match self.dir.remove_dir(name.as_ref()) {
            Ok(()) => self.sync().map(|()| true),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(FileError::io("remove the folder", path, error)),
        }
    }

    /// Removes a folder with all that is in it; links in it are removed and not followed. False if
    /// there was none.
    ///
    /// # Errors
    /// If not all of it is gone.
    pub fn remove_tree(&self, name: impl AsRef<OsStr>) -> Result<bool, FileError> {
        let path = self.entry(name.as_ref())?;
        match self.dir.remove_dir_all(name.as_ref()) {
            Ok(()) => self.sync().map(|()| true),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(FileError::io("remove the folder", path, error)),
        }
    }

    /// Takes the lock that is a file of this name, made if it is missing and never removed, and
    /// waits for another holder for half a minute.
    ///
    /// # Errors
    /// If it is held for longer, or there are no locks on this file system.
    pub fn lock(&self, name: impl AsRef<OsStr>) -> Result<Lock, FileError> {
        self.lock_within(name, lock::PATIENCE)
    }

    /// The same, waiting for at most `patience`.
    ///
    /// # Errors
    /// As [`Folder::lock`].
    pub fn lock_within(
        &self,
        name: impl AsRef<OsStr>,
        patience: Duration,
    ) -> Result<Lock, FileError> {
        let name = name.as_ref();
        let path = self.entry(name)?;
        let made = self.open_checked(name, OFlags::RDWR | OFlags::CREATE, private_file())?;
        let file = made.ok_or_else(|| FileError::io("open", &path, Errno::NOENT))?;
        lock_exclusive(&file, &path, patience, || {})?;
        Ok(Lock { _file: file })
    }

    /// Opens a file and checks what was opened; `None` if there is none.
    pub(crate) fn open_checked(
        &self,
        name: &OsStr,
        flags: OFlags,
        mode: Mode,
    ) -> Result<Option<File>, FileError> {
        let path = self.entry(name)?;
        match openat(&self.dir, name, flags | SAFELY, mode) {
            Ok(file) => {
                let file = File::from(file);
                check::file(&metadata(&file, &path)?, &path, self.rule)?;
                Ok(Some(file))
            }
            Err(Errno::NOENT) => Ok(None),
            Err(Errno::LOOP | Errno::MLINK) => Err(FileError::SymbolicLink { path }),
            // A socket, a device without a driver, a pipe, or a folder opened for writing.
            Err(Errno::NXIO | Errno::ISDIR) => Err(FileError::NotAFile { path }),
            Err(error) => Err(FileError::io("open", path, error)),
        }
    }

    fn create_temporary(&self, name: &OsStr) -> Result<(File, String), FileError> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | SAFELY;
        let process = std::process::id();
        for attempt in 0..MAX_ATTEMPTS {
            let temporary = format!("{}{process}.{attempt}", temporary_prefix(name));
            match openat(&self.dir, &temporary, flags, private_file()) {
                Ok(file) => return Ok((File::from(file), temporary)),
                Err(Errno::EXIST) => {}
                Err(error) => return Err(FileError::io("make", self.path.join(temporary), error)),
            }
        }
        let path = self.path.join(temporary_prefix(name));
        Err(FileError::io("find a free name beginning with", path, Errno::EXIST))
    }

    /// Removes what writers that died left behind. Nothing depends on it.
    fn remove_litter(&self, name: &OsStr) {
        let prefix = temporary_prefix(name);
        for entry in self.dir.entries().into_iter().flatten().flatten() {
            let stale = entry.metadata().and_then(|found| found.modified()).is_ok_and(|time| {
                SystemTime::now().duration_since(time.into_std()).is_ok_and(|age| age > STALE)
            });
            if stale && entry.file_name().to_string_lossy().starts_with(&prefix) {
                let _ = self.dir.remove_file(entry.file_name());
            }
        }
    }

    /// Makes names that were made, moved or removed survive a loss of power.
    pub(crate) fn sync(&self) -> Result<(), FileError> {
        rustix::fs::fsync(&self.dir).map_err(|error| FileError::io("sync", &self.path, error))
    }

    /// The path of a name, which must be one plain component.
    pub(crate) fn entry(&self, name: &OsStr) -> Result<PathBuf, FileError> {
        let mut components = Path::new(name).components();
        match (components.next(), components.next()) {
            (Some(Component::Normal(only)), None) if only == name => Ok(self.path.join(name)),
            _ => Err(FileError::Name { name: name.to_string_lossy().into_owned() }),
        }
    }
}

fn temporary_prefix(name: &OsStr) -> String {
    format!(".{}{TEMPORARY}.", name.to_string_lossy())
}

pub(crate) fn private_file() -> Mode {
    Mode::RUSR | Mode::WUSR
}

/// Whether the folder may be used as one that nobody else looks into; true if it is not there yet.
pub(crate) fn check_closed(path: &Path) -> Result<(), FileError> {
    match walk::open_folder(path, Missing::Stop)? {
        Some(file) => check::closed_folder(&metadata(&file, path)?, path),
        None => Ok(()),
    }
}
