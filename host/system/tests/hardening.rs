//! What is left open to others before and after the hardening, each in a process of its own.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests start programs, and fail by panicking"
)]

mod child;

use std::process::{Command, Output};

use child::child_program;

fn run(what: &str) -> Output {
    let output = Command::new(child_program()).arg(what).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    output
}

#[test]
fn each_step_stands() {
    run("harden");
}

#[test]
fn a_closed_descriptor_is_not_taken_by_the_next_file() {
    run("reopen-stdin");
}

#[test]
fn only_the_owner_of_stdout_reaches_the_client() {
    let output = run("take-stdout");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "before\nreply\n");
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "noise\nprogram\n");
}
