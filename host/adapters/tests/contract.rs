//! Every store of this system keeps what every store promises.

#![allow(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests arrange files that nothing else would, and fail by panicking"
)]

mod child;
#[path = "child/stores.rs"]
mod stores;

use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use child::child_program;
use lockgate_adapters::{FileStore, Listed};
use lockgate_contract::{check, loses_nothing_to_other_processes};
use lockgate_core::{Ecosystem, Registry, Secret, SecretStore};
use stores::{
    DOCKER_CONFIG, ENCRYPTED_OF_CARGO, ENCRYPTED_OF_DOCKER, FILE_OF_CARGO, FILE_OF_DOCKER,
    KEYRING_OF_CARGO, KEYRING_OF_DOCKER,
};

fn registry(url: &str) -> Registry {
    Registry::new(Ecosystem::Cargo, url).unwrap()
}

fn file(state: &Path, url: &str) -> FileStore {
    FileStore::new(state, &registry(url))
}

const URL: &str = "sparse+https://registry.example/index/";

/// What one user sees of a store, and what many processes do.
fn keeps_the_contract(kind: &str) {
    let folder = tempfile::tempdir().unwrap();
    let (path, promise) = (folder.path(), stores::promise(kind));
    write_key(path);
    let open = |url: &str| stores::open(kind, path, url);
    check(&open, &promise);
    loses_nothing_to_other_processes(&open, &promise, &|writer| {
        let mut command = Command::new(child_program());
        command.args(["write-among-others", kind]).arg(path).arg(writer.to_string());
        command
    });
}

#[test]
fn files_keep_the_contract() {
    keeps_the_contract(FILE_OF_CARGO);
}

#[test]
fn files_keep_the_contract_for_docker() {
    keeps_the_contract(FILE_OF_DOCKER);
}

#[test]
fn encrypted_files_keep_the_contract() {
    keeps_the_contract(ENCRYPTED_OF_CARGO);
}

#[test]
fn encrypted_files_keep_the_contract_for_docker() {
    keeps_the_contract(ENCRYPTED_OF_DOCKER);
}

/// A key of `age-keygen`, which opens nothing of anybody's.
fn write_key(folder: &Path) {
    let key = "AGE-SECRET-KEY-1ZLW2DRR7KRG3YQFLK2D6WQND3CHWAU93KUK7EV449GS3CJ3JNRWSQS0MGT\n";
    let path = folder.join(stores::KEY);
    std::fs::write(&path, key).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

#[test]
fn dockers_own_file_keeps_the_contract() {
    keeps_the_contract(DOCKER_CONFIG);
}

/// Other users than root have less room than what is tried here. One after the other, since a key is
/// all processes'.
#[test]
fn the_kernels_keyring_keeps_the_contract_for_both() {
    if !has_keyring() || !rustix::process::getuid().is_root() {
        eprintln!("the contract of stores is tested where root has a keyring");
        return;
    }
    keeps_the_contract(KEYRING_OF_CARGO);
    keeps_the_contract(KEYRING_OF_DOCKER);
}

fn has_keyring() -> bool {
    let Err(error) = lockgate_adapters::KernelKeyring::check() else { return true };
    let known =
        std::env::var_os("LOCKGATE_TESTS_WITHOUT_KEYRING").is_some_and(|value| value == "1");
    assert!(known, "this test needs the kernel's keyring: {error}");
    false
}

#[test]
fn the_longest_url_and_the_longest_secret_fit_into_one_file() {
    let state = tempfile::tempdir().unwrap();
    let long = format!("https://registry.example/{}", "\"".repeat(4096 - 25));
    let store = FileStore::new(state.path(), &Registry::new(Ecosystem::Oci, long).unwrap());
    let account = Secret::new(vec![b'a'; 4096]);
    store.save(Some(&account), &Secret::new(vec![0; 1 << 20])).unwrap();
    assert_eq!(store.load().unwrap().unwrap().secret.len(), 1 << 20);
}

#[test]
fn files_are_listed_by_server_and_account_for_one_ecosystem() {
    let state = tempfile::tempdir().unwrap();
    assert_eq!(FileStore::list(state.path(), Ecosystem::Oci).unwrap(), []);
    file(state.path(), URL).save(None, &Secret::from("cargo's")).unwrap();
    for (server, account) in [("ghcr.io", "bob"), ("a.example:5000", "alice")] {
        let store = FileStore::new(state.path(), &Registry::new(Ecosystem::Oci, server).unwrap());
        store.save(Some(&Secret::from(account)), &Secret::from("hunter2")).unwrap();
    }
    let listed = FileStore::list(state.path(), Ecosystem::Oci).unwrap();
    let one = |server: &str, identity: Option<&str>| Listed {
        server: server.to_owned(),
        identity: identity.map(str::to_owned),
    };
    assert_eq!(listed, [one("a.example:5000", Some("alice")), one("ghcr.io", Some("bob"))]);
    assert_eq!(FileStore::list(state.path(), Ecosystem::Cargo).unwrap(), [one(URL, None)]);
    std::fs::write(state.path().join("credentials/damaged.json"), "{\"version\":1").unwrap();
    let error = FileStore::list(state.path(), Ecosystem::Oci).unwrap_err().to_string();
    assert!(error.contains("damaged.json"), "{error}");
}

#[test]
fn files_are_for_their_owner_alone() {
    let state = tempfile::tempdir().unwrap();
    let store = file(state.path(), URL);
    store.save(None, &Secret::from("token-in-a-file")).unwrap();
    let folder = store.folder();
    assert_eq!(folder.metadata().unwrap().mode() & 0o7777, 0o700);
    for entry in folder.read_dir().unwrap().map(Result::unwrap) {
        assert_eq!(entry.metadata().unwrap().mode() & 0o7777, 0o600, "{entry:?}");
    }
}

/// Two ecosystems may name a registry by the same URL.
#[test]
fn the_secret_of_another_ecosystem_is_not_found() {
    let state = tempfile::tempdir().unwrap();
    let url = "https://registry.example/";
    file(state.path(), url).save(None, &Secret::from("cargo's")).unwrap();
    let docker = FileStore::new(state.path(), &Registry::new(Ecosystem::Oci, url).unwrap());
    assert!(docker.load().unwrap().is_none());
}

#[test]
fn the_file_of_another_registry_under_this_ones_name_is_an_error() {
    let state = tempfile::tempdir().unwrap();
    let (one, other) =
        (file(state.path(), URL), file(state.path(), "sparse+https://evil.example/"));
    one.save(None, &Secret::from("one's")).unwrap();
    let first = only_file(&one);
    other.save(None, &Secret::from("the other's")).unwrap();
    let second = json_files(&other).into_iter().find(|path| *path != first).unwrap();
    std::fs::copy(&first, &second).unwrap();
    let error = other.load().unwrap_err().to_string();
    assert!(error.contains("kept for another registry"), "{error}");
    assert_eq!(one.load().unwrap().unwrap().secret.expose(), b"one's");
}

#[test]
fn what_is_damaged_is_told_without_its_content_and_can_be_replaced() {
    let state = tempfile::tempdir().unwrap();
    let store = file(state.path(), URL);
    store.save(None, &Secret::from("x")).unwrap();
    let path = only_file(&store);
    for content in ["{\"version\":1,\"secret\":\"c2VjcmV0LXRva2Vu", "[]", "", "{\"version\":0}"] {
        std::fs::write(&path, content).unwrap();
        let error = store.load().unwrap_err().to_string();
        assert!(error.contains(path.to_str().unwrap()), "{error}");
        assert!(!error.contains("c2Vj"), "{error}");
    }
    store.save(None, &Secret::from("again")).unwrap();
    assert_eq!(store.load().unwrap().unwrap().secret.expose(), b"again");
    std::fs::write(&path, "{\"version\":2}").unwrap();
    let error = store.save(None, &Secret::from("older")).unwrap_err().to_string();
    assert!(error.contains("newer lockgate"), "{error}");
}

#[test]
fn a_link_in_the_place_of_an_entry_is_not_followed() {
    let state = tempfile::tempdir().unwrap();
    let store = file(state.path(), URL);
    store.save(None, &Secret::from("x")).unwrap();
    let path = only_file(&store);
    let elsewhere = state.path().join("elsewhere");
    std::fs::rename(&path, &elsewhere).unwrap();
    // The twin: the very file, in its place, is read.
    std::fs::copy(&elsewhere, &path).unwrap();
    assert!(store.load().unwrap().is_some());
    std::fs::remove_file(&path).unwrap();
    symlink(&elsewhere, &path).unwrap();
    assert!(store.load().is_err());
}

fn json_files(store: &FileStore) -> Vec<std::path::PathBuf> {
    let entries = store.folder().read_dir().unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.extension().is_some_and(|ending| ending == "json")).collect()
}

fn only_file(store: &FileStore) -> std::path::PathBuf {
    let files = json_files(store);
    assert_eq!(files.len(), 1, "{files:?}");
    files[0].clone()
}
