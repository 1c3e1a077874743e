//! Which of Lockgate's providers are meant by what cargo's configuration names.

use std::path::{MAIN_SEPARATOR, Path};

use lockgate_broker::{CARGO_PLUGIN, Choice, Context, is_on_path};
use lockgate_core::Registry;
use lockgate_registry::cargo::{ProviderChoice, Warning};

use crate::error::CommandError;
use crate::shell::Shell;

/// The name of this program's front door in cargo's configuration.
const OURS: [&str; 2] = ["cargo-credential-lockgate", "lockgate"];
/// How the names of native credential providers begin.
const NATIVE: &str = "cargo-credential-";
/// The provider that works with nothing configured, as cargo's own default does.
const DEFAULT: &str = "cargo:token";

/// A provider, and where it is named.
pub(crate) struct Listed {
    pub(crate) choice: Choice,
    /// For people: `FILE:LINE`, a variable, or whose default it is.
    pub(crate) place: String,
}

/// The providers for those who name none: of Lockgate's configuration, of which the last is asked
/// first.
pub(crate) fn default_providers(context: &Context, registry: &Registry) -> Vec<Choice> {
    listed_by_us(context, registry).map(|listed| listed.choice).collect()
}

fn listed_by_us(context: &Context, registry: &Registry) -> impl Iterator<Item = Listed> {
    let of_line = |line: &str, place: String| {
        Some(Listed { choice: Choice::of_line(line)?.trusted(), place })
    };
    let configured = context.machine.own.providers_for(registry);
    let default = configured.is_none().then(|| of_line(DEFAULT, "Lockgate's default".to_owned()));
    let listed = configured.into_iter().flatten().rev();
    listed.map(move |listed| of_line(&listed.name, listed.place.clone())).chain(default).flatten()
}

/// The providers that cargo would ask, in its order. Where cargo would start this program, what it
/// would ask is taken instead.
pub(crate) fn of_cargo(
    shell: Shell,
    context: &Context,
    registry: &Registry,
) -> Result<Vec<Choice>, CommandError> {
    let listed = listed_by_cargo(shell, context, registry)?;
    Ok(listed.into_iter().map(|listed| listed.choice).collect())
}

/// The same, each with the place that names it.
pub(crate) fn listed_by_cargo(
    shell: Shell,
    context: &Context,
    registry: &Registry,
) -> Result<Vec<Listed>, CommandError> {
    let list = match shell.quiet {
        // What is not told is not looked for.
        true => context.cargo.providers(registry),
        false => context.providers_told(registry),
    };
    let list = list.map_err(|error| CommandError::from_error(&error))?;
    let listed = list.providers.iter().flat_map(|provider| placed(context, registry, provider));
    let listed: Vec<_> = listed.collect();
    let reads_tokens = listed.iter().any(|listed| listed.choice.provider == DEFAULT);
    if !reads_tokens {
        tell_unreadable_tokens(shell, context);
    }
    for warning in list.warnings.iter().filter(|warning| is_true(warning, reads_tokens)) {
        match warning.is_note() {
            true if shell.quiet => {}
            true => shell.note(&warning.to_string()),
            false => shell.warning(&warning.to_string()),
        }
    }
    Ok(listed)
}

/// cargo does not know that this program reads tokens too, where its own `cargo:token` is not asked.
fn is_true(warning: &Warning, reads_tokens: bool) -> bool {
    match warning {
        Warning::IgnoredSecret { secret: "token", .. } => !reads_tokens,
        Warning::OutrankedToken { .. } => reads_tokens,
        _ => true,
    }
}

/// Where nobody reads the file of tokens, what is wrong with it is no error.
fn tell_unreadable_tokens(shell: Shell, context: &Context) {
    if shell.quiet {
        return;
    }
    if let Err(error) = context.kept_tokens() {
        let messages = CommandError::from_error(error).messages();
        shell.warning(&format!("cargo's file of tokens cannot be read: {}", messages.join(": ")));
    }
}

/// What is really asked where cargo lists these: the administrator's providers come before all others.
pub(crate) fn in_force(context: &Context, registry: &Registry, listed: Vec<Listed>) -> Vec<Listed> {
    let machine = &context.machine;
    let Some((_, place)) = machine.ceiling.providers_for(registry) else { return listed };
    let forced = machine.asked(registry, &[]).into_iter();
    forced.map(|choice| Listed { choice, place: place.to_string() }).collect()
}

/// What is asked for one entry of cargo's list: one provider, or all of Lockgate's own list.
fn placed(context: &Context, registry: &Registry, provider: &ProviderChoice) -> Vec<Listed> {
    let place = provider.defined.as_ref().map(ToString::to_string);
    let place = place.unwrap_or_else(|| "cargo's default".to_owned());
    if means_our_list(&provider.words) {
        return listed_by_us(context, registry).collect();
    }
    let choices = match of_ours(context, registry, &provider.words) {
        Some(ours) => ours,
        None => meant(context, &provider.words).into_iter().collect(),
    };
    choices.into_iter().map(|choice| Listed { choice, place: place.clone() }).collect()
}

/// A name of neither a built-in nor an installed provider is a native program's, as for cargo, and
/// is asked through the bridge to such.
pub(crate) fn meant(context: &Context, words: &[String]) -> Option<Choice> {
    let choice = Choice::of_words(words)?.trusted();
    match is_native(context, &choice.provider) {
        true => Some(Choice {
            provider: CARGO_PLUGIN.to_owned(),
            arguments: words.to_vec(),
            trusted: true,
            exact: false,
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

/// Whether an entry of cargo's configuration starts this program and leaves the choice to it.
fn means_our_list(words: &[String]) -> bool {
    matches!(words, [program] if is_ours(program))
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
