//! The requests behind docker's commands. Each is served in a process of its own, which confines itself
//! to it and is in the audit.

use lockgate_broker::{
    Broker, Choice, Context, DOCKER_HELPER, End, Person, Reply, Told, apart, choices_beside,
};
use lockgate_core::{Answer, Failure, LoginInput, Operation, Purpose, Registry, Request, Secret};
use lockgate_registry::docker::login_server;
use serde::{Deserialize, Serialize};

use super::SHELL;
use super::place::{Place, Surroundings};
use crate::cargo::{tell_notice, tell_refusals};
use crate::docker_helper;
use crate::error::CommandError;

/// What is kept for a server.
pub(super) struct Kept {
    pub(super) user: Option<String>,
    pub(super) secret: Secret,
}

#[derive(Deserialize, Serialize)]
struct ToldKept {
    user: Option<String>,
    secret: Told,
}

/// What has become of a key.
#[derive(Deserialize, Serialize)]
pub(super) struct Erased {
    /// Whether there was a credential.
    pub(super) was_there: bool,
    /// Whether every native helper was asked: one whose grant is for other servers is not.
    pub(super) all_asked: bool,
}

/// What went wrong and why, outermost first.
type Messages = Vec<String>;

/// The credential of a server, if there is one.
pub(super) fn get(
    here: &Surroundings,
    place: &Place,
    registry: &Registry,
) -> Result<Option<Kept>, Messages> {
    let place = &here.first(place, registry.url());
    let told: Option<ToldKept> = apart(|| {
        let found = match place.choice() {
            None => docker_helper::get(here.context(), registry.clone())
                .map_err(CommandError::messages)?,
            Some(choice) => {
                let get = Operation::Get(Purpose::Read);
                match ask(here.context(), &[choice], registry, get)? {
                    Some(Answer::Credential(credential)) => Some(credential),
                    _ => None,
                }
            }
        };
        Ok(found.map(|found| {
            let user = found.identity.as_ref().and_then(Secret::expose_text).map(str::to_owned);
            ToldKept { user, secret: Told(found.secret) }
        }))
    })?;
    Ok(told.map(|told| Kept { user: told.user, secret: told.secret.0 }))
}

/// Keeps a credential.
pub(super) fn store(
    here: &Surroundings,
    place: &Place,
    registry: &Registry,
    login: &LoginInput,
) -> Result<(), Messages> {
    apart(|| match place.choice() {
        None => docker_helper::store(here.context(), registry.clone(), login.clone())
            .map_err(CommandError::messages),
        Some(choice) => {
            match ask(here.context(), &[choice], registry, Operation::Login(login.clone()))? {
                Some(_) => Ok(()),
                None => Err(vec!["no provider keeps it".to_owned()]),
            }
        }
    })
}

/// Forgets the credential of a server's key. A key of its own goes with the server's other names; `erased`
/// is one that went so with the same place.
pub(super) fn erase(
    here: &Surroundings,
    place: &Place,
    registry: &Registry,
    erased: Option<&Registry>,
) -> Result<Erased, Messages> {
    apart(|| {
        let context = here.context();
        let asked = |registry: &Registry| match place.choice() {
            Some(choice) => vec![choice],
            None => context.docker_choices(registry, &Operation::Logout).choices,
        };
        let choices = match is_own(registry) {
            true => asked(registry),
            false => {
                let of_server = erased.map(&asked).unwrap_or_default();
                let erased = erased.map(|server| (server, of_server.as_slice()));
                choices_beside(asked(registry), registry, erased)
            }
        };
        let reply = reply(context, &choices, registry, Operation::Logout);
        let all_asked = all_asked(&reply);
        Ok(Erased { was_there: found(reply)?.is_some(), all_asked })
    })
}

/// Whether a login to the server would be kept under this key.
pub(super) fn is_own(registry: &Registry) -> bool {
    login_server(Some(registry.url())) == registry.url()
}

/// Asks these providers; nothing if they have nothing.
fn ask(
    context: Context,
    choices: &[Choice],
    registry: &Registry,
    operation: Operation,
) -> Result<Option<Answer>, Messages> {
    found(reply(context, choices, registry, operation))
}

fn reply(context: Context, choices: &[Choice], registry: &Registry, operation: Operation) -> Reply {
    let request = Request { registry: registry.clone(), operation, arguments: Vec::new() };
    let broker = Broker::new(context, Person::AtTerminal, |notice| tell_notice(SHELL, notice));
    let reply = broker.answer(&request, choices);
    tell_refusals(SHELL, &reply);
    reply
}

fn found(reply: Reply) -> Result<Option<Answer>, Messages> {
    match reply.result {
        Ok(answer) => Ok(Some(answer)),
        Err(End::NotFound | End::NotServed) => Ok(None),
        Err(end) => Err(CommandError::from(end).messages()),
    }
}

/// Of the helpers whose turn it was, which in a logout is each of them.
fn all_asked(reply: &Reply) -> bool {
    let mut helpers = reply.tried.iter().filter(|one| one.provider == DOCKER_HELPER);
    helpers.all(|one| !matches!(one.failure, Some(Failure::UnsupportedRegistry)))
}
