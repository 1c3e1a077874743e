//! Docker's own program and its kin, with the real registry: each keeps its credentials with Lockgate,
//! or reads what Lockgate wrote, and none knows that it does.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

#[path = "docker_clients/containers.rs"]
mod containers;
#[path = "docker_clients/docker.rs"]
mod docker;
#[path = "docker_clients/helpers.rs"]
mod helpers;
#[path = "docker_clients/image.rs"]
mod image;
#[path = "docker_clients/reader.rs"]
mod reader;

use std::fs;
use std::path::PathBuf;

use lockgate_tests::docker_registry::{PASSWORD, RealRegistry, USER, Wants};
use lockgate_tests::{Home, Output, Run};

/// A home, and a registry that wants the password.
struct Machine {
    home: Home,
    registry: RealRegistry,
}

impl Machine {
    fn new() -> Self {
        Self::with(Wants::Password)
    }

    fn with(wants: Wants) -> Self {
        let machine = Self { home: Home::new(), registry: RealRegistry::start(wants) };
        // Nothing on this machine keeps secrets unless a test says so.
        machine.home.write_lockgate_config("[docker]\nproviders = [\"lockgate:file\"]\n");
        machine
    }

    fn server(&self) -> String {
        self.registry.server()
    }

    /// docker's `config.json`.
    fn config(&self) -> PathBuf {
        self.home.user().join(".docker/config.json")
    }

    fn write_config(&self, text: &str) {
        fs::create_dir_all(self.config().parent().unwrap()).unwrap();
        fs::write(self.config(), text).unwrap();
    }

    fn read_config(&self) -> String {
        fs::read_to_string(self.config()).unwrap_or_default()
    }

    /// A program with Lockgate's names on its `PATH`, and no other helper's.
    fn run(&self, program: &str) -> Run {
        let run = self.home.run(program);
        let path = self.home.programs().display().to_string();
        run.env("PATH", path).env("DOCKER_HOST", "unix:///nowhere")
    }

    /// `docker-credential-lockgate`, as a client starts it.
    fn helper(&self, action: &str, input: &str) -> Output {
        let program = self.home.programs().join("docker-credential-lockgate");
        self.home.run(program).args([action]).stdin(input).run()
    }

    /// Lockgate has the password for the registry.
    #[track_caller]
    fn lockgate_has_the_password(&self) {
        let answer = self.helper("get", &self.server()).succeeds().json();
        assert_eq!((&answer["Username"], &answer["Secret"]), (&USER.into(), &PASSWORD.into()));
    }

    /// Lockgate has nothing for the registry.
    #[track_caller]
    fn lockgate_has_nothing(&self) {
        let answer = self.helper("get", &self.server());
        let _ = answer.exits_with(1).prints("credentials not found in native keychain\n");
    }

    /// The password is in no file of the user's, in whatever form clients write it.
    #[track_caller]
    fn no_client_has_the_password(&self) {
        for (path, content) in self.home.files() {
            let text = String::from_utf8_lossy(&content);
            let is_clients = path.starts_with(self.home.user());
            let found = text.contains(PASSWORD) || text.contains("YWxpY2U6czNjcmV0");
            assert!(!(is_clients && found), "{}: {text}", path.display());
        }
    }
}

const STORE: &str = "{\n\t\"auths\": {},\n\t\"credsStore\": \"lockgate\"\n}";
