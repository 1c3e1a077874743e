//! The adapter with a service that has faults. With real ones it is tested end to end.

mod docker;
pub(super) mod fake;
mod probe;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use lockgate_core::{AdapterError, Secret, SecretStore};

use super::SecretServiceError as Error;
use fake::{Fake, Fault, Item, KEYRING, Person, Script, item, registry};

fn loaded(fake: &Fake) -> Result<Option<String>, String> {
    let found = fake.store().load().map_err(|error| error.to_string())?;
    Ok(found.map(|found| found.secret.expose_text().unwrap().to_owned()))
}

fn error<T>(result: Result<T, AdapterError>) -> Error {
    *result.err().unwrap().downcast().unwrap()
}

fn load_error(script: Script) -> Error {
    error(Fake::start(script).store().load())
}

fn with(items: Vec<Item>) -> Script {
    Script { items, ..Script::default() }
}

pub(super) fn locked(person: Person) -> Script {
    let items = vec![Item { locked: true, ..item(1, "token") }];
    Script { items, locked: true, person, ..Script::default() }
}

fn faulty(member: &'static str, fault: Fault) -> Script {
    Script { fault: Some((member, fault)), ..with(vec![item(1, "token")]) }
}

#[test]
fn an_entry_is_kept_replaced_and_removed() {
    let fake = Fake::start(Script::default());
    assert_eq!(loaded(&fake), Ok(None));
    for secret in ["first", "second", ""] {
        fake.store().save(None, &Secret::from(secret)).unwrap();
        assert_eq!(loaded(&fake), Ok(Some(secret.to_owned())));
        assert_eq!(fake.items().len(), 1);
    }
    assert!(fake.store().remove().unwrap());
    assert!(!fake.store().remove().unwrap());
    assert_eq!(loaded(&fake), Ok(None));
}

/// What a request costs is how often it waits for the bus, the first greeting included.
#[test]
fn each_operation_waits_for_the_bus_as_seldom_as_can_be() {
    let waited = |script: Script, act: fn(&Fake)| {
        let fake = Fake::start(script);
        act(&fake);
        fake.round_trips()
    };
    let load: fn(&Fake) = |fake| drop(fake.store().load().unwrap());
    let remove: fn(&Fake) = |fake| assert!(fake.store().remove().is_ok());
    let save: fn(&Fake) = |fake| fake.store().save(None, &Secret::from("new")).unwrap();
    assert_eq!(waited(Script::default(), load), 1);
    assert_eq!(waited(with(vec![item(1, "token")]), load), 2);
    assert_eq!(waited(Script::default(), save), 2);
    assert_eq!(waited(with(vec![item(1, "old")]), save), 2);
    assert_eq!(waited(Script::default(), remove), 1);
    assert_eq!(waited(with(vec![item(1, "token")]), remove), 3);
    assert_eq!(waited(locked(Person::Answers), load), 4);
}

#[test]
fn a_secret_crosses_the_bus_encrypted_and_in_the_clear_only_if_that_is_allowed() {
    let on_the_wire = |fake: &Fake, text: &str| {
        let heard = fake.heard();
        heard.windows(text.len()).any(|bytes| bytes == text.as_bytes())
    };
    let encrypted = Fake::start(Script::default());
    encrypted.store().save(None, &Secret::from("canary-1")).unwrap();
    assert!(!on_the_wire(&encrypted, "canary-1"));
    assert!(on_the_wire(&encrypted, "sparse+https://a/"));

    let plain = || Script { plain_only: true, ..with(vec![item(1, "token")]) };
    let refused = Fake::start(plain());
    let secret = Secret::from("canary-2");
    for error in [error(refused.store().load()), error(refused.store().save(None, &secret))] {
        assert!(matches!(error, Error::NotEncrypted), "{error}");
        assert!(error.to_string().contains("plain-session"), "{error}");
    }
    assert!(!on_the_wire(&refused, "canary-2"));
    assert!(!refused.asked().contains(&"GetSecret".to_owned()));

    let allowed = Fake::start(plain());
    let store = allowed.service.store(&registry(), true).unwrap();
    store.save(None, &secret).unwrap();
    assert_eq!(store.load().unwrap().unwrap().secret.expose(), b"canary-2");
    assert!(on_the_wire(&allowed, "canary-2"), "the twin");
    // The connection is the request's, and the permission one provider's.
    let other = error(allowed.store().load());
    assert!(matches!(other, Error::NotEncrypted), "{other}");
}

#[test]
fn an_encrypted_session_is_used_even_where_a_plain_one_is_allowed() {
    let fake = Fake::start(Script::default());
    let store = fake.service.store(&registry(), true).unwrap();
    store.save(None, &Secret::from("canary-3")).unwrap();
    assert!(!fake.heard().windows(8).any(|bytes| bytes == b"canary-3"));
}

#[test]
fn several_entries_for_one_registry_are_an_error_that_names_them_and_never_the_first() {
    let planted = Item { label: "planted\u{1b}[2J", ..item(2, "planted") };
    let elsewhere = Item { path: "/org/freedesktop/secrets/collection/x/1".into(), ..item(3, "y") };
    let locked = Item { locked: true, ..item(4, "z") };
    for other in [planted, elsewhere, locked] {
        let (label, path) = (other.label.replace('\u{1b}', "\\u{1b}"), other.path.clone());
        let fake = Fake::start(with(vec![item(1, "token"), other]));
        for refused in
            [error(fake.store().load()), error(fake.store().save(None, &Secret::from("new")))]
        {
            assert!(matches!(refused, Error::Ambiguous { count: 2, .. }), "{refused}");
            let told = refused.to_string();
            for part in ["cargo-registry:corp", &format!("{KEYRING}/1"), &label, &path] {
                assert!(told.contains(part), "{part}: {told}");
            }
            assert!(!told.contains('\u{1b}'), "{told}");
        }
        assert!(!fake.asked().contains(&"GetSecret".to_owned()));
        assert!(!fake.asked().contains(&"CreateItem".to_owned()));
    }
    let twin = Fake::start(with(vec![item(1, "token")]));
    assert_eq!(loaded(&twin), Ok(Some("token".to_owned())));
}

#[test]
fn a_logout_removes_all_of_several_entries() {
    let fake = Fake::start(with(vec![item(1, "token"), item(2, "planted")]));
    assert!(fake.store().remove().unwrap());
    assert!(fake.items().is_empty());
}

#[test]
fn an_entry_in_another_keyring_gets_no_second_one_beside_it() {
    let path = "/org/freedesktop/secrets/collection/login2/1".to_owned();
    let fake = Fake::start(with(vec![Item { path: path.clone(), ..item(1, "token") }]));
    assert_eq!(loaded(&fake), Ok(Some("token".to_owned())));
    let refused = error(fake.store().save(None, &Secret::from("new")));
    assert!(matches!(refused, Error::Elsewhere { .. }), "{refused}");
    assert!(refused.to_string().contains(&path), "{refused}");
    assert_eq!(fake.items().len(), 1);
}

#[test]
fn what_is_locked_is_unlocked_by_the_person_or_told() {
    assert_eq!(loaded(&Fake::start(locked(Person::Answers))), Ok(Some("token".to_owned())));
    let told = load_error(locked(Person::Nobody));
    assert!(matches!(told, Error::Locked), "{told}");
    let told = load_error(locked(Person::Dismisses));
    assert!(matches!(told, Error::Dismissed), "{told}");
    let told = load_error(locked(Person::Silent));
    assert!(matches!(told, Error::PromptLate(_)), "{told}");
    let told = load_error(locked(Person::Gone));
    assert!(matches!(told, Error::Vanished), "{told}");
    let silent = Fake::start(locked(Person::Silent));
    assert!(silent.store().load().is_err());
    let _ = silent.store().load();
    assert!(silent.asked().contains(&"Dismiss".to_owned()), "the window stays");
    for error in [Error::Locked, Error::Dismissed] {
        let told = error.to_string();
        assert!(told.contains("locked") && told.contains("unlock it"), "{told}");
    }
}

#[test]
fn who_waits_for_an_unlock_is_told_and_nobody_else() {
    let told = |script: Script| {
        let count = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&count);
        let fake = Fake::start(script);
        let store = fake.store().on_prompt(move || {
            counted.fetch_add(1, Ordering::SeqCst);
        });
        let _ = store.load();
        count.load(Ordering::SeqCst)
    };
    assert_eq!(told(locked(Person::Answers)), 1);
    assert_eq!(told(locked(Person::Nobody)), 0);
    assert_eq!(told(with(vec![item(1, "token")])), 0);
}

#[test]
fn saving_and_removing_unlock_too() {
    for person in [Person::Answers, Person::Nobody, Person::Dismisses] {
        let (save, remove) = (Fake::start(locked(person)), Fake::start(locked(person)));
        let saved = save.store().save(None, &Secret::from("new"));
        let removed = remove.store().remove();
        match person {
            Person::Answers => assert!(saved.is_ok() && removed.unwrap()),
            _ => {
                assert!(matches!(error(saved), Error::Locked | Error::Dismissed));
                assert!(matches!(error(removed), Error::Locked | Error::Dismissed));
                assert_eq!(save.items()[0].secret, b"token");
                assert_eq!(remove.items().len(), 1);
            }
        }
    }
}

/// A service that shows nothing of a locked keyring would otherwise say that there is no token, and
/// the next provider's weaker store would be asked.
#[test]
fn nothing_found_in_a_locked_keyring_is_believed_only_if_the_service_knows_its_entries() {
    let hiding = |person| Script { hides: true, ..locked(person) };
    assert_eq!(loaded(&Fake::start(hiding(Person::Answers))), Ok(Some("token".to_owned())));
    assert!(matches!(load_error(hiding(Person::Nobody)), Error::Locked));
    assert!(matches!(
        error(Fake::start(hiding(Person::Dismisses)).store().remove()),
        Error::Dismissed
    ));
    assert!(Fake::start(hiding(Person::Answers)).store().remove().unwrap());
    // One that lists its entries and finds none of them has none.
    let knowing = Script { finds_none: true, ..locked(Person::Nobody) };
    assert_eq!(loaded(&Fake::start(knowing)), Ok(None));
}

#[test]
fn without_a_default_keyring_nothing_is_kept_and_nothing_found() {
    let fake = Fake::start(Script { no_default: true, ..Script::default() });
    assert_eq!(loaded(&fake), Ok(None));
    assert!(!fake.store().remove().unwrap());
    let refused = error(fake.store().save(None, &Secret::from("new")));
    assert!(matches!(refused, Error::NoDefault), "{refused}");
}

#[test]
fn each_fault_has_an_error_of_its_own() {
    let missing = Fault::OfBus("org.freedesktop.DBus.Error.ServiceUnknown");
    let not_started = Fault::OfBus("org.freedesktop.DBus.Error.Spawn.ExecFailed");
    let gone = Fault::OfBus("org.freedesktop.DBus.Error.NoReply");
    type Expected = fn(&Error) -> bool;
    let table: [(&str, Fault, Expected); 15] = [
        ("OpenSession", missing, |error| matches!(error, Error::NoService)),
        ("OpenSession", not_started, |error| matches!(error, Error::NoService)),
        ("OpenSession", Fault::Silence, |error| matches!(error, Error::Late(_))),
        ("OpenSession", Fault::HangUp, |error| matches!(error, Error::Lost(_))),
        ("SearchItems", gone, |error| matches!(error, Error::Vanished)),
        ("SearchItems", Fault::Stranger, |error| matches!(error, Error::Vanished)),
        ("SearchItems", Fault::OtherType, |error| matches!(error, Error::Malformed(_))),
        ("SearchItems", Fault::Garbage, |error| matches!(error, Error::Malformed(_))),
        // Known by now, so it was there.
        ("GetSecret", missing, |error| matches!(error, Error::Vanished)),
        ("GetSecret", gone, |error| matches!(error, Error::Vanished)),
        ("GetSecret", Fault::Silence, |error| matches!(error, Error::Late(_))),
        ("GetSecret", Fault::HangUp, |error| matches!(error, Error::Lost(_))),
        ("GetSecret", Fault::Stranger, |error| matches!(error, Error::Vanished)),
        ("GetSecret", Fault::OfService("org.freedesktop.Secret.Error.IsLocked"), |error| {
            matches!(error, Error::Locked)
        }),
        ("GetSecret", Fault::OfService("org.a.Strange\u{1b}"), |error| {
            matches!(error, Error::Refused { .. }) && !error.to_string().contains('\u{1b}')
        }),
    ];
    for (member, fault, expected) in table {
        let told = load_error(faulty(member, fault));
        assert!(expected(&told), "{member} {fault:?}: {told:?}");
    }
    assert_eq!(loaded(&Fake::start(with(vec![item(1, "token")]))), Ok(Some("token".to_owned())));
}

#[test]
fn a_fault_while_saving_or_removing_is_told() {
    for fault in [Fault::Silence, Fault::HangUp, Fault::Garbage, Fault::OtherType] {
        let saved = Fake::start(faulty("CreateItem", fault)).store().save(None, &Secret::from("x"));
        assert!(saved.is_err(), "{fault:?}");
        let removed = Fake::start(faulty("Delete", fault)).store().remove();
        assert!(removed.is_err(), "{fault:?}");
    }
    let gone = Fault::OfService("org.freedesktop.Secret.Error.NoSuchObject");
    let elsewhere = Fake::start(Script { keeps_all: true, ..faulty("Delete", gone) });
    assert!(matches!(error(elsewhere.store().remove()), Error::NotRemoved));
}

#[test]
fn an_entry_that_is_still_there_after_its_removal_is_told() {
    let fake = Fake::start(Script { keeps_all: true, ..with(vec![item(1, "token")]) });
    let told = error(fake.store().remove());
    assert!(matches!(told, Error::NotRemoved), "{told}");
}

#[test]
fn an_entry_that_is_no_text_is_not_given_out() {
    let kind = |kind| Script { kind: Some(kind), ..with(vec![item(1, "token")]) };
    let told = load_error(kind("application/octet-stream\u{1b}"));
    assert!(matches!(told, Error::NotText { .. }), "{told}");
    assert!(!told.to_string().contains('\u{1b}'));
    for text in ["text/plain", "text/plain; charset=utf8"] {
        assert_eq!(loaded(&Fake::start(kind(text))), Ok(Some("token".to_owned())), "{text}");
    }
}

#[test]
fn secrets_have_a_length_and_no_zero() {
    let fake = Fake::start(Script::default());
    let longest = "x".repeat(64 << 10);
    fake.store().save(None, &Secret::from(longest.as_str())).unwrap();
    assert_eq!(loaded(&fake), Ok(Some(longest.clone())));
    let longer = Secret::from(longest + "x");
    let told = error(fake.store().save(None, &longer));
    assert!(matches!(told, Error::TooLong { length: 65537, limit: 65536 }), "{told}");
    assert!(matches!(error(fake.store().save(None, &Secret::from("a\0b"))), Error::ZeroByte));
    let account = Secret::from("me");
    let told = error(fake.store().save(Some(&account), &Secret::from("x")));
    assert!(matches!(told, Error::NoAccounts), "{told}");
    let planted = Item { secret: vec![b'x'; 65537], ..item(1, "") };
    assert!(matches!(load_error(with(vec![planted])), Error::TooLong { .. }));
}

#[test]
fn no_error_shows_a_secret() {
    let fake = Fake::start(faulty("CreateItem", Fault::OfService("org.a.B")));
    let told = fake.store().save(None, &Secret::from("canary-4")).unwrap_err();
    assert!(!format!("{told} {told:?}").contains("canary-4"));
}
