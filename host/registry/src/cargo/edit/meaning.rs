//! What a text means, without how it is written.

use std::collections::BTreeMap;

use toml_edit::{Item, TableLike, Value};

use super::place::Document;

/// Every value by its path of keys. Tables without values count for nothing.
#[derive(PartialEq, Eq)]
pub(super) struct Meaning(BTreeMap<Vec<String>, String>);

impl Meaning {
    pub(super) fn of(document: &Document<'_>) -> Self {
        let mut meaning = Self(BTreeMap::new());
        meaning.table(document.root(), &[]);
        meaning
    }

    /// Without this key and what is below it.
    pub(super) fn without(mut self, key: &[&str]) -> Self {
        self.0.retain(|path, _| {
            !path.iter().map(String::as_str).take(key.len()).eq(key.iter().copied())
        });
        self
    }

    /// Without everything that names a provider.
    pub(super) fn of_others(mut self) -> Self {
        self.0.retain(|path, _| {
            let path: Vec<_> = path.iter().map(String::as_str).collect();
            !matches!(
                path.as_slice(),
                ["registry", "global-credential-providers" | "credential-provider", ..]
                    | ["registries", _, "credential-provider", ..]
                    | ["credential-alias", ..]
            )
        });
        self
    }

    fn table(&mut self, table: &dyn TableLike, above: &[String]) {
        for (name, item) in table.iter() {
            self.item(item, [above, &[name.to_owned()]].concat());
        }
    }

    fn item(&mut self, item: &Item, path: Vec<String>) {
        match item {
            Item::None => {}
            Item::Table(table) => self.table(table, &path),
            Item::Value(value) => self.value(value, path),
            Item::ArrayOfTables(tables) => {
                for (at, table) in tables.iter().enumerate() {
                    self.table(table, &[path.as_slice(), &[format!("[{at}]")]].concat());
                }
            }
        }
    }

    fn value(&mut self, value: &Value, path: Vec<String>) {
        match value {
            Value::InlineTable(table) => self.table(table, &path),
            Value::Array(array) => {
                for (at, element) in array.iter().enumerate() {
                    self.value(element, [path.as_slice(), &[format!("[{at}]")]].concat());
                }
            }
            Value::String(text) => self.leaf(path, format!("text {}", text.value())),
            Value::Integer(number) => self.leaf(path, format!("integer {}", number.value())),
            Value::Float(number) => self.leaf(path, format!("float {}", number.value())),
            Value::Boolean(truth) => self.leaf(path, format!("boolean {}", truth.value())),
            Value::Datetime(time) => self.leaf(path, format!("time {}", time.value())),
        }
    }

    fn leaf(&mut self, path: Vec<String>, value: String) {
        self.0.insert(path, value);
    }
}
