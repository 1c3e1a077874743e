//! Which servers of docker's there are entries for. The host looks by itself: no provider is asked for
//! a secret.

use lockgate_adapters::{DockerConfigStore, Listed};
use lockgate_core::{AdapterError, Ecosystem, Operation, Purpose, Registry, Request, escape};
use lockgate_system::caller;

use crate::broker::{DOCKER_CONFIG, ENCRYPTED_FILE, FILE};
use crate::prepare::prepare;
use crate::stores::OS;
use crate::{Choice, Context, administrator};

/// Why the list would not be whole.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// The administrator's policy gives the program that called nothing.
    #[error("no list is given")]
    Forbidden(#[from] lockgate_policy::Forbidden),
    /// A store cannot be looked through.
    #[error("the entries of `{provider}` cannot be listed")]
    Store {
        /// The provider whose store it is, escaped.
        provider: String,
        /// Why.
        source: AdapterError,
    },
}

impl Context {
    /// The entries of docker's servers in the stores of the providers that serve any, each with its
    /// provider's name: servers and accounts, and no secret. A native helper's and an installed
    /// provider's are not among them, nor those of the kernel's keyring, which does not tell. An entry
    /// whose server is not served by its provider, or that this one may not use, is none.
    ///
    /// # Errors
    /// If the administrator gives the calling program nothing, or a store cannot be looked through, so
    /// that nothing is known of its entries.
    pub fn docker_list(&self) -> Result<Vec<(Listed, String)>, ListError> {
        administrator::check_unconfirmed(&self.machine.ceiling, &caller())?;
        let mut all = Vec::new();
        for choice in self.docker_providers() {
            let Some(store) = store_of(&choice.provider) else { continue };
            let listed = self.listed(store).map_err(|source| {
                let provider = escape(&choice.provider);
                ListError::Store { provider, source }
            })?;
            let usable = listed.into_iter().filter(|entry| self.may_use(entry, &choice, store));
            all.extend(usable.map(|entry| (entry, choice.provider.clone())));
        }
        Ok(all)
    }

    /// The providers that may serve a server of docker's and whose entries are not in the
    /// [list](Self::docker_list), by name.
    #[must_use]
    pub fn docker_unlisted(&self) -> Vec<String> {
        let names = self.docker_providers().into_iter().map(|choice| choice.provider);
        names.filter(|name| store_of(name).is_none()).collect()
    }

    /// Whether the provider is asked for the entry, and may use its store.
    fn may_use(&self, entry: &Listed, choice: &Choice, store: &str) -> bool {
        let Ok(registry) = Registry::new(Ecosystem::Oci, entry.server.as_str()) else {
            return false;
        };
        if !self.is_asked(&registry, &choice.provider) {
            return false;
        }
        let operation = Operation::Get(Purpose::Read);
        let request = Request { registry, operation, arguments: Vec::new() };
        let prepared = prepare(self, &request, choice, &|_| {});
        prepared.is_ok_and(|ready| ready.decided.capabilities.store(store).is_ok())
    }

    fn listed(&self, store: &str) -> Result<Vec<Listed>, AdapterError> {
        match (store, &self.docker) {
            (DOCKER_CONFIG, Some(places)) => {
                Ok(DockerConfigStore::list(&places.config_file, places.auth_variable.as_ref())?)
            }
            _ => self.entries(Ecosystem::Oci, store),
        }
    }
}

/// The store of a built-in provider that keeps what a person logs in with.
fn store_of(provider: &str) -> Option<&'static str> {
    Some(match provider {
        "lockgate:os-store" => OS,
        "lockgate:file" => FILE,
        "lockgate:encrypted-file" => ENCRYPTED_FILE,
        "lockgate:docker-config" => DOCKER_CONFIG,
        _ => return None,
    })
}
