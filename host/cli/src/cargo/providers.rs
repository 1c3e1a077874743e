//! Which of Lockgate's providers are meant by what cargo's configuration names.

use std::path::Path;

use lockgate_broker::{Choice, Context};
use lockgate_core::Registry;

use crate::error::CommandError;
use crate::shell::Shell;

/// The name of this program's front door in cargo's configuration.
const OURS: [&str; 2] = ["cargo-credential-lockgate", "lockgate"];
/// The provider that works with nothing configured, as cargo's own default does.
const DEFAULT: &str = "cargo:token";

/// The providers for those who name none: of Lockgate's configuration, of which the last is asked
/// first.
pub(crate) fn default_providers(context: &Context, registry: &Registry) -> Vec<Choice> {
    let Some(listed) = context.own.providers_for(registry) else {
        return vec![Choice { provider: DEFAULT.to_owned(), arguments: Vec::new() }];
    };
    listed.iter().rev().filter_map(|line| Choice::of_line(line)).collect()
}

/// The providers that cargo would ask, in its order. Where cargo would start this program, what it
/// would ask is taken instead.
pub(crate) fn of_cargo(
    shell: Shell,
    context: &Context,
    registry: &Registry,
) -> Result<Vec<Choice>, CommandError> {
    let list =
        context.cargo.providers(registry).map_err(|error| CommandError::from_error(&error))?;
    for warning in &list.warnings {
        shell.warning(&warning.to_string());
    }
    let mut choices = Vec::new();
    for provider in list.providers {
        match provider.words.split_first() {
            Some((program, [])) if is_ours(program) => {
                choices.extend(default_providers(context, registry));
            }
            Some((program, words)) if is_ours(program) => choices.extend(Choice::of_words(words)),
            _ => choices.extend(Choice::of_words(&provider.words)),
        }
    }
    Ok(choices)
}

/// Whether cargo's configuration means this program.
pub(crate) fn is_ours(program: &str) -> bool {
    let name = Path::new(program).file_stem().and_then(|name| name.to_str());
    name.is_some_and(|name| OURS.contains(&name))
}

/// A project's file may not bring this program in where the user's own configuration names other
/// providers: the next login's token would be kept where the user did not want it.
pub(crate) fn refuse_other_choice(
    context: &Context,
    registry: &Registry,
    chosen: &[Choice],
) -> Result<(), CommandError> {
    let quiet = Shell { quiet: true, verbose: false };
    let trusted =
        context.cargo.providers(registry).map_err(|error| CommandError::from_error(&error))?;
    if !trusted.configured {
        return Ok(());
    }
    let listed = of_cargo(quiet, context, registry)?;
    let is_listed = |choice: &Choice| listed.iter().any(|known| known.provider == choice.provider);
    match chosen.iter().find(|choice| !is_listed(choice)) {
        None => Ok(()),
        Some(choice) => {
            let name = lockgate_core::escape(&choice.provider);
            let known: Vec<_> =
                listed.iter().map(|choice| format!("`{}`", choice.provider)).collect();
            Err(CommandError::new(format!(
                "your own configuration names other credential providers for this registry ({}), \
                 and a project may not replace them with `{name}`; to use it, name it in the \
                 config.toml of cargo's home directory",
                known.join(", ")
            )))
        }
    }
}
