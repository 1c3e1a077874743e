//! What an administrator's policy takes away, and what it leaves.

use std::path::{Path, PathBuf};

use lockgate_core::{Ecosystem, Limits, Registry};
use lockgate_policy::{
    AuditCollector, CallerRule, Ceiling, Decided, Identity, NotServed, Requirement,
};
use url::Url;

use crate::support::Case;

const EVERYTHING: &str = "stores = ['os', 'file']
http = ['https://a.example', { url = 'https://b.example', receives = ['environment:A'] }]
process = [{ program = '/usr/bin/op', arguments = ['read'], environment = ['A'] }]
environment = ['A', '{registry.token}']
files = ['~/.ssh/id', '/etc/corp/token']
plain = ['json:/*/kind', 'json:/expires_in']
prompt = true
reveal = true";

fn under(policy: &str) -> Decided {
    let (asked, granted) = (EVERYTHING, EVERYTHING);
    Case { asked, granted, policy, ..Case::default() }.decided()
}

fn ceiling(text: &str) -> Ceiling {
    Ceiling::parse(text, "/etc/lockgate/policy.toml").unwrap()
}

fn sends(decided: &Decided, url: &str) -> bool {
    decided.capabilities.http("GET", &Url::parse(url).unwrap()).is_ok()
}

/// How many of each kind are left: stores, http, process, environment, files, plain, prompt,
/// reveal.
fn counts(decided: &Decided) -> [usize; 8] {
    let left = &decided.capabilities;
    [
        left.stores.len(),
        left.http.len(),
        left.process.len(),
        left.environment.len(),
        left.files.len(),
        left.plain.len(),
        left.prompt.into(),
        left.reveal.into(),
    ]
}

const WHOLE: [usize; 8] = [2, 2, 1, 2, 2, 2, 1, 1];

#[test]
fn an_empty_policy_restricts_nothing() {
    for policy in ["", "message = 'x'", "[allow]\n[deny]", "[allow]\nprompt = true"] {
        assert_eq!(counts(&under(policy)), WHOLE, "{policy}");
    }
    assert_eq!(
        under("[allow]\nlimits = { memory = '1GiB' }").capabilities.limits,
        Limits::default()
    );
}

#[test]
fn each_key_of_allow_caps_its_own_kind() {
    for (at, none, some, left) in [
        (0, "stores = []", "stores = ['os', 'kernel-keyring']", 1),
        (1, "http = []", "http = ['https://a.example/x']", 1),
        (2, "process = []", "process = ['/usr/bin/op', '/bin/x']", 1),
        (3, "environment = []", "environment = ['A']", 1),
        (4, "files = []", "files = ['~/.ssh/*']", 1),
        (5, "plain = []", "plain = ['json:/x/kind']", 1),
        (6, "prompt = false", "prompt = true", 1),
        (7, "reveal = false", "reveal = true", 1),
    ] {
        let mut expected = WHOLE;
        expected[at] = 0;
        assert_eq!(counts(&under(&format!("[allow]\n{none}"))), expected, "{none}");
        expected[at] = left;
        assert_eq!(counts(&under(&format!("[allow]\n{some}"))), expected, "{some}");
        if at < 6 {
            let (key, _) = none.split_once(' ').unwrap();
            assert_eq!(counts(&under(&format!("[allow]\n{key} = ['*']"))), WHOLE, "{key}");
        }
    }
}

#[test]
fn each_key_of_deny_takes_away_its_own_kind() {
    for (at, line, left) in [
        (0, "stores = ['os']", 1),
        (1, "http = ['https://a.example']", 1),
        (2, "process = ['/usr/bin/op']", 0),
        (3, "environment = ['A']", 1),
        (4, "files = ['~/.ssh/id']", 1),
        (5, "plain = ['json:/x/kind']", 1),
        (6, "prompt = true", 0),
        (7, "reveal = true", 0),
    ] {
        let mut expected = WHOLE;
        expected[at] = left;
        assert_eq!(counts(&under(&format!("[deny]\n{line}"))), expected, "{line}");
        if at < 6 {
            expected[at] = 0;
            let (key, _) = line.split_once(' ').unwrap();
            assert_eq!(counts(&under(&format!("[deny]\n{key} = ['*']"))), expected, "{key}");
        }
    }
    for line in ["prompt = false", "reveal = false", "stores = []"] {
        assert_eq!(counts(&under(&format!("[deny]\n{line}"))), WHOLE, "{line}");
    }
    let both = "[allow]\nstores = ['os', 'file']\n[deny]\nstores = ['os']";
    assert!(under(both).capabilities.store("os").is_err(), "deny wins");
}

#[test]
fn an_address_is_denied_in_part() {
    let decided = under("message = 'No.'\n[deny]\nhttp = ['https://a.example/secret']");
    assert!(sends(&decided, "https://a.example/"));
    assert!(sends(&decided, "https://a.example/secrets"));
    assert!(!sends(&decided, "https://a.example/secret/x"));
    let why = decided.why("http", "GET https://a.example/secret/x").unwrap();
    assert_eq!(
        why.explain("test").unwrap(),
        "the administrator's policy (/etc/lockgate/policy.toml:3) refuses it. No."
    );
    assert!(decided.why("http", "GET https://a.example/").is_none());
    assert!(sends(&under(""), "https://a.example/secret/x"));
}

#[test]
fn a_line_of_allow_gives_no_more_than_it_says() {
    let decided = under("[allow]\nhttp = ['https://b.example']");
    assert!(decided.capabilities.http[0].receives.is_empty());
    let lost = decided.decisions.iter().find(|one| one.by_administrator()).unwrap();
    assert_eq!(lost.subject, "https://a.example");
    let narrowed = decided.why("http", "https://b.example").unwrap();
    assert_eq!(narrowed.subject, "https://b.example, receives environment:A");
    let said = "[allow]\nhttp = [{ url = 'https://b.example', receives = ['environment:A'] }]";
    assert_eq!(
        under(said).capabilities.http.iter().map(|one| one.receives.len()).sum::<usize>(),
        1
    );
}

#[test]
fn a_denied_variable_is_found_behind_the_hole_and_at_a_programs_door() {
    let left = |policy: &str| under(policy).capabilities;
    let names = |policy: &str| {
        left(policy).environment.iter().map(|one| one.name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(names("[deny]\nenvironment = ['cargo_registries_corp_token']"), ["A"]);
    assert_eq!(names("[deny]\nenvironment = ['{registry.token}']"), ["A"]);
    assert_eq!(names("[deny]\nenvironment = ['OTHER']").len(), 2);
    assert_eq!(left("").process[0].environment, ["A"]);
    assert!(left("[deny]\nenvironment = ['A']").process[0].environment.is_empty());
    assert!(left("[deny]\nenvironment = ['*']").process[0].environment.is_empty());
}

#[test]
fn a_denied_file_is_found_in_every_way_to_write_it() {
    let reads = |path: &str, policy: &str, home: Option<&str>| {
        let lines = format!("files = ['{path}']");
        let home = home.map(Path::new);
        let case = Case { asked: &lines, granted: &lines, policy, home, ..Case::default() };
        !case.decided().capabilities.files.is_empty()
    };
    let ssh = "[deny]\nfiles = ['~/.ssh/*']";
    let me = Some("/home/me");
    for path in ["~/.ssh/id", "/home/me/.ssh/id", "~/.SSH/id", "/home/me/.ssh/a/b"] {
        assert!(!reads(path, ssh, me), "{path}");
        assert!(reads(path, "", me), "{path}");
    }
    assert!(!reads("~/.ssh/id", "[deny]\nfiles = ['/home/me/.ssh/id']", me));
    for path in ["~/.sshd", "/home/you/.ssh/id", "~/x/.ssh"] {
        assert!(reads(path, ssh, me), "{path}");
    }
    // Without a home folder every one that it could be is meant.
    assert!(!reads("/home/me/.ssh/id", ssh, None));
    assert!(!reads("/home/me/.netrc", "[deny]\nfiles = ['~/.netrc']", None));
    assert!(reads("/etc/token", ssh, None));
    let cert = "http = [{ url = 'https://a.example', client-certificate = '~/.ssh/c.pem' }]";
    let decided = |policy| Case { asked: cert, granted: cert, policy, ..Case::default() }.decided();
    assert!(decided(ssh).capabilities.http.is_empty());
    assert!(!decided("").capabilities.http.is_empty());
}

#[test]
fn limits_are_lowered_and_never_raised() {
    let high = "limits = { memory = '1GiB', lifetime = '2d' }";
    let limits = |asked, granted, policy| {
        Case { asked, granted, policy, ..Case::default() }.decided().capabilities.limits
    };
    let cap = "[allow]\nlimits = { memory = '128MiB', lifetime = '1h', any-purpose = false }";
    let capped = limits(high, high, cap);
    assert_eq!(capped.memory, 128 << 20);
    assert_eq!(capped.lifetime.unwrap().as_secs(), 3600);
    assert!(!capped.any_purpose);
    assert_eq!(limits("", "", cap).memory, Limits::default().memory);
    assert_eq!(limits(high, high, "").memory, 1 << 30);
}

#[test]
fn a_rule_is_for_the_providers_that_it_selects() {
    let digest = "ab".repeat(32);
    let one = Identity { digest: &digest, ..Identity::default() };
    let built_in = Identity { built_in: true, ..Identity::default() };
    let prompts = |policy: &str, identity| {
        let (asked, granted) = (EVERYTHING, EVERYTHING);
        let case = Case { asked, granted, policy, identity, ..Case::default() };
        case.decided().capabilities.prompt
    };
    let only = format!("[[rule]]\nproviders = ['sha256:{digest}']\n[rule.deny]\nprompt = true");
    assert!(!prompts(&only, one) && prompts(&only, built_in));
    let except = "[[rule]]\nexcept = ['built-in']\n[rule.allow]\nprompt = false";
    assert!(!prompts(except, one) && prompts(except, built_in));
    // A rule takes away, and gives nothing back.
    let more =
        "[allow]\nprompt = false\n[[rule]]\nproviders = ['built-in']\n[rule.allow]\nprompt = true";
    assert!(!prompts(more, built_in));
}

#[test]
fn four_lines_forbid_the_network_and_are_cited_with_their_message() {
    let policy = "message = \"Ask security@corp.example.\"\n[[rule]]\nexcept = [\"built-in\"]\n\
                  allow.http = []";
    let http = "http = ['https://sso.corp.example']";
    let sentence = "the administrator's policy (/etc/lockgate/policy.toml:4) refuses it. Ask \
                    security@corp.example.";
    // Granted or not: who would be told to grant it should hear it at once.
    for granted in [http, ""] {
        let decided = Case { asked: http, granted, policy, ..Case::default() }.decided();
        assert!(decided.capabilities.http.is_empty());
        let why = decided.why("http", "POST https://sso.corp.example/token").unwrap();
        assert_eq!(why.explain("corp-sso").unwrap(), sentence);
        assert_eq!(
            why.refusal.as_deref().unwrap(),
            "is refused by the administrator's policy: Ask security@corp.example."
        );
        assert!(why.by_administrator() && why.grant_argument().is_none());
    }
    let free = Case { asked: http, ..Case::default() }.decided();
    let why = free.why("http", "POST https://sso.corp.example/token").unwrap();
    assert_eq!(
        why.explain("corp-sso").unwrap(),
        "it is asked for, but not granted; `lockgate provider grant corp-sso \
         http=https://sso.corp.example` grants it"
    );
    assert!(free.why("http", "GET https://other.example/").is_none());
}

#[test]
fn every_decision_names_the_administrators_line_too() {
    let decided = under("[allow]\nstores = [\n 'os']\nprompt = false");
    let shown: Vec<_> = decided
        .decisions
        .iter()
        .filter(|one| matches!(one.capability, "stores" | "prompt"))
        .map(|one| {
            let places: Vec<_> = one.places.iter().map(ToString::to_string).collect();
            format!("{} {} {}", one.subject, one.allowed(), places.join(" "))
        })
        .collect();
    let policy = "/etc/lockgate/policy.toml";
    assert_eq!(
        shown,
        [
            format!("file false manifest:6 grant:2 {policy}:2"),
            format!("os true manifest:6 grant:2 {policy}:3"),
            format!("true false manifest:12 grant:8 {policy}:4"),
        ]
    );
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
                  providers = ['cargo:token', 'corp-sso --tenant eu']";
    let corp = Registry::new(Ecosystem::Cargo, "sparse+https://cargo.corp.example/index/").unwrap();
    let other = Registry::new(Ecosystem::Oci, "ghcr.io").unwrap();
    let policy = ceiling(forced);
    let (names, place) = policy.providers_for(&corp).unwrap();
    assert_eq!(names, ["cargo:token", "corp-sso --tenant eu"]);
    assert_eq!(place.line, 2);
    assert!(policy.providers_for(&other).is_none());
    let serves = |policy: &str, name| {
        let identity = Identity { name, ..Identity::default() };
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
    let home = policy.allows_lockgate_home().unwrap_err();
    assert_eq!((home.place.line, home.message.as_deref()), (2, Some("Ask us.")));
    assert_eq!(policy.allows_reveal_option().unwrap_err().place.line, 3);
    assert_eq!(policy.caller(), &CallerRule::Programs(vec![PathBuf::from("/usr/bin/cargo")]));
    assert_eq!(policy.caller_place().unwrap().line, 4);
    assert_eq!(policy.requires(Requirement::Audit).unwrap().line, 5);
    assert_eq!(policy.requires(Requirement::PinnedIndexes).unwrap().line, 6);
    assert!(policy.requires(Requirement::Hardening).is_none());
    assert_eq!(policy.audit_collector(), Some(AuditCollector::Syslog));
    for (word, rule) in [("terminal", CallerRule::Terminal), ("confirm", CallerRule::Confirm)] {
        assert_eq!(ceiling(&format!("caller = '{word}'")).caller(), &rule);
    }
    assert!(ceiling("lockgate-home = true").allows_lockgate_home().is_ok());
    assert_eq!(
        ceiling("audit-collector = 'journald'").audit_collector(),
        Some(AuditCollector::Journald)
    );
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
        ("prompt = true\nprompt = true", "2:1", "duplicate key"),
    ] {
        let shown = refusal(text);
        assert!(shown.contains(expected) && shown.contains(place), "{text}: {shown}");
    }
    assert!(refusal(&"#".repeat((256 << 10) + 1)).contains("longer than 262144 bytes"));
    let many = |count: usize| {
        let list: String = (0..count).map(|at| format!("'sha256:{at:064x}',")).collect();
        format!("[providers]\nblock = [{list}]")
    };
    assert!(Ceiling::parse(&many(1024), "policy.toml").is_ok());
    assert!(refusal(&many(1025)).contains("more than 1024 entries"));
}
