//! What a person is told, where, and before what.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use lockgate_tests::home::mode;
use lockgate_tests::{Home, Policy, Terminal};

use super::{MANIFEST, component, installed, packed, provider, stored};

/// With standard output in a file, a person at the terminal still sees what the question is about.
#[test]
fn nobody_is_asked_about_what_is_not_shown() {
    let home = Home::new();
    let file = packed(&home, MANIFEST);
    let shown = home.project().join("shown.txt");
    let program = home.programs().join("lockgate").display().to_string();
    let line = format!("exec {program} provider install {file} > {}", shown.display());
    let mut terminal = Terminal::new();
    let mut child = terminal.start(home.run("/bin/sh").args(["-c", &line]));
    terminal.wait_for("Grant all of this?");
    for part in ["https://sso.corp.example", "reveal", "it sees the bytes of secrets"] {
        assert!(terminal.screen().contains(part), "{part}\n{}", terminal.screen());
    }
    terminal.type_keys("n\n");
    assert!(!child.wait().unwrap().success());
    assert_eq!(fs::read_to_string(&shown).unwrap(), "", "nothing was a result");
}

#[test]
fn what_a_provider_cannot_do_without_and_does_not_get_is_told() {
    let home = Home::new();
    let file = packed(&home, MANIFEST);
    let words = ["install", &file, "--grant", "registries=cargo:*", "--grant", "reveal=true"];
    let _ = provider(&home, &words)
        .succeeds()
        .says("cannot do without `http`")
        .says("lockgate provider grant corp-sso http=https://sso.corp.example")
        .says("cannot do without `environment`")
        .never_says("cannot do without `prompt`");
    // The twin: with all of it there is nothing to be told.
    let all = ["install", &file, "--grant-all"];
    let _ = provider(&home, &all).succeeds().never_says("cannot do without");
}

/// The twin is in the test: without the policy's line it is of use.
#[test]
fn a_grant_of_which_nothing_comes_says_so() {
    let home = Home::new();
    let file = packed(&home, MANIFEST);
    let Some(policy) = Policy::new("[deny]\nhttp = [\"https://sso.corp.example\"]\n") else {
        return;
    };
    let install = home.lockgate(["provider", "install", &file, "--grant-all"]);
    let refused = policy.over(install.clone()).run().succeeds();
    let _ =
        refused.says("http `https://sso.corp.example` is refused by the administrator's policy");
    let memory = ["provider", "grant", "corp-sso", "limits.memory=128MiB", "--yes"];
    let _ = policy.over(home.lockgate(memory)).run().succeeds().says("is of no use: memory 64MiB");
    let less = ["provider", "grant", "corp-sso", "limits.memory=32MiB", "--yes"];
    let _ = policy.over(home.lockgate(less)).run().succeeds().never_says("is of no use");
    policy.write("");
    let _ = policy.over(install).run().succeeds().never_says("is refused by");
}

#[test]
fn every_command_that_changes_something_has_an_answer_for_programs() {
    let home = Home::new();
    let _ = installed(&home);
    let json = |words: &[&str]| provider(&home, words).succeeds().json();
    let revoked = json(&["revoke", "corp-sso", "reveal=true", "--yes", "--json"]);
    assert_eq!(
        (revoked["changed"].as_bool(), revoked["grant"].as_array().unwrap().len()),
        (Some(true), 4)
    );
    let granted = json(&["grant", "corp-sso", "prompt=true", "--yes", "--json"]);
    assert_eq!(granted["changed"], false, "{granted:#}");
    let rebuilt = json(&["rebuild", "--json"]);
    assert_eq!(rebuilt[0]["name"], "corp-sso");
    assert!(rebuilt[0]["problem"].is_null() && rebuilt[0]["digest"].is_string(), "{rebuilt:#}");
    let removed = json(&["remove", "corp-sso", "--yes", "--json"]);
    assert_eq!(
        (removed["name"].as_str(), removed["removed"].as_bool()),
        (Some("corp-sso"), Some(true))
    );
}

#[test]
fn one_provider_that_cannot_be_compiled_does_not_keep_others_from_it() {
    let home = Home::new();
    let file = installed(&home);
    let _ = provider(&home, &["install", &file, "--grant-all", "--as", "other"]).succeeds();
    let component = stored(&home, ".wasm");
    let whole = fs::read(&component).unwrap();
    fs::write(&component, b"damaged").unwrap();
    let failed = provider(&home, &["rebuild"]).exits_with(1);
    let _ = failed.says("its hash differs").says("Compiled other");
    fs::write(&component, whole).unwrap();
    let _ = provider(&home, &["rebuild"]).succeeds().says("Compiled corp-sso");
}

#[test]
fn a_packed_provider_is_a_file_as_any_other() {
    let home = Home::new();
    let component = component(&home).display().to_string();
    let manifest = home.project().join("m.toml");
    fs::write(&manifest, MANIFEST).unwrap();
    let manifest = manifest.display().to_string();
    let file = home.project().join("out.wasm");
    for (umask, expected) in [("022", 0o644), ("077", 0o600)] {
        let _ = fs::remove_file(&file);
        let program = home.programs().join("lockgate").display().to_string();
        let out = file.display();
        let line = format!(
            "umask {umask}; exec {program} provider pack {component} --manifest {manifest} -o {out}"
        );
        let _ = home.run("/bin/sh").args(["-c", &line]).run().succeeds();
        assert_eq!(mode(&file), expected, "{umask}");
    }
    // One that is there keeps its permissions, and nothing lies beside it.
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    let out = file.display().to_string();
    let _ = provider(&home, &["pack", &component, "--manifest", &manifest, "-o", &out]).succeeds();
    assert_eq!(mode(&file), 0o640);
    let litter = fs::read_dir(home.project()).unwrap();
    assert!(litter.flatten().all(|entry| !entry.file_name().to_string_lossy().starts_with(".out")));
}

/// What is recorded is the file that was opened, whatever led there. The twin is in the test: from the
/// folder itself it is allowed.
#[test]
fn a_folder_that_is_allowed_is_not_reached_by_dots_or_links() {
    let home = Home::new();
    let file = packed(&home, MANIFEST);
    let allowed = home.root().join("allowed");
    fs::create_dir(&allowed).unwrap();
    let text = format!(
        "[providers]\nallow = [\"built-in\", \"source:file:{}/*\"]\n",
        allowed.canonicalize().unwrap().display()
    );
    let Some(policy) = Policy::new(&text) else { return };
    let install = |file: String| {
        policy.over(home.lockgate(["provider", "install", &file, "--grant-all"])).run()
    };
    let around = format!("{}/../{}", allowed.display(), relative(&home, &file));
    let _ = install(around).exits_with(1).says("not among those that are allowed");
    let link = allowed.join("link.wasm");
    std::os::unix::fs::symlink(&file, &link).unwrap();
    let _ = install(link.display().to_string()).exits_with(1).says("not among those");
    let inside = allowed.join("corp-sso.wasm");
    fs::copy(&file, &inside).unwrap();
    let _ = install(inside.display().to_string()).succeeds();
    let json = provider(&home, &["inspect", "corp-sso", "--json"]).json();
    let real = inside.canonicalize().unwrap();
    assert_eq!(json["source"], format!("file:{}", real.display()));
}

/// The path of a file in the home of these tests, from its root.
fn relative(home: &Home, file: &str) -> String {
    std::path::Path::new(file).strip_prefix(home.root()).unwrap().display().to_string()
}
