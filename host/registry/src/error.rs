//! Why configuration could not be read.

use std::io;
use std::path::PathBuf;

use crate::SourceError;
use crate::cargo::{CargoHttpError, Definition, IncludeError, SettingError};
use crate::source::visible_path;

/// Longest configuration file, in bytes. Real ones have a few KiB; the bound keeps a hostile
/// checkout from filling the memory.
pub(crate) const MAX_FILE: usize = 1 << 20;

/// Why configuration could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Neither `CARGO_HOME` nor an absolute home directory.
    #[error(
        "could not find cargo's home directory: `CARGO_HOME` is not set, and `$HOME` is not set to an absolute path"
    )]
    NoHome,
    /// A file is there and cannot be read.
    #[error("could not read the configuration file `{}`", visible_path(.path))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Larger than 1 MiB.
    #[error("the configuration file `{}` is larger than {MAX_FILE} bytes", visible_path(.path))]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// Something in a file is not TOML, not of the right type, or unknown.
    #[error(transparent)]
    Source(Box<SourceError>),
    /// A file that another one includes.
    #[error("failed to load config include `{}` from {defined}", crate::source::visible(.path))]
    Include {
        /// The included file, as it is written.
        path: String,
        /// Where it is asked for.
        defined: Box<Definition>,
        /// What is wrong with it.
        source: Box<ConfigError>,
    },
    /// An `include` that cargo does not take.
    #[error(transparent)]
    NotIncluded(#[from] IncludeError),
    /// A file that `--config` names.
    #[error("failed to load config from `{}`", visible_path(.path))]
    SettingFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: Box<ConfigError>,
    },
    /// A `--config` that cargo does not take.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// A value of `--config` that cargo does not take.
    #[error("failed to convert --config argument `{argument}`")]
    SettingValue {
        /// What was given.
        argument: String,
        /// What is wrong with it.
        source: Box<SourceError>,
    },
    /// An `include` of `--config`.
    #[error("failed to load --config include")]
    SettingInclude(#[source] Box<ConfigError>),
    /// `[http]` or `[net]` says something that cannot be done.
    #[error(transparent)]
    Http(#[from] CargoHttpError),
    /// A table or a list in one file and something else in another, which cargo refuses to merge.
    #[error(
        "failed to merge the configuration: `{key}` is {higher_kind} in {higher} and {lower_kind} in {lower}; write it the same way in both"
    )]
    Merge {
        /// The key in both files.
        key: String,
        /// Where the value that would win is.
        higher: Box<Definition>,
        /// What it is.
        higher_kind: &'static str,
        /// Where the other value is.
        lower: Box<Definition>,
        /// What it is.
        lower_kind: &'static str,
    },
}

impl From<SourceError> for ConfigError {
    fn from(error: SourceError) -> Self {
        Self::Source(Box::new(error))
    }
}
