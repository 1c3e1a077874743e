//! A machine made of a few files.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use lockgate_core::{Ecosystem, Registry};
use zeroize::Zeroizing;

use crate::ConfigError;
use crate::cargo::{CargoConfig, CargoContext, ConfigFiles};

/// The user's file.
pub(crate) const HOME: &str = "/home/u/.cargo/config.toml";
/// The checkout's file.
pub(crate) const PROJECT: &str = "/home/u/p/.cargo/config.toml";

/// A machine: a user `u` with a checkout in `/home/u/p`.
pub(crate) struct Fixture {
    pub(crate) context: CargoContext,
    files: BTreeMap<PathBuf, String>,
    links: BTreeMap<PathBuf, PathBuf>,
}

impl ConfigFiles for Fixture {
    fn read(&self, path: &Path) -> io::Result<Option<Zeroizing<String>>> {
        if path.ends_with("unreadable/.cargo/config.toml") {
            return Err(io::Error::from(io::ErrorKind::PermissionDenied));
        }
        let path = self.resolved(path);
        Ok(self.files.get(&path).cloned().map(Zeroizing::new))
    }

    fn canonical(&self, path: &Path) -> Option<PathBuf> {
        let path = self.resolved(path);
        self.files.keys().any(|file| file.starts_with(&path)).then_some(path)
    }
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let context = CargoContext {
            working_directory: "/home/u/p".into(),
            cargo_home: "/home/u/.cargo".into(),
            variables: BTreeMap::new(),
        };
        Self { context, files: BTreeMap::new(), links: BTreeMap::new() }
    }

    pub(crate) fn file(mut self, path: &str, text: &str) -> Self {
        self.files.insert(path.into(), text.to_owned());
        self
    }

    pub(crate) fn home(self, text: &str) -> Self {
        self.file(HOME, text)
    }

    pub(crate) fn project(self, text: &str) -> Self {
        self.file(PROJECT, text)
    }

    pub(crate) fn link(mut self, from: &str, to: &str) -> Self {
        self.links.insert(from.into(), to.into());
        self
    }

    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.context.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn load(&self) -> Result<CargoConfig, ConfigError> {
        CargoConfig::load(&self.context, self)
    }

    pub(crate) fn config(&self) -> CargoConfig {
        self.load().unwrap()
    }

    fn resolved(&self, path: &Path) -> PathBuf {
        self.links
            .iter()
            .find_map(|(from, to)| {
                let rest = path.strip_prefix(from).ok()?;
                Some(if rest.as_os_str().is_empty() { to.clone() } else { to.join(rest) })
            })
            .unwrap_or_else(|| path.to_owned())
    }
}

/// A registry as a client names it.
pub(crate) fn registry(name: Option<&str>, url: &str) -> Registry {
    Registry::new(Ecosystem::Cargo, url).unwrap().named(name.map(str::to_owned))
}

/// An error with its causes.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text = format!("{text}: {next}");
        cause = next.source();
    }
    text
}
