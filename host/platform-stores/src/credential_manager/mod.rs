//! The Windows Credential Manager.

mod calls;

use std::io;

use lockgate_core::{AdapterError, Secret, SecretStore, StoredSecret};

use self::calls::Found;
use crate::Entry;
use crate::entry::check_credential;
use crate::error::{Meaning, StoreError};

const STORE: &str = "Windows Credential Manager";

/// One entry of the Credential Manager, of the user who is logged in. It has no account, as cargo's
/// have none.
#[derive(Debug)]
pub struct CredentialManager(Entry);

impl CredentialManager {
    /// Nothing is read yet.
    #[must_use]
    pub fn new(entry: Entry) -> Self {
        Self(entry)
    }
}

impl CredentialManager {
    /// What the system has under this name, or under one that differs from it in its letters' case.
    fn find(&self, action: &'static str) -> Result<Option<Found>, StoreError> {
        match calls::read(&self.0.wide_name()?) {
            Ok(found) => Ok(Some(found)),
            Err(error) => match Meaning::of_credential_manager(error.raw_os_error()) {
                Meaning::NotFound => Ok(None),
                _ => Err(failed(error, action)),
            },
        }
    }

    fn is_own(&self, found: &Found) -> bool {
        found.name() == self.0.name
    }
}

impl SecretStore for CredentialManager {
    fn load(&self) -> Result<Option<StoredSecret>, AdapterError> {
        let own = self.find("read")?.filter(|found| self.is_own(found));
        Ok(own.map(|found| StoredSecret { identity: None, secret: found.secret() }))
    }

    fn save(&self, _identity: Option<&Secret>, secret: &Secret) -> Result<(), AdapterError> {
        check_credential(secret.len())?;
        if let Some(other) = self.find("write")?.filter(|found| !self.is_own(found)) {
            return Err(StoreError::Taken { store: STORE, name: other.name() }.into());
        }
        calls::write(&self.0.wide_name()?, self.0.comment, secret)
            .map_err(|error| failed(error, "write").into())
    }

    fn remove(&self) -> Result<bool, AdapterError> {
        if !self.find("remove")?.is_some_and(|found| self.is_own(&found)) {
            return Ok(false);
        }
        calls::delete(&self.0.wide_name()?).map_err(|error| failed(error, "remove"))?;
        Ok(true)
    }
}

fn failed(error: io::Error, action: &'static str) -> StoreError {
    let meaning = Meaning::of_credential_manager(error.raw_os_error());
    StoreError::of(meaning, STORE, action, error.into())
}
