//! Installing, granting, removing.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::sync::{Arc, Barrier};

use super::{GRANT, Shop, compile, component, examined, examined_here, files, never, options};
use crate::{Digest, ExaminedComponent, StoreError};

#[test]
fn what_is_installed_is_found_with_all_that_is_known_of_it() {
    let shop = Shop::new();
    assert!(shop.store.find("corp").unwrap().is_none());
    assert!(shop.store.list().unwrap().is_empty());
    let bytes = component("1.0");
    let mut options = options("corp-sso");
    options.signer = Some("RWQ".to_owned());
    shop.store.install(&examined(&bytes), options, &compile).unwrap();
    let found = shop.store.find("corp-sso").unwrap().unwrap();
    assert_eq!(found.name().as_str(), "corp-sso");
    assert_eq!(found.digest(), Digest::of(&bytes));
    assert_eq!(found.source(), "file:/tmp/corp.wasm");
    assert_eq!(found.signer(), Some("RWQ"));
    assert_eq!(found.size(), bytes.len() as u64);
    assert_eq!(found.world(), "0.1.0");
    assert_eq!(found.manifest().unwrap().version, "1.0");
    assert_eq!(found.grant_text().unwrap(), GRANT);
    assert_eq!(found.component().unwrap(), bytes);
    assert!(found.installed_at() > 1_700_000_000);
    let lineage = found.lineage();
    assert!(lineage.len() == 32 && lineage.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let names: Vec<_> = shop.store.list().unwrap().into_iter().map(|listed| listed.name).collect();
    assert_eq!(names, [found.name().clone()]);
}

#[test]
fn an_update_keeps_the_lineage_and_nothing_else_of_the_earlier_one() {
    let shop = Shop::new();
    let first = shop.install("corp", &component("1.0"));
    let other = shop.install("other", &component("1.0"));
    assert_ne!(first.lineage(), other.lineage());
    let second = shop.update("corp", &component("1.1"));
    assert_eq!(second.lineage(), first.lineage());
    assert_ne!(second.digest(), first.digest());
    let names = files(&shop.of("corp"));
    assert_eq!(names.len(), 5, "{names:?}");
    assert_eq!(shop.store.load(&second).unwrap().digest, second.digest());
}

#[test]
fn a_failed_update_leaves_what_was_there() {
    let shop = Shop::new();
    let first = shop.install("corp", &component("1.0"));
    let failed = shop.store.install(&examined(&component("1.1")), options("corp"), &never);
    assert!(matches!(failed, Err(StoreError::Compile { .. })));
    let mut grant = options("corp");
    grant.grant = "store = [\"os\"]".to_owned();
    let failed = shop.store.install(&examined(&component("1.1")), grant, &compile);
    assert!(matches!(failed, Err(StoreError::Policy(_))));
    let no_provider = ExaminedComponent::new(b"#!/bin/sh\n".to_vec(), &examined_here);
    assert!(no_provider.unwrap_err().to_string().contains("not WebAssembly"));
    assert_eq!(shop.store.get("corp").unwrap().digest(), first.digest());
    shop.store.load(&first).unwrap();
}

#[test]
fn no_name_leads_out_of_the_store() {
    let shop = Shop::new();
    shop.install("corp", &component("1.0"));
    let outside = shop.folder.path().join("outside");
    fs::rename(shop.of("corp"), &outside).unwrap();
    for name in ["../outside", "/etc", "..", ".", "", "a/../../outside", "corp/../../outside"] {
        assert!(shop.store.find(name).unwrap().is_none(), "{name}");
        assert!(shop.store.rebuild(name, &compile).is_err(), "{name}");
    }
    // The same folder under a plain name is found, and then refused as another's.
    fs::rename(&outside, shop.of("other")).unwrap();
    assert!(matches!(shop.store.find("other"), Err(StoreError::Damaged { .. })));
}

#[test]
fn links_are_not_followed_anywhere() {
    for end in ["record.json", ".wasm", ".code", ".grant.toml"] {
        let shop = Shop::new();
        shop.install("corp", &component("1.0"));
        let (file, away) = (shop.file("corp", end), shop.folder.path().join("away"));
        fs::rename(&file, &away).unwrap();
        symlink(&away, &file).unwrap();
        let found = shop.store.get("corp").map(|found| shop.store.load(&found).map(|_| ()));
        let loaded = matches!(found, Ok(Ok(())));
        // The component is not read to run it, and verify looks at it.
        assert_eq!(loaded, end == ".wasm", "{end}");
        let well =
            shop.store.verify("corp", &examined_here).is_ok_and(|found| found.problems.is_empty());
        assert!(!well, "{end}");
        fs::remove_file(&file).unwrap();
        fs::rename(&away, &file).unwrap();
        assert!(shop.store.verify("corp", &examined_here).unwrap().problems.is_empty(), "{end}");
    }
    let shop = Shop::new();
    shop.install("corp", &component("1.0"));
    symlink(shop.of("corp"), shop.of("linked")).unwrap();
    assert!(matches!(shop.store.find("linked"), Err(StoreError::File(_))));
}

#[test]
fn what_others_can_write_is_refused() {
    let shop = Shop::new();
    let installed = shop.install("corp", &component("1.0"));
    let allow = |path: &std::path::Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    for end in ["record.json", ".code", ".grant.toml"] {
        let file = shop.file("corp", end);
        allow(&file, 0o666);
        let found = shop.store.get("corp").and_then(|found| shop.store.load(&found));
        assert!(found.err().unwrap().to_string().contains("chmod go-w"), "{end}");
        allow(&file, 0o600);
        shop.store.load(&installed).unwrap();
    }
    allow(&shop.of("corp"), 0o777);
    assert!(matches!(shop.store.find("corp"), Err(StoreError::File(_))));
}

#[test]
fn a_grant_is_replaced_only_if_it_is_the_one_that_was_looked_at() {
    let shop = Shop::new();
    let seen = shop.install("corp", &component("1.0"));
    let less = "registries = [\"cargo:*\"]\n";
    shop.store.set_grant(&seen, GRANT, less).unwrap();
    assert_eq!(shop.store.get("corp").unwrap().grant_text().unwrap(), less);
    let late = shop.store.set_grant(&seen, GRANT, "prompt = true\n");
    assert!(matches!(late, Err(StoreError::Changed { .. })));
    shop.install("corp", &component("1.1"));
    let other = shop.store.set_grant(&seen, GRANT, less);
    assert!(matches!(other, Err(StoreError::Changed { .. })));
    let now = shop.store.get("corp").unwrap();
    assert!(shop.store.set_grant(&now, GRANT, "prompt = 1\n").is_err());
    assert_eq!(now.grant_text().unwrap(), GRANT);
}

#[test]
fn what_a_dying_install_left_is_nobody_and_is_cleared_away() {
    let shop = Shop::new();
    shop.install("corp", &component("1.0"));
    fs::remove_file(shop.file("corp", "record.json")).unwrap();
    assert!(shop.store.find("corp").unwrap().is_none());
    assert!(shop.store.list().unwrap().is_empty());
    shop.install("corp", &component("1.1"));
    assert_eq!(files(&shop.of("corp")).len(), 5);
}

#[test]
fn installs_at_once_end_with_one_of_them_whole() {
    let shop = Arc::new(Shop::new());
    let start = Arc::new(Barrier::new(4));
    let installers = [1, 2, 3, 4].map(|number| {
        let (shop, start) = (Arc::clone(&shop), Arc::clone(&start));
        std::thread::spawn(move || {
            start.wait();
            for round in 0..5 {
                shop.install("corp", &component(&format!("{number}.{round}")));
            }
        })
    });
    for installer in installers {
        installer.join().unwrap();
    }
    assert!(shop.store.verify("corp", &examined_here).unwrap().problems.is_empty());
    assert_eq!(files(&shop.of("corp")).len(), 5);
}

/// With its first line a grant is a little longer than its text. The twin is in the test: one that
/// fits together with it is kept and can be read.
#[test]
fn a_grant_that_could_not_be_read_again_is_not_written() {
    let shop = Shop::new();
    let grant = |length: usize| format!("# {}\n{GRANT}", "a".repeat(length - GRANT.len() - 3));
    let mut long = options("corp");
    long.grant = grant(64 << 10);
    let failed = shop.store.install(&examined(&component("1.0")), long, &compile);
    assert!(matches!(failed, Err(StoreError::Policy(_))), "{failed:?}");
    assert!(!shop.of("corp").exists());
    let seen = shop.install("corp", &component("1.0"));
    let failed = shop.store.set_grant(&seen, GRANT, &grant(64 << 10));
    assert!(matches!(failed, Err(StoreError::Policy(_))), "{failed:?}");
    assert_eq!(shop.store.get("corp").unwrap().grant_text().unwrap(), GRANT);
    let fitting = grant((64 << 10) - 300);
    shop.store.set_grant(&seen, GRANT, &fitting).unwrap();
    assert_eq!(shop.store.get("corp").unwrap().grant_text().unwrap(), fitting);
}
