//! What setup changed in the file, so that it can be taken out of one that others changed since.

use lockgate_core::escape;
use lockgate_registry::cargo::{ConfigEdit, EditError, Element};
use serde::{Deserialize, Serialize};

use crate::error::CommandError;

/// One change, with TOML as it is written in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) enum Change {
    /// A key's whole value.
    Value { key: Vec<String>, from: Option<String>, to: String },
    /// One text of a list.
    Element { key: Vec<String>, from: String, to: String },
    /// A header that was added.
    Header { table: Vec<String> },
}

impl From<EditError> for CommandError {
    fn from(error: EditError) -> Self {
        Self::from_error(&error)
    }
}

/// Gives a key a value.
pub(super) fn set(
    edit: &mut ConfigEdit,
    key: &[&str],
    to: String,
    changes: &mut Vec<Change>,
) -> Result<(), CommandError> {
    let from = edit.setting(key)?.map(|setting| setting.raw);
    if edit.set(key, &to)? {
        let table = key.split_last().map(|(_, table)| owned(table)).unwrap_or_default();
        changes.push(Change::Header { table });
    }
    changes.push(Change::Value { key: owned(key), from, to });
    Ok(())
}

/// Writes another text in the place of one of a list.
pub(super) fn set_element(
    edit: &mut ConfigEdit,
    key: &[&str],
    at: usize,
    from: &Element,
    to: String,
    changes: &mut Vec<Change>,
) -> Result<(), CommandError> {
    edit.set_element(key, at, &to)?;
    changes.push(Change::Element { key: owned(key), from: from.raw.clone(), to });
    Ok(())
}

/// Takes the changes out of a text that is not what they made any more: what is left to do by hand.
pub(super) fn take_out(
    edit: &mut ConfigEdit,
    path: &str,
    changes: &[Change],
) -> Result<Vec<String>, CommandError> {
    let mut left = Vec::new();
    for change in changes.iter().rev() {
        match change {
            Change::Value { key, from, to } => {
                left.extend(take_out_value(edit, path, key, from.as_deref(), to)?);
            }
            Change::Element { key, from, to } => take_out_element(edit, key, from, to)?,
            Change::Header { table } => edit.remove_empty_table(&borrowed(table))?,
        }
    }
    Ok(left)
}

fn take_out_value(
    edit: &mut ConfigEdit,
    path: &str,
    key: &[String],
    from: Option<&str>,
    to: &str,
) -> Result<Option<String>, CommandError> {
    let key = borrowed(key);
    let Some(now) = edit.setting(&key)? else { return Ok(None) };
    if from == Some(now.raw.as_str()) {
        return Ok(None);
    }
    match (from, now.raw == to) {
        (Some(from), true) => {
            edit.set(&key, from)?;
        }
        (None, true) => edit.remove(&key)?,
        (None, false) if now.is_list => take_out_elements(edit, &key, to)?,
        (from, false) => {
            let before = match from {
                Some(from) => format!("; it was `{}` before", escape(from)),
                None => "; it was not there before".to_owned(),
            };
            let (line, key) = (now.line, escape(&key.join(".")));
            let path = escape(path);
            return Ok(Some(format!("{path}:{line}: `{key}` was changed since{before}")));
        }
    }
    Ok(None)
}

/// Our texts of a list to which others were added since.
fn take_out_elements(edit: &mut ConfigEdit, key: &[&str], ours: &str) -> Result<(), CommandError> {
    let ours = texts_of(ours)?;
    while let Some(now) = edit.setting(key)? {
        match now.elements.iter().position(|element| ours.contains(&element.text)) {
            Some(_) if now.elements.len() == 1 => edit.remove(key)?,
            Some(at) => edit.remove_element(key, at)?,
            None => break,
        }
    }
    Ok(())
}

fn texts_of(list: &str) -> Result<Vec<String>, CommandError> {
    let text = format!("list = {list}");
    let parsed = ConfigEdit::new("the record of setup".as_ref(), &text)?.setting(&["list"])?;
    let elements = parsed.map(|setting| setting.elements).unwrap_or_default();
    Ok(elements.into_iter().map(|element| element.text).collect())
}

fn take_out_element(
    edit: &mut ConfigEdit,
    key: &[String],
    from: &str,
    to: &str,
) -> Result<(), CommandError> {
    let key = borrowed(key);
    let Some(now) = edit.setting(&key)?.filter(|now| now.is_list) else { return Ok(()) };
    match now.elements.iter().position(|element| element.raw == to) {
        Some(at) => Ok(edit.set_element(&key, at, from)?),
        None => Ok(()),
    }
}

fn owned(key: &[&str]) -> Vec<String> {
    key.iter().map(|&part| part.to_owned()).collect()
}

fn borrowed(key: &[String]) -> Vec<&str> {
    key.iter().map(String::as_str).collect()
}
