//! The way from the root to a program, each step checked on what was opened.

use std::ffi::{OsStr, OsString};
use std::fs::{File, Metadata};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{Mode, OFlags, openat, readlinkat};
use rustix::io::Errno;

use super::error::Refusal;
use crate::FileError;
use crate::check;
use crate::walk::metadata;

/// Most symbolic links on the way, as Linux has it.
const MAX_LINKS: usize = 40;

/// Neither reads, nor follows a link, nor is inherited.
const LOOK: OFlags = OFlags::PATH.union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// What is at an absolute path behind all links, which need not be a file. Every folder and link on the
/// way is the user's or root's, and nobody else can change what is in those folders.
pub(crate) fn open_behind_links(path: &Path) -> Result<(File, PathBuf), Refusal> {
    if !path.is_absolute() {
        return Err(FileError::NotAbsolute { path: path.to_owned() }.into());
    }
    let mut walk = Walk { folder: root()?, at: PathBuf::from("/"), pending: Vec::new(), links: 0 };
    walk.go(path);
    while let Some(name) = walk.pending.pop() {
        if let Some(found) = walk.step(&name, path)? {
            return Ok(found);
        }
    }
    Ok((walk.folder, walk.at))
}

struct Walk {
    folder: File,
    at: PathBuf,
    /// What is still to be passed, the next one last.
    pending: Vec<OsString>,
    links: usize,
}

impl Walk {
    fn go(&mut self, path: &Path) {
        let names = path.components().rev();
        let names =
            names.filter(|part| matches!(part, Component::Normal(_) | Component::ParentDir));
        self.pending.extend(names.map(|part| part.as_os_str().to_owned()));
    }

    /// Goes one step, and returns what is at the end if this was the last one.
    fn step(&mut self, name: &OsStr, goal: &Path) -> Result<Option<(File, PathBuf)>, Refusal> {
        check::ancestor(&metadata(&self.folder, &self.at)?, &self.at)?;
        let path = match name == ".." {
            true => self.at.parent().unwrap_or(Path::new("/")).to_owned(),
            false => self.at.join(name),
        };
        let opened = match openat(&self.folder, name, LOOK, Mode::empty()) {
            Ok(opened) => File::from(opened),
            Err(Errno::NOENT) => return Err(Refusal::Missing { path: goal.to_owned() }),
            Err(Errno::NOTDIR) => {
                return Err(FileError::NotAFolder { path: self.at.clone() }.into());
            }
            Err(error) => return Err(FileError::io("open", path, error).into()),
        };
        let found = metadata(&opened, &path)?;
        if found.is_symlink() {
            self.follow(&opened, &found, path, goal)?;
            return Ok(None);
        }
        if self.pending.is_empty() {
            return Ok(Some((opened, path)));
        }
        self.folder = opened;
        self.at = path;
        Ok(None)
    }

    fn follow(
        &mut self,
        link: &File,
        found: &Metadata,
        path: PathBuf,
        goal: &Path,
    ) -> Result<(), FileError> {
        check::owner(found.uid(), &path)?;
        self.links += 1;
        if self.links > MAX_LINKS {
            return Err(FileError::TooManyLinks { path: goal.to_owned() });
        }
        // The name is empty: the very link that was opened is read.
        let target = readlinkat(link, "", Vec::new())
            .map_err(|error| FileError::io("read the link", path, error))?;
        let target = PathBuf::from(OsString::from_vec(target.into_bytes()));
        if target.is_absolute() {
            self.folder = root()?;
            self.at = PathBuf::from("/");
        }
        self.go(&target);
        Ok(())
    }
}

fn root() -> Result<File, FileError> {
    rustix::fs::open("/", LOOK | OFlags::DIRECTORY, Mode::empty())
        .map(File::from)
        .map_err(|error| FileError::io("open the folder", "/", error))
}
