//! One configuration file: its text as values.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use lockgate_core::Secret;
use toml_edit::{Item, TableLike, Value as TomlValue};

use super::value::{Entry, Table, Value};
use super::{Definition, Layer, plain, schema};
use crate::source::{Quoting, SourceText, visible};
use crate::{ConfigError, SourceError};

/// The top-level keys that say something about registries and credentials.
const KEPT: [&str; 9] = [
    "registry",
    "registries",
    "credential-alias",
    "source",
    "include",
    "http",
    "net",
    "term",
    "token",
];

/// One file of the configuration, or one setting of the command line.
pub(crate) struct FileLayer {
    /// `None` for a setting.
    pub(crate) path: Option<Arc<Path>>,
    pub(crate) layer: Layer,
    pub(crate) values: Table,
}

impl FileLayer {
    /// Reads the text of a file: all of it must be of the kinds that cargo takes, and what says
    /// something about registries is kept.
    ///
    /// # Errors
    /// If the text is no TOML or a value has the wrong type, with its place.
    pub(crate) fn parse(path: &Path, layer: Layer, text: &str) -> Result<Self, ConfigError> {
        let path: Arc<Path> = path.into();
        let values = read(&Place::File { path: Arc::clone(&path), layer }, &path, text)?;
        Ok(Self { path: Some(path), layer, values })
    }

    /// Reads `KEY=VALUE` of the command line.
    ///
    /// # Errors
    /// If a value has a type that cargo does not take.
    pub(crate) fn of_setting(text: &str) -> Result<Self, SourceError> {
        let values = read(&Place::CommandLine, Path::new("--config"), text)?;
        Ok(Self { path: None, layer: Layer::CommandLine, values })
    }
}

/// Whether a file would be read the fast way.
#[cfg(test)]
pub(super) fn is_plain(text: &str) -> bool {
    let entry = |value, _| Entry { value, definition: Definition::BuiltIn };
    plain::read(text, &entry).is_some()
}

/// A file's values, read without the fast way.
#[cfg(test)]
pub(super) fn read_whole(path: &Path, layer: Layer, text: &str) -> Result<Table, SourceError> {
    let source = SourceText::new(path, text, Quoting::WithoutSecrets);
    let place = Place::File { path: path.into(), layer };
    let mut values = Reader { source: &source, place: &place }.whole()?;
    values.retain(|key, _| KEPT.contains(&key.as_str()));
    Ok(values)
}

/// Where a text is.
enum Place {
    File { path: Arc<Path>, layer: Layer },
    CommandLine,
}

fn read(place: &Place, path: &Path, text: &str) -> Result<Table, SourceError> {
    let source = SourceText::new(path, text, Quoting::WithoutSecrets);
    let reader = Reader { source: &source, place };
    let mut values = match plain::read(text, &|value, at| reader.entry(value, Some(at..at))) {
        Some(values) => values,
        None => reader.whole()?,
    };
    values.retain(|key, _| KEPT.contains(&key.as_str()));
    Ok(values)
}

struct Reader<'a> {
    source: &'a SourceText<'a>,
    place: &'a Place,
}

impl Reader<'_> {
    fn whole(&self) -> Result<Table, SourceError> {
        let document = self.source.parse()?;
        self.table(document.as_table(), &mut Vec::new())
    }

    fn table(&self, table: &dyn TableLike, path: &mut Vec<String>) -> Result<Table, SourceError> {
        let mut values = Table::new();
        for (key, item) in table.iter() {
            let place = table.get_key_value(key).and_then(|(key, _)| key.span());
            path.push(key.to_owned());
            let value = self.item(item, place.clone(), path)?;
            path.pop();
            values.insert(key.to_owned(), self.entry(value, place));
        }
        Ok(values)
    }

    fn entry(&self, value: Value, place: Option<Range<usize>>) -> Entry {
        let definition = match self.place {
            Place::File { path, layer } => Definition::File {
                path: Arc::clone(path),
                line: self.source.line(place.map_or(0, |place| place.start)),
                layer: *layer,
            },
            Place::CommandLine => Definition::CommandLine,
        };
        Entry { value, definition }
    }

    fn item(
        &self,
        item: &Item,
        key: Option<Range<usize>>,
        path: &mut Vec<String>,
    ) -> Result<Value, SourceError> {
        if let Some(table) = item.as_table_like() {
            return Ok(Value::Table(self.table(table, path)?.into()));
        }
        if let Some(tables) = item.as_array_of_tables() {
            let entries = tables.iter().map(|table| {
                Ok(self.entry(Value::Table(self.table(table, path)?.into()), table.span()))
            });
            return Ok(Value::List(entries.collect::<Result<_, SourceError>>()?));
        }
        match item.as_value() {
            Some(value) => self.value(value, key, path),
            None => Ok(Value::Table(Table::new().into())),
        }
    }

    fn value(
        &self,
        value: &TomlValue,
        key: Option<Range<usize>>,
        path: &mut Vec<String>,
    ) -> Result<Value, SourceError> {
        let place = value.span().or(key);
        match value {
            TomlValue::String(text)
                if path.last().is_some_and(|key| schema::is_secret(key))
                    || schema::is_proxy(path.iter().map(String::as_str)) =>
            {
                Ok(Value::Secret(Secret::from(text.value().as_str())))
            }
            TomlValue::String(text) => Ok(Value::Text(text.value().clone())),
            TomlValue::Integer(number) => Ok(Value::Integer(*number.value())),
            TomlValue::Boolean(value) => Ok(Value::Boolean(*value.value())),
            TomlValue::Array(array) => {
                let elements = array.iter().map(|element| {
                    let place = element.span();
                    Ok(self.entry(self.value(element, place.clone(), path)?, place))
                });
                Ok(Value::List(elements.collect::<Result<_, SourceError>>()?))
            }
            TomlValue::InlineTable(table) => Ok(Value::Table(self.table(table, path)?.into())),
            TomlValue::Float(_) | TomlValue::Datetime(_) => {
                let kind = value.type_name();
                let key = visible(&path.join("."));
                let message = format!("unsupported TOML configuration type `{kind}` at `{key}`");
                Err(self.source.error(place, message))
            }
        }
    }
}
