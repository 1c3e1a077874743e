//! Entries with accounts, several for one server.

use lockgate_core::{Ecosystem, Secret, SecretStore};

use super::super::SecretServiceError as Error;
use super::fake::{Fake, Item, KEYRING, Person, Script, docker_item};
use super::{error, with};
use crate::stores::Listed;

const SERVER: &str = "ghcr.io";

/// The account and the secret.
fn loaded(fake: &Fake) -> Result<Option<(String, String)>, String> {
    let found = fake.docker_store(SERVER).load().map_err(|error| error.to_string())?;
    let text = |secret: &Secret| secret.expose_text().unwrap().to_owned();
    Ok(found.map(|found| (text(&found.identity.unwrap()), text(&found.secret))))
}

fn is(account: &str, secret: &str) -> Result<Option<(String, String)>, String> {
    Ok(Some((account.to_owned(), secret.to_owned())))
}

fn save(fake: &Fake, account: &str, secret: &str) {
    let account = Secret::from(account);
    fake.docker_store(SERVER).save(Some(&account), &Secret::from(secret)).unwrap();
}

fn own(number: u32, account: &str, modified: u64) -> Item {
    Item { modified, ..docker_item(number, SERVER, account, &format!("secret-of-{account}")) }
}

fn paths(fake: &Fake) -> Vec<String> {
    fake.items().into_iter().map(|item| item.path).collect()
}

#[test]
fn an_entry_is_kept_with_its_account_replaced_and_removed() {
    let fake = Fake::start(Script::default());
    assert_eq!(loaded(&fake), Ok(None));
    for (account, secret) in [("alice", "a"), ("alice", ""), ("bob", "b"), ("<token>", "refresh")] {
        save(&fake, account, secret);
        assert_eq!(loaded(&fake), is(account, secret));
        assert_eq!(fake.items().len(), 1, "the entry of who logged in before is gone");
    }
    assert!(fake.docker_store(SERVER).remove().unwrap());
    assert!(!fake.docker_store(SERVER).remove().unwrap());
    assert_eq!(loaded(&fake), Ok(None));
}

/// docker's own helper takes the last of a list that has no order.
#[test]
fn of_several_accounts_the_one_that_logged_in_last_is_it_wherever_it_stands() {
    for newest in ["alice", "bob", "carol"] {
        let at = |account| if account == newest { 2000 } else { 1000 };
        let items = ["alice", "bob", "carol"].into_iter().zip(1..);
        let items = items.map(|(account, number)| own(number, account, at(account))).collect();
        assert_eq!(loaded(&Fake::start(with(items))), is(newest, &format!("secret-of-{newest}")));
    }
}

#[test]
fn several_entries_of_which_none_is_the_latest_are_an_error_that_names_them() {
    let same_time = vec![own(1, "alice", 1000), own(2, "bob", 1000), own(3, "carol", 900)];
    let same_account = vec![own(1, "alice", 2000), own(2, "alice", 1000)];
    let same_entry = vec![own(1, "alice", 1000), own(2, "alice", 1000)];
    for items in [same_time, same_account, same_entry] {
        let fake = Fake::start(with(items));
        let refused = error(fake.docker_store(SERVER).load());
        assert!(matches!(refused, Error::Ambiguous { count: 2, .. }), "{refused}");
        for number in [1, 2] {
            assert!(refused.to_string().contains(&format!("{KEYRING}/{number}")), "{refused}");
        }
        assert!(!refused.to_string().contains("secret-of"), "{refused}");
        assert!(!fake.asked().contains(&"GetSecret".to_owned()));
        // Whoever logs in again has one entry.
        save(&fake, "alice", "new");
        assert_eq!(loaded(&fake), is("alice", "new"));
        assert_eq!(fake.items().len(), 1);
    }
}

/// As of a service that does not tell upper and lower case apart.
#[test]
fn entries_of_other_servers_that_a_search_brings_are_neither_given_out_nor_touched() {
    let other = |number| Item { modified: 3000, ..docker_item(number, "GHCR.io", "eve", "other") };
    let fake = Fake::start(with(vec![other(1)]));
    assert_eq!(loaded(&fake), Ok(None));
    assert!(!fake.docker_store(SERVER).remove().unwrap());
    let fake = Fake::start(with(vec![other(1), own(2, "alice", 1000), other(3)]));
    assert_eq!(loaded(&fake), is("alice", "secret-of-alice"));
    save(&fake, "bob", "b");
    assert_eq!(loaded(&fake), is("bob", "b"));
    assert!(fake.docker_store(SERVER).remove().unwrap());
    assert_eq!(paths(&fake), [other(1).path, other(3).path]);
    // The twin: asked for by its own name, it is.
    let fake = Fake::start(with(vec![other(1)]));
    let found = fake.docker_store("GHCR.io").load().unwrap().unwrap();
    assert_eq!(found.secret.expose(), b"other");
}

#[test]
fn a_login_removes_the_other_accounts_entries_in_every_keyring() {
    let path = "/org/freedesktop/secrets/collection/other/7".to_owned();
    let elsewhere = Item { path, ..own(1, "carol", 1000) };
    let fake = Fake::start(with(vec![own(1, "alice", 1000), elsewhere]));
    save(&fake, "bob", "b");
    assert_eq!(paths(&fake).len(), 1);
    assert_eq!(loaded(&fake), is("bob", "b"));
}

/// What a request costs is how often it waits for the bus.
#[test]
fn each_operation_waits_for_the_bus_as_seldom_as_can_be() {
    let waited = |items: Vec<Item>, act: fn(&Fake)| {
        let fake = Fake::start(with(items));
        act(&fake);
        fake.round_trips()
    };
    let load: fn(&Fake) = |fake| drop(fake.docker_store(SERVER).load().unwrap());
    let save: fn(&Fake) = |fake| save(fake, "alice", "new");
    let remove: fn(&Fake) = |fake| assert!(fake.docker_store(SERVER).remove().is_ok());
    let (one, two) = (|| vec![own(1, "alice", 1)], || vec![own(1, "alice", 1), own(2, "bob", 2)]);
    assert_eq!(waited(Vec::new(), load), 1);
    assert_eq!(waited(one(), load), 2);
    assert_eq!(waited(two(), load), 3);
    assert_eq!(waited(Vec::new(), save), 2);
    assert_eq!(waited(one(), save), 2);
    assert_eq!(waited(two(), save), 5);
    assert_eq!(waited(Vec::new(), remove), 1);
    assert_eq!(waited(one(), remove), 4);
}

#[test]
fn what_is_locked_is_unlocked_by_the_person_or_told() {
    let locked = |person| {
        let items = vec![Item { locked: true, ..own(1, "alice", 1000) }];
        Fake::start(Script { locked: true, person, ..with(items) })
    };
    assert_eq!(loaded(&locked(Person::Answers)), is("alice", "secret-of-alice"));
    for person in [Person::Nobody, Person::Dismisses] {
        let fake = locked(person);
        let account = Secret::from("bob");
        let store = fake.docker_store(SERVER);
        for refused in [
            error(store.load()),
            error(store.save(Some(&account), &Secret::from("b"))),
            error(store.remove()),
        ] {
            assert!(matches!(refused, Error::Locked | Error::Dismissed), "{refused}");
        }
        assert_eq!(fake.items().len(), 1, "the old entry is there, and it alone");
        assert_eq!(fake.items()[0].secret, b"secret-of-alice");
    }
}

#[test]
fn accounts_have_a_length_and_no_zero() {
    let fake = Fake::start(Script::default());
    let store = fake.docker_store(SERVER);
    let save = |account: Option<&[u8]>| {
        let account = account.map(|account| Secret::new(account.to_vec()));
        store.save(account.as_ref(), &Secret::from("x"))
    };
    assert!(matches!(error(save(None)), Error::NoAccount));
    let longest = vec![b'a'; 4 << 10];
    let longer = vec![b'a'; (4 << 10) + 1];
    for wrong in [b"".as_slice(), b"a\0b", b"\xff", &longer] {
        assert!(matches!(error(save(Some(wrong))), Error::BadAccount { limit: 4096 }));
    }
    assert!(fake.items().is_empty());
    save(Some(&longest)).unwrap();
}

#[test]
fn servers_are_listed_with_their_accounts_and_no_secret_is_asked_for() {
    let many: Vec<_> = (0..300).map(|n| docker_item(n, &format!("{n:03}.a"), "me", "x")).collect();
    let fake = Fake::start(with([many, vec![own(400, "bob", 1), own(401, "alice", 1)]].concat()));
    let listed = fake.service.list(Ecosystem::Oci).unwrap();
    let one = |server: &str, account: &str| Listed {
        server: server.to_owned(),
        identity: Some(account.to_owned()),
    };
    assert_eq!(listed.len(), 302);
    assert_eq!(listed[..2], [one("000.a", "me"), one("001.a", "me")]);
    assert_eq!(listed[300..], [one(SERVER, "alice"), one(SERVER, "bob")]);
    assert!(!fake.asked().contains(&"GetSecret".to_owned()));
    assert!(!fake.asked().contains(&"OpenSession".to_owned()));
    assert_eq!(fake.round_trips(), 4);
}
