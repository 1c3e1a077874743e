//! Entries with an account, as docker's: there may be one for each account of a server.
//!
//! docker's own helper keeps a second entry beside the first when another account logs in, and reads
//! whichever comes last in a list that has no order. Here the entry that was changed last is the one,
//! as whoever logged in last expects, and a login removes the others.

use lockgate_core::{Secret, StoredSecret};

use super::connection::Asked;
use super::entries::Place;
use super::error::SecretServiceError as Error;
use super::scheme::Entry;
use super::service::{Found, Service};

/// An entry of the registry.
struct Candidate<'a> {
    item: &'a String,
    account: Option<String>,
    /// When it was changed last, in seconds.
    modified: u64,
}

pub(super) fn load(
    service: &mut Service,
    entry: &Entry,
    plain: bool,
) -> Result<Option<StoredSecret>, Error> {
    let found = service.find_to_read(&entry.attributes(), plain)?;
    service.unlock_found(&found)?;
    let items: Vec<&String> = found.all().collect();
    match items.as_slice() {
        [] => Ok(None),
        [item] => only(service, entry, item),
        items => latest(service, entry, items),
    }
}

/// What one entry holds, if it is of the registry.
fn only(service: &mut Service, entry: &Entry, item: &str) -> Result<Option<StoredSecret>, Error> {
    let attributes = service.ask_attributes(item);
    let secret = service.ask_secret(item)?;
    service.connection.send()?;
    let attributes = service.attributes(attributes)?.unwrap_or_default();
    let secret = service.told_secret(secret);
    if !entry.is_of_registry(&attributes) {
        return Ok(None);
    }
    let identity = entry.account(&attributes).map(Secret::from);
    Ok(Some(StoredSecret { identity, secret: secret? }))
}

/// What the entry holds that was changed last.
fn latest(
    service: &mut Service,
    entry: &Entry,
    items: &[&String],
) -> Result<Option<StoredSecret>, Error> {
    let mut candidates = candidates(service, entry, items)?;
    candidates.sort_by_key(|candidate| std::cmp::Reverse(candidate.modified));
    let Some((latest, others)) = candidates.split_first() else { return Ok(None) };
    let is_rival = |other: &&Candidate<'_>| {
        other.account == latest.account || other.modified == latest.modified
    };
    let mut rivals = others.iter().filter(is_rival).peekable();
    if rivals.peek().is_some() {
        let items: Vec<&String> = [latest].into_iter().chain(rivals).map(|one| one.item).collect();
        return Err(service.ambiguous(&items));
    }
    let secret = service.secret(latest.item)?;
    let identity = latest.account.as_deref().map(Secret::from);
    Ok(Some(StoredSecret { identity, secret }))
}

/// Those of the entries that are of the registry and still there.
fn candidates<'a>(
    service: &mut Service,
    entry: &Entry,
    items: &[&'a String],
) -> Result<Vec<Candidate<'a>>, Error> {
    let ask = |service: &mut Service, item: &str| -> (Asked, Asked) {
        (service.ask_attributes(item), service.ask_modified(item))
    };
    let asked: Vec<_> = items.iter().map(|item| ask(service, item)).collect();
    service.connection.send()?;
    let mut candidates = Vec::new();
    for (&item, (attributes, modified)) in items.iter().zip(asked) {
        let (attributes, modified) = (service.attributes(attributes)?, service.modified(modified)?);
        let (Some(attributes), Some(modified)) = (attributes, modified) else { continue };
        if entry.is_of_registry(&attributes) {
            let account = entry.account(&attributes).map(str::to_owned);
            candidates.push(Candidate { item, account, modified });
        }
    }
    Ok(candidates)
}

/// Keeps the entry and removes the registry's others. Whoever is stopped in between leaves the new one
/// as the latest.
pub(super) fn save(
    service: &mut Service,
    entry: &Entry,
    account: &str,
    secret: &Secret,
    plain: bool,
) -> Result<(), Error> {
    let Place { found, keyring, locked } = service.find_to_save(&entry.attributes(), plain)?;
    if locked {
        service.unlock_all(&[&keyring])?;
    }
    service.unlock_found(&found)?;
    let asked = service.create(&keyring, entry, Some(account), secret.expose())?;
    service.connection.send()?;
    let created = service.created(asked)?;
    let created = service.surely_created(created)?;
    remove_others(service, entry, &found, |item, other| match &created {
        Some(created) => item != created,
        None => other != Some(account),
    })
}

fn remove_others(
    service: &mut Service,
    entry: &Entry,
    found: &Found,
    is_other: impl Fn(&str, Option<&str>) -> bool,
) -> Result<(), Error> {
    let items: Vec<&String> = found.all().collect();
    if items.iter().all(|item| !is_other(item, None)) {
        return Ok(());
    }
    let candidates = candidates(service, entry, &items)?;
    let others = candidates.iter().filter(|one| is_other(one.item, one.account.as_deref()));
    let others: Vec<&String> = others.map(|one| one.item).collect();
    service.delete_all(&entry.attributes(), &others).map(drop)
}

/// Removes the entries of every account.
pub(super) fn remove(service: &mut Service, entry: &Entry) -> Result<bool, Error> {
    let attributes = entry.attributes();
    let found = service.find_unlocked(&attributes)?;
    let items: Vec<&String> = found.all().collect();
    if items.is_empty() {
        return Ok(false);
    }
    let candidates = candidates(service, entry, &items)?;
    let own: Vec<&String> = candidates.iter().map(|one| one.item).collect();
    service.delete_all(&attributes, &own)
}
