//! The Secret Service of the desktop (GNOME Keyring, KWallet, KeePassXC), over D-Bus and without
//! libsecret.
//!
//! The connection is a small blocking one of our own: the crates for D-Bus bring an async runtime or
//! as much code again as the rest of a request, and connect to addresses that start programs.

mod address;
mod connection;
mod error;
mod keyring_process;
mod prompt;
mod refusal;
mod scheme;
mod secrets;
mod service;
mod session;
mod socket;
mod wire;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use lockgate_core::{AdapterError, Registry, Secret, SecretStore, StoredSecret};
use rustix::process::getuid;

pub use error::SecretServiceError;
pub use keyring_process::{KeyringProcess, KeyringProcessError, KeyringProcessStore};
pub use scheme::{CARGO_ENTRIES, DOCKER_ENTRIES, EntryScheme};

use address::BusAddress;
use connection::Connection;
use error::SecretServiceError as Error;
use scheme::Entry;
use service::{Found, OnPrompt, Service};
use socket::BusSocket;

/// Longest secret that is kept, in bytes: as long as one may be elsewhere in Lockgate.
const MAX_SECRET: usize = 64 << 10;

/// Entries that an error names.
const NAMED: usize = 3;

/// A connection to the Secret Service. It is made early, since nothing can be connected to once a
/// request is confined; what went wrong is told when a store is used.
#[derive(Clone)]
pub struct SecretService(Arc<Mutex<Result<Service, Arc<Error>>>>);

impl SecretService {
    /// Connects to the session bus of these variables' values, `DBUS_SESSION_BUS_ADDRESS` and
    /// `XDG_RUNTIME_DIR`, if it is a socket of this machine on which this user listens. Nothing is
    /// sent yet.
    #[must_use]
    pub fn connect(bus_address: Option<&str>, runtime_folder: Option<&Path>) -> Self {
        let user = getuid().as_raw();
        let socket = BusAddress::find(bus_address, runtime_folder, user)
            .and_then(|address| BusSocket::connect(&address, user));
        let service = socket.map(|socket| Service::new(Connection::new(socket)));
        Self(Arc::new(Mutex::new(service.map_err(Arc::new))))
    }

    /// The entry of a registry; none if entries of its ecosystem are not kept here. `allow_plain`
    /// lets secrets cross the bus without encryption where the service knows no other way.
    #[must_use]
    pub fn store(&self, registry: &Registry, allow_plain: bool) -> Option<SecretServiceStore> {
        let entry = Entry::of(registry)?;
        Some(SecretServiceStore { service: self.clone(), entry, allow_plain, on_prompt: None })
    }

    fn with<T>(
        &self,
        on_prompt: Option<&OnPrompt>,
        act: impl FnOnce(&mut Service) -> Result<T, Error>,
    ) -> Result<T, AdapterError> {
        let mut service = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *service {
            Ok(service) => {
                service.on_prompt = on_prompt.cloned();
                Ok(act(service)?)
            }
            Err(error) => Err(Arc::clone(error).into()),
        }
    }
}

/// The entry of one registry in the Secret Service.
pub struct SecretServiceStore {
    service: SecretService,
    entry: Entry,
    allow_plain: bool,
    on_prompt: Option<OnPrompt>,
}

impl SecretServiceStore {
    /// Calls `tell` when the service asks a person for something, such as the password of a locked
    /// keyring, and the request waits for the answer.
    #[must_use]
    pub fn on_prompt(mut self, tell: impl Fn() + Send + Sync + 'static) -> Self {
        self.on_prompt = Some(Arc::new(tell));
        self
    }

    fn with<T>(
        &self,
        act: impl FnOnce(&mut Service) -> Result<T, Error>,
    ) -> Result<T, AdapterError> {
        self.service.with(self.on_prompt.as_ref(), act)
    }
}

impl SecretStore for SecretServiceStore {
    fn load(&self) -> Result<Option<StoredSecret>, AdapterError> {
        let secret = self.with(|service| load(service, &self.entry, self.allow_plain))?;
        Ok(secret.map(|secret| StoredSecret { identity: None, secret }))
    }

    fn save(&self, identity: Option<&Secret>, secret: &Secret) -> Result<(), AdapterError> {
        check_new(identity, secret)?;
        self.with(|service| save(service, &self.entry, secret, self.allow_plain))
    }

    /// Removes every entry of the registry, as libsecret does.
    fn remove(&self) -> Result<bool, AdapterError> {
        self.with(|service| remove(service, &self.entry))
    }
}

/// Whether it can be kept as an entry.
fn check_new(identity: Option<&Secret>, secret: &Secret) -> Result<(), Error> {
    let length = secret.len();
    if identity.is_some() {
        Err(Error::NoAccounts)
    } else if length > MAX_SECRET {
        Err(Error::TooLong { length, limit: MAX_SECRET })
    } else if secret.expose().contains(&0) {
        Err(Error::ZeroByte)
    } else {
        Ok(())
    }
}

fn load(service: &mut Service, entry: &Entry, plain: bool) -> Result<Option<Secret>, Error> {
    let opening = service.open_session(plain)?;
    let found = service.search(entry);
    let locked = service.ask_default_locked();
    service.connection.send()?;
    service.opened(opening, plain)?;
    let found = service.found(found)?;
    let locked = service.default_locked(locked)?;
    let found = service.surely(entry, found, locked)?;
    let Some(item) = service.the_one(&found)? else { return Ok(None) };
    if !found.locked.is_empty() {
        service.unlock_all(&[&item])?;
    }
    let secret = service.secret(&item)?;
    match secret.len() {
        length if length > MAX_SECRET => Err(Error::TooLong { length, limit: MAX_SECRET }),
        _ => Ok(Some(Secret::new(secret.to_vec()))),
    }
}

fn save(service: &mut Service, entry: &Entry, secret: &Secret, plain: bool) -> Result<(), Error> {
    let opening = service.open_session(plain)?;
    let found = service.search(entry);
    let keyring = service.ask_default();
    let locked = service.ask_default_locked();
    service.connection.send()?;
    service.opened(opening, plain)?;
    let found = service.found(found)?;
    let keyring = service.default(keyring)?.ok_or(Error::NoDefault)?;
    let locked = service.default_locked(locked)?;
    if let Some(item) = service.the_one(&found)?
        && !is_in(&item, &keyring)
    {
        let item = service.describe(&[&item])?.concat();
        return Err(Error::Elsewhere { item });
    }
    if locked {
        service.unlock_all(&[&keyring])?;
    }
    let asked = service.create(&keyring, entry, secret.expose())?;
    service.connection.send()?;
    service.created(asked)?.map_or(Ok(()), |prompt| service.ask(&prompt))
}

fn remove(service: &mut Service, entry: &Entry) -> Result<bool, Error> {
    let found = service.search(entry);
    let locked = service.ask_default_locked();
    service.connection.send()?;
    let found = service.found(found)?;
    let locked = service.default_locked(locked)?;
    let found = service.surely(entry, found, locked)?;
    if !found.locked.is_empty() {
        let locked: Vec<&str> = found.locked.iter().map(String::as_str).collect();
        service.unlock_all(&locked)?;
    }
    let asked: Vec<_> = found.all().map(|item| service.delete(item)).collect();
    if asked.is_empty() {
        return Ok(false);
    }
    service.connection.send()?;
    let mut removed = false;
    for asked in asked {
        let (was_there, prompt) = service.deleted(asked)?;
        prompt.map_or(Ok(()), |prompt| service.ask(&prompt))?;
        removed |= was_there;
    }
    service.check_removed(entry, &found)?;
    Ok(removed)
}

/// Whether an entry is in a keyring.
fn is_in(item: &str, keyring: &str) -> bool {
    item.strip_prefix(keyring).is_some_and(|rest| rest.starts_with('/'))
}

impl Service {
    /// What is there for sure: a service that shows nothing of a locked keyring is asked again once
    /// that is unlocked.
    fn surely(&mut self, entry: &Entry, found: Found, locked: bool) -> Result<Found, Error> {
        if !locked || found.all().next().is_some() || self.knows_locked_entries()? {
            return Ok(found);
        }
        let asked = self.ask_default();
        self.connection.send()?;
        let Some(keyring) = self.default(asked)? else { return Ok(found) };
        self.unlock_all(&[&keyring])?;
        let asked = self.search(entry);
        self.connection.send()?;
        self.found(asked)
    }

    /// The one entry, if there is one; never the first of several.
    fn the_one(&mut self, found: &Found) -> Result<Option<String>, Error> {
        let items: Vec<&String> = found.all().collect();
        match items.as_slice() {
            [] => Ok(None),
            [item] => Ok(Some((*item).clone())),
            items => {
                let named = items.get(..NAMED.min(items.len())).unwrap_or_default();
                let named = self.describe(named)?;
                Err(Error::Ambiguous { count: items.len(), items: named })
            }
        }
    }

    /// Some services say that an entry is deleted while they still ask whether it may be.
    fn check_removed(&mut self, entry: &Entry, removed: &Found) -> Result<(), Error> {
        let asked = self.search(entry);
        self.connection.send()?;
        let left = self.found(asked)?;
        match left.all().any(|item| removed.all().any(|gone| gone == item)) {
            true => Err(Error::NotRemoved),
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
