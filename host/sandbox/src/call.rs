//! One call of one provider.

use std::time::{Duration, SystemTime};

use lockgate_core::{
    Adapters, Answer, Capabilities, Credential, Failure, Lifetime, LoginInput, Operation, Origin,
    Origins, Purpose, Refusal, Request, Secret,
};
use lockgate_engine::Engine;
use wasmtime::component::Component;
use wasmtime::{Store, Trap, UpdateDeadline};

use crate::bindings::provider::exports::lockgate::provider::provider as exported;
use crate::bindings::provider::lockgate::provider::types as wit;
use crate::bindings::provider::{CredentialProvider, CredentialProviderPre};
use crate::deadline::{Ticker, Timeout};
use crate::limiter::Overuse;
use crate::limits::{FAILURE_BYTES, FAILURE_MESSAGES, HANDLES, HOST_CALL_BYTES, IDENTITY_BYTES};
use crate::linker::{LinkError, link};
use crate::output::{Output, redacted};
use crate::state::{State, Violation};

/// What a call needs.
pub struct Call {
    /// The request, about one registry.
    pub request: Request,
    /// What the provider may use.
    pub capabilities: Capabilities,
    /// The adapters, bound to the request's registry.
    pub adapters: Adapters,
}

/// What came of a call.
#[derive(Debug)]
pub struct Outcome {
    /// The answer, or why there is none.
    pub result: Result<Answer, CallError>,
    /// What the host refused, in order. Nobody else's word.
    pub refusals: Vec<Refusal>,
    /// Errors of adapters with their causes, outermost first: the host's own words, and, escaped,
    /// the last ones of a program that was not content.
    pub errors: Vec<Vec<String>>,
    /// What the guest printed and logged. Untrusted.
    pub output: Output,
    /// Whether the provider itself said until when its credential holds: not where it is good for a
    /// session, which a grant's limit gave an end.
    pub named_end: bool,
}

/// Why a call gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The provider says so.
    #[error(transparent)]
    Failure(Failure),
    /// It cannot be linked with what it was granted.
    #[error("the provider was not started: {0}")]
    Link(#[source] LinkError),
    /// It implements another version of the interface, or another one.
    #[error("the component is no credential provider of this version")]
    Interface(#[source] wasmtime::Error),
    /// Its time is up.
    #[error("the provider was stopped: {0}")]
    Timeout(Timeout),
    /// It used too much.
    #[error("the provider was stopped: {0}")]
    Overuse(Overuse),
    /// It did what is not allowed.
    #[error("the provider was stopped: {0}")]
    Violation(Violation),
    /// It trapped.
    #[error("the provider crashed: {0}")]
    Trap(Trap),
    /// The boundary between guest and host refused what the guest handed over.
    #[error("the provider was stopped: {0}")]
    Boundary(String),
    /// The host has no thread to watch the time with.
    #[error("the host cannot watch the provider's time")]
    Watch(#[source] std::io::Error),
}

/// Runs one call of the component, in an instance of its own.
pub fn call(engine: &Engine, component: &Component, call: Call) -> Outcome {
    call_in(engine, component, call, |_| {})
}

/// The same, with `probe` run each time that control passes between guest and host: for tests that
/// look into the guest's memory.
#[cfg(feature = "probe")]
pub fn call_probed(
    engine: &Engine,
    component: &Component,
    call: Call,
    mut probe: impl FnMut() + Send + Sync + 'static,
) -> Outcome {
    call_in(engine, component, call, |store| {
        store.call_hook(move |_, _| {
            probe();
            Ok(())
        });
    })
}

fn call_in(
    engine: &Engine,
    component: &Component,
    call: Call,
    prepare: impl FnOnce(&mut Store<State>),
) -> Outcome {
    let Call { request, capabilities, adapters } = call;
    let linked = link(engine.inner(), component, &capabilities);
    let state = State::new(request.registry, request.operation, capabilities, adapters);
    let mut store = store(engine, state);
    prepare(&mut store);
    let result = match linked {
        Ok(linker) => linker
            .instantiate_pre(component)
            .and_then(CredentialProviderPre::new)
            .map_err(CallError::Interface)
            .and_then(|provider| run(engine, &mut store, &provider, &request.arguments)),
        Err(error) => {
            if let LinkError::NotGranted { refusal, .. } = &error {
                store.data_mut().record(refusal.clone());
            }
            Err(CallError::Link(error))
        }
    };
    let mut state = store.into_data();
    state.end_programs();
    state.keep_discontent();
    state.output.redact(&state.revealed);
    let result = result.map_err(|error| without_secrets(error, &state.revealed));
    for refusal in &mut state.refusals {
        refusal.subject = clean(&refusal.subject, &state.revealed);
        refusal.reason = clean(&refusal.reason, &state.revealed);
    }
    for message in state.errors.iter_mut().flatten() {
        *message = clean(message, &state.revealed);
    }
    Outcome {
        result,
        refusals: state.refusals,
        errors: state.errors,
        output: state.output,
        named_end: state.named_end,
    }
}

fn store(engine: &Engine, state: State) -> Store<State> {
    let mut store = Store::new(engine.inner(), state);
    store.limiter(|state| &mut state.limiter);
    store.set_hostcall_fuel(HOST_CALL_BYTES);
    store.set_max_component_handles(HANDLES);
    store.set_epoch_deadline(1);
    store.epoch_deadline_callback(|context| {
        context.data().deadline.check()?;
        Ok(UpdateDeadline::Continue(1))
    });
    store
}

fn run(
    engine: &Engine,
    store: &mut Store<State>,
    provider: &CredentialProviderPre<State>,
    arguments: &[String],
) -> Result<Answer, CallError> {
    // Before instantiation: a component may run code when it starts.
    let _ticker = Ticker::start(engine).map_err(CallError::Watch)?;
    let provider = provider.instantiate(&mut *store).map_err(stopped)?;
    let answered = ask(store, &provider, arguments).map_err(stopped)?;
    let answer = answered.map_err(|failure| CallError::Failure(failed(failure)))?;
    store.data_mut().answer(answer).map_err(stopped)?
}

/// What a provider returned.
enum Returned {
    Credential(wit::Credential),
    LoggedIn,
    LoggedOut,
}

fn ask(
    store: &mut Store<State>,
    provider: &CredentialProvider,
    arguments: &[String],
) -> wasmtime::Result<Result<Returned, wit::Failure>> {
    let provider = provider.lockgate_provider_provider();
    let registry = registry(&store.data().registry);
    match store.data().operation.clone() {
        Operation::Get(purpose) => Ok(provider
            .call_get(store, &registry, &purpose.into(), arguments)?
            .map(Returned::Credential)),
        Operation::Login(input) => {
            let input = store.data_mut().login_input(input)?;
            Ok(provider
                .call_login(store, &registry, &input, arguments)?
                .map(|()| Returned::LoggedIn))
        }
        Operation::Logout => {
            Ok(provider.call_logout(store, &registry, arguments)?.map(|()| Returned::LoggedOut))
        }
    }
}

fn registry(registry: &lockgate_core::Registry) -> wit::Registry {
    wit::Registry {
        ecosystem: registry.ecosystem().name().to_owned(),
        url: registry.url().to_owned(),
        name: registry.name.clone(),
        challenges: registry.challenges.clone(),
    }
}

impl State {
    fn login_input(&mut self, input: LoginInput) -> wasmtime::Result<exported::LoginInput> {
        let secret = match input.secret {
            Some(secret) => Some(self.seal(secret, Origins::of(Origin::Login))?),
            None => None,
        };
        Ok(exported::LoginInput { identity: input.identity, secret, link: input.link })
    }

    fn answer(&mut self, returned: Returned) -> wasmtime::Result<Result<Answer, CallError>> {
        let credential = match returned {
            Returned::LoggedIn => return Ok(Ok(Answer::LoggedIn)),
            Returned::LoggedOut => return Ok(Ok(Answer::LoggedOut)),
            Returned::Credential(credential) => credential,
        };
        let identity = credential.identity.map(|identity| self.identity(identity)).transpose()?;
        if identity.as_ref().is_some_and(|identity| identity.len() > IDENTITY_BYTES) {
            let message =
                format!("it answered an account name of more than {IDENTITY_BYTES} bytes");
            return Ok(Err(CallError::Boundary(message)));
        }
        let sealed = self.table.get(&credential.secret)?;
        let (secret, origins) = (sealed.bytes.clone(), sealed.origins.clone());
        self.named_end = matches!(credential.lifetime, wit::Lifetime::Until(_));
        let lifetime = clamp(credential.lifetime, self.capabilities.limits.lifetime);
        let any_purpose = credential.any_purpose && self.capabilities.limits.any_purpose;
        Ok(Ok(Answer::Credential(Credential { identity, secret, lifetime, any_purpose, origins })))
    }
}

/// A provider's claim, cut to what the grant allows.
fn clamp(claimed: wit::Lifetime, longest: Option<Duration>) -> Lifetime {
    let until = longest.map(|longest| now().saturating_add(longest.as_secs()));
    match (claimed, until) {
        (wit::Lifetime::Once, _) => Lifetime::Once,
        (wit::Lifetime::Session, None) => Lifetime::Session,
        (wit::Lifetime::Session, Some(until)) => Lifetime::Until(until),
        (wit::Lifetime::Until(claimed), until) => {
            Lifetime::Until(until.map_or(claimed, |until| claimed.min(until)))
        }
    }
}

fn now() -> u64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    now.map_or(0, |now| now.as_secs())
}

/// A provider's failure, cut to the cap.
fn failed(failure: wit::Failure) -> Failure {
    match failure {
        wit::Failure::NotFound => Failure::NotFound,
        wit::Failure::UnsupportedRegistry => Failure::UnsupportedRegistry,
        wit::Failure::UnsupportedOperation => Failure::UnsupportedOperation,
        wit::Failure::Denied(capability) => Failure::Denied(capped(capability, FAILURE_BYTES)),
        wit::Failure::Other(messages) => {
            let mut left = FAILURE_BYTES;
            let mut kept = Vec::new();
            for message in messages.into_iter().take(FAILURE_MESSAGES) {
                let message = capped(message, left);
                left -= message.len();
                kept.push(message);
            }
            Failure::Other(kept)
        }
    }
}

fn capped(mut text: String, most: usize) -> String {
    let end = (0..=most.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text.truncate(end.unwrap_or_default());
    text
}

/// Sorts what ended a call before it answered.
fn stopped(error: wasmtime::Error) -> CallError {
    if let Some(timeout) = error.downcast_ref::<Timeout>() {
        return CallError::Timeout(*timeout);
    }
    if let Some(overuse) = error.downcast_ref::<Overuse>() {
        return CallError::Overuse(*overuse);
    }
    if let Some(violation) = error.downcast_ref::<Violation>() {
        return CallError::Violation(*violation);
    }
    if let Some(trap) = error.downcast_ref::<Trap>() {
        return CallError::Trap(*trap);
    }
    CallError::Boundary(error.root_cause().to_string())
}

/// A provider that saw a secret could write it into its error.
fn without_secrets(error: CallError, revealed: &[Secret]) -> CallError {
    match error {
        CallError::Failure(Failure::Denied(text)) => {
            CallError::Failure(Failure::Denied(clean(&text, revealed)))
        }
        CallError::Failure(Failure::Other(messages)) => {
            let messages = messages.iter().map(|message| clean(message, revealed)).collect();
            CallError::Failure(Failure::Other(messages))
        }
        CallError::Boundary(text) => CallError::Boundary(clean(&text, revealed)),
        other => other,
    }
}

fn clean(text: &str, revealed: &[Secret]) -> String {
    String::from_utf8_lossy(&redacted(text.as_bytes(), revealed)).into_owned()
}

impl From<Purpose> for wit::Purpose {
    fn from(purpose: Purpose) -> Self {
        let artifact = |artifact: lockgate_core::Artifact| wit::Artifact {
            name: artifact.name,
            version: artifact.version,
            checksum: artifact.checksum,
        };
        match purpose {
            Purpose::Read => Self::Read,
            Purpose::Publish(version) => Self::Publish(artifact(version)),
            Purpose::Yank(version) => Self::Yank(artifact(version)),
            Purpose::Unyank(version) => Self::Unyank(artifact(version)),
            Purpose::Owners(name) => Self::Owners(name),
            Purpose::Other(name) => Self::Other(name),
        }
    }
}
