//! Which of Lockgate's providers are meant by what cargo's configuration names.

use std::path::{MAIN_SEPARATOR, Path};

use lockgate_broker::{CARGO_PLUGIN, Choice, Context, is_on_path};
use lockgate_core::Registry;

use crate::error::CommandError;
use crate::shell::Shell;

/// The name of this program's front door in cargo's configuration.
const OURS: [&str; 2] = ["cargo-credential-lockgate", "lockgate"];
/// How the names of native credential providers begin.
const NATIVE: &str = "cargo-credential-";
/// The provider that works with nothing configured, as cargo's own default does.
const DEFAULT: &str = "cargo:token";

/// The providers for those who name none: of Lockgate's configuration, of which the last is asked
/// first.
pub(crate) fn default_providers(context: &Context, registry: &Registry) -> Vec<Choice> {
    let Some(listed) = context.machine.own.providers_for(registry) else {
        return Choice::of_line(DEFAULT).map(Choice::trusted).into_iter().collect();
    };
    listed.iter().rev().filter_map(|line| Choice::of_line(line)).map(Choice::trusted).collect()
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
        match warning.is_note() {
            true if shell.quiet => {}
            true => shell.note(&warning.to_string()),
            false => shell.warning(&warning.to_string()),
        }
    }
    let mut choices = Vec::new();
    for provider in list.providers {
        match of_ours(context, registry, &provider.words) {
            Some(ours) => choices.extend(ours),
            None => choices.extend(meant(context, &provider.words)),
        }
    }
    Ok(choices)
}

/// A name of neither a built-in nor an installed provider is a native program's, as for cargo, and
/// is asked through the bridge to such.
fn meant(context: &Context, words: &[String]) -> Option<Choice> {
    let choice = Choice::of_words(words)?.trusted();
    match is_native(context, &choice.provider) {
        true => Some(Choice {
            provider: CARGO_PLUGIN.to_owned(),
            arguments: words.to_vec(),
            trusted: true,
        }),
        false => Some(choice),
    }
}

fn is_native(context: &Context, name: &str) -> bool {
    if name.contains(MAIN_SEPARATOR) {
        return true;
    }
    let is_word = !name.contains(':') && (name.starts_with(NATIVE) || is_on_path(name));
    is_word && matches!(context.machine.providers().find(name), Ok(None))
}

/// Marks the choices that the user's own configuration has for the registry, word for word: a
/// project's configuration may have others.
pub(crate) fn known_to_user(
    context: &Context,
    registry: &Registry,
    chosen: Vec<Choice>,
) -> Vec<Choice> {
    if chosen.iter().all(|choice| choice.trusted || choice.arguments.is_empty()) {
        return chosen;
    }
    let quiet = Shell { quiet: true, verbose: false };
    let listed = of_cargo(quiet, context, registry).unwrap_or_default();
    let is_known = |choice: &Choice| listed.iter().any(|known| known.says_the_same(choice));
    let mark = |choice: Choice| if is_known(&choice) { choice.trusted() } else { choice };
    chosen.into_iter().map(mark).collect()
}

/// The providers behind an entry of cargo's configuration that starts this program; `None` if it starts
/// another one.
pub(crate) fn of_ours(
    context: &Context,
    registry: &Registry,
    words: &[String],
) -> Option<Vec<Choice>> {
    let (program, words) = words.split_first()?;
    match is_ours(program) {
        true if words.is_empty() => Some(default_providers(context, registry)),
        true => Some(Choice::of_words(words).map(Choice::trusted).into_iter().collect()),
        false => None,
    }
}

/// Whether cargo's configuration means this program.
fn is_ours(program: &str) -> bool {
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
    let is_listed = |choice: &Choice| listed.iter().any(|known| known.shown() == choice.shown());
    match chosen.iter().find(|choice| !is_listed(choice)) {
        None => Ok(()),
        Some(choice) => {
            let name = lockgate_core::escape(&choice.shown());
            let known: Vec<_> = listed
                .iter()
                .map(|choice| format!("`{}`", lockgate_core::escape(&choice.shown())))
                .collect();
            Err(CommandError::new(format!(
                "your own configuration names other credential providers for this registry ({}), \
                 and a project may not replace them with `{name}`; to use it, name it in the \
                 config.toml of cargo's home directory",
                known.join(", ")
            )))
        }
    }
}
