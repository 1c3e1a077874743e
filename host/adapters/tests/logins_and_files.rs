//! The record of logins, and files that a grant names.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests arrange files that nothing else would, and fail by panicking"
)]

use std::error::Error;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::time::Duration;

use lockgate_adapters::{LocalFiles, Logins, LoginsError};
use lockgate_core::{Ecosystem, Files, Registry};

fn record(logins: &Logins, name: &str, url: &str) -> Result<(), LoginsError> {
    logins.record_after(name, url, || Ok(()))
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

#[test]
fn remembers_and_forgets_logins() {
    let base = tempfile::tempdir().unwrap();
    let state = base.path().join("state");
    let logins = Logins::open(state.clone());
    assert!(logins.recorded().unwrap().is_empty());
    logins.forget_all(&["corp".to_owned()]).unwrap();
    assert!(!state.exists(), "asking makes nothing");
    record(&logins, "corp", "sparse+https://a.example/").unwrap();
    record(&logins, "o.dd \"name\"", "https://b.example/i").unwrap();
    record(&logins, "corp", "sparse+https://c.example/").unwrap();
    let recorded = Logins::open(state.clone()).recorded().unwrap();
    assert_eq!(recorded.get("corp").unwrap(), "sparse+https://c.example/");
    assert_eq!(recorded.get("o.dd \"name\"").unwrap(), "https://b.example/i");
    assert_eq!(mode(&state), 0o700);
    assert_eq!(mode(&state.join("cargo-registries.toml")), 0o600);
    logins.forget_all(&["corp".to_owned()]).unwrap();
    assert_eq!(logins.recorded().unwrap().len(), 1);
}

#[test]
fn a_change_is_noted_for_its_registry_alone() {
    let base = tempfile::tempdir().unwrap();
    let logins = Logins::open(base.path().join("state"));
    let registry = |ecosystem, url: &str| Registry::new(ecosystem, url).unwrap();
    let long = format!("https://a.example/{}", "x".repeat(2000));
    let all = [
        registry(Ecosystem::Cargo, "https://a.example/"),
        registry(Ecosystem::Cargo, "https://a.example"),
        registry(Ecosystem::Oci, "https://a.example/"),
        registry(Ecosystem::Oci, &long),
    ];
    let file = |registry: &Registry| {
        fs::metadata(logins.last_change(registry)).ok().map(|found| found.ino())
    };
    let mut before: Vec<_> = all.iter().map(file).collect();
    assert_eq!(before, [None; 4]);
    for at in [0, 1, 2, 3, 0, 2] {
        logins.note_change(&all[at]).unwrap();
        let after: Vec<_> = all.iter().map(file).collect();
        for other in 0..all.len() {
            assert_eq!(after[other] == before[other], other != at, "{at} {other}");
        }
        before = after;
    }
}

#[test]
fn logins_at_the_same_time_are_all_remembered() {
    let base = tempfile::tempdir().unwrap();
    let state = base.path().join("state");
    std::thread::scope(|scope| {
        for number in 0..16 {
            let logins = Logins::open(state.clone());
            scope.spawn(move || record(&logins, &format!("r{number}"), "https://x/").unwrap());
        }
    });
    assert_eq!(Logins::open(state).recorded().unwrap().len(), 16);
}

const A: &str = "https://a.example/";
const B: &str = "https://b.example/";

fn log_in_to(url: &str, logins: &Logins, token: &Path) {
    let save = || {
        fs::write(token, url).unwrap();
        Ok::<_, LoginsError>(())
    };
    logins.record_after("corp", url, save).unwrap();
}

#[test]
fn the_token_that_stays_is_that_of_the_recorded_index() {
    let base = tempfile::tempdir().unwrap();
    let (logins, token) = (Logins::open(base.path().join("state")), base.path().join("token"));
    let recorded_and_kept = || {
        let recorded = logins.recorded().unwrap().remove("corp").unwrap();
        (recorded, fs::read_to_string(&token).unwrap())
    };
    std::thread::scope(|scope| {
        let save = || {
            fs::write(&token, A).unwrap();
            let other = scope.spawn(|| log_in_to(B, &logins, &token));
            std::thread::sleep(Duration::from_millis(200));
            assert!(!other.is_finished(), "another login came between");
            Ok::<_, LoginsError>(())
        };
        logins.record_after("corp", A, save).unwrap();
    });
    assert_eq!(recorded_and_kept(), (B.to_owned(), B.to_owned()));

    // The twin: saved and recorded one after the other, another login comes between, and its token
    // would go to the wrong index.
    fs::write(&token, A).unwrap();
    log_in_to(B, &logins, &token);
    record(&logins, "corp", A).unwrap();
    assert_eq!(recorded_and_kept(), (A.to_owned(), B.to_owned()));
}

#[test]
fn a_token_whose_login_was_not_recorded_belongs_to_no_index() {
    let base = tempfile::tempdir().unwrap();
    let logins = Logins::open(base.path().to_owned());
    record(&logins, "corp", "https://old/").unwrap();
    record(&logins, "other", "https://x/").unwrap();
    let failed = logins.record_after("corp", "https://new/", || {
        let during = logins.recorded().unwrap();
        assert!(!during.contains_key("corp") && during.len() == 1, "{during:?}");
        Err::<(), Box<dyn Error>>("no space".into())
    });
    assert_eq!(failed.unwrap_err().to_string(), "no space");
    assert_eq!(logins.recorded().unwrap().keys().collect::<Vec<_>>(), ["other"]);
    // The same index again is nothing to forget.
    let failed = logins.record_after("other", "https://x/", || {
        assert_eq!(logins.recorded().unwrap().get("other").unwrap(), "https://x/");
        Err::<(), Box<dyn Error>>("no space".into())
    });
    assert!(failed.is_err() && logins.recorded().unwrap().contains_key("other"));
}

#[test]
fn forgets_many_names_at_once() {
    let base = tempfile::tempdir().unwrap();
    let logins = Logins::open(base.path().to_owned());
    for name in ["a", "b", "c"] {
        record(&logins, name, "https://x/").unwrap();
    }
    logins.forget_all(&["a".to_owned(), "unknown".to_owned(), "c".to_owned()]).unwrap();
    assert_eq!(logins.recorded().unwrap().keys().collect::<Vec<_>>(), ["b"]);
    logins.forget_all(&[]).unwrap();
    assert_eq!(logins.recorded().unwrap().len(), 1);
}

#[test]
fn a_record_that_is_not_understood_is_never_an_empty_one() {
    let base = tempfile::tempdir().unwrap();
    let state = base.path().join("state");
    let logins = Logins::open(state.clone());
    record(&logins, "corp", "https://x/").unwrap();
    let path = state.join("cargo-registries.toml");
    let good = fs::read_to_string(&path).unwrap();
    // Only the line end at the end may go; the cut after it leaves a whole record.
    for keep in 0..good.len() - 1 {
        let cut = good.get(..keep).unwrap();
        fs::write(&path, cut).unwrap();
        match logins.recorded() {
            Err(error) => assert!(error.to_string().contains("cargo-registries.toml"), "{error}"),
            // The cut fell right behind the table's header, which is a whole record of nothing.
            Ok(found) => assert!(found.is_empty() && cut.contains("[registries]"), "{cut}"),
        }
    }
    fs::write(&path, "version = 2\n[registries]\n").unwrap();
    let error = record(&logins, "corp", "https://y/").unwrap_err().to_string();
    assert!(error.contains("newer lockgate"), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "version = 2\n[registries]\n");
    fs::write(&path, "version = 1\n[registries]\ncorp = 1\n").unwrap();
    let error = logins.recorded().unwrap_err().to_string();
    assert!(error.contains("cargo-registries.toml:3: "), "{error}");
}

#[test]
fn reads_a_file_that_may_be_trusted() {
    let base = tempfile::tempdir().unwrap();
    let path = base.path().join("token");
    assert!(LocalFiles.read(&path, 10).unwrap().is_none());
    fs::write(&path, "0123456789").unwrap();
    assert_eq!(LocalFiles.read(&path, 10).unwrap().unwrap().expose(), b"0123456789");
    let error = LocalFiles.read(&path, 9).unwrap_err().to_string();
    assert!(error.contains("larger than 9 bytes"), "{error}");
    symlink("token", base.path().join("link")).unwrap();
    assert!(LocalFiles.read(&base.path().join("link"), 10).unwrap().is_some());
    fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
    let error = LocalFiles.read(&path, 10).unwrap_err().to_string();
    assert!(error.contains("can be written by other users"), "{error}");
    for not_a_file in [base.path(), Path::new("/dev/zero")] {
        assert!(LocalFiles.read(not_a_file, 10).is_err(), "{}", not_a_file.display());
    }
    assert!(LocalFiles.read(Path::new("token"), 10).is_err(), "a relative path");
}
