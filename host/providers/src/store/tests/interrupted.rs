//! A change that ends in the middle, at every step of it: what counts is what was recorded before.

use std::fs;
use std::path::Path;

use super::{GRANT, Shop, compile, component, examined, examined_here, options};
use crate::InstallOptions;
use crate::store::Installed;

const LESS: &str = "registries = [\"cargo:*\"]\n";

/// A step of a change that cannot be taken: a folder lies where the file has to go.
fn blocked<T>(file: &Path, change: impl FnOnce() -> T) -> T {
    let kept = fs::read(file).ok();
    if kept.is_some() {
        fs::remove_file(file).unwrap();
    }
    fs::create_dir(file).unwrap();
    let done = change();
    fs::remove_dir(file).unwrap();
    if let Some(kept) = kept {
        fs::write(file, kept).unwrap();
        fs::set_permissions(file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    }
    done
}

fn with_less(shop: &Shop) -> Installed {
    let options = InstallOptions { grant: LESS.to_owned(), ..options("corp") };
    shop.store.install(&examined(&component("1.0")), options, &compile).unwrap()
}

/// The same component is installed with a grant of more. The twin is in the test: whole, it counts.
#[test]
fn a_reinstall_that_ends_at_any_step_gives_nothing_more() {
    let shop = Shop::new();
    let before = with_less(&shop);
    let hex = before.digest().hex();
    let more = || shop.store.install(&examined(&component("1.0")), options("corp"), &compile);
    let grant = {
        let other = Shop::new();
        other.install("corp", &component("1.0"));
        let file = other.file("corp", ".grant.toml");
        file.file_name().unwrap().to_owned()
    };
    let steps =
        ["lineages", &format!("{hex}.wasm"), grant.to_str().unwrap(), &format!("{hex}.code")];
    for step in steps {
        blocked(&shop.of("corp").join(step), || more().unwrap_err());
        let now = shop.store.get("corp").unwrap();
        assert_eq!(now.grant_text().unwrap(), LESS, "{step}");
        assert!(shop.store.verify("corp", &examined_here).unwrap().problems.is_empty(), "{step}");
    }
    // At the last step the record itself is in the way, and back afterwards.
    blocked(&shop.of("corp").join("record.json"), || more().unwrap_err());
    assert_eq!(shop.store.get("corp").unwrap().grant_text().unwrap(), LESS);
    assert_eq!(more().unwrap().grant_text().unwrap(), GRANT);
}

#[test]
fn a_change_of_the_grant_that_ends_at_any_step_changes_nothing() {
    let shop = Shop::new();
    let seen = with_less(&shop);
    let more = || shop.store.set_grant(&seen, LESS, GRANT);
    blocked(&shop.of("corp").join("record.json"), || more().unwrap_err());
    assert_eq!(shop.store.get("corp").unwrap().grant_text().unwrap(), LESS);
    more().unwrap();
    assert_eq!(shop.store.get("corp").unwrap().grant_text().unwrap(), GRANT);
}
