//! The desktop's keyring: the real one, shared with the real cargo and with libsecret's own program;
//! and Lockgate's own files, for machines without one.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

#[path = "os_stores/bus.rs"]
mod bus;
#[path = "os_stores/docker.rs"]
mod docker;
#[path = "os_stores/encrypted.rs"]
mod encrypted;
#[path = "os_stores/encrypted_crashes.rs"]
mod encrypted_crashes;
#[path = "os_stores/file.rs"]
mod file;
#[path = "os_stores/keepassxc.rs"]
mod keepassxc;
#[path = "os_stores/many.rs"]
mod many;
#[path = "os_stores/process.rs"]
mod process;
#[path = "os_stores/sealed.rs"]
mod sealed;
#[path = "os_stores/shared.rs"]
mod shared;
#[path = "os_stores/wall.rs"]
mod wall;
#[path = "os_stores/without.rs"]
mod without;

use lockgate_tests::desktop::entry_of;
use lockgate_tests::{Access, Desktop, Home, Output, Run, Server};

const LIBSECRET: &str = "cargo:libsecret";
const OS_STORE: &str = "lockgate:os-store";
const TOKEN: &str = "Bearer of-the-keyring";
/// In the plain file, from which nothing may come.
const PLAIN: &str = "Bearer of-the-file";

/// A home in a session, and a registry that wants tokens.
struct Machine {
    home: Home,
    server: Server,
    desktop: Desktop,
}

impl Machine {
    /// A machine whose registry `corp` has `provider`.
    fn new(provider: &str, desktop: Desktop) -> Self {
        let server = Server::start(Access::Private);
        server.accept(&[TOKEN]);
        let home = Home::new();
        home.configure(&server, &[provider]);
        Self { home, server, desktop }
    }

    /// The same with cargo's own provider before the keyring, and a token in its file.
    fn with_a_file(desktop: Desktop) -> Self {
        let machine = Self::new(LIBSECRET, desktop);
        machine.home.write_config(format!(
            "[registries.corp]\nindex = \"{}\"\n[registry]\n\
             global-credential-providers = [\"cargo:token\", \"{LIBSECRET}\"]\n",
            machine.server.index_url()
        ));
        machine.home.write_credentials(format!("[registries.corp]\ntoken = \"{PLAIN}\"\n"));
        machine
    }

    fn lockgate(&self, verb: &str) -> Run {
        let run = self.home.lockgate(["cargo", verb, "--registry", "corp"]);
        self.desktop.within(run)
    }

    fn reads(&self) -> Output {
        self.desktop
            .within(self.home.lockgate(["cargo", "token", "--registry", "corp", "--reveal"]))
            .run()
    }

    fn logs_in(&self, token: &str) -> Output {
        self.lockgate("login").stdin(format!("{token}\n")).run()
    }

    fn cargo(&self, words: &[&str]) -> Run {
        self.desktop.within(self.home.cargo(words).args(["--registry", "corp"]))
    }

    /// The token that the real cargo got and sent.
    fn token_of_cargo(&self) -> Option<String> {
        self.server.forget_requests();
        let _ = self.cargo(&["owner", "--list", "tool"]).run();
        self.server.authorizations().into_iter().next()
    }

    /// The token that libsecret finds.
    fn token_in_keyring(&self) -> Option<String> {
        self.desktop.look_up(&entry_of(&self.server.index_url()))
    }
}
