//! Bridges: built-in providers whose business is a native program. Which one it is, is the user's own
//! choice, by the words of the user's configuration or by a grant; a project has no part in it.

mod docker_helper;
mod error;
mod pass;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::Path;

use lockgate_core::{Operation, ProcessGrant, Request, escape};
use lockgate_policy::{Decided, Grant, NotServed};
use lockgate_providers::{Provider, StoreError};
use lockgate_system::program_on_path;

use crate::{Choice, ProviderError};

pub use docker_helper::{
    DOCKER_HELPER, choices_beside, docker_helper_grant, docker_helper_program,
};
pub use error::BridgeError;
pub use pass::{PASS, pass_grant};

/// Prints a token, for whatever registry it is asked. The entry of the user's configuration that names
/// it is its grant.
pub(crate) const TOKEN_FROM_STDOUT: &str = "cargo:token-from-stdout";
/// The bridge to native credential providers of cargo's. Each program needs a grant.
pub const CARGO_PLUGIN: &str = "lockgate:cargo-plugin";

/// What decisions call the line that stands for an entry of the user's configuration.
const CONFIGURED: &str = "the entry in your own configuration";

pub(crate) fn is_bridge(provider: &str) -> bool {
    [TOKEN_FROM_STDOUT, CARGO_PLUGIN, DOCKER_HELPER, PASS].contains(&provider)
}

/// The choice with the absolute path of its program in the place of a name. The folders of PATH say
/// which program is meant, and never which one may run: that has to be granted by its path.
pub(crate) fn resolved(choice: &Choice) -> Result<Choice, BridgeError> {
    let mut choice = choice.clone();
    let is_helper = choice.provider == DOCKER_HELPER;
    if choice.provider == PASS && choice.arguments.is_empty() {
        choice.arguments.push(pass::PROGRAM.to_owned());
    }
    let Some(program) = choice.arguments.first_mut().filter(|_| is_bridge(&choice.provider)) else {
        return Ok(choice);
    };
    if is_helper {
        *program = docker_helper::name_of(program)?;
    }
    if !program.starts_with('/') {
        let shown = || escape(program);
        if program.contains('/') {
            return Err(BridgeError::Relative { program: shown() });
        }
        let path = crate::programs::own("PATH").unwrap_or_default();
        let found = searched(program, &path);
        *program = found.ok_or_else(|| BridgeError::Missing { program: shown() })?;
    }
    if is_helper {
        docker_helper::refuse_ourselves(program)?;
    }
    Ok(choice)
}

/// What a bridge's program runs under.
#[derive(Clone, Copy)]
pub(crate) struct Surroundings<'a> {
    /// The provider's own settings.
    pub(crate) settings: &'a BTreeMap<String, String>,
    /// The programs that it may start.
    pub(crate) grants: &'a [ProcessGrant],
    /// The user's home folder, if it is known.
    pub(crate) home: Option<&'a Path>,
}

/// The words that the provider of a checked choice gets.
///
/// # Errors
/// If its program cannot take what the request has for it.
pub(crate) fn completed(
    choice: Choice,
    request: &Request,
    surroundings: Surroundings<'_>,
) -> Result<Choice, BridgeError> {
    match choice.provider.as_str() {
        DOCKER_HELPER => docker_helper::completed(choice, request, surroundings.settings),
        PASS => pass::completed(choice, request, surroundings),
        _ => Ok(choice),
    }
}

/// Whether a folder of PATH has a program of this name, which cargo would start.
pub fn is_on_path(name: &str) -> bool {
    searched(name, &crate::programs::own("PATH").unwrap_or_default()).is_some()
}

/// Its path in the first folder that has it; none if that is not text.
pub(crate) fn searched(program: &str, path: &OsStr) -> Option<String> {
    program_on_path(program, path)?.into_os_string().into_string().ok()
}

/// Gives a bridge the program that the user's configuration names, where its entry is the grant.
/// `written` is the choice as it was written: a name alone is none.
pub(crate) fn give_configured(
    provider: &mut Provider,
    written: &Choice,
) -> Result<(), ProviderError> {
    let program = written.arguments.first().filter(|program| program.starts_with('/'));
    if let Some(program) = program
        && provider.bridge
        && written.trusted
        && written.provider == TOKEN_FROM_STDOUT
    {
        let grant = std::mem::take(&mut provider.grant);
        provider.grant = grant.and_program(program, CONFIGURED).map_err(StoreError::from)?;
    }
    Ok(())
}

/// Whether a bridge may start the program of its words at all. `decide` says what it could do under
/// another grant.
///
/// # Errors
/// If not, with what to do about it.
pub(crate) fn check(
    provider: &Provider,
    operation: &Operation,
    choice: &Choice,
    decided: &Decided,
    decide: impl FnOnce(&Grant) -> Result<Decided, NotServed>,
) -> Result<(), ProviderError> {
    if !provider.bridge {
        return Ok(());
    }
    if provider.name == TOKEN_FROM_STDOUT && !matches!(operation, Operation::Get(_)) {
        return Err(ProviderError::UnsupportedOperation);
    }
    let program = choice.arguments.first().ok_or_else(|| no_program(&provider.name))?;
    let may_start = decided.capabilities.process.iter().any(|grant| grant.program == *program);
    // What a program prints is kept under no registry's name, and its arguments may say anything. A
    // native credential provider that was granted looks its registry up by itself.
    let looks_up = [CARGO_PLUGIN, PASS].contains(&choice.provider.as_str());
    let is_plain = looks_up && choice.arguments.len() == 1;
    // A helper gets no words, and its name may come from docker's configuration, as in docker.
    let is_helper = choice.provider == DOCKER_HELPER;
    let may_say_so = choice.trusted || is_helper || (is_plain && may_start);
    if !may_say_so {
        let words = [std::slice::from_ref(&choice.provider), &choice.arguments].concat().join(" ");
        return Err(BridgeError::NotYours { words: escape(&words) }.into());
    }
    match may_start {
        true => Ok(()),
        false => Err(not_granted(provider, program, decide)),
    }
}

fn no_program(bridge: &str) -> BridgeError {
    match bridge {
        TOKEN_FROM_STDOUT => BridgeError::NoCommand,
        DOCKER_HELPER => BridgeError::NoHelper,
        _ => BridgeError::NoPlugin,
    }
}

/// Nobody is told to grant what the administrator forbids, or what cannot be granted.
fn not_granted(
    provider: &Provider,
    program: &str,
    decide: impl FnOnce(&Grant) -> Result<Decided, NotServed>,
) -> ProviderError {
    let granted = match provider.grant.clone().and_program(program, CONFIGURED) {
        Ok(granted) => granted,
        Err(error) => return StoreError::from(error).into(),
    };
    let decided = decide(&granted);
    let why = decided.as_ref().ok().and_then(|decided| decided.why("process", program));
    if let Some(forbidden) = why.and_then(|decision| decision.forbidden()) {
        return forbidden.clone().into();
    }
    let command = escape(&grant_command(&provider.name, program));
    BridgeError::NotGranted { program: escape(program), command }.into()
}

/// The command that grants a program, for a shell.
fn grant_command(bridge: &str, program: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-,+@%:".contains(&byte);
    let argument = match program.bytes().all(is_plain) {
        true => format!("process={program}"),
        false => {
            let program = program.replace('"', "\\\"").replace('\'', "'\\''");
            let receives = match bridge {
                CARGO_PLUGIN | DOCKER_HELPER | PASS => ", receives = [\"login\", \"prompt\"]",
                _ => "",
            };
            format!("'process={{ program = \"{program}\"{receives} }}'")
        }
    };
    format!("lockgate provider grant {bridge} {argument}")
}

/// The `process` capability, as `lockgate provider grant` takes it, of a program that is named by
/// nothing but its path: it gets what people log in with, and these variables.
fn granted_with(path: &str, variables: &[&str]) -> Option<String> {
    if !path.starts_with('/') || path.contains([' ', '"', '\\']) {
        return None;
    }
    let variables = match variables {
        [] => String::new(),
        names => format!(", environment = {names:?}"),
    };
    let receives = "receives = [\"login\", \"prompt\"]";
    Some(format!("process={{ program = \"{path}\"{variables}, {receives} }}"))
}

#[cfg(test)]
mod tests {
    use super::grant_command;

    #[test]
    fn the_command_is_one_word_for_each_argument() {
        for (program, argument) in [
            ("/usr/bin/op", "process=/usr/bin/op"),
            ("/opt/a b/op", "'process={ program = \"/opt/a b/op\" }'"),
            ("/a'\"", "'process={ program = \"/a'\\''\\\"\" }'"),
        ] {
            let command = grant_command("cargo:token-from-stdout", program);
            let expected = format!("lockgate provider grant cargo:token-from-stdout {argument}");
            assert_eq!(command, expected);
        }
    }
}
