//! Where the bytes of a handle came from.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// One place that bytes came from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// A secret store, by name.
    Store(String),
    /// An environment variable, by the name under which it is granted.
    Environment(String),
    /// A file, by the path under which it is granted.
    File(String),
    /// A program's output, by its path.
    Program(String),
    /// An HTTP response, by the ASCII origin of its URL (`https://host:port`).
    Http(String),
    /// What a person typed at a prompt.
    Prompt,
    /// What the person who logs in gave.
    Login,
    /// The provider's own bytes, handed over with `seal`, or its texts.
    Provider,
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(name) => write!(formatter, "store:{name}"),
            Self::Environment(name) => write!(formatter, "environment:{name}"),
            Self::File(path) => write!(formatter, "file:{path}"),
            Self::Program(path) => write!(formatter, "program:{path}"),
            Self::Http(origin) => write!(formatter, "http:{origin}"),
            Self::Prompt => formatter.write_str("prompt"),
            Self::Login => formatter.write_str("login"),
            Self::Provider => formatter.write_str("provider"),
        }
    }
}

/// All the places that the bytes of one handle came from. What is composed or derived carries the
/// union.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins(BTreeSet<Origin>);

impl Origins {
    /// Bytes from one place.
    pub fn of(origin: Origin) -> Self {
        Self(BTreeSet::from([origin]))
    }

    /// Adds all places of another handle.
    pub fn extend(&mut self, other: &Self) {
        self.0.extend(other.0.iter().cloned());
    }

    /// The places, in a fixed order.
    pub fn iter(&self) -> impl Iterator<Item = &Origin> {
        self.0.iter()
    }
}

/// One line of a grant's `receives`: an exact origin, or `http:https://*.example.com` for every name
/// below one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OriginPattern(Origin);

/// Why a text is no origin.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "`{0}` names no origin; one of `store:NAME`, `environment:NAME`, `file:PATH`, `program:PATH`, `http:ORIGIN`, `prompt`, `login` is expected"
)]
pub struct ParseOriginError(String);

impl OriginPattern {
    /// Whether the pattern names this place.
    pub fn matches(&self, origin: &Origin) -> bool {
        match (&self.0, origin) {
            (Origin::Http(pattern), Origin::Http(origin)) => covers_http(pattern, origin),
            (pattern, origin) => pattern == origin,
        }
    }
}

/// Both are ASCII origins, `scheme://host[:port]`; the pattern's host may begin with `*.`.
fn covers_http(pattern: &str, origin: &str) -> bool {
    let Some((scheme, suffix)) = pattern.split_once("://*.") else { return pattern == origin };
    origin
        .strip_prefix(scheme)
        .and_then(|rest| rest.strip_prefix("://"))
        .and_then(|host| host.strip_suffix(suffix))
        .is_some_and(|label| label.len() > 1 && label.ends_with('.'))
}

impl FromStr for OriginPattern {
    type Err = ParseOriginError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse()? {
            // It may go everywhere, so that nothing has to receive it.
            Origin::Provider => Err(ParseOriginError(text.to_owned())),
            origin => Ok(Self(origin)),
        }
    }
}

/// As `Display` prints it.
impl FromStr for Origin {
    type Err = ParseOriginError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = || ParseOriginError(text.to_owned());
        Ok(match text.split_once(':') {
            None if text == "prompt" => Self::Prompt,
            None if text == "login" => Self::Login,
            None if text == "provider" => Self::Provider,
            Some((_, "")) => return Err(refuse()),
            Some(("store", name)) => Self::Store(name.to_owned()),
            Some(("environment", name)) => Self::Environment(name.to_owned()),
            Some(("file", path)) => Self::File(path.to_owned()),
            Some(("program", path)) => Self::Program(path.to_owned()),
            Some(("http", origin)) => Self::Http(origin.to_owned()),
            _ => return Err(refuse()),
        })
    }
}

impl FromIterator<Origin> for Origins {
    fn from_iter<T: IntoIterator<Item = Origin>>(origins: T) -> Self {
        Self(origins.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::{Origin, OriginPattern};

    #[test]
    fn a_pattern_names_what_an_origin_prints() {
        for origin in [
            Origin::Store("os".into()),
            Origin::Environment("CI_JOB_JWT".into()),
            Origin::File("~/.config/token".into()),
            Origin::Http("https://a:8443".into()),
            Origin::Prompt,
            Origin::Login,
        ] {
            let pattern: OriginPattern = origin.to_string().parse().unwrap();
            assert!(pattern.matches(&origin), "{origin}");
        }
        let below: OriginPattern = "http:https://*.corp.example:8443".parse().unwrap();
        for (origin, covered) in [
            ("https://a.corp.example:8443", true),
            ("https://a.b.corp.example:8443", true),
            ("https://corp.example:8443", false),
            ("https://.corp.example:8443", false),
            ("https://evilcorp.example:8443", false),
            ("https://a.corp.example", false),
            ("http://a.corp.example:8443", false),
        ] {
            assert_eq!(below.matches(&Origin::Http(origin.into())), covered, "{origin}");
        }
        for wrong in ["", "store:", "store", "provider", "disk:x"] {
            assert!(wrong.parse::<OriginPattern>().is_err(), "{wrong}");
        }
    }
}
