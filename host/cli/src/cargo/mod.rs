//! `lockgate cargo`: cargo's own commands, and what cargo would be told.

mod login;
mod providers;
mod registries;
mod token;

use std::collections::BTreeMap;
use std::ffi::OsString;

use lockgate_broker::{Broker, Context, ContextError, Notice, Person, Reply};
use lockgate_core::Registry;

pub(crate) use login::{login, logout, tell_login, tell_logout};
pub(crate) use providers::of_cargo as choices_of_cargo;
pub(crate) use providers::{default_providers, is_ours, refuse_other_choice};
pub(crate) use registries::registries;
pub(crate) use token::token;

use crate::error::CommandError;
use crate::shell::Shell;

/// cargo's exit status for everything but a wrong command line.
pub(crate) const FAILED: u8 = 101;

/// The configuration that holds here.
#[allow(clippy::disallowed_methods, reason = "this is the edge")]
pub(crate) fn context() -> Result<Context, ContextError> {
    let variables: BTreeMap<OsString, OsString> = std::env::vars_os().collect();
    Context::load(&variables, crate::hardening())
}

/// What a person should know while a request is answered.
pub(crate) fn tell_notice(shell: Shell, notice: &Notice<'_>) {
    match notice {
        Notice::WaitingForCredentials => {
            // cargo's own words.
            shell.status("Blocking", "waiting for file lock on credentials' config file");
        }
        Notice::Recompiling { provider, reason } => {
            shell.status("Compiling", &format!("`{provider}` again: its compiled code {reason}"));
        }
        Notice::NotRecorded(error) => {
            let messages: Vec<_> = CommandError::from_error(*error).messages();
            shell.warning(&messages.join(": "));
        }
    }
}

/// The broker of a command, after telling what the configuration's files warn of.
fn broker(shell: Shell) -> Result<Broker, CommandError> {
    let context = context()?;
    for warning in context.cargo.warnings() {
        shell.warning(&warning.to_string());
    }
    Ok(Broker::new(context, Person::AtStandardInput, move |notice| tell_notice(shell, notice)))
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

/// Tells what the host refused the providers: its own record.
pub(crate) fn tell_refusals(shell: Shell, reply: &Reply) {
    for tried in &reply.tried {
        for refusal in &tried.refusals {
            shell.warning(&format!("`{}`: {refusal}", tried.provider));
        }
    }
}

/// Shows what the host refused the providers, and what they printed.
fn show_output(shell: Shell, reply: &Reply) {
    tell_refusals(shell, reply);
    for tried in &reply.tried {
        shell.printed_by(&tried.provider, &tried.output.text());
        if tried.output.dropped() > 0 {
            let dropped = format!("({} more bytes were dropped)", tried.output.dropped());
            shell.printed_by(&tried.provider, &dropped);
        }
    }
}
