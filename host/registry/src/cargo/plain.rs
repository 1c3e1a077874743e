//! The fast way to read a file. Most files are plain: tables by header, keys with a text, a number
//! or a list of texts. Those are read in one pass without building a document. At the first doubt
//! this gives up, and the whole parser decides, which also has the words for what is wrong.

use std::borrow::Cow;
use std::sync::Arc;

use lockgate_core::Secret;
use toml_parser::decoder::{Encoding, ScalarKind};
use toml_parser::parser::{EventReceiver, ValidateWhitespace, parse_document};
use toml_parser::{ErrorSink, ParseError, Raw, Source, Span};

use super::schema;
use super::value::{Entry, Table, Value};

/// Most digits that surely fit cargo's integers.
const SHORT_NUMBER: usize = 18;

/// Makes an entry of a value and the byte at which its key starts.
pub(super) type MakeEntry<'a> = dyn Fn(Value, usize) -> Entry + 'a;

/// The values of a plain file; `None` if it is not plain, or not right.
pub(super) fn read(text: &str, entry: &MakeEntry<'_>) -> Option<Table> {
    let source = Source::new(text);
    let tokens = source.lex().into_vec();
    let mut reader = Plain {
        source,
        entry,
        root: Table::new(),
        header: Vec::new(),
        in_header: false,
        table: Table::new(),
        key: None,
        list: None,
        doubt: false,
    };
    let mut error: Option<ParseError> = None;
    parse_document(&tokens, &mut ValidateWhitespace::new(&mut reader, source), &mut error);
    reader.finish_table();
    (error.is_none() && !reader.doubt).then_some(reader.root)
}

struct Plain<'a> {
    source: Source<'a>,
    entry: &'a MakeEntry<'a>,
    root: Table,
    /// The path of the table being read, with the place of each key.
    header: Vec<(String, usize)>,
    in_header: bool,
    table: Table,
    key: Option<(String, usize)>,
    /// The list being read, and its place.
    list: Option<Vec<Entry>>,
    doubt: bool,
}

impl<'a> Plain<'a> {
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
        let known = place.insert(name, (self.entry)(Value::Table(table.into()), at));
        self.doubt |= known.is_some();
    }

    fn value(&mut self, value: Value, at: usize) {
        if let Some(list) = &mut self.list {
            return list.push((self.entry)(value, at));
        }
        let Some((key, at)) = self.key.take() else {
            self.doubt = true;
            return;
        };
        let known = self.table.insert(key, (self.entry)(value, at));
        self.doubt |= known.is_some();
    }

    fn is_secret(&self) -> bool {
        self.key.as_ref().is_some_and(|(key, _)| schema::is_secret(key))
    }

    fn raw(&self, span: Span, encoding: Option<Encoding>) -> Option<Raw<'a>> {
        Some(Raw::new_unchecked(self.source.get(span)?.as_str(), encoding, span))
    }
}

impl EventReceiver for Plain<'_> {
    fn std_table_open(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.finish_table();
        self.in_header = true;
    }

    fn std_table_close(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.in_header = false;
    }

    fn array_table_open(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.doubt = true;
    }

    fn inline_table_open(&mut self, _: Span, _: &mut dyn ErrorSink) -> bool {
        self.doubt = true;
        false
    }

    fn array_open(&mut self, _: Span, _: &mut dyn ErrorSink) -> bool {
        let is_first = self.list.is_none();
        self.list.get_or_insert_default();
        self.doubt |= !is_first;
        is_first
    }

    fn array_close(&mut self, _: Span, _: &mut dyn ErrorSink) {
        match self.list.take() {
            Some(list) => self.value(Value::List(list), 0),
            None => self.doubt = true,
        }
    }

    fn simple_key(&mut self, span: Span, kind: Option<Encoding>, error: &mut dyn ErrorSink) {
        let mut key = Cow::Borrowed("");
        match self.raw(span, kind) {
            Some(raw) => raw.decode_key(&mut key, error),
            None => self.doubt = true,
        }
        let key = (key.into_owned(), span.start());
        if self.in_header {
            self.header.push(key);
        } else {
            // A key with dots.
            self.doubt |= self.key.replace(key).is_some();
        }
    }

    fn scalar(&mut self, span: Span, kind: Option<Encoding>, error: &mut dyn ErrorSink) {
        let mut text = Cow::Borrowed("");
        let Some(raw) = self.raw(span, kind) else {
            self.doubt = true;
            return;
        };
        let value = match raw.decode_scalar(&mut text, error) {
            ScalarKind::String if self.is_secret() => Value::Secret(Secret::from(&*text)),
            ScalarKind::String => Value::Text(text.into_owned()),
            ScalarKind::Boolean(value) => Value::Boolean(value),
            ScalarKind::Integer(_) if span.len() <= SHORT_NUMBER => Value::Integer,
            ScalarKind::Integer(_) | ScalarKind::Float | ScalarKind::DateTime => {
                self.doubt = true;
                return;
            }
        };
        self.value(value, span.start());
    }

    fn error(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.doubt = true;
    }
}
