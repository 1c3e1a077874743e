//! One thing to grant or to take back, as a command line writes it.

use std::fmt;

use toml_edit::Value;

use crate::error::{PolicyError, Problem};
use crate::reader::Source;
use crate::rules::{self, Rules, Speaker};

/// `CAPABILITY=VALUE`: one entry of one key of the grammar.
#[derive(Clone, Debug)]
pub struct Change {
    pub(crate) rules: Rules,
    /// The key in the grammar.
    pub capability: &'static str,
    argument: String,
}

/// What errors call the text.
const SOURCE: &str = "the argument";
const LIMITS: &str = "limits";

impl Change {
    /// Reads `CAPABILITY=VALUE`: a value as a grant writes it, without quotes, or an inline table;
    /// for a program its path and its arguments with one space between them; for a limit
    /// `limits.NAME=VALUE`.
    ///
    /// # Errors
    /// If a grant could not have it, with the place in the text that it stands for.
    pub fn parse(argument: &str) -> Result<Self, PolicyError> {
        let (name, value) = argument.split_once('=').ok_or_else(|| no_change(argument))?;
        let text = as_grant(name, value).ok_or_else(|| no_change(argument))?;
        let source = Source::new(&text, SOURCE);
        let document = source.document()?;
        let root = source.root(&document, &rules::KEYS)?;
        let rules = Rules::read(&root, Speaker::User)?;
        let capability = name.split('.').next().unwrap_or_default();
        let capability = rules::KEYS.known.iter().find(|key| **key == capability);
        let capability = capability.copied().ok_or_else(|| no_change(argument))?;
        Ok(Self { rules, capability, argument: argument.to_owned() })
    }
}

/// As it was written.
impl fmt::Display for Change {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.argument)
    }
}

fn no_change(argument: &str) -> PolicyError {
    let reason = "is no change; write CAPABILITY=VALUE, as in `http=https://sso.corp.example`, and \
                  `limits.NAME=VALUE` for a limit";
    let span = 0..argument.len();
    Source::new(argument, SOURCE).error(span, Problem::value(argument, reason))
}

/// The grant that has this one line; none if the name is no key at all.
fn as_grant(name: &str, value: &str) -> Option<String> {
    let is_key = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
    };
    let (key, limit) = match name.split_once('.') {
        Some((key, limit)) => (key, Some(limit)),
        None => (name, None),
    };
    if !is_key(key) || limit.is_some_and(|limit| key != LIMITS || !is_key(limit)) {
        return None;
    }
    let value = as_value(key, value);
    Some(match (key, limit) {
        (LIMITS, Some(limit)) => format!("{LIMITS} = {{ {limit} = {value} }}"),
        (LIMITS | "prompt" | "reveal", _) => format!("{key} = {value}"),
        _ => format!("{key} = [{value}]"),
    })
}

/// The value in TOML. What is no table is taken by its letter, so that nothing can end it early.
fn as_value(key: &str, value: &str) -> String {
    let table = value.starts_with('{').then(|| value.parse::<Value>().ok());
    let table = table.flatten().filter(Value::is_inline_table);
    match (table, key, value) {
        (Some(_), ..) | (_, "prompt" | "reveal" | LIMITS, "true" | "false") => value.to_owned(),
        (_, "process", program) => as_program(program).to_string(),
        _ => Value::from(value).to_string(),
    }
}

fn as_program(text: &str) -> Value {
    let mut words = text.split(' ');
    let program = words.next().unwrap_or_default();
    let arguments: toml_edit::Array = words.collect();
    if arguments.is_empty() {
        return program.into();
    }
    let mut table = toml_edit::InlineTable::new();
    table.insert("program", program.into());
    table.insert("arguments", arguments.into());
    table.into()
}

/// `CAPABILITY=VALUE` for a value of the grammar: what [`Change::parse`] reads as this.
pub(crate) fn argument(capability: &str, value: &Value) -> String {
    let value = value.as_str().map_or_else(|| short(value), str::to_owned);
    format!("{capability}={}", value.trim())
}

/// A program with nothing but arguments without blanks in one line, everything else as a table.
fn short(value: &Value) -> String {
    let program = || {
        let table = value.as_inline_table()?;
        let (path, arguments) = (table.get("program")?.as_str()?, table.get("arguments")?);
        let words = arguments.as_array()?.iter().map(Value::as_str).collect::<Option<Vec<_>>>()?;
        let plain = |word: &&str| !word.is_empty() && !word.contains(' ');
        let whole = table.len() == 2 && !words.is_empty();
        (whole && !path.contains(' ') && words.iter().all(plain))
            .then(|| format!("{path} {}", words.join(" ")))
    };
    program().unwrap_or_else(|| value.to_string())
}
