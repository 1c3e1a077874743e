//! `lockgate docker get`: what docker would use for a server and what Lockgate itself has, by whom and
//! why.

mod answers;

use lockgate_broker::{Broker, Choice, End, Person, Reply, Told, apart};
use lockgate_core::{Answer, Credential, Lifetime, Operation, Purpose, Registry, Request, Secret};
use lockgate_registry::docker::{AUTH_VARIABLE, login_server};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::SHELL;
use super::place::{Place, Surroundings, registry};
use crate::cargo::{Listed, cache, lifetime, tell_notice, tell_refusals, turns};
use crate::error::CommandError;
use crate::shell::{output, to_json};
use answers::Answers;

/// Who asks.
const DOCKER: &str = "docker";
const OURSELVES: &str = "lockgate";

/// What came of asking in one place.
#[derive(Default, Deserialize, Serialize)]
struct Looked {
    found: Option<Found>,
    turns: Vec<Turn>,
    /// Why nothing is known.
    problem: Option<String>,
}

/// What became of one that may have it.
#[derive(Deserialize, Serialize)]
struct Turn {
    /// A provider, or docker's variable.
    provider: String,
    arguments: Vec<String>,
    /// The same as people are shown it.
    shown: String,
    /// For programs.
    answer: String,
    /// For people.
    reason: String,
    could_be_asked: Option<bool>,
}

#[derive(Deserialize, Serialize)]
struct Found {
    provider: String,
    user: Option<String>,
    sources: Vec<String>,
    /// How long it may be kept, for programs.
    cache: String,
    /// Its end in seconds since 1970.
    expiration: Option<u64>,
    /// How long it serves, in words, where it ends.
    lifetime: Option<String>,
    secret: Told,
}

/// Shows the answers; 1 if there is none.
pub(super) fn get(server: &str, reveal: bool, as_json: bool) -> Result<(), CommandError> {
    let here = Surroundings::load()?;
    if reveal {
        let allowed = here.machine.ceiling.allows_reveal_option();
        allowed.map_err(|forbidden| CommandError::from_error(&forbidden))?;
    }
    let registry = registry(&login_server(Some(server)))?;
    here.tell_ignored_variable();
    let answers = answers(&here, registry);
    let missing = answers.first().is_none().then(|| answers.missing());
    match &missing {
        _ if as_json => {
            output(Zeroizing::new(to_json(&answers.json(reveal, missing.as_ref()))).as_bytes())?;
        }
        None if reveal => output(&answers.secret())?,
        None => output(answers.lines().as_bytes())?,
        Some(_) => crate::shell::to_stderr(&format!("{}\n", answers.lines())),
    }
    missing.map_or(Ok(()), Err)
}

/// Asks where docker would, and those of Lockgate's own that were not asked with it.
fn answers(here: &Surroundings, registry: Registry) -> Answers {
    let of_variable = of_variable(here, &registry);
    let by_variable = here.variable_has(registry.url());
    let place = here.docker().and_then(|(config, _)| Place::of(&config, registry.url()));
    let of_place = match &place {
        Ok(place) if by_variable => Some(Looked::passed_over(place)),
        Ok(place) => Some(looked(here, place, &registry)),
        // docker goes on without its file.
        Err(_) if by_variable => None,
        Err(_) => Some(Looked::default()),
    };
    let is_asked = !by_variable && matches!(place, Ok(Place::Ours | Place::OursFound));
    let own = (!is_asked).then(|| looked(here, &Place::Ours, &registry));
    let (shown, of_place) = match place {
        Ok(place) => (Some(place.shown(&here.file)), of_place),
        Err(error) => (None, of_place.map(|_| Looked::failed(error.messages()))),
    };
    let docker = [of_variable, of_place].into_iter().flatten().map(|looked| (DOCKER, looked));
    let all = docker.chain(own.map(|own| (OURSELVES, own))).collect();
    Answers { registry, place: shown, by_variable, all }
}

/// What docker's variable says, if it is set.
fn of_variable(here: &Surroundings, registry: &Registry) -> Option<Looked> {
    let turn = |answer, reason: &str| Looked {
        turns: vec![Turn::of_variable(answer, reason)],
        ..Looked::default()
    };
    match (here.variable(), here.variable_problem()) {
        _ if here.variable_has(registry.url()) => Some(looked(here, &Place::Variable, registry)),
        (Some(_), _) => Some(turn("not-found", "has no login to it")),
        (None, Some(why)) => Some(turn("not-heeded", &format!("not heeded: {why}"))),
        (None, None) => None,
    }
}

/// Asks in a process of its own, as a request of docker's.
fn looked(here: &Surroundings, place: &Place, registry: &Registry) -> Looked {
    apart(|| Ok(look(here, place, registry))).unwrap_or_else(Looked::failed)
}

fn look(here: &Surroundings, place: &Place, registry: &Registry) -> Looked {
    let broker =
        Broker::new(here.context(), Person::AtTerminal, |notice| tell_notice(SHELL, notice));
    let (registry, operation) = (registry.clone(), Operation::Get(Purpose::Read));
    let choices = match place.choice() {
        Some(choice) => vec![choice],
        None => broker.context().docker_choices(&registry, &operation).choices,
    };
    let choices = broker.context().machine.asked(&registry, &choices);
    let request = Request { registry, operation, arguments: Vec::new() };
    let reply = broker.answer(&request, &choices);
    tell_refusals(SHELL, &reply);
    let turns = Turn::all(place, choices, &reply);
    match reply.result {
        Ok(Answer::Credential(credential)) => {
            let provider = reply.tried.last().map(|tried| tried.provider.clone());
            let sources = broker.sources(&request.registry, &credential.origins);
            let found = Some(Found::new(credential, provider.unwrap_or_default(), sources));
            Looked { found, turns, problem: None }
        }
        Ok(_) | Err(End::NotFound | End::NotServed) => Looked { found: None, turns, problem: None },
        Err(end) => Looked { turns, ..Looked::failed(CommandError::from(end).messages()) },
    }
}

impl Looked {
    fn failed(messages: Vec<String>) -> Self {
        Self { problem: Some(messages.join(": ")), ..Self::default() }
    }

    /// Nobody is asked in this place, since the variable has it.
    fn passed_over(place: &Place) -> Self {
        let choice = place.choice();
        let provider = choice.as_ref().map_or(OURSELVES, |choice| &choice.provider).to_owned();
        let turn = Turn {
            shown: choice.as_ref().map_or_else(|| provider.clone(), Choice::shown),
            provider,
            arguments: choice.map(|choice| choice.arguments).unwrap_or_default(),
            answer: "not-asked".to_owned(),
            reason: format!("not asked: `{AUTH_VARIABLE}` goes first"),
            could_be_asked: None,
        };
        Self { turns: vec![turn], ..Self::default() }
    }
}

impl Turn {
    fn of_variable(answer: &str, reason: &str) -> Self {
        Self {
            provider: AUTH_VARIABLE.to_owned(),
            arguments: Vec::new(),
            shown: AUTH_VARIABLE.to_owned(),
            answer: answer.to_owned(),
            reason: reason.to_owned(),
            could_be_asked: None,
        }
    }

    fn all(place: &Place, choices: Vec<Choice>, reply: &Reply) -> Vec<Self> {
        let listed = choices.into_iter().map(|choice| Listed { choice, place: String::new() });
        let told = turns(listed.collect(), reply).into_iter().map(|turn| {
            let reason = match turn.answer() {
                "kept" => "answered an earlier command, which is kept".to_owned(),
                _ => turn.reason(),
            };
            let choice = turn.choice();
            let shown = match place {
                Place::Variable => AUTH_VARIABLE.to_owned(),
                _ => choice.shown(),
            };
            Self {
                provider: choice.provider.clone(),
                arguments: choice.arguments.clone(),
                shown,
                answer: turn.answer().to_owned(),
                reason,
                could_be_asked: turn.could_be_asked(),
            }
        });
        told.collect()
    }
}

impl Found {
    fn new(credential: Credential, provider: String, sources: Vec<String>) -> Self {
        let user = credential.identity.as_ref().and_then(Secret::expose_text).map(str::to_owned);
        let (cache, expiration) = cache(credential.lifetime);
        // A client of docker's asks each time, so that nothing else than an end says anything.
        let ends = matches!(credential.lifetime, Lifetime::Until(_));
        Self {
            provider,
            user,
            sources,
            cache: cache.to_owned(),
            expiration,
            lifetime: ends.then(|| lifetime(credential.lifetime)),
            secret: Told(credential.secret),
        }
    }
}
