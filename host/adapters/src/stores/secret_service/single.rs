//! Entries without an account, as cargo's: one for each registry.

use lockgate_core::{Secret, StoredSecret};

use super::error::SecretServiceError as Error;
use super::scheme::Entry;
use super::service::{Found, Service};

pub(super) fn load(
    service: &mut Service,
    entry: &Entry,
    plain: bool,
) -> Result<Option<StoredSecret>, Error> {
    let attributes = entry.attributes();
    let opening = service.open_session(plain)?;
    let found = service.search(&attributes);
    let locked = service.ask_default_locked();
    service.connection.send()?;
    service.opened(opening, plain)?;
    let found = service.found(found)?;
    let locked = service.default_locked(locked)?;
    let found = service.surely(&attributes, found, locked)?;
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
    let opening = service.open_session(plain)?;
    let found = service.search(&entry.attributes());
    let keyring = service.ask_default();
    let locked = service.ask_default_locked();
    service.connection.send()?;
    service.opened(opening, plain)?;
    let found = service.found(found)?;
    let keyring = service.default(keyring)?.ok_or(Error::NoDefault)?;
    let locked = service.default_locked(locked)?;
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
    let found = service.search(&attributes);
    let locked = service.ask_default_locked();
    service.connection.send()?;
    let found = service.found(found)?;
    let locked = service.default_locked(locked)?;
    let found = service.surely(&attributes, found, locked)?;
    service.unlock_found(&found)?;
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
