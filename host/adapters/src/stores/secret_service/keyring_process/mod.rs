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
use wire::{Question, Reply};

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

/// The process. It serves the entry of one registry, by what one operation needs: a get loads, a
/// login loads and saves, a logout loads and removes. It ends with this value or with this process.
#[derive(Clone, Debug)]
pub struct KeyringProcess(Result<Arc<SideProcess>, Arc<io::Error>>);

impl KeyringProcess {
    /// Forks it, before there are threads and before this process is confined; none if entries of
    /// the registry's ecosystem are not kept here. It connects as [`SecretService::connect`] does,
    /// and then confines itself: no files, no other sockets, no programs. What went wrong is told
    /// when a store is used.
    #[must_use]
    pub fn fork(
        registry: &Registry,
        operation: &Operation,
        bus_address: Option<&str>,
        runtime_folder: Option<&Path>,
    ) -> Option<Self> {
        let entry = Entry::of(registry)?;
        let forked = SideProcess::fork(|exchange| {
            let service = SecretService::connect(bus_address, runtime_folder);
            // A wall that fails here fails around the request too, whose process tells it.
            let _ = confine(&Confinement::default());
            Serving { service, entry, operation: operation.clone() }.answer_all(exchange);
        });
        Some(Self(forked.map(Arc::new).map_err(Arc::new)))
    }

    /// Its entry. `allow_plain` lets secrets cross the bus without encryption where the service
    /// knows no other way.
    #[must_use]
    pub fn store(&self, allow_plain: bool) -> KeyringProcessStore {
        KeyringProcessStore { process: self.clone(), allow_plain, on_prompt: None }
    }

    fn ask(
        &self,
        question: &Question<'_>,
        on_prompt: Option<&OnPrompt>,
    ) -> Result<Reply, AdapterError> {
        let process = match &self.0 {
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

/// The entry of the request's registry, in the process that speaks with the keyring.
pub struct KeyringProcessStore {
    process: KeyringProcess,
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

    fn ask(&self, question: &Question<'_>) -> Result<Reply, AdapterError> {
        self.process.ask(question, self.on_prompt.as_ref())
    }
}

impl SecretStore for KeyringProcessStore {
    fn load(&self) -> Result<Option<StoredSecret>, AdapterError> {
        match self.ask(&Question::Load { plain: self.allow_plain })? {
            Reply::Loaded(secret) => {
                Ok(secret.map(|secret| StoredSecret { identity: None, secret }))
            }
            _ => Err(KeyringProcessError::Garbled.into()),
        }
    }

    fn save(&self, identity: Option<&Secret>, secret: &Secret) -> Result<(), AdapterError> {
        check_new(identity, secret)?;
        match self.ask(&Question::Save { plain: self.allow_plain, secret: secret.expose() })? {
            Reply::Saved => Ok(()),
            _ => Err(KeyringProcessError::Garbled.into()),
        }
    }

    fn remove(&self) -> Result<bool, AdapterError> {
        match self.ask(&Question::Remove)? {
            Reply::Removed(was_there) => Ok(was_there),
            _ => Err(KeyringProcessError::Garbled.into()),
        }
    }
}

#[cfg(test)]
mod tests;
