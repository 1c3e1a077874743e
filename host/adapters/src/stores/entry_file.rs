//! A folder with a file for each registry, named by the SHA-256 of the registry's ecosystem and URL:
//! however many there are, one is found by its name, and a change of one cannot harm another.

use std::path::{Path, PathBuf};

use lockgate_core::{AdapterError, OtherSecret, Registry, Secret, StoredSecret};
use lockgate_system::{FileError, Folder, Lock};
use sha2::{Digest, Sha256};

/// The file by which changes of the folder wait for each other.
pub(super) const LOCK: &str = "lock";

/// What an entry is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) ecosystem: &'static str,
    pub(super) url: String,
}

/// One kind of such a folder.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kind {
    /// The folder in Lockgate's state folder.
    pub(super) folder: &'static str,
    /// What the names of the entries' files end with, and no other file's.
    pub(super) ending: &'static str,
    /// Most bytes of a file.
    pub(super) limit: usize,
}

/// The file of one registry.
#[derive(Clone, Debug)]
pub(super) struct EntryFile {
    pub(super) key: Key,
    kind: Kind,
    folder: PathBuf,
    name: String,
}

impl EntryFile {
    /// Nothing of it need exist, and nothing is touched before it is used.
    pub(super) fn new(kind: Kind, state: &Path, registry: &Registry) -> Self {
        let key = Key { ecosystem: registry.ecosystem().name(), url: registry.url().to_owned() };
        // No name of an ecosystem has a colon.
        let digest = Sha256::digest(format!("{}:{}", key.ecosystem, key.url));
        let name = format!("{digest:x}{}", kind.ending);
        Self { key, kind, folder: state.join(kind.folder), name }
    }

    /// Whether there is such a file, whatever is in it.
    pub(super) fn is_there(&self) -> bool {
        self.folder.join(&self.name).symlink_metadata().is_ok()
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// What `parse` makes of the file's content and path; none if there is no file.
    pub(super) fn load<T, E: From<FileError>>(
        &self,
        parse: impl FnOnce(&[u8], &Path) -> Result<T, E>,
    ) -> Result<Option<T>, E> {
        match Folder::open_private(&self.folder)? {
            Some(folder) => self.load_in(&folder, parse),
            None => Ok(None),
        }
    }

    /// The same in a folder that is open.
    pub(super) fn load_in<T, E: From<FileError>>(
        &self,
        folder: &Folder,
        parse: impl FnOnce(&[u8], &Path) -> Result<T, E>,
    ) -> Result<Option<T>, E> {
        let Some(bytes) = folder.read(&self.name, self.kind.limit)? else { return Ok(None) };
        parse(&bytes, &folder.path().join(&self.name)).map(Some)
    }

    /// The folder, made where it is missing, and its lock.
    pub(super) fn locked(&self) -> Result<(Folder, Lock), FileError> {
        let folder = Folder::create_private(&self.folder)?;
        let lock = folder.lock(LOCK)?;
        Ok((folder, lock))
    }

    /// Replaces the file in the folder, whose lock is held.
    pub(super) fn replace_in(&self, folder: &Folder, bytes: &[u8]) -> Result<(), FileError> {
        folder.replace(&self.name, bytes)
    }

    /// Removes the file, whatever is in it, and says whether there was one.
    pub(super) fn remove(&self) -> Result<bool, FileError> {
        let Some(folder) = Folder::open_private(&self.folder)? else { return Ok(false) };
        let _lock = folder.lock(LOCK)?;
        folder.remove(&self.name)
    }

    /// The same if `parse` finds this very secret in it, under the lock that who saves another one waits
    /// for.
    pub(super) fn remove_only<E: From<FileError> + Into<AdapterError>>(
        &self,
        secret: &Secret,
        parse: impl FnOnce(&[u8], &Path) -> Result<StoredSecret, E>,
    ) -> Result<bool, AdapterError> {
        let Some(folder) = Folder::open_private(&self.folder)? else { return Ok(false) };
        let _lock = folder.lock(LOCK)?;
        match self.load_in(&folder, parse).map_err(Into::into)? {
            None => Ok(false),
            Some(found) if found.secret.expose() == secret.expose() => {
                Ok(folder.remove(&self.name)?)
            }
            Some(_) => Err(OtherSecret.into()),
        }
    }
}

impl Kind {
    /// Hands on the content and the path of each entry's file, until there is an error.
    pub(super) fn for_each<E: From<FileError>>(
        self,
        state: &Path,
        mut act: impl FnMut(&[u8], &Path) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(folder) = Folder::open_private(&state.join(self.folder))? else { return Ok(()) };
        for name in folder.names()?.iter().filter(|name| self.is_entry(name)) {
            // It may be gone since the names were read.
            let Some(bytes) = folder.read(name, self.limit)? else { continue };
            act(&bytes, &folder.path().join(name))?;
        }
        Ok(())
    }

    /// Whether a file of this name is an entry's.
    pub(super) fn is_entry(self, name: &str) -> bool {
        name.ends_with(self.ending)
    }
}
