//! `--config` on the command line: a file, or one `KEY=VALUE`.

use std::path::Path;

use toml_edit::{Decor, DocumentMut, Item, Key, RawString, Value as TomlValue};

use super::file::FileLayer;
use super::include::{Loaded, Loader};
use super::value::{self, Table};
use super::{ConfigFiles, Layer};
use crate::ConfigError;
use crate::source::visible;

/// Secrets, which cargo does not take from where everybody on the machine can read them.
const SECRETS: [&str; 2] = ["token", "secret-key"];

/// Why a `--config` is refused, mostly in cargo's words. What may be a secret is not shown.
#[derive(Debug, thiserror::Error)]
pub enum SettingError {
    /// Neither a file that is there nor TOML.
    #[error("failed to parse value from --config argument `{argument}` as a dotted key expression")]
    NotToml {
        /// What was given.
        argument: String,
        /// What is wrong with it.
        source: ExpressionError,
    },
    /// TOML, but not one key with its value.
    #[error(
        "--config argument `{0}` was not a TOML dotted key expression (such as `build.jobs = 2`)"
    )]
    NotAKey(String),
    /// A comment.
    #[error("--config argument `{0}` includes non-whitespace decoration")]
    Decorated(String),
    /// A table in braces.
    #[error("--config argument `{0}` sets a value to an inline table, which is not accepted")]
    InlineTable(String),
    /// Tables in a list.
    #[error("--config argument `{0}` sets a value to an array of tables, which is not accepted")]
    ArrayOfTables(String),
    /// A secret.
    #[error("{0} cannot be set through --config for security reasons")]
    Secret(String),
}

/// Why a text is no TOML. The text itself is not quoted.
#[derive(Debug, thiserror::Error)]
#[error("at character {column}: {message}")]
pub struct ExpressionError {
    /// From 1.
    column: usize,
    message: String,
}

/// The layers of all `--config` arguments, the one that wins first: the last.
pub(crate) fn layers(
    arguments: &[String],
    working_directory: &Path,
    files: &dyn ConfigFiles,
    loader: &mut Loader<'_>,
) -> Loaded {
    let mut layers = Vec::new();
    for argument in arguments {
        let path = working_directory.join(argument);
        let new = if !argument.is_empty() && files.canonical(&path).is_some() {
            let failed = |source| ConfigError::SettingFile { path: path.clone(), source };
            loader.required(&path, Layer::CommandLine).map_err(Box::new).map_err(failed)?
        } else {
            setting(argument, loader)?
        };
        layers.splice(0..0, new);
    }
    Ok(layers)
}

fn setting(argument: &str, loader: &mut Loader<'_>) -> Loaded {
    check(argument)?;
    let layer = FileLayer::of_setting(argument)
        .map_err(Box::new)
        .map_err(|source| ConfigError::SettingValue { argument: shown(argument), source })?;
    refuse_secrets(&layer.values)?;
    let failed = |source| ConfigError::SettingInclude(Box::new(source));
    let included = loader.included_by_setting(&layer.values).map_err(failed)?;
    Ok(std::iter::once(layer).chain(included).collect())
}

/// What cargo takes: one key with its value, and no table that would hide further ones.
fn check(argument: &str) -> Result<(), SettingError> {
    let document: DocumentMut = argument.parse().map_err(|error| not_toml(argument, &error))?;
    let mut table = document.as_table();
    let mut is_root = true;
    while (is_root || table.is_dotted()) && table.len() == 1 {
        is_root = false;
        let Some((key, item)) = table.iter().next() else { break };
        let decorated = table.key(key).is_some_and(is_key_decorated);
        match item {
            Item::Table(inner) if decorated || is_decorated(inner.decor()) => {
                return Err(SettingError::Decorated(shown(argument)));
            }
            Item::Table(inner) => table = inner,
            Item::Value(value) => return check_value(argument, value, decorated),
            Item::ArrayOfTables(_) => return Err(SettingError::ArrayOfTables(shown(argument))),
            Item::None => break,
        }
    }
    Err(SettingError::NotAKey(shown(argument)))
}

fn check_value(argument: &str, value: &TomlValue, decorated: bool) -> Result<(), SettingError> {
    if value.is_inline_table() {
        Err(SettingError::InlineTable(shown(argument)))
    } else if decorated || is_decorated(value.decor()) {
        Err(SettingError::Decorated(shown(argument)))
    } else {
        Ok(())
    }
}

fn not_toml(argument: &str, error: &toml_edit::TomlError) -> SettingError {
    let before = error.span().and_then(|span| argument.get(..span.start));
    let column = before.map_or(0, |text| text.chars().count()) + 1;
    let source = ExpressionError { column, message: error.message().to_owned() };
    SettingError::NotToml { argument: shown(argument), source }
}

fn is_key_decorated(key: &Key) -> bool {
    is_decorated(key.leaf_decor()) || is_decorated(key.dotted_decor())
}

fn is_decorated(decor: &Decor) -> bool {
    let is_text = |text: &RawString| !text.as_str().unwrap_or_default().trim().is_empty();
    decor.prefix().is_some_and(is_text) || decor.suffix().is_some_and(is_text)
}

fn refuse_secrets(values: &Table) -> Result<(), SettingError> {
    let refuse = |key: String| Err(SettingError::Secret(visible(&key)));
    for secret in SECRETS {
        if value::find(values, &["registry", secret]).is_some() {
            return refuse(format!("registry.{secret}"));
        }
        for (name, _) in value::entries(values, &["registries"]) {
            if value::find(values, &["registries", name, secret]).is_some() {
                return refuse(format!("registries.{name}.{secret}"));
            }
        }
    }
    Ok(())
}

/// An argument for people, without its value where that may be a secret.
fn shown(argument: &str) -> String {
    let lower = argument.to_lowercase();
    let mut secrets = SECRETS.iter().chain(&["proxy"]);
    let may_be_secret = secrets.any(|secret| lower.contains(secret));
    match argument.split_once('=').filter(|_| may_be_secret) {
        Some((key, _)) => format!("{}=...", visible(key)),
        None if may_be_secret => "...".to_owned(),
        None => visible(argument),
    }
}
