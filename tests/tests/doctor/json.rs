//! What programs read.

use std::collections::BTreeSet;
use std::fs;

use lockgate_core::is_hidden;
use lockgate_tests::home::set_mode;
use lockgate_tests::{Home, Output, Policy};
use serde_json::Value;

use super::{configure, healthy, look};

#[test]
fn each_finding_has_the_same_five_keys() {
    let home = healthy();
    fs::write(home.credentials(), "junk").unwrap();
    let output = look(&home).output.exits_with(1);
    let report = output.json();
    let keys = |object: &Value| -> BTreeSet<String> {
        object.as_object().unwrap().keys().cloned().collect()
    };
    assert_eq!(keys(&report), BTreeSet::from(["findings", "healthy"].map(str::to_owned)));
    let five =
        BTreeSet::from(["detail", "remedy", "section", "state", "subject"].map(str::to_owned));
    let mut states = BTreeSet::new();
    for found in report["findings"].as_array().unwrap() {
        assert_eq!(keys(found), five, "{found:#}");
        for key in ["section", "subject", "detail"] {
            assert!(!found[key].as_str().unwrap().is_empty(), "{found:#}");
        }
        let state = found["state"].as_str().unwrap().to_owned();
        match state.as_str() {
            "ok" => assert!(found["remedy"].is_null(), "{found:#}"),
            "problem" => assert!(found["remedy"].is_string(), "{found:#}"),
            _ => {}
        }
        states.insert(state);
    }
    assert_eq!(states, BTreeSet::from(["note", "ok", "problem"].map(str::to_owned)));
}

/// A name that would write from the right, start a terminal's command and hide a second text.
const HOSTILE: &str = "a\u{202e}b\u{9b}31m\u{7f}c\u{e0041}";

/// There is nothing that a terminal would act on, and a program reads this very text.
#[track_caller]
fn shows_all(output: &Output, text: &str) {
    let hidden = |shown: char| shown != '\n' && is_hidden(shown);
    assert!(!output.stdout.chars().any(hidden), "{output}");
    assert!(texts(&output.json()).iter().any(|found| found.contains(text)), "{output}");
}

/// Every text in a value.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        Value::Object(fields) => fields.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// A file is called what its author likes, and so is a folder.
#[test]
fn json_has_nothing_that_acts_on_a_terminal() {
    let home = Home::new();
    configure(&home, &["cargo:token"]);
    let own = home.root().join(HOSTILE);
    fs::create_dir(&own).unwrap();
    set_mode(&own, 0o700);
    let file = own.join("provider.wasm");
    fs::rename(home.write_small(), &file).unwrap();
    let run = |words: &[&str]| home.lockgate(words).env("LOCKGATE_HOME", &own);
    let install = run(&["provider", "install", "--grant-all", "--json"]).args([&file]);
    shows_all(&install.run().succeeds(), HOSTILE);
    fs::create_dir_all(own.join("state/audit")).unwrap();
    fs::write(own.join("state/audit/audit.jsonl"), "no line\n").unwrap();
    for words in [
        &["doctor", "--json"][..],
        &["provider", "list", "--json"],
        &["provider", "inspect", "small", "--json"],
        &["audit", "verify", "--json"],
    ] {
        shows_all(&run(words).run(), HOSTILE);
    }
    // The twin: what serializers write by themselves has it all.
    let naive = serde_json::to_string_pretty(HOSTILE).unwrap();
    assert!(naive.contains('\u{202e}') && naive.contains('\u{9b}'), "{naive}");
}

#[test]
fn a_policy_as_json_shows_what_hides_in_it() {
    let hidden = format!("# {HOSTILE}\nmessage = \"m\"\n").replace('\u{7f}', "");
    let Some(policy) = Policy::new(&hidden) else { return };
    let home = Home::new();
    let shown = policy.over(home.lockgate(["policy", "show", "--json"])).run().succeeds();
    shows_all(&shown, &hidden);
}
