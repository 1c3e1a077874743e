//! What the tests let happen in a process of its own: since it changes the whole process, or is done
//! under another umask or as another user. It succeeds when everything in it held.

#![allow(
    clippy::disallowed_methods,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a part of the tests, which arrange what nothing else would, and fail by panicking"
)]

use std::fs::{self, File, Permissions};
use std::io::Write;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::Command;

use lockgate_system::{FileError, Folder, harden, open_client_file, open_own_file, take_stdout};
use rustix::process::{DumpableBehavior, Resource, dumpable_behavior, getrlimit};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match *arguments.as_slice() {
        ["harden"] => hardened(),
        ["reopen-stdin"] => reopened(),
        ["take-stdout"] => taken(),
        ["make-things", folder] => make_things(Path::new(folder)),
        ["be-in-a-group", folder] => under_folders_that_groups_write(Path::new(folder)),
        ["be-unprivileged", folder] => as_an_unprivileged_user(Path::new(folder)),
        _ => panic!("the tests and their child disagree about {arguments:?}"),
    }
}

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

fn reopened() {
    close_stdin();
    let taken = File::open("/etc/passwd").unwrap();
    assert_eq!(taken.as_raw_fd(), 0, "without the step the next file becomes standard input");
    drop(taken);

    assert!(harden().iter().all(|step| step.result.is_ok()));
    assert_eq!(fs::read_link("/proc/self/fd/0").unwrap().to_str(), Some("/dev/null"));
    assert!(File::open("/etc/passwd").unwrap().as_raw_fd() > 2);
}

#[allow(unsafe_code, reason = "only closing a standard descriptor makes what is to be tested")]
fn close_stdin() {
    // SAFETY: nothing in this process uses standard input before it is opened again.
    drop(unsafe { rustix::stdio::take_stdin() });
}

fn taken() {
    println!("before");
    let mut client = take_stdout().unwrap();
    println!("noise");
    client.write_all(b"reply\n").unwrap();
    assert!(Command::new("echo").arg("program").status().unwrap().success());
    assert!(rustix::io::fcntl_getfd(&client).unwrap().contains(rustix::io::FdFlags::CLOEXEC));
}

fn make_things(base: &Path) {
    let folder = Folder::create_private(&base.join("a/b/c")).unwrap();
    folder.replace("file", b"content").unwrap();
    drop(folder.lock("lock").unwrap());
}

fn as_an_unprivileged_user(base: &Path) {
    assert_ne!(fs::metadata("/proc/self").unwrap().uid(), 0);
    let own = base.join("own");
    let folder = Folder::create_private(&own).unwrap();
    folder.replace("file", b"x").unwrap();
    chmod(&own.join("file"), 0o000);
    let error = folder.read("file", 10).unwrap_err();
    assert!(matches!(error, FileError::Io { action: "open", .. }), "{error}");
    chmod(&own, 0o500);
    assert!(folder.replace("other", b"x").is_err());
    assert!(Folder::create_private(&own.join("new")).is_err());
    chmod(&own, 0o700);
    // Root's files and folders on the way are trusted, and are no folder of one's own.
    let passwd = open_client_file(Path::new("/etc/passwd")).unwrap().unwrap();
    assert!(passwd.open().unwrap().is_some());
    assert!(passwd.open_for_update().is_err());
    let error = Folder::open_private(Path::new("/usr")).unwrap_err();
    assert!(matches!(error, FileError::Owner { owner: 0, .. }), "{error}");
}

/// As where each user has a group and a umask of 002, and as where users share a group.
fn under_folders_that_groups_write(base: &Path) {
    let (user, group) = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
    assert_ne!(user, 0);
    let (local, own) = (base.join("local"), base.join("local/own"));
    drop(Folder::create_private(&own).unwrap());
    for (mode, safe) in [(0o775, user == group), (0o2775, user == group), (0o777, false)] {
        chmod(&local, mode);
        assert_eq!(Folder::open_private(&own).is_ok(), safe, "{mode:o} for {user}:{group}");
    }
    chmod(&local, 0o755);
    chmod(&own, 0o775);
    let error = Folder::open_private(&own).unwrap_err();
    assert!(matches!(error, FileError::WritableByOthers { .. }), "its own folder: {error}");

    let by_hand = local.join("config.toml");
    fs::write(&by_hand, "").unwrap();
    for (mode, safe) in [(0o664, user == group), (0o646, false), (0o644, true)] {
        chmod(&by_hand, mode);
        let opened = open_own_file(&by_hand).unwrap().unwrap().open();
        assert_eq!(opened.is_ok(), safe, "{mode:o} for {user}:{group}");
    }
}

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}
