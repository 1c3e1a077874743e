//! Who gets what an earlier provider of the name kept, and that nothing of it is left behind.

use std::cell::RefCell;
use std::fs;

use super::{Shop, compile, component, examined, files, options};
use crate::store::{Installed, Removed};
use crate::{InstallOptions, StoreError};

/// Removes a provider, and says whose state was to be forgotten.
fn removed(shop: &Shop, installed: &Installed) -> Result<(Removed, Vec<String>), StoreError> {
    let forgotten = RefCell::new(Vec::new());
    let forget = |lineage: &str| {
        forgotten.borrow_mut().push(lineage.to_owned());
        Ok::<(), StoreError>(())
    };
    let removed = shop.store.remove(installed.name(), forget)?;
    Ok((removed, forgotten.into_inner()))
}

/// The twin is in the test: an update gets it.
#[test]
fn another_provider_of_the_same_name_gets_nothing_of_what_was_kept() {
    let shop = Shop::new();
    let first = shop.install("corp", &component("1.0"));
    let second = shop.install("corp", &component("1.1"));
    assert_ne!(second.lineage(), first.lineage());
    assert_eq!(shop.update("corp", &component("1.2")).lineage(), second.lineage());
    let mut stolen = options("other");
    stolen.continues = Some(second.lineage().to_owned());
    let refused = shop.store.install(&examined(&component("1.0")), stolen, &compile);
    assert!(matches!(refused, Err(StoreError::Changed { .. })), "{refused:?}");
}

#[test]
fn what_a_replaced_provider_kept_is_handed_over_to_be_forgotten() {
    let shop = Shop::new();
    let first = shop.install("corp", &component("1.0"));
    let second = shop.install("corp", &component("1.1"));
    assert_eq!(shop.store.lineages(second.name()).unwrap(), [first.lineage(), second.lineage()]);
    // As long as that fails, it is tried again.
    let failing = |_: &str| Err(StoreError::NotInstalled { name: String::new() });
    shop.store.forget_former(second.name(), failing).unwrap_err();
    let told = RefCell::new(Vec::new());
    let forget = |lineage: &str| {
        told.borrow_mut().push(lineage.to_owned());
        Ok::<(), StoreError>(())
    };
    shop.store.forget_former(second.name(), forget).unwrap();
    assert_eq!(told.take(), [first.lineage()]);
    shop.store.forget_former(second.name(), forget).unwrap();
    assert!(told.take().is_empty());
    assert_eq!(shop.store.lineages(second.name()).unwrap(), [second.lineage()]);
}

#[test]
fn remove_leaves_nothing_and_says_whose_state_goes_too() {
    let shop = Shop::new();
    let installed = shop.install("corp", &component("1.0"));
    let (done, forgotten) = removed(&shop, &installed).unwrap();
    assert_eq!((done.forgotten, done.left), (1, None));
    assert_eq!(forgotten, [installed.lineage()]);
    assert!(!shop.of("corp").exists());
    let again = removed(&shop, &installed);
    assert!(matches!(again, Err(StoreError::NotInstalled { .. })));
    let second = shop.install("corp", &component("1.0"));
    assert_ne!(second.lineage(), installed.lineage());
}

/// The twin: without the file, only a record that can be read knows the lineage.
#[test]
fn a_record_that_is_damaged_or_newer_loses_no_lineage() {
    for record in [&b""[..], b"{ \"version\": 9, \"else\": 1 }", b"\0\0"] {
        let shop = Shop::new();
        let installed = shop.install("corp", &component("1.0"));
        fs::write(shop.file("corp", "record.json"), record).unwrap();
        let (done, forgotten) = removed(&shop, &installed).unwrap();
        assert_eq!((done.forgotten, &forgotten[0][..]), (1, installed.lineage()));
        assert!(shop.store.list().unwrap().is_empty() && !shop.of("corp").exists());
    }
    let shop = Shop::new();
    let installed = shop.install("corp", &component("1.0"));
    fs::remove_file(shop.file("corp", "lineages")).unwrap();
    let newer = format!("{{ \"version\": 9, \"lineage\": \"{}\" }}", installed.lineage());
    fs::write(shop.file("corp", "record.json"), newer).unwrap();
    assert_eq!(removed(&shop, &installed).unwrap().1, [installed.lineage()]);
    let installed = shop.install("corp", &component("1.0"));
    fs::remove_file(shop.file("corp", "lineages")).unwrap();
    fs::write(shop.file("corp", "record.json"), b"").unwrap();
    assert_eq!(removed(&shop, &installed).unwrap().0.forgotten, 0);
}

#[test]
fn a_damaged_provider_that_is_updated_keeps_its_lineage() {
    let shop = Shop::new();
    let installed = shop.install("corp", &component("1.0"));
    fs::write(shop.file("corp", "record.json"), b"").unwrap();
    let known = shop.store.lineages(installed.name()).unwrap();
    let options = InstallOptions { continues: known.first().cloned(), ..options("corp") };
    let now = shop.store.install(&examined(&component("1.1")), options, &compile).unwrap();
    assert_eq!(now.lineage(), installed.lineage());
}

/// What is kept is removed before the file that says whose it is, and a removal that failed there can
/// be repeated.
#[test]
fn a_removal_that_ends_in_the_middle_can_be_finished() {
    let shop = Shop::new();
    let installed = shop.install("corp", &component("1.0"));
    let failing = |_: &str| Err(StoreError::NotInstalled { name: "state".to_owned() });
    shop.store.remove(installed.name(), failing).unwrap_err();
    assert!(shop.store.find("corp").unwrap().is_none(), "it can be run no more");
    assert_eq!(removed(&shop, &installed).unwrap().1, [installed.lineage()]);
    assert!(!shop.of("corp").exists());
}

#[test]
fn a_folder_of_somebodys_in_the_providers_folder_stays_and_is_told() {
    let shop = Shop::new();
    let installed = shop.install("corp", &component("1.0"));
    let notes = shop.of("corp").join("a-notes");
    fs::create_dir(&notes).unwrap();
    fs::write(notes.join("mine"), "mine").unwrap();
    let (done, forgotten) = removed(&shop, &installed).unwrap();
    assert_eq!((done.left, forgotten.len()), (Some(shop.of("corp")), 1));
    assert_eq!(files(&shop.of("corp")), std::slice::from_ref(&notes));
    assert!(shop.store.list().unwrap().is_empty());
    fs::remove_dir_all(&notes).unwrap();
    assert_eq!(removed(&shop, &installed).unwrap().0.left, None);
}
