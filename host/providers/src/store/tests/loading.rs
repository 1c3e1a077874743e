//! What is loaded is what was compiled, and its hash is taken no more often than needed.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Shop, compile, component};
use crate::{StaleReason, StoreError, find_provider};

#[test]
fn built_in_and_installed_providers_are_found_alike() {
    let shop = Shop::new();
    let installed = shop.install("corp", &component("1.0"));
    let provider = find_provider(&shop.store, "corp").unwrap().unwrap();
    assert_eq!(provider.name, "corp");
    assert_eq!(provider.digest, installed.digest());
    assert_eq!(provider.lineage, installed.lineage());
    assert_eq!(provider.source.as_deref(), Some("file:/tmp/corp.wasm"));
    assert!(!provider.built_in);
    let provider = find_provider(&shop.store, "cargo:token").unwrap().unwrap();
    assert!(provider.built_in && provider.lineage == "cargo:token" && provider.source.is_none());
    assert!(find_provider(&shop.store, "nobody").unwrap().is_none());
    assert!(find_provider(&shop.store, "cargo:nobody").unwrap().is_none());
}

/// With the hash in the record changed, only a load that takes the hash fails.
#[test]
fn the_hash_is_taken_only_for_a_file_that_was_touched() {
    let shop = Shop::new();
    shop.install("corp", &component("1.0"));
    let (record, code) = (shop.file("corp", "record.json"), shop.file("corp", ".code"));
    let whole = fs::read_to_string(&record).unwrap();
    let (start, rest) = whole.split_once("\"compiled\"").unwrap();
    let other = rest.replacen("sha256:", "sha256:ffffffff", 1);
    let (hash, end) = other.split_once("\",").unwrap();
    let wrong = format!("{start}\"compiled\"{}\",{end}", &hash[..hash.len() - 8]);
    fs::write(&record, &wrong).unwrap();
    shop.store.load(&shop.store.get("corp").unwrap()).unwrap();
    fs::write(&code, fs::read(&code).unwrap()).unwrap();
    let loaded = shop.store.load(&shop.store.get("corp").unwrap());
    assert!(matches!(loaded, Err(StoreError::Stale { reason: StaleReason::Hash, .. })));
}

#[test]
fn a_file_restored_from_a_backup_is_hashed_once() {
    let shop = Shop::new();
    let installed = shop.install("corp", &component("1.0"));
    let code = shop.file("corp", ".code");
    let bytes = fs::read(&code).unwrap();
    fs::remove_file(&code).unwrap();
    fs::write(&code, bytes).unwrap();
    fs::set_permissions(&code, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    // Not while it could still change unseen.
    shop.store.load(&installed).unwrap();
    std::thread::sleep(2 * super::super::install::TICK);
    shop.store.load(&installed).unwrap();
    let now = shop.store.get("corp").unwrap();
    assert_ne!(now.record.compiled.file, installed.record.compiled.file);
    assert_eq!(now.record.compiled.sha256, installed.record.compiled.sha256);
    shop.store.load(&now).unwrap();
}

#[test]
fn code_of_another_version_is_compiled_again() {
    let shop = Shop::new();
    shop.install("corp", &component("1.0"));
    let record = shop.file("corp", "record.json");
    let text = fs::read_to_string(&record).unwrap();
    fs::write(&record, text.replace("\"lockgate-", "\"lockgate-9")).unwrap();
    let loaded = shop.store.load(&shop.store.get("corp").unwrap());
    let Err(error) = loaded else { panic!("it was loaded") };
    assert!(matches!(error, StoreError::Stale { reason: StaleReason::Version, .. }), "{error}");
    assert!(error.to_string().ends_with("run `lockgate provider rebuild`"), "{error}");
    shop.store.repair("corp", &compile).unwrap();
    assert_eq!(fs::read_to_string(&record).unwrap().matches("\"lockgate-9").count(), 0);
    shop.store.load(&shop.store.get("corp").unwrap()).unwrap();
}

/// A home folder that machines of several kinds share. The twin is in the test above.
#[test]
fn code_for_another_machine_is_compiled_again() {
    let shop = Shop::new();
    shop.install("corp", &component("1.0"));
    let record = shop.file("corp", "record.json");
    let text = fs::read_to_string(&record).unwrap();
    let here = env!("LOCKGATE_TARGET");
    assert_eq!(text.matches(here).count(), 1, "{text}");
    fs::write(&record, text.replace(here, "riscv64gc-unknown-linux-gnu")).unwrap();
    let loaded = shop.store.load(&shop.store.get("corp").unwrap());
    let stale = matches!(loaded, Err(StoreError::Stale { reason: StaleReason::Version, .. }));
    assert!(stale, "it was loaded");
    shop.store.repair("corp", &compile).unwrap();
    assert_eq!(fs::read_to_string(&record).unwrap().matches(here).count(), 1);
}

#[test]
fn of_many_who_find_no_code_one_compiles() {
    let shop = Arc::new(Shop::new());
    shop.install("corp", &component("1.0"));
    fs::remove_file(shop.file("corp", ".code")).unwrap();
    let count = Arc::new(AtomicUsize::new(0));
    let askers: Vec<_> = (0..8)
        .map(|_| {
            let (shop, count) = (Arc::clone(&shop), Arc::clone(&count));
            std::thread::spawn(move || {
                let counted = |component: &[u8]| {
                    count.fetch_add(1, Ordering::SeqCst);
                    compile(component)
                };
                shop.store.repair("corp", &counted).unwrap();
            })
        })
        .collect();
    for asker in askers {
        asker.join().unwrap();
    }
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

/// The code is swapped while it is loaded: what is loaded is the old code or nothing, whichever name
/// or inode the new one has. Without the check the planted code would be loaded.
#[test]
fn code_that_is_swapped_while_it_is_loaded_is_never_loaded() {
    let shop = Shop::new();
    let installed = shop.install("corp", &component("1.0"));
    let code = shop.file("corp", ".code");
    let good = fs::read(&code).unwrap();
    let planted = vec![b'!'; good.len()];
    let spare = shop.of("corp").join("spare");
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::SeqCst) {
                for bytes in [&planted, &good] {
                    fs::write(&spare, bytes).unwrap();
                    fs::rename(&spare, &code).unwrap();
                    fs::write(&code, bytes).unwrap();
                }
            }
        });
        let mut loaded = 0;
        for _ in 0..2000 {
            if let Ok(provider) = shop.store.load(&installed) {
                loaded += 1;
                assert_eq!(provider.compiled.len(), good.len());
            }
            if let Ok((bytes, stamp)) = super::super::load::read_code_file(&installed)
                && stamp == installed.record.compiled.file
            {
                assert_eq!(bytes, good);
            }
        }
        stop.store(true, Ordering::SeqCst);
        assert!(loaded > 0, "nothing was ever loaded, so nothing was tried");
    });
    fs::write(&code, &planted).unwrap();
    let now = shop.store.get("corp").unwrap();
    let loaded = shop.store.load(&now);
    assert!(matches!(loaded, Err(StoreError::Stale { reason: StaleReason::Hash, .. })));
}
