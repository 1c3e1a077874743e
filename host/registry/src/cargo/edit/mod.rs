//! Changes of one configuration file's text that leave every other byte as it is.
//!
//! Each change is a splice of the text, so that comments, order, line ends and a byte order mark stay,
//! and so that it can be taken back byte for byte. After each one the whole text is parsed again: the
//! key has the new value and every other value is what it was, or nothing is changed.

mod change;
mod meaning;
mod place;
mod shown;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use crate::SourceError;
use crate::source::{Quoting, SourceText, visible_path};
use meaning::Meaning;
use place::Document;

pub use change::Splice;
pub use shown::shown_lines;

/// Why a file's text is not changed.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// It is not what cargo could read.
    #[error(transparent)]
    Source(Box<SourceError>),
    /// It is, and is written in a way that is not changed here.
    #[error("{}:{line}: {what}", visible_path(.path))]
    Unclear {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// Why not.
        what: String,
    },
}

/// One text of a list, or a text alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// What it says.
    pub text: String,
    /// How it is written, with its quotes.
    pub raw: String,
    /// The line, from 1.
    pub line: usize,
}

/// A key's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// How it is written.
    pub raw: String,
    /// The line of the key, from 1.
    pub line: usize,
    /// Whether it is a list, rather than one text.
    pub is_list: bool,
    /// The texts of the list, or the one text.
    pub elements: Vec<Element>,
}

/// The text of a file while it is changed. It may hold tokens, so that there is no `Debug`.
pub struct ConfigEdit {
    path: PathBuf,
    text: String,
    splices: Vec<Splice>,
}

impl ConfigEdit {
    /// Begins with this text of the file at `path`, which is for messages.
    ///
    /// # Errors
    /// If it is not valid TOML, with the place.
    pub fn new(path: &Path, text: &str) -> Result<Self, EditError> {
        let body = place::without_mark(text);
        let source = SourceText::new(path, body, Quoting::WithoutSecrets);
        source.parse().map_err(|error| EditError::Source(Box::new(error)))?;
        Ok(Self { path: path.to_owned(), text: text.to_owned(), splices: Vec::new() })
    }

    /// The text as it is now.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What was changed so far, in order.
    pub fn splices(&self) -> &[Splice] {
        &self.splices
    }

    /// The value of a key, which is a text or a list of texts.
    ///
    /// # Errors
    /// If it is something else, or what it stands in is no table.
    pub fn setting(&self, key: &[&str]) -> Result<Option<Setting>, EditError> {
        let document = self.document()?;
        let Some((name, item)) = document.entry(key).map_err(|problem| self.at(problem))? else {
            return Ok(None);
        };
        document.setting(name, item).map(Some).map_err(|problem| self.at(problem))
    }

    /// The names of a table's keys, in their order; none if there is no such table.
    ///
    /// # Errors
    /// If it is something else.
    pub fn names(&self, table: &[&str]) -> Result<Vec<String>, EditError> {
        let document = self.document()?;
        let found = document.table(table).map_err(|problem| self.at(problem))?;
        Ok(found.into_iter().flat_map(|table| table.iter()).map(|(name, _)| name.into()).collect())
    }

    /// Gives a key this value, written as TOML; whether a header was added for it.
    ///
    /// # Errors
    /// If the text is written so that this is not done here.
    pub fn set(&mut self, key: &[&str], raw: &str) -> Result<bool, EditError> {
        let document = self.document()?;
        let (splice, header) =
            change::set(&document, key, raw).map_err(|problem| self.at(problem))?;
        self.apply(splice, key)?;
        match self.setting(key)?.is_some_and(|now| now.raw == raw) {
            true => Ok(header),
            false => Err(self.unclear()),
        }
    }

    /// Writes another text in the place of one of a list.
    ///
    /// # Errors
    /// If there is no such element.
    pub fn set_element(&mut self, key: &[&str], at: usize, raw: &str) -> Result<(), EditError> {
        let document = self.document()?;
        let span = document.element(key, at).map_err(|problem| self.at(problem))?;
        self.apply(Splice::new(&self.text, span, raw), key)
    }

    /// Removes one text of a list.
    ///
    /// # Errors
    /// If there is no such element, or it is written so that this is not done here.
    pub fn remove_element(&mut self, key: &[&str], at: usize) -> Result<(), EditError> {
        let document = self.document()?;
        let span = document.element(key, at).map_err(|problem| self.at(problem))?;
        let range = change::list_entry(&self.text, &span);
        self.apply(Splice::new(&self.text, range, ""), key)
    }

    /// Removes a key with its value, if it is there.
    ///
    /// # Errors
    /// If it is written so that this is not done here.
    pub fn remove(&mut self, key: &[&str]) -> Result<(), EditError> {
        let document = self.document()?;
        match change::remove(&document, key).map_err(|problem| self.at(problem))? {
            Some(splice) => self.apply(splice, key),
            None => Ok(()),
        }
    }

    /// Removes the header of a table in which nothing is left, with the blank line before it.
    ///
    /// # Errors
    /// If it is written so that this is not done here.
    pub fn remove_empty_table(&mut self, table: &[&str]) -> Result<(), EditError> {
        let document = self.document()?;
        match change::remove_header(&document, table).map_err(|problem| self.at(problem))? {
            Some(splice) => self.apply(splice, table),
            None => Ok(()),
        }
    }

    /// Takes back splices that another edit made, in the order in which that made them: none or all.
    /// Whether the text is what it was then.
    pub fn take_back(&mut self, splices: &[Splice]) -> bool {
        let mut text = self.text.clone();
        for splice in splices.iter().rev() {
            match splice.undone(&text) {
                Some(before) => text = before,
                None => return false,
            }
        }
        self.text = text;
        true
    }

    /// Makes a change if everything but the key means what it meant before.
    fn apply(&mut self, splice: Splice, key: &[&str]) -> Result<(), EditError> {
        let before = Meaning::of(&self.document()?).without(key);
        let text = splice.done(&self.text).ok_or_else(|| self.unclear())?;
        let after = Document::parse(&text).map_err(|_| self.unclear())?;
        if Meaning::of(&after).without(key) != before {
            return Err(self.unclear());
        }
        self.text = text;
        self.splices.push(splice);
        Ok(())
    }

    fn document(&self) -> Result<Document<'_>, EditError> {
        Document::parse(&self.text).map_err(|problem| self.at(problem))
    }

    fn at(&self, problem: place::Problem) -> EditError {
        EditError::Unclear { path: self.path.clone(), line: problem.line, what: problem.what }
    }

    fn unclear(&self) -> EditError {
        self.at(place::Problem::unclear())
    }
}

/// Whether two texts of the file say the same of everything but providers: the lists, those of single
/// registries, and aliases.
#[must_use]
pub fn changes_only_providers(before: &str, after: &str) -> bool {
    let meaning = |text| Document::parse(text).map(|document| Meaning::of(&document).of_others());
    matches!((meaning(before), meaning(after)), (Ok(one), Ok(other)) if one == other)
}

/// A text as TOML writes it.
#[must_use]
pub fn quoted(text: &str) -> String {
    toml_edit::Value::from(text).to_string()
}

/// Texts as TOML writes a list of them.
#[must_use]
pub fn quoted_list<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let texts: Vec<_> = texts.into_iter().map(quoted).collect();
    format!("[{}]", texts.join(", "))
}
