//! What a text says, and where.

use std::ops::Range;

use toml_edit::{Item, Key, TableLike};

use super::{Element, Setting};

const BYTE_ORDER_MARK: char = '\u{feff}';

pub(super) fn without_mark(text: &str) -> &str {
    text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text)
}

/// Something that is not changed here, before the file's name is known.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) line: usize,
    pub(super) what: String,
}

impl Problem {
    pub(super) fn unclear() -> Self {
        Self { line: 1, what: "this is written in a way that is not changed here".to_owned() }
    }
}

/// A parsed text. Positions are bytes of the whole text.
pub(super) struct Document<'a> {
    pub(super) text: &'a str,
    /// The length of a byte order mark, which the parser does not see.
    skipped: usize,
    parsed: toml_edit::Document<&'a str>,
}

impl<'a> Document<'a> {
    pub(super) fn parse(text: &'a str) -> Result<Self, Problem> {
        let body = without_mark(text);
        let skipped = text.len() - body.len();
        let parsed = toml_edit::Document::parse(body).map_err(|error| Problem {
            line: line(body, error.span().map_or(0, |span| span.start)),
            what: error.message().to_owned(),
        })?;
        Ok(Self { text, skipped, parsed })
    }

    pub(super) fn root(&self) -> &dyn TableLike {
        self.parsed.as_table()
    }

    /// The table at a path of keys, if it is there.
    pub(super) fn table(&self, path: &[&str]) -> Result<Option<&dyn TableLike>, Problem> {
        let mut table = self.root();
        for name in path {
            match table.get_key_value(name) {
                None => return Ok(None),
                Some((key, item)) => table = self.as_table(key, item)?,
            }
        }
        Ok(Some(table))
    }

    /// The key and its value, if it is there.
    pub(super) fn entry(&self, key: &[&str]) -> Result<Option<(&Key, &Item)>, Problem> {
        let Some((name, table)) = key.split_last() else { return Ok(None) };
        Ok(self.table(table)?.and_then(|table| table.get_key_value(name)))
    }

    fn as_table<'b>(&self, key: &Key, item: &'b Item) -> Result<&'b dyn TableLike, Problem> {
        let problem = || self.problem(key, format!("`{}` must be a table", key.get()));
        item.as_table_like().ok_or_else(problem)
    }

    /// A text or a list of texts.
    pub(super) fn setting(&self, key: &Key, item: &Item) -> Result<Setting, Problem> {
        let wrong = || self.problem(key, "this must be a text or a list of texts".to_owned());
        let value = item.as_value().ok_or_else(wrong)?;
        let elements = match value.as_array() {
            None => vec![self.text_of(value).ok_or_else(wrong)?],
            Some(array) => {
                let elements: Option<_> = array.iter().map(|value| self.text_of(value)).collect();
                elements.ok_or_else(wrong)?
            }
        };
        let line = self.line(key);
        let (raw, is_list) = (self.raw(value.span()).ok_or_else(wrong)?, value.is_array());
        Ok(Setting { raw, line, is_list, elements })
    }

    fn text_of(&self, value: &toml_edit::Value) -> Option<Element> {
        let span = self.span(value.span())?;
        let line = line(self.text, span.start);
        Some(Element {
            text: value.as_str()?.to_owned(),
            raw: self.text.get(span)?.to_owned(),
            line,
        })
    }

    fn raw(&self, span: Option<Range<usize>>) -> Option<String> {
        self.text.get(self.span(span)?).map(str::to_owned)
    }

    /// Where an element of a list is.
    pub(super) fn element(&self, key: &[&str], at: usize) -> Result<Range<usize>, Problem> {
        let found = self.entry(key)?.and_then(|(_, item)| item.as_array()?.get(at)?.span());
        self.span(found).ok_or_else(Problem::unclear)
    }

    fn problem(&self, key: &Key, what: String) -> Problem {
        Problem { line: self.line(key), what }
    }

    fn line(&self, key: &Key) -> usize {
        line(self.text, self.span(key.span()).map_or(0, |span| span.start))
    }

    /// A span of the parser as one of the whole text.
    pub(super) fn span(&self, span: Option<Range<usize>>) -> Option<Range<usize>> {
        span.map(|span| span.start + self.skipped..span.end + self.skipped)
    }

    /// The whole lines that a range touches, with the end of the last one.
    pub(super) fn lines(&self, range: &Range<usize>) -> Range<usize> {
        let start = self.text.get(..range.start).and_then(|before| before.rfind('\n'));
        let end = self.text.get(range.end..).and_then(|behind| behind.find('\n'));
        start.map_or(self.skipped, |at| at + 1)
            ..end.map_or(self.text.len(), |at| range.end + at + 1)
    }

    /// The line end that the file uses.
    pub(super) fn line_end(&self) -> &'static str {
        match self.text.find('\n') {
            Some(at) if self.text.get(..at).is_some_and(|line| line.ends_with('\r')) => "\r\n",
            _ => "\n",
        }
    }
}

fn line(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}
