//! `lockgate provider`, as a person types it.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

#[path = "provider_commands/consent.rs"]
mod consent;
#[path = "provider_commands/interface.rs"]
mod interface;
#[path = "provider_commands/keeping.rs"]
mod keeping;
#[path = "provider_commands/refusals.rs"]
mod refusals;
#[path = "provider_commands/told.rs"]
mod told;
#[path = "provider_commands/update.rs"]
mod update;

use std::fs;
use std::path::PathBuf;

use lockgate_tests::guests::Guest;
use lockgate_tests::{Home, Output, programs};

/// What the provider of these tests asks for.
const MANIFEST: &str = r#"name = "corp-sso"
version = "1.0.0"
description = "Exchanges a job's token for a registry's"
homepage = "https://corp.example/sso"
optional = ["prompt"]

[capabilities]
registries = ["cargo:*"]
http = ["https://sso.corp.example"]
environment = ["CI_JOB_JWT"]
prompt = true
reveal = true

[reasons]
http = "the exchange happens there"
environment = "the token of the job"
prompt = "to ask for a code"
reveal = "to sign with it"
"#;

/// Those of its requests that [`MANIFEST`] makes, as arguments.
const GRANTS: [&str; 5] = [
    "registries=cargo:*",
    "http=https://sso.corp.example",
    "environment=CI_JOB_JWT",
    "prompt=true",
    "reveal=true",
];

fn provider(home: &Home, words: &[&str]) -> Output {
    home.lockgate(["provider"]).args(words).run()
}

/// A component in the project, without a manifest.
fn component(home: &Home) -> PathBuf {
    let file = home.project().join("bare.wasm");
    fs::write(&file, Guest::named("table-of-50000").component).unwrap();
    file
}

/// A provider in the project with this manifest.
fn packed(home: &Home, manifest: &str) -> String {
    let component = component(home);
    let text = home.project().join("manifest.toml");
    fs::write(&text, manifest).unwrap();
    let (component, text) = (component.display().to_string(), text.display().to_string());
    let file = home.project().join("corp-sso.wasm").display().to_string();
    let _ = provider(home, &["pack", &component, "--manifest", &text, "-o", &file]).succeeds();
    file
}

fn installed(home: &Home) -> String {
    let file = packed(home, MANIFEST);
    let _ = provider(home, &["install", &file, "--grant-all"]).succeeds();
    file
}

/// The names of providers in the store.
fn in_store(home: &Home) -> Vec<String> {
    let entries = fs::read_dir(home.lockgate_home().join("providers")).into_iter().flatten();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name != ".lock").collect()
}

/// A file of the installed provider.
fn stored(home: &Home, end: &str) -> PathBuf {
    let folder = home.lockgate_home().join("providers/corp-sso");
    let mut files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.find(|file| file.to_str().unwrap().ends_with(end)).unwrap()
}

/// Runs a command at a terminal at which this is typed. What is on the screen is standard output.
fn at_terminal(home: &Home, words: &[&str], typed: &str) -> Output {
    programs::require("script");
    let program = home.programs().join("lockgate").display().to_string();
    let line = [&[program.as_str(), "provider"], words].concat().join(" ");
    let script = home.run("/usr/bin/script").args(["-qec", &line, "/dev/null"]);
    script.env("SHELL", "/bin/sh").env("TERM", "xterm").stdin(typed).run()
}
