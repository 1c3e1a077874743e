//! What the process does that speaks with the keyring for a request.

use std::error::Error;
use std::sync::Arc;

use lockgate_core::{AdapterError, Operation, Secret, SecretStore};
use lockgate_system::Exchange;

use super::super::scheme::Entry;
use super::super::{SecretService, SecretServiceStore};
use super::wire::{Question, Reply};

/// The one entry that it serves, and the operation that it was made for.
pub(super) struct Serving {
    pub(super) service: SecretService,
    pub(super) entry: Entry,
    pub(super) operation: Operation,
}

/// The other operations are none of the request's.
#[derive(Debug, thiserror::Error)]
#[error(
    "the process that speaks with the keyring was made for a {made_for}, and does nothing else"
)]
struct NotMadeFor {
    made_for: &'static str,
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
        match (question, &self.operation) {
            (Question::Load { plain }, _) => self
                .store(*plain, exchange)
                .load()
                .map(|found| Reply::Loaded(found.map(|found| found.secret))),
            (Question::Save { plain, secret }, Operation::Login(_)) => {
                let secret = Secret::new(secret.to_vec());
                self.store(*plain, exchange).save(None, &secret).map(|()| Reply::Saved)
            }
            (Question::Remove, Operation::Logout) => {
                self.store(false, exchange).remove().map(Reply::Removed)
            }
            _ => Err(NotMadeFor { made_for: self.operation.name() }.into()),
        }
    }

    fn store(&self, allow_plain: bool, exchange: &Arc<Exchange>) -> SecretServiceStore {
        let exchange = Arc::clone(exchange);
        let (service, entry) = (self.service.clone(), self.entry.clone());
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
