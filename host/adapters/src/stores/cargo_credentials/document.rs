//! What the text of a credentials file says, and where.

use std::ops::Range;

use lockgate_core::Secret;
use toml_edit::{Item, TableLike};

use super::CredentialTable;
use super::error::Problem;

const BYTE_ORDER_MARK: char = '\u{feff}';

/// A parsed credentials file. Positions are bytes of the whole text.
pub(super) struct Document<'a> {
    text: &'a str,
    /// The length of a byte order mark, which the parser does not see.
    skipped: usize,
    parsed: toml_edit::Document<&'a str>,
}

impl<'a> Document<'a> {
    pub(super) fn parse(text: &'a str) -> Result<Self, Problem> {
        let body = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
        let skipped = text.len() - body.len();
        // The parser's own error shows the line, which may hold a token.
        let parsed = toml_edit::Document::parse(body).map_err(|error| Problem {
            line: line(body, error.span().map_or(0, |span| span.start)),
            what: format!("this is not valid TOML: {}", error.message()),
        })?;
        Ok(Self { text, skipped, parsed })
    }

    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    pub(super) fn root(&self) -> &dyn TableLike {
        self.parsed.as_table()
    }

    /// The token that cargo would find in this table.
    pub(super) fn token(&self, table: &CredentialTable) -> Result<Option<Secret>, Problem> {
        let found = match self.table(table)? {
            Some(table) => table.get("token"),
            None if *table == CredentialTable::CratesIo => self.root().get("token"),
            None => None,
        };
        let Some(item) = found else { return Ok(None) };
        match item.as_str() {
            Some(token) => Ok(Some(Secret::from(token))),
            None => Err(self.problem(item, "the token must be a string")),
        }
    }

    /// Every table in which a token could stand.
    pub(super) fn tables(&self) -> Result<Vec<CredentialTable>, Problem> {
        let mut tables = vec![CredentialTable::CratesIo];
        if let Some(registries) = self.root().get("registries") {
            let names = self.as_table(registries)?.iter();
            tables.extend(names.map(|(name, _)| CredentialTable::Named(name.to_owned())));
        }
        Ok(tables)
    }

    /// The table, if the file has it.
    pub(super) fn table(&self, table: &CredentialTable) -> Result<Option<&dyn TableLike>, Problem> {
        self.table_item(table)?.map(|item| self.as_table(item)).transpose()
    }

    pub(super) fn table_item(&self, table: &CredentialTable) -> Result<Option<&Item>, Problem> {
        let name = match table {
            CredentialTable::CratesIo => return Ok(self.root().get("registry")),
            CredentialTable::Named(name) => name,
        };
        let Some(registries) = self.root().get("registries") else { return Ok(None) };
        Ok(self.as_table(registries)?.get(name))
    }

    fn as_table<'b>(&self, item: &'b Item) -> Result<&'b dyn TableLike, Problem> {
        item.as_table_like().ok_or_else(|| self.problem(item, "this must be a table"))
    }

    pub(super) fn problem(&self, item: &Item, what: &str) -> Problem {
        let line = line(self.text, self.span(item.span()).map_or(0, |span| span.start));
        Problem { line, what: what.to_owned() }
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
