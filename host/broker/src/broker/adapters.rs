//! What stands behind the capabilities of one provider.

use std::sync::Arc;

use lockgate_adapters::{
    DockerConfigStore, LocalFiles, NativeHttp, ProcessEnvironment, StateFolder,
};
use lockgate_core::{
    Adapters, Capabilities, Ecosystem, LoginInput, Operation, Registry, Request, SecretStore,
};
use lockgate_providers::Provider;
use lockgate_registry::cargo::TokenBinding;

use super::{Broker, CARGO_CREDENTIALS, DOCKER_CONFIG, FILE, TOKEN_VARIABLE};
use crate::context::BoundError;
use crate::person::TokenPrompt;
use crate::stores::{Aliased, CargoStore, Saving};
use crate::walls::check_docker_folder;
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
        let registry = &request.registry;
        let removable = self.context.removable.as_ref();
        let by_name = capabilities.stores.contains(CARGO_CREDENTIALS)
            || capabilities.environment.iter().any(|grant| grant.name == TOKEN_VARIABLE);
        if by_name && registry.ecosystem() == Ecosystem::Cargo {
            let tell = Arc::clone(&self.tell);
            let store = CargoStore::new(&self.context, registry, binding?)
                .on_wait(move || tell(&Notice::WaitingForCredentials));
            adapters.stores.insert(CARGO_CREDENTIALS.to_owned(), Box::new(store));
        }
        if capabilities.stores.contains(FILE) {
            let open = |key: &Registry| Some(self.context.machine.file_store(key));
            let store = Aliased::open(registry, Saving::ReplacesAll, open);
            let store = store.map(|store| store.removing_only(removable));
            let store = store.map(|store| Box::new(store) as Box<dyn SecretStore>);
            adapters.stores.extend(store.map(|store| (FILE.to_owned(), store)));
        }
        if capabilities.stores.contains(DOCKER_CONFIG) {
            let store = self.docker_config(request)?;
            adapters.stores.extend(store.map(|store| (DOCKER_CONFIG.to_owned(), store)));
        }
        for name in &capabilities.stores {
            let setting = |key: &str| adapters.settings.get(key);
            let system = self.system_stores.get();
            let tell = Arc::clone(&self.tell);
            let told = move || tell(&Notice::WaitingForUnlock);
            let store =
                system.and_then(|all| all.open_store(name, registry, setting, told, removable));
            adapters.stores.extend(store.map(|store| (name.clone(), store)));
        }
        Ok(())
    }

    /// docker's own file; none for another client's registries.
    ///
    /// # Errors
    /// If it is to be changed in a folder that is too wide for that.
    fn docker_config(
        &self,
        request: &Request,
    ) -> Result<Option<Box<dyn SecretStore>>, ProviderError> {
        let registry = &request.registry;
        let Some(places) = &self.context.docker else { return Ok(None) };
        if registry.ecosystem() != Ecosystem::Oci {
            return Ok(None);
        }
        if !matches!(request.operation, Operation::Get(_)) {
            let checked = check_docker_folder(&self.context, &places.config_file);
            checked.map_err(|error| ProviderError::Host(vec![error.to_string()]))?;
        }
        let account = match &request.operation {
            Operation::Login(LoginInput { account, .. }) => account.clone(),
            Operation::Get(_) | Operation::Logout => None,
        };
        let open = |key: &Registry| {
            let variable = places.auth_variable.clone();
            let store = DockerConfigStore::new(places.config_file.clone(), variable, key)
                .account(account.clone());
            let tell = Arc::clone(&self.tell);
            let is_asked = key == registry;
            // docker itself would not look by the other names; of one secret the very entry is meant.
            let store = match is_asked && self.context.removable.is_none() {
                true => store,
                false => store.by_key_alone(),
            };
            // Once, and not for each of the server's names.
            Some(match is_asked {
                true => store.on_ignored(move |error| tell(&Notice::VariableIgnored(error))),
                false => store,
            })
        };
        let removable = self.context.removable.as_ref();
        let store = Aliased::open(registry, Saving::LeavesOthers, open);
        let store = store.map(|store| store.removing_only(removable));
        Ok(store.map(|store| Box::new(store) as Box<dyn SecretStore>))
    }
}
