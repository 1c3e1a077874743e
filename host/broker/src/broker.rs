//! One provider after another, until one answers or one ends the request.

use std::cell::OnceCell;
use std::sync::Arc;

use lockgate_adapters::{LocalFiles, NativeHttp, ProcessEnvironment};
use lockgate_core::{
    Adapters, Answer, Capabilities, Failure, Operation, Origins, Registry, Request, check_identity,
    check_token, clean_login_token, escape,
};
use lockgate_engine::Engine;
use lockgate_policy::{Facts, NotServed, capabilities};
use lockgate_providers::{Provider, built_in, built_in_names};
use lockgate_registry::cargo::TokenBinding;
use lockgate_sandbox::{Call, CallError, Outcome, Output, call};

use crate::context::BoundError;
use crate::person::TokenPrompt;
use crate::reply::chain;
use crate::stores::CargoStore;
use crate::{Choice, Context, End, Person, ProviderError, Reply, Tried};

/// The store of cargo's own credentials file, as grants name it.
pub(crate) const CARGO_CREDENTIALS: &str = "cargo-credentials";
/// The variable of cargo's own token, as grants name it.
pub(crate) const TOKEN_VARIABLE: &str = "{registry.token}";

/// Answers requests. One for a process.
pub struct Broker {
    context: Context,
    person: Person,
    on_wait: Arc<dyn Fn() + Send + Sync>,
    engine: OnceCell<Engine>,
}

/// How one provider ended.
enum Step {
    Answer(Answer),
    /// The next one is asked.
    Next(Failure),
    End(ProviderError),
}

impl Broker {
    /// A broker under this configuration. `on_wait` is called when a change has to wait for
    /// another process that holds cargo's credentials file.
    pub fn new(
        context: Context,
        person: Person,
        on_wait: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        Self { context, person, on_wait: Arc::new(on_wait), engine: OnceCell::new() }
    }

    /// The configuration.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Where a credential's secret came from, in words.
    pub fn sources(&self, registry: &Registry, origins: &Origins) -> Vec<String> {
        origins.iter().map(|origin| self.context.describe(origin, registry)).collect()
    }

    /// Asks the providers in order. As in cargo, the next one is asked only after "not found" and
    /// "registry not supported".
    pub fn answer(&self, request: &Request, choices: &[Choice]) -> Reply {
        let mut tried = Vec::new();
        let mut found_none = false;
        for choice in choices {
            let mut record = Tried {
                provider: choice.provider.clone(),
                problem: None,
                refusals: Vec::new(),
                errors: Vec::new(),
                output: Output::default(),
            };
            let step = self.ask(request, choice, &mut record).unwrap_or_else(Step::End);
            let ended = match step {
                Step::Answer(answer) => Some(Ok(answer)),
                Step::Next(failure) => {
                    found_none |= failure == Failure::NotFound;
                    record.problem = Some(failure.to_string());
                    None
                }
                Step::End(source) => {
                    record.problem = Some(chain(&source).join(": "));
                    let provider = escape(&choice.provider);
                    Some(Err(End::Failed { provider, action: request.operation.name(), source }))
                }
            };
            tried.push(record);
            if let Some(result) = ended {
                return Reply { result, tried };
            }
        }
        let end = if found_none { End::NotFound } else { End::NotServed };
        Reply { result: Err(end), tried }
    }

    fn ask(
        &self,
        request: &Request,
        choice: &Choice,
        record: &mut Tried,
    ) -> Result<Step, ProviderError> {
        let provider = find(&choice.provider)?;
        let binding = self.context.binding(&request.registry, &request.operation);
        let facts = Facts {
            registry: &request.registry,
            token_variable: binding.as_ref().ok().and_then(|binding| binding.variable.as_deref()),
            home: self.context.home(),
        };
        let capabilities = match capabilities(&provider.manifest, &provider.grant, &facts) {
            Ok(capabilities) => capabilities,
            Err(NotServed::NotAsked | NotServed::NotGranted) => {
                return Ok(Step::Next(Failure::UnsupportedRegistry));
            }
        };
        let request = prepared(request, choice)?;
        let adapters = self.adapters(&provider, &request, &capabilities, binding)?;
        let outcome =
            self.run(&provider, Call { request: request.clone(), capabilities, adapters })?;
        record.refusals = outcome.refusals;
        record.errors = outcome.errors;
        record.output = outcome.output;
        judge(&request, &provider, outcome.result, record)
    }

    fn run(&self, provider: &Provider, request: Call) -> Result<Outcome, ProviderError> {
        let engine = self.engine().map_err(|error| ProviderError::Unusable(error.into()))?;
        let component = engine
            .load(&provider.compiled)
            .map_err(|error| ProviderError::Unusable(error.into()))?;
        Ok(call(engine, &component, request))
    }

    fn engine(&self) -> Result<&Engine, lockgate_engine::EngineError> {
        if let Some(engine) = self.engine.get() {
            return Ok(engine);
        }
        let engine = Engine::new()?;
        Ok(self.engine.get_or_init(|| engine))
    }

    /// The adapters behind what is granted, bound to the request's registry.
    fn adapters(
        &self,
        provider: &Provider,
        request: &Request,
        capabilities: &Capabilities,
        binding: Result<TokenBinding, BoundError>,
    ) -> Result<Adapters, ProviderError> {
        let mut adapters = Adapters {
            environment: Some(Box::new(ProcessEnvironment)),
            files: Some(Box::new(LocalFiles)),
            http: Some(Box::new(NativeHttp::new())),
            ..Adapters::default()
        };
        let by_name = capabilities.stores.contains(CARGO_CREDENTIALS)
            || capabilities.environment.iter().any(|grant| grant.name == TOKEN_VARIABLE);
        if by_name {
            let on_wait = Arc::clone(&self.on_wait);
            let store = CargoStore::new(&self.context, &request.registry, binding?)
                .on_wait(move || on_wait());
            adapters.stores.insert(CARGO_CREDENTIALS.to_owned(), Box::new(store));
        }
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
}

fn find(name: &str) -> Result<Provider, ProviderError> {
    match built_in(name) {
        Some(Ok(provider)) => Ok(provider),
        Some(Err(error)) => Err(ProviderError::Unusable(error.into())),
        None => Err(ProviderError::Unknown {
            name: escape(name),
            known: built_in_names().map(str::to_owned).collect(),
        }),
    }
}

/// The request as this provider sees it: its own arguments, and a token that keeps the client's
/// rules.
fn prepared(request: &Request, choice: &Choice) -> Result<Request, ProviderError> {
    let mut request = request.clone();
    request.arguments.clone_from(&choice.arguments);
    if let Operation::Login(input) = &mut request.operation
        && let Some(secret) = input.secret.take()
    {
        let ecosystem = request.registry.ecosystem();
        let secret = clean_login_token(ecosystem, secret);
        check_token(ecosystem, &secret)?;
        input.secret = Some(secret);
    }
    Ok(request)
}

fn judge(
    request: &Request,
    provider: &Provider,
    result: Result<Answer, CallError>,
    record: &Tried,
) -> Result<Step, ProviderError> {
    match result {
        Ok(answer) => checked(request, answer),
        Err(CallError::Failure(failure @ (Failure::NotFound | Failure::UnsupportedRegistry))) => {
            Ok(Step::Next(failure))
        }
        Err(CallError::Failure(Failure::UnsupportedOperation)) => {
            Err(ProviderError::UnsupportedOperation)
        }
        Err(CallError::Failure(Failure::Denied(capability))) => Err(record
            .refusals
            .last()
            .cloned()
            .map_or_else(|| unproven(&capability), ProviderError::Refused)),
        Err(CallError::Failure(Failure::Other(messages))) => Err(record
            .errors
            .last()
            .cloned()
            .map_or_else(|| said(provider, messages), ProviderError::Host)),
        Err(error) => Err(ProviderError::Call(error)),
    }
}

/// A built-in provider's words are the host's own.
fn said(provider: &Provider, messages: Vec<String>) -> ProviderError {
    match provider.built_in {
        true => ProviderError::Host(messages),
        false => ProviderError::Says(messages),
    }
}

/// A refusal that the host has no record of is only the provider's word.
fn unproven(capability: &str) -> ProviderError {
    let message = format!("it says that it was denied `{capability}`, which the host did not do");
    ProviderError::Says(vec![message])
}

fn checked(request: &Request, answer: Answer) -> Result<Step, ProviderError> {
    match (&request.operation, &answer) {
        (Operation::Get(_), Answer::Credential(credential)) => {
            check_token(request.registry.ecosystem(), &credential.secret)?;
            credential.identity.as_ref().map_or(Ok(()), check_identity)?;
        }
        (Operation::Login(_), Answer::LoggedIn) | (Operation::Logout, Answer::LoggedOut) => {}
        _ => return Err(ProviderError::WrongAnswer),
    }
    Ok(Step::Answer(answer))
}
