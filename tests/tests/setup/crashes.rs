//! Ends at any moment, a full disk, and several at once.

use std::fs;

use lockgate_tests::{Run, programs};

use crate::{Machine, exists};

const BEFORE: &str = "[net]\nretry = 2\n";

/// Leaves room for so many bytes in any one file, and says so as a full disk does.
fn with_room(run: Run, bytes: usize) -> Run {
    let limit = format!("--fsize={bytes}");
    run.under([
        "sh",
        "-c",
        "trap '' XFSZ; limit=$1; shift; exec prlimit \"$limit\" -- \"$@\"",
        "sh",
        &limit,
    ])
}

fn litter(machine: &Machine) -> Vec<String> {
    let folders = [machine.home.cargo_home(), machine.folder.clone()];
    let names = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap());
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.contains("lockgate-new")).collect()
}

#[test]
fn on_a_full_disk_the_file_is_whole_and_it_works_afterwards() {
    let machine = Machine::new();
    machine.home.write_config(BEFORE);
    for room in [0, 10, 100, 1000] {
        let output = with_room(machine.setup(&["--yes"]), room).run();
        let config = machine.config();
        let is_whole = config == BEFORE || config.contains(&machine.entry("cargo:token"));
        assert!(is_whole && output.status.code().is_some(), "{room}: {config}\n{output}");
        assert!(config != BEFORE || !output.status.success(), "{output}");
        assert_eq!(litter(&machine), Vec::<String>::new());
    }
    let _ = machine.set_up();
    let done = machine.config();
    let refused = with_room(machine.setup(&["--undo", "--yes"]), 0).run();
    assert!(!refused.status.success() && machine.config() == done, "{refused}");
    let _ = machine.undo();
    assert_eq!(machine.config(), BEFORE);
}

/// Everything that changes a file.
const CHANGES: &str = "fsync,rename,renameat,renameat2,symlinkat,unlinkat,mkdir,mkdirat";

/// Kills it at its `step`th change; whether it came to that.
pub(crate) fn killed(run: Run, step: usize) -> bool {
    programs::require("strace");
    let trace = format!("trace={CHANGES}");
    let fault = format!("inject={CHANGES}:signal=KILL:when={step}");
    let under = ["strace", "-f", "-o", "/dev/null", "-e", &trace, "-e", &fault];
    !run.under(under).run().status.success()
}

#[test]
fn killed_at_each_of_its_changes_it_leaves_old_or_new_and_can_be_done_again_or_taken_back() {
    let (mut old, mut new) = (0, 0);
    for again in [true, false] {
        for step in 1.. {
            let machine = Machine::new();
            machine.home.write_config(BEFORE);
            if !killed(machine.setup(&["--yes"]), step) {
                break;
            }
            match machine.config() {
                config if config == BEFORE => old += 1,
                config => {
                    assert!(config.contains(&machine.entry("cargo:token")), "{config}");
                    assert!(exists(&machine.name()), "the file names what is not there");
                    new += 1;
                }
            }
            if again {
                let _ = machine.set_up();
                assert!(machine.config().contains(&machine.entry("cargo:token")));
            }
            let _ = machine.undo();
            assert_eq!(machine.config(), BEFORE, "step {step}");
            assert!(!exists(&machine.name()) && !exists(&machine.record()), "step {step}");
        }
    }
    assert!(old > 4 && new > 0, "{old} and {new}");
}

/// Nothing is told of a change that was never made.
#[test]
fn a_list_that_was_not_replaced_yet_is_not_taken_for_a_changed_one() {
    let list = "[registry]\nglobal-credential-providers = ['cargo:paseto']\n";
    for step in 1.. {
        let machine = Machine::new();
        machine.home.write_config(list);
        if !killed(machine.setup(&["--yes", "--provider", "cargo:token"]), step) {
            break;
        }
        let _ = machine.undo().never_says("was changed since");
        assert_eq!(machine.config(), list, "step {step}");
    }
}

#[test]
fn a_way_back_that_is_killed_at_each_of_its_changes_is_gone_again() {
    let mut steps = 0;
    for step in 1.. {
        let machine = Machine::new();
        machine.home.write_config(BEFORE);
        let _ = machine.set_up();
        let after = machine.config();
        if !killed(machine.setup(&["--undo", "--yes"]), step) {
            break;
        }
        steps += 1;
        let config = machine.config();
        assert!(config == BEFORE || (config == after && exists(&machine.name())), "{config}");
        let _ = machine.undo();
        assert_eq!(machine.config(), BEFORE, "step {step}");
        assert!(!exists(&machine.name()) && !exists(&machine.record()), "step {step}");
    }
    assert!(steps > 3, "{steps}");
}

#[test]
fn of_many_at_once_one_changes_the_file_and_all_agree() {
    let machine = Machine::new();
    machine.home.write_config(BEFORE);
    let runs: Vec<_> = (0..8).map(|_| machine.setup(&["--yes"])).collect();
    let outputs: Vec<_> = std::thread::scope(|scope| {
        let started: Vec<_> = runs.iter().map(|run| scope.spawn(|| run.run())).collect();
        started.into_iter().map(|run| run.join().unwrap()).collect()
    });
    for output in &outputs {
        let is_told = output.stderr.contains("changed meanwhile");
        assert!(output.status.success() || is_told, "{output}");
    }
    assert!(outputs.iter().any(|output| output.status.success()));
    let entry = machine.entry("cargo:token");
    assert_eq!(machine.config().matches(&entry).count(), 1, "{}", machine.config());
    let _ = machine.undo();
    assert_eq!(machine.config(), BEFORE);
    assert!(!exists(&machine.name()) && litter(&machine).is_empty());
}
