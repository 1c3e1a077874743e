//! Grants that are given and taken back word by word, and what a person is asked before.

use lockgate_policy::{Change, Difference, Grant, Manifest};

use crate::support::{grant, manifest as manifest_of};

const EVERYTHING: &str = "stores = ['os']
http = ['https://a.example', { url = 'https://*.b.example', receives = ['prompt'] }]
process = [{ program = '/usr/bin/op', arguments = ['read', 'op://{registry.host}/*'] }]
environment = ['A', { name = 'B', plain = true }]
files = ['~/a']
plain = ['json:/a']
prompt = true
reveal = true
limits = { memory = '128MiB' }";

fn changes(arguments: &[&str]) -> Vec<Change> {
    arguments.iter().map(|argument| Change::parse(argument).unwrap()).collect()
}

fn with(text: &str, arguments: &[&str]) -> String {
    let grant = Grant::parse(text, "grant").unwrap();
    grant.with(&changes(arguments), "grant").unwrap().to_toml()
}

fn without(text: &str, arguments: &[&str]) -> String {
    Grant::parse(text, "grant").unwrap().without(&changes(arguments)).unwrap().to_toml()
}

#[test]
fn what_is_granted_is_written_down() {
    assert_eq!(
        with(
            "stores = ['os']",
            &[
                "http=https://sso.corp.example",
                "http={ url = 'https://b.example', methods = ['POST'] }",
                "process=/usr/bin/op read op://corp/*",
                "environment={ name = 'A', plain = true }",
                "prompt=true",
                "limits.memory=128MiB",
                "limits.any-purpose=false",
            ]
        ),
        "limits = { memory = \"128MiB\", any-purpose = false }\n\
         stores = [\"os\"]\n\
         http = [\n    \"https://sso.corp.example\",\n    \
         { url = \"https://b.example\", methods = [\"POST\"] },\n]\n\
         process = [{ program = \"/usr/bin/op\", arguments = [\"read\", \"op://corp/*\"] }]\n\
         environment = [{ name = \"A\", plain = true }]\n\
         prompt = true\n"
    );
}

#[test]
fn what_is_about_the_same_is_replaced() {
    let plain = "environment = [{ name = 'A', plain = true }]";
    assert_eq!(with(plain, &["environment=A"]), "environment = [\"A\"]\n");
    assert_eq!(with("prompt = true", &["prompt=false"]), "");
    assert_eq!(with("", &["prompt=false"]), "");
    assert_eq!(with("prompt = true\nreveal = true", &["reveal=false"]), "prompt = true\n");
    let limits = "limits = { memory = '1MiB', any-purpose = false }";
    let raised = with(limits, &["limits.memory=2MiB", "limits.any-purpose=true"]);
    assert_eq!(raised, "limits = { memory = \"2MiB\" }\n");
    let twice = with("", &["stores=os", "stores=os"]);
    assert_eq!(twice, "stores = [\"os\"]\n");
    let many: Vec<_> = (0..65).map(|at| format!("files=/a{at}")).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    assert!(Grant::default().with(&changes(&many), "grant").is_err());
}

#[test]
fn what_is_taken_back_is_gone_with_all_its_forms() {
    let http = "http = ['https://a.example', { url = 'https://a.example', methods = ['GET'] },\
                'https://a.example/x']";
    assert_eq!(without(http, &["http=https://a.example"]), "http = [\"https://a.example/x\"]\n");
    let one = without(http, &["http={ url = 'https://a.example', methods = ['GET'] }"]);
    assert_eq!(one, "http = [\n    \"https://a.example\",\n    \"https://a.example/x\",\n]\n");
    let process = "process = [{ program = '/op', arguments = ['a'] }, { program = '/op', \
                   arguments = ['b'] }, '/other']";
    assert_eq!(without(process, &["process=/op"]), "process = [\"/other\"]\n");
    assert!(without(process, &["process=/op a"]).contains("[\"b\"]"));
    let rest = "limits = { memory = '1MiB', wall = '1s' }\nprompt = true\nreveal = true";
    assert_eq!(
        without(rest, &["prompt=true", "limits.memory=1MiB"]),
        "limits = { wall = \"1s\" }\nreveal = true\n"
    );
    let left = grant("stores = ['os']").without(&changes(&["registries=*", "stores=os"]));
    assert!(left.unwrap().is_empty());
    let left = grant("stores = ['os']").without(&changes(&["registries=*"]));
    assert!(!left.unwrap().is_empty());
}

#[test]
fn of_a_list_only_what_is_named_is_taken_back() {
    for (argument, left) in [
        ("registries=cargo:*", "registries = [\"oci:*\"]\n"),
        ("stores=os", "stores = [\"file\"]\n"),
        ("http=https://a.example", "http = [\"https://b.example\"]\n"),
        ("process=/a", "process = [\"/b\"]\n"),
        ("environment=A", "environment = [\"B\"]\n"),
        ("files=~/a", "files = [\"~/b\"]\n"),
        ("plain=json:/a", "plain = [\"json:/b\"]\n"),
    ] {
        let (key, taken) = argument.split_once('=').unwrap();
        let (_, kept) = left.trim_end().split_once(" = [").unwrap();
        let both = format!("{key} = ['{taken}', {kept}");
        assert_eq!(without(&both, &[argument]), left);
        assert_eq!(Change::parse(argument).unwrap().capability, key);
    }
}

#[test]
fn what_is_not_there_is_not_taken_back() {
    let grant = grant("stores = ['os']");
    let error = grant.without(&changes(&["stores=os", "prompt=true"])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`prompt=true` is not granted; what is granted: registries=*, stores=os"
    );
    let none = Grant::default().without(&changes(&["stores=os"])).unwrap_err().to_string();
    assert!(none.ends_with("what is granted: nothing"), "{none}");
    let other = Grant::parse("limits = { memory = '1MiB' }", "grant").unwrap();
    assert!(other.without(&changes(&["limits.memory=2MiB"])).is_err());
}

#[test]
fn a_change_that_no_grant_could_have_is_cited() {
    for (argument, expected) in [
        ("", "is no change"),
        ("http", "is no change"),
        ("=x", "is no change"),
        ("a b=x", "is no change"),
        ("http.x=y", "is no change"),
        ("limits=1MiB", "a table is expected"),
        ("whim=x", "unknown key `whim`"),
        ("limits.ram=1MiB", "unknown key `ram`"),
        ("limits.memory=1", "is no size"),
        ("prompt=yes", "`true` or `false` is expected"),
        ("http=http://a.example", "is not encrypted"),
        ("http={ url = 'https://a.example' }, 'https://b.example'", "does not begin with"),
        ("http={ url = 'https://a.example' }]\nprompt = [", "control character"),
        ("stores=os\"]\nprompt = true #", "control character"),
        ("process=op read", "is no absolute path"),
        ("process=/op {x}", "has a brace"),
        ("proxy=x", "does not have the capability `proxy`"),
    ] {
        let shown = Change::parse(argument).unwrap_err().to_string();
        assert!(shown.contains(expected), "{argument}: {shown}");
        assert!(shown.starts_with("the argument:1:"), "{shown}");
    }
    let spaces = Change::parse("process=/op a  b").unwrap();
    assert!(grant("").with(&[spaces], "grant").unwrap().to_toml().contains("[\"a\", \"\", \"b\"]"));
}

#[test]
fn only_what_is_asked_for_is_granted() {
    let manifest = manifest_of(EVERYTHING);
    for (argument, covered) in [
        ("registries=cargo:*", true),
        ("stores=os", true),
        ("stores=file", false),
        ("http=https://a.example/x", true),
        ("http=https://x.b.example", true),
        ("http=https://c.example", false),
        ("process=/usr/bin/op read op://corp.example/token", true),
        ("process=/usr/bin/op read op://{registry.host}/*", true),
        ("process=/usr/bin/op write x", false),
        ("process=/usr/bin/other", false),
        ("environment=A", true),
        ("environment=C", false),
        ("files=~/a", true),
        ("files=~/b", false),
        ("plain=json:/a", true),
        ("plain=json:/b", false),
        ("prompt=true", true),
        ("limits.memory=1GiB", true),
    ] {
        assert_eq!(
            manifest.covers(&Change::parse(argument).unwrap()).is_ok(),
            covered,
            "{argument}"
        );
    }
    let little = manifest_of("stores = ['os']");
    let refusal = |argument| little.covers(&Change::parse(argument).unwrap());
    assert_eq!(
        refusal("prompt=true").unwrap_err().to_string(),
        "the provider does not ask for `prompt=true`; it asks for: registries=*, stores=os"
    );
    assert!(refusal("reveal=true").is_err() && refusal("reveal=false").is_ok());
    let cargo = "name = 'a'\nversion = '1'\ndescription = 'a'\n[capabilities]\n\
                 registries = ['cargo:sparse+https://a.example/*', 'oci:*.b.example']";
    let cargo = Manifest::parse(cargo, "manifest").unwrap();
    for (argument, covered) in [
        ("registries=*", true),
        ("registries=cargo:sparse+https://a.example/index/", true),
        ("registries=cargo:sparse+https://b.example/*", false),
        ("registries=oci:x.b.example", true),
        ("registries=oci:https://x.b.example/v1/", true),
        ("registries=oci:b.example", false),
        ("registries=oci:*", true),
    ] {
        assert_eq!(cargo.covers(&Change::parse(argument).unwrap()).is_ok(), covered, "{argument}");
    }
}

#[test]
fn what_the_host_fills_in_may_be_granted_as_what_it_could_be() {
    let covers = |asked: &str, granted: &str| {
        let asked = format!("process = [{{ program = '/op', arguments = ['{asked}'] }}]");
        let change = Change::parse(&format!("process=/op {granted}")).unwrap();
        manifest_of(&asked).covers(&change).is_ok()
    };
    for (asked, granted, expected) in [
        ("{registry.host}/token", "*/token", true),
        ("*/token", "{registry.host}/token", true),
        ("{registry.url}", "{registry.host}", true),
        ("{registry.host}/token", "*/other", false),
        ("{registry.host}/token", "a.example/token", true),
    ] {
        assert_eq!(covers(asked, granted), expected, "{asked} and {granted}");
    }
}

#[test]
fn what_a_person_consents_to_grants_just_that() {
    let manifest = manifest_of(EVERYTHING);
    let requests = manifest.requests();
    let arguments: Vec<_> = requests.iter().map(|one| one.grant_argument.as_str()).collect();
    let given = Grant::default().with(&changes(&arguments), "grant").unwrap();
    assert_eq!(given.to_toml(), Grant::all(&manifest).to_toml());
    let risks: Vec<_> = requests.iter().filter(|one| !one.risks.is_empty()).collect();
    let shown: Vec<_> = risks.iter().map(|one| one.grant_argument.as_str()).collect();
    assert_eq!(
        shown,
        [
            "registries=*",
            "http=https://a.example",
            "http={ url = \"https://*.b.example\", receives = [\"prompt\"] }",
            "process=/usr/bin/op read op://{registry.host}/*",
            "environment={ name = \"B\", plain = true }",
            "plain=json:/a",
            "reveal=true",
            "limits.memory=128MiB",
        ]
    );
    assert_eq!(
        risks[2].risks,
        ["secrets may be sent there", "it talks to every host below a name"]
    );
    assert_eq!(requests[1].reason.as_deref(), Some("needed"));
    assert!(requests.iter().all(|one| !one.optional));
    let bridge = manifest_of("process = ['*']");
    assert_eq!(bridge.requests()[1].grant_argument, "process=/PATH/TO/PROGRAM");
    assert_eq!(Grant::all(&bridge).to_toml(), "registries = [\"*\"]\n");
}

#[test]
fn an_update_that_may_be_more_is_seen() {
    let old = manifest_of("stores = ['os']\nlimits = { memory = '1MiB' }");
    for (lines, more) in [
        ("stores = ['os']\nlimits = { memory = '1MiB' }", false),
        ("limits = { memory = '1MiB' }", false),
        ("stores = ['os', 'file']\nlimits = { memory = '1MiB' }", true),
        ("stores = ['os']", true),
        ("stores = ['os']\nlimits = { memory = '2MiB' }", true),
    ] {
        let new = manifest_of(lines);
        assert_eq!(Difference::between(&old.asks, &new.asks).may_be_more(), more, "{lines}");
    }
    let new = manifest_of("stores = ['file']");
    let difference = Difference::between(&old.asks, &new.asks);
    assert_eq!(difference.added[0].subject, "file");
    assert_eq!(difference.removed[0].subject, "os");
}
