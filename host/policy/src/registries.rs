//! Which registries a rule is for.

mod hub;

use std::fmt;

use lockgate_core::{Ecosystem, Registry};
use url::{Host, Url};

use crate::ceiling::{CapList, Caps};
use crate::error::{PolicyError, Problem};
use crate::host::HostPattern;
use crate::meet::Rule;
use crate::reader::Node;
use crate::rules::Speaker;
use hub::OnHub;

/// The port of a server key without one, as docker takes it.
const HTTPS: u16 = 443;

/// One entry of `registries`: `*`, `cargo:*`, an exact URL, a URL ending in `/*`, or a container
/// registry's host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistryPattern {
    ecosystem: Option<Ecosystem>,
    target: Target,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Target {
    Any,
    /// This URL, byte for byte.
    Url(String),
    /// All that begins with these bytes, which end in `/`.
    Below(String),
    Server {
        host: HostPattern,
        port: u16,
    },
}

impl RegistryPattern {
    pub(crate) fn parse(text: &str) -> Result<Self, Problem> {
        if text == "*" {
            return Ok(Self { ecosystem: None, target: Target::Any });
        }
        let (ecosystem, rest) = match text.split_once(':') {
            Some(("cargo", rest)) => (Ecosystem::Cargo, rest),
            Some(("oci", rest)) => (Ecosystem::Oci, rest),
            _ => return Err(Problem::value(text, "does not begin with `cargo:` or `oci:`")),
        };
        let target = match (ecosystem, rest) {
            (_, "*") => Target::Any,
            (Ecosystem::Oci, server) if !server.contains("://") => parse_server(text, server)?,
            (ecosystem, url) => parse_url(text, ecosystem, url)?,
        };
        Ok(Self { ecosystem: Some(ecosystem), target })
    }

    /// Whether the pattern is for this registry. URLs are compared byte for byte, hosts of
    /// container registries in canonical form; what two parsers could read differently is never
    /// matched. crates.io and Docker Hub are one registry each, by whichever of their names.
    pub fn matches(&self, registry: &Registry) -> bool {
        if self.ecosystem.is_some_and(|ecosystem| ecosystem != registry.ecosystem()) {
            return false;
        }
        match &self.target {
            Target::Any => true,
            Target::Url(url) => {
                url == registry.url()
                    || is_crates_io(url, registry)
                    || hub::is_named_by(url, registry)
            }
            Target::Below(prefix) => {
                registry.url().strip_prefix(prefix.as_str()).is_some_and(is_plain_path)
                    || hub::is_below(prefix, registry)
            }
            Target::Server { host, port } => is_server(registry, host, *port),
        }
    }

    /// Whether every registry of the other is one of this.
    fn contains(&self, other: &Self) -> bool {
        if self.ecosystem.is_some() && self.ecosystem != other.ecosystem {
            return false;
        }
        let matches = |url: &str| {
            let named = Registry::new(other.ecosystem.unwrap_or(Ecosystem::Oci), url);
            named.is_ok_and(|registry| self.matches(&registry))
        };
        match (&self.target, &other.target) {
            (Target::Any, _) => true,
            (_, Target::Any) => false,
            (Target::Below(own), Target::Below(prefix)) => {
                prefix.starts_with(own.as_str()) || hub::is_above(own, prefix)
            }
            (_, Target::Url(url)) => matches(url),
            (Target::Server { .. }, Target::Below(prefix)) => matches(prefix),
            (Target::Server { .. }, Target::Server { host: inner, port }) if !inner.subdomains => {
                matches(&format!("{inner}:{port}"))
            }
            (Target::Server { host, port }, Target::Server { host: inner, port: other }) => {
                port == other && host.meet(inner).as_ref() == Some(inner)
            }
            (Target::Url(_) | Target::Below(_), _) => false,
        }
    }
}

/// crates.io has two URLs, and cargo names it by either.
fn is_crates_io(url: &str, registry: &Registry) -> bool {
    registry.is_crates_io()
        && Registry::new(Ecosystem::Cargo, url).is_ok_and(|named| named.is_crates_io())
}

/// Whether a path stays below what stands before it, for every reader of URLs.
pub(crate) fn is_plain_path(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let encoded = ["%2f", "%5c", "%2e", "\\"].iter().any(|part| lower.contains(part));
    !encoded && !path.split(['/', '?', '#']).any(|segment| matches!(segment, "." | ".."))
}

fn is_server(registry: &Registry, host: &HostPattern, port: u16) -> bool {
    let Some((named, of)) = server_of(registry) else { return false };
    of == port && (host.covers(&named) || (OnHub::of(registry).is_some() && hub::is_covered(host)))
}

/// The host and the port of a container registry that is asked over https and whose name every
/// parser reads alike.
fn server_of(registry: &Registry) -> Option<(Host<String>, u16)> {
    if registry.url().contains(['@', '\\']) {
        return None;
    }
    let url = registry.parsed().ok().filter(|url| url.scheme() == "https")?;
    Some((url.host()?.to_owned(), url.port_or_known_default()?))
}

fn parse_server(text: &str, server: &str) -> Result<Target, Problem> {
    if server.contains(['/', '@', '?', '#', '\\', '%']) || server.contains(char::is_whitespace) {
        let reason = "is no server; write `oci:HOST`, `oci:HOST:PORT` or `oci:https://HOST/PATH`";
        return Err(Problem::value(text, reason));
    }
    let url = Url::parse(&format!("https://{server}"))
        .map_err(|source| Problem::Url { value: text.to_owned(), source })?;
    let host = url.host().ok_or_else(|| Problem::value(text, "has no host"))?;
    let host = HostPattern::new(host).map_err(|reason| Problem::value(text, reason))?;
    Ok(Target::Server { host, port: url.port_or_known_default().unwrap_or(HTTPS) })
}

fn parse_url(text: &str, ecosystem: Ecosystem, url: &str) -> Result<Target, Problem> {
    let refuse = |reason| Err(Problem::value(text, reason));
    let (url, below) = match url.strip_suffix("/*") {
        Some(start) => (format!("{start}/"), true),
        None => (url.to_owned(), false),
    };
    if url.contains('*') {
        return refuse("has a `*` that is not the last segment of its path (`/*`)");
    }
    let bare = match ecosystem {
        Ecosystem::Cargo => url.strip_prefix("sparse+").unwrap_or(&url),
        _ => &url,
    };
    let parsed =
        Url::parse(bare).map_err(|source| Problem::Url { value: text.to_owned(), source })?;
    if parsed.password().is_some() {
        return refuse("has a password; leave it out");
    }
    if !parsed.username().is_empty() && matches!(parsed.scheme(), "https" | "http") {
        return refuse("has a user, which can pass for a host; leave it out");
    }
    if ecosystem == Ecosystem::Cargo && !is_cargo_form(&url) {
        return refuse(
            "is not the form in which cargo names a registry: the host of an `https://` URL in \
             lower case, a slash behind a bare host and at the end of a `sparse+` URL, no `..`",
        );
    }
    if below && (!parsed.has_authority() || !parsed.has_host() || !is_whole_prefix(&parsed, bare)) {
        return refuse("does not name a host and whole segments of a path before its `/*`");
    }
    Ok(if below { Target::Below(url) } else { Target::Url(url) })
}

/// Whether cargo would name a registry so. It parses an index URL with its `sparse+`, which leaves
/// the case of the host as it is, and refuses a sparse one that does not end in a slash.
fn is_cargo_form(url: &str) -> bool {
    let sparse = url.starts_with("sparse+");
    Url::parse(url).is_ok_and(|parsed| parsed.as_str() == url) && (!sparse || url.ends_with('/'))
}

/// Whether every URL that begins with these bytes has this host and is below this path.
fn is_whole_prefix(parsed: &Url, text: &str) -> bool {
    let path = text.split_once("://").and_then(|(_, rest)| Some(rest.split_once('/')?.1));
    parsed.query().is_none()
        && parsed.fragment().is_none()
        && path.is_some_and(is_plain_path)
        && !text.contains('\\')
}

impl fmt::Display for RegistryPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(ecosystem) = self.ecosystem {
            write!(formatter, "{ecosystem}:")?;
        }
        match &self.target {
            Target::Any => formatter.write_str("*"),
            Target::Url(url) => formatter.write_str(url),
            Target::Below(url) => write!(formatter, "{url}*"),
            Target::Server { host, port: HTTPS } => write!(formatter, "{host}"),
            Target::Server { host, port } => write!(formatter, "{host}:{port}"),
        }
    }
}

impl Rule for RegistryPattern {
    const KEY: &'static str = "registries";

    fn read(node: &Node<'_>, _: Speaker) -> Result<Self, PolicyError> {
        Self::parse(node.text()?).map_err(|problem| node.error(problem))
    }

    /// The narrower of two that overlap. What may be asked about a registry is decided by
    /// [`RegistryPattern::matches`] alone.
    fn meet(&self, other: &Self) -> Option<Self> {
        if self.contains(other) {
            return Some(other.clone());
        }
        other.contains(self).then(|| self.clone())
    }

    fn subject(&self) -> String {
        self.to_string()
    }

    fn capped(caps: &Caps) -> Option<&CapList<Self>> {
        caps.registries.as_ref()
    }

    fn risks(&self) -> Vec<&'static str> {
        let every = self.target == Target::Any;
        every.then_some("it is asked about every registry").into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use lockgate_core::{CRATES_IO_INDEX, CRATES_IO_SPARSE_INDEX, Ecosystem, Registry};

    use super::RegistryPattern;

    fn matches(pattern: &str, ecosystem: Ecosystem, url: &str) -> bool {
        let registry = Registry::new(ecosystem, url).unwrap();
        RegistryPattern::parse(pattern).unwrap().matches(&registry)
    }

    #[test]
    fn cargo_urls_are_matched_byte_for_byte() {
        let below = "cargo:sparse+https://host.example/*";
        let team = "cargo:https://host.example/team/*";
        let exact = "cargo:sparse+https://host.example/index/";
        for (pattern, url, expected) in [
            ("*", "sparse+https://host.example/", true),
            ("cargo:*", "sparse+https://host.example/", true),
            ("oci:*", "sparse+https://host.example/", false),
            (exact, "sparse+https://host.example/index/", true),
            (exact, "sparse+https://host.example/index", false),
            (exact, "https://host.example/index/", false),
            (exact, "sparse+https://host.example/index/more/", false),
            (below, "sparse+https://host.example/", true),
            (below, "sparse+https://host.example/index/", true),
            (below, "https://host.example/index/", false),
            (below, "sparse+http://host.example/index/", false),
            (below, "sparse+https://host.example.evil/index/", false),
            (below, "sparse+https://host.exampleevil/", false),
            (below, "sparse+https://host.example@evil.example/", false),
            (below, "sparse+https://user@host.example/", false),
            (below, "sparse+https://host.example:8443/", false),
            (below, "sparse+https://host.example:443/", false),
            (below, "sparse+https://HOST.example/", false),
            (below, "sparse+https://host.example./", false),
            (below, "sparse+https://evil.example/https://host.example/", false),
            (below, "sparse+https://host.example\\@evil.example/", false),
            ("cargo:sparse+https://Host.example/", "sparse+https://Host.example/", true),
            ("cargo:sparse+https://Host.example/", "sparse+https://host.example/", false),
            ("cargo:ssh://git@host.example/*", "ssh://git@host.example/index.git", true),
            ("cargo:ssh://git@host.example/*", "ssh://other@host.example/index.git", false),
            (team, "https://host.example/team/index", true),
            (team, "https://host.example/team", false),
            (team, "https://host.example/teams/index", false),
            (team, "https://host.example/Team/index", false),
            (team, "https://host.example/team/../other/index", false),
            (team, "https://host.example/team/..", false),
            (team, "https://host.example/team/..?x", false),
            (team, "https://host.example/team/%2e%2e/other", false),
            (team, "https://host.example/team/..%2Fother", false),
            (team, "https://host.example/team/..\\other", false),
            (team, "https://host.example/team/a..b/", true),
        ] {
            assert_eq!(matches(pattern, Ecosystem::Cargo, url), expected, "{pattern} and {url}");
        }
    }

    #[test]
    fn crates_io_is_one_registry_with_two_urls() {
        for pattern in [CRATES_IO_INDEX, CRATES_IO_SPARSE_INDEX] {
            let pattern = format!("cargo:{pattern}");
            for url in [CRATES_IO_INDEX, CRATES_IO_SPARSE_INDEX] {
                assert!(matches(&pattern, Ecosystem::Cargo, url), "{pattern} and {url}");
            }
            assert!(!matches(&pattern, Ecosystem::Cargo, "sparse+https://index.crates.io/x"));
        }
    }

    #[test]
    fn servers_are_matched_by_canonical_host_and_port() {
        let corp = "oci:*.corp.example";
        for (pattern, key, expected) in [
            ("oci:ghcr.io", "ghcr.io", true),
            ("oci:ghcr.io", "GHCR.io", true),
            ("oci:ghcr.io", "ghcr.io:443", true),
            ("oci:ghcr.io", "https://ghcr.io/v2/", true),
            ("oci:ghcr.io", "http://ghcr.io", false),
            ("oci:ghcr.io", "http://ghcr.io:443", false),
            ("oci:ghcr.io", "ghcr.io:5000", false),
            ("oci:ghcr.io", "a.ghcr.io", false),
            ("oci:ghcr.io", "ghcr.io.evil.example", false),
            ("oci:ghcr.io", "ghcr.io@evil.example", false),
            ("oci:ghcr.io", "evil.example@ghcr.io", false),
            ("oci:ghcr.io", "ghcr.io\\@evil.example", false),
            ("oci:ghcr.io", "evil.example/ghcr.io", false),
            ("oci:ghcr.io", "evil.example#ghcr.io", false),
            ("oci:ghcr.io", "ghcr.io.", false),
            ("oci:localhost:5000", "localhost:5000", true),
            ("oci:localhost:5000", "localhost", false),
            (corp, "registry.corp.example", true),
            (corp, "a.b.corp.example", true),
            (corp, "Registry.CORP.example", true),
            (corp, "corp.example", false),
            (corp, ".corp.example", false),
            (corp, "evilcorp.example", false),
            (corp, "registry.corp.example.evil", false),
            (corp, "registry.corp.example:5000", false),
            ("oci:https://ghcr.io/v1/", "https://ghcr.io/v1/", true),
            ("oci:https://ghcr.io/v1/", "https://ghcr.io/v1", false),
            ("oci:https://ghcr.io/*", "https://ghcr.io/v1/", true),
            ("oci:https://ghcr.io/*", "https://ghcr.io.evil/v1/", false),
            ("cargo:*", "ghcr.io", false),
            ("*", "ghcr.io", true),
        ] {
            assert_eq!(matches(pattern, Ecosystem::Oci, key), expected, "{pattern} and {key}");
        }
    }

    #[test]
    fn patterns_that_cover_more_than_they_seem_to_are_refused() {
        for (pattern, why) in [
            ("", "does not begin with"),
            ("ghcr.io", "does not begin with"),
            ("git:*", "does not begin with"),
            ("cargo:", "not a URL"),
            ("cargo:host", "not a URL"),
            ("cargo:sparse+https://*", "not a URL"),
            ("cargo:sparse+https://host*", "has a `*`"),
            ("cargo:sparse+https://*.example/*", "has a `*`"),
            ("cargo:sparse+https://host/a*/", "has a `*`"),
            ("cargo:sparse+https://host/a*/*", "has a `*`"),
            ("cargo:sparse+https://host", "not the form"),
            ("cargo:https://host", "not the form"),
            ("cargo:https://HOST/", "not the form"),
            ("cargo:https://host:443/", "not the form"),
            ("cargo:sparse+https://host/a/../*", "not the form"),
            ("cargo:https://user:word@host/", "has a password"),
            ("cargo:sparse+https://good.example@evil.example/*", "has a user"),
            ("cargo:https://host/?x=/*", "whole segments"),
            ("cargo:file:///*", "does not name a host"),
            ("oci:", "not a URL"),
            ("oci:*.example", "top-level domain"),
            ("oci:a.*.example", "has a `*`"),
            ("oci:ghcr.io/path", "is no server"),
            ("oci:user@ghcr.io", "is no server"),
            ("oci:ghcr.io.", "empty label"),
            ("oci:https://ghcr.io/a/../*", "whole segments"),
            ("oci:https://user:word@ghcr.io/*", "has a password"),
        ] {
            let problem = RegistryPattern::parse(pattern).unwrap_err().to_string();
            assert!(problem.contains(why), "{pattern}: {problem}");
        }
    }

    #[test]
    fn a_pattern_prints_as_it_is_written() {
        for text in [
            "*",
            "cargo:*",
            "cargo:sparse+https://host/*",
            "cargo:sparse+https://host/index/",
            "oci:*.corp.example",
            "oci:ghcr.io",
            "oci:localhost:5000",
        ] {
            assert_eq!(RegistryPattern::parse(text).unwrap().to_string(), text);
        }
    }
}
