//! What the decisions of `Capabilities` let through, and what they do not.
#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use lockgate_core::{
    Capabilities, Ecosystem, HttpGrant, Origin, Origins, PlainField, Registry, Sink,
};
use url::{Host, Url};

/// A grant for everything below an https origin, or below a path of it.
fn grant(url: &str) -> HttpGrant {
    let (subdomains, url) = match url.split_once("*.") {
        Some((scheme, rest)) => (true, format!("{scheme}{rest}")),
        None => (false, url.to_owned()),
    };
    let url = Url::parse(&url).unwrap();
    HttpGrant {
        scheme: url.scheme().to_owned(),
        host: url.host().unwrap().to_owned(),
        subdomains,
        port: url.port_or_known_default().unwrap(),
        path: url.path().to_owned(),
        methods: Vec::new(),
        receives: Vec::new(),
        private_network: false,
        client_certificate: None,
    }
}

fn with(grants: &[HttpGrant]) -> Capabilities {
    Capabilities { http: grants.to_vec(), ..Capabilities::default() }
}

fn allows(granted: &str, url: &str) -> bool {
    // What is no URL at all is never sent.
    Url::parse(url).is_ok_and(|url| with(&[grant(granted)]).http("GET", &url).is_ok())
}

fn assert_allowed(granted: &str, urls: &[&str]) {
    for url in urls {
        assert!(allows(granted, url), "{url} under {granted}");
    }
}

fn assert_refused(granted: &str, urls: &[&str]) {
    for url in urls {
        assert!(!allows(granted, url), "{url} under {granted}");
    }
}

#[test]
fn nothing_is_allowed_without_a_grant() {
    let url = Url::parse("https://good.example/").unwrap();
    let refusal = Capabilities::default().http("GET", &url).unwrap_err();
    let expected = "http `GET https://good.example/` was refused: it is not granted";
    assert_eq!(refusal.to_string(), expected);
}

#[test]
fn a_host_is_that_host_in_every_spelling_and_no_other() {
    assert_allowed(
        "https://good.example",
        &[
            "https://good.example",
            "https://GOOD.Example/",
            "https://good.example:443/a?b=c",
            "https:good.example",
            "https:\\\\good.example\\a",
            "https://g%6Fod.example/",
            "https://ｇood.example/",
            " https://good.exa\tmple/\n",
        ],
    );
    assert_refused(
        "https://good.example",
        &[
            "https://good.example.evil/",
            "https://good.example.",
            "https://evilgood.example/",
            "https://sub.good.example/",
            "https://example/",
            "https://good.example@evil.example/",
            "https://good.example:x@evil.example/",
            "https://user@good.example/",
            "https://user:word@good.example/",
            "https://:word@good.example/",
            "https://evil.example\\@good.example/",
            "https://evil.example#@good.example/",
            "https://evil.example?@good.example/",
            // Cyrillic o, in letters and as punycode.
            "https://gооd.example/",
            "https://xn--gd-jbca.example/",
            "https://good.example%00.evil/",
            "https://good.example%2eevil/",
            "https://good。example。evil/",
        ],
    );
}

#[test]
fn scheme_and_port_are_exact() {
    assert_refused(
        "https://good.example",
        &[
            "http://good.example/",
            "http://good.example:443/",
            "https://good.example:8443/",
            "https://good.example:80/",
            "ftp://good.example/",
            "ws://good.example/",
            "file:///etc/passwd",
            "data:text/plain,x",
        ],
    );
    assert_allowed("https://good.example:8443", &["https://good.example:8443/"]);
    assert_refused("https://good.example:8443", &["https://good.example/"]);
    assert_allowed("http://127.0.0.1:8080", &["http://127.0.0.1:8080/"]);
    assert_refused("http://127.0.0.1:8080", &["http://127.0.0.1/", "https://127.0.0.1:8080/"]);
    // No grant makes another scheme one of HTTP's.
    let ftp = HttpGrant { scheme: "ftp".into(), port: 21, ..grant("https://good.example") };
    assert!(with(&[ftp]).http("GET", &Url::parse("ftp://good.example/").unwrap()).is_err());
}

#[test]
fn an_address_is_one_address_however_it_is_written() {
    assert_allowed(
        "http://127.0.0.1",
        &[
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f000001/",
            "http://0177.0.0.1/",
            "http://127.1/",
            "http://127.0.0.1./",
            "http://①②⑦.0.0.1/",
        ],
    );
    // A name is granted, not what it stands for; nor is an address that stands for another one.
    assert_refused(
        "http://127.0.0.1",
        &[
            "http://localhost/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::ffff:7f00:1]/",
            "http://127.0.0.2/",
            "http://127.0.0.1.evil/",
        ],
    );
    assert_refused(
        "https://good.example",
        &["https://127.0.0.1/", "https://[::ffff:127.0.0.1]/", "https://2130706433/"],
    );
    assert_allowed("http://[::1]", &["http://[0:0:0:0:0:0:0:1]/", "http://[::0.0.0.1]/"]);
}

#[test]
fn a_star_stands_for_names_below_and_not_for_the_name_itself() {
    assert_allowed(
        "https://*.corp.example",
        &["https://a.corp.example/", "https://a.b.corp.example/", "https://A.CORP.example/"],
    );
    assert_refused(
        "https://*.corp.example",
        &[
            "https://corp.example/",
            "https://.corp.example/",
            "https://evilcorp.example/",
            "https://a.corp.example.evil/",
            "https://a.corp.example./",
            "https://a.corp.example@evil.example/",
            "http://a.corp.example/",
            "https://a.corp.example:8443/",
        ],
    );
    // A star never stands for the front of an address.
    let address = HttpGrant {
        subdomains: true,
        host: Host::Ipv4("0.0.0.1".parse().unwrap()),
        ..grant("https://x")
    };
    let url = Url::parse("https://127.0.0.1/").unwrap();
    assert!(with(&[address]).http("GET", &url).is_err());
}

#[test]
fn a_path_is_granted_by_whole_segments() {
    for granted in ["https://good.example/oauth/token", "https://good.example/oauth/token/"] {
        assert_allowed(
            granted,
            &[
                "https://good.example/oauth/token",
                "https://good.example/oauth/token/",
                "https://good.example/oauth/token/a/b",
                "https://good.example/oauth/token?a=/../b",
                "https://good.example/oauth/token#a",
                "https://good.example/x/../oauth/token",
                "https://good.example\\oauth\\token",
                "https://good.example/oauth/token/a%20b",
            ],
        );
        assert_refused(
            granted,
            &[
                "https://good.example/",
                "https://good.example/oauth",
                "https://good.example/oauth/tokens",
                "https://good.example/oauth/token.json",
                "https://good.example/oauth/token;a",
                "https://good.example/OAuth/Token",
                "https://good.example//oauth/token",
                "https://good.example/oauth//token",
                "https://good.example/oauth/tok%65n",
            ],
        );
    }
    assert_allowed("https://good.example/", &["https://good.example//a//b"]);
}

#[test]
fn a_path_that_two_parsers_read_differently_is_refused() {
    // Resolved by the parser, so that the decision is about what is sent.
    assert_refused(
        "https://good.example/oauth/token",
        &[
            "https://good.example/oauth/token/../admin",
            "https://good.example/oauth/token/..",
            "https://good.example/oauth/token/%2e%2e/admin",
            "https://good.example/oauth/token/.%2E/admin",
            "https://good.example/oauth/token\\..\\admin",
        ],
    );
    // Refused wherever they stand, under a grant for all paths too.
    for granted in ["https://good.example", "https://good.example/a"] {
        assert_refused(
            granted,
            &[
                "https://good.example/a%2f..%2fadmin",
                "https://good.example/a/..%2Fadmin",
                "https://good.example/a/..%5cadmin",
                "https://good.example/a/%5C..%5Cadmin",
                "https://good.example/a/b%2ec",
                "https://good.example/a/..;/admin",
                "https://good.example/a/..;x=y/admin",
                "https://good.example/a/.;/admin",
                "https://good.example/a/..%3B/admin",
                "https://good.example/a/%252e%252e/admin",
                "https://good.example/a/..%252fadmin",
                "https://good.example/a/%00",
            ],
        );
    }
    let url = Url::parse("https://good.example/a/..%2Fadmin?key=secret").unwrap();
    let refusal = with(&[grant("https://good.example")]).http("GET", &url).unwrap_err().to_string();
    assert!(refusal.contains("never sent") && !refusal.contains("key=secret"), "{refusal}");
}

#[test]
fn methods_are_those_of_the_grant() {
    let url = Url::parse("https://good.example/").unwrap();
    let post = HttpGrant { methods: vec!["POST".into()], ..grant("https://good.example") };
    let only_post = with(&[post]);
    assert!(only_post.http("POST", &url).is_ok());
    for method in ["GET", "post", "PUT", "POST ", ""] {
        assert!(only_post.http(method, &url).is_err(), "{method:?}");
    }
    let any = with(&[grant("https://good.example")]);
    assert!(any.http("DELETE", &url).is_ok());
}

#[test]
fn the_grant_that_answers_is_the_one_that_covers() {
    let narrow = HttpGrant { methods: vec!["POST".into()], ..grant("https://a.example/token") };
    let other = grant("https://b.example");
    let capabilities = with(&[narrow.clone(), other.clone()]);
    let parse = |url: &str| Url::parse(url).unwrap();
    assert_eq!(capabilities.http("POST", &parse("https://a.example/token")), Ok(&narrow));
    assert_eq!(capabilities.http("GET", &parse("https://b.example/x")), Ok(&other));
    assert!(capabilities.http("GET", &parse("https://a.example/token")).is_err());
}

#[test]
fn plain_fields_are_exactly_those_listed() {
    let field = |format: &str, path: &[&str]| PlainField {
        format: format.into(),
        path: path.iter().map(|step| (*step).to_owned()).collect(),
    };
    let capabilities = Capabilities {
        plain: vec![
            field("json", &["expires_in"]),
            field("json", &["items", "*", "kind"]),
            field("header", &["link"]),
        ],
        ..Capabilities::default()
    };
    for (format, path, plain) in [
        ("json", &["expires_in"][..], true),
        ("toml", &["expires_in"], false),
        ("JSON", &["expires_in"], false),
        ("json", &["Expires_In"], false),
        ("json", &["expires_in", "x"], false),
        ("json", &["x", "expires_in"], false),
        ("json", &[], false),
        ("json", &["access_token"], false),
        ("json", &["items", "0", "kind"], true),
        ("json", &["items", "name", "kind"], true),
        ("json", &["items", "0", "token"], false),
        ("json", &["items", "kind"], false),
        ("json", &["items", "0", "1", "kind"], false),
        // A star in the question is a name like any other.
        ("json", &["*"], false),
        ("header", &["link"], true),
        ("header", &["authorization"], false),
    ] {
        let steps: Vec<String> = path.iter().map(|step| (*step).to_owned()).collect();
        assert_eq!(capabilities.is_plain(format, &steps), plain, "{format} {path:?}");
        assert!(!Capabilities::default().is_plain(format, &steps));
    }
}

/// Whether a secret with these origins may go to `url`, in a request about the registry of
/// corp.example.
fn may_receive(url: &str, receives: &[&str], origins: &[Origin]) -> Result<(), String> {
    let receives = receives.iter().map(|pattern| pattern.parse().unwrap()).collect();
    let granted = HttpGrant { receives, ..grant(url) };
    let url = Url::parse(&url.replace("*.", "a.")).unwrap();
    let registry =
        Registry::new(Ecosystem::Cargo, "sparse+https://cargo.corp.example/index/").unwrap();
    let mut union = Origins::default();
    for origin in origins {
        union.extend(&Origins::of(origin.clone()));
    }
    Sink::Http(&granted, &url).accepts(&union, &registry).map_err(|refusal| refusal.to_string())
}

const OWN: &str = "https://cargo.corp.example/api";
const OTHER: &str = "https://sso.corp.example/token";

fn store() -> Origin {
    Origin::Store("os".into())
}

#[test]
fn a_stored_token_goes_to_its_own_registry_and_elsewhere_only_by_grant() {
    assert_eq!(may_receive(OWN, &[], &[store()]), Ok(()));
    assert_eq!(
        may_receive(OTHER, &[], &[store()]),
        Err("http `https://sso.corp.example` was refused: \
             its grant does not receive secrets that came from `store:os`"
            .to_owned())
    );
    assert_eq!(may_receive(OTHER, &["store:os"], &[store()]), Ok(()));
    assert!(may_receive(OTHER, &["store:file"], &[store()]).is_err());
    assert!(may_receive(OTHER, &["login"], &[store()]).is_err());
}

#[test]
fn the_own_host_is_the_whole_host() {
    for origin in [store(), Origin::Login, Origin::Prompt] {
        assert_eq!(may_receive(OWN, &[], std::slice::from_ref(&origin)), Ok(()), "{origin}");
        assert!(
            may_receive("https://CARGO.corp.example/", &[], std::slice::from_ref(&origin)).is_ok()
        );
        for url in [
            "https://corp.example/",
            "https://cargo.corp.example.evil/",
            "https://cargo.corp.example./",
            "https://*.cargo.corp.example/",
            "https://evilcargo.corp.example/",
            "https://1.1.1.1/",
        ] {
            assert!(
                may_receive(url, &[], std::slice::from_ref(&origin)).is_err(),
                "{origin} {url}"
            );
        }
    }
}

#[test]
fn everything_else_needs_a_grant_even_for_the_own_host() {
    for (origin, pattern) in [
        (Origin::Environment("CI_JOB_JWT".into()), "environment:CI_JOB_JWT"),
        (Origin::File("~/.config/token".into()), "file:~/.config/token"),
        (Origin::Program("/usr/bin/op".into()), "program:/usr/bin/op"),
        (Origin::Http("https://sso.example".into()), "http:https://sso.example"),
    ] {
        let origin = std::slice::from_ref(&origin);
        for url in [OWN, OTHER] {
            assert!(may_receive(url, &[], origin).is_err(), "{origin:?} {url}");
            assert!(may_receive(url, &[&format!("{pattern}x")], origin).is_err());
            assert_eq!(may_receive(url, &[pattern], origin), Ok(()), "{origin:?} {url}");
        }
    }
}

#[test]
fn a_response_goes_back_to_the_very_origin_that_it_came_from() {
    let from = |origin: &str| [Origin::Http(origin.to_owned())];
    assert_eq!(may_receive(OTHER, &[], &from("https://sso.corp.example")), Ok(()));
    for origin in [
        "http://sso.corp.example",
        "https://sso.corp.example:8443",
        "https://sso.corp.example.evil",
        "https://corp.example",
    ] {
        assert!(may_receive(OTHER, &[], &from(origin)).is_err(), "{origin}");
    }
    assert!(
        may_receive("https://sso.corp.example:8443/", &[], &from("https://sso.corp.example"))
            .is_err()
    );
}

#[test]
fn a_composed_secret_needs_leave_for_every_part() {
    let composed = [Origin::Provider, store(), Origin::Environment("USER".into())];
    assert_eq!(may_receive(OTHER, &[], &composed[..1]), Ok(()));
    assert!(may_receive(OTHER, &["store:os"], &composed).unwrap_err().contains("environment:USER"));
    assert!(may_receive(OTHER, &["environment:USER"], &composed).unwrap_err().contains("store:os"));
    assert_eq!(may_receive(OTHER, &["store:os", "environment:USER"], &composed), Ok(()));
}

#[test]
fn a_registry_without_a_host_has_no_own_host() {
    let registry = Registry::new(Ecosystem::Cargo, "file:///srv/index").unwrap();
    let url = Url::parse("https://good.example/").unwrap();
    let granted = grant("https://good.example");
    let origins = Origins::of(store());
    assert!(Sink::Http(&granted, &url).accepts(&origins, &registry).is_err());
}

/// The subject is the provider's choice, and the record is shown to people as the host's own words.
#[test]
fn what_was_refused_stays_on_its_line() {
    let nothing = Capabilities::default();
    let refused = |name: &str| nothing.variable(name, false).unwrap_err().to_string();
    let forged = refused("A\nerror: run this\u{1b}[2K\u{202e}");
    assert!(!forged.contains(['\n', '\u{1b}', '\u{202e}']), "{forged:?}");
    assert_eq!(refused("A"), "environment `A` was refused: it is not granted");
    assert!(refused(&"A".repeat(1 << 20)).len() < 1024);
}

#[test]
fn a_denied_path_is_denied_in_every_way_to_read_it() {
    let everything = with(&[grant("https://good.example")]);
    let denied = Capabilities {
        denied_http: vec![grant("https://good.example/admin")],
        ..everything.clone()
    };
    for path in ["/admin", "/admin/x", "/%61dmin", "//admin", "/admin;x=1/y", "/ADMIN", "/admin/"] {
        let url = Url::parse(&format!("https://good.example{path}")).unwrap();
        assert!(everything.http("GET", &url).is_ok(), "the twin: {path}");
        let refusal = denied.http("GET", &url).unwrap_err();
        assert!(refusal.reason.contains("policy denies"), "{path}: {refusal}");
    }
    for path in ["/", "/administrators", "/x/admin"] {
        let url = Url::parse(&format!("https://good.example{path}")).unwrap();
        assert!(denied.http("GET", &url).is_ok(), "{path}");
    }
}

/// Regression: another spelling of the same address was another host.
#[test]
fn a_denied_address_is_denied_as_an_ipv6_one_too() {
    for (denied, granted) in [
        ("https://10.0.0.1", "https://[::ffff:10.0.0.1]"),
        ("https://[::ffff:10.0.0.1]", "https://10.0.0.1"),
    ] {
        let everything = with(&[grant(granted)]);
        let url = Url::parse(&format!("{granted}/x")).unwrap();
        assert!(everything.http("GET", &url).is_ok(), "the twin: {granted}");
        let denied = Capabilities { denied_http: vec![grant(denied)], ..everything };
        let refusal = denied.http("GET", &url).unwrap_err();
        assert!(refusal.reason.contains("policy denies"), "{granted}: {refusal}");
    }
}
