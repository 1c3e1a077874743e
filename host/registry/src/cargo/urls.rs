//! Index URLs: read as cargo reads them, and compared as cargo compares them.

use std::path::Path;

use lockgate_core::{Ecosystem, Registry, RegistryError};
use url::Url;

use crate::source::visible;

/// Why a text is not the URL of an index, in cargo's words. A password in it is not shown.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// Not an absolute URL.
    #[error("invalid url `{shown}`: {reason}{hint}")]
    NotAUrl {
        /// What was given, without a password.
        shown: String,
        /// What the URL parser says.
        reason: url::ParseError,
        /// What to write instead.
        hint: String,
    },
    /// Like `mailto:x`.
    #[error("invalid url `{shown}`: cannot-be-a-base-URLs are not supported")]
    NotABase {
        /// What was given.
        shown: String,
    },
    /// A sparse index whose URL would lose its last part when something is joined to it.
    #[error("sparse registry url must end in a slash `/`: {shown}")]
    SparseWithoutSlash {
        /// What was given.
        shown: String,
    },
    /// A password, or nothing that could be shown or kept.
    #[error(transparent)]
    Refused(#[from] RegistryError),
}

/// The registry at an index URL as cargo would hand it to a provider: normalised by the URL parser
/// with `sparse+` kept, a relative `file:` resolved against `root`.
pub(crate) fn parse(text: &str, root: &Path) -> Result<Registry, IndexError> {
    let shown = || without_password(text);
    Url::parse(text).map_err(|reason| not_a_url(text, reason))?;
    let base = Url::from_file_path(root.join("relative-to-this")).ok();
    let url = Url::options()
        .base_url(base.as_ref())
        .parse(text)
        .map_err(|reason| not_a_url(text, reason))?;
    if url.password().is_some() {
        return Err(RegistryError::Password.into());
    }
    if url.cannot_be_a_base() {
        return Err(IndexError::NotABase { shown: shown() });
    }
    if is_sparse(&url) && !url.as_str().ends_with('/') {
        return Err(IndexError::SparseWithoutSlash { shown: shown() });
    }
    Ok(Registry::new(Ecosystem::Cargo, String::from(url))?)
}

fn not_a_url(text: &str, reason: url::ParseError) -> IndexError {
    let hint = if text.starts_with("git@") {
        format!("; try using `ssh://{}` instead", visible(&text.replacen(':', "/", 1)))
    } else {
        String::new()
    };
    IndexError::NotAUrl { shown: without_password(text), reason, hint }
}

fn without_password(text: &str) -> String {
    match text.rsplit_once('@') {
        Some((before, after)) if before.contains(':') => {
            let scheme = before.split_once("://").map_or("", |(scheme, _)| scheme);
            visible(&format!("{scheme}://...@{after}"))
        }
        _ => visible(text),
    }
}

fn is_sparse(url: &Url) -> bool {
    url.as_str().starts_with("sparse+")
}

/// The form that cargo compares: without one slash and then without `.git` at the end, and on
/// github.com by https and in lower case, sparse or not. It decides which name is meant, never by
/// itself which secret is handed out. `None` for what is not the URL of an index.
pub(crate) fn canonical(url: &str) -> Option<String> {
    match canonical_of_plain(url) {
        Some(canonical) => Some(canonical.to_owned()),
        None => canonical_of_any(url),
    }
}

/// The canonical form of a URL that the parser would leave as it is, as nearly all are: a file may name
/// thousands. `None` at the first doubt.
fn canonical_of_plain(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("sparse+").unwrap_or(url).strip_prefix("https://")?;
    let (host, path) = rest.split_once('/')?;
    let is_plain_host = host != "github.com" && host.split('.').all(is_plain_label);
    // A number at the end could be an address.
    let ends_in_name = host.rsplit('.').next()?.starts_with(|first: char| first.is_alphabetic());
    let segments = path.strip_suffix('/').unwrap_or(path);
    if !is_plain_host || !ends_in_name || !segments.split('/').all(is_plain_segment) {
        return None;
    }
    let url = url.strip_suffix('/').unwrap_or(url);
    Some(url.strip_suffix(".git").unwrap_or(url))
}

/// A part of a host's name that is not encoded.
fn is_plain_label(label: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !label.is_empty() && !label.starts_with("xn--") && label.bytes().all(is_plain)
}

/// A part of a path in which nothing is encoded, and no step up.
fn is_plain_segment(segment: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    !segment.is_empty() && !segment.starts_with('.') && segment.bytes().all(is_plain)
}

fn canonical_of_any(url: &str) -> Option<String> {
    let mut url = Url::parse(url).ok().filter(|url| !url.cannot_be_a_base())?;
    pop_slash(&mut url)?;
    if url.host_str() == Some("github.com") {
        let rest = url.as_str().strip_prefix(url.scheme())?;
        url = Url::parse(&format!("https{rest}")).ok()?;
        let path = url.path().to_lowercase();
        url.set_path(&path);
    }
    if let Some(path) = url.path().strip_suffix(".git") {
        let path = path.to_owned();
        url.set_path(&path);
    }
    Some(url.into())
}

fn pop_slash(url: &mut Url) -> Option<()> {
    if url.path().ends_with('/') {
        url.path_segments_mut().ok()?.pop_if_empty();
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use arbtest::arbtest;

    use super::{canonical, canonical_of_any, canonical_of_plain, parse};

    fn parsed(text: &str) -> Result<String, String> {
        parse(text, Path::new("/p"))
            .map(|registry| registry.url().to_owned())
            .map_err(|error| error.to_string())
    }

    /// What a provider printed that cargo 1.95 was made to run.
    #[test]
    fn hands_out_what_cargo_hands_out() {
        for (text, expected) in [
            ("https://HOST.Example:443", "https://host.example/"),
            ("sparse+https://HOST.Example:443/I/", "sparse+https://HOST.Example:443/I/"),
            ("SPARSE+https://h/", "sparse+https://h/"),
            ("sparse+https://h/a b/../c/", "sparse+https://h/c/"),
            ("sparse+file:///x/", "sparse+file:///x/"),
            ("https://user@h/X.git", "https://user@h/X.git"),
            ("https://h/\u{e9}?q#f", "https://h/%C3%A9?q#f"),
            ("ssh://git@h/p", "ssh://git@h/p"),
            ("file:rel/x", "file:///p/rel/x"),
            ("file:///rel/x", "file:///rel/x"),
        ] {
            assert_eq!(parsed(text), Ok(expected.to_owned()), "{text}");
        }
    }

    #[test]
    fn refuses_what_cargo_refuses_without_showing_a_password() {
        for (text, message) in [
            ("index", "invalid url `index`: relative URL without a base"),
            ("", "invalid url ``: relative URL without a base"),
            (
                "git@h:p",
                "invalid url `git@h:p`: relative URL without a base; try using `ssh://git@h/p` instead",
            ),
            ("https://u:pw@h/", "registry URLs may not contain passwords"),
            ("sparse+https://u:pw@h/", "registry URLs may not contain passwords"),
            (
                "https://u:pw@ h/",
                "invalid url `https://...@ h/`: invalid international domain name",
            ),
            ("mailto:x", "invalid url `mailto:x`: cannot-be-a-base-URLs are not supported"),
            (
                "sparse+https://host",
                "sparse registry url must end in a slash `/`: sparse+https://host",
            ),
        ] {
            assert_eq!(parsed(text), Err(message.to_owned()), "{text}");
        }
    }

    #[test]
    fn compares_as_cargo_compares() {
        let same = |one, other| canonical(one) == canonical(other) && canonical(one).is_some();
        for (one, other, expected) in [
            ("https://h/i", "https://h/i/", true),
            ("https://h", "https://h/", true),
            ("https://h/i.git", "https://h/i", true),
            ("https://h/i.git/", "https://h/i", true),
            ("https://h/I", "https://h/i", false),
            ("ssh://github.com/A/B", "https://github.com/a/b.git", true),
            ("sparse+https://h/i", "sparse+https://h/i/", true),
            ("sparse+https://h/i.git/", "sparse+https://h/i/", true),
            ("sparse+https://h/i/", "https://h/i/", false),
            ("sparse+https://github.com/A/", "sparse+https://github.com/a/", true),
            ("sparse+https://github.com/A/", "https://github.com/a", true),
            ("https://h/i", "http://h/i", false),
            ("https://h:444/i", "https://h/i", false),
            ("mailto:x", "mailto:x", false),
        ] {
            assert_eq!(same(one, other), expected, "{one} {other}");
        }
    }

    #[test]
    fn a_plain_url_has_the_form_that_the_parser_finds() {
        const PARTS: [&str; 24] = [
            "https://",
            "sparse+",
            "http://",
            "a",
            "B",
            "0",
            "-",
            "_",
            ".",
            "..",
            "/",
            "//",
            ".git",
            "xn--a",
            "1.2",
            "github.com",
            "h.example",
            "host",
            "%2e",
            ":443",
            "@",
            "?",
            "\u{e9}",
            " ",
        ];
        let (mut plain, mut any) = (0, 0);
        arbtest(|u| {
            let mut url =
                (*u.choose(&["https://h.example/", "sparse+https://h/i", ""])?).to_owned();
            while url.len() < 40 && u.ratio(4, 5)? {
                url += *u.choose(&PARTS)?;
            }
            any += 1;
            if let Some(found) = canonical_of_plain(&url) {
                plain += 1;
                assert_eq!(canonical_of_any(&url).as_deref(), Some(found), "{url}");
            }
            Ok(())
        })
        .budget_ms(500);
        assert!(plain > 0 && any > plain, "{plain} of {any}");
        for ordinary in ["sparse+https://cargo.corp.example/team/index/", "https://h/i.git"] {
            assert!(canonical_of_plain(ordinary).is_some(), "{ordinary}");
        }
    }
}
