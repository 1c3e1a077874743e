//! `lockgate doctor`: that it finds what makes requests fail, says what to do, and finds nothing where
//! they work.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

#[path = "doctor/administrator.rs"]
mod administrator;
#[path = "doctor/clients.rs"]
mod clients;
#[path = "doctor/docker.rs"]
mod docker;
#[path = "doctor/docker_lists.rs"]
mod docker_lists;
#[path = "doctor/files.rs"]
mod files;
#[path = "doctor/json.rs"]
mod json;
#[path = "doctor/podman.rs"]
mod podman;
#[path = "doctor/providers.rs"]
mod providers;

use lockgate_tests::{Home, Output, Run};
use serde_json::Value;

/// No request is ever sent to it.
const INDEX: &str = "sparse+http://127.0.0.1:9/index/";
const TOKEN: &str = "corp-secret-77af";
const REVEAL: [&str; 5] = ["cargo", "token", "--registry", "corp", "--reveal"];

/// A home in which the requests about `corp` are answered, by a provider of these words.
fn home_with(provider: &[&str]) -> Home {
    let home = Home::new();
    configure(&home, provider);
    home.write_credentials(format!("[registries.corp]\ntoken = \"{TOKEN}\"\n"));
    home
}

fn configure(home: &Home, provider: &[&str]) {
    let [program, _] = home.our_token_provider();
    let words: Vec<&str> = [program.as_str()].iter().chain(provider).copied().collect();
    home.write_config(format!(
        "[registries.corp]\nindex = \"{INDEX}\"\ncredential-provider = {words:?}\n"
    ));
}

fn healthy() -> Home {
    home_with(&["cargo:token"])
}

/// What it found, of a run of `lockgate doctor --json`.
#[derive(Debug)]
struct Found {
    output: Output,
    findings: Vec<Value>,
}

#[track_caller]
fn found(run: &Run) -> Found {
    let output = run.run().nowhere_has(TOKEN);
    let findings = output.json()["findings"].as_array().unwrap().clone();
    Found { output, findings }
}

fn json_run(home: &Home) -> Run {
    home.lockgate(["doctor", "--json"])
}

#[track_caller]
fn look(home: &Home) -> Found {
    found(&json_run(home))
}

impl Found {
    /// The one finding about this.
    #[track_caller]
    fn about(&self, section: &str, subject: &str) -> &Value {
        let is_it = |one: &&Value| one["section"] == section && one["subject"] == subject;
        let found: Vec<_> = self.findings.iter().filter(is_it).collect();
        assert_eq!(found.len(), 1, "{section}, {subject}: {}", self.output);
        found[0]
    }

    /// It is a problem, says this, and this is what to do about it.
    #[track_caller]
    fn problem(&self, section: &str, subject: &str, says: &str, remedy: &str) {
        let found = self.about(section, subject);
        assert_eq!(found["state"], "problem", "{found:#}");
        assert!(found["detail"].as_str().unwrap().contains(says), "{says}: {found:#}");
        assert!(found["remedy"].as_str().unwrap().contains(remedy), "{remedy}: {found:#}");
        assert_eq!(self.output.json()["healthy"], false);
        assert_eq!(self.output.status.code(), Some(1), "{}", self.output);
    }

    /// It is as it should be.
    #[track_caller]
    fn good(&self, section: &str, subject: &str) {
        let found = self.about(section, subject);
        assert_eq!(found["state"], "ok", "{found:#}");
    }

    /// There is no problem at all.
    #[track_caller]
    fn healthy(&self) {
        let problems = self.findings.iter().filter(|found| found["state"] == "problem");
        assert_eq!(problems.count(), 0, "{}", self.output);
        assert_eq!(self.output.json()["healthy"], true);
        assert_eq!(self.output.status.code(), Some(0), "{}", self.output);
    }
}

const SECTIONS: [&str; 9] = [
    "configuration",
    "administrator",
    "providers",
    "audit",
    "cache",
    "stores",
    "cargo",
    "docker",
    "hardening",
];

#[test]
fn where_requests_are_answered_there_is_no_problem() {
    let home = healthy();
    let _ = home.lockgate(REVEAL).run().succeeds().prints(&format!("{TOKEN}\n"));
    let found = look(&home);
    found.healthy();
    for section in SECTIONS {
        assert!(found.findings.iter().any(|one| one["section"] == section), "{section}");
    }
    for (section, subject) in [
        ("configuration", "state"),
        ("providers", "built in"),
        ("audit", "recording"),
        ("audit", "record"),
        ("stores", "cargo-credentials"),
        ("cargo", "cargo-credential-lockgate"),
        ("cargo", "registry corp"),
    ] {
        found.good(section, subject);
    }
    let text = home.lockgate(["doctor"]).run().succeeds().shows("\nno problems\n");
    let headers = text.stdout.lines().filter(|line| !line.starts_with(' ')).collect::<Vec<_>>();
    assert_eq!(headers[..SECTIONS.len()], SECTIONS);
    assert!(!text.stdout.contains('\u{1b}'), "colour on a pipe: {text}");
}
