//! Lockgate's own store, for machines that have no other: a file for each registry, readable by the
//! user alone and not encrypted.
//!
//! `<state>/credentials/<registry>.json`, where `<registry>` is the SHA-256 of the registry's
//! ecosystem and URL: however many there are, one is found by its name, and a change of one cannot
//! harm another.

mod error;
mod record;

use std::path::PathBuf;

use lockgate_core::{AdapterError, Registry, Secret, SecretStore, StoredSecret};
use lockgate_system::Folder;
use sha2::{Digest, Sha256};

pub use error::FileStoreError;
use record::{MAX_RECORD, Record};

/// The folder in Lockgate's state folder.
const FOLDER: &str = "credentials";
const LOCK: &str = "lock";
/// Most bytes of a secret: what docker's clients are known to keep, and more than any token.
const MAX_SECRET: usize = 1 << 20;

/// The entry of one registry.
#[derive(Clone, Debug)]
pub struct FileStore {
    folder: PathBuf,
    key: Key,
    file: String,
}

/// What an entry is for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Key {
    ecosystem: &'static str,
    url: String,
}

impl FileStore {
    /// The entry in Lockgate's state folder. Nothing of it need exist, and nothing is touched
    /// before it is used.
    #[must_use]
    pub fn new(state: &std::path::Path, registry: &Registry) -> Self {
        let key = Key { ecosystem: registry.ecosystem().name(), url: registry.url().to_owned() };
        // No name of an ecosystem has a colon.
        let digest = Sha256::digest(format!("{}:{}", key.ecosystem, key.url));
        Self { folder: state.join(FOLDER), key, file: format!("{digest:x}.json") }
    }

    /// The folder of all entries: all that is read or written.
    #[must_use]
    pub fn folder(&self) -> &std::path::Path {
        &self.folder
    }

    fn read(&self, folder: &Folder) -> Result<Option<StoredSecret>, FileStoreError> {
        let Some(bytes) = folder.read(&self.file, MAX_RECORD)? else { return Ok(None) };
        Record::read(&bytes, &self.key, &folder.path().join(&self.file)).map(Some)
    }

    fn load(&self) -> Result<Option<StoredSecret>, FileStoreError> {
        match Folder::open_private(&self.folder)? {
            Some(folder) => self.read(&folder),
            None => Ok(None),
        }
    }

    fn save(&self, identity: Option<&Secret>, secret: &Secret) -> Result<(), FileStoreError> {
        let bytes = Record::write(&self.key, identity, secret)?;
        let folder = Folder::create_private(&self.folder)?;
        let _lock = folder.lock(LOCK)?;
        // What is damaged is replaced; what a later version wrote is not.
        if let Err(error @ FileStoreError::Newer { .. }) = self.read(&folder) {
            return Err(error);
        }
        Ok(folder.replace(&self.file, &bytes)?)
    }

    fn remove(&self) -> Result<bool, FileStoreError> {
        let Some(folder) = Folder::open_private(&self.folder)? else { return Ok(false) };
        let _lock = folder.lock(LOCK)?;
        Ok(folder.remove(&self.file)?)
    }
}

impl SecretStore for FileStore {
    fn load(&self) -> Result<Option<StoredSecret>, AdapterError> {
        Ok(self.load()?)
    }

    fn save(&self, identity: Option<&Secret>, secret: &Secret) -> Result<(), AdapterError> {
        Ok(self.save(identity, secret)?)
    }

    fn remove(&self) -> Result<bool, AdapterError> {
        Ok(self.remove()?)
    }
}
