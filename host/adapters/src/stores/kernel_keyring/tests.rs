//! Against the kernel's own keyring. Where a container refuses it, each test fails, unless whoever runs them
//! said that it is known.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use lockgate_core::{Ecosystem, LoginInput, Operation, Purpose, Registry, Secret, SecretStore};
use lockgate_system::Room;

use super::{KernelKeyring, KeyringEntry, MAX_SECRET};

/// Whoever sets it to 1 knows that what is about the kernel's keyring is not tested.
const WITHOUT: &str = "LOCKGATE_TESTS_WITHOUT_KEYRING";

/// A registry of this test alone, whose entries go with it.
struct Place(Registry);

impl Place {
    /// None where it is known that there is no keyring.
    #[allow(clippy::disallowed_methods, reason = "whoever runs the tests says what they lack")]
    fn new() -> Option<Self> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        if let Err(error) = KernelKeyring::check() {
            let known = std::env::var_os(WITHOUT).is_some_and(|value| value == "1");
            assert!(known, "this test needs the kernel's keyring: {error}; or set {WITHOUT}=1");
            eprintln!("the kernel's keyring is not tested: {error}");
            return None;
        }
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let url = format!("https://keyring-{}-{count}.test/", std::process::id());
        Some(Self(Registry::new(Ecosystem::Cargo, url).unwrap()))
    }

    fn store(&self) -> KernelKeyring {
        KernelKeyring::new(&self.0)
    }

    fn sibling(&self, suffix: &str) -> KernelKeyring {
        let url = format!("{}{suffix}", self.0.url());
        KernelKeyring::new(&Registry::new(self.0.ecosystem(), url).unwrap())
    }

    fn entry(&self) -> KeyringEntry {
        KeyringEntry::new("test", &self.0, &[b"part"])
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = self.store().remove();
        let _ = KeyringEntry::remove_all("test", &self.0);
    }
}

fn token(store: &KernelKeyring) -> Option<Vec<u8>> {
    store.load().unwrap().map(|found| found.secret.expose().to_vec())
}

fn save(store: &KernelKeyring, token: &[u8]) {
    store.save(None, &Secret::new(token.to_vec())).unwrap();
}

fn description(store: &KernelKeyring) -> String {
    store.entry.description.clone()
}

#[test]
fn what_is_saved_is_loaded_replaced_and_removed() {
    let Some(place) = Place::new() else { return };
    let (one, other) = (place.store(), place.store());
    assert_eq!(token(&one), None);
    assert!(!one.remove().unwrap());
    let every: Vec<u8> = (1..=255).chain([0]).collect();
    for content in [&every[..], b"", "jürgen".as_bytes()] {
        save(&one, content);
        assert_eq!(token(&other).as_deref(), Some(content));
        assert_eq!(token(&one).as_deref(), Some(content));
    }
    other.save(Some(&Secret::from("me")), &Secret::from("token")).unwrap();
    let found = one.load().unwrap().unwrap();
    assert_eq!(found.identity.unwrap().expose_text(), Some("me"));
    assert!(one.remove().unwrap());
    assert!(!one.remove().unwrap() && !other.remove().unwrap());
    assert_eq!(token(&other), None);
}

#[test]
fn the_longest_secret_fits_and_a_longer_one_is_refused_by_name() {
    let Some(place) = Place::new() else { return };
    let store = place.store();
    let identity = Secret::new(vec![b'i'; 4 << 10]);
    let saved = store.save(Some(&identity), &Secret::new(vec![b'a'; MAX_SECRET]));
    // A user who is not root has 20,000 bytes.
    match saved {
        Ok(()) => assert_eq!(token(&store).unwrap().len(), MAX_SECRET),
        Err(error) => assert!(error.to_string().contains("no room"), "{error}"),
    }
    save(&store, b"before");
    let refused = store.save(None, &Secret::new(vec![b'a'; MAX_SECRET + 1])).unwrap_err();
    assert!(refused.to_string().contains("at most 24576 bytes"), "{refused}");
    assert_eq!(token(&store).as_deref(), Some(&b"before"[..]));
}

#[test]
fn registries_that_differ_by_one_byte_or_by_their_clients_are_apart() {
    let Some(place) = Place::new() else { return };
    let other_client = Registry::new(Ecosystem::Oci, place.0.url()).unwrap();
    let others = [place.sibling("/"), place.sibling("a"), KernelKeyring::new(&other_client)];
    save(&place.store(), b"token");
    for other in &others {
        assert_eq!(token(other), None, "{}", description(other));
        assert!(!other.remove().unwrap());
    }
    assert_eq!(token(&place.store()).as_deref(), Some(&b"token"[..]));
}

#[test]
fn what_was_made_ready_before_is_all_that_is_used_afterwards() {
    let Some(place) = Place::new() else { return };
    let get = Operation::Get(Purpose::Read);
    let login = Operation::Login(LoginInput::default());
    assert_eq!(place.store().keys().count(), 0);
    assert_eq!(place.store().ready(&get).keys().count(), 0);
    let store = place.store().ready(&login);
    let before: Vec<_> = store.keys().collect();
    save(&store, b"one");
    save(&store, b"two");
    assert_eq!(token(&store).as_deref(), Some(&b"two"[..]));
    assert!(store.keys().all(|key| before.contains(&key)), "another key is used");
    assert_eq!(place.store().ready(&get).keys().count(), 1);
    let logout = place.store().ready(&Operation::Logout);
    assert!(logout.remove().unwrap() && !logout.remove().unwrap());
    assert_eq!(token(&place.store()), None);
}

#[test]
fn a_key_that_somebody_put_there_by_hand_is_refused_and_replaced_by_a_login() {
    let Some(place) = Place::new() else { return };
    let store = place.store();
    let planted = || {
        let room = Room::new(&description(&store)).unwrap();
        room.fill(&description(&store), b"a token", None).unwrap();
        room.publish().unwrap();
    };
    planted();
    let refused = store.load().unwrap_err().to_string();
    assert!(refused.contains("not written by Lockgate"), "{refused}");
    assert!(refused.contains(&description(&store)) && !refused.contains("a token"), "{refused}");
    save(&store, b"token");
    assert_eq!(token(&store).as_deref(), Some(&b"token"[..]));
    planted();
    assert!(store.remove().unwrap());
    assert_eq!(token(&store), None);
}

#[test]
fn an_entry_is_gone_after_its_time_and_one_without_a_time_is_not() {
    let Some(place) = Place::new() else { return };
    let entry = place.entry();
    entry.save(&[b"token"], Some(1)).unwrap();
    assert_eq!(entry.load().unwrap().unwrap().len(), 1);
    save(&place.store(), b"kept");
    let start = Instant::now();
    while entry.load().unwrap().is_some() && start.elapsed() < Duration::from_secs(10) {
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(entry.load().unwrap().is_none(), "it is still there");
    assert_eq!(token(&place.store()).as_deref(), Some(&b"kept"[..]));
}

#[test]
fn all_entries_of_one_kind_and_registry_go_at_once_and_no_others() {
    let Some(place) = Place::new() else { return };
    let entries = [b"a", b"b", b"c"].map(|part| KeyringEntry::new("test", &place.0, &[part]));
    for entry in &entries {
        entry.save(&[b"token"], Some(60)).unwrap();
    }
    save(&place.store(), b"kept");
    assert_eq!(KeyringEntry::remove_all("test", &place.0), Ok(3));
    assert!(entries.iter().all(|entry| entry.load().unwrap().is_none()));
    assert_eq!(KeyringEntry::remove_all("test", &place.0), Ok(0));
    assert_eq!(token(&place.store()).as_deref(), Some(&b"kept"[..]));
}

#[test]
fn all_entries_of_one_folder_go_at_once_whatever_registry_they_are_of_and_no_others() {
    let (Some(place), Some(elsewhere)) = (Place::new(), Place::new()) else { return };
    let folder = |name: &str| format!("/home/of-{}/{name}", std::process::id());
    let kind = |name: &str| KeyringEntry::kind_in("test", Path::new(&folder(name)));
    let entry = |name: &str, place: &Place| KeyringEntry::new(&kind(name), &place.0, &[b"part"]);
    let here = [entry("a", &place), entry("a", &elsewhere)];
    let other = entry("ab", &place);
    for entry in here.iter().chain([&other]) {
        entry.save(&[b"token"], Some(60)).unwrap();
    }
    save(&place.store(), b"kept");
    assert_eq!(KeyringEntry::remove_kind(&kind("a")), Ok(2));
    assert!(here.iter().all(|entry| entry.load().unwrap().is_none()));
    assert!(other.load().unwrap().is_some());
    assert_eq!(token(&place.store()).as_deref(), Some(&b"kept"[..]));
    assert_eq!(KeyringEntry::remove_kind(&kind("ab")), Ok(1));
}

#[test]
fn a_change_takes_the_place_of_what_was_there_and_never_changes_it() {
    let Some(place) = Place::new() else { return };
    save(&place.store(), b"before");
    let login = place.store().ready(&Operation::Login(LoginInput::default()));
    assert_eq!(token(&place.store()).as_deref(), Some(&b"before"[..]));
    assert_eq!(token(&login).as_deref(), Some(&b"before"[..]));
    let other = place.store().ready(&Operation::Login(LoginInput::default()));
    save(&login, b"after");
    assert_eq!(token(&place.store()).as_deref(), Some(&b"after"[..]));
    save(&other, b"other");
    assert_eq!(token(&place.store()).as_deref(), Some(&b"other"[..]));
}

#[test]
fn many_who_save_at_once_leave_one_whole_entry() {
    let Some(place) = Place::new() else { return };
    std::thread::scope(|threads| {
        for number in 0..32 {
            let place = &place;
            threads.spawn(move || save(&place.store(), format!("token-{number}").as_bytes()));
        }
    });
    let last = token(&place.store()).unwrap();
    assert!(last.starts_with(b"token-"), "{}", String::from_utf8_lossy(&last));
    assert!(place.store().remove().unwrap());
    assert_eq!(token(&place.store()), None);
}
