//! Native programs that cargo's configuration names: asked by the real cargo, and by Lockgate through
//! its bridges, with the same scripts.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

#[path = "native_plugins/faults.rs"]
mod faults;
#[path = "native_plugins/grants.rs"]
mod grants;
#[path = "native_plugins/kept.rs"]
mod kept;
#[path = "native_plugins/missing.rs"]
mod missing;
#[path = "native_plugins/real.rs"]
mod real;
#[path = "native_plugins/requests.rs"]
mod requests;
#[path = "native_plugins/stdout.rs"]
mod stdout;

use std::fs;
use std::path::PathBuf;

use lockgate_tests::home::set_mode;
use lockgate_tests::{Access, Home, Output, Server};
use serde_json::Value;

const TOKEN: &str = "Bearer of-the-plugin";
const PLUGIN: &str = "lockgate:cargo-plugin";
const STDOUT: &str = "cargo:token-from-stdout";

/// Answers everything well, and writes down what it was asked.
const GOOD: &str = r#"
echo '{"v":[1]}'
read -r request
printf '%s\n' "$request" >> ~/requests
printf '%s\n' "$*" >> ~/words
case "$request" in
*'"kind":"get"'*)
    echo '{"Ok":{"kind":"get","token":"Bearer of-the-plugin","cache":"session","operation_independent":true}}' ;;
*'"kind":"login"'*) echo '{"Ok":{"kind":"login"}}' ;;
*) echo '{"Ok":{"kind":"logout"}}' ;;
esac
"#;

/// A home, a registry that wants tokens, and native programs.
struct Machine {
    home: Home,
    server: Server,
}

impl Machine {
    fn new(access: Access) -> Self {
        let server = Server::start(access);
        server.accept(&[TOKEN]);
        let home = Home::new();
        fs::create_dir_all(home.root().join("tools")).unwrap();
        set_mode(&home.root().join("tools"), 0o755);
        Self { home, server }
    }

    /// A program with this script. Written under another name: nothing else has it open for writing
    /// when it is started.
    fn program(&self, name: &str, script: &str) -> String {
        let path = self.home.root().join("tools").join(name);
        let made = path.with_extension("new");
        fs::write(&made, format!("#!/bin/sh\n{script}\n")).unwrap();
        set_mode(&made, 0o755);
        fs::rename(made, &path).unwrap();
        path.display().to_string()
    }

    /// The good plugin, granted and configured with these further words.
    fn with_good_plugin(self, words: &[&str]) -> (Self, String) {
        let plugin = self.program("cargo-credential-good", GOOD);
        self.grant(PLUGIN, &plugin);
        self.configure(&[&[plugin.as_str()], words].concat());
        (self, plugin)
    }

    fn configure(&self, provider: &[&str]) {
        self.home.configure(&self.server, provider);
    }

    fn grant(&self, bridge: &str, program: &str) {
        let process = format!("process={program}");
        let words = ["provider", "grant", bridge, &process, "--yes"];
        let _ = self.home.lockgate(words).run().succeeds();
    }

    /// `cargo` asks for a token to read with, and sends it.
    fn cargo_reads(&self) -> Output {
        self.server.forget_requests();
        self.home.cargo(["owner", "--list", "tool", "--registry", "corp"]).run()
    }

    /// The token that the real cargo got and sent.
    fn token_of_cargo(&self) -> Option<String> {
        let _ = self.cargo_reads();
        self.server.authorizations().into_iter().next()
    }

    fn lockgate_reads(&self) -> Output {
        self.home.lockgate(["cargo", "token", "--registry", "corp", "--reveal"]).run()
    }

    fn seen(&self, name: &str) -> String {
        fs::read_to_string(self.home.user().join(name)).unwrap_or_default()
    }

    /// The requests that a recording plugin wrote down since the last time.
    fn requests(&self) -> Vec<Value> {
        let lines = self.seen("requests");
        let _ = fs::remove_file(self.home.user().join("requests"));
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.root().join(name)
    }
}
