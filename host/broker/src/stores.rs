//! Secret stores, bound to the registry of one request.

mod aliased;
mod system;

use lockgate_adapters::{CargoCredentials, CredentialTable as Table, Logins};
use lockgate_core::{AdapterError, Registry, Secret, SecretStore, StoredSecret};
use lockgate_registry::cargo::{CredentialTable, TokenBinding};

use crate::Context;

pub(crate) use aliased::{Aliased, Saving, keys_of_server};
pub(crate) use system::{
    HAS_DESKTOP_KEYRINGS, OS, SystemStores, desktop_keyring_answers, desktop_keyring_takes_new,
    list_desktop_keyring,
};

/// cargo's credentials file, with the record of which index a login gave a name.
pub(crate) struct CargoStore {
    credentials: CargoCredentials,
    logins: Logins,
    /// The names of the tables, the one to save under first; none for crates.io, whose table has no
    /// other owner.
    names: Vec<String>,
    url: String,
    savable: bool,
    /// The one token that may be removed, if not any.
    removable: Option<Secret>,
}

/// The registry has no name to keep a token under.
#[derive(Debug, thiserror::Error)]
#[error(
    "can't save credentials for anonymous registry; give its index a name in the `[registries]` table of cargo's configuration"
)]
struct Anonymous;

impl CargoStore {
    pub(crate) fn new(context: &Context, registry: &Registry, binding: TokenBinding) -> Self {
        let names = binding.tables.iter().filter_map(|table| match table {
            CredentialTable::Named(name) => Some(name.clone()),
            CredentialTable::CratesIo => None,
        });
        let names = names.collect();
        let savable = !binding.tables.is_empty();
        let tables = binding.tables.into_iter().map(table).collect();
        let fallback = binding.config_token.map(|(token, _)| token);
        let credentials = CargoCredentials::new(context.cargo_home.clone(), tables, fallback);
        let url = registry.url().to_owned();
        let removable = context.removable.clone();
        Self { credentials, logins: context.logins(), names, url, savable, removable }
    }

    pub(crate) fn on_wait(mut self, tell: impl Fn() + Send + 'static) -> Self {
        self.credentials = self.credentials.on_wait(tell);
        self
    }
}

fn table(table: CredentialTable) -> Table {
    match table {
        CredentialTable::CratesIo => Table::CratesIo,
        CredentialTable::Named(name) => Table::Named(name),
    }
}

impl SecretStore for CargoStore {
    fn load(&self) -> Result<Option<StoredSecret>, AdapterError> {
        self.credentials.load()
    }

    /// Saves and records under one lock, in an order in which a token never belongs to another's
    /// index.
    fn save(&self, identity: Option<&Secret>, secret: &Secret) -> Result<(), AdapterError> {
        if !self.savable {
            return Err(Anonymous.into());
        }
        match self.names.first() {
            Some(name) => self
                .logins
                .record_after(name, &self.url, || self.credentials.save(identity, secret)),
            None => self.credentials.save(identity, secret),
        }
    }

    fn remove(&self) -> Result<bool, AdapterError> {
        let removed = match &self.removable {
            Some(token) => self.credentials.remove_only(token)?,
            None => self.credentials.remove()?,
        };
        self.logins.forget_all(&self.names)?;
        Ok(removed)
    }
}
