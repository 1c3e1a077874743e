//! Which files docker, podman and their kin read here.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use lockgate_adapters::docker_config;
use lockgate_broker::{Context, Machine};
use lockgate_registry::docker::containers::{AuthFileKind, Surroundings as Containers};
use zeroize::Zeroizing;

use super::containers::DROP_IN;
use crate::error::CommandError;
use crate::setup::config_file::ConfigFile;

/// What decides where they are, and who serves what.
pub(crate) struct Surroundings {
    pub(crate) context: Context,
    variables: BTreeMap<OsString, OsString>,
    pub(crate) home: PathBuf,
}

impl Surroundings {
    pub(crate) fn load() -> Result<Self, CommandError> {
        Self::on(crate::machine()?)
    }

    /// The same where the machine's part is known already.
    #[allow(clippy::disallowed_methods, reason = "this is the edge")]
    pub(crate) fn on(machine: Machine) -> Result<Self, CommandError> {
        let home = machine.home().map(PathBuf::from).ok_or_else(|| {
            CommandError::new("there is no home folder; set the variable HOME to it")
        })?;
        let variables = std::env::vars_os().collect();
        let context = Context::of_docker(machine, &variables);
        Ok(Self { context, variables, home })
    }

    pub(crate) fn machine(&self) -> &Machine {
        &self.context.machine
    }

    /// docker's `config.json`.
    pub(crate) fn docker_file(&self) -> Result<&Path, CommandError> {
        match &self.context.docker {
            Some(places) => Ok(&places.config_file),
            None => Err(CommandError::new(
                "the folder of docker's configuration is not known; set the variable DOCKER_CONFIG",
            )),
        }
    }

    /// Our own part of podman's `registries.conf`. podman, skopeo and buildah look for it in the home
    /// folder, whatever XDG_CONFIG_HOME says.
    pub(crate) fn drop_in(&self) -> PathBuf {
        self.home.join(DROP_IN)
    }

    /// podman's file of credentials that outlives a restart. It is read, and written only by those who
    /// name it.
    pub(crate) fn auth_file(&self) -> PathBuf {
        let config = self.path("XDG_CONFIG_HOME").unwrap_or_else(|| self.home.join(".config"));
        config.join("containers/auth.json")
    }

    /// The files of credentials that podman, skopeo and buildah read before docker's.
    pub(crate) fn auth_files(&self) -> Vec<PathBuf> {
        let uid = rustix::process::geteuid().as_raw();
        let theirs = Containers { variables: &self.variables, home: &self.home, uid };
        let files = theirs.read_files().into_iter();
        let own = files.filter(|file| file.kind == AuthFileKind::Containers);
        own.map(|file| file.path).collect()
    }

    /// What a variable names, if that is an absolute path.
    fn path(&self, name: &str) -> Option<PathBuf> {
        let value = self.variables.get(&OsString::from(name))?;
        Some(PathBuf::from(value)).filter(|path| path.is_absolute())
    }
}

/// Puts this text in the place of docker's file, beside other programs of ours that change it.
pub(super) fn write_docker_file(file: &ConfigFile, after: &str) -> Result<(), CommandError> {
    let is_unchanged = Cell::new(false);
    docker_config::change(&file.path, |text| {
        is_unchanged.set(text == file.text().unwrap_or_default());
        Ok(is_unchanged.get().then(|| Zeroizing::new(after.to_owned())))
    })
    .map_err(|error| CommandError::from_error(&error))?;
    match is_unchanged.get() {
        true => Ok(()),
        false => Err(file.was_changed()),
    }
}
