//! Which tokens can be moved, and why others cannot.

use lockgate_broker::{Choice, Context, TokenSource, TokenSources};
use lockgate_core::{Registry, escape};
use lockgate_registry::cargo::{CredentialTable, KeptTokens};

use crate::cargo::choices_of_cargo;
use crate::error::CommandError;
use crate::setup::moving::Stays;
use crate::shell::Shell;

/// A registry whose token can be moved.
pub(crate) struct Candidate {
    pub(crate) name: String,
    pub(crate) registry: Registry,
}

/// Every token of cargo's file, by its registry's name.
pub(super) fn candidates(
    context: &Context,
    target: &Choice,
) -> Result<(Vec<Candidate>, Vec<Stays>), CommandError> {
    of_file(context, |registry, name| is_asked(context, registry, name, target))
}

/// The same, whoever is to have them: those that stay are without a registry, or not the ones that are
/// used for it, or `check` says why.
pub(crate) fn of_file(
    context: &Context,
    check: impl Fn(Registry, &str) -> Result<Registry, String>,
) -> Result<(Vec<Candidate>, Vec<Stays>), CommandError> {
    let sources = context.token_sources();
    let kept = sources.kept().map_err(because)?;
    let (mut movable, mut stay) = (Vec::new(), Vec::new());
    for table in kept.tables_with_tokens() {
        let name = match &table {
            CredentialTable::CratesIo => "crates-io".to_owned(),
            CredentialTable::Named(name) => name.clone(),
        };
        match registry(context, &sources, kept, &table, &name)
            .and_then(|registry| check(registry, &name))
        {
            Ok(registry) => movable.push(Candidate { name, registry }),
            Err(reason) => stay.push(Stays { name, reason }),
        }
    }
    Ok((movable, stay))
}

fn because(messages: Vec<String>) -> CommandError {
    CommandError::because("it is not known which tokens there are", messages)
}

/// The registry whose token stands in this table and is the one that is used for it.
fn registry(
    context: &Context,
    sources: &TokenSources<'_>,
    kept: &KeptTokens,
    table: &CredentialTable,
    name: &str,
) -> Result<Registry, String> {
    let registry = context.cargo.select(Some(name)).map_err(|error| error.to_string())?;
    if kept.has_signing_key(table) {
        return Err("there is a `secret-key` beside it, which would be removed with it".to_owned());
    }
    match sources.of(&registry).map_err(|messages| messages.join(": "))? {
        Some(TokenSource::Line(..)) if kept.token(table).is_some() => Ok(registry),
        Some(TokenSource::Variable(variable) | TokenSource::EmptyVariable(variable)) => {
            Err(format!("the variable {variable} takes its place; unset it for this"))
        }
        _ => Err("it is not the token that is used for this registry".to_owned()),
    }
}

/// Nothing is moved to where cargo would not find it.
fn is_asked(
    context: &Context,
    registry: Registry,
    name: &str,
    target: &Choice,
) -> Result<Registry, String> {
    if let Some((_, place)) = context.machine.ceiling.providers_for(&registry) {
        return Err(format!("the administrator's policy ({place}) says who serves it"));
    }
    let quiet = Shell { quiet: true, verbose: false };
    let asked =
        choices_of_cargo(quiet, context, &registry).map_err(|error| error.messages().join(": "))?;
    match asked.iter().any(|choice| choice.says_the_same(target)) {
        true => Ok(registry),
        false => {
            let to = escape(&target.provider);
            Err(format!(
                "cargo does not ask `{to}` for `{}` and would not find it there; `lockgate setup \
                 cargo --provider cargo:token --provider {to}` has it asked",
                escape(name)
            ))
        }
    }
}
