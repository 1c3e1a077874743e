//! Ended at any moment, and done again.

use std::process::Command;
use std::time::{Duration, Instant};

use lockgate_tests::desktop::entry_of;
use lockgate_tests::home::set_mode;
use lockgate_tests::{Run, programs};

use crate::Machine;

/// Entries, so that each end falls into another step of one of them.
const MANY: usize = 6;
/// Ends of a run before the last one is let be.
const ENDS: u32 = 10;

fn url(number: usize) -> String {
    format!("sparse+http://127.0.0.1:9/{number}/")
}

#[test]
fn killed_at_any_moment_nothing_is_lost_and_nothing_is_doubled() {
    ended_between_the_keyring_and(&Machine::new(), "file", Machine::files);
}

/// With a key file, since nobody is there to be asked.
#[test]
fn nor_is_anything_on_its_way_into_the_encrypted_store_and_out_of_it() {
    programs::require("age-keygen");
    let machine = Machine::new();
    let key = machine.home.user().join("key.txt");
    let made = Run::new("/usr/bin/age-keygen", machine.home.root()).args(["-o"]).args([&key]);
    let _ = made.run().succeeds();
    set_mode(&key, 0o600);
    machine.home.write_lockgate_config(&format!(
        "[provider.\"lockgate:encrypted-file\".settings]\nkey-file = \"{}\"\n",
        key.display()
    ));
    ended_between_the_keyring_and(&machine, "encrypted-file", Machine::encrypted_files);
}

/// `kept` counts the entries of the other store.
fn ended_between_the_keyring_and(machine: &Machine, store: &str, kept: fn(&Machine) -> usize) {
    for number in 0..MANY {
        let secret = format!("token-{number}");
        machine.desktop.keep("x", &entry_of(&url(number)), secret.as_bytes());
    }
    // How long all of them take, out of the keyring.
    let start = Instant::now();
    let _ = machine.migrate("os", store).args(["--yes"]).run().succeeds();
    let whole = start.elapsed();
    assert_eq!((in_keyring(machine), kept(machine)), (0, MANY));
    let mut random = [0; 4];
    let (mut from, mut to) = (store, "os");
    for _ in 0..ENDS {
        getrandom::fill(&mut random).unwrap();
        let part = f64::from(u32::from_le_bytes(random)) / f64::from(u32::MAX);
        killed_after(machine, from, to, whole.mul_f64(part));
        assert!(in_keyring(machine) + kept(machine) >= MANY, "one is lost");
        getrandom::fill(&mut random).unwrap();
        if random[0] % 4 == 0 {
            (from, to) = (to, from);
        }
    }
    let _ = machine.migrate(store, "os").run().succeeds();
    assert_eq!((in_keyring(machine), kept(machine)), (MANY, 0));
    for number in 0..MANY {
        let found = machine.desktop.look_up(&entry_of(&url(number)));
        assert_eq!(found.as_deref(), Some(format!("token-{number}").as_str()));
    }
}

fn killed_after(machine: &Machine, from: &str, to: &str, time: Duration) {
    let run = machine.migrate(from, to).args(["--yes"]);
    let mut child = run.command().spawn().unwrap();
    std::thread::sleep(time);
    let group = format!("-{}", child.id());
    let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
    let _ = child.wait();
}

fn in_keyring(machine: &Machine) -> usize {
    let found = machine.desktop.search(&["xdg:schema", "org.rust-lang.cargo.registry"]);
    format!("{}{}", found.stdout, found.stderr).matches("attribute.url = ").count()
}
