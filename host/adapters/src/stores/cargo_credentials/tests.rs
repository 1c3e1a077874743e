//! What a crash at any moment leaves, and what the next start makes of it.

#![allow(clippy::disallowed_methods, reason = "the tests make files that nothing else would")]

use std::fs;
use std::path::Path;

use lockgate_core::SecretStore;
use lockgate_system::open_client_file;
use tempfile::TempDir;

use super::recovery::Copy;
use super::{CargoCredentials, CredentialTable};

const SHORT: &str = "[registries.x]\ntoken = \"old\"\n";
const LONG: &str =
    "# kept\n[registries.x]\ntoken = \"a-longer-one\"\n[registries.y]\ntoken = \"y\"\n";

fn store(home: &Path) -> CargoCredentials {
    CargoCredentials::new(home.to_owned(), vec![CredentialTable::Named("x".to_owned())], None)
}

fn token(home: &Path) -> Result<Option<String>, String> {
    let loaded = store(home).load().map_err(|error| error.to_string())?;
    Ok(loaded.map(|found| found.secret.expose_text().unwrap().to_owned()))
}

fn padded(old: &str, new: &str) -> Vec<u8> {
    let mut bytes = new.as_bytes().to_vec();
    bytes.resize(old.len().max(new.len()), b'\n');
    bytes
}

/// The file after `written` bytes of the one write.
fn torn(old: &str, new: &str, written: usize) -> Vec<u8> {
    let mut bytes = padded(old, new).get(..written).unwrap().to_vec();
    bytes.extend(old.as_bytes().iter().skip(written));
    bytes
}

fn crashed(old: &str, new: &str, content: &[u8]) -> TempDir {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("credentials.toml");
    fs::write(&path, content).unwrap();
    let at = open_client_file(&path).unwrap().unwrap();
    Copy::new(old.as_bytes(), new.as_bytes()).write(&at).unwrap();
    home
}

fn names(home: &Path) -> Vec<String> {
    let entries = fs::read_dir(home).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn after_a_crash_at_any_byte_the_file_is_old_or_new() {
    for (old, new) in [(SHORT, LONG), (LONG, SHORT), (SHORT, SHORT), ("", LONG), (LONG, "")] {
        for written in 0..=old.len().max(new.len()) {
            let home = crashed(old, new, &torn(old, new, written));
            token(home.path()).unwrap();
            let content = fs::read_to_string(home.path().join("credentials.toml")).unwrap();
            assert!(content == old || content == new, "{written} of {new:?} over {old:?}");
            assert_eq!(names(home.path()), ["credentials.toml"]);
        }
    }
}

#[test]
fn without_the_copy_a_crash_leaves_half_a_file() {
    let halves = (0..=LONG.len()).filter(|written| {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("credentials.toml"), torn(SHORT, LONG, *written)).unwrap();
        !matches!(token(home.path()), Ok(Some(found)) if found == "old" || found == "a-longer-one")
    });
    assert!(halves.count() > 0);
}

#[test]
fn blocks_that_a_loss_of_power_left_unwritten_are_recovered() {
    let mut content = torn(SHORT, LONG, LONG.len());
    content.get_mut(20..40).unwrap().fill(0);
    let home = crashed(SHORT, LONG, &content);
    assert_eq!(token(home.path()).unwrap().as_deref(), Some("old"));
}

#[test]
fn a_change_that_somebody_made_after_the_crash_stays() {
    let theirs = "[registries.x]\ntoken = \"theirs\"\n";
    let home = crashed(SHORT, LONG, theirs.as_bytes());
    assert_eq!(token(home.path()).unwrap().as_deref(), Some("theirs"));
    assert_eq!(names(home.path()), ["credentials.toml"]);
}

#[test]
fn what_is_neither_a_crash_nor_valid_is_left_with_its_copy() {
    let broken = "[registries.x\ntoken = \"SECRET\"\n";
    let home = crashed(SHORT, LONG, broken.as_bytes());
    let error = token(home.path()).unwrap_err();
    assert!(error.contains("credentials.toml.lockgate-recovery"), "{error}");
    assert!(!error.contains("SECRET"), "{error}");
    assert_eq!(fs::read_to_string(home.path().join("credentials.toml")).unwrap(), broken);
    assert_eq!(names(home.path()).len(), 2);
}

#[test]
fn a_copy_that_was_cut_is_never_written_back() {
    for keep in 0..60 {
        let home = crashed(SHORT, LONG, SHORT.as_bytes());
        let path = home.path().join("credentials.toml.lockgate-recovery");
        let bytes = fs::read(&path).unwrap();
        fs::write(&path, bytes.get(..keep).unwrap()).unwrap();
        let error = token(home.path()).unwrap_err();
        assert!(error.contains("is damaged"), "{error}");
        assert_eq!(fs::read_to_string(home.path().join("credentials.toml")).unwrap(), SHORT);
    }
}

#[test]
fn each_change_recovers_before_it_edits() {
    let home = crashed(SHORT, LONG, &torn(SHORT, LONG, 25));
    let y = CargoCredentials::new(
        home.path().to_owned(),
        vec![CredentialTable::Named("z".to_owned())],
        None,
    );
    y.save(None, &"new".into()).unwrap();
    assert_eq!(token(home.path()).unwrap().as_deref(), Some("old"));
}
