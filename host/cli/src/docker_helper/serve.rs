//! What an action asks of the broker. Each but the list confines its process for good, so that one
//! process serves one of them.

use std::collections::BTreeMap;

use lockgate_broker::{Broker, Context, End, Person, Reply};
use lockgate_core::{Answer, Credential, LoginInput, Operation, Purpose, Registry, Request};

use super::SHELL;
use crate::cargo::{tell_notice, tell_refusals};
use crate::error::CommandError;

/// Keeps a credential with the provider that serves its server.
pub(crate) fn store(
    context: Context,
    registry: Registry,
    login: LoginInput,
) -> Result<(), CommandError> {
    let (reply, warning) = ask(context, registry, Operation::Login(login));
    match reply.result {
        Ok(_) => {
            if let Some(warning) = warning {
                SHELL.warning(&warning);
            }
            Ok(())
        }
        Err(end) => Err(end.into()),
    }
}

/// Finds the credential of a server; nothing if there is none.
pub(crate) fn get(
    context: Context,
    registry: Registry,
) -> Result<Option<Credential>, CommandError> {
    let (reply, _) = ask(context, registry, Operation::Get(Purpose::Read));
    match reply.result {
        Ok(Answer::Credential(credential)) => Ok(Some(credential)),
        Ok(Answer::LoggedIn | Answer::LoggedOut) | Err(End::NotFound | End::NotServed) => Ok(None),
        Err(end) => Err(end.into()),
    }
}

/// Forgets the credential of a server, and says whether there was one.
pub(crate) fn erase(context: Context, registry: Registry) -> Result<bool, CommandError> {
    let (reply, _) = ask(context, registry, Operation::Logout);
    match reply.result {
        Ok(_) => Ok(true),
        Err(End::NotFound | End::NotServed) => Ok(false),
        Err(end) => Err(end.into()),
    }
}

/// What has to be told after a logout of this server, if there may be a keyring that could not be asked.
pub(crate) fn not_looked_at(context: &Context, registry: &Registry) -> Option<String> {
    let chosen = context.docker_choices(registry, &Operation::Logout);
    chosen.not_looked_at.map(|warning| warning.to_string())
}

/// The users that are kept, by their servers: of two, the one whose provider is asked first.
pub(super) fn list(context: &Context) -> Result<BTreeMap<String, String>, CommandError> {
    let listed = context.docker_list().map_err(|error| CommandError::from_error(&error))?;
    let mut users = BTreeMap::new();
    for (entry, _) in listed {
        users.entry(entry.server).or_insert_with(|| entry.identity.unwrap_or_default());
    }
    Ok(users)
}

/// The broker's reply, and what a person has to be told if a login ended well.
fn ask(context: Context, registry: Registry, operation: Operation) -> (Reply, Option<String>) {
    let request = Request { registry, operation, arguments: Vec::new() };
    let broker = Broker::new(context, Person::AtTerminal, |notice| tell_notice(SHELL, notice));
    let chosen = broker.context().docker_choices(&request.registry, &request.operation);
    let reply = broker.answer_chosen(&request, &chosen);
    tell_refusals(SHELL, &reply);
    (reply, chosen.fallback_warning.map(|warning| warning.to_string()))
}
