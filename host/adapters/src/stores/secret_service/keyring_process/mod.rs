//! The process that speaks with the desktop's keyring for one request. Over the session bus every
//! secret of the keyring can be had and programs be started, so the request's own process, in which
//! the providers run, has no connection to it.

mod serve;
mod wire;

use std::io;
use std::path::Path;
use std::sync::Arc;

use lockgate_core::{AdapterError, Operation, Registry, Secret, SecretStore, StoredSecret};
use lockgate_system::{Confinement, SideProcess, Told, confine};

use super::scheme::Entry;
use super::service::OnPrompt;
use super::{SecretService, check_new};
use serve::Serving;
use wire::{Act, Question, Reply};

/// Most entries: a server of docker's has a handful of names.
const MAX_ENTRIES: usize = 32;

/// Why nothing is known from the process that speaks with the keyring.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyringProcessError {
    /// There is none.
    #[error("no process can be made that speaks with the keyring")]
    Fork(#[source] Arc<io::Error>),
    /// It has ended.
    #[error("the process that speaks with the keyring is gone; try again")]
    Gone(#[source] io::Error),
    /// Its answer was none.
    #[error("the process that speaks with the keyring did not answer as it should")]
    Garbled,
    /// What it said.
    #[error(transparent)]
    Told(Told),
}

/// The process. It serves the entries of some registries, by what one operation needs: a get loads, a
/// login loads, saves and removes, a logout loads and removes. It ends with this value or with this
/// process.
#[derive(Clone, Debug)]
pub struct KeyringProcess {
    forked: Result<Arc<SideProcess>, Arc<io::Error>>,
    entries: Vec<Entry>,
}

impl KeyringProcess {
    /// Forks it, before there are threads and before this process is confined; none if entries of
    /// the registries' ecosystem are not kept here. It connects as [`SecretService::connect`] does,
    /// and then confines itself: no files, no other sockets, no programs. What went wrong is told
    /// when a store is used.
    ///
    /// The registries are the one that is asked for and its other names, of which a login removes what
    /// they keep once it has saved. Those beyond the 32nd are not served.
    #[must_use]
    pub fn fork(
        registries: &[Registry],
        operation: &Operation,
        bus_address: Option<&str>,
        runtime_folder: Option<&Path>,
    ) -> Option<Self> {
        let entries: Vec<Entry> =
            registries.iter().filter_map(Entry::of).take(MAX_ENTRIES).collect();
        if entries.is_empty() {
            return None;
        }
        let forked = SideProcess::fork(|exchange| {
            let service = SecretService::connect(bus_address, runtime_folder);
            // A wall that fails here fails around the request too, whose process tells it.
            let _ = confine(&Confinement::default());
            let entries = entries.clone();
            Serving { service, entries, operation: operation.clone() }.answer_all(exchange);
        });
        Some(Self { forked: forked.map(Arc::new).map_err(Arc::new), entries })
    }

    /// The entry of one of its registries; none of another. `allow_plain` lets secrets cross the bus
    /// without encryption where the service knows no other way.
    #[must_use]
    pub fn store(&self, registry: &Registry, allow_plain: bool) -> Option<KeyringProcessStore> {
        let entry = Entry::of(registry)?;
        let number = self.entries.iter().position(|own| own.is_same(&entry))?;
        let number = u8::try_from(number).ok()?;
        Some(KeyringProcessStore {
            process: self.clone(),
            entry,
            number,
            allow_plain,
            on_prompt: None,
        })
    }

    fn ask(
        &self,
        question: &Question<'_>,
        on_prompt: Option<&OnPrompt>,
    ) -> Result<Reply, AdapterError> {
        let process = match &self.forked {
            Ok(process) => process,
            Err(error) => return Err(KeyringProcessError::Fork(Arc::clone(error)).into()),
        };
        let answer = process.ask(&question.encode(), |message| match Reply::decode(message) {
            Some(Reply::Waiting) => {
                if let Some(tell) = on_prompt {
                    tell();
                }
                None
            }
            reply => Some(reply),
        });
        match answer.map_err(KeyringProcessError::Gone)? {
            Some(Reply::Failed(sentences)) => Err(told(sentences).into()),
            Some(reply) => Ok(reply),
            None => Err(KeyringProcessError::Garbled.into()),
        }
    }
}

fn told(sentences: Vec<String>) -> KeyringProcessError {
    Told::chain(sentences).map_or(KeyringProcessError::Garbled, KeyringProcessError::Told)
}

/// The entry of one registry, in the process that speaks with the keyring.
pub struct KeyringProcessStore {
    process: KeyringProcess,
    entry: Entry,
    number: u8,
    allow_plain: bool,
    on_prompt: Option<OnPrompt>,
}

impl KeyringProcessStore {
    /// Calls `tell` when the service asks a person for something, such as the password of a locked
    /// keyring, and the request waits for the answer.
    #[must_use]
    pub fn on_prompt(mut self, tell: impl Fn() + Send + Sync + 'static) -> Self {
        self.on_prompt = Some(Arc::new(tell));
        self
    }

    fn ask(&self, act: Act<'_>) -> Result<Reply, AdapterError> {
        let question = Question { entry: self.number, plain: self.allow_plain, act };
        self.process.ask(&question, self.on_prompt.as_ref())
    }
}

impl SecretStore for KeyringProcessStore {
    fn load(&self) -> Result<Option<StoredSecret>, AdapterError> {
        match self.ask(Act::Load)? {
            Reply::Loaded(found) => Ok(found),
            _ => Err(KeyringProcessError::Garbled.into()),
        }
    }

    fn save(&self, identity: Option<&Secret>, secret: &Secret) -> Result<(), AdapterError> {
        check_new(&self.entry, identity, secret)?;
        let identity = identity.map(Secret::expose);
        match self.ask(Act::Save { identity, secret: secret.expose() })? {
            Reply::Saved => Ok(()),
            _ => Err(KeyringProcessError::Garbled.into()),
        }
    }

    fn remove(&self) -> Result<bool, AdapterError> {
        match self.ask(Act::Remove)? {
            Reply::Removed(was_there) => Ok(was_there),
            _ => Err(KeyringProcessError::Garbled.into()),
        }
    }
}

#[cfg(test)]
mod tests;
