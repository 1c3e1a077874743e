//! cargo's configuration: which registry is meant, which providers serve it, and which token kept
//! by name belongs to it. What cargo selects is read from every file that cargo reads; what is
//! heeded for credentials comes from trusted layers only ([`Definition::is_trusted`]).

mod asking;
mod binding;
mod definition;
mod discovery;
mod edit;
mod environment;
mod file;
mod http;
mod ignored;
mod include;
mod indexes;
mod kept;
mod names;
mod plain;
mod providers;
mod remains;
mod schema;
mod select;
mod settings;
mod sources;
mod terminal;
mod told;
mod urls;
mod value;
mod warning;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::{fmt, io};

use zeroize::Zeroizing;

pub use asking::canonical_index;
pub use binding::{BindingError, CredentialTable, GivenBy, OtherIndex, TokenBinding};
pub use definition::{Definition, Layer};
pub use edit::{
    ConfigEdit, EditError, Element, Setting, Splice, changes_only_providers, quoted, quoted_list,
    shown_lines,
};
pub use http::{CargoHttp, CargoHttpError};
pub use ignored::{IgnoredReason, IgnoredSetting};
pub use include::IncludeError;
pub use indexes::AmbiguousIndex;
pub use kept::KeptTokens;
pub use names::NameError;
pub use providers::{ProviderChoice, ProviderError, ProviderList};
pub use remains::TokenPlace;
pub use schema::TypeError;
pub use select::{IsDefined, RegistryEntry, SelectError};
pub use settings::{ExpressionError, SettingError};
pub use sources::SourcesError;
pub use terminal::{Colour, Terminal, TerminalError};
pub use urls::IndexError;
pub use warning::Warning;

use crate::ConfigError;
use environment::Environment;
use file::FileLayer;
use indexes::NamesByIndex;
use value::Table;

/// What the configuration depends on.
#[derive(Clone)]
pub struct CargoContext {
    /// Absolute; cargo looks upwards from here.
    pub working_directory: PathBuf,
    /// What [`cargo_home`] says.
    pub cargo_home: PathBuf,
    /// The environment, as far as it is UTF-8; cargo sees no other variables.
    pub variables: BTreeMap<String, String>,
}

/// The files of the machine, as far as configuration needs them.
pub trait ConfigFiles {
    /// The text of a file; `None` if there is none, also if something on its way is no directory.
    ///
    /// # Errors
    /// If there is one that cannot be read, or is not UTF-8.
    fn read(&self, path: &Path) -> io::Result<Option<Zeroizing<String>>>;
    /// The path without links; `None` if nothing is there.
    fn canonical(&self, path: &Path) -> Option<PathBuf>;
}

/// cargo's home: `CARGO_HOME` if it is set and not empty, from the working directory if it is
/// relative, else `.cargo` in the home directory. Unlike cargo, a home directory that is empty or
/// relative is not taken, as it would make the working directory's files the user's own.
///
/// # Errors
/// If there is neither.
pub fn cargo_home(
    variables: &BTreeMap<String, String>,
    working_directory: &Path,
    home: Option<&Path>,
) -> Result<PathBuf, ConfigError> {
    match variables.get("CARGO_HOME").filter(|value| !value.is_empty()) {
        Some(value) => Ok(working_directory.join(value)),
        None => home
            .filter(|home| home.is_absolute())
            .map(|home| home.join(".cargo"))
            .ok_or(ConfigError::NoHome),
    }
}

/// cargo's configuration. The default is none at all.
#[derive(Default)]
pub struct CargoConfig {
    working_directory: PathBuf,
    /// The one that wins first.
    files: Vec<FileLayer>,
    /// Every file, as cargo sees them.
    all: Table,
    /// The trusted files and the command line alone.
    trusted: Table,
    environment: Environment,
    warnings: Vec<Warning>,
    pinned: bool,
    /// Made when an index is first looked for.
    names: OnceLock<NamesByIndex>,
}

impl fmt::Debug for CargoConfig {
    /// Nothing of the settings, which may hold secrets under keys that nobody knows.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let files: Vec<_> = self.files.iter().map(|file| &file.path).collect();
        formatter.debug_struct("CargoConfig").field("files", &files).finish_non_exhaustive()
    }
}

impl CargoConfig {
    /// Finds, reads and merges the configuration as cargo does.
    ///
    /// # Errors
    /// If a file cannot be read, is malformed or does not fit another one.
    pub fn load(context: &CargoContext, files: &dyn ConfigFiles) -> Result<Self, ConfigError> {
        Self::load_with(context, &[], files)
    }

    /// The same with the values of `--config` on the command line, in their order. They are the
    /// user's own and count more than everything else.
    ///
    /// # Errors
    /// If one is not what cargo takes, or a file cannot be read, is malformed or does not fit
    /// another one.
    pub fn load_with(
        context: &CargoContext,
        settings: &[String],
        files: &dyn ConfigFiles,
    ) -> Result<Self, ConfigError> {
        let (layers, warnings) = discovery::layers(context, settings, files)?;
        Ok(Self {
            working_directory: context.working_directory.clone(),
            all: merged(layers.iter())?,
            trusted: merged(layers.iter().filter(|file| file.layer.is_trusted()))?,
            files: layers,
            environment: Environment::new(&context.variables),
            warnings,
            pinned: false,
            names: OnceLock::new(),
        })
    }

    /// From now on no token is looked for under a name whose index only a project or the client
    /// gives, not even in a variable.
    pub fn require_pinned_indexes(&mut self) {
        self.pinned = true;
    }

    /// Every file that was read, the one that wins first, and whether it is the user's own.
    pub fn files(&self) -> impl Iterator<Item = (&Path, bool)> {
        self.files.iter().filter_map(|file| Some((file.path.as_deref()?, file.layer.is_trusted())))
    }

    /// cargo's warnings about the files themselves.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// A text as cargo sees it: of the command line, else of a variable, else of the files.
    fn text<'a>(&'a self, files: &'a Table, key: &[&str]) -> Result<Found<'a>, TypeError> {
        let entry = schema::look_up(files, key)?;
        let variable = self.environment.get(key);
        if variable.is_some() && !entry.is_some_and(|entry| entry.definition.outranks_variables()) {
            return Ok(variable);
        }
        let entry = schema::text(files, key)?;
        Ok(entry.and_then(|entry| Some((entry.text()?, entry.definition.clone()))))
    }
}

/// A text and where it is.
type Found<'a> = Option<(&'a str, Definition)>;

/// The registry at an absolute index URL.
pub(crate) fn registry_at(url: &str) -> Result<lockgate_core::Registry, IndexError> {
    urls::parse(url, Path::new(""))
}

fn merged<'a>(files: impl Iterator<Item = &'a FileLayer>) -> Result<Table, ConfigError> {
    let mut all = Table::new();
    for file in files {
        value::merge(&mut all, &file.values, &mut Vec::new())?;
    }
    Ok(all)
}

#[cfg(test)]
mod tests;
