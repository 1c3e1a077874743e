//! Another service than GNOME's: the real KeePassXC, which asks before it deletes, and hides what is
//! in a locked database.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use lockgate_adapters::{SecretService, SecretServiceStore};
use lockgate_core::{DOCKER_HUB, Ecosystem, Registry, Secret, SecretStore};

use crate::{Desktop, LIBSECRET, Machine, PLAIN, TOKEN, entry_of};

fn dockers(desktop: &Desktop, server: &str) -> SecretServiceStore {
    let registry = Registry::new(Ecosystem::Oci, server).unwrap();
    let service = SecretService::connect(Some(&desktop.address()), None);
    service.store(&registry, false).unwrap()
}

/// The account and the secret that are kept.
fn kept(store: &SecretServiceStore) -> Option<(String, String)> {
    let text = |secret: &Secret| secret.expose_text().unwrap().to_owned();
    let found = store.load().unwrap()?;
    Some((text(&found.identity.unwrap()), text(&found.secret)))
}

/// Logged out in between: unless a person is asked, KeePassXC never ends one program's replacing of an
/// entry that another has made, `secret-tool`'s neither.
#[test]
fn cargos_entry_is_kept_shared_removed_and_kept_again() {
    let machine = Machine::new(LIBSECRET, Desktop::with_keepassxc());
    let _ = machine.reads().exits_with(101).nowhere_has(TOKEN);
    for token in ["first-token", TOKEN] {
        machine.server.accept(&[token]);
        let _ = machine.logs_in(token).succeeds().nowhere_has(token);
        assert_eq!(machine.token_in_keyring().as_deref(), Some(token));
        let _ = machine.reads().succeeds().prints(&format!("{token}\n"));
        assert_eq!(machine.token_of_cargo().as_deref(), Some(token), "cargo's own reads it");
        let _ = machine.lockgate("logout").run().succeeds();
        assert_eq!(machine.token_in_keyring(), None);
        let _ = machine.reads().exits_with(101);
    }
    machine.desktop.keep("by hand", &entry_of(&machine.server.index_url()), b"by-hand");
    let _ = machine.reads().succeeds().prints("by-hand\n");
}

#[test]
fn dockers_entry_is_kept_replaced_and_removed() {
    let desktop = Desktop::with_keepassxc();
    for server in [DOCKER_HUB, "ghcr.io", "127.0.0.1:5000"] {
        let store = dockers(&desktop, server);
        assert_eq!(kept(&store), None, "{server}");
        for (account, secret) in [("alice", "s3cret"), ("alice", "n\u{fc} \"one\""), ("bob", "x")] {
            store.save(Some(&account.into()), &secret.into()).unwrap();
            assert_eq!(kept(&store), Some((account.to_owned(), secret.to_owned())), "{server}");
            let entry = ["server", server, "username", account, "docker_cli", "1"];
            assert_eq!(desktop.look_up(&entry).as_deref(), Some(secret), "{server}");
        }
        let former = ["server", server, "username", "alice"];
        assert_eq!(desktop.look_up(&former), None, "{server}: another login's");
    }
    let store = dockers(&desktop, "ghcr.io");
    assert!(store.remove().unwrap());
    assert!(!store.remove().unwrap());
    assert_eq!(kept(&store), None);
    assert!(kept(&dockers(&desktop, DOCKER_HUB)).is_some(), "another registry's stays");
}

#[test]
fn a_planted_second_entry_is_told_and_neither_is_used() {
    let machine = Machine::with_a_file(Desktop::with_keepassxc());
    let url = machine.server.index_url();
    let own = entry_of(&url);
    machine.desktop.keep("cargo-registry:corp", &own, TOKEN.as_bytes());
    let _ = machine.reads().succeeds().prints(&format!("{TOKEN}\n"));
    let planted = [own.as_slice(), &["planted", "yes"]].concat();
    machine.desktop.keep("cargo-registry:corp (new)", &planted, b"planted-token");
    let refused = machine.reads().exits_with(101);
    let refused = refused.nowhere_has(TOKEN).nowhere_has(PLAIN).nowhere_has("planted-token");
    let _ = refused.says("2 entries").says("`cargo-registry:corp (new)`");
}

/// KeePassXC shows nothing of a locked database, and asks a person for its password in a window. Here
/// nobody answers, and it ends instead.
#[test]
fn a_locked_database_is_told_and_never_taken_for_nothing_found() {
    type Operation = fn(&SecretServiceStore) -> bool;
    let operations: [Operation; 3] = [
        |store| store.load().is_ok(),
        |store| store.save(Some(&"bob".into()), &"x".into()).is_ok(),
        |store| store.remove().is_ok(),
    ];
    for (index, is_done) in operations.into_iter().enumerate() {
        let desktop = Arc::new(Desktop::with_keepassxc());
        dockers(&desktop, "ghcr.io").save(Some(&"alice".into()), &"s3cret".into()).unwrap();
        assert!(kept(&dockers(&desktop, "ghcr.io")).is_some(), "the twin");
        desktop.lock_keepassxc();
        let (asking, told) = (Arc::clone(&desktop), Arc::new(AtomicUsize::new(0)));
        let counted = Arc::clone(&told);
        let store = dockers(&desktop, "ghcr.io").on_prompt(move || {
            counted.fetch_add(1, Ordering::SeqCst);
            asking.signal_keyring("KILL");
        });
        assert!(!is_done(&store), "operation {index}");
        assert_eq!(told.load(Ordering::SeqCst), 1, "operation {index}");
    }
}
