//! Where a setting was made, and so how far it is trusted.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::source::visible_path;

/// Who writes a layer of configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// cargo itself.
    BuiltIn,
    /// `$CARGO_HOME/config.toml`: the user.
    Home,
    /// Any other file that cargo finds from the working directory upwards: whoever wrote the
    /// checkout.
    Project,
    /// A variable: the user.
    Environment,
    /// `--config` on the command line, or a file that it names: the user.
    CommandLine,
}

impl Layer {
    /// Whether a cloned repository cannot have written it.
    pub fn is_trusted(self) -> bool {
        self != Self::Project
    }
}

/// Where a setting was made. Its `Display` is for messages: `FILE:LINE` or the variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Definition {
    /// Part of cargo.
    BuiltIn,
    /// In a file.
    File {
        /// The file.
        path: Arc<Path>,
        /// The line, from 1.
        line: usize,
        /// Whose file it is; that of an included one is the layer of the file that asks for it.
        layer: Layer,
    },
    /// In this variable.
    Environment(String),
    /// `--config KEY=VALUE`.
    CommandLine,
}

impl Definition {
    /// The layer it belongs to.
    pub fn layer(&self) -> Layer {
        match self {
            Self::BuiltIn => Layer::BuiltIn,
            Self::File { layer, .. } => *layer,
            Self::Environment(_) => Layer::Environment,
            Self::CommandLine => Layer::CommandLine,
        }
    }

    /// Whether this counts more than a variable, as only the command line does.
    pub(crate) fn outranks_variables(&self) -> bool {
        self.layer() == Layer::CommandLine
    }

    /// Whether a cloned repository cannot have written it.
    pub fn is_trusted(&self) -> bool {
        self.layer().is_trusted()
    }

    /// The directory that relative paths in the setting start from, as cargo does: the parent of
    /// the directory that holds the file, else the working directory.
    pub(crate) fn root(&self, working_directory: &Path) -> PathBuf {
        match self {
            Self::File { path, .. } => {
                path.ancestors().nth(2).or(path.parent()).unwrap_or(working_directory).to_owned()
            }
            Self::BuiltIn | Self::Environment(_) | Self::CommandLine => {
                working_directory.to_owned()
            }
        }
    }

    /// The place in cargo's own words, which know no lines.
    pub(crate) fn without_line(&self) -> String {
        match self {
            Self::File { path, .. } => visible_path(path).to_string(),
            Self::BuiltIn | Self::Environment(_) | Self::CommandLine => self.to_string(),
        }
    }
}

impl fmt::Display for Definition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn => formatter.write_str("cargo itself"),
            Self::File { path, line, .. } => write!(formatter, "{}:{line}", visible_path(path)),
            Self::Environment(name) => write!(formatter, "environment variable `{name}`"),
            Self::CommandLine => formatter.write_str("--config cli option"),
        }
    }
}
