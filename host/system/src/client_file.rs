//! Files of clients and of the machine, which may be links of the user's own making.

use std::ffi::{OsStr, OsString};
use std::fs::{File, Metadata};
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, FileType, Gid, Mode, OFlags, Uid, fchmod, fchown, readlinkat, statat};
use rustix::io::Errno;

use crate::check::{self, FileRule};
use crate::folder::private_file;
use crate::walk::{metadata, open_linked_folder};
use crate::{FileError, Folder};

/// Most links from one to the next, as Linux has it.
const MAX_LINKS: usize = 40;

/// The bits of a file's mode that say who may do what, and the group's among them.
const PERMISSIONS: u32 = 0o777;
const GROUP: u32 = 0o070;

/// Where a client's file is, or would be made: its links followed once, each link and the folder
/// at the end owned by the user or root, that folder held open.
#[derive(Debug)]
pub struct ClientFile {
    folder: Folder,
    name: OsString,
}

/// Finds a client's file, following the user's own links, as dotfile managers make them. The file
/// itself may be missing; `None` if its folder is. Who may write the folder is the client's
/// business: the official Rust images make `$CARGO_HOME` writable by everyone.
///
/// # Errors
/// If the path is relative, a link or the folder belongs to somebody else, or cannot be opened.
pub fn open_client_file(path: &Path) -> Result<Option<ClientFile>, FileError> {
    locate(path, FileRule::Client)
}

/// The same for a file that a grant names, which must not be writable by everyone.
///
/// # Errors
/// As [`open_client_file`].
pub fn open_granted_file(path: &Path) -> Result<Option<ClientFile>, FileError> {
    locate(path, FileRule::Granted)
}

/// Finds a file of Lockgate's own that the user writes by hand, following links as
/// [`open_client_file`] does. The file, every folder on the way to it and every link must belong to
/// the user or root, and nobody else may write them but the user's private group (others may make
/// files of their own in a folder with the sticky bit).
///
/// # Errors
/// If it is not so, or it cannot be found out.
pub fn open_own_file(path: &Path) -> Result<Option<ClientFile>, FileError> {
    let mut at = path.to_owned();
    for _ in 0..=MAX_LINKS {
        let (parent, name) = split(&at)?;
        let Some(folder) = open_linked_folder(parent)? else { return Ok(None) };
        check::ancestor(&metadata(&folder, parent)?, parent)?;
        match link(&folder, name, &at)? {
            Some(target) => at = parent.join(target),
            None => {
                let folder = Folder::new(folder, parent, FileRule::ByHand);
                return Ok(Some(ClientFile { folder, name: name.to_owned() }));
            }
        }
    }
    Err(FileError::TooManyLinks { path: path.to_owned() })
}

/// What a link in this folder leads to; `None` if it is something else or missing.
fn link(folder: &File, name: &OsStr, path: &Path) -> Result<Option<PathBuf>, FileError> {
    let failed = |error| FileError::io("read the link", path, error);
    let found = match statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
        Err(Errno::NOENT) => return Ok(None),
        found => found.map_err(failed)?,
    };
    if FileType::from_raw_mode(found.st_mode) != FileType::Symlink {
        return Ok(None);
    }
    check::owner(found.st_uid, path)?;
    let target = readlinkat(folder, name, Vec::new()).map_err(failed)?;
    Ok(Some(PathBuf::from(OsString::from_vec(target.into_bytes()))))
}

fn split(path: &Path) -> Result<(&Path, &OsStr), FileError> {
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => Ok((parent, name)),
        _ => Err(FileError::NotAFile { path: path.to_owned() }),
    }
}

impl ClientFile {
    /// The path behind all links, for messages.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join(&self.name)
    }

    /// The folder that the file is in.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// The file's name in that folder.
    pub fn name(&self) -> &OsStr {
        &self.name
    }

    /// Opens a regular file of the user or root for reading; `None` if there is none.
    ///
    /// # Errors
    /// If it is something else or cannot be opened.
    pub fn open(&self) -> Result<Option<File>, FileError> {
        self.folder.open(&self.name)
    }

    /// The same for reading and writing.
    ///
    /// # Errors
    /// As [`ClientFile::open`].
    pub fn open_for_update(&self) -> Result<Option<File>, FileError> {
        self.folder.open_checked(&self.name, OFlags::RDWR, Mode::empty())
    }

    /// The same, and makes an empty file with mode 0600 if there is none.
    ///
    /// # Errors
    /// As [`ClientFile::open`], or if it cannot be made.
    pub fn open_or_create(&self) -> Result<File, FileError> {
        for _ in 0..MAX_LINKS {
            if let Some(file) = self.open_for_update()? {
                return Ok(file);
            }
            let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL;
            match self.folder.open_checked(&self.name, flags, private_file()) {
                Ok(Some(file)) => return self.folder.sync().map(|()| file),
                Err(FileError::Io { source, .. })
                    if source.kind() == std::io::ErrorKind::AlreadyExists => {}
                Ok(None) => break,
                Err(error) => return Err(error),
            }
        }
        Err(FileError::io("make", self.path(), Errno::NOENT))
    }

    /// Whether nobody else can put something in the place of the file, or write into it, but the user's
    /// private group: for what nobody else may change or take over. A missing file is nobody else's.
    ///
    /// # Errors
    /// If somebody else can, or it cannot be found out.
    pub fn check_writers(&self) -> Result<(), FileError> {
        check::ancestor(&self.metadata_of_folder()?, self.folder.path())?;
        let path = self.path();
        match self.open()? {
            Some(file) => check::not_writable_but_by_user(&metadata(&file, &path)?, &path),
            None => Ok(()),
        }
    }

    /// Whether other users may read the file, as its own mode and its folder's say.
    ///
    /// # Errors
    /// If it cannot be found out.
    pub fn is_readable_by_others(&self) -> Result<bool, FileError> {
        let Some(file) = self.open()? else { return Ok(false) };
        let (folder, file) = (self.metadata_of_folder()?, metadata(&file, &self.path())?);
        Ok(check::is_readable_by_others(&folder, &file))
    }

    fn metadata_of_folder(&self) -> Result<Metadata, FileError> {
        let path = self.folder.path();
        let handle = self.folder.handle().map_err(|error| FileError::io("examine", path, error))?;
        metadata(&handle, path)
    }

    /// Puts this content in the place of the file, with these permission bits. Whoever reads sees the
    /// old content or the new one, also after a crash or a loss of power. A file that has other names
    /// is not replaced, since those would keep the old content.
    ///
    /// # Errors
    /// As [`Folder::replace`].
    pub fn replace(&self, bytes: &[u8], mode: u32) -> Result<(), FileError> {
        if let Some(file) = self.open()?
            && metadata(&file, &self.path())?.nlink() > 1
        {
            return Err(FileError::HardLinked { path: self.path() });
        }
        self.folder.replace_with_mode(&self.name, bytes, Mode::from_raw_mode(mode))
    }

    /// Puts this content in the place of the file that was opened as `old`, whose permission bits, owner
    /// and group it has as far as this user may give them; without an old one it is private. The content
    /// is on the disk when `is_unchanged` is asked, and if that says no the file is left as it is: other
    /// programs may know nothing of a lock. Whether it was replaced.
    ///
    /// # Errors
    /// As [`ClientFile::replace`], and those of `is_unchanged`.
    pub fn replace_like(
        &self,
        old: Option<&File>,
        bytes: &[u8],
        is_unchanged: impl FnOnce() -> Result<bool, FileError>,
    ) -> Result<bool, FileError> {
        let old = old.map(|old| metadata(old, &self.path())).transpose()?;
        if old.as_ref().is_some_and(|old| old.nlink() > 1) {
            return Err(FileError::HardLinked { path: self.path() });
        }
        let prepare = |new: &File| old.map_or(Ok(()), |old| take_over(&old, new));
        self.folder.replace_if(&self.name, bytes, prepare, is_unchanged)
    }

    /// Whether the name still stands for this open file, which another program may have replaced.
    ///
    /// # Errors
    /// If that cannot be found out.
    pub fn is_current(&self, file: &File) -> Result<bool, FileError> {
        let Some(now) = self.open()? else { return Ok(false) };
        let (now, then) = (metadata(&now, &self.path())?, metadata(file, &self.path())?);
        Ok(now.dev() == then.dev() && now.ino() == then.ino())
    }
}

/// Gives the new file what the old one has. Where the group cannot be given, its members are given
/// nothing: they are others than those who could read the old one.
fn take_over(old: &Metadata, new: &File) -> io::Result<()> {
    let own = new.metadata()?;
    let owner = (own.uid() != old.uid()).then(|| Uid::from_raw(old.uid()));
    let group = (own.gid() != old.gid()).then(|| Gid::from_raw(old.gid()));
    let given = (owner.is_none() && group.is_none())
        || fchown(new, owner, group).is_ok()
        || fchown(new, None, group).is_ok();
    let mode = old.mode() & if given { PERMISSIONS } else { PERMISSIONS & !GROUP };
    Ok(fchmod(new, Mode::from_raw_mode(mode))?)
}

/// Makes a client's folder, and those above it, with mode 0700 where they are missing.
///
/// # Errors
/// If it cannot be made.
pub fn create_client_folder(path: &Path) -> Result<(), FileError> {
    if !path.is_absolute() {
        return Err(FileError::NotAbsolute { path: path.to_owned() });
    }
    #[expect(clippy::disallowed_methods, reason = "this is the room that changes files")]
    let mut builder = std::fs::DirBuilder::new();
    builder
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|error| FileError::io("make the folder", path, error))
}

fn locate(path: &Path, rule: FileRule) -> Result<Option<ClientFile>, FileError> {
    if !path.is_absolute() {
        return Err(FileError::NotAbsolute { path: path.to_owned() });
    }
    let mut at = path.to_owned();
    for _ in 0..=MAX_LINKS {
        match std::fs::symlink_metadata(&at) {
            Ok(found) if found.is_symlink() => {
                check::owner(found.uid(), &at)?;
                let target = std::fs::read_link(&at)
                    .map_err(|error| FileError::io("read the link", &at, error))?;
                // An absolute target replaces the whole path.
                at = at.parent().unwrap_or(Path::new("/")).join(target);
            }
            _ => return in_folder(&at, rule),
        }
    }
    Err(FileError::TooManyLinks { path: path.to_owned() })
}

/// Whatever takes the place of the file after this is opened in the folder without following it.
fn in_folder(path: &Path, rule: FileRule) -> Result<Option<ClientFile>, FileError> {
    let (parent, name) = split(path)?;
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let folder = match rustix::fs::open(parent, flags, Mode::empty()) {
        Ok(folder) => File::from(folder),
        Err(Errno::NOENT) => return Ok(None),
        Err(Errno::NOTDIR) => return Err(FileError::NotAFolder { path: parent.to_owned() }),
        Err(error) => return Err(FileError::io("open the folder", parent, error)),
    };
    check::owner(metadata(&folder, parent)?.uid(), parent)?;
    let folder = Folder::new(folder, parent, rule);
    Ok(Some(ClientFile { folder, name: name.to_owned() }))
}
