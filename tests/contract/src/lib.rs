//! What every secret store has to do, whatever is behind it: one suite that each adapter passes.
//! Depends on nothing but the vocabulary, so that it runs on every system.
#![allow(clippy::expect_used, clippy::panic, clippy::missing_panics_doc, reason = "it is a test")]

use lockgate_core::{Secret, SecretStore, StoredSecret};

/// What may differ between stores.
#[derive(Clone, Copy, Debug)]
pub struct Promise {
    /// Most bytes of a secret; none if the store has no limit of its own.
    pub limit: Option<usize>,
    /// Whether it keeps an account beside the secret.
    pub accounts: bool,
    /// Whether a secret may be any bytes, not only text.
    pub bytes: bool,
    /// Whether two names may differ in nothing but upper and lower case.
    pub case: bool,
}

/// Opens the entry of a registry.
pub type Open<'a> = &'a (dyn Fn(&str) -> Box<dyn SecretStore> + Sync);

/// Longer than any token.
const LONG: usize = 64 << 10;

/// At once, each as often as it says.
const WRITERS: usize = 32;
const ROUNDS: usize = 10;

/// URLs that some store or other could take for one another. No two are the same registry.
const NEIGHBOURS: [&str; 7] = [
    "sparse+https://registry.example/index/",
    "sparse+https://registry.example/index",
    "sparse+https://registry.example/index//",
    "sparse+https://registry.example:8443/index/",
    "sparse+http://registry.example/index/",
    "https://registry.example/index/",
    "sparse+https://registry.example/ind%65x/",
];

/// The first of them in other letters.
const IN_CAPITALS: &str = "sparse+https://registry.example/INDEX/";

/// Runs the whole suite, and leaves none of its entries.
pub fn check(open: Open<'_>, promise: &Promise) {
    for url in NEIGHBOURS.into_iter().chain([IN_CAPITALS]) {
        // What a run left that was cut short.
        remove(open, url);
    }
    begins_empty(open);
    round_trips(open, promise);
    keeps_its_limit(open, promise);
    replaces(open, promise);
    tells_neighbours_apart(open);
    tells_letters_apart(open, promise);
    removes_twice(open);
}

fn begins_empty(open: Open<'_>) {
    for url in NEIGHBOURS {
        assert!(load(open, url).is_none(), "{url}: there is an entry before the first save");
        assert!(!remove(open, url), "{url}: something was removed before the first save");
    }
}

fn round_trips(open: Open<'_>, promise: &Promise) {
    let [url, ..] = NEIGHBOURS;
    let text: String = (1..=127_u8).map(char::from).collect();
    let mut secrets = vec![
        b"a".to_vec(),
        text.into_bytes(),
        "\u{fc}\u{4e2d}\u{1f511}\u{202e}".as_bytes().to_vec(),
        b" leading and trailing ".to_vec(),
        b"line\nline\r\n".to_vec(),
        Vec::new(),
    ];
    if promise.bytes {
        secrets.push((1..=255).collect());
    }
    for secret in secrets {
        save(open, url, &secret);
        let found = load(open, url).expect("there is no entry after a save");
        assert_eq!(found.secret.expose(), secret, "another secret came back");
        assert!(found.identity.is_none(), "an account came back that nobody gave");
    }
    if promise.accounts {
        let account = Secret::from("alice@corp \u{fc}");
        open(url).save(Some(&account), &Secret::from("with an account")).expect("a save failed");
        let found = load(open, url).expect("there is no entry after a save");
        assert_eq!(found.identity.expect("the account is lost").expose(), account.expose());
    }
    assert!(remove(open, url));
}

fn keeps_its_limit(open: Open<'_>, promise: &Promise) {
    let [url, ..] = NEIGHBOURS;
    let longest = promise.limit.unwrap_or(LONG);
    for length in [longest - 1, longest] {
        let secret = vec![b'x'; length];
        save(open, url, &secret);
        let found = load(open, url).expect("there is no entry after a save");
        assert_eq!(found.secret.expose(), secret, "a secret of {length} bytes came back otherwise");
    }
    if let Some(limit) = promise.limit {
        refuses_more(open, url, limit);
    }
    assert!(remove(open, url));
}

fn refuses_more(open: Open<'_>, url: &str, limit: usize) {
    let longer = Secret::new(vec![b'y'; limit + 1]);
    let error = open(url).save(None, &longer).expect_err("more than the limit was taken");
    let message = error.to_string();
    assert!(message.contains(&limit.to_string()), "the limit is not told: {message}");
    let kept = load(open, url).expect("a refused save removed the old entry");
    assert_eq!(kept.secret.len(), limit, "a refused save changed the old entry");
}

fn replaces(open: Open<'_>, promise: &Promise) {
    let [url, ..] = NEIGHBOURS;
    if promise.accounts {
        let account = Secret::from("someone");
        open(url).save(Some(&account), &Secret::from("first")).expect("a save failed");
    }
    for secret in ["a much longer secret than the next one", "short", "short again"] {
        save(open, url, secret.as_bytes());
        let found = load(open, url).expect("there is no entry after a save");
        assert_eq!(found.secret.expose(), secret.as_bytes());
        assert!(found.identity.is_none(), "the account of a replaced entry is still there");
    }
    assert!(remove(open, url));
    assert!(load(open, url).is_none(), "an older entry came to light");
}

fn tells_neighbours_apart(open: Open<'_>) {
    for url in NEIGHBOURS {
        save(open, url, url.as_bytes());
    }
    for (at, url) in NEIGHBOURS.iter().enumerate() {
        let found = load(open, url).expect("there is no entry after a save");
        assert_eq!(found.secret.expose(), url.as_bytes(), "the secret of another registry");
        assert!(remove(open, url), "{url}: nothing was removed");
        for other in NEIGHBOURS.iter().skip(at + 1) {
            assert!(load(open, other).is_some(), "{other} went with {url}");
        }
    }
}

/// A store that takes both for one name says so, and never gives one for the other.
fn tells_letters_apart(open: Open<'_>, promise: &Promise) {
    let [url, ..] = NEIGHBOURS;
    save(open, url, b"in small letters");
    assert!(load(open, IN_CAPITALS).is_none(), "the secret of another registry");
    assert!(!remove(open, IN_CAPITALS), "the entry of another registry was removed");
    match open(IN_CAPITALS).save(None, &Secret::from("in capitals")) {
        Ok(()) => assert!(promise.case && remove(open, IN_CAPITALS)),
        Err(error) => assert!(!promise.case && error.to_string().contains(url), "{error}"),
    }
    let found = load(open, url).expect("the entry went with another registry's");
    assert_eq!(found.secret.expose(), b"in small letters");
    assert!(remove(open, url));
}

fn removes_twice(open: Open<'_>) {
    let [url, ..] = NEIGHBOURS;
    save(open, url, b"x");
    assert!(remove(open, url), "nothing was removed");
    assert!(!remove(open, url), "something was removed twice");
    assert!(load(open, url).is_none(), "the entry is still there");
}

/// Who writes an entry of their own finds it as it was written, whatever others do, and an entry that
/// everybody writes is always one of what was written.
pub fn loses_nothing_to_others(open: Open<'_>) {
    let [shared, ..] = NEIGHBOURS;
    save(open, shared, b"writer 0");
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            scope.spawn(move || {
                let own = format!("{shared}{writer}");
                for round in 0..ROUNDS {
                    let secret = format!("writer {writer} in round {round}");
                    save(open, &own, secret.as_bytes());
                    save(open, shared, secret.as_bytes());
                    let found = load(open, &own).expect("an entry is lost");
                    assert_eq!(found.secret.expose(), secret.as_bytes(), "another's secret");
                    let found = load(open, shared).expect("the entry of all was missing");
                    let text = found.secret.expose_text().expect("half a secret");
                    assert!(text.starts_with("writer "), "half a secret: {text}");
                }
                assert!(remove(open, &own));
            });
        }
    });
    assert!(remove(open, shared));
}

fn load(open: Open<'_>, url: &str) -> Option<StoredSecret> {
    open(url).load().expect("a load failed")
}

fn save(open: Open<'_>, url: &str, secret: &[u8]) {
    open(url).save(None, &Secret::new(secret.to_vec())).expect("a save failed");
}

fn remove(open: Open<'_>, url: &str) -> bool {
    open(url).remove().expect("a remove failed")
}
