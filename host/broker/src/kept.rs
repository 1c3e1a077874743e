//! What cargo's file of tokens says beside the tokens, looked through once and only when somebody
//! asks.

use std::collections::BTreeMap;

use lockgate_core::Registry;
use lockgate_registry::ConfigError;
use lockgate_registry::cargo::{KeptTokens, ProviderError, ProviderList, TokenPlace};

use crate::Context;
use crate::files::ClientFiles;

impl Context {
    /// Which registries cargo's files of tokens have one for, and on which line. Their values are not
    /// kept.
    ///
    /// # Errors
    /// If such a file cannot be read or is malformed.
    pub fn kept_tokens(&self) -> Result<&KeptTokens, &ConfigError> {
        let read = || KeptTokens::read(&self.cargo_home, &ClientFiles);
        self.kept.get_or_init(read).as_ref()
    }

    /// The providers of a registry with everything that a person should be told about them. What cannot
    /// be read of the files of tokens is not told here.
    ///
    /// # Errors
    /// If the trusted configuration is ambiguous, empty or not supported.
    pub fn providers_told(&self, registry: &Registry) -> Result<ProviderList, ProviderError> {
        match self.kept_tokens() {
            Ok(kept) => self.cargo.providers_beside(registry, kept),
            Err(_) => self.cargo.providers(registry),
        }
    }

    /// Remembers what a logout has to be held against.
    pub fn before_logout(&self) -> BeforeLogout {
        BeforeLogout {
            recorded: self.logins().recorded().unwrap_or_default(),
            kept: self.kept_tokens().cloned().unwrap_or_default(),
        }
    }
}

/// Where a registry's token could stand, as it was before a logout: afterwards the process is confined,
/// and not every file can be read again.
pub struct BeforeLogout {
    recorded: BTreeMap<String, String>,
    kept: KeptTokens,
}

impl BeforeLogout {
    /// Where a token of the registry still stands, beside the providers' own stores.
    pub fn remaining(&self, context: &Context, registry: &Registry) -> Vec<TokenPlace> {
        let now = self.kept.again(&ClientFiles);
        context.cargo.token_places(registry, &self.recorded, &now)
    }
}
