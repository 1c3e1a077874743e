//! The fast way to read a client's TOML. Most files are plain: tables by header, keys with a text, a
//! number or a list of texts. Those are told in one pass without building a document. At the first
//! doubt this gives up, and the whole parser decides, which also has the words for what is wrong.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};

use toml_parser::decoder::{Encoding, ScalarKind};
use toml_parser::parser::{EventReceiver, ValidateWhitespace, parse_document};
use toml_parser::{ErrorSink, ParseError, Raw, Source, Span};

/// A key, or one part of a table's header.
#[derive(Clone)]
pub struct PlainKey<'a> {
    /// Its text.
    pub name: Cow<'a, str>,
    /// The byte at which it starts.
    pub at: usize,
}

/// A value. A text may be a secret, so that there is no `Debug`.
pub enum PlainValue<'a> {
    /// A text, borrowed where nothing in it is escaped.
    Text(Cow<'a, str>),
    /// A number without a fraction.
    Integer(i64),
    /// Yes or no.
    Boolean(bool),
    /// Values that are no lists themselves, each with the byte at which it starts.
    List(Vec<(PlainValue<'a>, usize)>),
}

/// Who is told what a file says, in its order. What was told counts for nothing if the file turns out
/// not to be plain.
pub trait PlainToml<'a> {
    /// A table's header: what follows, up to the next one, is in this table. What comes before the first
    /// header is in the file's own table.
    fn table(&mut self, path: &[PlainKey<'a>]);
    /// A key of that table, with its value.
    fn entry(&mut self, key: PlainKey<'a>, value: PlainValue<'a>);
}

/// Bytes of a file for each token of its grammar: a little less than there mostly are.
const BYTES_OF_TOKEN: usize = 5;

/// Tells what a plain file says. `false` if it is not plain, or not right: no file with a mistake in it
/// is plain.
#[must_use]
pub fn read_plain_toml<'a>(text: &'a str, receiver: &mut dyn PlainToml<'a>) -> bool {
    let source = Source::new(text);
    // Room for all of them at once: while it grew, each of its places would be wiped behind it.
    let mut tokens = Vec::with_capacity(text.len() / BYTES_OF_TOKEN + 1);
    tokens.extend(source.lex());
    let mut reader = Reader {
        source,
        receiver,
        header: Vec::new(),
        in_header: false,
        table: 0,
        key: None,
        list: None,
        known: Known::default(),
        doubt: false,
    };
    let mut error: Option<ParseError> = None;
    parse_document(&tokens, &mut ValidateWhitespace::new(&mut reader, source), &mut error);
    error.is_none() && !reader.doubt
}

struct Reader<'a, 'r> {
    source: Source<'a>,
    receiver: &'r mut dyn PlainToml<'a>,
    /// The header being read.
    header: Vec<PlainKey<'a>>,
    in_header: bool,
    /// The table being read, as [`Known`] knows it.
    table: u64,
    key: Option<PlainKey<'a>>,
    /// The list being read.
    list: Option<Vec<(PlainValue<'a>, usize)>>,
    known: Known,
    doubt: bool,
}

impl<'a> Reader<'a, '_> {
    fn finish_header(&mut self) {
        match self.known.table(&self.header) {
            Some(table) => self.table = table,
            None => self.doubt = true,
        }
        self.receiver.table(&self.header);
        self.header.clear();
    }

    fn value(&mut self, value: PlainValue<'a>, at: usize) {
        if let Some(list) = &mut self.list {
            return list.push((value, at));
        }
        let Some(key) = self.key.take() else {
            self.doubt = true;
            return;
        };
        self.doubt |= !self.known.value(self.table, &key.name);
        self.receiver.entry(key, value);
    }

    fn raw(&self, span: Span, encoding: Option<Encoding>) -> Option<Raw<'a>> {
        Some(Raw::new_unchecked(self.source.get(span)?.as_str(), encoding, span))
    }
}

impl EventReceiver for Reader<'_, '_> {
    fn std_table_open(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.in_header = true;
    }

    fn std_table_close(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.in_header = false;
        self.finish_header();
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
            Some(list) => self.value(PlainValue::List(list), 0),
            None => self.doubt = true,
        }
    }

    fn simple_key(&mut self, span: Span, kind: Option<Encoding>, error: &mut dyn ErrorSink) {
        let mut name = Cow::Borrowed("");
        match self.raw(span, kind) {
            Some(raw) => raw.decode_key(&mut name, error),
            None => self.doubt = true,
        }
        let key = PlainKey { name, at: span.start() };
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
            ScalarKind::String => PlainValue::Text(text),
            ScalarKind::Boolean(value) => PlainValue::Boolean(value),
            ScalarKind::Integer(radix) => match i64::from_str_radix(&text, radix.value()) {
                Ok(number) => PlainValue::Integer(number),
                Err(_) => return self.doubt = true,
            },
            ScalarKind::Float | ScalarKind::DateTime => return self.doubt = true,
        };
        self.value(value, span.start());
    }

    fn error(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.doubt = true;
    }
}

/// What a file has said so far, so that nothing is said twice. Each path is known by a hash: two paths
/// with the same one, by chance, make a file that is not plain.
#[derive(Default)]
struct Known {
    hasher: RandomState,
    paths: HashMap<u64, Kind, BuildHasherDefault<IsHash>>,
}

/// A hash is its own hash.
#[derive(Default)]
struct IsHash(u64);

impl Hasher for IsHash {
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// What a path was said to be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Value,
    Table,
    /// A table of which only one below it has been seen.
    Above,
}

impl Known {
    /// The hash of a table by its header, if no other table or value has its path.
    fn table(&mut self, header: &[PlainKey<'_>]) -> Option<u64> {
        let (last, above) = header.split_last()?;
        let mut path = 0;
        for key in above {
            path = self.below(path, &key.name);
            if *self.paths.entry(path).or_insert(Kind::Above) == Kind::Value {
                return None;
            }
        }
        path = self.below(path, &last.name);
        self.is_new(path, Kind::Table).then_some(path)
    }

    /// Whether a key of a table is none that is known.
    fn value(&mut self, table: u64, key: &str) -> bool {
        self.is_new(self.below(table, key), Kind::Value)
    }

    fn is_new(&mut self, path: u64, kind: Kind) -> bool {
        match self.paths.entry(path) {
            Entry::Vacant(slot) => {
                slot.insert(kind);
                true
            }
            Entry::Occupied(_) => false,
        }
    }

    fn below(&self, path: u64, key: &str) -> u64 {
        self.hasher.hash_one((path, key))
    }
}

#[cfg(test)]
mod tests {
    use super::{PlainKey, PlainToml, PlainValue, read_plain_toml};

    /// Everything that was told, as lines.
    #[derive(Default)]
    struct Told(String);

    impl<'a> PlainToml<'a> for Told {
        fn table(&mut self, path: &[PlainKey<'a>]) {
            let keys: Vec<_> = path.iter().map(|key| format!("{}@{}", key.name, key.at)).collect();
            self.0 += &format!("[{}]\n", keys.join("."));
        }

        fn entry(&mut self, key: PlainKey<'a>, value: PlainValue<'a>) {
            self.0 += &format!("{}@{} = {}\n", key.name, key.at, shown(&value));
        }
    }

    fn shown(value: &PlainValue<'_>) -> String {
        match value {
            PlainValue::Text(text) => format!("{text:?}"),
            PlainValue::Integer(number) => number.to_string(),
            PlainValue::Boolean(value) => value.to_string(),
            PlainValue::List(list) => {
                let elements = list.iter().map(|(value, at)| format!("{}@{at}", shown(value)));
                format!("[{}]", elements.collect::<Vec<_>>().join(", "))
            }
        }
    }

    fn told(text: &str) -> Option<String> {
        let mut told = Told::default();
        read_plain_toml(text, &mut told).then_some(told.0)
    }

    #[test]
    fn tells_tables_and_entries_in_their_order() {
        let text = "a = 1\n[b.'c d']\n\"\\u0065\" = [true, 'x']\n[b]\n";
        assert_eq!(told(text), None, "a table behind one below it is left to the whole parser");
        assert_eq!(
            told("a = 1\n[b.'c d']\n\"\\u0065\" = [true, 'x']\n[f]\na = \"\"\"\n\\ty\"\"\"\n")
                .unwrap(),
            "a@0 = 1\n[b@7.c d@9]\ne@16 = [true@28, \"x\"@34]\n[f@40]\na@43 = \"\\ty\"\n"
        );
    }

    #[test]
    fn what_is_said_twice_is_not_plain() {
        for text in [
            "a = 1\na = 2\n",
            "[a]\n[a]\n",
            "a = 1\n[a]\n",
            "a = 1\n[a.b]\n",
            "[a]\nb = 1\n[a.b]\n",
            "[a]\nb = 1\n[a.b.c]\n",
            "[a.b]\n[a]\nb = 1\n",
        ] {
            assert!(told(text).is_none(), "{text:?}");
            assert!(told(&text.replace(['a', 'b'], "x")).is_none(), "{text:?}");
        }
        assert!(told("[a.b]\n[a.c]\nb = 1\n[c]\nb = 1\n").is_some());
    }

    /// A text is borrowed from the file, so that reading one secret makes no copy of the others.
    #[test]
    fn what_is_not_escaped_is_not_copied() {
        struct Borrowed(usize);
        impl<'a> PlainToml<'a> for Borrowed {
            fn table(&mut self, _: &[PlainKey<'a>]) {}
            fn entry(&mut self, _: PlainKey<'a>, value: PlainValue<'a>) {
                let is_borrowed = matches!(value, PlainValue::Text(std::borrow::Cow::Borrowed(_)));
                self.0 += usize::from(is_borrowed);
            }
        }
        let mut borrowed = Borrowed(0);
        assert!(read_plain_toml("a = 'x'\nb = \"x\"\nc = '''x'''\nd = \"\\t\"\n", &mut borrowed));
        assert_eq!(borrowed.0, 3);
    }
}
