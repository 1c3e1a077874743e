//! The way from the root to a folder, each step checked on what was opened.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::os::unix::ffi::OsStringExt;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, mkdirat, openat, readlinkat, statat};
use rustix::io::Errno;

use crate::{FileError, check};

/// Most symbolic links on the way, as Linux has it.
const MAX_LINKS: usize = 40;

/// Opening needs no permission to list a folder on the way, only to pass through it.
#[cfg(target_os = "linux")]
const PASS: OFlags = OFlags::PATH;
#[cfg(not(target_os = "linux"))]
const PASS: OFlags = OFlags::RDONLY;

const FOLDER: OFlags = OFlags::DIRECTORY.union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// What to do about folders that are missing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    Stop,
    /// Made with mode 0700.
    Create,
}

/// The folder at an absolute path. Links of the user or root are followed on the way and not at
/// its end; every folder that is passed must be safe from other users.
pub(crate) fn open_folder(path: &Path, missing: Missing) -> Result<Option<File>, FileError> {
    walk(path, missing, Trusted::UserAndRoot, LastLink::Refuse)
}

/// The same for a folder that is there, which may itself be a link, as dotfile managers make them.
pub(crate) fn open_linked_folder(path: &Path) -> Result<Option<File>, FileError> {
    walk(path, Missing::Stop, Trusted::UserAndRoot, LastLink::Follow)
}

/// The same where only root is trusted, whose links are followed at the end as well.
pub(crate) fn open_administrator_folder(path: &Path) -> Result<Option<File>, FileError> {
    walk(path, Missing::Stop, Trusted::Root, LastLink::Follow)
}

fn walk(
    path: &Path,
    missing: Missing,
    trusted: Trusted,
    last_link: LastLink,
) -> Result<Option<File>, FileError> {
    if !path.is_absolute() {
        return Err(FileError::NotAbsolute { path: path.to_owned() });
    }
    let (folder, at, pending) = (root()?, PathBuf::from("/"), names(path));
    let mut walk = Walk { goal: path, missing, trusted, last_link, folder, at, pending, links: 0 };
    while let Some(name) = walk.pending.pop() {
        if !walk.step(&name)? {
            return Ok(None);
        }
    }
    walk.finish().map(Some)
}

/// Who may own the folders and links on the way.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trusted {
    UserAndRoot,
    Root,
}

/// What to do about a link at the end of the path.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LastLink {
    Refuse,
    Follow,
}

struct Walk<'a> {
    goal: &'a Path,
    missing: Missing,
    trusted: Trusted,
    last_link: LastLink,
    folder: File,
    at: PathBuf,
    /// What is still to be passed, the next one last.
    pending: Vec<OsString>,
    links: usize,
}

impl Walk<'_> {
    /// Goes one step; false if there is nothing to step on.
    fn step(&mut self, name: &OsStr) -> Result<bool, FileError> {
        let folder = metadata(&self.folder, &self.at)?;
        match self.trusted {
            Trusted::UserAndRoot => check::ancestor(&folder, &self.at)?,
            Trusted::Root => check::administrator_ancestor(&folder, &self.at)?,
        }
        let path = if name == ".." { parent(&self.at) } else { self.at.join(name) };
        match openat(&self.folder, name, FOLDER | PASS, Mode::empty()) {
            Ok(folder) => {
                self.folder = File::from(folder);
                self.at = path;
                Ok(true)
            }
            Err(Errno::NOENT) if self.missing == Missing::Stop => Ok(false),
            Err(Errno::NOENT) => self.create(name, &path).map(|()| true),
            Err(Errno::LOOP | Errno::NOTDIR) => self.follow(name, path).map(|()| true),
            Err(error) => Err(FileError::io("open the folder", path, error)),
        }
    }

    fn create(&mut self, name: &OsStr, path: &Path) -> Result<(), FileError> {
        match mkdirat(&self.folder, name, Mode::RWXU) {
            // Somebody else of ours was faster.
            Ok(()) | Err(Errno::EXIST) => {}
            Err(error) => return Err(FileError::io("make the folder", path, error)),
        }
        self.count_step()?;
        self.pending.push(name.to_owned());
        Ok(())
    }

    fn follow(&mut self, name: &OsStr, path: PathBuf) -> Result<(), FileError> {
        let failed = |error| FileError::io("read the link", path.clone(), error);
        let stat = statat(&self.folder, name, AtFlags::SYMLINK_NOFOLLOW).map_err(failed)?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::Symlink {
            return Err(FileError::NotAFolder { path });
        }
        if self.pending.is_empty() && self.last_link == LastLink::Refuse {
            return Err(FileError::SymbolicLink { path });
        }
        match self.trusted {
            Trusted::UserAndRoot => check::owner(stat.st_uid, &path)?,
            Trusted::Root => check::administrator(stat.st_uid, &path)?,
        }
        self.count_step()?;
        let target = readlinkat(&self.folder, name, Vec::new()).map_err(failed)?;
        let target = PathBuf::from(OsString::from_vec(target.into_bytes()));
        if target.is_absolute() {
            self.folder = root()?;
            self.at = PathBuf::from("/");
        }
        self.pending.extend(names(&target));
        Ok(())
    }

    /// Bounds what somebody who changes the folders meanwhile could make of the walk.
    fn count_step(&mut self) -> Result<(), FileError> {
        self.links += 1;
        match self.links > MAX_LINKS {
            true => Err(FileError::TooManyLinks { path: self.goal.to_owned() }),
            false => Ok(()),
        }
    }

    /// The last folder, opened for reading, so that it can be listed and synced.
    fn finish(self) -> Result<File, FileError> {
        openat(&self.folder, ".", FOLDER | OFlags::RDONLY, Mode::empty())
            .map(File::from)
            .map_err(|error| FileError::io("open the folder", self.at, error))
    }
}

fn root() -> Result<File, FileError> {
    rustix::fs::open("/", FOLDER | PASS, Mode::empty())
        .map(File::from)
        .map_err(|error| FileError::io("open the folder", "/", error))
}

/// The names of a path, the first one last.
fn names(path: &Path) -> Vec<OsString> {
    let mut names: Vec<OsString> = path
        .components()
        .filter(|part| matches!(part, Component::Normal(_) | Component::ParentDir))
        .map(|part| part.as_os_str().to_owned())
        .collect();
    names.reverse();
    names
}

fn parent(path: &Path) -> PathBuf {
    path.parent().map_or_else(|| PathBuf::from("/"), Path::to_owned)
}

pub(crate) fn metadata(file: &File, path: &Path) -> Result<std::fs::Metadata, FileError> {
    file.metadata().map_err(|error| FileError::io("examine", path, error))
}
