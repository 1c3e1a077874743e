//! What is wrong with a text, cited.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use lockgate_core::{NoProxyError, ParseOriginError, ProxyError, is_hidden};

/// Most bytes of a manifest or grant. A long one has a few KiB; the bound keeps a hostile one from
/// costing time.
pub(crate) const MAX_TEXT: usize = 64 << 10;
/// Most entries of one list. More than a person reads before consenting to them.
pub(crate) const MAX_ENTRIES: usize = 64;
/// Most bytes of an administrator's policy: room for a thousand digests in its lists.
pub(crate) const MAX_POLICY_TEXT: usize = 256 << 10;
/// Most entries of one of its lists.
pub(crate) const MAX_POLICY_ENTRIES: usize = 1024;
/// Most characters of a cited line on each side of a mark, and of the mark itself, so that a line
/// of 64 KiB does not fill the terminal.
const MAX_CITED: usize = 60;

/// One line of a manifest, grant or policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file, or what else the text came from.
    pub source: Arc<str>,
    /// Counted from 1.
    pub line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.source, self.line)
    }
}

/// A manifest, grant or policy that is refused as a whole. `Display` is several lines: the file, line and
/// column with the problem, then the line itself with a mark under what is wrong.
#[derive(Debug)]
pub struct PolicyError {
    place: Place,
    column: usize,
    excerpt: String,
    problem: Box<Problem>,
}

/// What is wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// Larger than any manifest, grant or policy needs to be.
    #[error("the text is longer than {most} bytes")]
    TooLong {
        /// The most, in bytes.
        most: usize,
    },
    /// Not TOML; keys that occur twice are among this.
    #[error("{0}")]
    Syntax(String),
    /// A key that nothing would enforce.
    #[error("unknown key `{key}`; the keys here are {known}")]
    UnknownKey {
        /// The key.
        key: String,
        /// All that may stand here.
        known: String,
    },
    /// A key of the grammar that this version cannot enforce.
    #[error("this version of Lockgate does not have the capability `{0}`; remove the key")]
    NotInThisVersion(String),
    /// A value of another type.
    #[error("{expected} is expected here, not {found}")]
    WrongType {
        /// With its article.
        expected: &'static str,
        /// As TOML calls it.
        found: &'static str,
    },
    /// A key that has to be there.
    #[error("the key `{0}` is missing")]
    MissingKey(&'static str),
    /// A list longer than anyone would read.
    #[error("more than {most} entries")]
    TooManyEntries {
        /// The most.
        most: usize,
    },
    /// The same thing again.
    #[error("`{0}` is listed twice")]
    Repeated(String),
    /// A value against a rule of its key.
    #[error("`{value}` {reason}")]
    Value {
        /// The value.
        value: String,
        /// The rest of the sentence: which rule, and what to write instead.
        reason: &'static str,
    },
    /// Not a URL.
    #[error("`{value}` is not a URL")]
    Url {
        /// The value.
        value: String,
        /// What the URL parser says.
        source: url::ParseError,
    },
    /// Not an origin of secrets.
    #[error("an entry of `receives` names no origin of secrets")]
    Origin(#[source] ParseOriginError),
    /// Something is asked for and not explained.
    #[error("`{0}` is asked for without a reason; add `{0} = \"...\"` to the table `reasons`")]
    NoReason(&'static str),
    /// Not a proxy. Its address is not quoted: it may have a password in it.
    #[error("this is no proxy: {0}")]
    Proxy(ProxyError),
    /// A proxy with a user.
    #[error(
        "the proxy has a user, and everybody can read this text; name it without one, or write \
         `proxy = \"environment\"`"
    )]
    ProxyLogin,
    /// Not a host that is connected to directly.
    #[error("{0}")]
    NoProxy(NoProxyError),
    /// A number outside what is allowed.
    #[error("`{value}` is out of bounds: between {least} and {most} is allowed")]
    OutOfBounds {
        /// The value.
        value: String,
        /// The least.
        least: &'static str,
        /// The most.
        most: &'static str,
    },
}

impl Problem {
    pub(crate) fn value(value: &str, reason: &'static str) -> Self {
        Self::Value { value: visible(value), reason }
    }
}

impl PolicyError {
    pub(crate) fn new(source: &Arc<str>, text: &str, span: Range<usize>, problem: Problem) -> Self {
        let place = Place { source: Arc::clone(source), line: line_of(text, span.start) };
        let (before, marked, after) = cut(text, &span);
        let excerpt = match has_password([before, marked, after]) {
            true => excerpt(place.line, "", "...", " (not shown, as it may hold a password)"),
            false => excerpt(place.line, before, marked, after),
        };
        Self { column: before.chars().count() + 1, place, excerpt, problem: Box::new(problem) }
    }

    /// The line.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// What is wrong, without the place.
    pub fn problem(&self) -> &Problem {
        &self.problem
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, column, excerpt, problem } = self;
        write!(formatter, "{place}:{column}: {problem}\n{excerpt}")
    }
}

impl std::error::Error for PolicyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.problem.source()
    }
}

/// The line of a byte, counted from 1.
pub(crate) fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

/// Whether a line may be that of a proxy with a user.
fn has_password(line: [&str; 3]) -> bool {
    let line = line.concat();
    line.contains("proxy") && line.contains('@')
}

/// The first line of `span` in three parts: before it, the span itself, and what follows.
fn cut<'a>(text: &'a str, span: &Range<usize>) -> (&'a str, &'a str, &'a str) {
    let (head, tail) = text.split_at_checked(span.start).unwrap_or((text, ""));
    let before = head.rsplit('\n').next().unwrap_or_default();
    let line = tail.split(['\n', '\r']).next().unwrap_or_default();
    let (marked, after) =
        line.split_at_checked(span.end.saturating_sub(span.start)).unwrap_or((line, ""));
    (before, marked, after)
}

fn excerpt(line: usize, before: &str, marked: &str, after: &str) -> String {
    let number = line.to_string();
    let margin = " ".repeat(number.len());
    let (before, marked, after) = (tail(before), head(marked), head(after));
    let mark = " ".repeat(before.chars().count()) + &"^".repeat(marked.chars().count().max(1));
    format!("{margin} |\n{number} | {before}{marked}{after}\n{margin} | {mark}")
}

fn head(text: &str) -> String {
    let text = visible(text);
    match text.char_indices().nth(MAX_CITED) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

fn tail(text: &str) -> String {
    let text = visible(text);
    match text.char_indices().rev().nth(MAX_CITED) {
        Some((start, _)) => format!("…{}", text.get(start..).unwrap_or_default()),
        None => text,
    }
}

/// The text on one line, with hidden characters spelled out. A tab becomes a space, so that marks
/// stand where they should.
pub(crate) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\t' => shown.push(' '),
            hidden if is_hidden(hidden) => shown.extend(hidden.escape_unicode()),
            plain => shown.push(plain),
        }
    }
    shown
}
