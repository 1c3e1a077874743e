//! The kernel's keyring of the user as a store: for machines without a desktop, since it needs no
//! service and no disk. What it keeps is gone when the machine is turned off.

mod entry;
mod error;
mod record;
#[cfg(test)]
mod tests;

use lockgate_core::{AdapterError, Operation, Registry, Secret, SecretStore, StoredSecret};
use lockgate_system::{Key, KeyringError, Room};

pub use entry::KeyringEntry;
pub use error::KernelKeyringError;

/// What the descriptions of this store's keys begin with, behind the program's own name.
const KIND: &str = "store";

/// Longest secret, in bytes: with the longest account name it still fits into a key of the kernel's
/// (32,767 bytes). All keys of a user together have 20,000 bytes, unless the administrator raises that.
const MAX_SECRET: usize = 24 << 10;

/// The token of one registry in the kernel's keyring.
#[derive(Clone)]
pub struct KernelKeyring {
    entry: KeyringEntry,
}

impl KernelKeyring {
    /// The entry of this very registry. Nothing is looked up yet.
    pub fn new(registry: &Registry) -> Self {
        Self { entry: KeyringEntry::new(KIND, registry, &[]) }
    }

    /// Does now what a confined process cannot: from then on its [keys](Self::keys) are all that is
    /// used. What fails here is told where the store is used.
    #[must_use]
    pub fn ready(self, operation: &Operation) -> Self {
        self.entry.look_up();
        if matches!(operation, Operation::Login(_)) {
            self.entry.make_room();
        }
        self
    }

    /// The keys that a confined process needs for it.
    pub fn keys(&self) -> impl Iterator<Item = Key> {
        self.entry.keys()
    }

    /// Whether the kernel keeps keys for this process, as a store does and what keeps answers.
    ///
    /// # Errors
    /// What keeps it from that.
    pub fn check() -> Result<(), KeyringError> {
        Room::new("lockgate:check").map(Room::release)
    }
}

impl SecretStore for KernelKeyring {
    fn load(&self) -> Result<Option<StoredSecret>, AdapterError> {
        let Some(fields) = self.entry.load()? else { return Ok(None) };
        let mut fields = fields.into_iter();
        match (fields.next(), fields.next(), fields.next()) {
            (Some(secret), identity, None) => Ok(Some(StoredSecret { identity, secret })),
            _ => Err(self.entry.not_ours().into()),
        }
    }

    fn save(&self, identity: Option<&Secret>, secret: &Secret) -> Result<(), AdapterError> {
        if secret.len() > MAX_SECRET {
            return Err(KernelKeyringError::TooLong { most: MAX_SECRET }.into());
        }
        let fields: Vec<&[u8]> =
            [Some(secret), identity].into_iter().flatten().map(Secret::expose).collect();
        Ok(self.entry.save(&fields, None)?)
    }

    fn remove(&self) -> Result<bool, AdapterError> {
        Ok(self.entry.remove()?)
    }
}
