//! Lockgate's own encrypted store, for machines that have no keyring: a file for each registry in the
//! age format, which `age` itself reads.
//!
//! `<state>/encrypted/<registry>.json.age` is encrypted for one key, and says inside which registry it
//! is for. The key is `<state>/encrypted/identity.age`, which a passphrase opens, or a file that the
//! user named. Its public part is written nowhere, so that nobody without the key can make an entry.

mod age;
mod error;
mod kept;
mod key_file;
mod settings;
#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "tests arrange files")]
mod tests;
mod vault;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lockgate_core::{AdapterError, Ecosystem, Prompt, Registry, Secret, SecretStore, StoredSecret};
use lockgate_system::Key;
use zeroize::Zeroizing;

use age::Identity;
pub use error::EncryptedFileError;
pub use settings::{EncryptionKey, WrongSetting};
pub use vault::Condition as EncryptedFilesCondition;
use vault::Vault;

use super::Listed;
use super::entry_file::{EntryFile, Kind};
use super::file::record::{self, MAX_RECORD, Record};
use crate::KernelKeyringError;

const KIND: Kind =
    Kind { folder: "encrypted", ending: ".json.age", limit: MAX_RECORD + age::ROOM_BESIDE };

/// The encrypted store of one state folder. All of its entries have one key, which is unlocked once.
#[derive(Clone)]
pub struct EncryptedFiles {
    state: PathBuf,
    vault: Arc<Mutex<Vault>>,
}

impl EncryptedFiles {
    /// The store in Lockgate's state folder, under the settings of the provider
    /// `lockgate:encrypted-file`. Nothing of it need exist, and nothing is touched before it is used;
    /// a setting that is not understood is told then. `prompt` is the person to ask for the
    /// passphrase; without it the store is used only if it is unlocked.
    #[must_use]
    pub fn new(
        state: &Path,
        settings: &BTreeMap<String, String>,
        prompt: Option<Box<dyn Prompt>>,
    ) -> Self {
        let key = EncryptionKey::configured(settings);
        let vault = Vault::new(&state.join(KIND.folder), key, prompt);
        Self { state: state.to_owned(), vault: Arc::new(Mutex::new(vault)) }
    }

    /// Does now what a confined process cannot, and tells which of the kernel's keys it needs then.
    /// What fails here is told where the store is used.
    #[must_use]
    pub fn ready(&self) -> Vec<Key> {
        self.vault().ready()
    }

    /// Opens the store for this process and those that it forks, by a person's passphrase if need be.
    /// Nothing happens if nothing is kept.
    ///
    /// # Errors
    /// If it stays locked.
    pub fn unlock(&self) -> Result<(), EncryptedFileError> {
        self.vault().unlock()
    }

    /// The same, but makes the store if there is none.
    ///
    /// # Errors
    /// If it stays locked, or is not made.
    pub fn unlock_or_make(&self) -> Result<(), EncryptedFileError> {
        self.vault().unlock_or_make()
    }

    /// Has the kernel forget the open key before its time, so that the passphrase is asked for again.
    /// Whether it kept one.
    ///
    /// # Errors
    /// If the kernel may still keep it.
    pub fn lock(&self) -> Result<bool, KernelKeyringError> {
        kept::forget(&self.folder())
    }

    /// Whether entries can be read without asking anybody. Nobody is asked for it.
    ///
    /// # Errors
    /// If the key cannot be read, or is gone while there are entries.
    pub fn condition(&self) -> Result<EncryptedFilesCondition, EncryptedFileError> {
        self.vault().condition()
    }

    /// The folder of all entries: beside a key file, all that is read or written.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.state.join(KIND.folder)
    }

    /// The entry of a registry.
    #[must_use]
    pub fn store(&self, registry: &Registry) -> EncryptedFileStore {
        EncryptedFileStore {
            file: EntryFile::new(KIND, &self.state, registry),
            vault: Arc::clone(&self.vault),
        }
    }

    /// The entries of an ecosystem, in their order and without their secrets. The person is asked for
    /// the passphrase if there is any entry and the store is locked.
    ///
    /// # Errors
    /// If the store stays locked, or one of its entries cannot be read.
    pub fn list(&self, ecosystem: Ecosystem) -> Result<Vec<Listed>, EncryptedFileError> {
        let mut listed = Vec::new();
        KIND.for_each(&self.state, |bytes, path| {
            let identity = self.vault().identity()?;
            let content = decrypted(bytes, &identity, path)?;
            listed.extend(record::listed(&content, ecosystem.name(), path)?);
            Ok::<_, EncryptedFileError>(())
        })?;
        listed.sort();
        Ok(listed)
    }

    fn vault(&self) -> MutexGuard<'_, Vault> {
        locked(&self.vault)
    }
}

/// The entry of one registry.
pub struct EncryptedFileStore {
    file: EntryFile,
    vault: Arc<Mutex<Vault>>,
}

impl EncryptedFileStore {
    fn read(
        &self,
        bytes: &[u8],
        identity: &Identity,
        path: &Path,
    ) -> Result<StoredSecret, EncryptedFileError> {
        let content = decrypted(bytes, identity, path)?;
        Ok(Record::read(&content, &self.file.key, path)?)
    }

    /// Without an entry nobody is asked for a passphrase.
    fn load(&self) -> Result<Option<StoredSecret>, EncryptedFileError> {
        self.file.load(|bytes, path| self.read(bytes, &locked(&self.vault).identity()?, path))
    }

    /// What cannot be read is not replaced: it may be another key's.
    fn save(&self, identity: Option<&Secret>, secret: &Secret) -> Result<(), EncryptedFileError> {
        let content = Record::write(&self.file.key, identity, secret)?;
        let key = locked(&self.vault).identity_to_keep()?;
        let (folder, _lock) = self.file.locked()?;
        self.file.load_in(&folder, |bytes, path| self.read(bytes, &key, path))?;
        let bytes = age::encrypt(&content, &key)
            .map_err(|error| EncryptedFileError::NotEncrypted(error.into()))?;
        Ok(self.file.replace_in(&folder, &bytes)?)
    }
}

impl SecretStore for EncryptedFileStore {
    fn load(&self) -> Result<Option<StoredSecret>, AdapterError> {
        Ok(self.load()?)
    }

    fn save(&self, identity: Option<&Secret>, secret: &Secret) -> Result<(), AdapterError> {
        Ok(self.save(identity, secret)?)
    }

    /// Needs no key: what cannot be read any more can still be removed.
    fn remove(&self) -> Result<bool, AdapterError> {
        Ok(self.file.remove()?)
    }

    fn remove_only(&self, secret: &Secret) -> Result<bool, AdapterError> {
        if !self.file.is_there() {
            return Ok(false);
        }
        // Nobody waits for the lock while a person types.
        let key = locked(&self.vault).identity()?;
        self.file.remove_only(secret, |bytes, path| self.read(bytes, &key, path))
    }
}

fn decrypted(
    bytes: &[u8],
    identity: &Identity,
    path: &Path,
) -> Result<Zeroizing<Vec<u8>>, EncryptedFileError> {
    age::decrypt(bytes, identity)
        .map_err(|error| EncryptedFileError::Entry { path: path.to_owned(), source: error.into() })
}

fn locked(vault: &Mutex<Vault>) -> MutexGuard<'_, Vault> {
    vault.lock().unwrap_or_else(PoisonError::into_inner)
}
