//! What a provider says of itself and asks for.

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use crate::error::{PolicyError, Problem};
use crate::reader::{Fields, Keys, Node, Source};
use crate::rules::{self, Rules, Speaker};

const KEYS: Keys = Keys {
    known: &["name", "version", "description", "homepage", "optional", "capabilities", "reasons"],
    later: &[],
};

/// Longest name and version, in bytes: both stand in tables for people.
const MAX_WORD: usize = 64;
/// Longest description and reason, in characters: a few lines of a terminal at consent.
const MAX_SENTENCE: usize = 300;
/// Longest homepage, in bytes: a line that is still read.
const MAX_HOMEPAGE: usize = 200;

/// What a provider says of itself and asks for; it gives nothing by itself.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// For people and configuration; never a key of trust. `[a-z0-9][a-z0-9:._-]{0,63}`.
    pub name: String,
    /// Begins with a digit; letters, digits, `.`, `+` and `-`.
    pub version: String,
    /// One sentence.
    pub description: String,
    /// An https URL.
    pub homepage: Option<String>,
    /// What it asks for.
    pub asks: Rules,
    /// Why, by the grammar's key; one for each capability that is asked for.
    pub reasons: BTreeMap<String, String>,
    /// Capabilities, by the grammar's key, without which it works too.
    pub optional: BTreeSet<String>,
}

impl Manifest {
    /// Reads a manifest. `source` is what errors call the text: a file's path, or the component.
    ///
    /// # Errors
    /// If anything in the text is not enforced, with the line.
    pub fn parse(text: &str, source: &str) -> Result<Self, PolicyError> {
        let source = Source::new(text, source);
        let document = source.document()?;
        let root = source.root(&document, &KEYS)?;
        let capabilities = root.need("capabilities")?.fields(&rules::KEYS)?;
        capabilities.need("registries")?;
        let asks = Rules::read(&capabilities, Speaker::Provider)?;
        Ok(Self {
            name: read(&root.need("name")?, check_name)?,
            version: read(&root.need("version")?, check_version)?,
            description: read(&root.need("description")?, check_line)?,
            homepage: root.get("homepage").map(|node| read(&node, check_homepage)).transpose()?,
            reasons: read_reasons(&root, &asks)?,
            optional: read_optional(&root, &asks)?,
            asks,
        })
    }
}

pub(crate) fn read(
    node: &Node<'_>,
    check: fn(&str) -> Result<(), &'static str>,
) -> Result<String, PolicyError> {
    let text = node.text()?;
    check(text).map_err(|reason| node.error(Problem::value(text, reason)))?;
    Ok(text.to_owned())
}

pub(crate) fn check_name(name: &str) -> Result<(), &'static str> {
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let starts = name.bytes().next().is_some_and(is_letter);
    let is_inner = |byte: u8| is_letter(byte) || b":._-".contains(&byte);
    match starts && name.len() <= MAX_WORD && name.bytes().all(is_inner) {
        true => Ok(()),
        false => Err("is no name: up to 64 of a-z, 0-9 and `:._-`, the first a letter or digit"),
    }
}

fn check_version(version: &str) -> Result<(), &'static str> {
    let starts = version.bytes().next().is_some_and(|first| first.is_ascii_digit());
    let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || b".+-".contains(&byte);
    match starts && version.len() <= MAX_WORD && version.bytes().all(is_inner) {
        true => Ok(()),
        false => Err("is no version; write it as `1.2.3`"),
    }
}

pub(crate) fn check_sentence(text: &str) -> Result<(), &'static str> {
    match !text.trim().is_empty() && text.chars().count() <= MAX_SENTENCE {
        true => Ok(()),
        false => Err("is empty or longer than 300 characters; one sentence is expected"),
    }
}

/// What a person reads in a table at consent: blanks could push words to where the table's own stand.
fn check_line(text: &str) -> Result<(), &'static str> {
    // A pattern of Braille without a dot is blank too.
    let is_blank = |letter: char| letter.is_whitespace() || letter == '\u{2800}';
    let pairs = text.chars().zip(text.chars().skip(1));
    match pairs.into_iter().any(|(one, next)| is_blank(one) && is_blank(next)) {
        true => Err("has several blanks in a row; one between two words is enough"),
        false => check_sentence(text),
    }
}

fn check_homepage(text: &str) -> Result<(), &'static str> {
    let url = Url::parse(text).ok();
    let good = url.is_some_and(|url| {
        url.scheme() == "https" && url.username().is_empty() && url.password().is_none()
    });
    match good && text.len() <= MAX_HOMEPAGE {
        true => Ok(()),
        false => Err("is no `https://` address of at most 200 bytes"),
    }
}

fn read_reasons(root: &Fields<'_>, asks: &Rules) -> Result<BTreeMap<String, String>, PolicyError> {
    let mut reasons = BTreeMap::new();
    if let Some(fields) = root.get("reasons").map(|node| node.fields(&rules::KEYS)).transpose()? {
        for (key, node) in fields.all() {
            if !asks.names(key) {
                let reason = "is given a reason, but the table `capabilities` does not ask for it";
                return Err(node.error(Problem::value(key, reason)));
            }
            reasons.insert(key.to_owned(), read(&node, check_line)?);
        }
    }
    for key in rules::CAPABILITIES {
        if asks.names(key) && !reasons.contains_key(*key) {
            let asked = root.need("capabilities")?.fields(&rules::KEYS)?.need(key)?;
            return Err(asked.error(Problem::NoReason(key)));
        }
    }
    Ok(reasons)
}

fn read_optional(root: &Fields<'_>, asks: &Rules) -> Result<BTreeSet<String>, PolicyError> {
    let mut optional = BTreeSet::new();
    for node in root.get("optional").map(|node| node.list()).transpose()?.unwrap_or_default() {
        let key = node.text()?;
        if !rules::CAPABILITIES.contains(&key) {
            let reason = "is no capability; there are stores, http, process, environment, files, \
                          prompt and reveal";
            return Err(node.error(Problem::value(key, reason)));
        }
        if !asks.names(key) {
            let reason = "is optional, but the table `capabilities` does not ask for it";
            return Err(node.error(Problem::value(key, reason)));
        }
        if !optional.insert(key.to_owned()) {
            return Err(node.error(Problem::Repeated(key.to_owned())));
        }
    }
    Ok(optional)
}
