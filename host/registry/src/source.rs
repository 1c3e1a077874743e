//! The text of a configuration file, and errors that point into it without showing a secret.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use lockgate_core::is_hidden;
use toml_edit::{Document, TomlError};

/// Most characters of a line that an error shows.
const MAX_SHOWN: usize = 160;
/// What a line has that names a proxy: the key, or the sign behind the password.
const PROXY_WORDS: [&str; 2] = ["proxy", "@"];

/// Something at one place of a file: `FILE:LINE:COLUMN: message` and the line with a caret.
#[derive(Debug, thiserror::Error)]
#[error("{}:{line}:{column}: {message}\n{excerpt}", visible_path(.path))]
pub struct SourceError {
    /// The file.
    pub path: PathBuf,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    excerpt: String,
}

/// Whether the lines of a file may be quoted in errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quoting {
    /// The file holds no tokens, but the address of a proxy may have a password.
    WithoutProxies,
    /// The file may hold tokens.
    WithoutSecrets,
}

/// The text of a file with its path.
pub(crate) struct SourceText<'a> {
    path: &'a Path,
    text: &'a str,
    quoting: Quoting,
    line_starts: Vec<usize>,
}

impl<'a> SourceText<'a> {
    pub(crate) fn new(path: &'a Path, text: &'a str, quoting: Quoting) -> Self {
        let ends = text.match_indices('\n');
        let line_starts = std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect();
        Self { path, text, quoting, line_starts }
    }

    /// The document, or where it is malformed. A parser's message never quotes the text.
    pub(crate) fn parse(&self) -> Result<Document<&'a str>, SourceError> {
        Document::parse(self.text).map_err(|error| self.malformed(&error))
    }

    /// The line of a byte offset, from 1.
    pub(crate) fn line(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= offset).max(1)
    }

    /// A part of the document for messages: `FILE:LINE`.
    pub(crate) fn place(&self, span: Option<Range<usize>>) -> String {
        let line = self.line(span.map_or(0, |span| span.start));
        format!("{}:{line}", visible_path(self.path))
    }

    /// An error about a part of the well-formed document.
    pub(crate) fn error(&self, span: Option<Range<usize>>, message: String) -> SourceError {
        let line = self.line_text(span.as_ref().map_or(0, |span| span.start));
        let words: &[&str] = match self.quoting {
            Quoting::WithoutProxies => &PROXY_WORDS,
            Quoting::WithoutSecrets => &["token", "secret", "proxy"],
        };
        self.build(span, message, if has_any(line, words) { key_of(line) } else { Some(line) })
    }

    fn malformed(&self, error: &TomlError) -> SourceError {
        let span = error.span();
        let line = self.line_text(span.as_ref().map_or(0, |span| span.start));
        let quoted = match self.quoting {
            Quoting::WithoutProxies if has_any(line, &PROXY_WORDS) => None,
            Quoting::WithoutProxies => Some(line),
            // A line of a string of several lines may look like a key.
            Quoting::WithoutSecrets if self.has_long_strings() => None,
            Quoting::WithoutSecrets => key_of(line),
        };
        self.build(span, error.message().to_owned(), quoted)
    }

    fn has_long_strings(&self) -> bool {
        self.text.contains("\"\"\"") || self.text.contains("'''")
    }

    fn line_text(&self, offset: usize) -> &'a str {
        let start = self.line_starts.get(self.line(offset) - 1).copied().unwrap_or(0);
        self.text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or("")
    }

    fn build(
        &self,
        span: Option<Range<usize>>,
        message: String,
        quoted: Option<&str>,
    ) -> SourceError {
        let span = span.unwrap_or(0..0);
        let line = self.line(span.start);
        let start = self.line_starts.get(line - 1).copied().unwrap_or(0);
        let before = self.text.get(start..span.start).map_or(0, |text| text.chars().count());
        let marked = self
            .text
            .get(span)
            .map_or(1, |text| text.lines().next().map_or(1, |first| first.chars().count().max(1)));
        let excerpt = match quoted {
            Some(text) if text.len() == self.line_text(start).len() => {
                excerpt(line, text, before, marked)
            }
            Some(key) => excerpt(line, &format!("{key}..."), before.min(key.chars().count()), 1),
            None => excerpt(line, "... (not shown, as it may hold a secret)", 0, 1),
        };
        SourceError { path: self.path.to_owned(), line, column: before + 1, message, excerpt }
    }
}

fn has_any(line: &str, words: &[&str]) -> bool {
    let lower = line.to_ascii_lowercase();
    words.iter().any(|word| lower.contains(word))
}

/// `line` up to and with its equals sign, if a plain key stands before it.
fn key_of(line: &str) -> Option<&str> {
    let plain = |text: &str| {
        !text.is_empty()
            && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
    };
    let (key, _) = line.split_once('=')?;
    if plain(key.trim()) { line.get(..=key.len()) } else { None }
}

fn excerpt(line: usize, text: &str, before: usize, marked: usize) -> String {
    let skipped = before.saturating_sub(MAX_SHOWN / 2);
    let shown = visible(&text.chars().skip(skipped).take(MAX_SHOWN).collect::<String>());
    let number = line.to_string();
    let gutter = " ".repeat(number.len());
    let indent = " ".repeat(before - skipped);
    let carets = "^".repeat(marked.min(MAX_SHOWN - (before - skipped)));
    format!("{gutter} |\n{number} | {shown}\n{gutter} | {indent}{carets}")
}

/// `text` with each character that could act on a terminal or forge a line replaced by one that
/// can be seen.
pub(crate) fn visible(text: &str) -> String {
    text.chars().map(visible_character).collect()
}

fn visible_character(character: char) -> char {
    match character {
        '\t' => ' ',
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(character)).unwrap_or('\u{fffd}'),
        hidden if is_hidden(hidden) => '\u{fffd}',
        other => other,
    }
}

/// A path for people.
pub(crate) fn visible_path(path: &Path) -> impl fmt::Display {
    visible(&path.to_string_lossy())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Quoting, SourceText};

    fn malformed(text: &str) -> String {
        SourceText::new(Path::new("/c.toml"), text, Quoting::WithoutSecrets)
            .parse()
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn points_at_the_place() {
        let text = "a = 1\n\u{e9}b = 2 # \u{e9}\n";
        let source = SourceText::new(Path::new("/c\n.toml"), text, Quoting::WithoutProxies);
        let error = source.error(Some(12..13), "no".to_owned());
        assert_eq!(
            error.to_string(),
            "/c\u{240a}.toml:2:6: no\n  |\n2 | \u{e9}b = 2 # \u{e9}\n  |      ^"
        );
        let at_end = source.error(Some(text.len()..text.len()), "end".to_owned());
        assert!(at_end.to_string().starts_with("/c\u{240a}.toml:3:1: end"), "{at_end}");
    }

    #[test]
    fn never_quotes_what_may_be_a_secret() {
        for text in [
            "token = \"s3cret\n",
            "token = 's3cret' x\n",
            "token: \"s3cret==\"\n",
            "token \"s3cret==\"\n",
            "s3cret\n",
            "[registry]\ntoken = s3cret\n",
            "t = \"\"\"\ns3cret=\\q\n\"\"\"\n",
            "x = { token = 's3cret', index = 5 \n",
            "[\"s3cret\"\n",
        ] {
            let shown = malformed(text);
            assert!(shown.starts_with("/c.toml:"), "{shown}");
            assert!(!shown.contains("s3cret"), "{text:?}: {shown}");
        }
        let text = "x = { token = 's3cret', index = 5 }";
        let quoting = [(Quoting::WithoutProxies, true), (Quoting::WithoutSecrets, false)];
        for (quoting, leaks) in quoting {
            let source = SourceText::new(Path::new("/c.toml"), text, quoting);
            let shown = source.error(Some(32..33), "wrong".to_owned()).to_string();
            assert_eq!(shown.contains("s3cret"), leaks, "{shown}");
        }
    }

    #[test]
    fn shows_no_control_characters_and_no_endless_lines() {
        let text = format!("a = \"\u{1b}]0;x\u{7}\" {}", "y".repeat(100_000));
        let shown = malformed(&text);
        assert!(!shown.contains('\u{1b}') && shown.len() < 2000, "{shown}");
        let source = SourceText::new(Path::new("/c.toml"), &text, Quoting::WithoutProxies);
        let shown = source.error(Some(50_000..50_001), "far".to_owned()).to_string();
        assert!(!shown.contains('\u{1b}') && shown.len() < 2000, "{shown}");
        assert!(shown.contains('^'), "{shown}");
    }
}
