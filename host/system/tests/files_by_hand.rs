//! Lockgate's own files that are written by hand: whoever could have written them decides what is
//! asked, so that nobody but the user and root may.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests arrange files that nothing else would, and fail by panicking"
)]

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};

use lockgate_system::{FileError, open_client_file, open_own_file, read_capped};

const NOBODY: u32 = 65534;
/// A group of many, as `users` often is.
const SHARED: u32 = 100;

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

/// `BASE/config/lockgate/config.toml`.
fn written() -> (tempfile::TempDir, PathBuf) {
    let base = tempfile::tempdir().unwrap();
    let folder = base.path().join("config/lockgate");
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("config.toml");
    fs::write(&file, "mine").unwrap();
    for (path, mode) in [(&base.path().join("config"), 0o755), (&folder, 0o755), (&file, 0o644)] {
        chmod(path, mode);
    }
    (base, file)
}

fn read(path: &Path) -> Result<Option<String>, FileError> {
    let Some(found) = open_own_file(path)? else { return Ok(None) };
    let Some(file) = found.open()? else { return Ok(None) };
    let bytes = read_capped(&file, path, 100)?;
    Ok(Some(String::from_utf8(bytes.to_vec()).unwrap()))
}

#[test]
fn what_a_group_or_everybody_can_write_is_refused_and_so_is_each_folder_above() {
    let (base, file) = written();
    let folder = file.parent().unwrap();
    assert_eq!(read(&file).unwrap().as_deref(), Some("mine"), "the twin");
    for (path, good, bad) in [
        (&*file, 0o644, [0o664, 0o646, 0o666]),
        (folder, 0o755, [0o775, 0o757, 0o777]),
        (&base.path().join("config"), 0o755, [0o775, 0o757, 0o777]),
    ] {
        let group = if is_root() { Some(SHARED) } else { None };
        chown(path, None, group).unwrap();
        for mode in bad {
            // A user who runs the tests may be alone in the group.
            if !is_root() && mode & 0o002 == 0 {
                continue;
            }
            chmod(path, mode);
            let error = read(&file).unwrap_err();
            let is_it =
                matches!(&error, FileError::WritableByOthers { path: at, .. } if at == path);
            assert!(is_it, "{mode:o} {}: {error}", path.display());
            assert!(error.to_string().contains("chmod go-w"), "{error}");
        }
        chmod(path, good);
        assert_eq!(read(&file).unwrap().as_deref(), Some("mine"), "{}", path.display());
    }
}

#[test]
fn what_belongs_to_somebody_else_is_refused() {
    if !is_root() {
        return;
    }
    let (base, file) = written();
    for path in [&*file, file.parent().unwrap(), &base.path().join("config")] {
        chown(path, Some(NOBODY), None).unwrap();
        let error = read(&file).unwrap_err();
        assert!(matches!(error, FileError::Owner { owner: NOBODY, .. }), "{error}");
        chown(path, Some(0), None).unwrap();
        assert!(read(&file).is_ok(), "the twin");
    }
}

/// Dotfile managers link the file or its folder.
#[test]
fn links_of_the_users_own_are_followed_and_all_on_the_way_is_checked() {
    let (base, file) = written();
    let linked = base.path().join("home");
    fs::create_dir(&linked).unwrap();
    symlink("../config/lockgate", linked.join("lockgate")).unwrap();
    fs::rename(&file, base.path().join("config/dotfile")).unwrap();
    symlink("../dotfile", &file).unwrap();
    let through = linked.join("lockgate/config.toml");
    assert_eq!(read(&through).unwrap().as_deref(), Some("mine"));

    // Neither link tells of the folder in which the file really is.
    let behind = base.path().join("config");
    chmod(&behind, 0o777);
    assert!(matches!(read(&through), Err(FileError::WritableByOthers { .. })));
    let as_clients_do = open_client_file(&through).unwrap().unwrap();
    assert!(as_clients_do.open().unwrap().is_some(), "the twin, without the check");
    chmod(&behind, 0o755);

    if is_root() {
        std::os::unix::fs::lchown(&file, Some(NOBODY), None).unwrap();
        assert!(matches!(read(&through), Err(FileError::Owner { .. })));
    }
    fs::remove_file(&file).unwrap();
    symlink("config.toml", &file).unwrap();
    assert!(matches!(read(&through), Err(FileError::TooManyLinks { .. })));
}

#[test]
fn what_is_missing_is_none_and_what_is_no_file_is_an_error() {
    let (base, file) = written();
    fs::remove_file(&file).unwrap();
    assert_eq!(read(&file).unwrap(), None);
    assert_eq!(read(&base.path().join("no/such/folder")).unwrap(), None);
    fs::create_dir(&file).unwrap();
    assert!(matches!(read(&file), Err(FileError::NotAFile { .. })));
    assert!(matches!(read(Path::new("config.toml")), Err(FileError::NotAbsolute { .. })));
}
