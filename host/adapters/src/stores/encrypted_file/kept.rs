//! The unlocked key, kept in the kernel's keyring of the user for a while, so that the passphrase is
//! asked for once.

use std::path::Path;
use std::time::Duration;

use lockgate_system::Key;
use sha2::{Digest, Sha256};

use super::age::Identity;
use crate::KeyringEntry;

const KIND: &str = "unlocked";

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
        if self.seconds == 0 {
            return None;
        }
        let fields = self.entry.load().ok()??;
        let [identity, sum] = fields.as_slice() else { return None };
        let same = sum.expose() == Sha256::digest(protected).as_slice();
        same.then(|| Identity::read(identity.expose())).flatten()
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
