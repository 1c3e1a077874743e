//! Ended at any moment, and done again.

use std::process::Command;
use std::time::{Duration, Instant};

use lockgate_tests::desktop::entry_of;

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
    let machine = Machine::new();
    for number in 0..MANY {
        let secret = format!("token-{number}");
        machine.desktop.keep("x", &entry_of(&url(number)), secret.as_bytes());
    }
    let whole = whole_run(&machine);
    let mut random = [0; 4];
    let (mut from, mut to) = ("file", "os");
    for _ in 0..ENDS {
        getrandom::fill(&mut random).unwrap();
        let part = f64::from(u32::from_le_bytes(random)) / f64::from(u32::MAX);
        killed_after(&machine, from, to, whole.mul_f64(part));
        assert!(in_keyring(&machine) + machine.files() >= MANY, "one is lost");
        getrandom::fill(&mut random).unwrap();
        if random[0] % 4 == 0 {
            (from, to) = (to, from);
        }
    }
    let _ = machine.migrate("file", "os").run().succeeds();
    assert_eq!((in_keyring(&machine), machine.files()), (MANY, 0));
    for number in 0..MANY {
        let found = machine.desktop.look_up(&entry_of(&url(number)));
        assert_eq!(found.as_deref(), Some(format!("token-{number}").as_str()));
    }
}

/// How long all of them take, from the keyring into files.
fn whole_run(machine: &Machine) -> Duration {
    let start = Instant::now();
    let _ = machine.migrate("os", "file").args(["--yes"]).run().succeeds();
    assert_eq!((in_keyring(machine), machine.files()), (0, MANY));
    start.elapsed()
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
