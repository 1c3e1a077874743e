//! Taking back what was changed, also where others changed the file since.

use std::fs;

use lockgate_tests::home::set_mode;

use crate::{INDEX, Machine, exists};

#[test]
fn several_changes_are_taken_back_together() {
    let machine = Machine::new();
    let before = format!("[registries.corp]\nindex = \"{INDEX}\"\r\n# end");
    machine.home.write_config(&before);
    let _ = machine.set_up();
    let _ = machine.setup(&["--registry", "corp", "--yes"]).run().succeeds();
    let other = ["--provider", "cargo:token", "--provider", "cargo:token", "--yes"];
    let _ = machine.setup(&other).run().succeeds();
    let _ = machine.undo();
    assert_eq!(machine.config(), before);
    assert!(!exists(&machine.record()) && !exists(&machine.name()));
    let _ = machine.undo().says("setup changed nothing");
}

#[test]
fn of_a_file_that_was_changed_since_only_our_own_entries_go() {
    let machine = Machine::new();
    for (before, ours, since, expected) in [
        (
            "[registry]\nglobal-credential-providers = ['cargo:token']\n",
            "\"OURS cargo:token\"]",
            "\"OURS cargo:token\", 'cargo:paseto'] # theirs",
            "[registry]\nglobal-credential-providers = ['cargo:token', 'cargo:paseto'] # theirs\n",
        ),
        ("[net]\nretry = 2\n", "[net]", "# theirs\n[net]", "# theirs\n[net]\nretry = 2\n"),
        (
            "",
            "\"OURS cargo:token\"]",
            "\"OURS cargo:token\", 'cargo:paseto']",
            "[registry]\nglobal-credential-providers = ['cargo:paseto']\n",
        ),
        (
            "[registry]\ndefault = 'corp'\n",
            "default = 'corp'",
            "default = 'other'",
            "[registry]\ndefault = 'other'\n",
        ),
    ] {
        let index = format!("CARGO_REGISTRIES_{}_INDEX", "CORP");
        machine.home.write_config(before);
        let _ = machine.setup(&["--yes"]).env(&index, INDEX).run().succeeds();
        let name = machine.name().display().to_string();
        let changed =
            machine.config().replace(&ours.replace("OURS", &name), &since.replace("OURS", &name));
        assert_ne!(changed, machine.config(), "{ours}");
        fs::write(machine.home.config(), changed).unwrap();
        let _ = machine.undo();
        assert_eq!(machine.config(), expected);
        assert!(!exists(&machine.name()));
    }
}

#[test]
fn what_cannot_be_taken_out_clearly_is_told_with_its_line() {
    let machine = Machine::new();
    machine.home.write_config("[registry]\ncredential-provider = 'cargo:token'\n");
    let _ = machine.setup(&["--registry", "crates-io", "--yes"]).run().succeeds();
    let theirs = machine.config().replace("cargo:token", "cargo:token-from-stdout /bin/true");
    fs::write(machine.home.config(), &theirs).unwrap();
    let told = machine.undo();
    let place = format!(
        "{}:2: `registry.credential-provider` was changed",
        machine.home.config().display()
    );
    let _ = told.says(&place).says("it was `'cargo:token'` before");
    assert_eq!(machine.config(), theirs);
}

#[test]
fn a_file_that_is_gone_and_a_link_that_is_gone_are_no_failure() {
    let machine = Machine::new();
    let _ = machine.set_up();
    fs::remove_file(machine.home.config()).unwrap();
    fs::remove_file(machine.name()).unwrap();
    let _ = machine.undo();
    assert!(!exists(&machine.home.config()) && !exists(&machine.record()));
}

#[test]
fn a_trial_of_it_changes_nothing() {
    let machine = Machine::new();
    let _ = machine.set_up();
    let before = machine.config();
    let shown = machine.setup(&["--undo", "--dry-run"]).run().succeeds();
    let _ = shown
        .shows("-global-credential-providers")
        .shows(&format!("- {}", machine.name().display()));
    assert_eq!(machine.config(), before);
    assert!(exists(&machine.name()) && exists(&machine.record()));
    let _ = machine.setup(&["--undo"]).run().exits_with(1).says("--yes");
    assert_eq!(machine.config(), before);
}

#[test]
fn another_cargo_home_keeps_the_name_that_it_uses() {
    let machine = Machine::new();
    let other = machine.home.root().join("other");
    fs::create_dir(&other).unwrap();
    set_mode(&other, 0o700);
    let _ = machine.set_up();
    let _ = machine.setup(&["--yes"]).env("CARGO_HOME", &other).run().succeeds();
    let _ = machine.undo();
    assert!(exists(&machine.name()) && exists(&other.join("config.toml")));
    let nothing = machine.undo();
    let _ = nothing.says(&other.join("config.toml").display().to_string());
    let _ = machine.setup(&["--undo", "--yes"]).env("CARGO_HOME", &other).run().succeeds();
    assert!(!exists(&machine.name()) && !exists(&other.join("config.toml")));
}
