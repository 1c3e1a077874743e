//! Which lines a person is told of.

use crate::support::Case;

/// The subject of the line because of which something was refused.
fn line(asked: &str, capability: &str, subject: &str) -> Option<String> {
    let decided = Case { asked, ..Case::default() }.decided();
    decided.why(capability, subject).map(|decision| decision.subject.clone())
}

#[test]
fn a_refusal_is_found_by_what_the_provider_asked_for() {
    for (asked, subject, other) in [
        ("stores = ['os', 'file']", "file", "docker-config"),
        ("environment = ['A', 'B']", "B", "C"),
        ("files = ['~/a', '/b']", "/b", "/c"),
        ("plain = ['json:/a', 'json:/b']", "json:/b", "json:/c"),
        ("http = ['https://a.example', 'https://b.example']", "https://b.example", "https://c"),
    ] {
        let (capability, _) = asked.split_once(' ').unwrap();
        assert_eq!(line(asked, capability, subject).as_deref(), Some(subject), "{asked}");
        assert_eq!(line(asked, capability, other), None, "{asked}");
        assert_eq!(line(asked, "prompt", subject), None, "{asked}");
    }
    let field = line("plain = ['json:/x/c', 'json:/*/b']", "plain", "json:/a/b");
    assert_eq!(field.as_deref(), Some("json:/*/b"));
    assert_eq!(line("prompt = true", "prompt", "Who are you?").as_deref(), Some("true"));
}

#[test]
fn a_refusal_is_found_by_a_name_that_its_record_cuts() {
    let [one, two] = ["a", "b"].map(|end| format!("/{}{end}", "x".repeat(300)));
    let asked = format!("files = ['/short', '{one}']");
    let decided = Case { asked: &asked, ..Case::default() }.decided();
    let refusal = decided.capabilities.file(&one).unwrap_err();
    assert!(refusal.subject.len() < one.len());
    assert_eq!(decided.why("files", &refusal.subject).unwrap().subject, one);
    assert!(decided.why("files", &two).is_none(), "it is no record");
}

#[test]
fn a_program_is_found_by_its_path_alone_and_with_arguments() {
    let asked = "process = ['/usr/bin/a', { program = '/usr/bin/op', arguments = ['read'] }]";
    for (subject, expected) in [
        ("/usr/bin/op", Some("/usr/bin/op read")),
        ("/usr/bin/op read x", Some("/usr/bin/op read")),
        ("/usr/bin/a x", Some("/usr/bin/a with any arguments")),
        ("/usr/bin/other", None),
        ("/usr/bin/opera", None),
    ] {
        assert_eq!(line(asked, "process", subject).as_deref(), expected, "{subject}");
    }
}

#[test]
fn what_is_not_granted_says_what_would_grant_it() {
    for (asked, argument) in [
        ("stores = ['os']", "stores=os"),
        ("http = [{ url = 'https://a.example' }]", "http=https://a.example"),
        ("process = [{ program = '/op', arguments = ['x'] }]", "process=/op x"),
        ("prompt = true", "prompt=true"),
        ("reveal = true", "reveal=true"),
    ] {
        let missing = |granted, policy| {
            let decided = Case { asked, granted, policy, ..Case::default() }.decided();
            let decisions = decided.decisions.iter();
            decisions.filter_map(|one| one.grant_argument().map(str::to_owned)).collect::<Vec<_>>()
        };
        let (capability, _) = asked.split_once(' ').unwrap();
        assert_eq!(missing("", ""), [argument]);
        assert!(missing(asked, "").is_empty(), "{asked} is granted");
        let deny = match argument.ends_with("=true") {
            true => format!("[deny]\n{capability} = true"),
            false => format!("[deny]\n{capability} = ['*']"),
        };
        assert!(missing("", &deny).is_empty(), "to grant {asked} would not help");
    }
}

#[test]
fn a_limit_names_the_lines_that_are_the_lowest() {
    let shown = |asked, granted, policy| {
        let decided = Case { asked, granted, policy, ..Case::default() }.decided();
        let limits = decided.decisions.into_iter().filter(|one| one.capability == "limits");
        let line = |one: lockgate_policy::Decision| {
            let places: Vec<_> = one.places.iter().map(ToString::to_string).collect();
            format!("{} [{}]", one.subject, places.join(", "))
        };
        limits.map(line).collect::<Vec<_>>()
    };
    let asked = "limits = { memory = '1MiB', lifetime = '1h', any-purpose = false }";
    let granted = "limits = { memory = '2MiB', cpu = '1m', lifetime = '60m' }";
    assert_eq!(
        shown(asked, granted, "[allow]\nlimits = { wall = '5s', memory = '1GiB' }"),
        [
            "memory 1MiB [manifest:6]",
            "wall 5s [/etc/lockgate/policy.toml:2]",
            "cpu 2s []",
            "lifetime 1h [manifest:6, grant:1]",
            "any-purpose false [manifest:6]",
        ]
    );
    assert_eq!(shown("", granted, "")[0], "memory 2MiB [grant:1]");
}
