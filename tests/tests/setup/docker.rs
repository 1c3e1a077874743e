//! `lockgate setup docker`: what it writes, that the real docker, podman and skopeo then come to
//! Lockgate, and that all of it can be taken back.

#[path = "docker/attacks.rs"]
mod attacks;
#[path = "docker/migrating.rs"]
mod migrating;
#[path = "docker/podman.rs"]
mod podman;
#[path = "docker/pointing.rs"]
mod pointing;
#[path = "docker/told.rs"]
mod told;
#[path = "docker/undoing.rs"]
mod undoing;

use std::fs;
use std::path::PathBuf;

use lockgate_tests::docker_helper::Helper;
use lockgate_tests::home::set_mode;
use lockgate_tests::{Home, Output, Run};

use crate::Machine;

const NAME: &str = "docker-credential-lockgate";
const SECRET: &str = "docker-setup-7e0b";

/// `alice` and the secret, as docker's file has them.
const AUTH: &str = "YWxpY2U6ZG9ja2VyLXNldHVwLTdlMGI=";

/// A machine on which the name is not there yet.
struct Docker {
    machine: Machine,
}

impl Docker {
    fn new() -> Self {
        let docker = Self { machine: Machine::new() };
        fs::create_dir(docker.home().user().join(".docker")).unwrap();
        docker
    }

    /// With this `config.json`.
    fn with(config: &str) -> Self {
        let docker = Self::new();
        docker.write(config);
        docker
    }

    fn home(&self) -> &Home {
        &self.machine.home
    }

    fn file(&self) -> PathBuf {
        self.home().user().join(".docker/config.json")
    }

    fn write(&self, config: &str) {
        fs::write(self.file(), config).unwrap();
        set_mode(&self.file(), 0o600);
    }

    fn config(&self) -> String {
        fs::read_to_string(self.file()).unwrap()
    }

    fn name(&self) -> PathBuf {
        self.machine.folder.join(NAME)
    }

    fn record(&self) -> PathBuf {
        self.home().lockgate_home().join("state/setup/docker.json")
    }

    /// Run where PATH has the program's folder before the system's.
    fn on_path(&self, run: Run) -> Run {
        let path = format!("{}:/usr/local/bin:/usr/bin:/bin", self.machine.folder.display());
        run.env("PATH", path)
    }

    fn run(&self, program: &str) -> Run {
        self.on_path(self.home().run(program))
    }

    fn lockgate(&self, words: &[&str]) -> Run {
        self.on_path(self.machine.lockgate(words))
    }

    fn setup(&self, words: &[&str]) -> Run {
        self.lockgate(&["setup", "docker"]).args(words)
    }

    #[track_caller]
    fn set_up(&self, words: &[&str]) -> Output {
        self.setup(words).args(["--yes"]).run().succeeds()
    }

    #[track_caller]
    fn undo(&self) -> Output {
        self.setup(&["--undo", "--yes"]).run().succeeds()
    }

    /// What a client would be told.
    fn helper(&self) -> Helper {
        Helper::ours(self.home())
    }
}
