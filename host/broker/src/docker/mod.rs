//! What is docker's own: where its configuration file is, who serves a server, and what is kept.

mod choices;
mod list;

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use lockgate_core::{Registry, Secret};
use lockgate_registry::cargo::CargoConfig;
use lockgate_registry::docker::{AUTH_VARIABLE, AuthVariable, config_folder};

use crate::stores::keys_of_server;
use crate::{Context, Machine};

pub use choices::{Chosen, KeyringNotAsked, Unencrypted};
pub use list::ListError;

/// Where docker keeps what people log in with, by the environment alone: nothing of it is read here.
#[derive(Clone, Debug)]
pub struct DockerPlaces {
    /// docker's `config.json`; it need not exist.
    pub config_file: PathBuf,
    /// The value of `DOCKER_AUTH_CONFIG`, if it is set and not empty.
    pub auth_variable: Option<Secret>,
}

impl DockerPlaces {
    /// The places that these variables name; none where they name no folder and there is no home. A
    /// relative one is a folder of the working directory's, as in docker.
    fn of(variables: &BTreeMap<OsString, OsString>, home: Option<&Path>) -> Option<Self> {
        let nowhere = Path::new("");
        let folder = config_folder(variables, home.unwrap_or(nowhere));
        if home.is_none() && folder == config_folder(&BTreeMap::new(), nowhere) {
            return None;
        }
        let config_file = std::path::absolute(folder.join("config.json")).ok()?;
        let value = variables.get(&OsString::from(AUTH_VARIABLE)).filter(|value| !value.is_empty());
        let auth_variable = value.map(|value| Secret::new(value.as_encoded_bytes().to_vec()));
        Some(Self { config_file, auth_variable })
    }

    /// Where what was found for a server came from, in words: the variable, if that has it under the
    /// server's very key.
    pub(crate) fn described(&self, registry: &Registry) -> String {
        let file = format!("docker's {}", self.config_file.display());
        let variable = format!("environment variable {AUTH_VARIABLE}");
        let value = self.auth_variable.as_ref().and_then(Secret::expose_text);
        let Some(Ok(said)) = value.map(AuthVariable::parse) else { return file };
        let has = |key: &Registry| said.entry(key.url()).is_some_and(|entry| !entry.is_empty());
        match keys_of_server(registry).iter().position(has) {
            Some(0) => variable,
            Some(_) => format!("{variable} or {file}"),
            None => file,
        }
    }
}

impl Context {
    /// What a request of docker's or one of its kin depends on. Nothing of cargo's is read, and
    /// docker's own configuration only where a provider that was chosen may use it.
    #[must_use]
    pub fn of_docker(machine: Machine, variables: &BTreeMap<OsString, OsString>) -> Self {
        let docker = DockerPlaces::of(variables, machine.home());
        let (cargo, cargo_home) = (CargoConfig::default(), PathBuf::new());
        Self { cargo, cargo_home, docker, machine, kept: OnceCell::new(), removable: None }
    }
}
