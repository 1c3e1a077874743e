//! Against the kernel's own keyring. Where a container refuses it, each test fails, unless whoever runs them
//! said that it is known.

use std::sync::Barrier;
use std::time::Duration;

use super::{Key, KeyringError, MAX_KEY, Room, calls, fetch_key, remove_keys};

/// Whoever sets it to 1 knows that what is about the kernel's keyring is not tested.
const WITHOUT: &str = "LOCKGATE_TESTS_WITHOUT_KEYRING";

/// A description of this test alone, whose key goes with it.
struct Name(String);

impl Name {
    /// None where it is known that there is no keyring.
    #[allow(clippy::disallowed_methods, reason = "whoever runs the tests says what they lack")]
    fn new(test: &str) -> Option<Self> {
        let name = format!("lockgate:test:{}:{test}", std::process::id());
        match Room::new(&name) {
            Ok(room) => room.release(),
            Err(error) => {
                let known = std::env::var_os(WITHOUT).is_some_and(|value| value == "1");
                assert!(known, "this test needs the kernel's keyring: {error}; or set {WITHOUT}=1");
                eprintln!("the kernel's keyring is not tested: {error}");
                return None;
            }
        }
        Some(Self(name))
    }

    fn save(&self, content: &[u8]) -> Key {
        let room = Room::new(&self.0).unwrap();
        room.fill(&self.0, content, Some(60)).unwrap();
        let key = room.publish().unwrap();
        room.release();
        key
    }

    fn content(&self) -> Option<Vec<u8>> {
        fetch_key(&self.0).unwrap().map(|found| found.content.to_vec())
    }
}

impl Drop for Name {
    fn drop(&mut self) {
        let _ = remove_keys(&self.0);
    }
}

#[test]
fn a_key_is_found_when_it_is_published_and_not_before() {
    let Some(name) = Name::new("published") else { return };
    let room = Room::new(&name.0).unwrap();
    assert_eq!(name.content(), None);
    let longest = vec![b'x'; MAX_KEY];
    // Other users have 20,000 bytes.
    let content = if rustix::process::getuid().is_root() { &longest[..] } else { b"x" };
    room.fill(&name.0, content, Some(60)).unwrap();
    assert_eq!(name.content(), None);
    let key = room.publish().unwrap();
    assert_eq!(name.content().as_deref(), Some(content));
    let longer = [&longest[..], b"x"].concat();
    assert_eq!(room.fill(&name.0, &longer, None), Err(KeyringError::TooLarge));
    assert_eq!((key.remove(), key.remove()), (Ok(true), Ok(false)));
    assert_eq!(name.content(), None);
}

#[test]
fn another_key_takes_the_place_of_one_without_changing_it() {
    let Some(name) = Name::new("replaced") else { return };
    let before = name.save(b"before");
    let (room, other) = (Room::new(&name.0).unwrap(), Room::new(&name.0).unwrap());
    assert_eq!(name.content().as_deref(), Some(&b"before"[..]));
    room.fill(&name.0, b"after", None).unwrap();
    other.fill(&name.0, b"other", None).unwrap();
    assert_eq!(name.content().as_deref(), Some(&b"before"[..]));
    let after = room.publish().unwrap();
    assert!(after != before);
    assert_eq!(name.content().as_deref(), Some(&b"after"[..]));
    other.publish().unwrap();
    assert_eq!(name.content().as_deref(), Some(&b"other"[..]));
    assert_eq!((before.remove(), after.remove()), (Ok(true), Ok(false)));
    assert_eq!(name.content(), None);
}

#[test]
fn a_key_is_forgotten_after_its_time() {
    let Some(name) = Name::new("time") else { return };
    let room = Room::new(&name.0).unwrap();
    room.fill(&name.0, b"token", Some(1)).unwrap();
    room.publish().unwrap();
    assert!(name.content().is_some());
    std::thread::sleep(Duration::from_millis(2100));
    assert_eq!(name.content(), None);
}

/// Another login of the same user, which has the key's number and nothing else, gets nothing.
#[test]
fn nobody_but_its_possessor_has_any_right_to_a_key() {
    let Some(name) = Name::new("rights") else { return };
    let key = name.save(b"token");
    std::thread::scope(|threads| {
        threads.spawn(|| {
            calls::by_numbers(libc::KEYCTL_JOIN_SESSION_KEYRING, 0, 0).unwrap();
            let mut buffer = [0; 256];
            for denied in [calls::read(key.0, &mut buffer), calls::describe(key.0, &mut buffer)] {
                assert_eq!(denied, Err(KeyringError::Denied));
            }
            // The twin: who goes by way of the user's keyring possesses it.
            assert_eq!(name.content().as_deref(), Some(&b"token"[..]));
            calls::by_numbers(libc::KEYCTL_LINK, calls::OF_USER, calls::of_process()).unwrap();
            let length = calls::read(key.0, &mut buffer).unwrap();
            assert_eq!(&buffer[..length], b"token");
            let length = calls::describe(key.0, &mut buffer).unwrap();
            let described = String::from_utf8_lossy(&buffer[..length]).into_owned();
            assert!(described.contains(";3f000000;"), "{described}");
        });
    });
}

/// Root alone can be somebody else in one of its threads.
fn become_user(user: libc::uid_t) {
    // SAFETY: takes three numbers; the call itself, unlike the C library's, is about this thread.
    #[allow(unsafe_code, reason = "there is no safe way to be another user in one thread alone")]
    let changed = unsafe { libc::syscall(libc::SYS_setresuid, user, user, user) };
    assert_eq!(changed, 0);
}

fn is_root() -> bool {
    let is_root = rustix::process::getuid().is_root();
    if !is_root {
        eprintln!("only root can be another user, so that this is not tested");
    }
    is_root
}

#[test]
fn another_user_has_no_right_to_a_key_whose_number_it_knows() {
    let Some(name) = Name::new("users").filter(|_| is_root()) else { return };
    let key = name.save(b"token");
    let read_as = |user| {
        // A session's keyring is handed on to whoever is started in it.
        calls::by_numbers(libc::KEYCTL_JOIN_SESSION_KEYRING, 0, 0).unwrap();
        become_user(user);
        let by_number = calls::read(key.0, &mut [0; 256]);
        (by_number, fetch_key(&name.0).map(|found| found.is_some()))
    };
    std::thread::scope(|threads| {
        let other = threads.spawn(|| read_as(65_534)).join().unwrap();
        assert_eq!(other, (Err(KeyringError::Denied), Ok(false)));
        // The twin.
        let same = threads.spawn(|| read_as(0)).join().unwrap();
        assert_eq!(same, (Err(KeyringError::Denied), Ok(true)));
    });
}

#[test]
fn without_room_what_is_there_is_still_found_and_not_changed() {
    /// One that no other test has.
    const USER: libc::uid_t = 64_123;
    let Some(name) = Name::new("room").filter(|_| is_root()) else { return };
    let (full, done) = (Barrier::new(2), Barrier::new(2));
    std::thread::scope(|threads| {
        threads.spawn(|| {
            become_user(USER);
            let key = name.save(b"before");
            let room = Room::new(&name.0).unwrap();
            let taken = (0..1000).find_map(|_| Room::new("lockgate:test").err());
            full.wait();
            done.wait();
            let long = vec![b'x'; MAX_KEY];
            let changed = room.fill(&name.0, &long, None);
            let kept = name.content();
            let _ = key.remove();
            assert_eq!(taken, Some(KeyringError::Full));
            assert_eq!(changed, Err(KeyringError::Full));
            assert_eq!(kept.as_deref(), Some(&b"before"[..]));
        });
        let other = threads.spawn(|| {
            full.wait();
            become_user(USER);
            // Another process of that user, as far as keys are concerned.
            let found = fetch_key(&name.0).map(|found| found.map(|found| found.content.to_vec()));
            let room = Room::new(&name.0);
            done.wait();
            (found, room)
        });
        let (found, room) = other.join().unwrap();
        assert_eq!(found, Ok(Some(b"before".to_vec())));
        assert_eq!(room, Err(KeyringError::Full));
    });
}
