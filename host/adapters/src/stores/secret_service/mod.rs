//! The Secret Service of the desktop (GNOME Keyring, KWallet, KeePassXC), over D-Bus and without
//! libsecret.
//!
//! The connection is a small blocking one of our own: the crates for D-Bus bring an async runtime or
//! as much code again as the rest of a request, and connect to addresses that start programs.

mod accounts;
mod address;
mod connection;
mod entries;
mod error;
mod keyring_process;
mod list;
mod probe;
mod prompt;
mod refusal;
mod scheme;
mod secrets;
mod service;
mod session;
mod single;
mod socket;
mod wire;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use lockgate_core::{AdapterError, Registry, Secret, SecretStore, StoredSecret};

pub use error::SecretServiceError;
pub use keyring_process::{KeyringProcess, KeyringProcessError, KeyringProcessStore};
pub use scheme::{CARGO_ENTRIES, DOCKER_ENTRIES, EntryScheme};

use connection::Connection;
use error::SecretServiceError as Error;
use scheme::Entry;
use service::{OnPrompt, Service};

/// Longest secret that is kept, in bytes: as long as one may be elsewhere in Lockgate.
const MAX_SECRET: usize = 64 << 10;

/// Longest name of an account, in bytes: no client takes a longer one.
const MAX_ACCOUNT: usize = 4 << 10;

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
        let service = Connection::find(bus_address, runtime_folder).map(Service::new);
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
        self.with(|service| match self.entry.has_account() {
            true => accounts::load(service, &self.entry, self.allow_plain),
            false => single::load(service, &self.entry, self.allow_plain),
        })
    }

    fn save(&self, identity: Option<&Secret>, secret: &Secret) -> Result<(), AdapterError> {
        let account = check_new(&self.entry, identity, secret)?;
        self.with(|service| match account {
            Some(account) => {
                accounts::save(service, &self.entry, account, secret, self.allow_plain)
            }
            None => single::save(service, &self.entry, secret, self.allow_plain),
        })
    }

    /// Removes every entry of the registry, as libsecret and docker's helper do.
    fn remove(&self) -> Result<bool, AdapterError> {
        self.with(|service| match self.entry.has_account() {
            true => accounts::remove(service, &self.entry),
            false => single::remove(service, &self.entry),
        })
    }
}

/// Whether it can be kept as an entry; the account under which it is kept, if it has one.
fn check_new<'a>(
    entry: &Entry,
    identity: Option<&'a Secret>,
    secret: &Secret,
) -> Result<Option<&'a str>, Error> {
    let length = secret.len();
    if length > MAX_SECRET {
        return Err(Error::TooLong { length, limit: MAX_SECRET });
    }
    if secret.expose().contains(&0) {
        return Err(Error::ZeroByte);
    }
    match (entry.has_account(), identity) {
        (false, None) => Ok(None),
        (false, Some(_)) => Err(Error::NoAccounts),
        (true, None) => Err(Error::NoAccount),
        (true, Some(account)) => account
            .expose_text()
            .filter(|text| (1..=MAX_ACCOUNT).contains(&text.len()) && !text.contains('\0'))
            .map(Some)
            .ok_or(Error::BadAccount { limit: MAX_ACCOUNT }),
    }
}

#[cfg(test)]
mod tests;
