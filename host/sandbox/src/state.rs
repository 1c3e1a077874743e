//! What the host knows during one call.

use std::collections::BTreeSet;
use std::time::Duration;

use lockgate_core::{
    AdapterError, Adapters, Capabilities, Operation, Origin, Origins, Refusal, Registry, Secret,
    escape, shorten,
};
use wasmtime::component::{Resource, ResourceTable};

use crate::bindings::provider::lockgate::provider::secrets::Problem;
use crate::bindings::provider::lockgate::provider::types::Failure;
use crate::deadline::Deadline;
use crate::handles::{Document, Sealed};
use crate::limiter::Limiter;
use crate::limits::{
    ATTEMPTS, COMPOSED_BYTES, DOCUMENT_BYTES, ERRORS, FAILED_ATTEMPTS, HANDLE_BYTES, HANDLES,
    IDENTITY_BYTES, KEPT_BYTES, REFUSALS, REVEALS, SAVES, STATE_SAVES, SUBJECT_BYTES,
};
use crate::output::{Output, redacted};

/// A guest did what ends its call at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// `exit` of wasi:cli.
    #[error("it exited instead of answering")]
    Exit,
    /// Too many bytes behind its handles.
    #[error("it holds more than the {HANDLE_BYTES} bytes of secrets that it may hold")]
    HandleBytes,
    /// Too many handles.
    #[error("it holds more than the {HANDLES} handles that it may hold")]
    Handles,
    /// A secret that was put together over its cap.
    #[error("it made a secret longer than {COMPOSED_BYTES} bytes")]
    SecretTooLong,
    /// Parts of one operation over their cap.
    #[error("it put more than {HANDLE_BYTES} bytes together at once")]
    TooManyParts,
    /// A JSON string of bytes that are no text.
    #[error("it made a JSON string of what is not UTF-8")]
    NotText,
    /// A header's value that cannot be sent.
    #[error("it made a header of what no header can hold")]
    HeaderValue,
    /// An account name over its cap.
    #[error("it made an account name longer than {IDENTITY_BYTES} bytes")]
    IdentityTooLong,
    /// Saving over and over.
    #[error("it saved more than the {SAVES} times that a login may")]
    Saves,
    /// Saving its own state over and over.
    #[error("it saved its state more than the {STATE_SAVES} times that a call may")]
    StateSaves,
    /// More in its state than may be kept under one name.
    #[error("it kept a secret longer than {KEPT_BYTES} bytes in its state")]
    StateTooLong,
    /// Random bytes beyond the cap.
    #[error("it asked for too many random bytes at once")]
    Random,
    /// `reveal` without the grant.
    #[error("it asked to see a secret, and `reveal` is not granted")]
    Reveal,
    /// What has to be recorded could not be.
    #[error("it asked to see a secret, and no record of that can be made")]
    Unrecorded,
    /// More than a provider needs, all of which the host would have to remember.
    #[error("it asked to see secrets more than {REVEALS} times")]
    Reveals,
}

pub(crate) struct State {
    pub(crate) table: ResourceTable,
    pub(crate) registry: Registry,
    pub(crate) operation: Operation,
    pub(crate) capabilities: Capabilities,
    pub(crate) adapters: Adapters,
    pub(crate) deadline: Deadline,
    pub(crate) limiter: Limiter,
    pub(crate) output: Output,
    pub(crate) refusals: Vec<Refusal>,
    /// Errors of adapters with their causes, outermost first: for people, not for the guest.
    pub(crate) errors: Vec<Vec<String>>,
    /// How the last program ended that was waited for, if not well: an error if the provider fails.
    pub(crate) discontent: Option<Vec<String>>,
    /// What left for the guest's memory: not to be seen in its output.
    pub(crate) revealed: Vec<Secret>,
    pub(crate) waited: Duration,
    pub(crate) saves: usize,
    pub(crate) state_saves: usize,
    pub(crate) starts: usize,
    /// Whether the credential that was answered came with an end.
    pub(crate) named_end: bool,
    /// The kinds of use of the person that the witness was told of.
    pub(crate) prompted: BTreeSet<&'static str>,
    attempts: usize,
    failed_attempts: usize,
    handle_bytes: usize,
}

impl State {
    pub(crate) fn new(
        registry: Registry,
        operation: Operation,
        capabilities: Capabilities,
        adapters: Adapters,
    ) -> Self {
        let mut table = ResourceTable::new();
        table.set_max_capacity(HANDLES);
        Self {
            table,
            registry,
            operation,
            deadline: Deadline::start(&capabilities.limits),
            limiter: Limiter::new(capabilities.limits.memory),
            capabilities,
            adapters,
            output: Output::default(),
            refusals: Vec::new(),
            errors: Vec::new(),
            discontent: None,
            revealed: Vec::new(),
            waited: Duration::ZERO,
            saves: 0,
            state_saves: 0,
            starts: 0,
            named_end: false,
            prompted: BTreeSet::new(),
            attempts: 0,
            failed_attempts: 0,
            handle_bytes: 0,
        }
    }

    /// A new `secret` for the guest.
    pub(crate) fn seal(
        &mut self,
        bytes: Secret,
        origins: Origins,
    ) -> wasmtime::Result<Resource<Sealed>> {
        if bytes.len() > COMPOSED_BYTES {
            return Err(Violation::SecretTooLong.into());
        }
        self.account(bytes.len())?;
        let handle = self.table.push(Sealed { bytes, origins });
        handle.map_err(|_| Violation::Handles.into())
    }

    /// A new `document` for the guest; a `problem` if it is too large.
    pub(crate) fn document(
        &mut self,
        document: Document,
    ) -> wasmtime::Result<Result<Resource<Document>, Problem>> {
        if document.bytes.len() > DOCUMENT_BYTES {
            return Ok(Err(too_large()));
        }
        self.account(document.bytes.len())?;
        let handle = self.table.push(document);
        Ok(Ok(handle.map_err(|_| Violation::Handles)?))
    }

    /// A `document` of bytes that an adapter brought, under an adapter's own cap.
    pub(crate) fn entered(
        &mut self,
        bytes: Secret,
        origin: Origin,
    ) -> wasmtime::Result<Result<Resource<Document>, Failure>> {
        self.entered_with(bytes, Origins::of(origin))
    }

    /// The same, of bytes with several origins.
    pub(crate) fn entered_with(
        &mut self,
        bytes: Secret,
        origins: Origins,
    ) -> wasmtime::Result<Result<Resource<Document>, Failure>> {
        let document = self.document(Document::new(bytes, origins))?;
        Ok(document.map_err(|_| Failure::Other(vec![TOO_LARGE.to_owned()])))
    }

    fn account(&mut self, bytes: usize) -> wasmtime::Result<()> {
        self.handle_bytes = self.handle_bytes.saturating_add(bytes);
        match self.handle_bytes > HANDLE_BYTES {
            true => Err(Violation::HandleBytes.into()),
            false => Ok(()),
        }
    }

    pub(crate) fn drop_secret(&mut self, handle: Resource<Sealed>) -> wasmtime::Result<()> {
        let sealed = self.table.delete(handle)?;
        self.handle_bytes = self.handle_bytes.saturating_sub(sealed.bytes.len());
        Ok(())
    }

    pub(crate) fn drop_document(&mut self, handle: Resource<Document>) -> wasmtime::Result<()> {
        let document = self.table.delete(handle)?;
        self.handle_bytes = self.handle_bytes.saturating_sub(document.bytes.len());
        Ok(())
    }

    /// Counts one attempt to take a document apart: before it, so that also a success costs.
    pub(crate) fn attempt<T>(
        &mut self,
        attempt: impl FnOnce(&Self) -> wasmtime::Result<Result<T, Problem>>,
    ) -> wasmtime::Result<Result<T, Problem>> {
        if self.attempts >= ATTEMPTS || self.failed_attempts >= FAILED_ATTEMPTS {
            return Ok(Err(Problem::Exhausted));
        }
        self.attempts += 1;
        let result = attempt(self)?;
        if result.is_err() {
            self.failed_attempts += 1;
        }
        // The guest's clock stands still in here.
        self.deadline.check()?;
        Ok(result)
    }

    /// What every use of a capability passes, once it was decided on and before it happens: the
    /// witness is told of it, and people of a refusal. Nothing that has to be recorded happens
    /// without a record.
    pub(crate) fn decide<T>(
        &mut self,
        capability: &'static str,
        subject: &str,
        decision: Result<T, Refusal>,
    ) -> Result<T, Failure> {
        let granted = decision.map_err(|refusal| self.refuse(refusal))?;
        self.witness(capability, subject, None)?;
        Ok(granted)
    }

    fn witness(
        &mut self,
        capability: &'static str,
        subject: &str,
        refusal: Option<&Refusal>,
    ) -> Result<(), Failure> {
        let Some(witness) = &self.adapters.witness else { return Ok(()) };
        // A guest that saw a secret could ask for something of that name.
        let seen = |text: &str| {
            let text = redacted(text.as_bytes(), &self.revealed);
            escape(&shorten(&String::from_utf8_lossy(&text), SUBJECT_BYTES))
        };
        let refusal = refusal.map(|refusal| Refusal {
            capability: refusal.capability,
            subject: seen(&refusal.subject),
            reason: seen(&refusal.reason),
        });
        let noted = witness.record(capability, &seen(subject), refusal.as_ref());
        noted.map_err(|error| self.fail(&error))
    }

    /// Keeps the record of a refusal and tells the guest of it.
    pub(crate) fn refuse(&mut self, refusal: Refusal) -> Failure {
        let capability = refusal.capability.to_owned();
        self.record(refusal);
        Failure::Denied(capability)
    }

    /// Keeps the record of a refusal, as far as it is not the guest's flood.
    pub(crate) fn record(&mut self, refusal: Refusal) {
        // It does not happen, so that it may also happen without a note.
        let _ = self.witness(refusal.capability, &refusal.subject, Some(&refusal));
        if self.refusals.len() < REFUSALS {
            self.refusals.push(refusal);
        }
    }

    /// Keeps the record of an adapter's error, with its paths, lines and addresses, and tells the
    /// guest that there was one.
    pub(crate) fn fail(&mut self, error: &AdapterError) -> Failure {
        self.report(messages(error.as_ref()))
    }

    /// The same, of what is in words already.
    pub(crate) fn report(&mut self, messages: Vec<String>) -> Failure {
        self.keep_discontent();
        self.keep_error(messages);
        Failure::Other(vec!["the host could not do it, and tells the user why".to_owned()])
    }

    /// From now on how the last program ended is an error like others.
    pub(crate) fn keep_discontent(&mut self) {
        if let Some(messages) = self.discontent.take() {
            self.keep_error(messages);
        }
    }

    fn keep_error(&mut self, messages: Vec<String>) {
        if self.errors.len() < ERRORS {
            self.errors.push(messages);
        }
    }

    /// Remembers what the guest sees, which is not to be seen in its output.
    pub(crate) fn reveal(&mut self, secret: &Secret) -> wasmtime::Result<()> {
        if self.revealed.len() >= REVEALS {
            return Err(Violation::Reveals.into());
        }
        self.revealed.push(secret.clone());
        Ok(())
    }
}

const TOO_LARGE: &str = "what was read is larger than a document may be";

pub(crate) fn too_large() -> Problem {
    Problem::Malformed("larger than the host allows".to_owned())
}

/// What is granted and not there.
pub(crate) fn absent(what: &str) -> Failure {
    Failure::Other(vec![format!("{what} is not available on this machine")])
}

pub(crate) fn messages(error: &(dyn std::error::Error + 'static)) -> Vec<String> {
    std::iter::successors(Some(error), |error| error.source()).map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use lockgate_core::{Adapters, Capabilities, Ecosystem, Operation, Origins, Registry, Secret};
    use wasmtime::component::Resource;

    use super::{State, Violation};
    use crate::bindings::provider::lockgate::provider::secrets::{
        Format, HostDocument, Part, Problem,
    };
    use crate::handles::Document;

    fn state() -> State {
        let registry = Registry::new(Ecosystem::Cargo, "sparse+https://a/").unwrap();
        State::new(registry, Operation::Logout, Capabilities::default(), Adapters::default())
    }

    fn violation<T>(result: wasmtime::Result<T>) -> Option<Violation> {
        result.err().map(|error| *error.downcast_ref::<Violation>().unwrap())
    }

    #[test]
    fn one_call_sees_32_secrets_and_no_more() {
        let mut state = state();
        for _ in 0..32 {
            state.reveal(&Secret::from("a")).unwrap();
        }
        assert_eq!(violation(state.reveal(&Secret::from("a"))), Some(Violation::Reveals));
    }

    /// A secret can be lent many times over in one call of a host function.
    #[test]
    fn one_secret_is_not_put_together_for_ever() {
        let mut state = state();
        let secret = state.seal(Secret::new(vec![b'a'; 64 << 10]), Origins::default()).unwrap();
        let parts = |count| -> Vec<Part> {
            (0..count).map(|_| Part::Secret(Resource::new_borrow(secret.rep()))).collect()
        };
        assert_eq!(state.gather(&parts(256)).unwrap().0.len(), 16 << 20);
        assert_eq!(violation(state.gather(&parts(257))), Some(Violation::TooManyParts));
    }

    #[test]
    fn a_path_has_an_end() {
        let mut state = state();
        let text = "[".repeat(32) + "\"x\"" + &"]".repeat(32);
        let document = Document::new(Secret::from(text), Origins::default());
        let document = state.document(document).unwrap().unwrap();
        let mut field = |steps| {
            let handle = Resource::new_borrow(document.rep());
            state.field(handle, Format::Json, vec!["0".to_owned(); steps]).unwrap()
        };
        assert!(field(32).is_ok());
        assert!(matches!(field(33), Err(Problem::Malformed(_))));
    }
}
