//! docker's credential helpers, started as docker starts them: ours and the native ones.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::home::set_mode;
use crate::{Desktop, Home, Output, Run, programs};

/// What a client takes for "there is none".
pub const NOT_FOUND: &str = "credentials not found in native keychain\n";
/// What a client takes for "no server was named".
pub const MISSING_SERVER: &str = "no credentials server URL\n";
/// What a client takes for "no user was named".
pub const MISSING_USERNAME: &str = "no credentials username\n";

/// The native helper for the desktop's keyring.
pub const SECRETSERVICE: &str = "docker-credential-secretservice";
/// The native helper for `pass`.
pub const PASS: &str = "docker-credential-pass";

/// What docker writes to `store`, byte for byte where nothing has to be escaped.
pub fn credential(server: &str, user: &str, secret: &str) -> String {
    let [server, user, secret] = [server, user, secret].map(|text| json!(text));
    format!("{{\"ServerURL\":{server},\"Username\":{user},\"Secret\":{secret}}}\n")
}

/// A helper in its surroundings.
#[derive(Clone, Debug)]
pub struct Helper {
    run: Run,
}

impl Helper {
    /// Ours, in this home, without a desktop.
    pub fn ours(home: &Home) -> Self {
        Self { run: home.run(home.programs().join("docker-credential-lockgate")) }
    }

    /// Ours, within this desktop's session.
    pub fn ours_within(home: &Home, desktop: &Desktop) -> Self {
        Self { run: desktop.within(Self::ours(home).run) }
    }

    /// The native one for this desktop's keyring.
    pub fn secretservice(home: &Home, desktop: &Desktop) -> Self {
        programs::require(SECRETSERVICE);
        Self { run: desktop.within(home.run(SECRETSERVICE)) }
    }

    /// The native one for `pass`.
    pub fn pass(home: &Home, pass: &Pass) -> Self {
        programs::require(PASS);
        Self { run: pass.within(home.run(PASS)) }
    }

    /// The run of one action, not yet started.
    pub fn run_of(&self, words: &[&str], input: impl Into<Vec<u8>>) -> Run {
        self.run.clone().args(words).stdin(input)
    }

    /// What comes of one action.
    pub fn ask(&self, words: &[&str], input: impl Into<Vec<u8>>) -> Output {
        self.run_of(words, input).run()
    }

    /// Keeps a credential.
    ///
    /// # Panics
    /// If it is not kept, or something is printed to standard output.
    #[track_caller]
    pub fn keeps(&self, server: &str, user: &str, secret: &str) {
        let _ = self.ask(&["store"], credential(server, user, secret)).succeeds().prints("");
    }

    /// The user and the secret of a server; nothing if there is no credential.
    ///
    /// # Panics
    /// If it fails otherwise, or the answer names another server.
    #[track_caller]
    pub fn finds(&self, server: &str) -> Option<(String, String)> {
        let output = self.ask(&["get"], server);
        if !output.status.success() {
            let _ = output.exits_with(1).prints(NOT_FOUND);
            return None;
        }
        let answer = output.json();
        assert_eq!(answer["ServerURL"], server, "{output}");
        let text = |key: &str| answer[key].as_str().unwrap_or_default().to_owned();
        Some((text("Username"), text("Secret")))
    }

    /// Forgets a server.
    ///
    /// # Panics
    /// If that fails, or something is printed to standard output.
    #[track_caller]
    pub fn forgets(&self, server: &str) {
        let _ = self.ask(&["erase"], server).succeeds().prints("");
    }

    /// The users by their servers.
    ///
    /// # Panics
    /// If that fails.
    #[track_caller]
    pub fn lists(&self) -> Value {
        self.ask(&["list"], "unused").succeeds().json()
    }
}

/// `pass` with a key that is thrown away. Its agent ends with this.
pub struct Pass {
    folder: TempDir,
}

impl Pass {
    /// An empty, initialised store.
    ///
    /// # Panics
    /// If `gpg` makes no key.
    pub fn new() -> Self {
        Self::with_passphrase("")
    }

    /// The same with a key that nobody can use who does not know this, and cannot be asked.
    ///
    /// # Panics
    /// If `gpg` makes no key.
    pub fn with_passphrase(passphrase: &str) -> Self {
        for program in ["pass", "gpg", "gpgconf"] {
            programs::require(program);
        }
        let pass = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(pass.keys()).unwrap();
        set_mode(&pass.keys(), 0o700);
        let passphrase = format!("--passphrase={passphrase}");
        let words = "--batch --pinentry-mode=loopback --quick-gen-key tester default default never";
        let _ = pass.run("gpg").args([passphrase]).args(words.split(' ')).run().succeeds();
        // The agent remembers it.
        let _ = pass.run("gpgconf").args(["--kill", "all"]).run();
        pass.empty();
        pass
    }

    /// Throws away what is kept.
    pub fn empty(&self) {
        let _ = fs::remove_dir_all(self.store());
        fs::create_dir(self.store()).unwrap();
        fs::write(self.store().join(".gpg-id"), "tester\n").unwrap();
    }

    /// The run with this store.
    #[must_use]
    pub fn within(&self, run: Run) -> Run {
        run.env("GNUPGHOME", self.keys()).env("PASSWORD_STORE_DIR", self.store())
    }

    fn run(&self, program: &str) -> Run {
        let run = Run::new(program, self.folder.path()).env("PATH", "/usr/bin:/bin");
        self.within(run.env("HOME", self.folder.path()))
    }

    fn keys(&self) -> PathBuf {
        self.folder.path().join("keys")
    }

    /// Where its entries are.
    pub fn store(&self) -> PathBuf {
        self.folder.path().join("store")
    }
}

impl Default for Pass {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let _ = self.run("gpgconf").args(["--kill", "all"]).run();
    }
}
