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

#[cfg(target_os = "linux")]
fn act(deed: &[&str]) -> Command {
    let mut command = Command::new(child_program().with_file_name("system_confined"));
    command.args(["free", "process"]).args(deed);
    command
}

#[cfg(target_os = "linux")]
#[test]
fn variables_of_loaders_and_open_descriptors_are_not_handed_on() {
    const DANGEROUS: [&str; 5] =
        ["LD_DEBUG_OUTPUT", "DYLD_INSERT_LIBRARIES", "GCONV_PATH", "HOSTALIASES", "SSLKEYLOGFILE"];
    let stray = tempfile::NamedTempFile::new().unwrap();
    let handed_on = |deed: &[&str]| {
        let mut command = act(deed);
        command.env("OTHER", "kept").envs(DANGEROUS.map(|name| (name, "/stray")));
        // The shell opens a descriptor that nobody marked.
        let program = command.get_program().to_owned();
        let mut shell = Command::new("sh");
        shell.args(["-c", "exec 9<\"$STRAY\"; unset STRAY; exec \"$@\"", "sh"]).arg(program);
        shell.args(command.get_args()).envs(command.get_envs().filter_map(|(k, v)| Some((k, v?))));
        let output = shell.env("STRAY", stray.path()).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let stray_file = stray.path().to_str().unwrap();
    let hardened = handed_on(&["hand-on", "hardened"]);
    assert!(hardened.contains("OTHER=kept"));
    assert!(!hardened.contains(stray_file), "{hardened}");
    // The twin.
    let free = handed_on(&["hand-on"]);
    assert!(free.contains(stray_file), "{free}");
    for name in DANGEROUS {
        assert!(!hardened.contains(name), "{hardened}");
        assert!(free.contains(name), "{free}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_caller_is_the_process_that_started_this_one() {
    let output = act(&["tell-caller"]).output().unwrap();
    let own = std::env::current_exe().unwrap().canonicalize().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let caller = format!("{} {}", std::process::id(), own.display());
    assert_eq!(said.lines().next(), Some(caller.as_str()));
    // In a session of its own a process has no terminal; with one is tested where it is confined.
    let mut command = Command::new("setsid");
    let program = child_program().with_file_name("system_confined");
    let output = command.arg("-w").arg(program).args(["free", "process", "tell-caller"]).output();
    assert!(String::from_utf8(output.unwrap().stdout).unwrap().ends_with("\nfalse\n"));
}
