//! `lockgate provider`: what is installed, and what it was given.

mod arguments;
mod before;
mod change;
mod compile;
mod consent;
mod examine;
mod file;
mod inspect;
mod install;
mod list;
mod pack;
pub(crate) mod question;
mod rebuild;
mod remove;
mod subject;
mod units;
mod useless;
mod verify;
mod wrap;

use std::process::ExitCode;

use lockgate_broker::Machine;
use lockgate_providers::{ProviderName, Store, StoreError, built_in};

pub(crate) use arguments::Verb;
pub(crate) use compile::compile_stdin;
pub(crate) use examine::examine_stdin;

use crate::error::CommandError;
use crate::shell::Shell;

const SHELL: Shell = Shell { quiet: false, verbose: false };

/// Runs a command. 1 if it failed, or found something wrong.
pub(crate) fn run(verb: Verb) -> ExitCode {
    let done = match verb {
        Verb::Install(install) => install::install(&install),
        Verb::List { json } => list::list(json),
        Verb::Inspect { subject, json } => inspect::inspect(&subject, json),
        Verb::Grant(change) => change::grant(&change),
        Verb::Revoke(change) => change::revoke(&change),
        Verb::Remove { provider, yes, json } => remove::remove(&provider, yes, json),
        Verb::Verify { provider, json } => return ended(verify::verify(provider, json)),
        Verb::Rebuild { provider, json } => return ended(rebuild::rebuild(provider, json)),
        Verb::Pack { component, manifest, output } => {
            pack::pack(&component, &manifest, output.as_deref())
        }
    };
    ended(done.map(|()| ExitCode::SUCCESS))
}

/// Gives a built-in bridge a program, by its absolute path: after a person said yes.
///
/// # Errors
/// If there is no such bridge, or its grant cannot be kept.
pub(crate) fn grant_program(bridge: &str, program: &str) -> Result<(), CommandError> {
    change::grant_program(bridge, program)
}

fn ended(done: Result<ExitCode, CommandError>) -> ExitCode {
    done.unwrap_or_else(|error| {
        error.show(SHELL);
        ExitCode::FAILURE
    })
}

fn store() -> Result<Store, CommandError> {
    Ok(crate::machine()?.providers())
}

/// The names that are meant: the one that was given, or all that are installed.
fn meant(store: &Store, provider: Option<String>) -> Result<Vec<String>, CommandError> {
    match provider {
        Some(name) => installed_name(&name).map(|name| vec![name.to_string()]),
        None => {
            let listed = store.list()?;
            Ok(listed.into_iter().map(|listed| listed.name.to_string()).collect())
        }
    }
}

/// Forgets the answers that are kept, after a change of what may be given: nobody finds those of before,
/// and they would lie in the kernel's keyring until their time is over.
fn forget_answers(machine: &Machine) {
    if let Err(error) = lockgate_broker::forget_answers(machine) {
        SHELL.warning(&format!(
            "what providers answered before is still in the kernel's keyring, a day at most: {error}"
        ));
    }
}

/// A name that can be one of an installed provider.
fn installed_name(name: &str) -> Result<ProviderName, CommandError> {
    if built_in(name).is_some() {
        return Err(CommandError::new(format!(
            "`{name}` is built in: it ships with its grant and its code, and neither is changed by \
             this command"
        )));
    }
    ProviderName::new(name)
        .map_err(|_| StoreError::NotInstalled { name: lockgate_core::escape(name) }.into())
}

impl From<StoreError> for CommandError {
    fn from(error: StoreError) -> Self {
        Self::from_error(&error)
    }
}
