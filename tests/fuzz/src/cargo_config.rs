//! cargo's configuration, the user's and a project's, and Lockgate's own.

use std::collections::BTreeMap;
use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};

use lockgate_core::{Ecosystem, Registry};

use lockgate_registry::cargo::{CargoConfig, CargoContext, ConfigFiles};
use lockgate_registry::{ConfigError, OwnConfig};
use zeroize::Zeroizing;

use crate::shown::{self, assert_lines};
use crate::{CANARY, text};

const HOME: &str = "/home/u/.cargo/config.toml";
const PROJECT: &str = "/home/u/p/.cargo/config.toml";

/// What stands between the user's file and the project's.
const MARK: &str = "#--- project\n";

/// The user's file and the checkout's.
struct Machine<'a> {
    home: &'a str,
    project: &'a str,
}

impl ConfigFiles for Machine<'_> {
    fn read(&self, path: &Path) -> io::Result<Option<Zeroizing<String>>> {
        let text = match path.to_str() {
            Some(HOME) => Some(self.home),
            Some(PROJECT) => Some(self.project),
            _ => None,
        };
        Ok(text.map(|text| Zeroizing::new(text.to_owned())))
    }

    fn canonical(&self, path: &Path) -> Option<PathBuf> {
        let is_there = [HOME, PROJECT].iter().any(|file| Path::new(file).starts_with(path));
        is_there.then(|| path.to_owned())
    }
}

impl Machine<'_> {
    fn load(&self) -> Result<CargoConfig, ConfigError> {
        let context = CargoContext {
            working_directory: "/home/u/p".into(),
            cargo_home: "/home/u/.cargo".into(),
            variables: BTreeMap::new(),
        };
        CargoConfig::load(&context, self)
    }
}

/// The user's configuration and, behind a mark, a project's: no text for people shows a token, and
/// with the project's file there is no provider and no kept token that was not there without it.
pub fn cargo_config(data: &[u8]) -> bool {
    let Some(text) = text(data) else { return false };
    check_own(text);
    let (home, project) = text.split_once(MARK).unwrap_or((text, ""));
    let mut shown = Vec::new();
    let whole = told(Machine { home, project }.load(), &mut shown);
    if let Some(whole) = &whole {
        let alone = Machine { home, project: "" }.load().expect("one file less is read as well");
        shown.extend(whole.warnings().iter().map(ToString::to_string));
        for ignored in whole.ignored() {
            shown.push(ignored.to_string());
            assert!(!ignored.defined.is_trusted(), "{ignored}");
        }
        for registry in registries(whole, &mut shown) {
            check_providers(whole, &alone, &registry, &mut shown);
            check_token(whole, &alone, &registry, &mut shown);
        }
    }
    shown.iter().for_each(|line| assert_lines(line));
    let leak = shown.iter().find(|shown| shown.contains(CANARY));
    assert!(leak.is_none() || !is_token_everywhere(text), "{leak:?}");
    whole.is_some()
}

/// What succeeded; what an error says is shown.
fn told<T, E: Error>(outcome: Result<T, E>, shown: &mut Vec<String>) -> Option<T> {
    outcome.map_err(|error| shown.push(shown::told(&error))).ok()
}

/// Those that the configuration names, crates.io, and one that it does not name.
fn registries(config: &CargoConfig, shown: &mut Vec<String>) -> Vec<Registry> {
    let entries = config.registries();
    let names = entries.iter().map(|entry| Some(entry.name.as_str()));
    let names = names.chain([None, Some("crates-io")]);
    let mut registries: Vec<_> =
        names.filter_map(|name| told(config.select(name), shown)).collect();
    registries.extend(Registry::new(Ecosystem::Cargo, "sparse+https://other.example/"));
    registries
}

fn check_providers(
    whole: &CargoConfig,
    alone: &CargoConfig,
    registry: &Registry,
    shown: &mut Vec<String>,
) {
    let with = told(whole.providers(registry), shown);
    let without = told(alone.providers(registry), shown);
    let (Some(with), Some(without)) = (with, without) else { return };
    shown.extend(with.warnings.iter().map(ToString::to_string));
    let known = |words: &[String]| without.providers.iter().any(|known| known.words == words);
    let new = with.providers.iter().find(|choice| !known(&choice.words));
    assert_eq!(new, None, "a project's provider of {}", registry.url());
}

fn check_token(
    whole: &CargoConfig,
    alone: &CargoConfig,
    registry: &Registry,
    shown: &mut Vec<String>,
) {
    let mut token = |config: &CargoConfig| {
        let binding = told(config.binding(registry, &BTreeMap::new()), shown)?;
        Some(binding.config_token?.0.expose().to_vec())
    };
    if let Some(with) = token(whole) {
        assert_eq!(Some(with), token(alone), "a token for a project's {}", registry.url());
    }
}

/// The same text as Lockgate's own file, which has no place for secrets.
fn check_own(text: &str) {
    if let Err(error) = OwnConfig::parse(text, Path::new("/c\n.toml")) {
        assert_lines(&shown::told(&error));
    }
}

/// Whether the word that must not be shown stands only where a token does.
fn is_token_everywhere(text: &str) -> bool {
    let before = |(at, _): (usize, &str)| text.get(..at).unwrap_or_default();
    let is_token = |start: &str| ["token = '", "token = \""].iter().any(|end| start.ends_with(end));
    text.match_indices(CANARY).map(before).all(is_token)
}
