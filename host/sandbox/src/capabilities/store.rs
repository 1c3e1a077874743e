//! Secret stores. The broker bound each to the registry of the request.

use lockgate_core::{AdapterError, Operation, Origin, Origins, Refusal, Secret, SecretStore};
use wasmtime::Result;
use wasmtime::component::Resource;

use crate::bindings::provider::lockgate::provider::store::{self, Entry, Identity};
use crate::bindings::provider::lockgate::provider::types::Failure;
use crate::handles::Sealed;
use crate::limits::{IDENTITY_BYTES, SAVES, SECRET_BYTES};
use crate::state::{State, Violation, absent};

/// What a function of the interface does to an entry.
#[derive(Clone, Copy)]
enum Access {
    Load,
    Save,
    Remove,
}

impl Access {
    /// `get` can only load, `login` load and save, `logout` load and remove.
    fn fits(self, operation: &Operation) -> bool {
        match self {
            Self::Load => true,
            Self::Save => matches!(operation, Operation::Login(_)),
            Self::Remove => matches!(operation, Operation::Logout),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Load => "load",
            Self::Save => "save",
            Self::Remove => "remove",
        }
    }
}

impl store::Host for State {
    fn load(&mut self, store: String) -> Result<Result<Option<Entry>, Failure>> {
        let granted = self.store_granted(&store, Access::Load);
        let found = match granted.and_then(|()| self.with_store(&store, |store| store.load())) {
            Ok(Some(found)) => found,
            Ok(None) => return Ok(Ok(None)),
            Err(failure) => return Ok(Err(failure)),
        };
        if found.secret.len() > SECRET_BYTES {
            let message = format!("the entry in `{store}` is longer than {SECRET_BYTES} bytes");
            return Ok(Err(Failure::Other(vec![message])));
        }
        let origins = Origins::of(Origin::Store(store));
        let identity = match found.identity {
            Some(identity) => Some(Identity::Sealed(self.seal(identity, origins.clone())?)),
            None => None,
        };
        let secret = self.seal(found.secret, origins)?;
        Ok(Ok(Some(Entry { identity, secret })))
    }

    fn save(
        &mut self,
        store: String,
        identity: Option<Identity>,
        secret: Resource<Sealed>,
    ) -> Result<Result<(), Failure>> {
        if let Err(failure) = self.store_granted(&store, Access::Save) {
            return Ok(Err(failure));
        }
        self.saves += 1;
        if self.saves > SAVES {
            return Err(Violation::Saves.into());
        }
        let identity = identity.map(|identity| self.identity(identity)).transpose()?;
        if identity.as_ref().is_some_and(|identity| identity.len() > IDENTITY_BYTES) {
            return Err(Violation::IdentityTooLong.into());
        }
        let secret = self.table.get(&secret)?.bytes.clone();
        Ok(self.with_store(&store, |store| store.save(identity.as_ref(), &secret)))
    }

    fn remove(&mut self, store: String) -> Result<Result<bool, Failure>> {
        let granted = self.store_granted(&store, Access::Remove);
        Ok(granted.and_then(|()| self.with_store(&store, |store| store.remove())))
    }
}

impl State {
    fn store_granted(&mut self, name: &str, access: Access) -> Result<(), Failure> {
        let fits = || match access.fits(&self.operation) {
            true => Ok(()),
            false => {
                let reason =
                    format!("`{}` is not for a {} request", access.name(), self.operation.name());
                Err(Refusal::new("stores", name, reason))
            }
        };
        let granted = self.capabilities.store(name).and_then(|()| fits());
        self.decide("stores", name, granted)
    }

    /// Uses a granted store, off the wall clock: it may wait for another process or be unlocked,
    /// and has deadlines of its own.
    fn with_store<T>(
        &mut self,
        name: &str,
        act: impl FnOnce(&dyn SecretStore) -> Result<T, AdapterError>,
    ) -> Result<T, Failure> {
        let store = self.adapters.stores.get(name).map(AsRef::as_ref);
        let store = store.ok_or_else(|| absent(&format!("the store `{name}`")))?;
        let acted = self.deadline.paused(|| act(store));
        acted.map_err(|error| self.fail(&error))
    }

    /// The bytes of an account name; a sealed one is taken over.
    pub(crate) fn identity(&mut self, identity: Identity) -> Result<Secret> {
        match identity {
            Identity::Text(text) => Ok(Secret::from(text)),
            Identity::Sealed(handle) => {
                let bytes = self.table.get(&handle)?.bytes.clone();
                self.drop_secret(handle)?;
                Ok(bytes)
            }
        }
    }
}
