//! One provider after another, until one answers or one ends the request.

use std::cell::OnceCell;
use std::sync::Arc;
use std::time::Instant;

use lockgate_adapters::{LocalFiles, NativeHttp, ProcessEnvironment, StateFolder};
use lockgate_core::{
    Adapters, Answer, Capabilities, Failure, Operation, Origins, Registry, Request, escape,
};
use lockgate_engine::Engine;
use lockgate_policy::Requirement;
use lockgate_providers::Provider;
use lockgate_sandbox::{Call, Outcome as CallOutcome, call};
use lockgate_system::{Caller, WallState, caller, confine};

use crate::advice::Rules;
use crate::person::TokenPrompt;
use crate::prepare::{Prepared, Skipped, prepare};
use crate::programs::Programs;
use crate::reply::chain;
use crate::stores::CargoStore;
use crate::trail::{CallWitness, Record};
use crate::verdict::{Step, ended, judge, outcome_of};
use crate::{
    Choice, Context, End, Notice, Person, ProviderError, Reply, Tried, administrator, walls,
};

/// The store of cargo's own credentials file, as grants name it.
pub(crate) const CARGO_CREDENTIALS: &str = "cargo-credentials";
/// The variable of cargo's own token, as grants name it.
pub(crate) const TOKEN_VARIABLE: &str = "{registry.token}";

/// What people are told of while they wait.
pub type Tell = Arc<dyn Fn(&Notice<'_>) + Send + Sync>;

/// Answers one request: it confines its process to what that one needs, for good.
pub struct Broker {
    context: Context,
    person: Person,
    tell: Tell,
    engine: OnceCell<Engine>,
    #[cfg(feature = "probe")]
    probe: Option<Arc<dyn Fn() + Send + Sync>>,
}

/// A provider of the request, ready or not to be asked.
type Candidate<'a> = (&'a Choice, Result<Prepared, Skipped>);

impl Broker {
    /// A broker under this configuration. `tell` is called when the person has to wait, or should
    /// know of something.
    pub fn new(
        context: Context,
        person: Person,
        tell: impl Fn(&Notice<'_>) + Send + Sync + 'static,
    ) -> Self {
        Self {
            context,
            person,
            tell: Arc::new(tell),
            engine: OnceCell::new(),
            #[cfg(feature = "probe")]
            probe: None,
        }
    }

    /// Runs `probe` inside the process that a request has confined, each time that control passes
    /// between a provider and the host: for tests that see what holds without the sandbox.
    #[cfg(feature = "probe")]
    #[must_use]
    pub fn probed(mut self, probe: impl Fn() + Send + Sync + 'static) -> Self {
        self.probe = Some(Arc::new(probe));
        self
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
    /// "registry not supported". The administrator's providers for the registry take the place of
    /// `choices`. The process is confined before the first one is asked, and stays so.
    pub fn answer(&self, request: &Request, choices: &[Choice]) -> Reply {
        let start = Instant::now();
        let caller = caller();
        let record = self.record(request, &caller);
        let mut tried = Vec::new();
        let result = self.answered(request, choices, &caller, &record, &mut tried);
        // What a provider ended is in its own record.
        let noted = match &result {
            Ok(_) | Err(End::Failed { .. } | End::Unavailable(_)) => Ok(()),
            Err(_) => {
                let (outcome, rule) = ended(&result);
                record.ended(outcome, &rule, None, start)
            }
        };
        if let Some(failure) = record.failure() {
            (self.tell)(&Notice::NotRecorded(&failure));
        }
        let result = match noted {
            Ok(()) => result,
            Err(error) => Err(End::NotRecorded(error)),
        };
        Reply { result, tried }
    }

    fn answered(
        &self,
        request: &Request,
        choices: &[Choice],
        caller: &Caller,
        record: &Record,
        tried: &mut Vec<Tried>,
    ) -> Result<Answer, End> {
        let machine = &self.context.machine;
        administrator::check_caller(&machine.ceiling, caller, &request.registry)?;
        let choices = machine.asked(&request.registry, choices);
        let candidates = self.candidates(request, &choices);
        let mut programs = self.confined(request, &candidates)?;
        for (choice, prepared) in candidates {
            let record = record.for_provider(&choice.provider, digest_of(&prepared).as_deref());
            let (step, this) = self.try_one(request, choice, prepared, &record, &mut programs)?;
            tried.push(this);
            if let Some(ended) = step {
                return ended;
            }
        }
        let found_none = tried.iter().any(|one| one.failure == Some(Failure::NotFound));
        Err(if found_none { End::NotFound } else { End::NotServed })
    }

    /// Asks one provider and records how it ended; nothing if the next one is to be asked.
    fn try_one(
        &self,
        request: &Request,
        choice: &Choice,
        prepared: Result<Prepared, Skipped>,
        record: &Record,
        programs: &mut Programs,
    ) -> Result<(Option<Result<Answer, End>>, Tried), End> {
        let start = Instant::now();
        let mut this = Tried::new(&choice.provider);
        let step = match prepared {
            Ok(prepared) => {
                self.ask(prepared, record, programs, &mut this).unwrap_or_else(Step::End)
            }
            Err(Skipped::Next(failure)) => Step::Next(failure),
            Err(Skipped::End(error)) => Step::End(error),
        };
        let result = match step {
            Step::Answer(answer) => Ok(answer),
            Step::Next(failure) => {
                record.ended(outcome_of(&failure), "", None, start).map_err(End::NotRecorded)?;
                this.problem = Some(failure.to_string());
                this.failure = Some(failure);
                return Ok((None, this));
            }
            Step::End(ProviderError::Unavailable(unavailable)) => {
                this.problem = Some(chain(&unavailable).join(": "));
                Err(unavailable.into())
            }
            Step::End(source) => {
                this.problem = Some(chain(&source).join(": "));
                let provider = escape(&choice.shown());
                let (action, source) = (request.operation.name(), Box::new(source));
                Err(End::Failed { provider, action, source })
            }
        };
        let (outcome, rule) = ended(&result);
        record.ended(outcome, &rule, result.as_ref().ok(), start).map_err(End::NotRecorded)?;
        Ok((Some(result), this))
    }

    fn record(&self, request: &Request, caller: &Caller) -> Record {
        let required = self.context.machine.ceiling.requires(Requirement::Audit).is_some();
        let context = lockgate_audit::Context::new(
            caller.pid,
            caller.program.as_deref(),
            &request.registry,
            &request.operation,
        );
        Record::new(self.context.machine.trail(), context, required)
    }

    /// The providers up to the first one that ends the request without being asked.
    fn candidates<'a>(&self, request: &Request, choices: &'a [Choice]) -> Vec<Candidate<'a>> {
        let mut candidates = Vec::new();
        for choice in choices {
            let prepared = prepare(&self.context, request, choice, &*self.tell);
            let ends = matches!(prepared, Err(Skipped::End(_)));
            candidates.push((choice, prepared));
            if ends {
                break;
            }
        }
        candidates
    }

    /// Puts up the second wall. What starts programs is split off before, since nothing can be
    /// started from then on.
    fn confined(&self, request: &Request, candidates: &[Candidate<'_>]) -> Result<Programs, End> {
        let ready = || candidates.iter().filter_map(|(_, prepared)| prepared.as_ref().ok());
        if ready().next().is_none() {
            return Ok(Programs::none());
        }
        let programs = Programs::split_off(ready(), &self.context)?;
        let confined = confine(&walls::confinement(&self.context, request, ready()));
        self.context.machine.check_hardening(&confined)?;
        for wall in confined.walls() {
            if let WallState::Failed(error) = &wall.state {
                (self.tell)(&Notice::NoWall { wall: wall.name, error });
            }
        }
        Ok(programs)
    }

    fn ask(
        &self,
        prepared: Prepared,
        record: &Record,
        programs: &mut Programs,
        tried: &mut Tried,
    ) -> Result<Step, ProviderError> {
        let Prepared { provider, request, decided, binding } = prepared;
        let capabilities = decided.capabilities.clone();
        let rules = Rules::new(decided);
        let mut adapters = self.adapters(&provider, &request, &capabilities, binding)?;
        adapters.process = programs.adapter(&capabilities);
        adapters.witness =
            Some(Box::new(CallWitness { record: record.clone(), rules: rules.clone() }));
        let call = Call { request: request.clone(), capabilities, adapters };
        let outcome = self.run(&provider, call)?;
        tried.refusals = outcome.refusals;
        tried.errors = outcome.errors;
        tried.output = outcome.output;
        tried.advise(|refusal| rules.advice(&provider.name, refusal));
        judge(&request, &provider, outcome.result, tried)
    }

    fn run(&self, provider: &Provider, request: Call) -> Result<CallOutcome, ProviderError> {
        let engine = self.engine().map_err(|error| ProviderError::Unusable(error.into()))?;
        let component =
            engine.load(&provider.compiled).map_err(|error| match provider.built_in {
                true => ProviderError::Unusable(error.into()),
                false => {
                    ProviderError::Unloadable { name: provider.name.clone(), source: error.into() }
                }
            })?;
        #[cfg(feature = "probe")]
        if let Some(probe) = self.probe.clone() {
            return Ok(lockgate_sandbox::call_probed(engine, &component, request, move || probe()));
        }
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
        binding: Result<lockgate_registry::cargo::TokenBinding, crate::context::BoundError>,
    ) -> Result<Adapters, ProviderError> {
        let state = StateFolder::new(
            self.context.machine.folders.state.clone(),
            &provider.lineage,
            request.registry.url(),
        );
        let mut adapters = Adapters {
            environment: Some(Box::new(ProcessEnvironment)),
            files: Some(Box::new(LocalFiles)),
            http: Some(Box::new(NativeHttp::new())),
            state: Some(Box::new(state)),
            settings: self.context.machine.own.settings_of(&provider.name),
            ..Adapters::default()
        };
        let by_name = capabilities.stores.contains(CARGO_CREDENTIALS)
            || capabilities.environment.iter().any(|grant| grant.name == TOKEN_VARIABLE);
        if by_name {
            let tell = Arc::clone(&self.tell);
            let store = CargoStore::new(&self.context, &request.registry, binding?)
                .on_wait(move || tell(&Notice::WaitingForCredentials));
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

fn digest_of(prepared: &Result<Prepared, Skipped>) -> Option<String> {
    prepared.as_ref().ok().map(|ready| ready.provider.digest.hex())
}
