//! `lockgate provider`, as a person types it.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

use std::fs;
use std::path::PathBuf;

use lockgate_tests::guests::Guest;
use lockgate_tests::home::mode;
use lockgate_tests::{Home, Output, Policy, programs};

/// What the provider of these tests asks for.
const MANIFEST: &str = r#"name = "corp-sso"
version = "1.0.0"
description = "Exchanges a job's token for a registry's"
homepage = "https://corp.example/sso"
optional = ["prompt"]

[capabilities]
registries = ["cargo:*"]
http = ["https://sso.corp.example"]
environment = ["CI_JOB_JWT"]
prompt = true
reveal = true

[reasons]
http = "the exchange happens there"
environment = "the token of the job"
prompt = "to ask for a code"
reveal = "to sign with it"
"#;

/// Those of its requests that [`MANIFEST`] makes, as arguments.
const GRANTS: [&str; 5] = [
    "registries=cargo:*",
    "http=https://sso.corp.example",
    "environment=CI_JOB_JWT",
    "prompt=true",
    "reveal=true",
];

fn provider(home: &Home, words: &[&str]) -> Output {
    home.lockgate(["provider"]).args(words).run()
}

/// A component in the project, without a manifest.
fn component(home: &Home) -> PathBuf {
    let file = home.project().join("bare.wasm");
    fs::write(&file, Guest::named("table-of-50000").component).unwrap();
    file
}

/// A provider in the project with this manifest.
fn packed(home: &Home, manifest: &str) -> String {
    let component = component(home);
    let text = home.project().join("manifest.toml");
    fs::write(&text, manifest).unwrap();
    let (component, text) = (component.display().to_string(), text.display().to_string());
    let file = home.project().join("corp-sso.wasm").display().to_string();
    let _ = provider(home, &["pack", &component, "--manifest", &text, "-o", &file]).succeeds();
    file
}

fn installed(home: &Home) -> String {
    let file = packed(home, MANIFEST);
    let _ = provider(home, &["install", &file, "--grant-all"]).succeeds();
    file
}

/// The names of providers in the store.
fn in_store(home: &Home) -> Vec<String> {
    let entries = fs::read_dir(home.lockgate_home().join("providers")).into_iter().flatten();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name != ".lock").collect()
}

/// A file of the installed provider.
fn stored(home: &Home, end: &str) -> PathBuf {
    let folder = home.lockgate_home().join("providers/corp-sso");
    let mut files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.find(|file| file.to_str().unwrap().ends_with(end)).unwrap()
}

/// Runs a command at a terminal at which this is typed. What is on the screen is standard output.
fn at_terminal(home: &Home, words: &[&str], typed: &str) -> Output {
    programs::require("script");
    let program = home.programs().join("lockgate").display().to_string();
    let line = [&[program.as_str(), "provider"], words].concat().join(" ");
    let script = home.run("/usr/bin/script").args(["-qec", &line, "/dev/null"]);
    script.env("SHELL", "/bin/sh").env("TERM", "xterm").stdin(typed).run()
}

#[test]
fn a_provider_is_installed_listed_inspected_and_removed() {
    let home = Home::new();
    let file = packed(&home, MANIFEST);
    let output = provider(&home, &["install", &file, "--grant-all"]).succeeds();
    let _ = output
        .shows("Exchanges a job's token")
        .shows("https://corp.example/sso")
        .shows("the exchange happens there")
        .shows("risk: ")
        .says("Compiling corp-sso (4.5 KB)")
        .says("Installed corp-sso (sha256:");
    let _ = provider(&home, &["list"]).succeeds().shows("cargo:token").shows("corp-sso");
    let list = provider(&home, &["list", "--json"]).succeeds().json();
    let found = list.as_array().unwrap().iter().find(|entry| entry["name"] == "corp-sso").unwrap();
    assert_eq!(found["source"], format!("file:{file}"));
    assert_eq!(found["version"], "1.0.0");

    let shown = provider(&home, &["inspect", "corp-sso"]).succeeds();
    let _ = shown.shows("Lineage").shows("lockgate:provider/").shows("It is granted");
    let json = provider(&home, &["inspect", "corp-sso", "--json"]).succeeds().json();
    assert_eq!(json["digest"], found["digest"]);
    assert_eq!(json["interface"], "0.1.0");
    assert_eq!(json["requests"].as_array().unwrap().len(), 5);
    assert_eq!(json["grant"].as_array().unwrap().len(), 5);
    assert_eq!(json["lineage"].as_str().unwrap().len(), 32);

    let _ = provider(&home, &["remove", "corp-sso"]).exits_with(1).says("--yes");
    let _ = provider(&home, &["remove", "corp-sso", "--yes"]).succeeds().says("Removed corp-sso");
    assert!(in_store(&home).is_empty());
    let _ = provider(&home, &["remove", "corp-sso", "--yes"]).exits_with(1).says("no provider");
    let _ = provider(&home, &["inspect", "corp-sso"]).exits_with(1).says("neither");
}

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
    let _ = provider(&home, &revoke).exits_with(1).shows("- reveal true").says("--yes");
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

#[test]
fn verify_finds_every_change_and_rebuild_mends_the_code() {
    let home = Home::new();
    let _ = installed(&home);
    let _ = provider(&home, &["verify"]).succeeds().shows("corp-sso: good");
    for end in [".wasm", ".code", ".grant.toml", "record.json"] {
        let file = stored(&home, end);
        let whole = fs::read(&file).unwrap();
        let mut changed = whole.clone();
        let middle = changed.len() / 2;
        changed[middle] ^= 1;
        if end == "record.json" {
            changed.truncate(middle);
        }
        fs::write(&file, &changed).unwrap();
        let found = provider(&home, &["verify", "corp-sso"]).exits_with(1);
        assert!(found.clone().shows(end).stdout.contains("provider"), "{found}");
        let json = provider(&home, &["verify", "--json"]).exits_with(1).json();
        assert!(!json[0]["problems"].as_array().unwrap().is_empty(), "{json:#}");
        if end == ".code" {
            let _ = provider(&home, &["rebuild", "corp-sso"]).succeeds().says("Compiled corp-sso");
        } else {
            fs::write(&file, whole).unwrap();
        }
        let _ = provider(&home, &["verify"]).succeeds();
    }
    let _ = provider(&home, &["verify", "nobody"]).exits_with(1).says("no provider `nobody`");
}

#[test]
fn no_name_leads_out_of_the_store() {
    let home = Home::new();
    let file = packed(&home, MANIFEST);
    let long = "a".repeat(300);
    for name in ["../evil", "/tmp/evil", "..", "a/b", "con", "NUL", "é", "a\u{1b}[2J", "", &long] {
        let words = ["install", &file, "--grant-all", "--as", name];
        let refused = provider(&home, &words).exits_with(1).says("cannot be the name");
        assert!(!refused.stderr.contains("\u{1b}[2J"), "{refused}");
        for verb in ["remove", "grant", "revoke", "rebuild", "verify"] {
            let more: &[&str] = match verb {
                "remove" => &["--yes"],
                "grant" | "revoke" => &["prompt=true", "--yes"],
                _ => &[],
            };
            let _ = provider(&home, &[&[verb, name], more].concat()).exits_with(1);
        }
    }
    assert!(in_store(&home).is_empty());
    let _ = provider(&home, &["install", &file, "--grant-all", "--as", "evil"]).succeeds();
}

#[test]
fn what_is_no_provider_is_refused_in_words_and_leaves_nothing() {
    let home = Home::new();
    let good = installed(&home);
    let compiled = fs::read(stored(&home, ".code")).unwrap();
    let twice = {
        let bytes = fs::read(&good).unwrap();
        let bare = fs::read(component(&home)).unwrap();
        [&bytes[..], &bytes[bare.len()..]].concat()
    };
    let _ = provider(&home, &["remove", "corp-sso", "--yes"]).succeeds();
    let junk: Vec<u8> =
        (0..1_u32 << 20).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let wrapped = [&b"\0asm\x0d\0\x01\0"[..], &junk].concat();
    for (bytes, says) in [
        (&compiled[..], "compiled machine code"),
        (b"\0asm\x01\0\0\0", "core module"),
        (&twice, "more than one manifest"),
        (Guest::named("table-of-50000").component, "has no manifest"),
        (Guest::named("sockets").component, "wasi:sockets/"),
        (b"", "not WebAssembly"),
        (&junk, "not WebAssembly"),
        (&wrapped, "no valid component"),
    ] {
        let file = home.project().join("other.wasm");
        fs::write(&file, bytes).unwrap();
        let file = file.display().to_string();
        let _ = provider(&home, &["install", &file, "--grant-all"]).exits_with(1).says(says);
        let _ = provider(&home, &["inspect", &file]).exits_with(1).says(says);
    }
    let large = home.project().join("large.wasm");
    fs::File::create(&large).unwrap().set_len(1 << 40).unwrap();
    let large = large.display().to_string();
    let _ = provider(&home, &["install", &large, "--grant-all"]).exits_with(1).says("larger than");
    assert!(in_store(&home).is_empty());
    let _ = provider(&home, &["install", &good, "--grant-all"]).succeeds();
}

#[test]
fn a_signature_that_is_demanded_has_to_be_there_and_right() {
    const KEY: &str = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
    const OF_ANOTHER_FILE: &str = "untrusted comment: signature from minisign secret key\n\
        RUQf6LRCGA9i559r3g7V1qNyJDApGip8MfqcadIgT9CuhV3EMhHoN1mGTkUidF/z7SrlQgXdy8ofjb7bNJJylDOocrCo8KLzZwo=\n\
        trusted comment: timestamp:1556193335\tfile:test\n\
        y/rUw2y8/hOUYjZU71eHp/Wo1KZ40fGy2VJEDl34XMJM+TX48Ss/17u3IvIfbVR1FkZZSNCisQbuQY+bHwhEBg==\n";
    let home = Home::new();
    let file = packed(&home, MANIFEST);
    let demanded = ["install", &file, "--grant-all", "--public-key", KEY];
    let _ = provider(&home, &demanded).exits_with(1).says("corp-sso.wasm.minisig");
    fs::write(format!("{file}.minisig"), OF_ANOTHER_FILE).unwrap();
    let _ = provider(&home, &demanded).exits_with(1).says("is not signed as demanded");
    assert!(in_store(&home).is_empty());
    let plain = provider(&home, &["install", &file, "--grant-all"]).succeeds();
    let _ = plain.says("is not looked at");
    let json = provider(&home, &["inspect", "corp-sso", "--json"]).json();
    assert!(json["signer"].is_null(), "{json:#}");
}

#[test]
fn an_update_says_what_it_replaces_and_asks_for_more() {
    let home = Home::new();
    let _ = installed(&home);
    let before = provider(&home, &["inspect", "corp-sso", "--json"]).json();
    let newer = MANIFEST.replace("1.0.0", "2.0.0").replace(
        "\"https://sso.corp.example\"",
        "\"https://sso.corp.example\", \"https://b.example\"",
    );
    let file = packed(&home, &newer);
    let _ = provider(&home, &["install", &file])
        .exits_with(1)
        .shows("It replaces version 1.0.0")
        .shows("New: http https://b.example");
    let same = provider(&home, &["inspect", "corp-sso", "--json"]).json();
    assert_eq!(same, before);
    let _ = provider(&home, &["install", &file, "--grant-all"]).succeeds();
    let after = provider(&home, &["inspect", "corp-sso", "--json"]).json();
    assert_eq!(after["lineage"], before["lineage"]);
    assert_ne!(after["digest"], before["digest"]);
}

#[test]
fn pack_refuses_a_manifest_that_would_not_install() {
    let home = Home::new();
    let component = component(&home).display().to_string();
    let manifest = home.project().join("wrong.toml");
    fs::write(&manifest, MANIFEST.replace("reveal = true", "revael = true")).unwrap();
    let text = manifest.display().to_string();
    let refused = provider(&home, &["pack", &component, "--manifest", &text]).exits_with(1);
    let _ = refused.names_line(&manifest, 12).says("revael");
    fs::write(&manifest, MANIFEST).unwrap();
    let _ = provider(&home, &["pack", &component, "--manifest", &text]).succeeds();
    let packed = home.project().join("bare.provider.wasm").display().to_string();
    let _ = provider(&home, &["inspect", &packed]).succeeds().shows("Installed     no");
    let again = provider(&home, &["pack", &packed, "--manifest", &text]).exits_with(1);
    let _ = again.says("has a manifest already");
}

#[test]
fn a_wrong_command_line_exits_with_2() {
    let home = Home::new();
    for words in [
        &["install"][..],
        &["install", "a", "--grant-all", "--grant", "prompt=true"],
        &["install", "a", "--signature", "b"],
        &["grant", "corp-sso"],
        &["nonsense"],
    ] {
        let _ = provider(&home, words).exits_with(2).prints("");
    }
}

/// The twin is in the test: without the policy's line it is installed.
#[test]
fn what_the_administrator_blocks_is_not_installed_and_the_message_is_shown() {
    const BLOCK: &str = "message = \"ask it@corp.example\"\n[providers]\nallow = [\"built-in\"]\n";
    let Some(policy) = Policy::new(BLOCK) else { return };
    let home = Home::new();
    let file = packed(&home, MANIFEST);
    let install = home.lockgate(["provider", "install", &file, "--grant-all"]);
    let _ = policy
        .over(install.clone())
        .run()
        .exits_with(1)
        .says("/etc/lockgate/policy.toml:3")
        .says("not among those that are allowed")
        .says("ask it@corp.example");
    assert!(in_store(&home).is_empty());
    policy.write("message = \"ask it@corp.example\"\n");
    let _ = policy.over(install).run().succeeds();
}

/// SIGKILL at any time: what was installed before is there and good, or what is new.
#[test]
fn an_install_that_is_killed_leaves_the_old_one_or_the_new_one() {
    let home = Home::new();
    let old = packed(&home, MANIFEST);
    let new = home.project().join("new.wasm").display().to_string();
    fs::copy(&old, &new).unwrap();
    let old = packed(&home, &MANIFEST.replace("1.0.0", "0.9.0"));
    let mut seen = std::collections::BTreeSet::new();
    for round in 0..40_u64 {
        let _ = provider(&home, &["install", &old, "--grant-all"]).succeeds();
        let install = home.lockgate(["provider", "install", &new, "--grant-all"]);
        let mut child = install.command().spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(round * 10));
        child.kill().unwrap();
        child.wait().unwrap();
        let _ = provider(&home, &["verify", "corp-sso"]).succeeds();
        let json = provider(&home, &["inspect", "corp-sso", "--json"]).succeeds().json();
        assert!(json["compiled"].as_str().unwrap().starts_with("yes"), "{json:#}");
        seen.insert(json["version"].as_str().unwrap().to_owned());
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), ["0.9.0", "1.0.0"]);
}
