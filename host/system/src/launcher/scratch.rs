//! A new working directory for each program.

use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use cap_std::fs::Dir;
use rustix::fs::{Mode, OFlags, mkdirat, openat};
use rustix::io::Errno;

use crate::walk::{Missing, metadata, open_folder};
use crate::{FileError, check};

/// A folder that nobody has changed for longer was left by a launcher that was killed: no program
/// runs nearly as long.
const STALE: Duration = Duration::from_secs(24 * 60 * 60);

/// The folder in which programs get theirs.
pub(crate) struct Scratch {
    path: PathBuf,
    dir: Dir,
    made: u32,
}

/// A program's own folder.
pub(crate) struct Fresh {
    pub(crate) folder: OwnedFd,
    pub(crate) name: String,
}

impl Scratch {
    pub(crate) fn open(path: &Path) -> Result<Self, FileError> {
        let opened = open_folder(path, Missing::Create)?;
        let file = opened.ok_or_else(|| FileError::io("make the folder", path, Errno::NOENT))?;
        check::private_folder(&metadata(&file, path)?, path)?;
        let scratch = Self { path: path.to_owned(), dir: Dir::from_std_file(file), made: 0 };
        scratch.remove_stale();
        Ok(scratch)
    }

    /// Makes an empty folder with mode 0700.
    pub(crate) fn fresh(&mut self) -> Result<Fresh, FileError> {
        self.made += 1;
        let name = format!("{}.{}", std::process::id(), self.made);
        // Left by an earlier process with this number.
        self.remove(&name);
        let failed = |error| FileError::io("make the folder", self.path.join(&name), error);
        mkdirat(&self.dir, &name, Mode::RWXU).map_err(failed)?;
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let folder = openat(&self.dir, &name, flags, Mode::empty()).map_err(failed)?;
        Ok(Fresh { folder, name })
    }

    /// Removes it with what the program left in it. If that fails, [`STALE`] takes care of it.
    pub(crate) fn remove(&self, name: &str) {
        let _ = self.dir.remove_dir_all(name);
    }

    fn remove_stale(&self) {
        for entry in self.dir.entries().into_iter().flatten().flatten() {
            let stale = entry.metadata().and_then(|found| found.modified()).is_ok_and(|time| {
                SystemTime::now().duration_since(time.into_std()).is_ok_and(|age| age > STALE)
            });
            if stale {
                let _ = self.dir.remove_dir_all(entry.file_name());
            }
        }
    }
}
