//! The values of a file that is read the fast way, see [`read_plain_toml`].

use std::sync::Arc;

use lockgate_core::{PlainKey, PlainToml, PlainValue, Secret, read_plain_toml};

use super::schema;
use super::value::{Entry, Table, Value};

/// Makes an entry of a value and the byte at which its key starts.
pub(super) type MakeEntry<'a> = dyn Fn(Value, usize) -> Entry + 'a;

/// The values of a plain file; `None` if it is not plain, or not right.
pub(super) fn read(text: &str, entry: &MakeEntry<'_>) -> Option<Table> {
    let mut reader =
        Plain { entry, root: Table::new(), header: Vec::new(), table: Table::new(), doubt: false };
    let is_plain = read_plain_toml(text, &mut reader);
    reader.finish_table();
    (is_plain && !reader.doubt).then_some(reader.root)
}

struct Plain<'e> {
    entry: &'e MakeEntry<'e>,
    root: Table,
    /// The path of the table being read, with the place of each key.
    header: Vec<(String, usize)>,
    table: Table,
    doubt: bool,
}

impl Plain<'_> {
    fn finish_table(&mut self) {
        let table = std::mem::take(&mut self.table);
        let mut header = std::mem::take(&mut self.header);
        let Some((name, at)) = header.pop() else {
            // Before the first header.
            return self.root.extend(table);
        };
        let mut place = &mut self.root;
        for (key, at) in header {
            let below = place
                .entry(key)
                .or_insert_with(|| (self.entry)(Value::Table(Table::new().into()), at));
            let Value::Table(below) = &mut below.value else {
                self.doubt = true;
                return;
            };
            place = Arc::make_mut(below);
        }
        place.insert(name, (self.entry)(Value::Table(table.into()), at));
    }

    fn value(&self, value: PlainValue<'_>, is_secret: bool) -> Value {
        match value {
            PlainValue::Text(text) if is_secret => Value::Secret(Secret::from(text.into_owned())),
            PlainValue::Text(text) => Value::Text(text.into_owned()),
            PlainValue::Integer(number) => Value::Integer(number),
            PlainValue::Boolean(value) => Value::Boolean(value),
            PlainValue::List(list) => {
                let element = |(value, at)| (self.entry)(self.value(value, is_secret), at);
                Value::List(list.into_iter().map(element).collect())
            }
        }
    }
}

impl<'a> PlainToml<'a> for Plain<'_> {
    fn table(&mut self, path: &[PlainKey<'a>]) {
        self.finish_table();
        self.header = path.iter().map(|key| (key.name.clone().into_owned(), key.at)).collect();
    }

    fn entry(&mut self, key: PlainKey<'a>, value: PlainValue<'a>) {
        let tables = self.header.iter().map(|(name, _)| name.as_str());
        let is_secret =
            schema::is_secret(&key.name) || schema::is_proxy(tables.chain([&*key.name]));
        let value = self.value(value, is_secret);
        self.table.insert(key.name.into_owned(), (self.entry)(value, key.at));
    }
}
