//! A home with docker's folder, and what `lockgate docker` is asked there.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lockgate_tests::docker_registry::{PASSWORD, USER};
use lockgate_tests::home::set_mode;
use lockgate_tests::{Home, Run};

/// A home whose docker has no helper, unless a test says otherwise.
pub(crate) struct Machine {
    pub(crate) home: Home,
}

impl Machine {
    pub(crate) fn new() -> Self {
        let home = Home::new();
        fs::create_dir_all(home.user().join(".docker")).unwrap();
        let machine = Self { home };
        // Something is said about credentials, so that no helper is looked for.
        machine.write_config(r#"{"auths":{"other.example":{"auth":"YTpi"}}}"#);
        machine
    }

    pub(crate) fn config_file(&self) -> PathBuf {
        self.home.user().join(".docker/config.json")
    }

    pub(crate) fn write_config(&self, text: &str) {
        fs::write(self.config_file(), text).unwrap();
        set_mode(&self.config_file(), 0o600);
    }

    pub(crate) fn config(&self) -> String {
        fs::read_to_string(self.config_file()).unwrap_or_default()
    }

    pub(crate) fn docker(&self, words: &[&str]) -> Run {
        self.home.lockgate(["docker"]).args(words)
    }

    /// A login with the account that registries know.
    pub(crate) fn login(&self, server: &str) -> Run {
        self.docker(&["login", "-u", USER, "--password-stdin", server]).stdin(PASSWORD)
    }

    /// The authorities that a server is believed by, in the user's own folder of docker's.
    pub(crate) fn believe(&self, server: &str, pem: &str) {
        let folder = self.home.user().join(".config/docker/certs.d").join(server);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("ca.crt"), pem).unwrap();
    }

    /// A native helper with this script as its body, in PATH, and where it is.
    pub(crate) fn helper(&self, suffix: &str, script: &str) -> PathBuf {
        let path = self.home.programs().join(format!("docker-credential-{suffix}"));
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        set_mode(&path, 0o755);
        path
    }

    pub(crate) fn grant(&self, program: &std::path::Path) {
        let process = format!("process={}", program.display());
        let words = ["provider", "grant", "lockgate:docker-helper", &process, "--yes"];
        let _ = self.home.lockgate(words).run().succeeds();
    }

    /// The real docker by another name, so that tests of it look at its own files.
    pub(crate) fn real_docker(&self, program: &std::path::Path, words: &[&str]) -> Run {
        let link = self.home.root().join("docker");
        let _ = symlink(program, &link);
        self.home.run(link).args(words)
    }
}

/// What docker's file has for an account.
pub(crate) fn encoded(user: &str, password: &str) -> String {
    STANDARD.encode(format!("{user}:{password}"))
}
