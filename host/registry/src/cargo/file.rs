//! One configuration file: its text as values.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use lockgate_core::Secret;
use toml_edit::{Item, TableLike, Value as TomlValue};

use super::value::{Entry, Table, Value};
use super::{Definition, Layer, schema};
use crate::source::{Quoting, SourceText, visible};
use crate::{ConfigError, SourceError};

/// The top-level tables that say something about registries and credentials.
const KEPT: [&str; 7] =
    ["registry", "registries", "credential-alias", "source", "include", "http", "net"];

/// One file of the configuration.
pub(crate) struct FileLayer {
    pub(crate) path: Arc<Path>,
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
        let source = SourceText::new(path, text, Quoting::WithoutSecrets);
        let document = source.parse()?;
        let reader = Reader { source: &source, path: path.into(), layer };
        let mut values = reader.table(document.as_table(), &mut Vec::new())?;
        values.retain(|key, _| KEPT.contains(&key.as_str()));
        Ok(Self { path: reader.path, layer, values })
    }
}

struct Reader<'a> {
    source: &'a SourceText<'a>,
    path: Arc<Path>,
    layer: Layer,
}

impl Reader<'_> {
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
        let line = self.source.line(place.map_or(0, |place| place.start));
        let definition = Definition::File { path: Arc::clone(&self.path), line, layer: self.layer };
        Entry { value, definition }
    }

    fn item(
        &self,
        item: &Item,
        key: Option<Range<usize>>,
        path: &mut Vec<String>,
    ) -> Result<Value, SourceError> {
        schema::check(item, path)
            .map_err(|message| self.source.error(item.span().or(key.clone()), message))?;
        if let Some(table) = item.as_table_like() {
            return Ok(Value::Table(self.table(table, path)?));
        }
        if let Some(tables) = item.as_array_of_tables() {
            let entries = tables
                .iter()
                .map(|table| Ok(self.entry(Value::Table(self.table(table, path)?), table.span())));
            return Ok(Value::List(entries.collect::<Result<_, SourceError>>()?));
        }
        match item.as_value() {
            Some(value) => self.value(value, key, path),
            None => Ok(Value::Other),
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
            TomlValue::String(text) if schema::is_secret(path) => {
                Ok(Value::Secret(Secret::from(text.value().as_str())))
            }
            TomlValue::String(text) => Ok(Value::Text(text.value().clone())),
            TomlValue::Integer(_) | TomlValue::Boolean(_) => Ok(Value::Other),
            TomlValue::Array(array) => {
                let elements = array.iter().map(|element| {
                    let place = element.span();
                    Ok(self.entry(self.value(element, place.clone(), path)?, place))
                });
                Ok(Value::List(elements.collect::<Result<_, SourceError>>()?))
            }
            TomlValue::InlineTable(table) => Ok(Value::Table(self.table(table, path)?)),
            TomlValue::Float(_) | TomlValue::Datetime(_) => {
                let kind = value.type_name();
                let key = visible(&path.join("."));
                let message = format!("unsupported TOML configuration type `{kind}` at `{key}`");
                Err(self.source.error(place, message))
            }
        }
    }
}
