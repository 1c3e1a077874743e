//! One provider after another, until one answers or one ends the request.

mod adapters;
mod replaced;
mod surroundings;

use std::cell::OnceCell;
use std::sync::Arc;
use std::time::Instant;

use lockgate_core::{Answer, Failure, Operation, Origins, Registry, Request, escape};
use lockgate_engine::Engine;
use lockgate_policy::Requirement;
use lockgate_providers::Provider;
use lockgate_sandbox::{Call, Outcome as CallOutcome, call};
use lockgate_system::{Caller, Confinement, caller};

use crate::advice::Rules;
use crate::cache::{Cache, RECALLED};
use crate::logout::Everywhere;
use crate::prepare::{Prepared, Skipped, prepare};
use crate::programs::Programs;
use crate::reply::chain;
use crate::stores::SystemStores;
use crate::trail::{CallWitness, Record};
use crate::verdict::{Step, ended, hands_on, judge, outcome_of};
use crate::{
    Choice, Chosen, Context, End, NotAsked, Notice, Person, ProviderError, Reply, Tried,
    administrator,
};

/// The store of cargo's own credentials file, as grants name it.
pub(crate) const CARGO_CREDENTIALS: &str = "cargo-credentials";
/// docker's own configuration file, as grants name it.
pub(crate) const DOCKER_CONFIG: &str = "docker-config";
/// Lockgate's own store of files, as grants name it.
pub(crate) const FILE: &str = "file";
/// Lockgate's own store of encrypted files, as grants name it.
pub(crate) const ENCRYPTED_FILE: &str = "encrypted-file";
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
    /// What the process itself may do beside what its providers may.
    beside: OnceCell<Confinement>,
    /// Connected to when the process is confined.
    system_stores: OnceCell<SystemStores>,
    refresh: bool,
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
            beside: OnceCell::new(),
            system_stores: OnceCell::new(),
            refresh: false,
            #[cfg(feature = "probe")]
            probe: None,
        }
    }

    /// Forgets what was kept of earlier answers about a request's registry, so that providers are
    /// asked anew.
    #[must_use]
    pub fn refreshed(mut self) -> Self {
        self.refresh = true;
        self
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

    pub(crate) fn teller(&self) -> Tell {
        Arc::clone(&self.tell)
    }

    pub(crate) fn tell(&self, notice: &Notice<'_>) {
        (self.tell)(notice);
    }

    /// Where a credential's secret came from, in words.
    pub fn sources(&self, registry: &Registry, origins: &Origins) -> Vec<String> {
        origins.iter().map(|origin| self.context.describe(origin, registry)).collect()
    }

    /// Asks the providers in order. As in cargo, the next one is asked only after "not found" and
    /// "registry not supported", and at a docker login also after "operation not supported"; at a
    /// logout each of them is. The administrator's providers for the registry take the place of
    /// `choices`. The process is confined before the first one is asked, and stays so.
    pub fn answer(&self, request: &Request, choices: &[Choice]) -> Reply {
        self.answer_replacing(request, choices, &[])
    }

    /// The same with what was [chosen](Context::docker_choices) for a server of docker's. A login that
    /// leaves an older entry where it would be found first has failed.
    pub fn answer_chosen(&self, request: &Request, chosen: &Chosen) -> Reply {
        self.answer_replacing(request, &chosen.choices, &chosen.replaced)
    }

    fn answer_replacing(
        &self,
        request: &Request,
        choices: &[Choice],
        replaced: &[Choice],
    ) -> Reply {
        let start = Instant::now();
        let caller = caller();
        let record = self.record(request, &caller);
        let (mut tried, mut not_asked) = (Vec::new(), Vec::new());
        let turns = (&mut tried, &mut not_asked);
        let result = self.answered(request, (choices, replaced), &caller, &record, turns);
        if !matches!(request.operation, Operation::Get(_))
            && let Err(error) = self.context.logins().note_change(&request.registry)
        {
            (self.tell)(&Notice::NotForgotten(&error));
        }
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
        Reply { result, tried, not_asked }
    }

    fn answered(
        &self,
        request: &Request,
        (choices, replaced): (&[Choice], &[Choice]),
        caller: &Caller,
        record: &Record,
        (tried, not_asked): (&mut Vec<Tried>, &mut Vec<NotAsked>),
    ) -> Result<Answer, End> {
        let machine = &self.context.machine;
        administrator::check_caller(&machine.ceiling, caller, &request.registry)?;
        let choices = machine.asked(&request.registry, choices);
        let mut candidates = self.candidates(request, &choices);
        self.recall(request, &mut candidates);
        let replaced = self.replaced(request, replaced, caller, record);
        let all = || candidates.iter().chain(&replaced.candidates);
        let mut programs = self.confined(request, all())?;
        let mut everywhere = Everywhere::of(request);
        let mut candidates = candidates.into_iter();
        while let Some((choice, prepared)) = candidates.next() {
            let record = record.for_provider(&choice.provider, digest_of(&prepared).as_deref());
            let (step, mut this) =
                self.try_one(request, choice, prepared, &record, &mut programs)?;
            let step = match step {
                Some(ended) if is_logout(request) => {
                    everywhere.note(ended, &mut this);
                    None
                }
                step => step,
            };
            tried.push(this);
            if let Some(ended) = step {
                not_asked.extend(candidates.map(passed_over));
                return ended.and_then(|answer| {
                    self.remove_replaced(replaced, &mut programs)?;
                    Ok(answer)
                });
            }
        }
        if let Some(ended) = everywhere.end() {
            return ended;
        }
        if hands_on(request) {
            let reasons = tried.iter().zip(&choices).map(|(tried, choice)| tried.in_words(choice));
            let server = escape(request.registry.url());
            return Err(End::NotKept { server, reasons: reasons.collect() });
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
            Ok(prepared) => match prepared.cache.as_ref().and_then(Cache::answer) {
                Some(answer) => {
                    record.note(&RECALLED).map_err(End::NotRecorded)?;
                    this.kept = true;
                    Step::Answer(answer)
                }
                None => self.ask(prepared, record, programs, &mut this).unwrap_or_else(Step::End),
            },
            Err(Skipped::Next(failure)) => Step::Next(failure),
            Err(Skipped::NotServed(reason)) => {
                this.problem = Some(reason.to_string());
                Step::Next(Failure::UnsupportedRegistry)
            }
            Err(Skipped::End(error)) => Step::End(error),
        };
        let result = match step {
            Step::Answer(answer) => Ok(answer),
            Step::Next(failure) => {
                record.ended(outcome_of(&failure), "", None, start).map_err(End::NotRecorded)?;
                this.problem.get_or_insert_with(|| failure.to_string());
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
        Record::new(self.context.machine.trail(), audit_context(request, caller), required)
    }

    /// The providers up to the first one that ends the request without being asked; at a logout, all.
    fn candidates<'a>(&self, request: &Request, choices: &'a [Choice]) -> Vec<Candidate<'a>> {
        let mut candidates = Vec::new();
        for choice in choices {
            let prepared = match prepare(&self.context, request, choice, &*self.tell) {
                Err(Skipped::End(ProviderError::UnsupportedOperation)) if hands_on(request) => {
                    Err(Skipped::Next(Failure::UnsupportedOperation))
                }
                prepared => prepared,
            };
            let ends = matches!(prepared, Err(Skipped::End(_))) && !is_logout(request);
            candidates.push((choice, prepared));
            if ends {
                break;
            }
        }
        candidates
    }

    fn ask(
        &self,
        prepared: Prepared,
        record: &Record,
        programs: &mut Programs,
        tried: &mut Tried,
    ) -> Result<Step, ProviderError> {
        let Prepared { provider, request, decided, binding, cache } = prepared;
        let capabilities = decided.capabilities.clone();
        let rules = Rules::new(decided);
        let mut adapters = self.adapters(&provider, &request, &capabilities, binding)?;
        adapters.process = programs.adapter(&provider.name, &request, &capabilities);
        adapters.witness =
            Some(Box::new(CallWitness { record: record.clone(), rules: rules.clone() }));
        let call = Call { request: request.clone(), capabilities, adapters };
        let outcome = self.run(&provider, call)?;
        let cache = cache.filter(|_| outcome.named_end);
        tried.refusals = outcome.refusals;
        tried.errors = outcome.errors;
        tried.output = outcome.output;
        tried.advise(|refusal| rules.advice(&provider.name, refusal));
        let step = judge(&request, &provider, outcome.result, tried)?;
        if let (Step::Answer(Answer::Credential(credential)), Some(cache)) = (&step, cache) {
            cache.keep(credential);
        }
        Ok(step)
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
}

/// What a request is, for the audit.
fn audit_context(request: &Request, caller: &Caller) -> lockgate_audit::Context {
    let program = caller.program.as_deref();
    lockgate_audit::Context::new(caller.pid, program, &request.registry, &request.operation)
}

fn passed_over((choice, prepared): Candidate<'_>) -> NotAsked {
    let problem = prepared.err().map(|skipped| match skipped {
        Skipped::Next(failure) => failure.to_string(),
        Skipped::NotServed(reason) => reason.to_string(),
        Skipped::End(error) => chain(&error).join(": "),
    });
    NotAsked { provider: choice.provider.clone(), problem }
}

fn is_logout(request: &Request) -> bool {
    matches!(request.operation, Operation::Logout)
}

fn digest_of(prepared: &Result<Prepared, Skipped>) -> Option<String> {
    prepared.as_ref().ok().map(|ready| ready.provider.digest.hex())
}
