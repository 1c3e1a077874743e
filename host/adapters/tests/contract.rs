//! Every store of this system keeps what every store promises.

#![allow(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "tests arrange files that nothing else would, and fail by panicking"
)]

use lockgate_adapters::FileStore;
use lockgate_contract::{Promise, check, loses_nothing_to_others};
use lockgate_core::{Ecosystem, Registry, Secret, SecretStore};
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::Path;

fn registry(url: &str) -> Registry {
    Registry::new(Ecosystem::Cargo, url).unwrap()
}

fn file(state: &Path, url: &str) -> FileStore {
    FileStore::new(state, &registry(url))
}

const URL: &str = "sparse+https://registry.example/index/";

#[test]
fn files_keep_the_contract() {
    let state = tempfile::tempdir().unwrap();
    let promise = Promise { limit: Some(1 << 20), accounts: true, bytes: true, case: true };
    let open = |url: &str| -> Box<dyn SecretStore> { Box::new(file(state.path(), url)) };
    check(&open, &promise);
    loses_nothing_to_others(&open);
    // The longest URL and the longest secret fit into one file.
    let long = format!("https://registry.example/{}", "\"".repeat(4096 - 25));
    let store = FileStore::new(state.path(), &Registry::new(Ecosystem::Oci, long).unwrap());
    let account = Secret::new(vec![b'a'; 4096]);
    store.save(Some(&account), &Secret::new(vec![0; 1 << 20])).unwrap();
    assert_eq!(store.load().unwrap().unwrap().secret.len(), 1 << 20);
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
