//! What one user of a store sees.

use lockgate_core::{Secret, StoredSecret};

use crate::{Accounts, Open, Promise};

/// Longer than any token.
const LONG: usize = 64 << 10;

/// The account of those who need one and want no particular one.
const SOMEONE: &str = "someone";

/// The store and what it promises.
#[derive(Clone, Copy)]
pub(crate) struct Suite<'a> {
    pub(crate) open: Open<'a>,
    pub(crate) promise: &'a Promise,
}

impl Suite<'_> {
    pub(crate) fn check(&self) {
        for url in self.neighbours().chain([self.promise.names.in_capitals()]) {
            // What a run left that was cut short.
            self.remove(url);
        }
        self.begins_empty();
        self.round_trips();
        self.keeps_its_limit();
        self.replaces();
        self.keeps_accounts();
        self.tells_neighbours_apart();
        self.tells_letters_apart();
        self.removes_twice();
    }

    fn begins_empty(&self) {
        for url in self.neighbours() {
            assert!(self.load(url).is_none(), "{url}: there is an entry before the first save");
            assert!(!self.remove(url), "{url}: something was removed before the first save");
        }
    }

    fn round_trips(&self) {
        let text: String = (1..=127_u8).map(char::from).collect();
        let mut secrets = vec![
            b"a".to_vec(),
            text.into_bytes(),
            "\u{fc}\u{4e2d}\u{1f511}\u{202e}".as_bytes().to_vec(),
            b" leading and trailing ".to_vec(),
            b"line\nline\r\n".to_vec(),
            b"\"quoted\\\" and {\"a\": [1]}".to_vec(),
            Vec::new(),
        ];
        if self.promise.bytes {
            secrets.push((1..=255).collect());
        }
        for secret in secrets {
            self.save(self.url(), &secret);
            assert_eq!(self.loaded(self.url()), secret, "another secret came back");
        }
        assert!(self.remove(self.url()));
    }

    fn keeps_its_limit(&self) {
        let longest = self.promise.limit.unwrap_or(LONG);
        for length in [longest - 1, longest] {
            let secret = vec![b'x'; length];
            self.save(self.url(), &secret);
            let found = self.loaded(self.url());
            assert!(found == secret, "a secret of {length} bytes came back otherwise");
        }
        if let Some(limit) = self.promise.limit {
            self.refuses_more(limit);
        }
        assert!(self.remove(self.url()));
    }

    fn refuses_more(&self, limit: usize) {
        let longer = Secret::new(vec![b'y'; limit + 1]);
        let refused = (self.open)(self.url()).save(self.account().as_ref(), &longer);
        let message = refused.expect_err("more than the limit was taken").to_string();
        assert!(message.contains(&limit.to_string()), "the limit is not told: {message}");
        let kept = self.loaded(self.url());
        assert_eq!(kept.len(), limit, "a refused save changed the old entry");
    }

    fn replaces(&self) {
        if self.promise.accounts == Accounts::Optional {
            self.save_for("of an account", b"first");
        }
        for secret in ["a much longer secret than the next one", "short", "short again"] {
            self.save(self.url(), secret.as_bytes());
            assert_eq!(self.loaded(self.url()), secret.as_bytes());
        }
        assert!(self.remove(self.url()));
        assert!(self.load(self.url()).is_none(), "an older entry came to light");
    }

    /// Whoever saves last is the one whose entry it is, and nobody's before comes to light again.
    fn keeps_accounts(&self) {
        let save = |account: Option<&Secret>| (self.open)(self.url()).save(account, &"x".into());
        match self.promise.accounts {
            Accounts::None => {
                save(Some(&"alice".into())).expect_err("an account was taken and not kept");
                return;
            }
            Accounts::Required => {
                let refused = save(None).expect_err("an entry without an account was taken");
                assert!(refused.to_string().contains("account"), "{refused}");
                assert!(self.load(self.url()).is_none(), "a refused save left something");
            }
            Accounts::Optional => {}
        }
        for (account, secret) in [
            ("alice", "alice's"),
            ("bob", "bob's"),
            ("alice", "alice's again"),
            ("<token>", "an identity token"),
            ("alice@corp \u{fc}\u{4e2d}", "with signs"),
            ("AWS", ""),
        ] {
            self.save_for(account, secret.as_bytes());
            let found = self.load(self.url()).expect("there is no entry after a save");
            let kept = found.identity.expect("the account is lost");
            assert_eq!(kept.expose_text(), Some(account), "another's account came back");
            assert_eq!(found.secret.expose(), secret.as_bytes(), "another's secret came back");
        }
        assert!(self.remove(self.url()));
        assert!(self.load(self.url()).is_none(), "another account's entry came to light");
    }

    fn tells_neighbours_apart(&self) {
        for url in self.neighbours() {
            self.save(url, url.as_bytes());
        }
        let mut left: Vec<&str> = self.neighbours().collect();
        while let Some(url) = left.pop() {
            assert_eq!(self.loaded(url), url.as_bytes(), "the secret of another registry");
            assert!(self.remove(url), "{url}: nothing was removed");
            for other in &left {
                let kept = self.loaded(other);
                assert_eq!(kept, other.as_bytes(), "{other} went with {url}");
            }
        }
    }

    /// A store that takes both for one name says so, and never gives one for the other.
    fn tells_letters_apart(&self) {
        let in_capitals = self.promise.names.in_capitals();
        self.save(self.url(), b"in small letters");
        assert!(self.load(in_capitals).is_none(), "the secret of another registry");
        assert!(!self.remove(in_capitals), "the entry of another registry was removed");
        let saved =
            (self.open)(in_capitals).save(self.account().as_ref(), &Secret::from("in capitals"));
        match saved {
            Ok(()) => assert!(self.promise.case && self.remove(in_capitals)),
            Err(error) => {
                assert!(!self.promise.case && error.to_string().contains(self.url()), "{error}");
            }
        }
        let found = self.loaded(self.url());
        assert_eq!(found, b"in small letters", "the entry went with another registry's");
        assert!(self.remove(self.url()));
    }

    fn removes_twice(&self) {
        self.save(self.url(), b"x");
        assert!(self.remove(self.url()), "nothing was removed");
        assert!(!self.remove(self.url()), "something was removed twice");
        assert!(self.load(self.url()).is_none(), "the entry is still there");
    }

    fn neighbours(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.promise.names.neighbours().iter().copied()
    }

    fn url(&self) -> &'static str {
        self.promise.names.first()
    }

    /// What an entry that is about no account is saved with.
    fn account(&self) -> Option<Secret> {
        (self.promise.accounts == Accounts::Required).then(|| Secret::from(SOMEONE))
    }

    pub(crate) fn load(&self, url: &str) -> Option<StoredSecret> {
        (self.open)(url).load().expect("a load failed")
    }

    /// The secret of an entry that [`Suite::save`] saved.
    pub(crate) fn loaded(&self, url: &str) -> Vec<u8> {
        let found = self.load(url).expect("there is no entry after a save");
        let account = found.identity.as_ref().map(Secret::expose);
        let expected = self.account();
        assert_eq!(account, expected.as_ref().map(Secret::expose), "another account came back");
        found.secret.expose().to_vec()
    }

    pub(crate) fn save(&self, url: &str, secret: &[u8]) {
        let saved = (self.open)(url).save(self.account().as_ref(), &Secret::new(secret.to_vec()));
        saved.expect("a save failed");
    }

    fn save_for(&self, account: &str, secret: &[u8]) {
        let account = Secret::from(account);
        let saved = (self.open)(self.url()).save(Some(&account), &Secret::new(secret.to_vec()));
        saved.expect("a save failed");
    }

    pub(crate) fn remove(&self, url: &str) -> bool {
        (self.open)(url).remove().expect("a remove failed")
    }
}
