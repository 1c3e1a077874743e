//! Where a request may go.

use std::path::Path;
use std::sync::LazyLock;

use lockgate_core::{Capabilities, Ecosystem, Registry};
use lockgate_policy::{Facts, Grant, Manifest, capabilities};
use percent_encoding::percent_decode_str;
use url::Url;

use crate::shown::{assert_line, told};
use crate::{first_line, text};

/// What is granted: scheme, host (with `*.`), port, path, methods.
const GRANTED: &[Address] = &[
    Address("https", "sso.corp.example", "443", "", &[]),
    Address("https", "api.example", "443", "/v1/token", &["GET", "POST"]),
    Address("https", "*.corp.example", "8443", "/oauth", &["POST"]),
    Address("http", "127.0.0.1", "8080", "", &[]),
    Address("http", "[::1]", "80", "/a", &[]),
    Address("https", "bücher.example", "443", "", &[]),
];

/// What is denied whatever is granted.
const DENIED: &[Address] = &[
    Address("https", "evil.corp.example", "8443", "", &[]),
    Address("https", "sso.corp.example", "443", "/admin", &[]),
];

/// `bücher.example`, as the URL standard writes it.
const ASCII: (&str, &str) = ("bücher.example", "xn--bcher-kva.example");

/// Scheme, host, port, path and methods as a grant names them.
struct Address(&'static str, &'static str, &'static str, &'static str, &'static [&'static str]);

/// A method, a space and a URL: what is allowed is, taken apart by hand and read in every way in
/// which a server could read it, at a granted address and at no denied one.
pub fn http_target(data: &[u8]) -> bool {
    let Some((method, target)) =
        text(data).map(|text| first_line(text).0).and_then(|line| line.split_once(' '))
    else {
        return false;
    };
    let Ok(url) = Url::parse(target) else { return false };
    match TABLE.http(method, &url) {
        Ok(_) => {
            check_allowed(method, &url);
            true
        }
        Err(refusal) => {
            assert_line(&refusal.subject);
            assert_line(&told(&refusal));
            false
        }
    }
}

fn check_allowed(method: &str, url: &Url) {
    let sent = Sent::read(url.as_str());
    for path in readings(sent.path) {
        let covers = |address: &Address| address.covers(method, &sent, &path);
        assert!(GRANTED.iter().any(covers), "{method} {url} is read as {path:?}");
    }
    for path in readings(sent.path) {
        let denied = DENIED.iter().find(|address| address.covers(method, &sent, &path));
        assert!(denied.is_none(), "{method} {url} is denied");
    }
    let again = Url::parse(url.as_str()).expect("what was parsed can be parsed");
    assert_eq!(again.as_str(), url.as_str());
}

/// A URL as the bytes that are sent, without the URL library.
struct Sent<'a> {
    scheme: &'a str,
    host: &'a str,
    port: &'a str,
    path: &'a str,
}

impl<'a> Sent<'a> {
    fn read(url: &'a str) -> Self {
        assert!(url.is_ascii(), "{url:?}");
        assert_line(url);
        let (scheme, rest) = url.split_once("://").expect("an authority");
        let (authority, rest) = rest.split_at(rest.find(['/', '?', '#', '\\']).expect("a path"));
        assert!(!authority.contains('@'), "{url:?}");
        let path = rest.split(['?', '#']).next().unwrap_or_default();
        let default = if scheme == "https" { "443" } else { "80" };
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port),
            _ => (authority, default),
        };
        Self { scheme, host, port, path }
    }
}

impl Address {
    fn covers(&self, method: &str, sent: &Sent<'_>, path: &[String]) -> bool {
        let Self(scheme, host, port, granted, methods) = self;
        let host = if *host == ASCII.0 { ASCII.1 } else { host };
        let named = match host.strip_prefix('*') {
            Some(end) => sent.host.len() > end.len() && sent.host.ends_with(end),
            None => sent.host == host,
        };
        let granted: Vec<&str> = granted.split('/').skip(1).collect();
        let below = path.len() >= granted.len()
            && granted.iter().zip(path).all(|(one, other)| one == other);
        let sends = methods.is_empty() || methods.contains(&method);
        *scheme == sent.scheme && named && *port == sent.port && below && sends
    }
}

/// The segments of a path as a server may see them: as they are; decoded once or twice; cut at a
/// NUL; with backslashes as slashes.
fn readings(path: &str) -> Vec<Vec<String>> {
    let decoded = |path: &str| percent_decode_str(path).decode_utf8_lossy().into_owned();
    let (once, twice) = (decoded(path), decoded(&decoded(path)));
    let cut = |path: &str| path.split('\0').next().unwrap_or_default().to_owned();
    let forms = [path, &once, &twice].into_iter().flat_map(|form| [form.to_owned(), cut(form)]);
    let forms = forms.flat_map(|form| [form.replace('\\', "/"), form]);
    forms.map(|form| resolve(&form)).collect()
}

/// Without dot segments, also those that have parameters.
fn resolve(path: &str) -> Vec<String> {
    let mut segments: Vec<String> = Vec::new();
    for segment in path.split('/').skip(1) {
        match segment.split(';').next().unwrap_or_default() {
            "." => {}
            ".." => drop(segments.pop()),
            _ => segments.push(segment.to_owned()),
        }
    }
    segments
}

/// The capabilities of a call with these grants and denials.
static TABLE: LazyLock<Capabilities> =
    LazyLock::new(|| Capabilities { denied_http: granted(DENIED).http, ..granted(GRANTED) });

fn granted(addresses: &[Address]) -> Capabilities {
    let entries: String = addresses.iter().map(entry).collect();
    let rules = format!("registries = ['*']\nhttp = [{entries}]\n");
    let manifest = format!(
        "name = 'a'\nversion = '1'\ndescription = 'a'\nreasons = {{ http = 'a' }}\n\
         [capabilities]\n{rules}"
    );
    let registry = Registry::new(Ecosystem::Oci, "ghcr.io").expect("a registry");
    let facts = Facts { registry: &registry, token_variable: None, home: Some(Path::new("/")) };
    let manifest = Manifest::parse(&manifest, "manifest").expect("a manifest");
    let grant = Grant::parse(&rules, "grant").expect("a grant");
    capabilities(&manifest, &grant, &facts).expect("a registry that is served")
}

fn entry(Address(scheme, host, port, path, methods): &Address) -> String {
    let url = format!("{scheme}://{host}:{port}{path}");
    match methods {
        [] => format!("'{url}', "),
        methods => format!("{{ url = '{url}', methods = {methods:?} }}, "),
    }
}
