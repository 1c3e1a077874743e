//! Entries without an account, as cargo's: one for each registry.

use lockgate_core::{Secret, StoredSecret};

use super::entries::Place;
use super::error::SecretServiceError as Error;
use super::scheme::Entry;
use super::service::{Found, Service};

pub(super) fn load(
    service: &mut Service,
    entry: &Entry,
    plain: bool,
) -> Result<Option<StoredSecret>, Error> {
    let found = service.find_to_read(&entry.attributes(), plain)?;
    let Some(item) = the_one(service, &found)? else { return Ok(None) };
    service.unlock_found(&found)?;
    let secret = service.secret(&item)?;
    Ok(Some(StoredSecret { identity: None, secret }))
}

pub(super) fn save(
    service: &mut Service,
    entry: &Entry,
    secret: &Secret,
    plain: bool,
) -> Result<(), Error> {
    let Place { found, keyring, locked } = service.find_to_save(&entry.attributes(), plain)?;
    if let Some(item) = the_one(service, &found)?
        && !is_in(&item, &keyring)
    {
        let item = service.describe(&[&item])?.concat();
        return Err(Error::Elsewhere { item });
    }
    if locked {
        service.unlock_all(&[&keyring])?;
    }
    let asked = service.create(&keyring, entry, None, secret.expose())?;
    service.connection.send()?;
    let created = service.created(asked)?;
    service.surely_created(created).map(drop)
}

pub(super) fn remove(service: &mut Service, entry: &Entry) -> Result<bool, Error> {
    let attributes = entry.attributes();
    let found = service.find_unlocked(&attributes)?;
    let items: Vec<&String> = found.all().collect();
    service.delete_all(&attributes, &items)
}

/// The one entry, if there is one; never the first of several.
fn the_one(service: &mut Service, found: &Found) -> Result<Option<String>, Error> {
    let items: Vec<&String> = found.all().collect();
    match items.as_slice() {
        [] => Ok(None),
        [item] => Ok(Some((*item).clone())),
        items => Err(service.ambiguous(items)),
    }
}

/// Whether an entry is in a keyring.
fn is_in(item: &str, keyring: &str) -> bool {
    item.strip_prefix(keyring).is_some_and(|rest| rest.starts_with('/'))
}
