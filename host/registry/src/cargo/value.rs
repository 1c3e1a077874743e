//! The values of configuration, each with its definition, and how cargo merges them.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry as Slot;
use std::sync::Arc;

use lockgate_core::Secret;

use super::Definition;
use crate::ConfigError;
use crate::source::visible;

/// A table by key.
pub(crate) type Table = BTreeMap<String, Entry>;

/// A value and where it was made.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) value: Value,
    pub(crate) definition: Definition,
}

/// What a value can be.
#[derive(Clone)]
pub(crate) enum Value {
    Text(String),
    Secret(Secret),
    Integer(i64),
    Boolean(bool),
    List(Vec<Entry>),
    /// Shared, since what the user wrote is also part of what cargo sees.
    Table(Arc<Table>),
}

impl Value {
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) | Self::Secret(_) => "a string",
            Self::Integer(_) => "an integer",
            Self::Boolean(_) => "a boolean",
            Self::List(_) => "an array",
            Self::Table(_) => "a table",
        }
    }
}

impl Entry {
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn secret(&self) -> Option<&Secret> {
        match &self.value {
            Value::Secret(secret) => Some(secret),
            _ => None,
        }
    }

    pub(crate) fn list(&self) -> Option<&[Self]> {
        match &self.value {
            Value::List(list) => Some(list),
            _ => None,
        }
    }

    pub(crate) fn table(&self) -> Option<&Table> {
        match &self.value {
            Value::Table(table) => Some(table),
            _ => None,
        }
    }

    /// Whether the two have one table between them, so that nothing in it can differ.
    pub(crate) fn shares_table(&self, other: &Self) -> bool {
        match (&self.value, &other.value) {
            (Value::Table(one), Value::Table(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }
}

/// The entry at a path of keys.
pub(crate) fn find<'a>(table: &'a Table, path: &[&str]) -> Option<&'a Entry> {
    let (last, tables) = path.split_last()?;
    let mut table = table;
    for key in tables {
        table = table.get(*key)?.table()?;
    }
    table.get(*last)
}

/// The table at a path of keys; an empty one if there is none.
pub(crate) fn entries<'a>(
    table: &'a Table,
    path: &[&str],
) -> impl Iterator<Item = (&'a str, &'a Entry)> {
    find(table, path)
        .and_then(Entry::table)
        .into_iter()
        .flatten()
        .map(|(key, entry)| (key.as_str(), entry))
}

/// Puts `lower` under `higher` as cargo merges files: tables key by key, arrays with the lower one
/// first, and of other values the higher one. A provider's words are one value and not an array.
///
/// # Errors
/// If a key is a container in one and something else in the other.
pub(crate) fn merge(
    higher: &mut Table,
    lower: &Table,
    path: &mut Vec<String>,
) -> Result<(), ConfigError> {
    for (key, low) in lower {
        path.push(key.clone());
        match higher.entry(key.clone()) {
            Slot::Vacant(slot) => {
                slot.insert(low.clone());
            }
            Slot::Occupied(mut slot) => merge_entry(slot.get_mut(), low, path)?,
        }
        path.pop();
    }
    Ok(())
}

fn merge_entry(high: &mut Entry, low: &Entry, path: &mut Vec<String>) -> Result<(), ConfigError> {
    match (&mut high.value, &low.value) {
        (Value::Table(high), Value::Table(low)) => merge(Arc::make_mut(high), low, path),
        (Value::List(high), Value::List(low)) => {
            if !is_replaced(path) {
                high.splice(0..0, low.iter().cloned());
            }
            Ok(())
        }
        (Value::Table(_) | Value::List(_), _) | (_, Value::Table(_) | Value::List(_)) => {
            Err(ConfigError::Merge {
                key: visible(&path.join(".")),
                higher_kind: high.value.kind(),
                higher: Box::new(high.definition.clone()),
                lower_kind: low.value.kind(),
                lower: Box::new(low.definition.clone()),
            })
        }
        _ => Ok(()),
    }
}

/// Whether an array at this path replaces a lower one. cargo 1.95 means that too, but puts the two
/// behind one another now and then, when other keys of the table happen to be merged before.
fn is_replaced(path: &[String]) -> bool {
    matches!(
        path.iter().map(String::as_str).collect::<Vec<_>>().as_slice(),
        ["registry", "credential-provider"]
            | ["registries", _, "credential-provider"]
            | ["credential-alias", _]
    )
}
