//! The unlocked key, kept in the kernel's keyring of the user for a while, so that the passphrase is
//! asked for once; and by a process that works in several, for those that it forks.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lockgate_system::Key;
use sha2::{Digest, Sha256};

use super::age::Identity;
use crate::{KernelKeyringError, KeyringEntry};

const KIND: &str = "unlocked";

/// Has the kernel forget the key of a store before its time. Whether it kept one.
pub(super) fn forget(folder: &Path) -> Result<bool, KernelKeyringError> {
    KeyringEntry::of_folder(KIND, folder).remove()
}

/// Keeps it in this process and those that it forks, each of which would ask otherwise.
pub(super) fn remember(identity: &Identity, protected: &[u8]) {
    let sum = Sha256::digest(protected).into();
    *own() = Some(Own { sum, identity: identity.clone() });
}

/// An unlocked key, and the hash of the file that holds it.
struct Own {
    sum: [u8; 32],
    identity: Identity,
}

fn own() -> MutexGuard<'static, Option<Own>> {
    static OWN: Mutex<Option<Own>> = Mutex::new(None);
    OWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The key of one store, as the kernel keeps it. Where there is no keyring nothing is kept.
pub(super) struct Kept {
    entry: KeyringEntry,
    seconds: u32,
}

impl Kept {
    pub(super) fn new(folder: &Path, time: Duration) -> Self {
        let seconds = u32::try_from(time.as_secs()).unwrap_or(u32::MAX);
        Self { entry: KeyringEntry::of_folder(KIND, folder), seconds }
    }

    /// The key that this file holds, if it was unlocked.
    pub(super) fn recall(&self, protected: &[u8]) -> Option<Identity> {
        let sum = Sha256::digest(protected);
        let own = own().as_ref().filter(|own| own.sum == *sum).map(|own| own.identity.clone());
        own.or_else(|| self.recall_of_keyring(&sum))
    }

    fn recall_of_keyring(&self, sum_of_file: &[u8]) -> Option<Identity> {
        if self.seconds == 0 {
            return None;
        }
        let fields = self.entry.load().ok()??;
        let [identity, sum] = fields.as_slice() else { return None };
        (sum.expose() == sum_of_file).then(|| Identity::read(identity.expose())).flatten()
    }

    /// Makes what [`Self::keep`] needs in a confined process.
    pub(super) fn make_room(&self) {
        if self.seconds > 0 {
            self.entry.make_room();
        }
    }

    /// The keys that it needs then.
    pub(super) fn keys(&self) -> impl Iterator<Item = Key> + use<> {
        self.entry.new_keys()
    }

    /// It is a convenience: without it the passphrase is asked for again.
    pub(super) fn keep(&self, identity: &Identity, protected: &[u8]) {
        if self.seconds > 0 {
            let sum = Sha256::digest(protected);
            let identity = identity.write();
            let fields: [&[u8]; 2] = [identity.as_bytes(), &sum];
            let _ = self.entry.save(&fields, Some(self.seconds));
        }
    }
}
