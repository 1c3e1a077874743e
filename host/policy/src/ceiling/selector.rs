//! Which providers a line of an administrator's policy is about.

use std::fmt;

use crate::error::{PolicyError, Problem};
use crate::identity::Identity;
use crate::reader::Node;
use crate::registries::is_plain_path;

/// Longest key of a signer, in bytes: a minisign key has 56, a certificate's identity more.
const MAX_SIGNER: usize = 512;

/// Some providers, by what cannot be chosen for a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Selector {
    /// Those that ship inside the host.
    BuiltIn,
    /// The component with this SHA-256, in lower-case hexadecimal digits.
    Digest(String),
    /// Those installed from here.
    Source(String),
    /// Those installed from anywhere that begins so; ends in `/`.
    SourceBelow(String),
    /// Those whose signature by this key was verified.
    Signer(String),
}

impl Selector {
    /// # Errors
    /// If it is no string that selects providers.
    pub(crate) fn read(node: &Node<'_>) -> Result<Self, PolicyError> {
        let text = node.text()?;
        Self::parse(text).map_err(|reason| node.error(Problem::value(text, reason)))
    }

    fn parse(text: &str) -> Result<Self, &'static str> {
        match text.split_once(':') {
            None if text == "built-in" => Ok(Self::BuiltIn),
            Some(("sha256", digits)) => parse_digest(digits),
            Some(("source", source)) => parse_source(source),
            Some(("signer", key)) => parse_signer(key),
            _ => Err("selects no providers; write `built-in`, `sha256:...`, `source:...` or \
                      `signer:...`, since a name can be given to any provider"),
        }
    }

    pub(crate) fn matches(&self, identity: &Identity<'_>) -> bool {
        match self {
            Self::BuiltIn => identity.built_in,
            Self::Digest(digest) => identity.digest == digest,
            Self::Source(source) => identity.source == Some(source),
            Self::SourceBelow(prefix) => {
                let below = identity.source.and_then(|source| source.strip_prefix(prefix.as_str()));
                below.is_some_and(is_plain_path)
            }
            Self::Signer(key) => identity.signer == Some(key),
        }
    }

    /// Whether a restriction on these providers is one on this provider: also where its source is
    /// not written in the one way that there is, so that nobody knows what it means.
    pub(crate) fn restricts(&self, identity: &Identity<'_>) -> bool {
        let by_source = matches!(self, Self::Source(_) | Self::SourceBelow(_));
        let is_plain = identity.source.is_none_or(is_plain_source);
        self.matches(identity) || (by_source && !is_plain)
    }
}

/// Without a segment that leads elsewhere, and without an empty one.
fn is_plain_source(source: &str) -> bool {
    let path = match source.split_once(':') {
        Some(("file", path)) => path.strip_prefix('/'),
        Some((_, path)) => path.strip_prefix("//"),
        None => None,
    };
    path.is_some_and(|path| is_plain_path(path) && !path.starts_with('/') && !path.contains("//"))
}

fn parse_digest(digits: &str) -> Result<Selector, &'static str> {
    match digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        true => Ok(Selector::Digest(digits.to_ascii_lowercase())),
        false => Err("is no digest; write `sha256:` and 64 hexadecimal digits"),
    }
}

fn parse_source(source: &str) -> Result<Selector, &'static str> {
    let (prefix, below) = match source.strip_suffix('*') {
        Some(prefix) => (prefix, true),
        None => (source, false),
    };
    let rooted = ["file:/", "https://", "oci://"].iter().any(|start| {
        prefix.strip_prefix(start).is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
    });
    if !rooted
        || prefix.contains('*')
        || (below && !prefix.ends_with('/'))
        || !is_plain_path(prefix)
    {
        return Err("is no source; write `source:file:/PATH`, `source:https://HOST/PATH` or \
                    `source:oci://HOST/PATH`, or the same up to a slash and a `*`");
    }
    Ok(match below {
        true => Selector::SourceBelow(prefix.to_owned()),
        false => Selector::Source(source.to_owned()),
    })
}

fn parse_signer(key: &str) -> Result<Selector, &'static str> {
    match (1..=MAX_SIGNER).contains(&key.len()) && !key.contains(char::is_whitespace) {
        true => Ok(Selector::Signer(key.to_owned())),
        false => Err("is no signer; write `signer:` and the public key"),
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn => formatter.write_str("built-in"),
            Self::Digest(digest) => write!(formatter, "sha256:{digest}"),
            Self::Source(source) => write!(formatter, "source:{source}"),
            Self::SourceBelow(prefix) => write!(formatter, "source:{prefix}*"),
            Self::Signer(key) => write!(formatter, "signer:{key}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Selector;
    use crate::identity::Identity;

    #[test]
    fn providers_are_selected_by_what_nobody_can_choose() {
        let digest = "ab".repeat(32);
        let installed = Identity {
            name: "built-in",
            digest: &digest,
            source: Some("file:/opt/corp/sso.wasm"),
            signer: Some("RWQabc"),
            ..Identity::default()
        };
        let built_in = Identity { built_in: true, ..Identity::default() };
        for (text, expected) in [
            ("built-in".to_owned(), [false, true]),
            (format!("sha256:{digest}"), [true, false]),
            (format!("sha256:{}", digest.to_uppercase()), [true, false]),
            (format!("sha256:{}", "ac".repeat(32)), [false, false]),
            ("source:file:/opt/corp/*".to_owned(), [true, false]),
            ("source:file:/opt/corp/sso.wasm".to_owned(), [true, false]),
            ("source:file:/opt/corp/sso.wasm2".to_owned(), [false, false]),
            ("source:file:/opt/other/*".to_owned(), [false, false]),
            ("signer:RWQabc".to_owned(), [true, false]),
            ("signer:RWQ".to_owned(), [false, false]),
        ] {
            let selector = Selector::parse(&text).unwrap();
            assert_eq!([installed, built_in].map(|one| selector.matches(&one)), expected, "{text}");
        }
        let outside =
            Identity { source: Some("file:/opt/corp/../home/me/x.wasm"), ..Identity::default() };
        assert!(!Selector::parse("source:file:/opt/corp/*").unwrap().matches(&outside));
    }

    #[test]
    fn a_restriction_holds_for_a_source_that_is_written_in_another_way() {
        let from = |source| Identity { source: Some(source), ..Identity::default() };
        let selector = Selector::parse("source:file:/home/*").unwrap();
        for (source, restricted) in [
            ("file:/home/me/x.wasm", true),
            ("file:/opt/../home/me/x.wasm", true),
            ("file:/opt/./x.wasm", true),
            ("file://home/me/x.wasm", true),
            ("file:/opt//home/x.wasm", true),
            ("file:/opt/corp/x.wasm", false),
            ("https://corp.example/x.wasm", false),
        ] {
            assert_eq!(selector.restricts(&from(source)), restricted, "{source}");
        }
        // The twin: it is no way to be allowed.
        assert!(!selector.matches(&from("file:/opt/../home/me/x.wasm")));
        assert!(!selector.restricts(&Identity { built_in: true, ..Identity::default() }));
        let signer = Selector::parse("signer:RWQ").unwrap();
        assert!(!signer.restricts(&from("file:/opt/../home/me/x.wasm")));
    }

    #[test]
    fn what_selects_nothing_or_more_than_it_seems_to_is_refused() {
        for (text, why) in [
            ("", "selects no providers"),
            ("*", "selects no providers"),
            ("corp-sso", "selects no providers"),
            ("name:corp-sso", "selects no providers"),
            ("sha256:abc", "is no digest"),
            ("source:/opt", "is no source"),
            ("source:*", "is no source"),
            ("source:file:/*", "is no source"),
            ("source:https://*", "is no source"),
            ("source:https://corp*", "is no source"),
            ("source:file:/opt/*/x", "is no source"),
            ("source:file:/opt/../*", "is no source"),
            ("signer:", "is no signer"),
            ("signer:a b", "is no signer"),
        ] {
            let refusal = Selector::parse(text).unwrap_err();
            assert!(refusal.contains(why), "{text}: {refusal}");
        }
    }
}
