//! Which keys cargo knows, and which type each has. As in cargo a type matters when the key is
//! read: a mistake in the table of another registry keeps nobody from this one.

use super::Definition;
use super::value::{Entry, Table, Value};
use crate::source::visible;

/// Keys of `[registries.NAME]` that cargo knows.
pub(crate) const REGISTRY_KEYS: [&str; 6] =
    ["index", "token", "credential-provider", "secret-key", "secret-key-subject", "protocol"];
/// Keys of `[registry]` that cargo knows.
pub(crate) const GLOBAL_KEYS: [&str; 7] = [
    "index",
    "token",
    "credential-provider",
    "secret-key",
    "secret-key-subject",
    "default",
    "global-credential-providers",
];
/// Keys of a registry's table that are one text.
const TEXTS: [&str; 5] = ["index", "token", "secret-key", "secret-key-subject", "protocol"];

/// A value of another type than the key has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` in {defined} must be {expected}, but is {found}", visible(.key))]
pub struct TypeError {
    /// The key.
    pub key: String,
    /// What it must be, in words.
    pub expected: &'static str,
    /// What it is, in words.
    pub found: &'static str,
    /// Where it is.
    pub defined: Definition,
}

pub(crate) fn wrong(key: &[&str], expected: &'static str, entry: &Entry) -> TypeError {
    TypeError {
        key: key.join("."),
        expected,
        found: entry.value.kind(),
        defined: entry.definition.clone(),
    }
}

/// The entry at a path of keys, each of which but the last must be a table.
pub(crate) fn look_up<'a>(table: &'a Table, path: &[&str]) -> Result<Option<&'a Entry>, TypeError> {
    let mut table = table;
    for (depth, key) in path.iter().enumerate() {
        let Some(entry) = table.get(*key) else { return Ok(None) };
        let walked = path.get(..=depth).unwrap_or(path);
        if walked.len() == path.len() {
            return Ok(Some(entry));
        }
        table = entry.table().ok_or_else(|| wrong(walked, "a table", entry))?;
    }
    Ok(None)
}

/// The text at a path of keys.
pub(crate) fn text<'a>(table: &'a Table, path: &[&str]) -> Result<Option<&'a Entry>, TypeError> {
    let Some(entry) = look_up(table, path)? else { return Ok(None) };
    match entry.value {
        Value::Text(_) | Value::Secret(_) => Ok(Some(entry)),
        _ => Err(wrong(path, "a string", entry)),
    }
}

/// The table at a path of keys.
pub(crate) fn table<'a>(
    files: &'a Table,
    path: &[&str],
) -> Result<impl Iterator<Item = (&'a str, &'a Entry)>, TypeError> {
    let found = match look_up(files, path)? {
        Some(entry) => Some(entry.table().ok_or_else(|| wrong(path, "a table", entry))?),
        None => None,
    };
    Ok(found.into_iter().flatten().map(|(key, entry)| (key.as_str(), entry)))
}

/// Checks that there is a table at a path of keys, if there is anything.
pub(crate) fn check_table(files: &Table, path: &[&str]) -> Result<(), TypeError> {
    table(files, path).map(drop)
}

/// Checks what cargo reads of every registry when it looks for the name of one.
pub(crate) fn check_indexes(files: &Table) -> Result<(), TypeError> {
    for (name, entry) in table(files, &["registries"])? {
        let Some(table) = entry.table() else {
            return Err(wrong(&["registries", name], "a table", entry));
        };
        match table.get("index") {
            Some(index) if index.text().is_none() => {
                return Err(wrong(&["registries", name, "index"], "a string", index));
            }
            _ => {}
        }
    }
    Ok(())
}

/// The list of texts at a path of keys.
pub(crate) fn texts<'a>(table: &'a Table, path: &[&str]) -> Result<Option<&'a [Entry]>, TypeError> {
    let Some(entry) = look_up(table, path)? else { return Ok(None) };
    let list = entry.list().ok_or_else(|| wrong(path, "a list of strings", entry))?;
    elements_are_texts(path, list)?;
    Ok(Some(list))
}

/// The words of a program at a path of keys: one text, or a list of texts.
pub(crate) fn words<'a>(table: &'a Table, path: &[&str]) -> Result<Option<&'a Entry>, TypeError> {
    let Some(entry) = look_up(table, path)? else { return Ok(None) };
    match &entry.value {
        Value::Text(_) => {}
        Value::List(list) => elements_are_texts(path, list)?,
        _ => return Err(wrong(path, "a string or a list of strings", entry)),
    }
    Ok(Some(entry))
}

fn elements_are_texts(path: &[&str], list: &[Entry]) -> Result<(), TypeError> {
    match list.iter().enumerate().find(|(_, element)| element.text().is_none()) {
        None => Ok(()),
        Some((at, element)) => {
            let mut error = wrong(path, "a string", element);
            error.key = format!("{}[{at}]", error.key);
            Err(error)
        }
    }
}

/// Checks what cargo reads of a registry's own table besides its provider.
pub(crate) fn check_registry(files: &Table, path: &[&str]) -> Result<(), TypeError> {
    for (key, entry) in table(files, path)? {
        if TEXTS.contains(&key) && !matches!(entry.value, Value::Text(_) | Value::Secret(_)) {
            let path: Vec<_> = path.iter().copied().chain([key]).collect();
            return Err(wrong(&path, "a string", entry));
        }
    }
    Ok(())
}

/// Whether the value at a path of keys is the address of a proxy, which may have a password in it.
pub(crate) fn is_proxy<'a>(path: impl IntoIterator<Item = &'a str>) -> bool {
    path.into_iter().eq(["http", "proxy"])
}

/// Whether the value of a key is a secret.
pub(crate) fn is_secret(key: &str) -> bool {
    key == "token" || key == "secret-key"
}
