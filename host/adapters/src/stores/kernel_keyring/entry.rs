//! One entry of the user's keyring, by its name: what of it happens before a process is confined, and
//! what afterwards.

use std::cell::{Cell, RefCell};
use std::path::Path;

use lockgate_core::{Registry, Secret};
use lockgate_system::{FoundKey, Key, KeyringError, Room, fetch_key, remove_keys};
use sha2::{Digest, Sha256};

use super::KernelKeyringError;
use super::record::{self, Misread};

/// How much of a folder's hash is in a description, each byte of which takes room from the user's
/// keys. Of two folders with the same one, each forgets what the other one keeps.
const FOLDER_DIGITS: usize = 16;

/// The key that is there, if there is one.
type Found = Option<FoundKey>;

/// An entry of the user's keyring.
///
/// A confined process can neither look for a key nor read one. Before it is confined it
/// [looks up](Self::look_up) what is there, and [makes room](Self::make_room) for something else; the
/// [keys](Self::keys) that this gives are all that it uses then.
#[derive(Clone)]
pub struct KeyringEntry {
    pub(super) description: String,
    /// What was looked up.
    found: RefCell<Option<Result<Found, KeyringError>>>,
    /// The key to save in.
    room: Cell<Option<Result<Room, KeyringError>>>,
}

impl KeyringEntry {
    /// The entry of this kind that belongs to exactly this registry and these parts. No system call
    /// is made.
    pub fn new(kind: &str, registry: &Registry, parts: &[&[u8]]) -> Self {
        let mut description = beginning(kind, registry);
        if !parts.is_empty() {
            description.push_str(&format!(":{}", hash(parts)));
        }
        Self { description, found: RefCell::default(), room: Cell::default() }
    }

    /// The one entry of this kind that belongs to a folder. No system call is made.
    pub(in crate::stores) fn of_folder(kind: &str, folder: &Path) -> Self {
        let description = format!("lockgate:{}:key", Self::kind_in(kind, folder));
        Self { description, found: RefCell::default(), room: Cell::default() }
    }

    /// The kind of entries that belong to one folder, whose like in another folder is another kind.
    pub fn kind_in(kind: &str, folder: &Path) -> String {
        let mut folder = hash(&[folder.as_os_str().as_encoded_bytes()]);
        folder.truncate(FOLDER_DIGITS);
        format!("{kind}:{folder}")
    }

    /// Takes what is kept now for what is there later.
    pub fn look_up(&self) {
        *self.found.borrow_mut() = Some(fetch_key(&self.description));
    }

    /// Makes the key that [`Self::save`] will fill.
    pub fn make_room(&self) {
        self.room.set(Some(Room::new(&self.description)));
    }

    /// Those that were looked up and made.
    pub fn keys(&self) -> impl Iterator<Item = Key> + use<> {
        let found = match &*self.found.borrow() {
            Some(Ok(Some(found))) => Some(found.key),
            _ => None,
        };
        found.into_iter().chain(self.new_keys())
    }

    /// Those that were made.
    pub fn new_keys(&self) -> impl Iterator<Item = Key> + use<> {
        let room = self.room.get().and_then(Result::ok).map(Room::keys);
        room.into_iter().flatten()
    }

    /// What is kept; none if there is nothing, or its time is over.
    ///
    /// # Errors
    /// If that is not known, or somebody else put something there.
    pub fn load(&self) -> Result<Option<Vec<Secret>>, KernelKeyringError> {
        self.with_found(|found| match found {
            Some(found) => match record::read(&self.description, &found.content) {
                Ok(fields) => Ok(Some(fields)),
                Err(Misread::NotOurs) => Err(self.not_ours()),
                Err(Misread::Newer) => {
                    Err(KernelKeyringError::Newer { description: self.description.clone() })
                }
            },
            None => Ok(None),
        })
    }

    /// Replaces what is kept, for these seconds or until the machine is turned off. Nobody ever finds
    /// a part of it, or without its time, or with rights of somebody else's.
    ///
    /// # Errors
    /// If there is no room for it; what was kept before is untouched.
    pub fn save(&self, fields: &[&[u8]], seconds: Option<u32>) -> Result<(), KernelKeyringError> {
        let content = record::write(&self.description, fields);
        let made = self.room.get();
        let room = made.unwrap_or_else(|| Room::new(&self.description))?;
        let filled = room.fill(&self.description, &content, seconds).and_then(|()| room.publish());
        if made.is_none() {
            room.release();
        }
        self.now_is(Some(FoundKey { key: filled?, content }));
        Ok(())
    }

    /// Removes what is kept, whoever wrote it, and says whether there was something.
    ///
    /// # Errors
    /// If it is not certain that it is gone.
    pub fn remove(&self) -> Result<bool, KernelKeyringError> {
        let key = self.with_found(|found| Ok(found.as_ref().map(|found| found.key)))?;
        let Some(key) = key else { return Ok(false) };
        let removed = key.remove()?;
        self.now_is(None);
        Ok(removed)
    }

    /// Removes every entry of this kind and registry.
    ///
    /// # Errors
    /// If there is no keyring, or it is not certain that all are gone.
    pub fn remove_all(kind: &str, registry: &Registry) -> Result<usize, KeyringError> {
        remove_keys(&format!("{}:", beginning(kind, registry)))
    }

    /// Removes every entry of this kind, whatever registry it is of.
    ///
    /// # Errors
    /// If there is no keyring, or it is not certain that all are gone.
    pub fn remove_kind(kind: &str) -> Result<usize, KeyringError> {
        remove_keys(&format!("lockgate:{kind}:"))
    }

    pub(super) fn not_ours(&self) -> KernelKeyringError {
        KernelKeyringError::NotOurs { description: self.description.clone() }
    }

    /// What was looked up, or else is there now.
    fn with_found<T>(
        &self,
        act: impl FnOnce(&Found) -> Result<T, KernelKeyringError>,
    ) -> Result<T, KernelKeyringError> {
        match &*self.found.borrow() {
            Some(Ok(found)) => act(found),
            Some(Err(error)) => Err(self.explained(*error)),
            None => act(&fetch_key(&self.description).map_err(|error| self.explained(error))?),
        }
    }

    /// What was looked up before is looked up no more.
    fn now_is(&self, now: Found) {
        if let Some(found) = &mut *self.found.borrow_mut() {
            *found = Ok(now);
        }
    }

    fn explained(&self, error: KeyringError) -> KernelKeyringError {
        match error {
            KeyringError::Denied => {
                KernelKeyringError::Denied { description: self.description.clone() }
            }
            error => error.into(),
        }
    }
}

/// A registry's address may be longer than a description; and whoever sees one need not see which
/// registries there are.
fn beginning(kind: &str, registry: &Registry) -> String {
    let of_registry = [registry.ecosystem().name().as_bytes(), registry.url().as_bytes()];
    format!("lockgate:{kind}:{}", hash(&of_registry))
}

/// Over each part behind its length, so that no two lists of parts have the same bytes.
fn hash(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
