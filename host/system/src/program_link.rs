//! Names of a program in a folder of programs: symbolic links that are made and taken away again.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{
    AtFlags, FileType, Mode, OFlags, readlinkat, renameat, statat, symlinkat, unlinkat,
};
use rustix::io::Errno;

use crate::check::{self, FileRule};
use crate::walk::metadata;
use crate::{FileError, Folder};

/// What has a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// Nothing.
    Nothing,
    /// A link with this content.
    Link(PathBuf),
    /// A file, or whatever else is no link.
    Other,
}

/// A name in a folder of the user or root, which is held open.
#[derive(Debug)]
pub struct ProgramLink {
    folder: Folder,
    name: OsString,
}

impl ProgramLink {
    /// The name at the end of an absolute path; `None` if its folder is not there.
    ///
    /// # Errors
    /// If the path is relative, or the folder belongs to somebody else or cannot be opened.
    pub fn at(path: &Path) -> Result<Option<Self>, FileError> {
        let not_a_file = || FileError::NotAFile { path: path.to_owned() };
        if !path.is_absolute() {
            return Err(FileError::NotAbsolute { path: path.to_owned() });
        }
        let parent = path.parent().ok_or_else(not_a_file)?;
        let name = path.file_name().ok_or_else(not_a_file)?.to_owned();
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let folder = match rustix::fs::open(parent, flags, Mode::empty()) {
            Ok(folder) => File::from(folder),
            Err(Errno::NOENT) => return Ok(None),
            Err(Errno::NOTDIR) => return Err(FileError::NotAFolder { path: parent.to_owned() }),
            Err(error) => return Err(FileError::io("open the folder", parent, error)),
        };
        check::owner(metadata(&folder, parent)?.uid(), parent)?;
        Ok(Some(Self { folder: Folder::new(folder, parent, FileRule::Client), name }))
    }

    /// What has the name now.
    ///
    /// # Errors
    /// If that cannot be found out.
    pub fn found(&self) -> Result<Named, FileError> {
        let path = self.folder.entry(&self.name)?;
        let found = match statat(&self.folder.dir, &self.name, AtFlags::SYMLINK_NOFOLLOW) {
            Err(Errno::NOENT) => return Ok(Named::Nothing),
            found => found.map_err(|error| FileError::io("examine", &path, error))?,
        };
        if FileType::from_raw_mode(found.st_mode) != FileType::Symlink {
            return Ok(Named::Other);
        }
        let target = readlinkat(&self.folder.dir, &self.name, Vec::new());
        let target = target.map_err(|error| FileError::io("read the link", path, error))?;
        Ok(Named::Link(PathBuf::from(OsString::from_vec(target.into_bytes()))))
    }

    /// Makes it a link to `target`, in the place of what was found before; false if something else is
    /// there now, or what is there is no link, which is never replaced.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn make(&self, target: &Path, in_place_of: &Named) -> Result<bool, FileError> {
        let path = self.folder.entry(&self.name)?;
        if self.found()? != *in_place_of {
            return Ok(false);
        }
        let made = match in_place_of {
            Named::Other => return Ok(false),
            Named::Nothing => symlinkat(target, &self.folder.dir, &self.name),
            Named::Link(_) => self.replace(target),
        };
        match made {
            Ok(()) => self.folder.sync().map(|()| true),
            Err(Errno::EXIST) => Ok(false),
            Err(error) => Err(FileError::io("make the link", path, error)),
        }
    }

    fn replace(&self, target: &Path) -> Result<(), Errno> {
        let temporary = temporary(&self.name);
        let folder = &self.folder.dir;
        symlinkat(target, folder, &temporary)?;
        renameat(folder, &temporary, folder, &self.name).inspect_err(|_| {
            // The error that matters is the first one.
            let _ = unlinkat(folder, &temporary, AtFlags::empty());
        })
    }

    /// Removes it if it is a link to `target`; whether it was.
    ///
    /// # Errors
    /// If it cannot be removed.
    pub fn remove(&self, target: &Path) -> Result<bool, FileError> {
        match self.found()? {
            Named::Link(found) if found == target => self.folder.remove(&self.name),
            _ => Ok(false),
        }
    }
}

/// Whether a folder belongs to the user, who can make names in it.
pub fn is_users_own_folder(path: &Path) -> bool {
    const WRITABLE: u32 = 0o200;
    path.metadata().is_ok_and(|found| {
        found.is_dir() && found.uid() == check::user() && found.mode() & WRITABLE != 0
    })
}

/// Beside the name, and another one for each process.
fn temporary(name: &OsStr) -> OsString {
    let mut temporary = OsString::from(".");
    temporary.push(name);
    temporary.push(format!(".lockgate-new.{}", std::process::id()));
    temporary
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "the tests arrange files")]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{Named, ProgramLink};

    #[test]
    fn a_link_is_made_replaced_and_removed_and_nothing_else_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("name");
        let link = ProgramLink::at(&path).unwrap().unwrap();
        let (one, two) = (Path::new("/one"), Path::new("/two"));
        assert!(link.make(one, &Named::Nothing).unwrap());
        assert!(!link.make(two, &Named::Nothing).unwrap(), "there is a link");
        assert!(!link.make(two, &Named::Link("/other".into())).unwrap(), "it is another one");
        assert_eq!(std::fs::read_link(&path).unwrap(), one);
        assert!(link.make(two, &Named::Link(one.into())).unwrap());
        assert!(!link.remove(one).unwrap());
        assert!(link.remove(two).unwrap());
        assert_eq!(link.found().unwrap(), Named::Nothing);
        std::fs::write(&path, "#!/bin/sh\n").unwrap();
        for found in [Named::Nothing, Named::Other, Named::Link(two.into())] {
            assert!(!link.make(one, &found).unwrap(), "{found:?}");
        }
        assert!(!link.remove(one).unwrap());
        assert_eq!(std::fs::read(&path).unwrap(), b"#!/bin/sh\n");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_that_is_missing_or_none_is_told() {
        let folder = tempfile::tempdir().unwrap();
        assert!(ProgramLink::at(&folder.path().join("none/name")).unwrap().is_none());
        std::fs::write(folder.path().join("file"), "").unwrap();
        let error = ProgramLink::at(&folder.path().join("file/name")).unwrap_err();
        assert!(error.to_string().contains("is not a folder"), "{error}");
        assert!(ProgramLink::at(&PathBuf::from("name")).is_err());
    }
}
