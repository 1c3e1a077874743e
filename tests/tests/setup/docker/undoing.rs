//! Taking back what was changed, also where docker wrote the file since.

use std::fs;

use super::{AUTH, Docker, SECRET};
use crate::crashes::killed;
use crate::exists;

/// docker writes the whole file anew at each login.
#[test]
fn of_a_file_that_docker_wrote_since_only_the_helpers_go() {
    for (before, words, since, expected) in [
        (
            "{\"credsStore\":\"pass\"}",
            &[][..],
            "{\n\t\"auths\": {\n\t\t\"a.example\": {}\n\t},\n\t\"credsStore\": \"lockgate\"\n}",
            "{\n\t\"auths\": {\n\t\t\"a.example\": {}\n\t},\n\t\"credsStore\": \"pass\"\n}",
        ),
        (
            "{}",
            &[],
            "{\n\t\"auths\": {},\n\t\"credsStore\": \"lockgate\"\n}",
            "{\n\t\"auths\": {}\n}",
        ),
        (
            "{\"credHelpers\":{\"b.example\":\"pass\"}}",
            &["--server", "a.example", "--server", "b.example"],
            "{\"credHelpers\":{\"a.example\":\"lockgate\",\"b.example\":\"lockgate\",\"c\":\"gcr\"}}",
            "{\"credHelpers\":{\"b.example\":\"pass\",\"c\":\"gcr\"}}",
        ),
    ] {
        let machine = Docker::with(before);
        let _ = machine.set_up(words);
        machine.write(since);
        let _ = machine.undo();
        assert_eq!(machine.config(), expected);
        assert!(!exists(&machine.name()) && !exists(&machine.record()));
    }
}

/// Whoever moved logins to Lockgate is logged out of docker by taking it back.
#[test]
fn what_lockgate_still_keeps_is_told_with_how_to_get_it_back() {
    let config = format!("{{\"auths\":{{\"a.example\":{{\"auth\":\"{AUTH}\"}}}}}}");
    let machine = Docker::with(&config);
    let _ = machine.set_up(&[]);
    let _ = machine.setup(&["--migrate", "--yes"]).run().succeeds();
    let told = machine.undo().nowhere_has(SECRET);
    let _ =
        told.says("Lockgate still keeps the logins of a.example, and docker will not find them");
    let shown = machine.lockgate(&["docker", "get", "a.example", "--reveal"]).run().succeeds();
    assert_eq!(shown.stdout.trim(), SECRET);
    // The twin: where nothing is kept nothing is told.
    let empty = Docker::with("{}");
    let _ = empty.set_up(&[]);
    let _ = empty.undo().never_says("still keeps");
}

#[test]
fn another_helper_that_somebody_named_since_stays_and_is_told() {
    let machine = Docker::with("{\"credsStore\":\"pass\"}");
    let _ = machine.set_up(&[]);
    let theirs = "{\"credsStore\":\"desktop\",\"auths\":{}}";
    machine.write(theirs);
    let told = machine.undo();
    let _ = told.says("`credsStore` was changed to `desktop` since; it was `pass` before");
    assert_eq!(machine.config(), theirs);
    assert!(!exists(&machine.record()));
}

#[test]
fn several_changes_are_taken_back_together_and_what_is_gone_is_no_failure() {
    let before = "{\"credsStore\":\"pass\",\"credHelpers\":{\"x.example\":\"gcr\"}}";
    let machine = Docker::with(before);
    let _ = machine.set_up(&["--server", "a.example"]);
    let _ = machine.set_up(&["--server", "b.example"]);
    let _ = machine.set_up(&[]);
    let shown = machine.setup(&["--undo", "--dry-run"]).run().succeeds();
    let _ =
        shown.shows("+{\"credsStore\":\"pass\"").shows(&format!("- {}", machine.name().display()));
    let _ = machine.setup(&["--undo"]).run().exits_with(1).says("--yes");
    let _ = machine.undo();
    assert_eq!(machine.config(), before);
    let _ = machine.undo().says("setup changed nothing");
    let _ = machine.set_up(&[]);
    fs::remove_file(machine.file()).unwrap();
    fs::remove_file(machine.name()).unwrap();
    let _ = machine.undo();
    assert!(!exists(&machine.file()) && !exists(&machine.record()));
}

#[test]
fn killed_at_each_of_its_changes_it_leaves_old_or_new_and_can_be_taken_back() {
    let before = "{\n\t\"auths\": {}\n}";
    let (mut old, mut new) = (0, 0);
    for step in 1.. {
        let machine = Docker::with(before);
        if !killed(machine.setup(&["--yes"]), step) {
            break;
        }
        match machine.config() {
            config if config == before => old += 1,
            config => {
                assert!(config.contains("\"credsStore\": \"lockgate\""), "{config}");
                assert!(exists(&machine.name()), "the file names what is not there");
                new += 1;
            }
        }
        let _ = machine.undo();
        assert_eq!(machine.config(), before, "step {step}");
        assert!(!exists(&machine.name()) && !exists(&machine.record()), "step {step}");
    }
    assert!(old > 3 && new > 0, "{old} and {new}");
}
