//! Many at once.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use lockgate_tests::docker_helper::Helper;

use crate::{Desktop, Home};

const PROCESSES: usize = 64;
/// As many as keep the keyring's own limits on connections.
const PROCESSES_OF_KEYRING: usize = 16;
const SHARED: &str = "shared.example";
/// Longer than one write of a pipe or a page.
const LENGTH: usize = 20_000;

/// One letter: half of one secret and half of another would show.
fn letter_of(number: usize) -> String {
    char::from(b'a' + u8::try_from(number % 26).unwrap()).to_string()
}

/// Who logs in to the server that all share.
#[derive(Clone, Copy)]
enum Users {
    /// Somebody else each time, whose name is the letter of the secret.
    Many,
    /// Always the same, since a keyring has an entry for each user: a moment after another one's login
    /// there are two, which ours takes for none that is known.
    One,
}

impl Users {
    fn user(self, letter: &str) -> String {
        match self {
            Self::Many => letter.to_owned(),
            Self::One => "u".to_owned(),
        }
    }

    /// All of one login and nothing of another.
    fn assert_whole(self, (user, secret): &(String, String)) {
        let letter = secret.get(..1).unwrap_or_default();
        assert_eq!(secret, &letter.repeat(LENGTH), "half of one and half of another");
        assert_eq!(user, &self.user(letter));
    }
}

/// Each keeps its own, and one that all share, and erases one that was kept before; two read the shared
/// one meanwhile. How many times they found it.
fn at_once(helper: &Helper, processes: usize, users: Users) -> usize {
    let (found, over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let read = || {
        let Some(shared) = helper.finds(SHARED) else { return };
        users.assert_whole(&shared);
        found.fetch_add(1, Ordering::SeqCst);
    };
    (0..processes).for_each(|number| helper.keeps(&format!("gone-{number}.example"), "u", "s"));
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..processes)
            .map(|number| {
                scope.spawn(move || {
                    let letter = letter_of(number);
                    let secret = letter.repeat(LENGTH);
                    helper.keeps(&format!("own-{number}.example"), &letter, &secret);
                    helper.keeps(SHARED, &users.user(&letter), &secret);
                    helper.forgets(&format!("gone-{number}.example"));
                })
            })
            .collect();
        for _ in 0..2 {
            scope.spawn(|| {
                while !over.load(Ordering::SeqCst) {
                    read();
                }
            });
        }
        let ended: Vec<_> = writers.into_iter().map(|writer| writer.join()).collect();
        over.store(true, Ordering::SeqCst);
        assert!(ended.iter().all(Result::is_ok));
    });
    found.load(Ordering::SeqCst)
}

fn lose_nothing(helper: &Helper, processes: usize, users: Users) {
    let found = at_once(helper, processes, users);
    assert!(found > 0, "nobody read the shared one meanwhile");
    let listed = helper.lists();
    let listed = listed.as_object().unwrap();
    assert_eq!(listed.len(), processes + 1, "{listed:?}");
    for number in 0..processes {
        let (user, secret) = helper.finds(&format!("own-{number}.example")).unwrap();
        assert_eq!((&user, secret), (&letter_of(number), user.repeat(LENGTH)));
    }
    users.assert_whole(&helper.finds(SHARED).unwrap());
}

#[test]
fn sixty_four_that_store_erase_and_read_at_once_lose_nothing() {
    let home = Home::new();
    lose_nothing(&Helper::ours(&home), PROCESSES, Users::Many);
}

#[test]
fn with_the_desktops_keyring_nothing_is_lost_either() {
    let (home, desktop) = (Home::new(), Desktop::new());
    lose_nothing(&Helper::ours_within(&home, &desktop), PROCESSES_OF_KEYRING, Users::One);
}
