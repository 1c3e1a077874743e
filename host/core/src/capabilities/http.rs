//! Which addresses a grant is for.

use percent_encoding::percent_decode_str;
use url::{Host, Url};

use super::{HttpGrant, Refusal};
use crate::host::canonical_host;

impl HttpGrant {
    pub(super) fn covers(&self, method: &str, url: &Url) -> bool {
        let methods = self.methods.is_empty() || self.methods.iter().any(|known| known == method);
        methods
            && url.scheme() == self.scheme
            && url.port_or_known_default() == Some(self.port)
            && self.covers_host(url)
            && covers_path(&self.path, url.path())
    }

    /// As [`HttpGrant::covers`], and every way in which a server could read the path as one below.
    pub(super) fn denies(&self, method: &str, url: &Url) -> bool {
        let below = || {
            let (denied, path) = (read_loosely(&self.path), read_loosely(url.path()));
            path.starts_with(&denied)
        };
        let whole =
            Self { path: "/".to_owned(), host: canonical_host(self.host.clone()), ..self.clone() };
        let mut spelled = url.clone();
        if let Some(host) = url.host() {
            // What cannot be set is a domain, which has one spelling.
            let _ = spelled.set_host(Some(&canonical_host(host.to_owned()).to_string()));
        }
        whole.covers(method, &spelled) && below()
    }

    pub(super) fn specificity(&self) -> (bool, usize, bool) {
        (!self.subdomains, self.path.len(), !self.methods.is_empty())
    }

    fn covers_host(&self, url: &Url) -> bool {
        match (url.host(), &self.host) {
            (Some(Host::Domain(name)), Host::Domain(granted)) if self.subdomains => name
                .strip_suffix(granted.as_str())
                .is_some_and(|left| left.len() > 1 && left.ends_with('.')),
            (Some(host), granted) => !self.subdomains && host.to_owned() == *granted,
            (None, _) => false,
        }
    }
}

fn covers_path(granted: &str, path: &str) -> bool {
    let granted = granted.trim_end_matches('/');
    path.strip_prefix(granted).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The segments of a path as the most lenient server reads them: decoded, without parameters and
/// empty ones, in whatever case.
fn read_loosely(path: &str) -> Vec<String> {
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    let segments = decoded.split('/').map(|segment| segment.split(';').next().unwrap_or_default());
    segments.filter(|segment| !segment.is_empty()).map(str::to_lowercase).collect()
}

/// Parts of a path, in lower case, that some servers decode once more or cut off before they resolve
/// dot segments, so that they would end at a path that was not decided on.
const AMBIGUOUS: &[&str] =
    &["\\", "%2f", "%5c", "%2e", "%25", "%00", "/.;", "/..;", "/.%3b", "/..%3b"];

/// Refuses addresses that two parsers could read differently, or that carry what belongs elsewhere.
pub(super) fn check_url(url: &Url) -> Result<(), Refusal> {
    let refuse = |reason: &str| Err(Refusal::new("http", shown(url), reason));
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("a URL with a user or a password is never sent");
    }
    let path = url.path().to_ascii_lowercase();
    if AMBIGUOUS.iter().any(|part| path.contains(part)) {
        return refuse(
            "encoded slashes, backslashes, dots, percent signs and NULs, and dot segments with \
             parameters (`..;`) are never sent in a path",
        );
    }
    match url.scheme() {
        "https" | "http" => Ok(()),
        _ => refuse("only https is sent, and http to a loopback address"),
    }
}

/// A URL for people: without user and query, which may hold anything.
pub(super) fn shown(url: &Url) -> String {
    format!("{}{}", url.origin().ascii_serialization(), url.path())
}
