//! Where docker itself would keep the credentials of a server.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use lockgate_adapters::docker_config;
use lockgate_broker::{Choice, Context, DOCKER_HELPER, Machine, is_on_path};
use lockgate_core::{Ecosystem, Registry, escape};
use lockgate_registry::docker::{
    AUTH_VARIABLE, AuthVariable, AuthVariableError, DockerConfig, Selection,
};
use zeroize::Zeroizing;

use super::{SHELL, VARIABLE_WARNING};
use crate::docker_helper;
use crate::error::CommandError;
use crate::shell::to_stderr;

/// This program's suffix as a helper of docker's.
pub(super) const OURSELVES: &str = "lockgate";
/// The provider of docker's own file.
const DOCKER_CONFIG: &str = "lockgate:docker-config";

/// What decides where things are.
pub(super) struct Surroundings {
    pub(super) machine: Machine,
    pub(super) variables: BTreeMap<OsString, OsString>,
    /// docker's `config.json`.
    pub(super) file: PathBuf,
    /// What `DOCKER_AUTH_CONFIG` says, which goes before everything that is kept; none if it is not set.
    variable: Option<Result<AuthVariable, AuthVariableError>>,
}

impl Surroundings {
    #[allow(clippy::disallowed_methods, reason = "this is the edge")]
    pub(super) fn load() -> Result<Self, CommandError> {
        let machine = crate::machine()?;
        let variables: BTreeMap<OsString, OsString> = std::env::vars_os().collect();
        let places = Context::of_docker(machine.clone(), &variables).docker;
        let unknown = "the folder of docker's configuration is not known; set the variable HOME or \
                       DOCKER_CONFIG";
        let file = places.ok_or_else(|| CommandError::new(unknown))?.config_file;
        let variable = variables.get(&OsString::from(AUTH_VARIABLE));
        let variable = variable.filter(|value| !value.is_empty());
        // What is not text is no JSON either.
        let variable =
            variable.map(|value| AuthVariable::parse(value.to_str().unwrap_or("\u{fffd}")));
        Ok(Self { machine, variables, file, variable })
    }

    /// The configuration for one request, without a variable that is not heeded: that is told once.
    pub(super) fn context(&self) -> Context {
        let context = Context::of_docker(self.machine.clone(), &self.variables);
        match self.variable_problem() {
            Some(_) => context.without_auth_variable(),
            None => context,
        }
    }

    /// docker's configuration as it is now, and its text.
    pub(super) fn docker(&self) -> Result<(DockerConfig, Zeroizing<String>), CommandError> {
        let text =
            docker_config::read(&self.file).map_err(|error| CommandError::from_error(&error))?;
        let text = text.unwrap_or_default();
        let config = DockerConfig::parse(&text, &self.file);
        Ok((config.map_err(|error| CommandError::from_error(&error))?, text))
    }

    /// What `DOCKER_AUTH_CONFIG` says, if it is set and says what docker takes.
    pub(super) fn variable(&self) -> Option<&AuthVariable> {
        self.variable.as_ref()?.as_ref().ok()
    }

    /// Why it is not heeded, if it is set.
    pub(super) fn variable_problem(&self) -> Option<String> {
        let error = self.variable.as_ref()?.as_ref().err()?;
        Some(CommandError::from_error(error).messages().join(": "))
    }

    /// Whether that has an entry for this server.
    pub(super) fn variable_has(&self, server: &str) -> bool {
        let entry = self.variable().and_then(|variable| variable.entry(server));
        entry.is_some_and(|entry| !entry.is_empty())
    }

    /// Tells that the variable goes before what is kept, in docker's words, or that it is not heeded.
    pub(super) fn tell_variable(&self) {
        self.tell_ignored_variable();
        if self.variable().is_some() {
            to_stderr(VARIABLE_WARNING);
        }
    }

    /// Tells that the variable is not heeded, and why.
    pub(super) fn tell_ignored_variable(&self) {
        if let Some(why) = self.variable_problem() {
            SHELL.warning(&format!("{AUTH_VARIABLE} is not heeded: {why}"));
        }
    }

    /// Where a client looks first for the credentials of a server that are in this place.
    pub(super) fn first(&self, place: &Place, server: &str) -> Place {
        match self.variable_has(server) {
            true => Place::Variable,
            false => place.clone(),
        }
    }
}

/// Where the credentials of a server are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// With Lockgate's own providers: docker's configuration names this program.
    Ours,
    /// The same, and docker's configuration does not say so yet.
    OursFound,
    /// With a native helper, by its suffix.
    Helper(String),
    /// In docker's own file.
    File,
    /// In `DOCKER_AUTH_CONFIG`, which docker reads before any of the others.
    Variable,
}

impl Place {
    /// As docker chooses it. Where nothing is said at all docker looks for a helper of the system's; here
    /// none but this program's own is taken, since no other was asked for.
    pub(super) fn of(config: &DockerConfig, server: &str) -> Result<Self, CommandError> {
        let selection = config.selection(server);
        Ok(match selection.map_err(|error| CommandError::from_error(&error))? {
            Selection::Helper(suffix) if suffix == OURSELVES => Self::Ours,
            Selection::Helper(suffix) => Self::Helper(suffix),
            Selection::Unset if !config.has_auth_configuration() && is_ours_found() => {
                Self::OursFound
            }
            Selection::File | Selection::Unset => Self::File,
        })
    }

    /// The provider that is asked; none for Lockgate's own list.
    pub(super) fn choice(&self) -> Option<Choice> {
        let (provider, arguments) = match self {
            Self::Ours | Self::OursFound => return None,
            Self::Helper(suffix) => (DOCKER_HELPER, vec![suffix.clone()]),
            // Which reads the variable first.
            Self::File | Self::Variable => (DOCKER_CONFIG, Vec::new()),
        };
        Some(Choice { provider: provider.to_owned(), arguments, trusted: true, exact: false })
    }

    /// For people.
    pub(super) fn shown(&self, file: &Path) -> String {
        match self {
            Self::Ours => docker_helper::PROGRAM.to_owned(),
            Self::OursFound => format!("{}, which is on PATH", docker_helper::PROGRAM),
            Self::Helper(suffix) => format!("docker-credential-{}", escape(suffix)),
            Self::File => escape(&file.display().to_string()),
            Self::Variable => AUTH_VARIABLE.to_owned(),
        }
    }
}

fn is_ours_found() -> bool {
    is_on_path(docker_helper::PROGRAM)
}

/// Whether the file itself has the credentials of this very key, readable or not.
pub(super) fn is_kept(config: &DockerConfig, key: &str) -> bool {
    let mut entries = config.entries().filter(|(other, _)| *other == key);
    entries.any(|(_, entry)| entry.map_or(true, |entry| !entry.is_empty()))
}

/// A server by its key.
pub(super) fn registry(server: &str) -> Result<Registry, CommandError> {
    let registry = Registry::new(Ecosystem::Oci, server);
    registry.map_err(|error| CommandError::from_error(&error))
}
