//! Which providers an administrator's policy admits, for which registries, and what else it says.

use std::path::PathBuf;

use lockgate_core::{Authorities, DOCKER_HUB, Ecosystem, Registry};
use lockgate_policy::{AuditCollector, CallerRule, Ceiling, Identity, NotServed, Requirement};

use crate::support::Case;

fn ceiling(text: &str) -> Ceiling {
    Ceiling::parse(text, "/etc/lockgate/policy.toml").unwrap()
}

#[test]
fn providers_are_admitted_by_what_they_are() {
    let digest = "ab".repeat(32);
    let one = Identity { name: "one", digest: &digest, ..Identity::default() };
    let built_in = Identity { built_in: true, ..Identity::default() };
    let bridge = Identity { bridge: true, ..built_in };
    let block = format!("message = 'Ask us.'\n[providers]\nblock = ['sha256:{digest}']");
    let forbidden = ceiling(&block).admits(&one).unwrap_err();
    assert_eq!(
        forbidden.to_string(),
        format!(
            "the administrator's policy (/etc/lockgate/policy.toml:3) forbids it: \
             `sha256:{digest}` is blocked. Ask us."
        )
    );
    for (policy, expected) in [
        ("", [true, true, true]),
        (block.as_str(), [false, true, true]),
        ("[providers]\nallow = ['built-in']", [false, true, true]),
        ("[providers]\nallow = []", [false, false, false]),
        ("bridges = false", [true, true, false]),
        ("bridges = true", [true, true, true]),
        ("[providers]\nallow = ['built-in']\nblock = ['built-in']", [false, false, false]),
    ] {
        for (identity, expected) in [one, built_in, bridge].into_iter().zip(expected) {
            assert_eq!(ceiling(policy).admits(&identity).is_ok(), expected, "{policy}");
            let decided = Case { policy, identity, ..Case::default() }.decide();
            assert_eq!(decided.is_ok(), expected, "{policy}: nothing is decided without it");
        }
    }
}

#[test]
fn a_registry_is_forced_allowed_and_denied() {
    let forced = "[registries.'cargo:sparse+https://cargo.corp.example/*']\n\
                  providers = ['cargo:token', { name = 'corp-sso --tenant eu', \
                  is = ['source:file:/opt/corp/*'] }]";
    let corp = Registry::new(Ecosystem::Cargo, "sparse+https://cargo.corp.example/index/").unwrap();
    let other = Registry::new(Ecosystem::Oci, "ghcr.io").unwrap();
    let policy = ceiling(forced);
    let (names, place) = policy.providers_for(&corp).unwrap();
    assert_eq!(names, ["cargo:token", "corp-sso --tenant eu"]);
    assert_eq!(place.line, 2);
    assert!(policy.providers_for(&other).is_none());
    let two = ceiling(&format!("{forced}\n[registries.'oci:*']\nproviders = ['docker:config']"));
    let every: Vec<_> =
        two.forced_providers().map(|(lines, place)| (lines.len(), place.line)).collect();
    assert_eq!(every, [(2, 2), (1, 4)]);
    let serves = |policy: &str, name| {
        let source = Some("file:/opt/corp/sso.wasm");
        let built_in = name == "cargo:token";
        let identity = Identity { name, source, built_in, ..Identity::default() };
        Case { policy, identity, ..Case::default() }.decide()
    };
    assert!(serves(forced, "corp-sso").is_ok() && serves(forced, "cargo:token").is_ok());
    assert!(matches!(serves(forced, "evil"), Err(NotServed::Forbidden(_))));
    for (policy, expected) in [
        ("[allow]\nregistries = ['oci:*']", false),
        ("[allow]\nregistries = ['cargo:*']", true),
        ("[allow]\nregistries = []", false),
        ("[allow]\nregistries = ['*']", true),
        ("[deny]\nregistries = ['cargo:sparse+https://cargo.corp.example/*']", false),
        ("[deny]\nregistries = ['oci:*']", true),
        ("[deny]\nregistries = ['*']", false),
    ] {
        assert_eq!(serves(policy, "x").is_ok(), expected, "{policy}");
    }
    let Err(NotServed::Forbidden(forbidden)) = serves("[deny]\nregistries = ['*']", "x") else {
        panic!("it is denied");
    };
    assert!(forbidden.to_string().contains("policy.toml:2) forbids it: the registry is denied"));
}

/// Attack: a client asks for Docker Hub by a name that the policy does not say.
#[test]
fn docker_hub_is_denied_allowed_and_forced_by_each_of_its_names() {
    let spellings =
        ["oci:docker.io", "oci:index.docker.io", "oci:registry-1.docker.io", "oci:*.docker.io"]
            .map(str::to_owned);
    let urls = ["index.docker.io/v1/", "docker.io/", "index.docker.io/*"]
        .map(|url| format!("oci:https://{url}"));
    let asked = |policy: &str, key| {
        let registry = (Ecosystem::Oci, key);
        Case { policy, registry, ..Case::default() }.decide().is_ok()
    };
    for name in spellings.iter().chain(&urls) {
        let denied = format!("[deny]\nregistries = ['{name}']");
        let allowed = format!("[allow]\nregistries = ['{name}']");
        let forced = ceiling(&format!("[registries.'{name}']\nproviders = ['lockgate:file']"));
        for key in [DOCKER_HUB, "docker.io", "Index.Docker.io", "registry-1.docker.io:443"] {
            assert!(!asked(&denied, key), "{name} and {key}");
            assert!(asked(&allowed, key), "{name} and {key}");
            let registry = Registry::new(Ecosystem::Oci, key).unwrap();
            assert!(forced.providers_for(&registry).is_some(), "{name} and {key}");
        }
        // The twin: what is no name of Hub's is another registry.
        for key in ["http://docker.io", "docker.io:5000", "hub.example"] {
            assert!(asked(&denied, key), "{name} and {key}");
            assert!(!asked(&allowed, key), "{name} and {key}");
        }
    }
}

#[test]
fn the_rest_of_a_policy_is_answered_with_its_lines() {
    let nothing = Ceiling::default();
    assert!(nothing.allows_lockgate_home().is_ok() && nothing.allows_reveal_option().is_ok());
    assert_eq!((nothing.caller(), nothing.caller_place()), (&CallerRule::Any, None));
    assert!(nothing.requires(Requirement::Audit).is_none());
    assert!(nothing.audit_collector().is_none() && nothing.message().is_none());
    let policy = ceiling(
        "message = 'Ask us.'\nlockgate-home = false\nreveal-option = false\n\
         caller = ['/usr/bin/cargo']\nrequire = ['audit',\n'pinned-indexes']\n\
         audit-collector = 'syslog'",
    );
    assert_eq!(policy.message(), Some("Ask us."));
    let home = policy.allows_lockgate_home().unwrap_err();
    assert_eq!((home.place.line, home.message.as_deref()), (2, Some("Ask us.")));
    assert_eq!(policy.allows_reveal_option().unwrap_err().place.line, 3);
    assert_eq!(policy.caller(), &CallerRule::Programs(vec![PathBuf::from("/usr/bin/cargo")]));
    assert_eq!(policy.caller_place().unwrap().line, 4);
    assert_eq!(policy.requires(Requirement::Audit).unwrap().line, 5);
    assert_eq!(policy.requires(Requirement::PinnedIndexes).unwrap().line, 6);
    assert!(policy.requires(Requirement::Hardening).is_none());
    assert_eq!(policy.audit_collector(), Some(AuditCollector::Syslog));
    for (word, rule) in [
        ("any", CallerRule::Any),
        ("terminal", CallerRule::Terminal),
        ("confirm", CallerRule::Confirm),
    ] {
        assert_eq!(ceiling(&format!("caller = '{word}'")).caller(), &rule);
    }
    assert!(ceiling("lockgate-home = true").allows_lockgate_home().is_ok());
    assert_eq!(
        ceiling("audit-collector = 'journald'").audit_collector(),
        Some(AuditCollector::Journald)
    );
}

#[test]
fn the_policy_says_how_requests_travel() {
    assert!(ceiling("").http().is_none());
    let empty = ceiling("[http]").http().unwrap().settings(|_| Some("other:1".into()));
    let url = "https://a.example/".parse().unwrap();
    assert!(empty.proxies.proxy_for(&url).unwrap().is_none(), "an empty table is no proxy");
    let policy = ceiling(
        "[http]\nproxy = 'proxy:3128'\nno-proxy = ['corp.example']\nca-file = '/etc/corp.pem'",
    );
    let settings = policy.http().unwrap().settings(|_| Some("other:1".into()));
    let proxy = settings.proxies.proxy_for(&url).unwrap().map(ToString::to_string);
    assert_eq!(proxy.as_deref(), Some("http://proxy:3128"));
    assert_eq!(settings.proxies.settings().next().unwrap().place, "/etc/lockgate/policy.toml:2");
    let direct = "https://a.corp.example/".parse().unwrap();
    assert!(settings.proxies.proxy_for(&direct).unwrap().is_none());
    assert_eq!(settings.authorities, Authorities::Only("/etc/corp.pem".into()));
    let environment = ceiling("[http]\nproxy = 'environment'");
    let settings = environment
        .http()
        .unwrap()
        .settings(|name| (name == "https_proxy").then(|| "other:1".into()));
    let proxy = settings.proxies.proxy_for(&url).unwrap().map(ToString::to_string);
    assert_eq!(proxy.as_deref(), Some("http://other:1"));
}

#[test]
fn a_policy_holds_no_password_and_shows_none() {
    for text in [
        "[http]\nproxy = 'http://u:s3cret@proxy:3128'",
        "[http]\nproxy = 'ftp://u:s3cret@proxy:3128'",
        "[http]\nproxy = 'http://u:s3cret@proxy:3128' x",
        "http = { proxy = 'http://u:s3cret@proxy:3128', x = 1 }",
    ] {
        let shown = Ceiling::parse(text, "policy.toml").unwrap_err().to_string();
        assert!(!shown.contains("s3cret") && shown.contains("policy.toml:"), "{shown}");
    }
}

#[test]
fn what_a_policy_gets_wrong_is_cited() {
    let refusal = |text: &str| Ceiling::parse(text, "policy.toml").unwrap_err().to_string();
    assert_eq!(
        refusal("[allow]\nstore = []\n"),
        "policy.toml:2:1: unknown key `store`; the keys here are registries, stores, http, \
         process, environment, files, plain, prompt, reveal, limits\n  |\n2 | store = []\n  | ^^^^^"
    );
    for (text, place, expected) in [
        ("x = 1", "1:1", "unknown key `x`"),
        ("[providers]\nnames = []", "2:1", "unknown key `names`"),
        ("[[rule]]\nprovider = []", "2:1", "unknown key `provider`"),
        ("[[rule]]\nmessage = 'x'", "1:1", "the key `providers` is missing"),
        ("[[rule]]\nproviders = []\nexcept = []", "3:10", "one of the two"),
        ("rule = 1", "1:8", "a list of tables"),
        ("[deny]\nlimits = {}", "2:1", "unknown key `limits`"),
        ("[deny]\nproxy = 'x'", "2:1", "does not have the capability `proxy`"),
        ("[deny]\nstores = ['disk']", "2:11", "is no store"),
        ("[allow]\nstores = ['*', 'os']", "2:11", "is no store"),
        ("require = ['audit', 'audit']", "1:21", "listed twice"),
        ("[providers]\nblock = ['built-in', 'built-in']", "2:22", "listed twice"),
        ("[registries.'oci:ghcr.io']", "1:1", "the key `providers` is missing"),
        ("[registries.'oci:ghcr.io']\nproviders = ['A b']", "2:14", "is no name"),
        (
            "[registries.\"oci:*.corp.e\\u0000mple\"]\nproviders = ['cargo:token']",
            "1:1",
            "invisible",
        ),
        ("[registries.'oci:ghcr.io']\nproviders = ['corp-sso']", "2:14", "any installed provider"),
        ("[registries.'oci:ghcr.io']\nproviders = [{ name = 'x' }]", "2:14", "`is` is missing"),
        (
            "[registries.'oci:ghcr.io']\nproviders = [{ is = ['built-in'] }]",
            "2:14",
            "`name` is missing",
        ),
        (
            "[registries.'oci:ghcr.io']\nproviders = [{ name = 'x', is = [] }]",
            "2:33",
            "selects nothing",
        ),
        (
            "[registries.'oci:ghcr.io']\nproviders = [{ name = 'x', is = ['x'] }]",
            "2:34",
            "selects no providers",
        ),
        ("prompt = true\nprompt = true", "2:1", "duplicate key"),
        ("http = 1", "1:8", "a table"),
        ("[http]\ntimeout = 1", "2:1", "unknown key `timeout`; the keys here are proxy"),
        ("[http]\nproxy = 'socks5://x'", "2:9", "SOCKS proxies are not supported"),
        ("[http]\nproxy = \"http://x\\r\\nX: y\"", "2:9", "invisible"),
        ("[http]\nno-proxy = ['x']", "2:12", "stands without `proxy`"),
        ("[http]\nproxy = 'x'\nno-proxy = ['a', 'b,c']", "3:18", "an entry of `no-proxy`"),
        ("[http]\nca-file = 'ca.pem'", "2:11", "no absolute path"),
    ] {
        let shown = refusal(text);
        assert!(shown.contains(expected) && shown.contains(place), "{text}: {shown}");
        assert!(!shown.contains('\0'), "{text}");
    }
    assert!(refusal(&"#".repeat((256 << 10) + 1)).contains("longer than 262144 bytes"));
    let many = |count: usize| {
        let list: String = (0..count).map(|at| format!("'sha256:{at:064x}',")).collect();
        format!("[providers]\nblock = [{list}]")
    };
    assert!(Ceiling::parse(&many(1024), "policy.toml").is_ok());
    assert!(refusal(&many(1025)).contains("more than 1024 entries"));
}
