//! What is installed, and what becomes of it.

use std::fs;

use lockgate_tests::Home;
use lockgate_tests::guests::INDEX;
use sha2::Digest as _;

use super::{MANIFEST, in_store, installed, packed, provider, stored};

#[test]
fn a_provider_is_installed_listed_inspected_and_removed() {
    let home = Home::new();
    let file = packed(&home, MANIFEST);
    let output = provider(&home, &["install", &file, "--grant-all"]).succeeds();
    let _ = output
        .prints("")
        .says("Exchanges a job's token")
        .says("https://corp.example/sso")
        .says("the exchange happens there")
        .says("risk: ")
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
    let _ = provider(&home, &["install", &file, "--update"])
        .exits_with(1)
        .says("It replaces version 1.0.0")
        .says("Not granted so far: http https://b.example")
        .never_says("Not granted so far: http https://sso.corp.example")
        .never_says("older");
    let same = provider(&home, &["inspect", "corp-sso", "--json"]).json();
    assert_eq!(same, before);
    let _ = provider(&home, &["install", &file, "--grant-all", "--update"]).succeeds();
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
        let _ = provider(&home, &["install", &old, "--grant-all", "--update"]).succeeds();
        let install = home.lockgate(["provider", "install", &new, "--grant-all", "--update"]);
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

/// A record that vouches for code which is none: as after a fault of a compiler. The twin is in the
/// test: what the error says mends it.
#[test]
fn code_that_cannot_be_loaded_says_how_to_compile_it_again() {
    let home = Home::new();
    let _ = installed(&home);
    let (code, record) = (stored(&home, ".code"), stored(&home, "record.json"));
    let hash = |bytes: &[u8]| format!("sha256:{:x}", sha2::Sha256::digest(bytes));
    let none = b"no machine code at all";
    let text = fs::read_to_string(&record).unwrap();
    let other = text.replace(&hash(&fs::read(&code).unwrap()), &hash(none));
    assert_ne!(other, text);
    fs::write(&code, none).unwrap();
    fs::write(&record, other).unwrap();
    let get = || {
        let request = lockgate_tests::plugin::get(INDEX, &["corp-sso"]);
        home.plugin().stdin(format!("{request}\n")).run()
    };
    let refused = get();
    assert!(refused.stdout.contains("lockgate provider rebuild corp-sso"), "{refused}");
    let _ = provider(&home, &["rebuild", "corp-sso"]).succeeds();
    let answered = get();
    assert!(!answered.stdout.contains("provider rebuild"), "{answered}");
    assert!(answered.stdout.contains("not-found"), "{answered}");
}
