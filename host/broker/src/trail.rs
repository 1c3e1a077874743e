//! What is recorded of a request: each use of a capability before it happens, and how each provider
//! ended.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use lockgate_audit::{AuditError, Context, Event, Outcome, Trail};
use lockgate_core::{AdapterError, Answer, Refusal, Witness};

use crate::advice::Rules;

/// The audit of one request.
#[derive(Clone)]
pub(crate) struct Record {
    trail: Trail,
    context: Context,
    /// Whether nothing may happen that cannot be recorded.
    required: bool,
    /// What could not be recorded, told once.
    failed: Arc<Mutex<Option<AuditError>>>,
}

impl Record {
    pub(crate) fn new(trail: Trail, context: Context, required: bool) -> Self {
        // What cannot be opened now is told when something is recorded.
        let _ = trail.prepare();
        Self { trail, context, required, failed: Arc::default() }
    }

    /// The same request, as this provider is asked.
    pub(crate) fn for_provider(&self, name: &str, digest: Option<&str>) -> Self {
        Self { context: self.context.for_provider(name, digest), ..self.clone() }
    }

    /// Another request in the same trail.
    pub(crate) fn for_request(&self, context: Context) -> Self {
        Self { context, ..self.clone() }
    }

    /// Records an event.
    ///
    /// # Errors
    /// If it was not recorded and has to be.
    pub(crate) fn note(&self, event: &Event<'_>) -> Result<(), AuditError> {
        match self.trail.record(&self.context, event) {
            Ok(()) => Ok(()),
            Err(error) if self.required => Err(error),
            Err(error) => {
                let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
                failed.get_or_insert(error);
                Ok(())
            }
        }
    }

    /// How a provider or the request ended.
    ///
    /// # Errors
    /// If it was not recorded and has to be.
    pub(crate) fn ended(
        &self,
        outcome: Outcome,
        rule: &str,
        answer: Option<&Answer>,
        since: Instant,
    ) -> Result<(), AuditError> {
        let credential = match answer {
            Some(Answer::Credential(credential)) => Some(credential),
            _ => None,
        };
        self.note(&Event::Answer {
            outcome,
            rule,
            lifetime: credential.map(|credential| credential.lifetime),
            origins: credential.map(|credential| &credential.origins),
            duration: since.elapsed(),
        })
    }

    /// The first thing that was not recorded, though nothing required it.
    pub(crate) fn failure(&self) -> Option<AuditError> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// The witness of one provider's call.
pub(crate) struct CallWitness {
    pub(crate) record: Record,
    pub(crate) rules: Rules,
}

impl Witness for CallWitness {
    fn record(
        &self,
        capability: &'static str,
        subject: &str,
        refusal: Option<&Refusal>,
    ) -> Result<(), AdapterError> {
        let rule = self.rules.of(capability, subject, refusal);
        let allowed = refusal.is_none();
        Ok(self.record.note(&Event::Use { capability, subject, allowed, rule: &rule })?)
    }
}
