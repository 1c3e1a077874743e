//! What a request depends on beside itself: the user's configuration and folders.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use lockgate_adapters::{Logins, LoginsError};
use lockgate_audit::{Collector, Trail};
use lockgate_core::{Ecosystem, Operation, Origin, Purpose, Registry};
use lockgate_policy::{AuditCollector, Ceiling, Requirement};
use lockgate_providers::Store;
use lockgate_registry::cargo::{BindingError, CargoConfig, CargoContext, TokenBinding, cargo_home};
use lockgate_registry::{ConfigError, OwnConfig};
use lockgate_system::{FileError, Folders, FoldersError, Hardening, home_folder};

use crate::broker::{CARGO_CREDENTIALS, TOKEN_VARIABLE};
use crate::machine::{ClientFiles, PolicyError, read_own_config, read_policy};
use crate::reply::chain;

/// The user's configuration, read once for a process.
pub struct Context {
    /// cargo's configuration, as cargo reads it.
    pub cargo: CargoConfig,
    /// cargo's home, absolute.
    pub cargo_home: PathBuf,
    /// Lockgate's own configuration.
    pub own: OwnConfig,
    /// Lockgate's own places.
    pub folders: Folders,
    /// The most that anybody may give, set by the machine's administrator.
    pub ceiling: Ceiling,
    /// What the process did to harden itself.
    pub hardening: &'static [Hardening],
    home: Option<PathBuf>,
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
        let lookup = |name: &str| variables.get(&OsString::from(name)).cloned();
        let ceiling = read_policy()?;
        if lookup("LOCKGATE_HOME").is_some() {
            ceiling.allows_lockgate_home().map_err(ContextError::OtherHome)?;
        }
        let working_directory = std::env::current_dir().map_err(ContextError::WorkingDirectory)?;
        let home = home_folder(lookup).ok();
        if lookup("CARGO_HOME").is_some_and(|value| value.to_str().is_none()) {
            return Err(ContextError::CargoHome);
        }
        let text: BTreeMap<String, String> = variables
            .iter()
            .filter_map(|(name, value)| Some((name.to_str()?.into(), value.to_str()?.into())))
            .collect();
        let cargo_home = cargo_home(&text, &working_directory, home.as_deref())?;
        let context =
            CargoContext { working_directory, cargo_home: cargo_home.clone(), variables: text };
        let mut cargo = CargoConfig::load(&context, &ClientFiles)?;
        if ceiling.requires(Requirement::PinnedIndexes).is_some() {
            cargo.require_pinned_indexes();
        }
        let folders = Folders::find(lookup)?;
        let own = match read_own_config(&folders.config_file)? {
            Some(text) => OwnConfig::parse(&text, &folders.config_file)?,
            None => OwnConfig::default(),
        };
        Ok(Self { cargo, cargo_home, own, folders, ceiling, hardening, home })
    }

    /// The providers that are installed.
    pub fn providers(&self) -> Store {
        Store::open(&self.folders.providers)
    }

    /// The folder of the audit.
    pub fn audit_folder(&self) -> PathBuf {
        self.folders.state.join("audit")
    }

    pub(crate) fn trail(&self) -> Trail {
        let collector = self.ceiling.audit_collector().map(|collector| match collector {
            AuditCollector::Journald => Collector::Journald,
            AuditCollector::Syslog => Collector::Syslog,
        });
        Trail::with_collector(&self.audit_folder(), collector)
    }

    /// The user's home folder, if it is known.
    pub fn home(&self) -> Option<&Path> {
        self.home.as_deref()
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
                format!("cargo's credentials.toml or config.toml in {}", self.cargo_home.display())
            }
            Origin::Store(name) => format!("the store `{name}`"),
            Origin::File(path) => path.clone(),
            Origin::Program(path) => format!("the output of {path}"),
            Origin::Http(origin) => origin.clone(),
            Origin::Prompt | Origin::Login => "what was typed".to_owned(),
            Origin::Provider => "the provider itself".to_owned(),
        }
    }

    /// A folder of its own, so that a request that changes it reaches nothing else.
    pub(crate) fn logins_folder(&self) -> PathBuf {
        self.folders.state.join("logins")
    }

    pub(crate) fn logins(&self) -> Logins {
        Logins::open(self.logins_folder())
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
