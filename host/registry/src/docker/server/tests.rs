use std::collections::BTreeMap;

use super::{aliases, canonical, hostname, login_server, logout_servers};

const HUB: &str = "https://index.docker.io/v1/";

const SCHEMES: [&str; 5] = ["", "https://", "http://", "HTTPS://", "ftp://"];
const HOSTS: [&str; 10] = [
    "ghcr.io",
    "ghcr.io.evil.example",
    "docker.io",
    "index.docker.io",
    "registry-1.docker.io",
    "localhost",
    "[::1]",
    "u@ghcr.io",
    "GHCR.io",
    "",
];
const PORTS: [&str; 5] = ["", ":443", ":80", ":5000", ":"];
const PATHS: [&str; 9] =
    ["", "/", "//", "/v1", "/v1/", "/v2/", "/v1/access-token", "/v1/refresh-token/", "/?x"];

/// Scheme, host, port and path of a key that is made of the parts above.
type Parts = (&'static str, &'static str, &'static str, &'static str);

fn key((scheme, host, port, path): Parts) -> String {
    [scheme, host, port, path].concat()
}

/// All of them, by their text.
fn keys() -> BTreeMap<String, Parts> {
    let mut keys = BTreeMap::new();
    for scheme in SCHEMES {
        for host in HOSTS {
            for port in PORTS {
                for path in PATHS {
                    keys.insert(key((scheme, host, port, path)), (scheme, host, port, path));
                }
            }
        }
    }
    keys
}

#[test]
fn an_alias_never_crosses_a_port_or_a_scheme_or_a_host() {
    let keys = keys();
    let mut compared = 0;
    for (text, one) in &keys {
        for other in aliases(text).iter().filter_map(|alias| keys.get(alias)) {
            let is_hub = |parts: &Parts| parts.1.ends_with("docker.io") && parts.2.is_empty();
            let both_hub = is_hub(one) && is_hub(other);
            let said = (text, key(*other));
            assert_eq!(one.2, other.2, "the port of {said:?}");
            assert_eq!(one.0 == "http://", other.0 == "http://", "the scheme of {said:?}");
            assert!(one.1 == other.1 || both_hub, "the host of {said:?}");
            let path = |parts: &Parts| parts.3.trim_end_matches('/').to_owned();
            assert!(path(one) == path(other) || both_hub, "the path of {said:?}");
            compared += 1;
        }
    }
    assert!(compared > 500, "{compared}");
}

#[test]
fn aliases_are_those_of_each_other_and_never_the_key_itself() {
    for one in keys().into_keys() {
        for other in aliases(&one) {
            assert_ne!(other, one);
            assert!(aliases(&other).contains(&one), "{one} {other}");
            assert_eq!(canonical(&other), canonical(&one));
        }
    }
}

#[test]
fn a_server_has_these_aliases() {
    for (server, expected) in [
        ("ghcr.io", &["https://ghcr.io", "https://ghcr.io/", "ghcr.io/"][..]),
        ("https://ghcr.io/", &["ghcr.io", "https://ghcr.io", "ghcr.io/"]),
        ("h:5000", &["https://h:5000", "https://h:5000/", "h:5000/"]),
        ("http://h:5000", &["http://h:5000/"]),
        ("http://h:5000/", &["http://h:5000"]),
        ("https://h/v2/", &["https://h/v2"]),
        ("gcr.io/project/image", &["gcr.io/project/image/"]),
        ("https://index.docker.io/v1/access-token", &[]),
        ("https://index.docker.io/v1/refresh-token", &[]),
        ("https://index.docker.io/v1/access-token/", &[]),
        ("https://user@h", &[]),
        ("https://h/?x", &[]),
        ("https://", &[]),
        ("/", &[]),
        ("h//", &[]),
        ("", &[]),
    ] {
        assert_eq!(aliases(server), expected, "{server}");
    }
    for spelling in ["docker.io", "index.docker.io", "registry-1.docker.io", "https://docker.io"] {
        let others = aliases(spelling);
        assert_eq!(others[0], HUB, "{spelling}");
        assert!(others.iter().any(|other| other == "https://index.docker.io/v1"), "{spelling}");
        assert_eq!(others.len(), 13, "{spelling}: {others:?}");
        assert!(aliases(HUB).iter().any(|other| other == spelling), "{spelling}");
    }
    for other in
        ["http://docker.io", "docker.io:443", "hub.docker.io", "https://index.docker.io/v2/"]
    {
        assert!(!aliases(HUB).iter().any(|alias| alias == other), "{other}");
        assert!(!aliases(other).iter().any(|alias| alias == HUB), "{other}");
    }
}

/// Each of these is what docker 28.2.2 says that it logs out of.
#[test]
fn a_host_is_found_as_docker_finds_it() {
    for (key, host) in [
        ("127.0.0.1", "127.0.0.1"),
        ("::1", "::1"),
        ("[::1]", "[::1]"),
        ("example.com", "example.com"),
        ("http://example.com", "example.com"),
        ("https://example.com", "example.com"),
        ("http://example.com/", "example.com"),
        ("https://example.com/v2/", "example.com"),
        ("example.com/v2/", "example.com"),
        ("unix:///var/run/docker.sock", "unix:"),
        ("ftp://example.com", "example.com"),
        ("127.0.0.1:6556", "127.0.0.1:6556"),
        ("::1:6556", "::1:6556"),
        ("[::1]:6556", "[::1]:6556"),
        ("example.com:6555", "example.com:6555"),
        ("https://127.0.0.1:6555/v2/", "127.0.0.1:6555"),
        ("https://::1:6555/v2/", "[::1]:6555"),
        ("https://[::1]:6555/v2/", "[::1]:6555"),
        ("https://[::1]/v2/", "::1"),
        ("https://h:443", "h:443"),
        ("https://h:", "h"),
        ("https://H/", "H"),
        ("https://user:word@h/", "h"),
        ("https://h?x", "h"),
        ("https://a b/c", "https:"),
        ("https://h#f", "h"),
        ("https://h%41/x", "https:"),
        ("https://h\\x/", "https:"),
        ("https://h:x/y", "https:"),
        ("https://a:b:c/", "https:"),
        ("https://[::1]x/", "https:"),
        ("https://[::1/", "https:"),
        ("https:///x", "https:"),
        ("https://h;x/", "h;x"),
        ("https://a_b.c/", "a_b.c"),
        ("https://\u{e9}.example/x", "\u{e9}.example"),
        ("1http://x/y", "1http:"),
        ("h:5000://y", "h:5000:"),
        ("//h/x", ""),
        ("h:5000/x://y", "h:5000"),
        ("", ""),
    ] {
        assert_eq!(hostname(key), host, "{key}");
    }
}

#[test]
fn a_login_is_kept_under_the_host_or_hubs_own_key() {
    for (argument, key) in [
        (None, HUB),
        (Some(""), HUB),
        (Some("docker.io"), HUB),
        (Some("index.docker.io"), HUB),
        (Some("registry-1.docker.io/bork/test"), HUB),
        (Some("https://docker.io/"), HUB),
        (Some(HUB), HUB),
        (Some("ghcr.io"), "ghcr.io"),
        (Some("https://ghcr.io/v2/"), "ghcr.io"),
        (Some("http://localhost:5000"), "localhost:5000"),
        (Some("docker.io:5000"), "docker.io:5000"),
    ] {
        assert_eq!(login_server(argument), key, "{argument:?}");
    }
}

#[test]
fn a_logout_erases_each_of_these_keys_once() {
    let hub = [HUB, "docker.io", "index.docker.io", "registry-1.docker.io"];
    for (argument, keys) in [
        (None, &hub[..]),
        (Some(HUB), &hub),
        (Some("docker.io"), &[&hub[..], &["https://docker.io", "http://docker.io"]].concat()),
        (Some("h:5000"), &["h:5000", "https://h:5000", "http://h:5000"]),
        (Some("https://h"), &["h", "https://h", "http://h"]),
        (Some("https://h/v2/"), &["h", "https://h", "http://h", "https://h/v2/"]),
    ] {
        assert_eq!(logout_servers(argument), keys, "{argument:?}");
    }
}
