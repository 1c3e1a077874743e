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
