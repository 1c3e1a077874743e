//! What is not touched: a newer entry, and everything in a dry run.

use std::collections::BTreeMap;
use std::path::PathBuf;

use lockgate_tests::desktop::entry_of;

use crate::{INDEX, Machine, PASSWORD, SERVER, TOKEN};

#[test]
fn another_secret_in_the_other_store_is_kept_and_the_same_one_is_not_doubled() {
    let machine = Machine::with_plain_files();
    machine.keep_token("Bearer newer");
    machine.keep_password(SERVER, "alice", PASSWORD);
    let told = machine.migrate("cargo-credentials", "os").run().exits_with(1).nowhere_has(TOKEN);
    let _ = told.says("cargo `corp` was not moved").says("already holds another");
    assert_eq!(machine.token_in_keyring().as_deref(), Some("Bearer newer"));
    assert!(machine.in_cargos_file());
    // The twin: the same is there already, as after an interruption, and leaves the first store.
    let _ =
        machine.migrate("docker-config", "os").run().succeeds().says("Moved docker `a.example`");
    assert!(!machine.in_dockers_file());
    assert_eq!(machine.password_in_keyring().as_deref(), Some(PASSWORD));
    let found = machine.desktop.search(&["docker_cli", "1"]);
    let found = format!("{}{}", found.stdout, found.stderr);
    assert_eq!(found.matches("username = ").count(), 1, "{found}");
}

/// All files but the audit's own.
fn files(machine: &Machine) -> BTreeMap<PathBuf, Vec<u8>> {
    machine.home.files().into_iter().collect()
}

#[test]
fn a_dry_run_changes_no_byte_and_says_what_a_real_one_does() {
    let machine = Machine::with_plain_files();
    let other = "sparse+http://127.0.0.1:9/unknown/";
    machine.desktop.keep("x", &entry_of(other), b"no-name");
    machine.keep_password("b.example", "bob", "pw");
    let before = files(&machine);
    let dry = |from, to| machine.migrate(from, to).args(["--dry-run"]).run().nowhere_has(TOKEN);
    let _ = dry("cargo-credentials", "os").succeeds().prints("cargo corp: would move to `os`\n");
    let _ =
        dry("docker-config", "file").succeeds().prints("docker a.example: would move to `file`\n");
    let told = dry("os", "cargo-credentials").exits_with(1);
    let _ = told.shows(&format!("cargo {other}: stays: cargo's configuration has no name"));
    let _ = dry("os", "docker-config").exits_with(1).shows("docker b.example: would move to");
    assert_eq!(files(&machine), before);
    assert!(machine.in_cargos_file() && machine.in_dockers_file());
    // The twin: the real one changes the very files.
    let _ = machine.migrate("cargo-credentials", "os").run().succeeds();
    assert_ne!(files(&machine), before);
    assert_eq!(machine.desktop.look_up(&entry_of(INDEX)).as_deref(), Some(TOKEN));
}

#[test]
fn a_variable_in_the_place_of_a_token_is_not_moved() {
    let machine = Machine::with_plain_files();
    let run = machine.migrate("cargo-credentials", "os");
    let told = run.env("CARGO_REGISTRIES_CORP_TOKEN", "of-the-job").run().exits_with(1);
    let _ = told.says("CARGO_REGISTRIES_CORP_TOKEN").nowhere_has("of-the-job");
    let auths = "{\"auths\": {\"a.example\": {\"auth\": \"bWU6b2YtdGhlLWpvYg==\"}}}";
    let run = machine.migrate("docker-config", "os").env("DOCKER_AUTH_CONFIG", auths);
    let _ = run.run().succeeds();
    assert_eq!(machine.token_in_keyring(), None);
    assert_eq!(machine.password_in_keyring().as_deref(), Some(PASSWORD));
}
