//! What a provider is given, and by whom.

use lockgate_tests::Home;
use lockgate_tests::home::mode;

use super::{GRANTS, MANIFEST, at_terminal, in_store, installed, packed, provider, stored};

/// The twin is in the test: with what the refusal lists, it is installed.
#[test]
fn without_a_terminal_nothing_is_granted_by_itself() {
    let home = Home::new();
    let file = packed(&home, MANIFEST);
    let refused = provider(&home, &["install", &file]).exits_with(1).says("--grant-all");
    for grant in GRANTS {
        assert!(refused.stderr.contains(grant), "{grant}\n{refused}");
    }
    assert!(in_store(&home).is_empty());
    let words: Vec<_> = GRANTS.iter().flat_map(|grant| ["--grant", grant]).collect();
    let _ = provider(&home, &[&["install", &file], &words[..]].concat()).succeeds();
    let json = provider(&home, &["inspect", "corp-sso", "--json"]).json();
    assert_eq!(json["grant"].as_array().unwrap().len(), 5, "{json:#}");
}

#[test]
fn only_what_is_listed_is_granted() {
    let home = Home::new();
    let file = packed(&home, MANIFEST);
    let words = ["install", &file, "--as", "other", "--grant", "environment=CI_JOB_JWT"];
    let _ = provider(&home, &words).succeeds().says("is granted no registry");
    let json = provider(&home, &["inspect", "other", "--json"]).json();
    let granted = json["grant"].as_array().unwrap();
    assert_eq!(granted.len(), 1, "{json:#}");
    assert_eq!(granted[0]["capability"], "environment");
    for (grant, says) in [
        ("http=https://evil.example", "does not ask for"),
        ("files=/etc/passwd", "does not ask for"),
        ("reveal", "CAPABILITY=VALUE"),
        ("stroes=os", "stroes"),
    ] {
        let words = ["install", &file, "--grant", grant];
        let _ = provider(&home, &words).exits_with(1).says(says);
    }
    assert_eq!(in_store(&home), ["other"]);
}

#[test]
fn registries_are_narrowed_to_those_on_the_command_line() {
    let home = Home::new();
    let file = packed(&home, MANIFEST);
    let pattern = "cargo:sparse+https://cargo.corp.example/*";
    let words = ["install", &file, "--grant-all", "--registry", pattern, "--json"];
    let json = provider(&home, &words).succeeds().json();
    let granted = json["grant"].as_array().unwrap();
    let registries: Vec<_> =
        granted.iter().filter(|line| line["capability"] == "registries").collect();
    assert_eq!(registries.len(), 1, "{json:#}");
    assert_eq!(registries[0]["subject"], pattern);
    assert_eq!(granted.len(), 5);
    let words = ["install", &file, "--grant-all", "--registry", "oci:ghcr.io"];
    let _ = provider(&home, &words).exits_with(1).says("does not ask for");
}

#[test]
fn a_person_at_the_terminal_is_asked_once() {
    let home = Home::new();
    let file = packed(&home, MANIFEST);
    let install = ["install", file.as_str()];
    for refusal in ["n\n", "\n", "yeah\n", "\u{4}"] {
        let output = at_terminal(&home, &install, refusal).exits_with(1);
        let _ = output.shows("Grant all of this?").shows("nothing was installed");
        assert!(in_store(&home).is_empty(), "{refusal:?}");
    }
    let output = at_terminal(&home, &install, "y\n").succeeds();
    let _ = output.shows("\u{1b}[").shows("Grant all of this?").shows("Installed");
    let json = provider(&home, &["inspect", "corp-sso", "--json"]).json();
    assert_eq!(json["grant"].as_array().unwrap().len(), 5, "{json:#}");
}

#[test]
fn a_person_can_choose_each() {
    let home = Home::new();
    let file = packed(&home, MANIFEST);
    let _ = at_terminal(&home, &["install", &file], "c\ny\nn\ny\nn\nn\n").succeeds();
    let json = provider(&home, &["inspect", "corp-sso", "--json"]).json();
    assert_eq!(json["grant"].as_array().unwrap().len(), 2, "{json:#}");
    assert_eq!(json["grant"][0]["capability"], "registries");
}

#[test]
fn grant_and_revoke_show_what_changes_and_need_a_yes() {
    let home = Home::new();
    let _ = installed(&home);
    let count = || {
        let json = provider(&home, &["inspect", "corp-sso", "--json"]).succeeds().json();
        json["grant"].as_array().unwrap().len()
    };
    let revoke = ["revoke", "corp-sso", "reveal=true"];
    let _ = provider(&home, &revoke).exits_with(1).says("- reveal true").says("--yes");
    assert_eq!(count(), 5);
    let _ = provider(&home, &[&revoke[..], &["--yes"]].concat()).succeeds();
    assert_eq!(count(), 4);
    let _ = provider(&home, &[&revoke[..], &["--yes"]].concat()).exits_with(1).says("not granted");
    let grant = ["grant", "corp-sso", "reveal=true"];
    let _ = at_terminal(&home, &grant, "n\n").exits_with(1).shows("+ reveal true");
    assert_eq!(count(), 4);
    let _ = at_terminal(&home, &grant, "y\n").succeeds().shows("Changed");
    assert_eq!(count(), 5);
    let _ = provider(&home, &grant).succeeds().says("Unchanged");
    let beyond = ["grant", "corp-sso", "http=https://evil.example", "--yes"];
    let _ = provider(&home, &beyond).exits_with(1).says("does not ask for");
    assert_eq!(mode(&stored(&home, ".grant.toml")), 0o600);
}

#[test]
fn built_in_providers_are_inspected_and_never_changed() {
    let home = Home::new();
    let _ = provider(&home, &["inspect", "cargo:token"])
        .succeeds()
        .shows("built in")
        .shows("cargo keeps tokens in its credentials file");
    for words in [
        &["grant", "cargo:token", "reveal=true", "--yes"][..],
        &["revoke", "cargo:token", "prompt=true", "--yes"],
        &["remove", "cargo:token", "--yes"],
        &["rebuild", "cargo:token"],
        &["verify", "cargo:token"],
    ] {
        let _ = provider(&home, words).exits_with(1).says("built in");
    }
    let file = packed(&home, &MANIFEST.replace("corp-sso", "cargo:token"));
    let _ = provider(&home, &["install", &file, "--grant-all"]).exits_with(1).says("--as NAME");
}
