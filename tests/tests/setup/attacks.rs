//! Other users, hostile paths, and a record that somebody changed. Each has its twin beside it.

use std::fs;
use std::os::unix::fs::{MetadataExt, lchown, symlink};

use lockgate_tests::home::set_mode;
use lockgate_tests::{Access, Server};

use crate::{INDEX, Machine, NAME, TOKEN, exists};

/// The user `nobody`.
const SOMEBODY: u32 = 65534;

fn is_root(machine: &Machine) -> bool {
    fs::metadata(machine.home.root()).unwrap().uid() == 0
}

#[test]
fn a_configuration_that_is_somebody_elses_link_is_not_followed() {
    let machine = Machine::new();
    if !is_root(&machine) {
        return;
    }
    let target = machine.home.root().join("precious");
    fs::write(&target, "[net]\nretry = 2\n").unwrap();
    symlink(&target, machine.home.config()).unwrap();
    lchown(machine.home.config(), Some(SOMEBODY), None).unwrap();
    let _ = machine.setup(&["--yes"]).run().exits_with(1).says("belongs to user 65534");
    assert_eq!(fs::read_to_string(&target).unwrap(), "[net]\nretry = 2\n");
    assert!(!exists(&machine.name()));
    // The twin: the user's own link is followed.
    lchown(machine.home.config(), Some(0), None).unwrap();
    let _ = machine.set_up();
    assert!(fs::read_to_string(&target).unwrap().contains(&machine.entry("cargo:token")));
}

#[test]
fn a_record_that_somebody_changed_is_not_followed() {
    let machine = Machine::new();
    let before = "[net]\nretry = 2\n";
    machine.home.write_config(before);
    let _ = machine.set_up();
    let good = fs::read_to_string(machine.record()).unwrap();
    let now = machine.config();
    let precious = machine.home.user().join(NAME);
    fs::write(&precious, "mine").unwrap();
    let elsewhere = |path: &str| good.replace(&machine.name().display().to_string(), path);
    for (bad, says) in [
        (
            good.replacen(
                "\"removed\": \"\"",
                "\"removed\": \"[http]\\nproxy = 'http://evil'\\n\"",
                1,
            ),
            "is not what setup wrote",
        ),
        (good.replacen("\"at\": ", "\"at\": 1", 1), "is not what setup wrote"),
        (good.replacen("\"version\": 1", "\"version\": 2", 1), "another version"),
        (good.replacen("\"steps\"", "\"stops\"", 1), "is damaged"),
        ("{".to_owned(), "is damaged"),
    ] {
        assert_ne!(bad, good);
        fs::write(machine.record(), bad).unwrap();
        let _ = machine.setup(&["--undo", "--yes"]).run().exits_with(1).says(says);
        assert_eq!(machine.config(), now);
        assert!(exists(&machine.name()));
    }
    // A file in the place of the link, a link of another name, a link that leads elsewhere.
    fs::write(machine.record(), elsewhere(&precious.display().to_string())).unwrap();
    let _ = machine.setup(&["--undo", "--yes"]).run();
    assert_eq!(fs::read_to_string(&precious).unwrap(), "mine");
    fs::write(machine.home.config(), &now).unwrap();
    let other = machine.home.user().join("other");
    symlink(machine.program(), &other).unwrap();
    fs::write(machine.record(), elsewhere(&other.display().to_string())).unwrap();
    let _ = machine.setup(&["--undo", "--yes"]).run();
    assert!(exists(&other));
    // The twin: as it was written, it is followed.
    fs::write(machine.home.config(), &now).unwrap();
    fs::write(machine.record(), good).unwrap();
    let _ = machine.undo();
    assert_eq!(machine.config(), before);
    assert!(!exists(&machine.name()));
}

#[test]
fn a_record_that_others_can_write_or_that_is_a_link_is_refused() {
    let machine = Machine::new();
    let _ = machine.set_up();
    let folder = machine.record().parent().unwrap().to_owned();
    set_mode(&folder, 0o777);
    let _ = machine.setup(&["--undo", "--yes"]).run().exits_with(1).says("chmod go-w");
    set_mode(&folder, 0o700);
    let moved = machine.home.root().join("record");
    fs::rename(machine.record(), &moved).unwrap();
    symlink(&moved, machine.record()).unwrap();
    let _ = machine.setup(&["--undo", "--yes"]).run().exits_with(1).says("symbolic link");
    assert!(exists(&machine.home.config()) && exists(&machine.name()));
    fs::rename(&moved, machine.record()).unwrap();
    let _ = machine.undo();
    assert!(!exists(&machine.home.config()));
}

#[test]
fn what_a_path_says_is_never_more_than_a_path() {
    for folder in ["a\"b", "a'b", "a\\b", "a\"]\\n#", "a, b]", "$(x)`y`"] {
        let machine = Machine::with_program_in(folder);
        let server = Server::start(Access::Private);
        server.accept(&[TOKEN]);
        let index = server.index_url();
        machine.home.write_config(format!("[registries.corp]\nindex = \"{index}\"\n"));
        machine.home.write_credentials(format!("[registries.corp]\ntoken = \"{TOKEN}\"\n"));
        let before = machine.config();
        let _ = machine.set_up();
        let _ = machine.home.cargo(["owner", "--list", "tool", "--registry", "corp"]).run();
        assert!(server.authorizations().contains(&TOKEN.to_owned()), "{}", machine.config());
        let _ = machine.undo();
        assert_eq!(machine.config(), before);
    }
    for folder in ["a\nb", "a\u{1b}[2Jb", "a\u{202e}b"] {
        let machine = Machine::with_program_in(folder);
        let refused = machine.setup(&["--yes"]).run().exits_with(1);
        let refused = refused.says("characters that cannot be shown");
        assert!(!refused.stderr.contains('\u{1b}') && !refused.stderr.contains('\u{202e}'));
        assert!(!exists(&machine.home.config()) && !exists(&machine.name()));
    }
}

/// cargo looks for a bare name in PATH, where a project's environment or an installer may put a
/// folder; what setup writes is looked for nowhere.
#[test]
fn a_program_of_our_name_in_path_is_not_what_cargo_starts() {
    let machine = Machine::new();
    let server = Server::start(Access::Private);
    server.accept(&[TOKEN]);
    let index = server.index_url();
    machine.home.write_credentials(format!("[registries.corp]\ntoken = \"{TOKEN}\"\n"));
    let hostile = machine.home.root().join("hostile");
    fs::create_dir(&hostile).unwrap();
    let started = machine.home.root().join("started");
    fs::write(hostile.join(NAME), format!("#!/bin/sh\ntouch {}\n", started.display())).unwrap();
    set_mode(&hostile.join(NAME), 0o755);
    let reads = |config: &str| {
        machine.home.write_config(format!("{config}[registries.corp]\nindex = \"{index}\"\n"));
        if config.is_empty() {
            let _ = machine.set_up();
        }
        let path = format!("{}:/usr/bin:/bin", hostile.display());
        let run = machine.home.cargo(["owner", "--list", "tool", "--registry", "corp"]);
        let _ = run.env("PATH", path).run();
        exists(&started)
    };
    assert!(!reads(""), "the program of PATH was started");
    assert!(server.authorizations().contains(&TOKEN.to_owned()));
    let bare = format!("[registry]\nglobal-credential-providers = [\"{NAME} cargo:token\"]\n");
    assert!(reads(&bare), "the twin: a bare name is looked for in PATH");
}

#[test]
fn a_folder_in_which_others_could_put_another_program_is_told() {
    let machine = Machine::new();
    machine.home.write_config(format!("[registries.corp]\nindex = \"{INDEX}\"\n"));
    let _ = machine.setup(&["--dry-run"]).run().succeeds().never_says("others can put");
    set_mode(&machine.folder, 0o777);
    let told = machine.setup(&["--dry-run"]).run().succeeds();
    let _ = told.says("others can put something else there").says("chmod go-w");
}
