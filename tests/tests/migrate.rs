//! `lockgate migrate`: entries go from one store to another, and none of them is lost or doubled.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

#[path = "migrate/asked.rs"]
mod asked;
#[path = "migrate/ceiling.rs"]
mod ceiling;
#[path = "migrate/encrypted.rs"]
mod encrypted;
#[path = "migrate/interrupted.rs"]
mod interrupted;
#[path = "migrate/kept.rs"]
mod kept;
#[path = "migrate/stores.rs"]
mod stores;

use std::fs;
use std::path::PathBuf;

use lockgate_tests::desktop::entry_of;
use lockgate_tests::home::set_mode;
use lockgate_tests::{Desktop, Home, Run};

/// No request is ever sent to it.
const INDEX: &str = "sparse+http://127.0.0.1:9/index/";
const TOKEN: &str = "Bearer migrate-7a3e";
const PASSWORD: &str = "migrate-password-91c4";
const SERVER: &str = "a.example";
/// `alice` with [`PASSWORD`], as docker writes it.
const AUTH: &str = "YWxpY2U6bWlncmF0ZS1wYXNzd29yZC05MWM0";

/// A home in which cargo knows `corp`, in the session of a real keyring.
struct Machine {
    home: Home,
    desktop: Desktop,
}

impl Machine {
    fn new() -> Self {
        let machine = Self { home: Home::new(), desktop: Desktop::new() };
        machine.home.write_config(format!("[registries.corp]\nindex = \"{INDEX}\"\n"));
        machine
    }

    fn lockgate(&self, words: &[&str]) -> Run {
        self.desktop.within(self.home.lockgate(words))
    }

    fn migrate(&self, from: &str, to: &str) -> Run {
        self.lockgate(&["migrate", "--from", from, "--to", to])
    }

    fn docker_config(&self) -> PathBuf {
        self.home.user().join(".docker/config.json")
    }

    fn write_docker_config(&self, text: &str) {
        let folder = self.home.user().join(".docker");
        fs::create_dir_all(&folder).unwrap();
        set_mode(&folder, 0o700);
        fs::write(self.docker_config(), text).unwrap();
        set_mode(&self.docker_config(), 0o600);
    }

    /// Cargo's token and docker's password, each in its client's plain file.
    fn with_plain_files() -> Self {
        let machine = Self::new();
        machine.home.write_credentials(format!("[registries.corp]\ntoken = \"{TOKEN}\"\n"));
        machine.write_docker_config(&format!(
            "{{\"auths\": {{\"{SERVER}\": {{\"auth\": \"{AUTH}\"}}}}, \"unknown\": [1]}}"
        ));
        machine
    }

    /// Both in the real keyring.
    fn with_keyring() -> Self {
        let machine = Self::new();
        machine.keep_token(TOKEN);
        machine.keep_password(SERVER, "alice", PASSWORD);
        machine
    }

    fn keep_token(&self, token: &str) {
        self.desktop.keep("cargo-registry:corp", &entry_of(INDEX), token.as_bytes());
    }

    /// As docker's own helper keeps it.
    fn keep_password(&self, server: &str, account: &str, password: &str) {
        let attributes = [
            ["xdg:schema", "io.docker.Credentials"],
            ["docker_cli", "1"],
            ["server", server],
            ["username", account],
            ["label", "Docker Credentials"],
        ];
        self.desktop.keep(server, &attributes.concat(), password.as_bytes());
    }

    fn token_in_keyring(&self) -> Option<String> {
        self.desktop.look_up(&entry_of(INDEX))
    }

    fn password_in_keyring(&self) -> Option<String> {
        self.desktop.look_up(&["xdg:schema", "io.docker.Credentials", "server", SERVER])
    }

    fn in_cargos_file(&self) -> bool {
        self.home.read_credentials().contains(TOKEN)
    }

    fn in_dockers_file(&self) -> bool {
        fs::read_to_string(self.docker_config()).unwrap_or_default().contains(AUTH)
    }

    /// The entries of the `file` store.
    fn files(&self) -> usize {
        self.entries_in("credentials", ".json")
    }

    fn encrypted_files(&self) -> usize {
        self.entries_in("encrypted", ".json.age")
    }

    fn entries_in(&self, folder: &str, ending: &str) -> usize {
        let folder = self.home.lockgate_home().join("state").join(folder);
        let Ok(all) = fs::read_dir(folder) else { return 0 };
        let names = all.map(|one| one.unwrap().file_name().to_string_lossy().into_owned());
        names.filter(|name| name.ends_with(ending)).count()
    }
}
