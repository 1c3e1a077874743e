//! Children that serve one request, and children with limits.

#![cfg(target_os = "linux")]
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests arrange what nothing else would, and fail by panicking"
)]

mod child;

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use child::child_program;
use lockgate_system::{ChildError, ChildLimits, limited_child};

const ENOUGH: ChildLimits = ChildLimits {
    memory: 256 << 20,
    cpu: Duration::from_secs(20),
    wall: Duration::from_secs(30),
    output: 1 << 20,
};
/// Until something that should end at once must have ended.
const PATIENCE: Duration = Duration::from_secs(20);

fn program() -> PathBuf {
    child_program().with_file_name("system_confined")
}

fn limited(deed: &[&str], input: &[u8], limits: ChildLimits) -> Result<Vec<u8>, ChildError> {
    let arguments: Vec<&OsStr> =
        ["free", "child"].iter().chain(deed).copied().map(OsStr::new).collect();
    limited_child(&program(), &arguments, input, &limits)
}

fn is_alive(pid: &str) -> bool {
    // A zombie that nobody buried yet is not.
    std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| !stat.rsplit(')').next().unwrap().starts_with(" Z"))
}

fn wait_for_end(pid: &str) {
    let start = Instant::now();
    while is_alive(pid) {
        assert!(start.elapsed() < PATIENCE, "{pid} is still there");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_child_serves_one_request_and_its_confinement_ends_with_it() {
    let output = Command::new(program()).args(["free", "child", "serve"]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
}

/// A pipe holds 64 KiB, or less for who has many.
#[test]
fn a_child_may_say_more_than_a_pipe_holds() {
    let mut command = Command::new(program());
    let output = command.args(["free", "child", "serve-and-listen", "1048576"]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "1048576 Code(0)\n");
}

#[test]
fn a_process_with_threads_is_not_copied() {
    let mut command = Command::new(program());
    let output = command.args(["free", "child", "serve-with-threads"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "this process already has 2 threads\n");
}

#[test]
fn a_child_ends_with_its_parent() {
    let mut command = Command::new(program());
    command.args(["free", "child", "serve-and-wait"]).stdout(Stdio::piped());
    let mut parent = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(parent.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let child = line.trim();
    assert!(is_alive(child));
    parent.kill().unwrap();
    parent.wait().unwrap();
    wait_for_end(child);
}

#[test]
fn input_and_output_go_through_a_limited_child_at_the_same_time() {
    // Both longer than a pipe holds.
    let input: Vec<u8> = (0..ENOUGH.output).map(|index| (index % 251) as u8).collect();
    assert_eq!(limited(&["echo"], &input, ENOUGH).unwrap(), input);
    // One that does not read what it is given is not waited for.
    assert_eq!(limited(&["eat", "1"], &input, ENOUGH).unwrap(), b"1\n");
}

#[test]
fn a_limited_child_is_given_nothing_of_ours() {
    // The twin: what a child has that is started like any other.
    let mut command = Command::new(program());
    let free = command.args(["free", "child", "tell"]).stdin(Stdio::null()).output().unwrap();
    let free = String::from_utf8(free.stdout).unwrap();
    let told = String::from_utf8(limited(&["tell"], b"", ENOUGH).unwrap()).unwrap();
    let written = limited(&["write"], b"", ENOUGH).unwrap_err();
    assert!(matches!(written, ChildError::Signal { signal: 25, .. }), "{written}");
    assert!(Command::new(program()).args(["free", "child", "write"]).status().unwrap().success());
    assert_eq!(
        told,
        "variables 0\nfolder /\ngroup true\ncore Some(0)\nprivileges true\ndescriptors 3\n"
    );
    for line in told.lines().filter(|line| !line.starts_with("descriptors")) {
        assert!(!free.lines().any(|other| other == line), "{line} is nothing special");
    }
}

#[test]
fn each_limit_ends_a_child_and_is_named() {
    let start = Instant::now();
    let error = limited(&["eat", "300"], b"", ENOUGH).unwrap_err();
    assert_eq!(error.to_string(), "it needed more than 256 MiB of memory");
    assert_eq!(limited(&["eat", "100"], b"", ENOUGH).unwrap(), b"100\n", "less is no trouble");

    let short = ChildLimits { cpu: Duration::from_millis(900), ..ENOUGH };
    let error = limited(&["spin"], b"", short).unwrap_err();
    assert!(matches!(error, ChildError::Processor { .. }), "{error}");

    let short = ChildLimits { wall: Duration::from_millis(200), ..ENOUGH };
    for deed in ["sleep", "spin"] {
        let error = limited(&[deed], b"", short).unwrap_err();
        assert!(matches!(error, ChildError::Time { .. }), "{deed}: {error}");
    }

    let error = limited(&["flood"], b"", ENOUGH).unwrap_err();
    assert_eq!(error.to_string(), "it wrote more than 1048576 bytes");
    assert!(start.elapsed() < PATIENCE);
    let whole = ChildLimits { wall: Duration::MAX, cpu: Duration::MAX, ..ENOUGH };
    assert_eq!(limited(&["echo"], b"x", whole).unwrap(), b"x", "no limit is too long to count");
}

#[test]
fn a_child_that_fails_says_why() {
    match limited(&["complain"], b"", ENOUGH).unwrap_err() {
        ChildError::Failed { code: 1, said } => assert_eq!(said, "e".repeat(16 * 1024)),
        error => panic!("{error}"),
    }
    match limited(&["crash"], b"", ENOUGH).unwrap_err() {
        ChildError::Signal { signal, .. } => assert_eq!(signal, 4),
        error => panic!("{error}"),
    }
    let error = limited_child(Path::new("/no/such"), &[], b"", &ENOUGH).unwrap_err();
    assert_eq!(error.to_string(), "cannot start `/no/such`");
}

#[test]
fn nothing_of_a_child_is_left() {
    // It keeps the pipes open, so that the end of time is waited for.
    let short = ChildLimits { wall: Duration::from_millis(300), ..ENOUGH };
    let marker = format!("61.{}", std::process::id());
    let error = limited(&["leave-behind", &marker], b"", short).unwrap_err();
    assert!(matches!(error, ChildError::Time { .. }), "{error}");
    let start = Instant::now();
    while running_with(&marker) {
        assert!(start.elapsed() < PATIENCE, "it is still there");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn running_with(argument: &str) -> bool {
    std::fs::read_dir("/proc").unwrap().flatten().any(|process| {
        std::fs::read(process.path().join("cmdline"))
            .is_ok_and(|line| line.split(|byte| *byte == 0).any(|word| word == argument.as_bytes()))
    })
}
