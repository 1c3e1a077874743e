//! Whatever happens to a file, nothing is run that was not installed, and nothing is granted that
//! was not granted.

use std::fs;

use super::{GRANT, Shop, compile, component, examined, examined_here, never, options};
use crate::{Provider, StaleReason, StoreError};

/// What a request would get.
fn outcome(shop: &Shop) -> Result<Provider, StoreError> {
    shop.store.load(&shop.store.get("corp")?)
}

/// Damages a file in many ways and looks at what comes of it.
fn damaged(end: &str, check: impl Fn(Result<Provider, StoreError>, &str)) {
    let shop = Shop::new();
    shop.install("corp", &component("1.0"));
    let file = shop.file("corp", end);
    let whole = fs::read(&file).unwrap();
    for length in 0..whole.len() {
        fs::write(&file, &whole[..length]).unwrap();
        check(outcome(&shop), &format!("cut at {length}"));
    }
    fs::write(&file, vec![0; whole.len()]).unwrap();
    check(outcome(&shop), "NUL");
    fs::write(&file, [&whole[..], b"x"].concat()).unwrap();
    check(outcome(&shop), "longer");
    fs::write(&file, &whole).unwrap();
    outcome(&shop).unwrap();
}

#[test]
fn a_record_that_was_cut_is_an_error_with_a_remedy() {
    damaged("record.json", |outcome, how| {
        let error = outcome.err().unwrap_or_else(|| panic!("{how}"));
        let shown = error.to_string();
        assert!(shown.contains("record.json") && shown.contains("install"), "{how}: {shown}");
    });
}

#[test]
fn a_grant_that_was_cut_is_no_smaller_grant_but_none() {
    damaged(".grant.toml", |outcome, how| {
        let error = outcome.err().unwrap_or_else(|| panic!("{how}"));
        assert!(matches!(error, StoreError::Damaged { .. }), "{how}: {error}");
        let shown = error.to_string();
        assert!(shown.contains(".grant.toml") && shown.contains("install"), "{how}: {shown}");
    });
}

#[test]
fn code_that_was_cut_is_compiled_again_and_never_loaded() {
    damaged(".code", |outcome, how| {
        let error = outcome.err().unwrap_or_else(|| panic!("{how}"));
        let hash = matches!(error, StoreError::Stale { reason: StaleReason::Hash, .. });
        assert!(hash, "{how}: {error}");
    });
}

#[test]
fn every_flipped_bit_of_code_and_grant_is_found() {
    for end in [".code", ".grant.toml"] {
        let shop = Shop::new();
        shop.install("corp", &component("1.0"));
        let file = shop.file("corp", end);
        let whole = fs::read(&file).unwrap();
        for bit in 0..whole.len() * 8 {
            let mut flipped = whole.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            fs::write(&file, &flipped).unwrap();
            assert!(outcome(&shop).is_err(), "bit {bit} of {end}");
        }
        fs::write(&file, &whole).unwrap();
        outcome(&shop).unwrap();
    }
}

#[test]
fn a_flipped_bit_of_the_component_is_found_before_it_is_compiled_again() {
    let shop = Shop::new();
    shop.install("corp", &component("1.0"));
    let file = shop.file("corp", ".wasm");
    let whole = fs::read(&file).unwrap();
    for bit in (0..whole.len() * 8).step_by(7) {
        let mut flipped = whole.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        fs::write(&file, &flipped).unwrap();
        let rebuilt = shop.store.rebuild("corp", &compile);
        assert!(matches!(rebuilt, Err(StoreError::Damaged { .. })), "bit {bit}");
        let problems = shop.store.verify("corp", &examined_here).unwrap().problems;
        assert!(matches!(problems[..], [StoreError::Damaged { .. }]), "bit {bit}: {problems:?}");
    }
    fs::write(&file, &whole).unwrap();
    shop.store.rebuild("corp", &compile).unwrap();
}

#[test]
fn a_grant_of_another_component_is_none() {
    let shop = Shop::new();
    shop.install("corp", &component("1.0"));
    shop.install("other", &component("1.1"));
    let grant = fs::read(shop.file("other", ".grant.toml")).unwrap();
    fs::write(shop.file("corp", ".grant.toml"), grant).unwrap();
    assert!(matches!(outcome(&shop), Err(StoreError::Damaged { .. })));
    fs::remove_file(shop.file("corp", ".grant.toml")).unwrap();
    let error = outcome(&shop).err().unwrap().to_string();
    assert!(error.contains("is missing; install the provider again"), "{error}");
}

#[test]
fn a_record_of_a_later_version_is_refused_and_left_alone() {
    let shop = Shop::new();
    shop.install("corp", &component("1.0"));
    let file = shop.file("corp", "record.json");
    let record = fs::read_to_string(&file).unwrap();
    for later in [
        record.replace("\"version\": 1,", "\"version\": 2,"),
        r#"{ "version": 7, "something": "else" }"#.to_owned(),
    ] {
        fs::write(&file, &later).unwrap();
        let error = outcome(&shop).err().unwrap();
        assert!(matches!(error, StoreError::NewerRecord { .. }), "{error}");
        assert!(shop.store.rebuild("corp", &compile).is_err());
        let again = shop.store.install(&examined(&component("1.1")), options("corp"), &compile);
        assert!(matches!(again, Err(StoreError::NewerRecord { .. })), "{again:?}");
        assert_eq!(fs::read_to_string(&file).unwrap(), later);
    }
    for wrong in [
        record.replace("\"version\": 1,", "\"version\": 0,"),
        record.replace("\"name\"", "\"nickname\""),
        record.replace("\"version\": 1,", "\"version\": 1, \"extra\": 1,"),
        record.replace("\"version\": 1,", "\"version\": 1, \"version\": 1,"),
        record.replace("sha256:", "sha512:"),
        record.replace("\"inode\"", "\"node\""),
    ] {
        fs::write(&file, &wrong).unwrap();
        assert!(outcome(&shop).is_err(), "{wrong}");
    }
    // The twin: one that is only damaged is replaced.
    shop.install("corp", &component("1.0"));
    fs::write(&file, record).unwrap();
    outcome(&shop).unwrap();
}

/// The files are as they were, and the record says that a grant of more was given: as if a record and
/// a grant of two moments had met.
#[test]
fn a_grant_of_another_moment_is_none() {
    let shop = Shop::new();
    let seen = shop.install("corp", &component("1.0"));
    let more = fs::read(shop.file("corp", ".grant.toml")).unwrap();
    shop.store.set_grant(&seen, GRANT, "registries = [\"cargo:*\"]\n").unwrap();
    let less = shop.file("corp", ".grant.toml");
    let before = fs::read(&less).unwrap();
    fs::write(&less, more).unwrap();
    assert!(matches!(outcome(&shop), Err(StoreError::Damaged { .. })));
    fs::write(&less, before).unwrap();
    outcome(&shop).unwrap();
}

#[test]
fn nothing_is_compiled_while_all_is_well() {
    let shop = Shop::new();
    shop.install("corp", &component("1.0"));
    shop.store.repair("corp", &never).unwrap();
    fs::remove_file(shop.file("corp", ".code")).unwrap();
    let failed = shop.store.repair("corp", &never);
    assert!(matches!(failed, Err(StoreError::Compile { .. })));
}
