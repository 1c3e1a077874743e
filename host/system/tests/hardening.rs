//! What is left open to others before and after the hardening, each in a process of its own.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests change their whole process, and fail by panicking"
)]

use std::fs;
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::process::{Command, Output};

use lockgate_system::{harden, take_stdout};
use rustix::process::{DumpableBehavior, Resource, dumpable_behavior, getrlimit};

fn child(entry: &str) -> Output {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", entry, "--include-ignored", "--nocapture", "--test-threads=1"])
        .output()
        .unwrap()
}

#[test]
fn each_step_stands() {
    let output = child("hardened");
    assert!(output.status.success(), "{output:?}");
}

/// Run by another test in a process of its own.
#[test]
#[ignore = "started by another test, since it changes its process"]
fn hardened() {
    // The twin: before, each of these is open, or there would be nothing to show.
    assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::Dumpable);
    rustix::process::umask(rustix::fs::Mode::empty());

    for step in harden() {
        assert!(step.result.is_ok(), "{step:?}");
    }
    assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
    let core = getrlimit(Resource::Core);
    assert_eq!((core.current, core.maximum), (Some(0), Some(0)));
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    assert_eq!(fs::metadata(folder.path().join("file")).unwrap().mode() & 0o777, 0o600);
}

#[test]
fn a_closed_descriptor_is_not_taken_by_the_next_file() {
    let output = child("reopened");
    assert!(output.status.success(), "{output:?}");
}

/// Run by another test in a process of its own.
#[test]
#[ignore = "started by another test, since it changes its process"]
fn reopened() {
    close_stdin();
    let taken = fs::File::open("/etc/passwd").unwrap();
    assert_eq!(number(&taken), 0, "without the step the next file becomes standard input");
    drop(taken);

    assert!(harden().iter().all(|step| step.result.is_ok()));
    assert_eq!(fs::read_link("/proc/self/fd/0").unwrap().to_str(), Some("/dev/null"));
    assert!(number(&fs::File::open("/etc/passwd").unwrap()) > 2);
}

#[test]
fn only_the_owner_of_stdout_reaches_the_client() {
    let output = child("taken");
    assert!(output.status.success(), "{output:?}");
    let (out, err) =
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(out.contains("before") && out.contains("reply"), "{out}");
    assert!(!out.contains("noise") && err.contains("noise"), "{out} {err}");
    assert!(!out.contains("program") && err.contains("program"), "{out} {err}");
}

/// Run by another test in a process of its own.
#[test]
#[ignore = "started by another test, since it changes its process"]
fn taken() {
    println!("before");
    let mut client = take_stdout().unwrap();
    println!("noise");
    client.write_all(b"reply\n").unwrap();
    assert!(Command::new("echo").arg("program").status().unwrap().success());
    assert!(rustix::io::fcntl_getfd(&client).unwrap().contains(rustix::io::FdFlags::CLOEXEC));
}

fn number(file: &fs::File) -> i32 {
    use std::os::fd::AsRawFd;
    file.as_raw_fd()
}

#[allow(unsafe_code, reason = "only closing a standard descriptor makes what is to be tested")]
fn close_stdin() {
    // SAFETY: nothing in this process uses standard input before it is opened again.
    drop(unsafe { rustix::stdio::take_stdin() });
}
