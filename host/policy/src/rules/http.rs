//! `http`: addresses that requests may be sent to, and what of secrets may go there.

use std::cmp::Reverse;

use lockgate_core::{HttpGrant, OriginPattern};
use url::{Host, Url};

use super::{environment, files, stores};
use crate::error::{PolicyError, Problem};
use crate::host::HostPattern;
use crate::meet::{Rank, Rule};
use crate::reader::{Keys, Node};

const KEYS: Keys = Keys {
    known: &["url", "methods", "receives", "private-network"],
    later: &["client-certificate", "proxy"],
};

/// Longest name of a method; the longest in use has half of it.
const MAX_METHOD: usize = 32;

/// An address, or all below one, with what may be sent there.
#[derive(Clone, Debug)]
pub(crate) struct HttpRule {
    scheme: String,
    host: HostPattern,
    port: u16,
    /// Without a slash at its end, so `` for all.
    path: String,
    /// In upper case and sorted; empty for all.
    methods: Vec<String>,
    receives: Vec<Received>,
    private_network: bool,
}

/// Secrets that may be sent, by where they came from; as written and as understood.
#[derive(Clone, Debug)]
struct Received {
    text: String,
    pattern: OriginPattern,
}

impl HttpRule {
    pub(crate) fn into_grant(self) -> HttpGrant {
        HttpGrant {
            scheme: self.scheme,
            host: self.host.host,
            subdomains: self.host.subdomains,
            port: self.port,
            path: if self.path.is_empty() { "/".to_owned() } else { self.path },
            methods: self.methods,
            receives: self.receives.into_iter().map(|received| received.pattern).collect(),
            private_network: self.private_network,
        }
    }

    fn parse(text: &str) -> Result<Self, Problem> {
        let wrong = |reason| Problem::value(text, reason);
        let path = check_text(text).map_err(wrong)?;
        let url =
            Url::parse(text).map_err(|source| Problem::Url { value: text.to_owned(), source })?;
        check_path(&url, path).map_err(wrong)?;
        let host = url.host().ok_or("has no host").and_then(HostPattern::new).map_err(wrong)?;
        let is_http = url.scheme() == "http";
        if is_http && !is_loopback(&host) {
            let reason = "is not encrypted; `http://` is for localhost, 127.0.0.1 and [::1] only";
            return Err(wrong(reason));
        }
        Ok(Self {
            scheme: url.scheme().to_owned(),
            host,
            port: url.port_or_known_default().unwrap_or_default(),
            path: path.trim_end_matches('/').to_owned(),
            methods: Vec::new(),
            receives: Vec::new(),
            private_network: is_http,
        })
    }

    fn read_table(node: &Node<'_>) -> Result<Self, PolicyError> {
        let fields = node.fields(&KEYS)?;
        let url = fields.need("url")?;
        let mut rule = Self::parse(url.text()?).map_err(|problem| url.error(problem))?;
        if let Some(methods) = fields.get("methods") {
            rule.methods = read_methods(&methods)?;
        }
        if let Some(receives) = fields.get("receives") {
            rule.receives = receives.list()?.iter().map(read_received).collect::<Result<_, _>>()?;
        }
        if let Some(private) = fields.get("private-network") {
            if rule.scheme == "http" && !private.flag()? {
                let reason = "cannot be: an address with `http://` is on this machine";
                return Err(private.error(Problem::value("private-network = false", reason)));
            }
            rule.private_network = private.flag()?;
        }
        Ok(rule)
    }
}

/// Refuses what a URL parser would quietly mend or take for something else, and finds the path.
fn check_text(text: &str) -> Result<&str, &'static str> {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))
        .ok_or("does not begin with `https://`")?;
    if rest.contains(['\\', '?', '#']) || rest.contains(char::is_whitespace) {
        return Err("has more than a host, a port and a path; leave query and fragment out");
    }
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    match authority.contains('@') {
        true => Err("has a user; leave it out"),
        false => Ok(path),
    }
}

fn check_path(url: &Url, path: &str) -> Result<(), &'static str> {
    let lower = path.to_ascii_lowercase();
    if ["%2f", "%5c", "%2e"].iter().any(|part| lower.contains(part)) {
        return Err("has an encoded slash, backslash or dot in its path");
    }
    if path.contains('*') {
        return Err("has a `*` in its path; a path covers what is below it by itself");
    }
    match path.is_empty() || path == url.path() {
        true => Ok(()),
        false => Err("has a path with `.`, `..` or characters that have to be percent-encoded"),
    }
}

fn is_loopback(host: &HostPattern) -> bool {
    match &host.host {
        Host::Domain(name) => name == "localhost" && !host.subdomains,
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

fn read_methods(node: &Node<'_>) -> Result<Vec<String>, PolicyError> {
    let mut methods = Vec::new();
    for node in node.list()? {
        let method = node.text()?;
        let word = method.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'-');
        if method.is_empty() || method.len() > MAX_METHOD || !word {
            let reason = "is no method; write it in capitals, as in `POST`";
            return Err(node.error(Problem::value(method, reason)));
        }
        if matches!(method, "CONNECT" | "TRACE" | "TRACK") {
            return Err(node.error(Problem::value(method, "is never sent")));
        }
        if methods.iter().any(|known| known == method) {
            return Err(node.error(Problem::Repeated(method.to_owned())));
        }
        methods.push(method.to_owned());
    }
    if methods.is_empty() {
        let reason = "allows nothing; name a method, or leave the key out to allow all";
        return Err(node.error(Problem::value("methods = []", reason)));
    }
    methods.sort();
    Ok(methods)
}

fn read_received(node: &Node<'_>) -> Result<Received, PolicyError> {
    let text = node.text()?;
    let pattern = text.parse().map_err(|error| node.error(Problem::Origin(error)))?;
    let (kind, name) = text.split_once(':').unwrap_or((text, ""));
    let checked = match kind {
        "store" => stores::check(name),
        "environment" => environment::check(name),
        "file" => files::check(name),
        "program" => Err(Problem::NotInThisVersion("process".to_owned())),
        "http" => check_origin(name),
        _ => Ok(()),
    };
    checked.map_err(|problem| node.error(problem))?;
    Ok(Received { text: text.to_owned(), pattern })
}

/// Origins are compared as text, so only the one way to write one is accepted.
fn check_origin(text: &str) -> Result<(), Problem> {
    let url = Url::parse(text).map_err(|source| Problem::Url { value: text.to_owned(), source })?;
    match url.origin().ascii_serialization() == text && url.has_host() {
        true => Ok(()),
        false => Err(Problem::value(text, "is no origin; write it as `http:https://host:port`")),
    }
}

/// The methods that both lists allow; none if there is no such method.
fn meet_methods(one: &[String], two: &[String]) -> Option<Vec<String>> {
    match (one, two) {
        ([], all) | (all, []) => Some(all.to_vec()),
        (one, two) => {
            let both: Vec<_> = one.iter().filter(|method| two.contains(method)).cloned().collect();
            (!both.is_empty()).then_some(both)
        }
    }
}

/// The longer path if it is the shorter one or below it.
fn meet_paths<'a>(one: &'a str, two: &'a str) -> Option<&'a str> {
    let (short, long) = if one.len() <= two.len() { (one, two) } else { (two, one) };
    let rest = long.strip_prefix(short)?;
    (rest.is_empty() || rest.starts_with('/')).then_some(long)
}

impl Rule for HttpRule {
    const KEY: &'static str = "http";

    fn read(node: &Node<'_>) -> Result<Self, PolicyError> {
        if node.is_string() {
            return Self::parse(node.text()?).map_err(|problem| node.error(problem));
        }
        Self::read_table(node)
    }

    fn meet(&self, other: &Self) -> Option<Self> {
        if self.scheme != other.scheme || self.port != other.port {
            return None;
        }
        let listed = |received: &&Received| {
            other.receives.iter().any(|other| other.pattern == received.pattern)
        };
        Some(Self {
            scheme: self.scheme.clone(),
            host: self.host.meet(&other.host)?,
            port: self.port,
            path: meet_paths(&self.path, &other.path)?.to_owned(),
            methods: meet_methods(&self.methods, &other.methods)?,
            receives: self.receives.iter().filter(listed).cloned().collect(),
            private_network: self.private_network && other.private_network,
        })
    }

    fn subject(&self) -> String {
        let mut subject = self.key();
        for received in &self.receives {
            subject.push_str(", receives ");
            subject.push_str(&received.text);
        }
        if self.private_network {
            subject.push_str(", private network");
        }
        subject
    }

    fn key(&self) -> String {
        let Self { scheme, host, port, path, .. } = self;
        let port = match (scheme.as_str(), port) {
            ("https", 443) | ("http", 80) => String::new(),
            _ => format!(":{port}"),
        };
        let address = format!("{scheme}://{host}{port}{path}");
        match self.methods.is_empty() {
            true => address,
            false => format!("{} {address}", self.methods.join("|")),
        }
    }

    fn rank(&self) -> Rank {
        let (named, methods) = (!self.methods.is_empty(), Reverse(self.methods.len()));
        (!self.host.subdomains, self.path.len(), named, self.host.len(), methods)
    }
}

#[cfg(test)]
mod tests {
    use super::HttpRule;
    use crate::meet::Rule;

    fn meet(one: &str, two: &str) -> Option<String> {
        let (one, two) = (HttpRule::parse(one).unwrap(), HttpRule::parse(two).unwrap());
        assert_eq!(
            one.meet(&two).map(|met| met.subject()),
            two.meet(&one).map(|met| met.subject())
        );
        one.meet(&two).map(|met| met.subject())
    }

    #[test]
    fn two_addresses_meet_in_the_narrower_one() {
        for (one, two, met) in [
            ("https://a.example", "https://a.example/", Some("https://a.example")),
            ("https://a.example", "https://A.example:443/", Some("https://a.example")),
            ("https://a.example/oauth", "https://a.example", Some("https://a.example/oauth")),
            (
                "https://*.corp.example/a",
                "https://x.corp.example",
                Some("https://x.corp.example/a"),
            ),
            ("https://a.example/oauth", "https://a.example/oauth2", None),
            ("https://a.example/oauth", "https://a.example/token", None),
            ("https://a.example", "https://a.example:8443", None),
            ("https://a.example", "https://a.example.evil", None),
            ("https://*.corp.example", "https://corp.example", None),
            ("http://localhost", "https://localhost:80", None),
        ] {
            assert_eq!(meet(one, two).as_deref(), met, "{one} and {two}");
        }
    }

    #[test]
    fn addresses_that_read_in_two_ways_are_refused() {
        for (url, why) in [
            ("", "begin with"),
            ("ftp://a.example", "begin with"),
            ("HTTPS://a.example", "begin with"),
            ("https:a.example", "begin with"),
            ("https://", "not a URL"),
            ("https://good@evil.example", "has a user"),
            ("https://@evil.example", "has a user"),
            ("https://a.example\\@evil.example", "more than a host"),
            ("https://a.example?x", "more than a host"),
            ("https://a.example/#", "more than a host"),
            ("https://a.example/a b", "more than a host"),
            ("https://a.example/a/../b", "`..`"),
            ("https://a.example/./b", "`..`"),
            ("https://a.example/%2e%2E/b", "encoded"),
            ("https://a.example/a%2Fb", "encoded"),
            ("https://a.example/a%5cb", "encoded"),
            ("https://a.example/*", "`*` in its path"),
            ("https://a.example.", "empty label"),
            ("https://*", "a `*`"),
            ("https://*.com", "top-level"),
            ("https://*.com.", "empty label"),
            ("https://a.*.example", "a `*`"),
            ("https://a*.example", "a `*`"),
            ("http://a.example", "not encrypted"),
            ("http://localhost.evil.example", "not encrypted"),
            ("http://10.0.0.1", "not encrypted"),
            ("http://[::ffff:127.0.0.1]", "not encrypted"),
        ] {
            let problem = HttpRule::parse(url).unwrap_err().to_string();
            assert!(problem.contains(why), "{url}: {problem}");
        }
    }

    #[test]
    fn http_is_for_this_machine_and_reaches_it() {
        for url in ["http://localhost:8080", "http://127.0.0.1", "http://[::1]:8080"] {
            assert!(HttpRule::parse(url).unwrap().private_network, "{url}");
        }
        assert!(!HttpRule::parse("https://localhost").unwrap().private_network);
    }
}
