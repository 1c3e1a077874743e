//! `lockgate cargo`: cargo's own commands, and what cargo would be told.

mod login;
mod logout;
mod options;
mod providers;
mod registries;
mod token;

use std::collections::BTreeMap;
use std::ffi::OsString;

use lockgate_broker::{Broker, Choice, Context, ContextError, Machine, Notice, Person, Reply};
use lockgate_core::{Operation, Registry, Request, escape};
use serde_json::json;

pub(crate) use login::{login, tell_login};
pub(crate) use logout::{logout, tell_logout, tell_remaining};
pub(crate) use options::{Options, Session};
pub(crate) use providers::of_cargo as choices_of_cargo;
pub(crate) use providers::{
    Listed, default_providers, is_ours, known_to_user, meant, of_ours, refuse_other_choice,
};
pub(crate) use registries::registries;
pub(crate) use token::{Asked, cache, lifetime, token, turns};

use crate::error::CommandError;
use crate::shell::{Shell, to_json};

/// cargo's exit status for everything but a wrong command line.
pub(crate) const FAILED: u8 = 101;

/// The configuration that holds here.
pub(crate) fn context() -> Result<Context, ContextError> {
    context_with(&[])
}

/// The same with the values of `--config` on the command line.
#[allow(clippy::disallowed_methods, reason = "this is the edge")]
fn context_with(settings: &[String]) -> Result<Context, ContextError> {
    let variables: BTreeMap<OsString, OsString> = std::env::vars_os().collect();
    Context::load_with(&variables, settings, crate::hardening())
}

/// The same where the machine's part is known already.
#[allow(clippy::disallowed_methods, reason = "this is the edge")]
pub(crate) fn context_on(machine: Machine) -> Result<Context, ContextError> {
    Context::around(machine, &std::env::vars_os().collect(), &[])
}

/// What a person should know while a request is answered.
pub(crate) fn tell_notice(shell: Shell, notice: &Notice<'_>) {
    match notice {
        Notice::WaitingForCredentials => {
            // cargo's own words.
            shell.status("Blocking", "waiting for file lock on credentials' config file");
        }
        Notice::WaitingForUnlock => {
            shell.status("Blocking", "waiting for the keyring to be unlocked, in its own window");
        }
        Notice::Recompiling { provider, reason } => {
            shell.status("Compiling", &format!("`{provider}` again: its compiled code {reason}"));
        }
        Notice::NoWall { wall, error } => {
            shell.warning(&format!(
                "the operating system does not keep this request from {wall}: {error}; the sandbox \
                 does (see `lockgate doctor`)"
            ));
        }
        Notice::NoWallForIndex { wall, error } => shell.warning(&format!(
            "the operating system does not keep what asks the registry from {wall}: {error} (see \
             `lockgate doctor`)"
        )),
        Notice::Updating(index) => shell.status("Updating", index),
        Notice::Retrying(why) => shell.warning(why),
        Notice::IndexNotAsked(why) => shell.warning(why),
        Notice::VariableIgnored(error) => {
            let messages = CommandError::from_error(*error).messages().join(": ");
            shell.warning(&format!("DOCKER_AUTH_CONFIG is not heeded, as by docker: {messages}"));
        }
        Notice::NotForgotten(error) => {
            let messages = CommandError::from_error(*error).messages().join(": ");
            shell.warning(&format!(
                "an answer that a provider gave before may be given until its time is over, a day at \
                 most: {messages}"
            ));
        }
        Notice::NotRecorded(error) => {
            let messages: Vec<_> = CommandError::from_error(*error).messages();
            shell.warning(&messages.join(": "));
        }
    }
}

/// For programs: an object that says why there is no answer.
pub(crate) fn problem(error: &CommandError) -> String {
    to_json(&json!({ "problem": error.message(), "causes": error.causes() }))
}

/// The broker of a command, after telling what the configuration's files warn of.
fn broker(session: Session) -> Broker {
    let Session { shell, context, .. } = session;
    for warning in context.cargo.warnings() {
        shell.warning(&warning.to_string());
    }
    Broker::new(context, Person::AtStandardInput, move |notice| tell_notice(shell, notice))
}

/// The registry that is meant, after telling which settings of a project are not heeded.
pub(crate) fn select(
    shell: Shell,
    context: &Context,
    name: Option<&str>,
) -> Result<Registry, CommandError> {
    for ignored in context.cargo.ignored() {
        shell.warning(&ignored.to_string());
    }
    context.cargo.select(name).map_err(|error| CommandError::from_error(&error))
}

/// Most refusals of one provider that are told: it could make more, and hide what came before.
const MOST_REFUSALS: usize = 4;

/// Tells what the host refused the providers: its own record.
pub(crate) fn tell_refusals(shell: Shell, reply: &Reply) {
    for tried in &reply.tried {
        let mut told: Vec<String> = Vec::new();
        for refusal in &tried.refusals {
            let said = refusal.to_string();
            if !told.contains(&said) {
                told.push(said);
            }
        }
        for refusal in told.iter().take(MOST_REFUSALS) {
            shell.warning(&format!("`{}`: {refusal}", tried.provider));
        }
        if let Some(more) = told.len().checked_sub(MOST_REFUSALS).filter(|more| *more > 0) {
            let see = "`lockgate audit show --refused` has them all";
            shell.warning(&format!("`{}`: {more} more refusals; {see}", tried.provider));
        }
    }
}

/// Shows which providers were asked, what the host refused them, and what they printed.
fn show_output(shell: Shell, reply: &Reply, request: &Request, choices: &[Choice]) {
    tell_refusals(shell, reply);
    for (at, tried) in reply.tried.iter().enumerate() {
        if shell.verbose {
            let choice = choices.get(at).filter(|choice| choice.provider == tried.provider);
            shell.status("Credential", &asked(&tried.provider, choice, request));
        }
        shell.printed_by(&tried.provider, &tried.output.text());
        if tried.output.dropped() > 0 {
            let dropped = format!("({} more bytes were dropped)", tried.output.dropped());
            shell.printed_by(&tried.provider, &dropped);
        }
    }
}

/// Who was asked, with which words, for what: as cargo says it.
fn asked(provider: &str, choice: Option<&Choice>, request: &Request) -> String {
    let action = match request.operation {
        Operation::Get(_) => "get",
        Operation::Login(_) => "login",
        Operation::Logout => "logout",
    };
    let arguments = choice.map(|choice| choice.arguments.as_slice()).unwrap_or_default();
    let words = std::iter::once(provider).chain(arguments.iter().map(String::as_str));
    let words: Vec<_> = words.chain([action, request.registry.display_name()]).collect();
    escape(&words.join(" "))
}
