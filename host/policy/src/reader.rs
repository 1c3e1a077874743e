//! TOML with places: typed access in which every failure cites the text.

use std::ops::Range;
use std::sync::Arc;

use toml_edit::{Document, Item, TableLike, Value};

use crate::error::{
    MAX_ENTRIES, MAX_POLICY_ENTRIES, MAX_POLICY_TEXT, MAX_TEXT, Place, PolicyError, Problem,
    line_of, visible,
};
use lockgate_core::is_hidden;

/// A text and what it came from.
pub(crate) struct Source<'a> {
    name: Arc<str>,
    text: &'a str,
    /// Most bytes, and most entries of one list.
    most: (usize, usize),
}

/// The keys of one kind of table.
pub(crate) struct Keys {
    /// Those that are enforced.
    pub(crate) known: &'static [&'static str],
    /// Those of the grammar that this version cannot enforce.
    pub(crate) later: &'static [&'static str],
}

/// A table all of whose keys are known.
pub(crate) struct Fields<'a> {
    source: &'a Source<'a>,
    table: &'a dyn TableLike,
    span: Range<usize>,
}

/// One value.
pub(crate) struct Node<'a> {
    source: &'a Source<'a>,
    raw: Raw<'a>,
    span: Range<usize>,
    /// Where its key stands; for an entry of a list, where it stands itself.
    pub(crate) start: usize,
}

#[derive(Clone, Copy)]
enum Raw<'a> {
    Item(&'a Item),
    Value(&'a Value),
}

/// Checks that a text has no characters that act on a terminal or hide.
pub(crate) fn check_visible(text: &str) -> Result<(), Problem> {
    match text.chars().any(is_hidden) {
        true => {
            let reason = "has a control character or an invisible one; only plain text is accepted";
            Err(Problem::value(text, reason))
        }
        false => Ok(()),
    }
}

impl<'a> Source<'a> {
    pub(crate) fn new(text: &'a str, name: &str) -> Self {
        Self { name: visible(name).into(), text, most: (MAX_TEXT, MAX_ENTRIES) }
    }

    /// A text of the machine's administrator.
    pub(crate) fn of_administrator(text: &'a str, name: &str) -> Self {
        Self { most: (MAX_POLICY_TEXT, MAX_POLICY_ENTRIES), ..Self::new(text, name) }
    }

    /// # Errors
    /// If the text is too long or no TOML.
    pub(crate) fn document(&self) -> Result<Document<&'a str>, PolicyError> {
        if self.text.len() > self.most.0 {
            return Err(self.error(0..0, Problem::TooLong { most: self.most.0 }));
        }
        Document::parse(self.text).map_err(|error| {
            let problem = Problem::Syntax(visible(error.message()));
            self.error(error.span().unwrap_or_default(), problem)
        })
    }

    /// The whole document as a table.
    ///
    /// # Errors
    /// If it has a key that is not known.
    pub(crate) fn root<'s: 'a>(
        &'s self,
        document: &'a Document<&'a str>,
        keys: &Keys,
    ) -> Result<Fields<'a>, PolicyError> {
        Fields { source: self, table: document.as_table(), span: 0..0 }.checked(keys)
    }

    pub(crate) fn error(&self, span: Range<usize>, problem: Problem) -> PolicyError {
        PolicyError::new(&self.name, self.text, span, problem)
    }
}

impl<'a> Fields<'a> {
    fn checked(self, keys: &Keys) -> Result<Self, PolicyError> {
        for (name, _) in self.table.iter() {
            if keys.known.contains(&name) {
                continue;
            }
            let problem = match keys.later.contains(&name) {
                true => Problem::NotInThisVersion(name.to_owned()),
                false => Problem::UnknownKey { key: visible(name), known: keys.known.join(", ") },
            };
            let span = self.table.key(name).and_then(toml_edit::Key::span);
            return Err(self.source.error(span.unwrap_or_else(|| self.span.clone()), problem));
        }
        Ok(self)
    }

    pub(crate) fn get(&self, name: &str) -> Option<Node<'a>> {
        let (key, item) = self.table.get_key_value(name)?;
        let key = key.span().unwrap_or_else(|| self.span.clone());
        let start = key.start;
        Some(Node {
            source: self.source,
            raw: Raw::Item(item),
            span: item.span().unwrap_or(key),
            start,
        })
    }

    /// # Errors
    /// If there is no such key.
    pub(crate) fn need(&self, name: &'static str) -> Result<Node<'a>, PolicyError> {
        self.get(name).ok_or_else(|| self.error(Problem::MissingKey(name)))
    }

    /// Everything that is there.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&'a str, Node<'a>)> {
        self.table.iter().filter_map(|(name, _)| Some((name, self.get(name)?)))
    }

    /// An error about the table as a whole.
    pub(crate) fn error(&self, problem: Problem) -> PolicyError {
        self.source.error(self.span.clone(), problem)
    }
}

impl<'a> Node<'a> {
    fn value(&self) -> Option<&'a Value> {
        match self.raw {
            Raw::Item(item) => item.as_value(),
            Raw::Value(value) => Some(value),
        }
    }

    /// A string without characters that act on a terminal or hide.
    ///
    /// # Errors
    /// If it is not one.
    pub(crate) fn text(&self) -> Result<&'a str, PolicyError> {
        let text =
            self.value().and_then(Value::as_str).ok_or_else(|| self.wrong_type("a string"))?;
        check_visible(text).map_err(|problem| self.error(problem))?;
        Ok(text)
    }

    /// # Errors
    /// If it is not a boolean.
    pub(crate) fn flag(&self) -> Result<bool, PolicyError> {
        self.value().and_then(Value::as_bool).ok_or_else(|| self.wrong_type("`true` or `false`"))
    }

    /// # Errors
    /// If it is not a list, or one that is too long.
    pub(crate) fn list(&self) -> Result<Vec<Node<'a>>, PolicyError> {
        let list = self
            .value()
            .and_then(Value::as_array)
            .ok_or_else(|| self.wrong_type("a list in brackets"))?;
        self.check_count(list.len())?;
        Ok(list.iter().map(|value| self.entry(value)).collect())
    }

    fn entry(&self, value: &'a Value) -> Node<'a> {
        let span = value.span().unwrap_or_else(|| self.span.clone());
        Node { source: self.source, raw: Raw::Value(value), start: span.start, span }
    }

    fn check_count(&self, entries: usize) -> Result<(), PolicyError> {
        let most = self.source.most.1;
        match entries <= most {
            true => Ok(()),
            false => Err(self.error(Problem::TooManyEntries { most })),
        }
    }

    /// The tables of a list, each headed by `[[key]]`.
    ///
    /// # Errors
    /// If it is not such a list, or too long, or one of them has a key that is not known.
    pub(crate) fn tables(&self, keys: &Keys) -> Result<Vec<Fields<'a>>, PolicyError> {
        let tables = match self.raw {
            Raw::Item(item) => item.as_array_of_tables(),
            Raw::Value(_) => None,
        };
        let tables =
            tables.ok_or_else(|| self.wrong_type("a list of tables, each headed by `[[...]]`,"))?;
        self.check_count(tables.len())?;
        let fields = |table: &'a toml_edit::Table| {
            let span = table.span().unwrap_or_else(|| self.span.clone());
            Fields { source: self.source, table, span }.checked(keys)
        };
        tables.iter().map(fields).collect()
    }

    /// # Errors
    /// If it is not a table, or one with a key that is not known.
    pub(crate) fn fields(&self, keys: &Keys) -> Result<Fields<'a>, PolicyError> {
        self.open_fields()?.checked(keys)
    }

    /// A table with keys of the reader's own.
    ///
    /// # Errors
    /// If it is not a table.
    pub(crate) fn open_fields(&self) -> Result<Fields<'a>, PolicyError> {
        let table = match self.raw {
            Raw::Item(item) => item.as_table_like(),
            Raw::Value(value) => value.as_inline_table().map(|table| table as &dyn TableLike),
        };
        let table = table.ok_or_else(|| self.wrong_type("a table"))?;
        self.check_count(table.len())?;
        Ok(Fields { source: self.source, table, span: self.span.clone() })
    }

    pub(crate) fn is_inline_table(&self) -> bool {
        self.value().is_some_and(Value::is_inline_table)
    }

    pub(crate) fn is_string(&self) -> bool {
        self.value().is_some_and(Value::is_str)
    }

    pub(crate) fn place(&self) -> Place {
        let line = line_of(self.source.text, self.span.start);
        Place { source: Arc::clone(&self.source.name), line }
    }

    pub(crate) fn error(&self, problem: Problem) -> PolicyError {
        self.source.error(self.span.clone(), problem)
    }

    /// An error of a wrong type, for a value that may be more than one.
    pub(crate) fn wrong_type(&self, expected: &'static str) -> PolicyError {
        let found = match self.raw {
            Raw::Item(item) => item.type_name(),
            Raw::Value(value) => value.type_name(),
        };
        self.error(Problem::WrongType { expected, found })
    }
}
