//! Every way in which people write the file: kept byte for byte, and understood by the real cargo.

use std::fs;
use std::os::unix::fs::symlink;

use lockgate_tests::home::{mode, set_mode};

use crate::{INDEX, Machine, exists};

const FORMS: [&str; 14] = [
    "",
    "\n",
    "# nothing but a comment",
    "[net]\nretry = 2",
    "[registry]\r\ndefault = \"corp\"\r\n\r\n[net]\r\nretry = 2\r\n",
    "[registry]\r\nglobal-credential-providers = [\r\n  \"cargo:token\", # one\r\n]\r\n",
    "registry = { default = \"corp\" }\n",
    "registry.default = \"corp\"\nregistry.global-credential-providers = ['cargo:token']\n",
    "registry.default = \"corp\"\n[net]\nretry = 2\n",
    "[registry]\nglobal-credential-providers = [\n\n  # first\n  'cargo:token'\n  # last\n]",
    "[registry]\nglobal-credential-providers=[]",
    "[registries]\ncorp.index = \"INDEX\"\n",
    "\u{feff}[registry]\ndefault = \"corp\"\n",
    "[registry] # the registry\n\n\n\tdefault = \"corp\"\n\n\n",
];

#[test]
fn every_form_is_changed_understood_by_cargo_and_taken_back_byte_for_byte() {
    for form in FORMS {
        let machine = Machine::new();
        let config = form.replace("INDEX", INDEX);
        machine.home.write_config(&config);
        let before = machine.home.cargo(["locate-project"]).run().stderr;
        let _ = machine.set_up();
        assert_eq!(machine.asked("crates-io"), ["cargo:token"], "{}", machine.config());
        let after = machine.home.cargo(["locate-project"]).run().stderr;
        assert_eq!(after, before, "cargo understands it as before: {}", machine.config());
        let unix = machine.config().replace("\r\n", "");
        assert!(!config.contains("\r\n") || !unix.contains('\n'), "{:?}", machine.config());
        let _ = machine.set_up().says("nothing to do");
        let _ = machine.undo();
        assert_eq!(machine.config(), config);
    }
}

#[test]
fn the_old_name_of_the_file_is_respected() {
    let machine = Machine::new();
    let old = machine.home.cargo_home().join("config");
    fs::write(&old, "[net]\nretry = 2\n").unwrap();
    machine.home.write_config("[net]\nretry = 3\n");
    let _ = machine.set_up();
    assert!(fs::read_to_string(&old).unwrap().contains(&machine.entry("cargo:token")));
    assert_eq!(machine.config(), "[net]\nretry = 3\n", "cargo does not read this one");
    let _ = machine.undo();
    assert_eq!(fs::read_to_string(&old).unwrap(), "[net]\nretry = 2\n");
}

#[test]
fn permissions_and_a_link_of_the_users_own_stay() {
    let machine = Machine::new();
    let dotfiles = machine.home.user().join("dotfiles");
    fs::create_dir(&dotfiles).unwrap();
    let target = dotfiles.join("cargo.toml");
    fs::write(&target, "[net]\nretry = 2\n").unwrap();
    set_mode(&target, 0o640);
    symlink("../dotfiles/cargo.toml", machine.home.config()).unwrap();
    let _ = machine.set_up();
    assert!(machine.home.config().is_symlink());
    assert_eq!(mode(&target), 0o640);
    assert!(fs::read_to_string(&target).unwrap().contains(&machine.entry("cargo:token")));
    let _ = machine.undo();
    assert!(machine.home.config().is_symlink());
    assert_eq!((mode(&target), machine.config().as_str()), (0o640, "[net]\nretry = 2\n"));
    assert_eq!(fs::read_dir(&dotfiles).unwrap().count(), 1);
}

#[test]
fn what_is_read_only_is_left_and_what_to_do_is_told() {
    let machine = Machine::new();
    machine.home.write_config("[net]\nretry = 2\n");
    set_mode(&machine.home.config(), 0o444);
    let _ = machine.setup(&["--yes"]).run().exits_with(1).says("is read-only (mode 0444)");
    assert_eq!(machine.config(), "[net]\nretry = 2\n");
    assert!(!exists(&machine.name()), "nothing at all was done");
    set_mode(&machine.home.config(), 0o644);
    let _ = machine.set_up();
}

#[test]
fn what_is_no_toml_is_never_written() {
    let machine = Machine::new();
    for broken in ["[registry\n", "[registry]\nglobal-credential-providers = ['a'\n", "a = \u{0}"] {
        machine.home.write_config(broken);
        let place = machine.home.config().display().to_string();
        let _ = machine.setup(&["--yes"]).run().exits_with(1).says(&format!("{place}:"));
        assert_eq!(machine.config(), broken);
        assert!(!exists(&machine.name()));
    }
    machine.home.write_config("registry = 5\n");
    let _ = machine.setup(&["--yes"]).run().exits_with(1);
    machine.home.write_config("[registry]\nglobal-credential-providers = 'cargo:token'\n");
    let refused = machine.setup(&["--yes"]).run().exits_with(1);
    assert!(refused.stderr.contains("list") || refused.stderr.contains("array"), "{refused}");
}

/// The other name would keep the old content, and nobody would know why.
#[test]
fn a_file_with_another_name_is_not_split_from_it() {
    let machine = Machine::new();
    machine.home.write_config("[net]\nretry = 2\n");
    let other = machine.home.user().join("other-name");
    fs::hard_link(machine.home.config(), &other).unwrap();
    let _ = machine.setup(&["--yes"]).run().exits_with(1).says("has other hard links");
    assert!(!exists(&machine.name()));
    assert_eq!(machine.config(), "[net]\nretry = 2\n");
    fs::remove_file(&other).unwrap();
    let _ = machine.set_up();
}
