//! The Windows Credential Manager.

mod calls;

use std::io;

use lockgate_core::{AdapterError, Secret, SecretStore, StoredSecret};

use self::calls::{Found, Kept};
use crate::Entry;
use crate::entry::{DOCKER_MARK, Kind, check_credential};
use crate::error::{Meaning, StoreError};

const STORE: &str = "Windows Credential Manager";

/// One entry of the Credential Manager, of the user who is logged in: one of cargo's, which has no
/// account, or one of docker's, which has one.
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
        found.name() == self.0.name && self.has_mark(found)
    }

    /// Whether docker's helper would take it for one of its own.
    fn has_mark(&self, found: &Found) -> bool {
        let (name, value) = DOCKER_MARK;
        self.0.kind == Kind::Cargo || found.has_attribute(name, value.as_bytes())
    }

    /// What is there may be replaced: nothing, or the entry itself.
    fn check_place(&self) -> Result<(), StoreError> {
        match self.find("write")?.filter(|found| !self.is_own(found)) {
            None => Ok(()),
            Some(other) if other.name() == self.0.name => {
                Err(StoreError::NotOurs { store: STORE, name: other.name() })
            }
            Some(other) => Err(StoreError::Taken { store: STORE, name: other.name() }),
        }
    }
}

impl SecretStore for CredentialManager {
    fn load(&self) -> Result<Option<StoredSecret>, AdapterError> {
        let own = self.find("read")?.filter(|found| self.is_own(found));
        Ok(own.map(|found| {
            let account = found.account().filter(|_| self.0.kind == Kind::Docker);
            StoredSecret { identity: account.map(Secret::from), secret: found.secret() }
        }))
    }

    fn save(&self, identity: Option<&Secret>, secret: &Secret) -> Result<(), AdapterError> {
        let account = self.0.account(identity)?;
        check_credential(secret.len())?;
        self.check_place()?;
        let kept = Kept {
            comment: self.0.kind.comment(),
            account: account.as_deref(),
            mark: (self.0.kind == Kind::Docker).then_some(DOCKER_MARK),
        };
        calls::write(&self.0.wide_name()?, &kept, secret)
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

#[cfg(test)]
mod tests {
    use lockgate_core::SecretStore;

    use super::{CredentialManager, calls};
    use crate::Entry;
    use crate::entry::DOCKER_MARK;

    /// What docker's own helper would find. Wine, in which the tests run where there is no Windows,
    /// forgets the mark, and an entry without one is not docker's.
    #[test]
    fn an_entry_of_dockers_is_the_one_that_its_own_helper_keeps() {
        let entry = Entry::of_docker("unit.registry.test:5000");
        let store = CredentialManager::new(entry.clone());
        store.save(Some(&"alice".into()), &"s3cret".into()).unwrap();
        let name = entry.wide_name().unwrap();
        let found = calls::read(&name).unwrap();
        assert_eq!(found.name(), "unit.registry.test:5000");
        assert_eq!(found.account().as_deref(), Some("alice"));
        assert_eq!(found.secret().expose(), b"s3cret");
        let (mark, value) = DOCKER_MARK;
        let is_marked = found.has_attribute(mark, value.as_bytes());
        assert_eq!(store.load().unwrap().is_some(), is_marked);
        assert_eq!(store.remove().unwrap(), is_marked);
        if !is_marked {
            eprintln!("not tested: this system keeps no attributes");
            calls::delete(&name).unwrap();
        }
    }
}
