//! What is installed, and what becomes of it.

use std::fs;

use lockgate_tests::Home;

use super::{MANIFEST, in_store, installed, packed, provider, stored};

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
