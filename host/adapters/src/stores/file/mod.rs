//! Lockgate's own store, for machines that have no other: a file for each registry, readable by the
//! user alone and not encrypted.
//!
//! `<state>/credentials/<registry>.json`.

mod error;
pub(super) mod record;

use std::path::Path;

use lockgate_core::{AdapterError, Ecosystem, Registry, Secret, SecretStore, StoredSecret};

pub use error::FileStoreError;
use record::{MAX_RECORD, Record};

use super::Listed;
use super::entry_file::{EntryFile, Kind};

const KIND: Kind = Kind { folder: "credentials", ending: ".json", limit: MAX_RECORD };

/// The entry of one registry.
#[derive(Clone, Debug)]
pub struct FileStore {
    file: EntryFile,
}

impl FileStore {
    /// The entry in Lockgate's state folder. Nothing of it need exist, and nothing is touched
    /// before it is used.
    #[must_use]
    pub fn new(state: &Path, registry: &Registry) -> Self {
        Self { file: EntryFile::new(KIND, state, registry) }
    }

    /// Whether there is an entry. Its content is not looked at, and may be damaged.
    #[must_use]
    pub fn has_entry(&self) -> bool {
        self.file.is_there()
    }

    /// The folder of all entries: all that is read or written.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.file.folder()
    }

    /// The entries of an ecosystem in Lockgate's state folder, in their order and without their secrets.
    ///
    /// # Errors
    /// If the folder cannot be read, or one of its entries.
    pub fn list(state: &Path, ecosystem: Ecosystem) -> Result<Vec<Listed>, FileStoreError> {
        let mut listed = Vec::new();
        KIND.for_each(state, |bytes, path| {
            listed.extend(record::listed(bytes, ecosystem.name(), path)?);
            Ok::<_, FileStoreError>(())
        })?;
        listed.sort();
        Ok(listed)
    }

    fn load(&self) -> Result<Option<StoredSecret>, FileStoreError> {
        self.file.load(|bytes, path| Record::read(bytes, &self.file.key, path))
    }

    fn save(&self, identity: Option<&Secret>, secret: &Secret) -> Result<(), FileStoreError> {
        let bytes = Record::write(&self.file.key, identity, secret)?;
        let (folder, _lock) = self.file.locked()?;
        let before =
            self.file.load_in(&folder, |bytes, path| Record::read(bytes, &self.file.key, path));
        // What is damaged is replaced; what a later version wrote is not.
        if let Err(error @ FileStoreError::Newer { .. }) = before {
            return Err(error);
        }
        Ok(self.file.replace_in(&folder, &bytes)?)
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
        Ok(self.file.remove()?)
    }

    fn remove_only(&self, secret: &Secret) -> Result<bool, AdapterError> {
        self.file.remove_only(secret, |bytes, path| Record::read(bytes, &self.file.key, path))
    }
}
