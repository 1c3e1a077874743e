//! What holds for every manifest, grant and policy, tried with many.

use std::time::Duration;

use arbtest::arbitrary::{Result, Unstructured};
use arbtest::arbtest;
use lockgate_core::{Capabilities, Origin, Origins, Registry, Sink, escape, escape_lines};
use lockgate_policy::{Ceiling, Grant, Identity};
use url::Url;

use crate::support::{Case, grant};

/// Long enough for many texts, short enough for everybody's patience.
const BUDGET: Duration = Duration::from_millis(300);

/// Bytes that one round is made of: enough to choose every line of three texts.
const ENTROPY: u32 = 512;

const STORES: &[&str] = &["'os'", "'file'", "'docker-config'"];
const HTTP: &[&str] = &[
    "'https://a.example'",
    "'https://a.example/x'",
    "'https://*.example.org'",
    "{ url = 'https://a.example/x/y', receives = ['environment:A'] }",
    "{ url = 'https://a.example', methods = ['POST'], private-network = true }",
    "{ url = 'https://b.example.org', receives = ['environment:A'], private-network = true }",
];
const PROCESS: &[&str] = &[
    "'/op'",
    "{ program = '/op', arguments = ['read', '*'], environment = ['A'], terminal = true }",
    "{ program = '/op', arguments = ['read', 'x'], environment = ['A', 'B'] }",
    "{ program = '/op', arguments = ['{registry.host}'], new-privileges = true }",
    "{ program = '/other', arguments = [] }",
];
const ENVIRONMENT: &[&str] = &["'A'", "{ name = 'B', plain = true }", "'{registry.token}'", "'C'"];
const FILES: &[&str] = &["'~/a'", "'/home/me/a'", "'~/d/b'", "'/etc/c'"];
const PLAIN: &[&str] = &["'json:/a'", "'json:/*/b'", "'json:/x/b'", "'header:link'"];
const LIMITS: &[&str] = &[
    "memory = '1MiB'",
    "memory = '1GiB'",
    "wall = '1s'",
    "cpu = '1m'",
    "lifetime = '1h'",
    "any-purpose = false",
];

fn list(u: &mut Unstructured<'_>, key: &str, entries: &[&str]) -> Result<String> {
    let mut chosen = Vec::new();
    for entry in entries {
        if u.arbitrary()? {
            chosen.push(*entry);
        }
    }
    Ok(format!("{key} = [{}]\n", chosen.join(", ")))
}

/// Lines of the grammar. Those of a policy may leave a key out, which restricts nothing.
fn lines(u: &mut Unstructured<'_>, may_be_silent: bool) -> Result<String> {
    let mut text = String::new();
    if u.arbitrary()? {
        text = format!("limits = {{ {} }}\n", u.choose(LIMITS)?);
    }
    for (key, entries) in [
        ("stores", STORES),
        ("http", HTTP),
        ("process", PROCESS),
        ("environment", ENVIRONMENT),
        ("files", FILES),
        ("plain", PLAIN),
    ] {
        if !may_be_silent || u.arbitrary()? {
            text += &list(u, key, entries)?;
        }
    }
    for key in ["prompt", "reveal"] {
        if !may_be_silent || u.arbitrary()? {
            text += &format!("{key} = {}\n", u.arbitrary::<bool>()?);
        }
    }
    Ok(text)
}

/// Everything that a call could try, as far as these lines make a difference: what it may.
fn powers(capabilities: &Capabilities) -> Vec<String> {
    let mut powers: Vec<_> =
        capabilities.stores.iter().map(|name| format!("store {name}")).collect();
    for url in [
        "https://a.example/",
        "https://a.example/x",
        "https://a.example/x/y/z",
        "https://b.example.org/",
        "https://c.example.org/",
    ] {
        for method in ["GET", "POST"] {
            powers.extend(http_powers(capabilities, method, url));
        }
    }
    powers.extend(program_powers(capabilities));
    for variable in &capabilities.environment {
        powers.push(format!("variable {}", variable.name));
        powers.extend(variable.plain.then(|| format!("plain variable {}", variable.name)));
    }
    powers.extend(capabilities.files.iter().map(|file| format!("file {}", file.name)));
    for path in [&["a"][..], &["x", "b"], &["y", "b"]] {
        let steps: Vec<_> = path.iter().map(|step| (*step).to_owned()).collect();
        powers.extend(capabilities.is_plain("json", &steps).then(|| format!("field {path:?}")));
    }
    powers.extend(capabilities.prompt.then(|| "prompt".to_owned()));
    powers.extend(capabilities.reveal.then(|| "reveal".to_owned()));
    powers
}

fn http_powers(capabilities: &Capabilities, method: &str, address: &str) -> Vec<String> {
    let url = Url::parse(address).unwrap();
    let Ok(grant) = capabilities.http(method, &url) else { return Vec::new() };
    let registry =
        Registry::new(lockgate_core::Ecosystem::Cargo, "sparse+https://r.example/").unwrap();
    let origins = Origins::of(Origin::Environment("A".to_owned()));
    let receives = Sink::Http(grant, &url).accepts(&origins, &registry).is_ok();
    [(true, "sends"), (receives, "receives at"), (grant.private_network, "reaches inside")]
        .into_iter()
        .filter(|(has, _)| *has)
        .map(|(_, word)| format!("{word} {method} {address}"))
        .collect()
}

fn program_powers(capabilities: &Capabilities) -> Vec<String> {
    let mut powers = Vec::new();
    for words in [
        &["/op", "read", "x"][..],
        &["/op", "read", "y"],
        &["/op", "cargo.corp.example"],
        &["/op", "other"],
        &["/other"],
    ] {
        let words: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
        let (program, arguments) = words.split_first().unwrap();
        let Ok(grant) = capabilities.program(program, arguments, &[]) else { continue };
        powers.push(format!("starts {words:?}"));
        powers.extend(grant.environment.iter().map(|name| format!("{words:?} with {name}")));
        powers.extend(grant.terminal.then(|| format!("{words:?} at the terminal")));
        powers.extend(grant.new_privileges.then(|| format!("{words:?} with privileges")));
    }
    powers
}

/// A call of a bridge, for which a bare program is a power of its own.
fn met(asked: &str, granted: &str, policy: &str) -> Capabilities {
    let identity = Identity { bridge: true, ..Identity::default() };
    Case { asked, granted, policy, identity, ..Case::default() }.decided().capabilities
}

fn assert_within(less: &Capabilities, more: &Capabilities, texts: &[&str]) {
    let all = powers(more);
    for power in powers(less) {
        assert!(all.contains(&power), "{power} is more than {texts:#?}");
    }
}

/// The twin of what follows: where everybody says everything, every power is there to be lost.
#[test]
fn what_everybody_says_is_there() {
    let every = |key: &str, entries: &[&str]| format!("{key} = [{}]\n", entries.join(", "));
    let all = [
        every("stores", STORES),
        every("http", HTTP),
        every("process", PROCESS),
        every("environment", ENVIRONMENT),
        every("files", FILES),
        every("plain", PLAIN),
        "prompt = true\nreveal = true\n".to_owned(),
    ]
    .concat();
    let powers = powers(&met(&all, &all, &format!("[allow]\n{all}")));
    for power in [
        "store os",
        "sends POST https://a.example/x",
        "receives at GET https://a.example/x/y/z",
        "reaches inside GET https://b.example.org/",
        "starts [\"/op\", \"other\"]",
        "[\"/op\", \"read\", \"y\"] at the terminal",
        "[\"/op\", \"cargo.corp.example\"] with privileges",
        "plain variable B",
        "file ~/d/b",
        "field [\"y\", \"b\"]",
        "prompt",
        "reveal",
    ] {
        assert!(powers.iter().any(|known| known == power), "{power}: {powers:#?}");
    }
}

#[test]
fn what_is_left_is_never_more_than_manifest_grant_or_policy_alone() {
    arbtest(|u| {
        let (asked, granted) = (lines(u, false)?, lines(u, false)?);
        let cap = lines(u, true)?;
        let left = met(&asked, &granted, &format!("[allow]\n{cap}"));
        let texts = [asked.as_str(), granted.as_str(), cap.as_str()];
        assert_within(&left, &met(&asked, &asked, ""), &texts);
        assert_within(&left, &met(&granted, &granted, ""), &texts);
        assert_within(&left, &met(&asked, &granted, ""), &texts);
        let whole = met(&asked, &granted, "");
        assert!(left.limits.memory <= whole.limits.memory, "{texts:#?}");
        assert!(left.limits.wall <= whole.limits.wall, "{texts:#?}");
        assert!(left.limits.cpu <= whole.limits.cpu, "{texts:#?}");
        assert!(left.limits.any_purpose <= whole.limits.any_purpose, "{texts:#?}");
        Ok(())
    })
    .size_min(ENTROPY)
    .size_max(ENTROPY)
    .budget(BUDGET);
}

#[test]
fn what_is_left_is_never_more_than_a_policy_that_says_every_key() {
    arbtest(|u| {
        let (granted, cap) = (lines(u, false)?, lines(u, false)?);
        let left = met(&granted, &granted, &format!("[allow]\n{cap}"));
        assert_within(&left, &met(&cap, &cap, ""), &[granted.as_str(), cap.as_str()]);
        Ok(())
    })
    .size_min(ENTROPY)
    .size_max(ENTROPY)
    .budget(BUDGET);
}

#[test]
fn to_deny_more_never_gives_more() {
    arbtest(|u| {
        let (granted, cap) = (lines(u, false)?, lines(u, true)?);
        let key = u.choose(&[
            ("stores", STORES),
            ("http", HTTP),
            ("process", PROCESS),
            ("environment", ENVIRONMENT),
            ("files", FILES),
            ("plain", PLAIN),
        ])?;
        let deny = list(u, key.0, key.1)?;
        let flag = u.choose(&["", "prompt = true", "reveal = true"])?;
        let before = met(&granted, &granted, &format!("[allow]\n{cap}"));
        let policy = format!("[allow]\n{cap}[deny]\n{deny}{flag}");
        let after = met(&granted, &granted, &policy);
        assert_within(&after, &before, &[granted.as_str(), policy.as_str()]);
        Ok(())
    })
    .size_min(ENTROPY)
    .size_max(ENTROPY)
    .budget(BUDGET);
}

#[test]
fn a_grant_that_is_written_down_is_read_as_the_same() {
    arbtest(|u| {
        let first = grant(&lines(u, false)?);
        let text = first.to_toml();
        let again = Grant::parse(&text, "again").unwrap();
        let said = |grant: &Grant| {
            let lines = grant.rules().lines();
            lines.into_iter().map(|line| (line.capability, line.subject)).collect::<Vec<_>>()
        };
        assert_eq!(said(&first), said(&again), "{text}");
        assert_eq!(again.to_toml(), text);
        Ok(())
    })
    .size_min(ENTROPY)
    .size_max(ENTROPY)
    .budget(BUDGET);
}

#[test]
fn no_text_makes_a_parser_panic_or_an_error_act_on_a_terminal() {
    arbtest(|u| {
        let text: String = u.arbitrary()?;
        for shown in [
            Grant::parse(&text, &text).err().map(|error| error.to_string()),
            Ceiling::parse(&text, &text).err().map(|error| error.to_string()),
            lockgate_policy::Change::parse(&text).err().map(|error| error.to_string()),
        ] {
            let acts = |character: char| character.is_control() && character != '\n';
            assert!(!shown.unwrap_or_default().contains(acts), "{text:?}");
        }
        Ok(())
    })
    .budget(BUDGET);
}

#[test]
fn escaped_text_has_no_control_character() {
    arbtest(|u| {
        let text: String = u.arbitrary()?;
        assert!(!escape(&text).contains(char::is_control), "{text:?}");
        let acts = |character: char| character.is_control() && character != '\n';
        assert!(!escape_lines(&text).contains(acts), "{text:?}");
        Ok(())
    })
    .budget(BUDGET);
}
