//! Which file is the administrator's. Root arranges what others could have done; as somebody else,
//! the tests look at root's files that are there anyway.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests arrange files that nothing else would, and fail by panicking"
)]

mod child;

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

use child::child_program;
use lockgate_system::{FileError, open_administrator_file, policy_file};

const NOBODY: u32 = 65534;

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// A folder of root's that all can pass through, with a policy in it.
fn root_folder() -> tempfile::TempDir {
    let base = tempfile::tempdir().unwrap();
    chmod(base.path(), 0o755);
    fs::write(base.path().join("policy.toml"), "").unwrap();
    chmod(&base.path().join("policy.toml"), 0o644);
    base
}

/// The exit of a process that tries to open it: 0 open, 2 none, 1 refused.
fn opened_by(start: &[&str], path: &Path) -> Option<i32> {
    let program = child_program().with_file_name("system_confined");
    let mut command = Command::new("env");
    command.args(start).arg(program).args(["free", "file", "administrator"]).arg(path);
    command.stdout(Stdio::null()).status().unwrap().code()
}

#[test]
fn what_only_root_can_write_is_the_administrators() {
    assert!(open_administrator_file(Path::new("/etc/passwd")).unwrap().is_some());
    assert!(
        open_administrator_file(Path::new("/etc/lockgate-none/policy.toml")).unwrap().is_none()
    );
    assert!(open_administrator_file(Path::new("/etc/lockgate-none")).unwrap().is_none());
    let error = open_administrator_file(Path::new("policy.toml")).unwrap_err();
    assert!(matches!(error, FileError::NotAbsolute { .. }), "{error}");
    let error = open_administrator_file(Path::new("/etc")).unwrap_err();
    assert!(matches!(error, FileError::NotAFile { .. }), "{error}");
    // A file where a folder should be is not the same as nothing.
    let error = open_administrator_file(Path::new("/etc/passwd/policy.toml")).unwrap_err();
    assert!(matches!(error, FileError::NotAFolder { .. }), "{error}");
    assert!(policy_file().is_absolute());
}

#[test]
fn a_users_own_file_is_not_the_administrators() {
    let base = root_folder();
    let file = base.path().join("policy.toml");
    if is_root() {
        assert!(open_administrator_file(&file).unwrap().is_some(), "the twin");
        chown(&file, Some(NOBODY), None).unwrap();
    }
    let error = open_administrator_file(&file).unwrap_err();
    assert!(matches!(error, FileError::NotAdministrators { .. }), "{error}");
}

#[test]
fn what_others_can_write_or_replace_is_not_the_administrators() {
    if !is_root() {
        return;
    }
    let base = root_folder();
    let (folder, file) = (base.path(), base.path().join("policy.toml"));
    for (file_mode, folder_mode, opens) in [
        (0o644, 0o755, true),
        (0o600, 0o700, true),
        (0o664, 0o755, false),
        (0o646, 0o755, false),
        (0o644, 0o775, false),
        (0o644, 0o757, false),
        (0o644, 0o1777, true),
    ] {
        chmod(&file, file_mode);
        chmod(folder, folder_mode);
        let opened = open_administrator_file(&file);
        assert_eq!(opened.is_ok(), opens, "{file_mode:o} in {folder_mode:o}");
    }
    chmod(folder, 0o755);
    chown(folder, Some(NOBODY), None).unwrap();
    assert!(open_administrator_file(&file).is_err());
    // Also where nothing is, since the folder's owner could have removed it.
    assert!(open_administrator_file(&folder.join("missing")).is_err());
}

#[test]
fn links_on_the_way_are_roots_and_at_the_end_there_are_none() {
    if !is_root() {
        return;
    }
    let base = root_folder();
    let way = base.path().join("way");
    symlink(".", &way).unwrap();
    assert!(open_administrator_file(&way.join("policy.toml")).unwrap().is_some());
    std::os::unix::fs::lchown(&way, Some(NOBODY), None).unwrap();
    let error = open_administrator_file(&way.join("policy.toml")).unwrap_err();
    assert!(matches!(error, FileError::NotAdministrators { owner: NOBODY, .. }), "{error}");
    let end = base.path().join("end");
    symlink("policy.toml", &end).unwrap();
    let error = open_administrator_file(&end).unwrap_err();
    assert!(matches!(error, FileError::SymbolicLink { .. }), "{error}");
    assert!(Command::new("mkfifo").arg(base.path().join("pipe")).status().unwrap().success());
    let error = open_administrator_file(&base.path().join("pipe")).unwrap_err();
    assert!(matches!(error, FileError::NotAFile { .. }), "a pipe is not waited for: {error}");
}

#[test]
fn a_file_that_cannot_be_read_is_an_error_and_not_none() {
    if !is_root() {
        return;
    }
    let base = root_folder();
    let (folder, file) = (base.path().join("closed"), base.path().join("policy.toml"));
    fs::create_dir(&folder).unwrap();
    let missing = folder.join("policy.toml");
    let user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    assert_eq!(opened_by(&user, &file), Some(0));
    assert_eq!(opened_by(&user, &missing), Some(2));
    chmod(&file, 0o600);
    chmod(&folder, 0o700);
    assert_eq!(opened_by(&user, &file), Some(1));
    assert_eq!(opened_by(&user, &missing), Some(1));
}

/// There, the number that stands for everybody unknown may well be somebody who is no root.
#[test]
fn where_root_has_no_number_nothing_is_the_administrators() {
    let base = root_folder();
    let file = base.path().join("policy.toml");
    if !is_root() || !Command::new("unshare").args(["-U", "true"]).status().unwrap().success() {
        return;
    }
    assert_eq!(opened_by(&[], &file), Some(0), "the twin");
    assert_eq!(opened_by(&["unshare", "-U"], &file), Some(1));
}
