//! docker's entries in the keychain, as `docker-credential-osxkeychain` keeps them: what is searched,
//! which one is meant, and what is changed.

mod address;
mod attributes;
mod calls;
#[cfg(test)]
mod fake;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::time::Duration;

use lockgate_core::{AdapterError, Moment, Secret, SecretStore, StoredSecret};

use self::address::Address;
pub(super) use self::attributes::{Attribute, Attributes, Value};
pub(super) use self::calls::{Calls, Found, Status};
use super::{Listed, STORE};
use crate::Entry;
use crate::entry::DOCKER_LABEL;
use crate::error::{Meaning, StoreError};

/// docker's helper up to 0.8 finds no entry without it (`kSecAttrAuthenticationTypeDefault`).
const AUTHENTICATION: &str = "dflt";
/// How often a save begins anew after somebody else made, changed or removed the entry meanwhile.
const ATTEMPTS: usize = 3;
/// Most entries that an error names.
const NAMED: usize = 3;
/// From the Unix epoch to the beginning of 2001, from which the system counts, in seconds.
const SYSTEMS_EPOCH: u64 = 978_307_200;

/// The entry of one server. There may be one for each account: the one that was changed last is the
/// one, as whoever logged in last expects, and a login removes the others.
pub(super) struct DockerEntry<C> {
    entry: Entry,
    calls: C,
}

impl<C: Calls> DockerEntry<C> {
    pub(super) fn new(entry: Entry, calls: C) -> Self {
        Self { entry, calls }
    }

    fn address(&self) -> Result<Address, StoreError> {
        Address::read(&self.entry.name)
    }

    /// The entries of this very address, the one that was changed last first. A search cannot ask for
    /// one without a port or without a path, and finds those with any.
    fn own(&self, address: &Address) -> Result<Vec<Found<C::Item>>, Status> {
        let all = address.attributes();
        let [server, protocol] = [Attribute::Server, Attribute::Protocol].map(|one| all.text(one));
        let searched = Attributes::default()
            .with(Attribute::Label, DOCKER_LABEL)
            .with(Attribute::Server, server.unwrap_or_default())
            .with(Attribute::Protocol, protocol.unwrap_or_default());
        let mut found = find(&self.calls, &searched)?;
        found.retain(|one| Address::of(&one.attributes).as_ref() == Some(address));
        found.sort_by_key(|one| Reverse(one.changed()));
        Ok(found)
    }

    /// Fails as the system says, also where another attempt could succeed.
    fn try_save(&self, address: &Address, account: &str, secret: &Secret) -> Result<(), Status> {
        let own = self.own(address)?;
        let named = Attributes::default().with(Attribute::Account, account);
        // The account's own entry, since the system keeps no two of one.
        let replaced = own.iter().find(|one| one.account() == Some(account)).or(own.first());
        let Some(replaced) = replaced else {
            let new = address
                .attributes()
                .with(Attribute::Account, account)
                .with(Attribute::Label, DOCKER_LABEL)
                .with(Attribute::Authentication, AUTHENTICATION);
            return self.calls.add(&new, secret);
        };
        self.calls.change(&replaced.item, &named, secret)?;
        // Whoever is stopped in between leaves the new one as the latest.
        for other in own.iter().filter(|one| !std::ptr::eq(*one, replaced)) {
            remove(&self.calls, other)?;
        }
        Ok(())
    }
}

impl<C: Calls + Send> SecretStore for DockerEntry<C> {
    fn load(&self) -> Result<Option<StoredSecret>, AdapterError> {
        let address = self.address()?;
        let own = self.own(&address).map_err(|status| failed(status, "read"))?;
        let Some(latest) = latest(&address, &own)? else { return Ok(None) };
        match self.calls.read(&latest.item) {
            Ok(secret) => {
                let identity = latest.account().map(Secret::from);
                Ok(Some(StoredSecret { identity, secret }))
            }
            // Removed meanwhile.
            Err(status) if status.meaning() == Meaning::NotFound => Ok(None),
            Err(status) => Err(failed(status, "read").into()),
        }
    }

    fn save(&self, identity: Option<&Secret>, secret: &Secret) -> Result<(), AdapterError> {
        let account = self.entry.account(identity)?.ok_or(StoreError::NoAccount)?;
        let address = self.address()?;
        let mut attempts = ATTEMPTS;
        loop {
            attempts -= 1;
            let Err(status) = self.try_save(&address, &account, secret) else { return Ok(()) };
            match status.meaning() {
                Meaning::Taken | Meaning::NotFound if attempts > 0 => {}
                Meaning::Taken => {
                    let name = format!("{account} at {address}");
                    return Err(StoreError::NotOurs { store: STORE, name }.into());
                }
                _ => return Err(failed(status, "write").into()),
            }
        }
    }

    /// Removes the entries of every account.
    fn remove(&self) -> Result<bool, AdapterError> {
        let address = self.address()?;
        let failed = |status| failed(status, "remove");
        let own = self.own(&address).map_err(failed)?;
        for one in &own {
            remove(&self.calls, one).map_err(failed)?;
        }
        match own.is_empty() || self.own(&address).map_err(failed)?.is_empty() {
            true => Ok(!own.is_empty()),
            false => Err(StoreError::still_there(STORE).into()),
        }
    }
}

/// docker's entries, sorted. Those that are for no server that docker could name are left out.
pub(super) fn list(calls: &impl Calls) -> Result<Vec<Listed>, StoreError> {
    let searched = Attributes::default().with(Attribute::Label, DOCKER_LABEL);
    let found = find(calls, &searched).map_err(|status| failed(status, "list"))?;
    let mut listed: Vec<Listed> = found
        .iter()
        .filter_map(|one| {
            let server = Address::of(&one.attributes)?.to_string();
            Some(Listed { server, identity: one.account().map(str::to_owned) })
        })
        .collect();
    listed.sort();
    Ok(listed)
}

fn find<C: Calls>(calls: &C, attributes: &Attributes) -> Result<Vec<Found<C::Item>>, Status> {
    match calls.find(attributes) {
        Err(status) if status.meaning() == Meaning::NotFound => Ok(Vec::new()),
        found => found,
    }
}

fn remove<C: Calls>(calls: &C, found: &Found<C::Item>) -> Result<(), Status> {
    match calls.remove(&found.item) {
        Err(status) if status.meaning() == Meaning::NotFound => Ok(()),
        removed => removed,
    }
}

/// The first of them, which have to be sorted, if no other could be meant as well: two of one account, or
/// two that were changed in the same second, are the work of somebody else.
fn latest<'a, I>(
    address: &Address,
    own: &'a [Found<I>],
) -> Result<Option<&'a Found<I>>, StoreError> {
    let Some((latest, others)) = own.split_first() else { return Ok(None) };
    let is_rival = |other: &&Found<I>| {
        other.account() == latest.account() || other.changed() == latest.changed()
    };
    let rivals: Vec<&Found<I>> = others.iter().filter(is_rival).collect();
    if rivals.is_empty() {
        return Ok(Some(latest));
    }
    let all = std::iter::once(latest).chain(rivals.iter().copied());
    Err(StoreError::Ambiguous {
        store: STORE,
        server: address.to_string(),
        count: rivals.len() + 1,
        entries: all.take(NAMED).map(describe).collect(),
    })
}

/// The account and the time, which the system's own program shows too.
fn describe<I>(found: &Found<I>) -> String {
    let account = found.account().map_or("no account".to_owned(), |name| format!("`{name}`"));
    let seconds = found.changed().and_then(|time| SYSTEMS_EPOCH.checked_add_signed(time));
    let Some(seconds) = seconds else { return account };
    format!("{account} of {} UTC", Moment::at(Duration::from_secs(seconds)))
}

fn failed(status: Status, action: &'static str) -> StoreError {
    StoreError::of(status.meaning(), STORE, action, status.said())
}
