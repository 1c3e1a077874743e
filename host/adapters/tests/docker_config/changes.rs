//! Which file is changed, and how.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::Path;

use lockgate_adapters::docker_config::change;
use lockgate_core::SecretStore;

use crate::{Docker, SERVER, WRITTEN, is, loaded, login, store};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn the_files_mode_and_group_stay() {
    for bits in [0o600, 0o640, 0o644] {
        let docker = Docker::with(WRITTEN);
        set_mode(&docker.file(), bits);
        let is_root = rustix::process::getuid().is_root();
        if is_root {
            chown(docker.file(), None, Some(4321)).unwrap();
        }
        login(&docker.store(SERVER), "alice", "x").unwrap();
        assert_eq!(mode(&docker.file()), bits);
        assert!(!is_root || fs::metadata(docker.file()).unwrap().gid() == 4321);
    }
}

#[test]
fn a_link_stays_one_and_what_it_leads_to_is_changed() {
    let docker = Docker::with(WRITTEN);
    let dotfiles = docker.folder().join("dotfiles");
    fs::create_dir(&dotfiles).unwrap();
    fs::rename(docker.file(), dotfiles.join("docker.json")).unwrap();
    symlink("docker.json", dotfiles.join("second")).unwrap();
    for target in ["dotfiles/docker.json", "dotfiles/second"] {
        let _ = fs::remove_file(docker.file());
        symlink(target, docker.file()).unwrap();
        login(&docker.store(SERVER), "alice", target).unwrap();
        assert_eq!(fs::read_link(docker.file()).unwrap(), Path::new(target));
        assert_eq!(
            loaded(&store(&dotfiles.join("docker.json"), SERVER)),
            is(&format!("alice:{target}"))
        );
    }
    // One that leads to nothing yet.
    fs::remove_file(docker.file()).unwrap();
    symlink(dotfiles.join("later.json"), docker.file()).unwrap();
    assert_eq!(loaded(&docker.store(SERVER)), Ok(None));
    login(&docker.store(SERVER), "alice", "made").unwrap();
    assert!(docker.file().is_symlink());
    assert_eq!(loaded(&store(&dotfiles.join("later.json"), SERVER)), is("alice:made"));
}

#[test]
fn after_a_failed_parse_nothing_is_written_at_all() {
    for text in ["{", "{\"auths\":{\"ghcr.io\":5}}", "[]", "{\"auths\":{}} {}"] {
        let docker = Docker::with(text);
        let inode = fs::metadata(docker.file()).unwrap().ino();
        assert!(login(&docker.store(SERVER), "alice", "x").is_err(), "{text}");
        assert!(docker.store(SERVER).remove().is_err(), "{text}");
        assert_eq!(docker.text(), text);
        assert_eq!(fs::metadata(docker.file()).unwrap().ino(), inode);
        assert_eq!(docker.beside(), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn what_changes_nothing_touches_nothing() {
    let docker = Docker::with(WRITTEN);
    login(&docker.store(SERVER), "alice", "x").unwrap();
    let before = fs::metadata(docker.file()).unwrap();
    for name in docker.beside() {
        fs::remove_file(docker.folder().join(name)).unwrap();
    }
    login(&docker.store(SERVER), "alice", "x").unwrap();
    assert!(!docker.store("missing.example").remove().unwrap());
    let after = fs::metadata(docker.file()).unwrap();
    assert_eq!((before.ino(), before.mtime_nsec()), (after.ino(), after.mtime_nsec()));
    assert_eq!(docker.beside(), Vec::<String>::new());
    // The twin: what changes something does touch it.
    login(&docker.store(SERVER), "alice", "y").unwrap();
    assert_ne!(fs::metadata(docker.file()).unwrap().ino(), before.ino());
    let missing = Docker::new();
    let nowhere = missing.folder().join("none/config.json");
    assert!(!store(&nowhere, SERVER).remove().unwrap());
    assert!(!nowhere.parent().unwrap().exists());
}

#[test]
fn a_file_with_a_second_name_is_not_replaced_which_would_part_them() {
    let docker = Docker::with(WRITTEN);
    fs::hard_link(docker.file(), docker.folder().join("second")).unwrap();
    let told = login(&docker.store(SERVER), "alice", "x").unwrap_err();
    assert!(told.contains("has other hard links"), "{told}");
    assert_eq!(docker.text(), WRITTEN);
    fs::remove_file(docker.folder().join("second")).unwrap();
    login(&docker.store(SERVER), "alice", "x").unwrap();
}

#[test]
fn a_folder_in_its_place_is_told() {
    let docker = Docker::new();
    fs::create_dir(docker.file()).unwrap();
    let told = login(&docker.store(SERVER), "alice", "x").unwrap_err();
    assert!(told.contains("is not a regular file"), "{told}");
}

/// docker takes no lock: it may write between our reading and our replacing.
#[test]
fn what_another_program_writes_meanwhile_is_read_again_and_kept() {
    let docker = Docker::with(WRITTEN);
    let file = docker.file();
    let calls = std::cell::Cell::new(0);
    let changed = change(&file, |text| {
        calls.set(calls.get() + 1);
        // The first call is without the lock.
        if calls.get() == 2 {
            replace(&docker, &text.replace("\"x\"", "\"of docker\""));
        }
        Ok(Some(text.replace("[ 1 ]", "[ 2 ]").into()))
    });
    assert!(changed.unwrap());
    assert_eq!(calls.get(), 3);
    let text = docker.text();
    assert!(text.contains("\"of docker\"") && text.contains("[ 2 ]"), "{text}");
    assert_eq!(docker.beside(), [".config.json.lockgate-lock"]);
}

#[test]
fn a_program_that_writes_all_the_time_is_told_and_nothing_of_its_work_is_lost() {
    let docker = Docker::with("{}");
    let calls = std::cell::Cell::new(0);
    let told = change(&docker.file(), |_| {
        calls.set(calls.get() + 1);
        replace(&docker, &format!("{{\"n\":{}}}", calls.get()));
        Ok(Some("{\"ours\":1}".to_owned().into()))
    });
    let told = told.unwrap_err().to_string();
    assert!(told.contains("changed by another program"), "{told}");
    assert_eq!(docker.text(), format!("{{\"n\":{}}}", calls.get()));
    assert_eq!(docker.beside(), [".config.json.lockgate-lock"]);
}

/// As docker writes it.
fn replace(docker: &Docker, text: &str) {
    let temporary = docker.folder().join("config.json1234");
    fs::write(&temporary, text).unwrap();
    fs::rename(temporary, docker.file()).unwrap();
}
