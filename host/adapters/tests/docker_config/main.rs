//! docker's own `config.json`: what is read of it, and what a change leaves as it was.

#![allow(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "tests arrange files that nothing else would, and fail by panicking"
)]

#[path = "../child/mod.rs"]
mod child;

mod changes;
mod entries;
mod others;
mod variable;

use std::fs;
use std::path::{Path, PathBuf};

use lockgate_adapters::DockerConfigStore;
use lockgate_core::{Ecosystem, Registry, Secret, SecretStore};
use tempfile::TempDir;

const SERVER: &str = "ghcr.io";

/// As docker writes it, with what only newer or other programs know.
const WRITTEN: &str = "{\n\t\"auths\": {\n\t\t\"a.example\": {\n\t\t\t\"auth\": \"YTpi\",\n\t\t\t\"odd\": 1\n\t\t}\n\t},\n\t\"psFormat\": \"x\",\n\t\"unknown\": [ 1 ]\n}";

/// A folder of docker's.
struct Docker(TempDir);

impl Docker {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn with(text: &str) -> Self {
        let docker = Self::new();
        fs::write(docker.file(), text).unwrap();
        docker
    }

    fn folder(&self) -> &Path {
        self.0.path()
    }

    fn file(&self) -> PathBuf {
        self.folder().join("config.json")
    }

    fn text(&self) -> String {
        fs::read_to_string(self.file()).unwrap()
    }

    fn store(&self, server: &str) -> DockerConfigStore {
        store(&self.file(), server)
    }

    /// What else is in the folder, hidden files too.
    fn beside(&self) -> Vec<String> {
        let names = fs::read_dir(self.folder()).unwrap();
        let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name != "config.json").collect()
    }
}

fn store(file: &Path, server: &str) -> DockerConfigStore {
    DockerConfigStore::new(file.to_owned(), None, &Registry::new(Ecosystem::Oci, server).unwrap())
}

fn login(store: &DockerConfigStore, account: &str, secret: &str) -> Result<(), String> {
    let saved = store.save(Some(&Secret::from(account)), &Secret::from(secret));
    saved.map_err(|error| error.to_string())
}

/// `account:secret`.
fn loaded(store: &DockerConfigStore) -> Result<Option<String>, String> {
    let found = store.load().map_err(|error| error.to_string())?;
    Ok(found.map(|found| {
        let account = found.identity.unwrap();
        format!("{}:{}", account.expose_text().unwrap(), found.secret.expose_text().unwrap())
    }))
}

fn is(text: &str) -> Result<Option<String>, String> {
    Ok(Some(text.to_owned()))
}
