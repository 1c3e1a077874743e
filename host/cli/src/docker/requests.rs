//! The requests behind docker's commands. Each is served in a process of its own, which confines itself
//! to it and is in the audit.

use lockgate_broker::{Broker, Choice, End, Person, Told, apart};
use lockgate_core::{Answer, LoginInput, Operation, Purpose, Registry, Request, Secret};
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
            Some(_) => match ask(here, place, registry, Operation::Get(Purpose::Read))? {
                Some(Answer::Credential(credential)) => Some(credential),
                _ => None,
            },
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
        Some(_) => match ask(here, place, registry, Operation::Login(login.clone()))? {
            Some(_) => Ok(()),
            None => Err(vec!["no provider keeps it".to_owned()]),
        },
    })
}

/// Forgets the credential of a server, and says whether there was one.
pub(super) fn erase(
    here: &Surroundings,
    place: &Place,
    registry: &Registry,
) -> Result<bool, Messages> {
    apart(|| match place.choice() {
        None => {
            docker_helper::erase(here.context(), registry.clone()).map_err(CommandError::messages)
        }
        Some(_) => ask(here, place, registry, Operation::Logout).map(|answer| answer.is_some()),
    })
}

/// Asks the one provider of a place; nothing if it has nothing.
fn ask(
    here: &Surroundings,
    place: &Place,
    registry: &Registry,
    operation: Operation,
) -> Result<Option<Answer>, Messages> {
    // A logout goes through the other spellings itself, after the server's own.
    let exact = matches!(operation, Operation::Logout)
        && login_server(Some(registry.url())) != registry.url();
    let choices: Vec<_> =
        place.choice().into_iter().map(|choice| Choice { exact, ..choice }).collect();
    let request = Request { registry: registry.clone(), operation, arguments: Vec::new() };
    let broker =
        Broker::new(here.context(), Person::AtTerminal, |notice| tell_notice(SHELL, notice));
    let reply = broker.answer(&request, &choices);
    tell_refusals(SHELL, &reply);
    match reply.result {
        Ok(answer) => Ok(Some(answer)),
        Err(End::NotFound | End::NotServed) => Ok(None),
        Err(end) => Err(CommandError::from(end).messages()),
    }
}
