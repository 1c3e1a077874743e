//! The default keychain of macOS, by the interface that cargo uses: entries of files, which belong
//! to the program that made them, so that macOS asks the person when another program reads one.

use lockgate_core::{AdapterError, Secret, SecretStore, StoredSecret};
use security_framework::base::Error;
use security_framework::os::macos::keychain::SecKeychain;
use security_framework::os::macos::keychain_item::SecKeychainItem;
use security_framework::os::macos::passwords::SecKeychainItemPassword;

use crate::Entry;
use crate::error::{Meaning, StoreError};

const STORE: &str = "macOS keychain";
/// cargo's entries have none.
const ACCOUNT: &str = "";

/// One entry of the user's default keychain. It has no account, as cargo's have none.
#[derive(Debug)]
pub struct Keychain(Entry);

type Found = (SecKeychainItemPassword, SecKeychainItem);

impl Keychain {
    /// Nothing is read yet.
    #[must_use]
    pub fn new(entry: Entry) -> Self {
        Self(entry)
    }

    fn find(&self, action: &'static str) -> Result<Option<Found>, StoreError> {
        let keychain = SecKeychain::default().map_err(|error| failed(error, action))?;
        match keychain.find_generic_password(&self.0.name, ACCOUNT) {
            Ok(found) => Ok(Some(found)),
            Err(error) if Meaning::of_keychain(error.code()) == Meaning::NotFound => Ok(None),
            Err(error) => Err(failed(error, action)),
        }
    }
}

impl SecretStore for Keychain {
    fn load(&self) -> Result<Option<StoredSecret>, AdapterError> {
        let found = self.find("read")?;
        Ok(found.map(|(password, _)| StoredSecret {
            identity: None,
            secret: Secret::new(password.as_ref().to_vec()),
        }))
    }

    fn save(&self, identity: Option<&Secret>, secret: &Secret) -> Result<(), AdapterError> {
        if identity.is_some() {
            return Err(StoreError::NoAccounts.into());
        }
        let failed = |error| AdapterError::from(failed(error, "write"));
        if let Some((_, mut item)) = self.find("write")? {
            return item.set_password(secret.expose()).map_err(failed);
        }
        let keychain = SecKeychain::default().map_err(failed)?;
        keychain.add_generic_password(&self.0.name, ACCOUNT, secret.expose()).map_err(failed)
    }

    fn remove(&self) -> Result<bool, AdapterError> {
        let Some((_, item)) = self.find("remove")? else { return Ok(false) };
        // It does not say whether it succeeded.
        item.delete();
        match self.find("remove")? {
            None => Ok(true),
            Some(_) => {
                let source = "it is still there".into();
                Err(StoreError::Failed { store: STORE, action: "remove", source }.into())
            }
        }
    }
}

fn failed(error: Error, action: &'static str) -> StoreError {
    StoreError::of(Meaning::of_keychain(error.code()), STORE, action, error.into())
}
