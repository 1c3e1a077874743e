//! Secret stores, bound to the registry of one request.

use lockgate_adapters::{CargoCredentials, CredentialTable as Table, Logins};
use lockgate_core::{AdapterError, Registry, Secret, SecretStore, StoredSecret};
use lockgate_registry::cargo::{CredentialTable, TokenBinding};

use crate::Context;

/// cargo's credentials file, with the record of which index a login gave a name.
pub(crate) struct CargoStore {
    credentials: CargoCredentials,
    logins: Logins,
    /// The name to save under; none for crates.io, whose table has no other owner.
    name: Option<String>,
    url: String,
    savable: bool,
}

/// The registry has no name to keep a token under.
#[derive(Debug, thiserror::Error)]
#[error(
    "can't save credentials for anonymous registry; give its index a name in the `[registries]` table of cargo's configuration"
)]
struct Anonymous;

impl CargoStore {
    pub(crate) fn new(context: &Context, registry: &Registry, binding: TokenBinding) -> Self {
        let name = match binding.tables.first() {
            Some(CredentialTable::Named(name)) => Some(name.clone()),
            Some(CredentialTable::CratesIo) | None => None,
        };
        let savable = !binding.tables.is_empty();
        let tables = binding.tables.into_iter().map(table).collect();
        let fallback = binding.config_token.map(|(token, _)| token);
        let credentials = CargoCredentials::new(context.cargo_home.clone(), tables, fallback);
        let url = registry.url().to_owned();
        Self { credentials, logins: context.logins(), name, url, savable }
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

    /// Saves, then records: a record without its token would let an older token of that name go to
    /// this index.
    fn save(&self, identity: Option<&Secret>, secret: &Secret) -> Result<(), AdapterError> {
        if !self.savable {
            return Err(Anonymous.into());
        }
        self.credentials.save(identity, secret)?;
        match &self.name {
            Some(name) => Ok(self.logins.record(name, &self.url)?),
            None => Ok(()),
        }
    }

    fn remove(&self) -> Result<bool, AdapterError> {
        let removed = self.credentials.remove()?;
        if let Some(name) = &self.name {
            self.logins.forget(name)?;
        }
        Ok(removed)
    }
}
