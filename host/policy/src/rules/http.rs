//! `http`: addresses that requests may be sent to, and what of secrets may go there.

mod methods;
mod text;

use std::cmp::Reverse;
use std::path::Path;

use lockgate_core::{Capabilities, HttpGrant};
use toml_edit::{Array, InlineTable, Value};
use url::Url;

use super::path::check_file;
use super::receives::{self, Received};
use super::{FileRule, Speaker};
use crate::ceiling::{CapList, Caps};
use crate::decide::Facts;
use crate::error::{PolicyError, Problem};
use crate::host::HostPattern;
use crate::meet::{Rank, Rule};
use crate::reader::{Keys, Node};
use text::{check_path, check_text, is_loopback};

const KEYS: Keys = Keys {
    known: &["url", "methods", "receives", "private-network", "client-certificate"],
    later: &["proxy"],
};

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
    /// The file by which the host is known there.
    pub(crate) client_certificate: Option<FileRule>,
}

impl HttpRule {
    /// None if the certificate's file needs a home folder and there is none.
    pub(crate) fn into_grant(self, home: Option<&Path>) -> Option<HttpGrant> {
        let certificate = self.client_certificate.as_ref().map(|file| file.resolve(home));
        if certificate == Some(None) {
            return None;
        }
        Some(HttpGrant { client_certificate: certificate.flatten(), ..self.into_address() })
    }

    /// The grant without a certificate.
    pub(crate) fn into_address(self) -> HttpGrant {
        HttpGrant {
            scheme: self.scheme,
            host: self.host.host,
            subdomains: self.host.subdomains,
            port: self.port,
            path: if self.path.is_empty() { "/".to_owned() } else { self.path },
            methods: self.methods,
            receives: receives::patterns(self.receives),
            private_network: self.private_network,
            client_certificate: None,
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
            client_certificate: None,
        })
    }

    fn read_table(node: &Node<'_>) -> Result<Self, PolicyError> {
        let fields = node.fields(&KEYS)?;
        let url = fields.need("url")?;
        let mut rule = Self::parse(url.text()?).map_err(|problem| url.error(problem))?;
        if let Some(methods) = fields.get("methods") {
            rule.methods = methods::read(&methods)?;
        }
        if let Some(receives) = fields.get("receives") {
            rule.receives = receives::read_all(&receives)?;
        }
        if let Some(private) = fields.get("private-network") {
            if rule.scheme == "http" && !private.flag()? {
                let reason = "cannot be: an address with `http://` is on this machine";
                return Err(private.error(Problem::value("private-network = false", reason)));
            }
            rule.private_network = private.flag()?;
        }
        if let Some(file) = fields.get("client-certificate") {
            let path = file.text()?;
            check_file(path).map_err(|problem| file.error(problem))?;
            rule.client_certificate = Some(FileRule(path.to_owned()));
        }
        Ok(rule)
    }

    /// Whether everything that the other allows is allowed by this.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        self.meet(other).is_some_and(|met| met.key() == other.key())
    }

    /// Whether there is a host that both are about.
    pub(crate) fn shares_host(&self, other: &Self) -> bool {
        self.host.meet(&other.host).is_some()
    }

    /// Scheme, host, port and path.
    fn address(&self) -> String {
        let Self { scheme, host, port, path, .. } = self;
        let port = match (scheme.as_str(), port) {
            ("https", 443) | ("http", 80) => String::new(),
            _ => format!(":{port}"),
        };
        format!("{scheme}://{host}{port}{path}")
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

    fn read(node: &Node<'_>, _: Speaker) -> Result<Self, PolicyError> {
        if node.is_string() {
            return Self::parse(node.text()?).map_err(|problem| node.error(problem));
        }
        Self::read_table(node)
    }

    fn meet(&self, other: &Self) -> Option<Self> {
        if self.scheme != other.scheme || self.port != other.port {
            return None;
        }
        Some(Self {
            scheme: self.scheme.clone(),
            host: self.host.meet(&other.host)?,
            port: self.port,
            path: meet_paths(&self.path, &other.path)?.to_owned(),
            methods: methods::meet(&self.methods, &other.methods)?,
            receives: receives::meet(&self.receives, &other.receives),
            private_network: self.private_network && other.private_network,
            client_certificate: self
                .client_certificate
                .clone()
                .filter(|file| other.client_certificate.as_ref() == Some(file)),
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
        if let Some(FileRule(path)) = &self.client_certificate {
            subject.push_str(", client certificate ");
            subject.push_str(path);
        }
        subject
    }

    fn key(&self) -> String {
        match self.methods.is_empty() {
            true => self.address(),
            false => format!("{} {}", self.methods.join("|"), self.address()),
        }
    }

    fn rank(&self) -> Rank {
        let (named, methods) = (!self.methods.is_empty(), Reverse(self.methods.len()));
        (!self.host.subdomains, self.path.len(), named, self.host.len(), methods)
    }

    fn value(&self) -> Value {
        let implied = self.scheme == "http";
        let mut table = InlineTable::new();
        table.insert("url", self.address().into());
        if !self.methods.is_empty() {
            let methods: Array = self.methods.iter().map(String::as_str).collect();
            table.insert("methods", methods.into());
        }
        if !self.receives.is_empty() {
            table.insert("receives", receives::value(&self.receives));
        }
        if self.private_network && !implied {
            table.insert("private-network", true.into());
        }
        if let Some(FileRule(path)) = &self.client_certificate {
            table.insert("client-certificate", path.as_str().into());
        }
        match table.len() {
            1 => self.address().into(),
            _ => table.into(),
        }
    }

    fn capped(caps: &Caps) -> Option<&CapList<Self>> {
        caps.http.as_ref()
    }

    /// Only if nothing of it is left: for the rest, what is denied is looked up at the moment of use.
    fn is_denied_by(&self, denied: &Self, _: &Facts<'_>) -> bool {
        denied.covers(self)
    }

    /// `METHOD URL`, as refusals name what was to be sent; or a URL, or an origin.
    fn concerns(&self, subject: &str) -> bool {
        let (method, url) = match subject.split_once(' ') {
            Some((method, url)) => (Some(method), url),
            None => (None, subject),
        };
        let mut address = self.clone().into_address();
        if method.is_none() {
            address.methods.clear();
        }
        let only = Capabilities { http: vec![address], ..Capabilities::default() };
        Url::parse(url).is_ok_and(|url| only.http(method.unwrap_or("GET"), &url).is_ok())
    }

    fn is_withdrawn_by(&self, named: &Self) -> bool {
        let methods = named.methods.is_empty() || named.methods == self.methods;
        methods && self.address() == named.address()
    }

    fn risks(&self) -> Vec<&'static str> {
        let said = [
            (!self.receives.is_empty(), "secrets may be sent there"),
            (self.client_certificate.is_some(), "it is known there by your certificate"),
            (self.private_network, "it reaches this machine or your private network"),
            (self.host.subdomains, "it talks to every host below a name"),
        ];
        let mut risks: Vec<_> =
            said.into_iter().filter_map(|(holds, risk)| holds.then_some(risk)).collect();
        if risks.is_empty() {
            risks.push("it talks to the network");
        }
        risks
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
