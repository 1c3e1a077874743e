//! What the stores that tell of their entries have, whoever asks: names, and no secret.

use lockgate_adapters::{FileStore, Listed};
use lockgate_core::{AdapterError, Ecosystem, LoginInput, Operation, Registry};
use lockgate_system::caller;

use crate::broker::{ENCRYPTED_FILE, FILE};
use crate::stores::{OS, list_desktop_keyring};
use crate::{Context, ListError, administrator};

impl Context {
    /// The registries and accounts of an ecosystem that one of the host's own stores has entries for,
    /// in their order; nothing of a store that does not tell. `store` is its name in grants. A locked
    /// keyring or store of encrypted files is unlocked for it.
    ///
    /// # Errors
    /// If the store cannot be looked through.
    pub fn entries(&self, ecosystem: Ecosystem, store: &str) -> Result<Vec<Listed>, AdapterError> {
        match store {
            FILE => Ok(FileStore::list(&self.machine.folders.state, ecosystem)?),
            #[cfg(target_os = "linux")]
            ENCRYPTED_FILE => Ok(self.machine.encrypted_files().list(ecosystem)?),
            OS => list_desktop_keyring(ecosystem),
            _ => Ok(Vec::new()),
        }
    }

    /// Has a person open a store with a passphrase of Lockgate's, for this process and those that it
    /// forks, each of which would ask otherwise. Nothing is done for any other store.
    ///
    /// # Errors
    /// If it stays locked.
    pub fn unlock(&self, store: &str) -> Result<(), AdapterError> {
        match store {
            #[cfg(target_os = "linux")]
            ENCRYPTED_FILE => Ok(self.machine.encrypted_files().unlock()?),
            _ => Ok(()),
        }
    }

    /// The same, but the store is made if there is none.
    ///
    /// # Errors
    /// If it stays locked, or is not made.
    pub fn unlock_or_make(&self, store: &str) -> Result<(), AdapterError> {
        match store {
            #[cfg(target_os = "linux")]
            ENCRYPTED_FILE => Ok(self.machine.encrypted_files().unlock_or_make()?),
            _ => Ok(()),
        }
    }

    /// Whether the administrator lets the calling program know of any entry.
    ///
    /// # Errors
    /// If not.
    pub fn check_caller(&self) -> Result<(), ListError> {
        Ok(administrator::check_unconfirmed(&self.machine.ceiling, &caller())?)
    }

    /// Whether cargo's file of tokens could keep one of this registry: it keeps them by name.
    pub fn has_table(&self, registry: &Registry) -> bool {
        let login = Operation::Login(LoginInput::default());
        self.binding(registry, &login).is_ok_and(|binding| !binding.tables.is_empty())
    }
}
