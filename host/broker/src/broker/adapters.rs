//! What stands behind the capabilities of one provider.

use std::sync::Arc;

use lockgate_adapters::{LocalFiles, NativeHttp, ProcessEnvironment, StateFolder};
use lockgate_core::{Adapters, Capabilities, Operation, Request};
use lockgate_providers::Provider;
use lockgate_registry::cargo::TokenBinding;

use super::{Broker, CARGO_CREDENTIALS, FILE, TOKEN_VARIABLE};
use crate::context::BoundError;
use crate::person::TokenPrompt;
use crate::stores::CargoStore;
use crate::{Notice, ProviderError};

impl Broker {
    /// The adapters behind what is granted, bound to the request's registry.
    pub(super) fn adapters(
        &self,
        provider: &Provider,
        request: &Request,
        capabilities: &Capabilities,
        binding: Result<TokenBinding, BoundError>,
    ) -> Result<Adapters, ProviderError> {
        let state = StateFolder::new(
            self.context.machine.folders.state.clone(),
            &provider.lineage,
            request.registry.url(),
        );
        let mut adapters = Adapters {
            environment: Some(Box::new(ProcessEnvironment)),
            files: Some(Box::new(LocalFiles)),
            http: Some(Box::new(NativeHttp::configured(self.context.machine.http()))),
            state: Some(Box::new(state)),
            settings: self.context.machine.own.settings_of(&provider.name),
            ..Adapters::default()
        };
        self.add_stores(&mut adapters, request, capabilities, binding)?;
        if capabilities.prompt {
            let inner = self.person.prompt(&provider.name, provider.built_in);
            let ecosystem = request.registry.ecosystem();
            adapters.prompt = Some(match request.operation {
                Operation::Login(_) => Box::new(TokenPrompt { inner, ecosystem }),
                Operation::Get(_) | Operation::Logout => inner,
            });
        }
        Ok(adapters)
    }

    /// The stores that are granted, as far as there are such here.
    fn add_stores(
        &self,
        adapters: &mut Adapters,
        request: &Request,
        capabilities: &Capabilities,
        binding: Result<TokenBinding, BoundError>,
    ) -> Result<(), ProviderError> {
        let by_name = capabilities.stores.contains(CARGO_CREDENTIALS)
            || capabilities.environment.iter().any(|grant| grant.name == TOKEN_VARIABLE);
        if by_name {
            let tell = Arc::clone(&self.tell);
            let store = CargoStore::new(&self.context, &request.registry, binding?)
                .on_wait(move || tell(&Notice::WaitingForCredentials));
            adapters.stores.insert(CARGO_CREDENTIALS.to_owned(), Box::new(store));
        }
        if capabilities.stores.contains(FILE) {
            let store = self.context.machine.file_store(&request.registry);
            adapters.stores.insert(FILE.to_owned(), Box::new(store));
        }
        for name in &capabilities.stores {
            let setting = |key: &str| adapters.settings.get(key);
            let system = self.system_stores.get();
            let tell = Arc::clone(&self.tell);
            let told = move || tell(&Notice::WaitingForUnlock);
            let store = system.and_then(|all| all.open_store(name, setting, told));
            adapters.stores.extend(store.map(|store| (name.clone(), store)));
        }
        Ok(())
    }
}
