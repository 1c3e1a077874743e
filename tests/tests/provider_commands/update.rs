//! What takes the place of an installed provider, and who gets what that one kept.

use std::fs;
use std::path::{Path, PathBuf};

use lockgate_tests::{Home, programs};
use serde_json::Value;

use super::{MANIFEST, at_terminal, installed, packed, provider, stored};

/// The same manifest in another component.
fn other(home: &Home, version: &str) -> String {
    packed(home, &MANIFEST.replace("1.0.0", version))
}

fn inspected(home: &Home) -> Value {
    provider(home, &["inspect", "corp-sso", "--json"]).succeeds().json()
}

fn state(home: &Home, lineage: &Value) -> PathBuf {
    home.lockgate_home().join("state/providers").join(lineage.as_str().unwrap())
}

/// What the installed provider keeps: something like a refresh token.
fn keep(home: &Home) -> PathBuf {
    let folder = state(home, &inspected(home)["lineage"]);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("kept.json"), "{}").unwrap();
    for folder in [folder.as_path(), folder.parent().unwrap(), folder.ancestors().nth(2).unwrap()] {
        set_mode(folder, 0o700);
    }
    folder
}

fn set_mode(path: &Path, mode: u32) {
    let permissions = std::os::unix::fs::PermissionsExt::from_mode(mode);
    fs::set_permissions(path, permissions).unwrap();
}

/// The twin is in the test: with `--update` it is one, and gets what was kept.
#[test]
fn another_component_does_not_take_a_providers_place_by_its_name() {
    let home = Home::new();
    let _ = installed(&home);
    let (before, kept) = (inspected(&home), keep(&home));
    let file = other(&home, "1.1.0");
    let install = ["install", &file, "--grant-all"];
    let refused = provider(&home, &install).exits_with(1);
    let _ = refused.says("`corp-sso` is installed already").says("--update").says("--as NAME");
    assert_eq!(inspected(&home), before);
    let _ = provider(&home, &[&install[..], &["--update"]].concat()).succeeds();
    let after = inspected(&home);
    assert_ne!(after["digest"], before["digest"]);
    assert_eq!(after["lineage"], before["lineage"]);
    assert!(kept.join("kept.json").exists());
    // The very same component may be installed again by anybody's script.
    let _ = provider(&home, &install).succeeds().never_says("update");
    assert_eq!(inspected(&home)["lineage"], before["lineage"]);
}

#[test]
fn a_person_says_whether_it_gets_what_the_earlier_one_kept() {
    let home = Home::new();
    let _ = installed(&home);
    let (before, kept) = (inspected(&home), keep(&home));
    let file = other(&home, "1.1.0");
    let asked = at_terminal(&home, &["install", &file], "y\nn\n").exits_with(1);
    let _ = asked.shows("It gets what `corp-sso` kept").shows("Grant all of this?");
    assert_eq!(inspected(&home), before, "nothing was granted");
    let _ = at_terminal(&home, &["install", &file], "y\ny\n").succeeds();
    assert_eq!(inspected(&home)["lineage"], before["lineage"]);
    assert!(kept.join("kept.json").exists());

    let file = other(&home, "1.2.0");
    let output = at_terminal(&home, &["install", &file], "n\ny\n").succeeds();
    let _ = output.shows("what an earlier `corp-sso` kept");
    assert_ne!(inspected(&home)["lineage"], before["lineage"]);
    assert!(!kept.exists(), "what was kept is nobody's now");
}

#[test]
fn an_older_version_is_called_one() {
    let home = Home::new();
    let _ = installed(&home);
    for (version, older) in [("0.9.9", true), ("1.0.0-rc.1", true), ("1.0.1", false)] {
        let shown = provider(&home, &["install", &other(&home, version), "--grant-all"]);
        assert_eq!(shown.stderr.contains("older than that one"), older, "{shown}");
    }
}

/// Asked for before and not granted is as new as never asked for.
#[test]
fn an_update_is_compared_with_what_was_granted() {
    let home = Home::new();
    let file = packed(&home, MANIFEST);
    let grants = ["registries=cargo:*", "environment=CI_JOB_JWT", "limits.memory=32MiB"];
    let words: Vec<_> = grants.iter().flat_map(|grant| ["--grant", grant]).collect();
    let _ = provider(&home, &[&["install", &file], &words[..]].concat()).succeeds();
    let shown = provider(&home, &["install", &other(&home, "1.1.0"), "--update"]).exits_with(1);
    let _ = shown
        .says("Not granted so far: reveal true")
        .says("Not granted so far: http https://sso.corp.example")
        .never_says("Not granted so far: environment")
        .says("No longer limited: memory 32MiB");
}

/// The twin is in the test: a damaged record is replaced, and said to be.
#[test]
fn what_a_newer_lockgate_wrote_is_neither_replaced_nor_lost() {
    let home = Home::new();
    let file = installed(&home);
    let (kept, record) = (keep(&home), stored(&home, "record.json"));
    let newer = "{ \"version\": 9, \"what\": \"nobody knows\" }";
    fs::write(&record, newer).unwrap();
    let words = ["install", &file, "--grant-all", "--update"];
    let _ = provider(&home, &words).exits_with(1).says("a newer Lockgate wrote");
    assert_eq!(fs::read_to_string(&record).unwrap(), newer);
    fs::write(&record, "{ \"version\": 1").unwrap();
    let _ = provider(&home, &words).succeeds().says("replaces one that is damaged");
    assert!(kept.join("kept.json").exists(), "it is an update");
    fs::write(stored(&home, "record.json"), newer).unwrap();
    let removed = provider(&home, &["remove", "corp-sso", "--yes", "--json"]).succeeds().json();
    assert_eq!(removed["state_removed"], true, "{removed:#}");
    assert!(!kept.exists());
}

#[test]
fn a_folder_of_somebodys_does_not_stop_a_removal_halfway() {
    let home = Home::new();
    let _ = installed(&home);
    let kept = keep(&home);
    let notes = home.lockgate_home().join("providers/corp-sso/notes");
    fs::create_dir(&notes).unwrap();
    let remove = ["remove", "corp-sso", "--yes"];
    let _ = provider(&home, &remove).succeeds().says("Removed corp-sso").says("is left");
    assert!(notes.exists() && !kept.exists());
    let _ = provider(&home, &["inspect", "corp-sso"]).exits_with(1).says("neither");
}

/// The same component, with a grant of more: at whatever file the limit is met, the grant is the one of
/// before, and the process ends in order. The twin is in the test: where all fits, it is the new one.
#[test]
fn a_reinstall_that_meets_a_limit_on_files_gives_nothing_more() {
    programs::require("prlimit");
    let home = Home::new();
    let file = packed(&home, MANIFEST);
    let granted = |home: &Home| inspected(home)["grant"].as_array().unwrap().len();
    let less = ["install", &file, "--grant", "registries=cargo:*"];
    let (mut failed, mut done) = (0, 0);
    for limit in [0, 40, 200, 1000, 3000, 8000, 40_000, 10_000_000] {
        let _ = provider(&home, &less).succeeds();
        let under = ["prlimit".to_owned(), format!("--fsize={limit}"), "--".to_owned()];
        let install = home.lockgate(["provider", "install", &file, "--grant-all"]);
        let output = install.under(under).run();
        match output.status.code() {
            Some(0) => done += usize::from(granted(&home) == 5),
            Some(1) => {
                failed += 1;
                assert_eq!(granted(&home), 1, "{limit}: {output}");
                assert!(output.stderr.contains("cannot write"), "{limit}: {output}");
            }
            _ => panic!("{limit}: it was ended by the limit: {output}"),
        }
        let _ = provider(&home, &["verify", "corp-sso"]).succeeds();
    }
    assert!(failed >= 3 && done >= 1, "{failed} {done}");
}
