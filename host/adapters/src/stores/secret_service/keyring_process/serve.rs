//! What the process does that speaks with the keyring for a request.

use std::error::Error;
use std::sync::Arc;

use lockgate_core::{AdapterError, Operation, Secret, SecretStore};
use lockgate_system::Exchange;

use super::super::scheme::Entry;
use super::super::{SecretService, SecretServiceStore};
use super::wire::{Act, Question, Reply};

/// The entries that it serves, the one that is asked for and its other names, and the operation that
/// it was made for.
pub(super) struct Serving {
    pub(super) service: SecretService,
    pub(super) entries: Vec<Entry>,
    pub(super) operation: Operation,
}

/// What is asked is none of the request's.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error(
        "the process that speaks with the keyring was made for a {made_for}, and does nothing else"
    )]
    NotMadeFor { made_for: &'static str },
    #[error("the process that speaks with the keyring was not made for this registry")]
    NotItsEntry,
}

impl Serving {
    /// Answers until nothing more is asked.
    pub(super) fn answer_all(&self, exchange: Exchange) {
        let exchange = Arc::new(exchange);
        while let Ok(Some(message)) = exchange.receive() {
            let Some(question) = Question::decode(&message) else { return };
            let reply = self.answer(&question, &exchange).unwrap_or_else(|error| failed(&*error));
            if exchange.send(&reply.encode()).is_err() {
                return;
            }
        }
    }

    fn answer(
        &self,
        question: &Question<'_>,
        exchange: &Arc<Exchange>,
    ) -> Result<Reply, AdapterError> {
        let (number, operation) = (question.entry, &self.operation);
        let entry = self.entries.get(usize::from(number)).ok_or(Refused::NotItsEntry)?;
        let store = self.store(entry, question.plain, exchange);
        match (&question.act, operation) {
            (Act::Load, _) => store.load().map(Reply::Loaded),
            // Under the name that was asked for alone.
            (Act::Save { identity, secret }, Operation::Login(_)) if number == 0 => {
                let identity = identity.map(|identity| Secret::new(identity.to_vec()));
                let secret = Secret::new(secret.to_vec());
                store.save(identity.as_ref(), &secret).map(|()| Reply::Saved)
            }
            (Act::Remove, Operation::Logout) => store.remove().map(Reply::Removed),
            // What is kept under the other names is older than what was just saved.
            (Act::Remove, Operation::Login(_)) if number > 0 => store.remove().map(Reply::Removed),
            _ => Err(Refused::NotMadeFor { made_for: operation.name() }.into()),
        }
    }

    fn store(
        &self,
        entry: &Entry,
        allow_plain: bool,
        exchange: &Arc<Exchange>,
    ) -> SecretServiceStore {
        let exchange = Arc::clone(exchange);
        let (service, entry) = (self.service.clone(), entry.clone());
        let store = SecretServiceStore { service, entry, allow_plain, on_prompt: None };
        // Should the request be gone, its process takes this one with it.
        store.on_prompt(move || drop(exchange.send(&Reply::Waiting.encode())))
    }
}

/// The error and its causes.
fn failed(error: &(dyn Error + 'static)) -> Reply {
    let causes = std::iter::successors(Some(error), |error| (*error).source());
    Reply::Failed(causes.map(ToString::to_string).collect())
}
