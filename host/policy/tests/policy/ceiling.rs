//! What an administrator's policy takes away, and what it leaves.

use std::path::Path;

use lockgate_core::Limits;
use lockgate_policy::{Decided, Identity};
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
    for line in [
        "prompt = false",
        "reveal = false",
        "stores = []",
        "stores = ['docker-config']",
        "http = ['https://c.example']",
        "process = ['/usr/bin/other']",
        "environment = ['OTHER']",
        "files = ['~/.ssh/id2']",
        "plain = ['json:/x/other']",
    ] {
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
fn a_denied_address_is_spoken_of_only_where_it_takes_something_away() {
    let policy = "[deny]\nhttp = ['https://a.example/secret']";
    let http = "http = ['https://a.example']";
    let refusals = |asked, granted| {
        let decided = Case { asked, granted, policy, ..Case::default() }.decided();
        let refusals = decided.decisions.into_iter().filter_map(|one| one.refusal);
        refusals.collect::<Vec<_>>()
    };
    assert_eq!(refusals("", http), ["is granted, but the provider does not ask for it"]);
    assert!(refusals("", "").is_empty());
    let by_policy = "is refused by the administrator's policy";
    assert_eq!(refusals(http, http), [by_policy]);
    let whole = "http = ['https://a.example/secret']";
    assert_eq!(refusals(whole, whole), [by_policy], "it is told once");
    // A line that is lost as a whole says nothing of the one that is lost in part.
    let both = "http = ['https://a.example', 'https://a.example/secret/x']";
    let decided = Case { asked: both, granted: both, policy, ..Case::default() }.decided();
    let in_part = decided.why("http", "GET https://a.example/secret/y").unwrap();
    assert_eq!(in_part.subject, "https://a.example/secret");
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
