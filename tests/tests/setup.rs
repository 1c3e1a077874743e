//! `lockgate setup cargo`: what it writes, that the real cargo then gets its tokens through Lockgate,
//! and that all of it can be taken back.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

#[path = "setup/attacks.rs"]
mod attacks;
#[path = "setup/crashes.rs"]
mod crashes;
#[path = "setup/docker.rs"]
mod docker;
#[path = "setup/forms.rs"]
mod forms;
#[path = "setup/migrating.rs"]
mod migrating;
#[path = "setup/names.rs"]
mod names;
#[path = "setup/pointing.rs"]
mod pointing;
#[path = "setup/told.rs"]
mod told;
#[path = "setup/undoing.rs"]
mod undoing;

use std::fs;
use std::path::{Path, PathBuf};

use lockgate_tests::home::set_mode;
use lockgate_tests::{Home, Output, Run, programs};

/// No request is ever sent to it.
const INDEX: &str = "sparse+http://127.0.0.1:9/index/";
const TOKEN: &str = "Bearer setup-5c1e";
const NAME: &str = "cargo-credential-lockgate";

/// A home, and Lockgate in a folder of its own.
struct Machine {
    home: Home,
    folder: PathBuf,
}

impl Machine {
    fn new() -> Self {
        Self::with_program_in("opt")
    }

    /// Lockgate's program is in a folder of this name.
    fn with_program_in(name: &str) -> Self {
        Self::of(Home::new(), name)
    }

    fn of(home: Home, name: &str) -> Self {
        let folder = home.root().join(name);
        fs::create_dir_all(&folder).unwrap();
        set_mode(&folder, 0o755);
        let program = folder.join("lockgate");
        // A copy takes much room.
        if fs::hard_link(programs::lockgate(), &program).is_err() {
            fs::copy(programs::lockgate(), &program).unwrap();
        }
        Self { home, folder }
    }

    fn program(&self) -> PathBuf {
        self.folder.join("lockgate")
    }

    /// The name by which cargo starts Lockgate.
    fn name(&self) -> PathBuf {
        self.folder.join(NAME)
    }

    /// The entry of cargo's list for these words.
    fn entry(&self, words: &str) -> String {
        format!("{} {words}", self.name().display())
    }

    fn lockgate(&self, words: &[&str]) -> Run {
        self.home.run(self.program()).args(words)
    }

    fn setup(&self, words: &[&str]) -> Run {
        self.lockgate(&["setup", "cargo"]).args(words)
    }

    /// Sets up without a question.
    #[track_caller]
    fn set_up(&self) -> Output {
        self.setup(&["--yes"]).run().succeeds()
    }

    #[track_caller]
    fn undo(&self) -> Output {
        self.setup(&["--undo", "--yes"]).run().succeeds()
    }

    fn config(&self) -> String {
        fs::read_to_string(self.home.config()).unwrap()
    }

    fn record(&self) -> PathBuf {
        self.home.lockgate_home().join("state/setup/cargo.json")
    }

    /// What `lockgate cargo` finds that cargo asks for a registry, in order.
    fn asked(&self, registry: &str) -> Vec<String> {
        let listed = self.lockgate(&["cargo", "registries", "--json"]).run().succeeds().json();
        let all = listed.as_array().unwrap();
        let one = all.iter().find(|one| one["name"] == registry).unwrap();
        let providers = one["providers"].as_array().unwrap();
        let name = |one: &serde_json::Value| match one.as_str() {
            Some(name) => name.to_owned(),
            None => one["provider"].as_str().unwrap_or_default().to_owned(),
        };
        providers.iter().map(name).collect()
    }
}

fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}
