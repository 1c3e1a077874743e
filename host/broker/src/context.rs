//! What a request depends on beside itself: the user's configuration and folders.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

use lockgate_adapters::{Logins, LoginsError};
use lockgate_core::{Ecosystem, Operation, Origin, Purpose, Registry, Secret};
use lockgate_policy::Requirement;
use lockgate_registry::ConfigError;
use lockgate_registry::cargo::{
    BindingError, CargoConfig, CargoContext, KeptTokens, TokenBinding, cargo_home,
};
use lockgate_system::{FileError, FoldersError, Hardening};

use crate::broker::{CARGO_CREDENTIALS, DOCKER_CONFIG, TOKEN_VARIABLE};
use crate::files::{ClientFiles, PolicyError};
use crate::reply::chain;
use crate::{DockerPlaces, Machine};

/// The user's configuration, read once for a process.
pub struct Context {
    /// cargo's configuration, as cargo reads it.
    pub cargo: CargoConfig,
    /// cargo's home, absolute; empty where a client of docker's asks.
    pub cargo_home: PathBuf,
    /// docker's own places, where a client of docker's asks.
    pub docker: Option<DockerPlaces>,
    /// What holds wherever the process runs.
    pub machine: Machine,
    pub(crate) kept: OnceCell<Result<KeptTokens, ConfigError>>,
    /// The one secret that a logout may remove.
    pub(crate) removable: Option<Secret>,
}

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ContextError {
    /// A configuration file is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// There is no place for Lockgate's files.
    #[error(transparent)]
    Folders(#[from] FoldersError),
    /// Lockgate's own configuration cannot be read.
    #[error("Lockgate's configuration cannot be read")]
    OwnConfig(#[source] FileError),
    /// Lockgate's own configuration is not text.
    #[error("{} is not UTF-8", .0.display())]
    NotText(PathBuf),
    /// The administrator's policy cannot be used, so that nothing is given.
    #[error("the administrator's policy cannot be used, and nothing is given without it")]
    Policy(#[from] PolicyError),
    /// The administrator's policy forbids another folder than the user's own.
    #[error("the variable LOCKGATE_HOME is set; unset it")]
    OtherHome(#[source] lockgate_policy::Forbidden),
    /// cargo's home has a name that cargo's own configuration cannot hold.
    #[error("the variable CARGO_HOME is not UTF-8; set it to a path that is")]
    CargoHome,
    /// The process runs nowhere.
    #[error("the current directory cannot be found; change to one that exists")]
    WorkingDirectory(#[source] io::Error),
}

/// Why it is not known whose token may be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BoundError {
    #[error(transparent)]
    Binding(#[from] BindingError),
    #[error("the record of logins cannot be read")]
    Logins(#[from] LoginsError),
}

impl ContextError {
    /// What happened and why, outermost first.
    pub fn messages(&self) -> Vec<String> {
        chain(self)
    }
}

impl Context {
    /// Reads the configuration that holds in the process's working directory. `variables` is the
    /// environment.
    ///
    /// # Errors
    /// If a file is malformed or unreadable, or there is no home.
    pub fn load(
        variables: &BTreeMap<OsString, OsString>,
        hardening: &'static [Hardening],
    ) -> Result<Self, ContextError> {
        Self::load_with(variables, &[], hardening)
    }

    /// The same with the values of cargo's `--config` on the command line.
    ///
    /// # Errors
    /// If a file or a value is malformed, a file is unreadable, or there is no home.
    pub fn load_with(
        variables: &BTreeMap<OsString, OsString>,
        settings: &[String],
        hardening: &'static [Hardening],
    ) -> Result<Self, ContextError> {
        Self::around(Machine::load(variables, hardening)?, variables, settings)
    }

    /// The same where the machine's part is known already.
    ///
    /// # Errors
    /// If a file or a value of cargo's is malformed, or a file is unreadable.
    pub fn around(
        machine: Machine,
        variables: &BTreeMap<OsString, OsString>,
        settings: &[String],
    ) -> Result<Self, ContextError> {
        let working_directory = std::env::current_dir().map_err(ContextError::WorkingDirectory)?;
        let set = variables.get(&OsString::from("CARGO_HOME"));
        if set.is_some_and(|value| value.to_str().is_none()) {
            return Err(ContextError::CargoHome);
        }
        let text: BTreeMap<String, String> = variables
            .iter()
            .filter_map(|(name, value)| Some((name.to_str()?.into(), value.to_str()?.into())))
            .collect();
        let cargo_home = cargo_home(&text, &working_directory, machine.home())?;
        let context =
            CargoContext { working_directory, cargo_home: cargo_home.clone(), variables: text };
        let mut cargo = CargoConfig::load_with(&context, settings, &ClientFiles)?;
        if machine.ceiling.requires(Requirement::PinnedIndexes).is_some() {
            cargo.require_pinned_indexes();
        }
        let (kept, removable) = (OnceCell::new(), None);
        Ok(Self { cargo, cargo_home, docker: None, machine, kept, removable })
    }

    /// From now on a logout removes no other secret than this one from the stores that are the host's,
    /// under the very key that it names, and fails where another one is kept there.
    #[must_use]
    pub fn removing_only(mut self, secret: Secret) -> Self {
        self.removable = Some(secret);
        self
    }

    /// Reads docker's own file alone from now on, whatever the variable before it says.
    #[must_use]
    pub fn without_auth_variable(mut self) -> Self {
        if let Some(places) = &mut self.docker {
            places.auth_variable = None;
        }
        self
    }

    /// An origin in words: which variable, which file.
    pub(crate) fn describe(&self, origin: &Origin, registry: &Registry) -> String {
        match origin {
            Origin::Environment(name) if name == TOKEN_VARIABLE => {
                let get = Operation::Get(Purpose::Read);
                let variable = self.binding(registry, &get).ok().and_then(|found| found.variable);
                format!("environment variable {}", variable.unwrap_or_default())
            }
            Origin::Environment(name) => format!("environment variable {name}"),
            Origin::Store(name) if name == CARGO_CREDENTIALS => {
                match self.token_sources().file_of(registry) {
                    Some(file) => file,
                    None => format!("cargo's credentials.toml in {}", self.cargo_home.display()),
                }
            }
            Origin::Store(name) if name == "os" => "the desktop's keyring".to_owned(),
            Origin::Store(name) if name == DOCKER_CONFIG => match &self.docker {
                Some(places) => places.described(registry),
                None => "docker's config.json".to_owned(),
            },
            Origin::Store(name) => format!("the store `{name}`"),
            Origin::File(path) => path.clone(),
            Origin::Program(path) => format!("the output of {path}"),
            Origin::Http(origin) => origin.clone(),
            Origin::Prompt | Origin::Login => "what was typed".to_owned(),
            Origin::Provider => "the provider itself".to_owned(),
        }
    }

    pub(crate) fn logins(&self) -> Logins {
        Logins::open(self.machine.logins_folder())
    }

    /// Where the token that cargo keeps by name may be found for `registry`.
    pub(crate) fn binding(
        &self,
        registry: &Registry,
        operation: &Operation,
    ) -> Result<TokenBinding, BoundError> {
        if registry.ecosystem() != Ecosystem::Cargo {
            return Ok(TokenBinding::default());
        }
        let recorded = self.logins().recorded()?;
        Ok(match operation {
            Operation::Login(_) => self.cargo.binding_for_login(registry, &recorded)?,
            Operation::Get(_) | Operation::Logout => self.cargo.binding(registry, &recorded)?,
        })
    }
}
