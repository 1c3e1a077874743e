//! The name by which cargo starts Lockgate.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use lockgate_tests::Home;

use crate::{Machine, NAME, exists};

#[test]
fn a_folder_can_be_named_and_is_made() {
    let machine = Machine::new();
    let folder = machine.home.root().join("new/folder");
    let _ = machine.setup(&["--yes", "--bin-dir"]).args([&folder]).run().succeeds();
    assert_eq!(fs::read_link(folder.join(NAME)).unwrap(), machine.program());
    let expected = format!("{} cargo:token", folder.join(NAME).display());
    assert!(machine.config().contains(&expected), "{}", machine.config());
    // Relative to where the command runs, and nothing is left to do.
    let again = machine.setup(&["--yes", "--bin-dir", "../new/folder"]).dir(machine.folder.clone());
    let _ = again.run().succeeds();
    assert!(!exists(&machine.name()));
}

/// As a program of a package has it.
#[test]
fn where_the_programs_folder_is_not_the_users_the_name_goes_to_the_home() {
    let machine = Machine::of(Home::unprivileged(), "opt");
    let _ = machine.set_up();
    let name = machine.home.user().join(".local/bin").join(NAME);
    assert_eq!(fs::read_link(&name).unwrap(), machine.program());
    assert!(!exists(&machine.name()) || machine.name() == name);
    assert!(machine.config().contains(&format!("{} cargo:token", name.display())));
    let _ = machine.undo();
    assert!(!exists(&name) && !exists(&machine.home.config()));
}

#[test]
fn a_link_to_another_program_is_replaced_when_told_to_and_comes_back() {
    let machine = Machine::new();
    let other = PathBuf::from("/usr/bin/other-program");
    symlink(&other, machine.name()).unwrap();
    let refused = machine.setup(&["--yes"]).run().exits_with(1);
    let _ =
        refused.says("is a link to another program, `/usr/bin/other-program`").says("--replace");
    assert!(!exists(&machine.home.config()));
    assert_eq!(fs::read_link(machine.name()).unwrap(), other);
    let _ = machine.setup(&["--yes", "--replace"]).run().succeeds();
    assert_eq!(fs::read_link(machine.name()).unwrap(), machine.program());
    let _ = machine.undo();
    assert_eq!(fs::read_link(machine.name()).unwrap(), other);
}

#[test]
fn another_program_of_the_name_is_never_replaced() {
    let machine = Machine::new();
    fs::write(machine.name(), "#!/bin/sh\n").unwrap();
    for words in [&["--yes"][..], &["--yes", "--replace"]] {
        let refused = machine.setup(words).run().exits_with(1);
        let _ = refused.says("is another program, which is not replaced");
    }
    assert_eq!(fs::read_to_string(machine.name()).unwrap(), "#!/bin/sh\n");
    assert!(!exists(&machine.home.config()));
}
