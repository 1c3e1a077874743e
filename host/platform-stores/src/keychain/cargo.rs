//! cargo's entries in the default keychain, by the interface that cargo uses: entries of files, which
//! belong to the program that made them, so that macOS asks the person when another program reads one.

use lockgate_core::{AdapterError, Secret, StoredSecret};
use security_framework::base::Error;
use security_framework::os::macos::keychain::SecKeychain;
use security_framework::os::macos::keychain_item::SecKeychainItem;
use security_framework::os::macos::passwords::SecKeychainItemPassword;

use super::STORE;
use crate::error::{Meaning, StoreError};

/// cargo's entries have none.
const ACCOUNT: &str = "";

type Found = (SecKeychainItemPassword, SecKeychainItem);

pub(super) fn load(service: &str) -> Result<Option<StoredSecret>, AdapterError> {
    let found = find(service, "read")?;
    Ok(found.map(|(password, _)| StoredSecret {
        identity: None,
        secret: Secret::new(password.as_ref().to_vec()),
    }))
}

pub(super) fn save(service: &str, secret: &Secret) -> Result<(), AdapterError> {
    let failed = |error| AdapterError::from(failed(error, "write"));
    if let Some((_, mut item)) = find(service, "write")? {
        return item.set_password(secret.expose()).map_err(failed);
    }
    let keychain = SecKeychain::default().map_err(failed)?;
    keychain.add_generic_password(service, ACCOUNT, secret.expose()).map_err(failed)
}

pub(super) fn remove(service: &str) -> Result<bool, AdapterError> {
    let Some((_, item)) = find(service, "remove")? else { return Ok(false) };
    // It does not say whether it succeeded.
    item.delete();
    match find(service, "remove")? {
        None => Ok(true),
        Some(_) => Err(StoreError::still_there(STORE).into()),
    }
}

fn find(service: &str, action: &'static str) -> Result<Option<Found>, StoreError> {
    let keychain = SecKeychain::default().map_err(|error| failed(error, action))?;
    match keychain.find_generic_password(service, ACCOUNT) {
        Ok(found) => Ok(Some(found)),
        Err(error) if Meaning::of_keychain(error.code()) == Meaning::NotFound => Ok(None),
        Err(error) => Err(failed(error, action)),
    }
}

fn failed(error: Error, action: &'static str) -> StoreError {
    StoreError::of(Meaning::of_keychain(error.code()), STORE, action, error.into())
}
