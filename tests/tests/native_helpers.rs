//! Native credential helpers of docker's behind `lockgate:docker-helper`: scripts with every fault, and
//! the real ones.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

#[path = "native_helpers/faults.rs"]
mod faults;
#[path = "native_helpers/grants.rs"]
mod grants;
#[path = "native_helpers/names.rs"]
mod names;
#[path = "native_helpers/pass.rs"]
mod pass;
#[path = "native_helpers/real.rs"]
mod real;
#[path = "native_helpers/storing.rs"]
mod storing;
#[path = "native_helpers/surroundings.rs"]
mod surroundings;

use std::fs;
use std::path::PathBuf;

use lockgate_tests::home::set_mode;
use lockgate_tests::{Home, Output, Run};

const BRIDGE: &str = "lockgate:docker-helper";
/// What docker and its kin know by its words.
const NOT_FOUND: &str = "credentials not found in native keychain\n";

/// A home, and native helpers.
struct Machine {
    home: Home,
}

impl Machine {
    fn new() -> Self {
        let home = Home::new();
        fs::create_dir_all(home.root().join("tools")).unwrap();
        set_mode(&home.root().join("tools"), 0o755);
        Self { home }
    }

    /// With a granted helper of this script, which serves every server.
    fn with_helper(script: &str) -> Self {
        let machine = Self::new();
        let helper = machine.helper("odd", script);
        machine.grant(&helper);
        machine.configure(&[&helper]);
        machine
    }

    /// A helper with this script, whose first argument is the action. Written under another name:
    /// nothing else has it open for writing when it is started.
    fn helper(&self, suffix: &str, script: &str) -> String {
        let path = self.path("tools").join(format!("docker-credential-{suffix}"));
        let made = path.with_extension("new");
        fs::write(&made, format!("#!/bin/sh\n{script}\n")).unwrap();
        set_mode(&made, 0o755);
        fs::rename(made, &path).unwrap();
        path.display().to_string()
    }

    /// These helpers serve every server, the first one first.
    fn configure(&self, words: &[&str]) {
        let list: Vec<String> = words.iter().map(|word| format!("{BRIDGE} {word}")).collect();
        self.home.write_lockgate_config(&format!("[docker]\nproviders = {list:?}\n"));
    }

    /// The same of one that reads longer lines than others.
    fn allow_long_secrets(&self, word: &str) {
        self.home.write_lockgate_config(&format!(
            "[docker]\nproviders = [\"{BRIDGE} {word}\"]\n\
             [provider.\"{BRIDGE}\".settings]\nlong-secrets = \"allow\"\n"
        ));
    }

    fn grant(&self, helper: &str) {
        let process = format!("process={helper}");
        let words = ["provider", "grant", BRIDGE, &process, "--yes"];
        let _ = self.home.lockgate(words).run().succeeds();
    }

    /// What docker would start, for one action.
    fn front_door(&self, action: &str) -> Run {
        let run = self.home.run(self.home.programs().join("docker-credential-lockgate"));
        run.args([action]).env("PATH", format!("{}:/usr/bin:/bin", self.path("tools").display()))
    }

    fn get(&self, server: &str) -> Output {
        self.front_door("get").stdin(server).run()
    }

    fn erase(&self, server: &str) -> Output {
        self.front_door("erase").stdin(server).run()
    }

    fn store(&self, server: &str, user: &str, secret: &str) -> Output {
        self.front_door("store").stdin(message(server, user, secret)).run()
    }

    /// What a helper wrote into its home.
    fn seen(&self, name: &str) -> String {
        fs::read_to_string(self.home.user().join(name)).unwrap_or_default()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.root().join(name)
    }
}

/// What a client sends to keep a credential.
fn message(server: &str, user: &str, secret: &str) -> String {
    serde_json::json!({ "ServerURL": server, "Username": user, "Secret": secret }).to_string()
}

/// What a client reads, as it is written.
fn answer(server: &str, user: &str, secret: &str) -> String {
    let text = |text: &str| serde_json::to_string(text).unwrap();
    let (server, user, secret) = (text(server), text(user), text(secret));
    format!("{{\"ServerURL\":{server},\"Username\":{user},\"Secret\":{secret}}}\n")
}
