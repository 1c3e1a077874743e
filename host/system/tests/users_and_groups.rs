//! What holds for an unprivileged user and the user's groups, in processes of such a user: root may do
//! things in spite of permissions. Where the tests do not run as root, they try their own user.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests arrange folders that nothing else would, and fail by panicking"
)]

mod child;

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::process::{Command, Stdio};

use child::child_program;

const NOBODY: u32 = 65534;
/// A group of many, as `users` often is.
const SHARED: u32 = 100;

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

/// Runs a part of the tests as another user where that is possible, in a folder of that user.
fn run_as(user: u32, group: u32, part: &str) {
    let base = tempfile::tempdir().unwrap();
    let mut command = match is_root() {
        true => {
            chown(base.path(), Some(user), Some(group)).unwrap();
            let mut command = Command::new("setpriv");
            command.args([format!("--reuid={user}"), format!("--regid={group}")]);
            command.arg("--clear-groups").arg(child_program());
            command
        }
        false => Command::new(child_program()),
    };
    let output = command.arg(part).arg(base.path()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn permissions_bind_an_unprivileged_user() {
    run_as(NOBODY, NOBODY, "be-unprivileged");
}

#[test]
fn the_private_group_of_a_user_may_write_the_folders_above() {
    run_as(NOBODY, NOBODY, "be-in-a-group");
    // The twin: in a group of another number there may be others.
    run_as(NOBODY, SHARED, "be-in-a-group");
}

#[test]
fn a_folder_of_another_group_is_no_private_one() {
    if !is_root() {
        return;
    }
    let base = tempfile::tempdir().unwrap();
    fs::create_dir(base.path().join("shared")).unwrap();
    let shared = base.path().join("shared");
    chown(base.path(), Some(NOBODY), Some(NOBODY)).unwrap();
    for (group, opens) in [(NOBODY, true), (SHARED, false)] {
        chown(&shared, Some(NOBODY), Some(group)).unwrap();
        fs::set_permissions(&shared, fs::Permissions::from_mode(0o775)).unwrap();
        let status = Command::new("setpriv")
            .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
            .arg(child_program())
            .arg("make-things")
            .arg(&shared)
            .stderr(Stdio::null())
            .status();
        assert_eq!(status.unwrap().success(), opens, "{group}");
    }
}
