//! `lockgate setup cargo`: has cargo ask Lockgate, takes that back, and moves tokens.

mod changes;
mod entries;
mod list;
pub(crate) mod migrate;
mod own;
mod point;
mod surroundings;
mod undo;

use std::path::{Path, PathBuf};

use clap::Args;

use super::Asking;
use super::config_file::ConfigFile;
use crate::error::CommandError;

/// The client, as the record and messages name it.
const CLIENT: &str = "cargo";

/// What is to be done to cargo's configuration.
#[derive(Args)]
pub(crate) struct Cargo {
    /// Providers that Lockgate asks, instead of those that cargo asks now; the last is asked first
    #[arg(long, value_name = "PROVIDER")]
    provider: Vec<String>,
    /// Only for this registry: its own `credential-provider`
    #[arg(long, value_name = "REGISTRY")]
    registry: Option<String>,
    /// Folder for the name by which cargo starts Lockgate
    #[arg(long, value_name = "FOLDER")]
    bin_dir: Option<PathBuf>,
    /// Replace a link of that name that leads to another program
    #[arg(long)]
    replace: bool,
    /// Take back what this command changed before
    #[arg(long, conflicts_with_all = ["provider", "registry", "bin_dir", "replace"])]
    undo: bool,
    /// Move the tokens of cargo's plain file into another provider's store
    #[arg(long, conflicts_with_all = ["provider", "registry", "bin_dir", "replace", "undo"])]
    migrate: bool,
    /// The provider that gets them; without it, the one of the operating system's own store
    #[arg(long, value_name = "PROVIDER", requires = "migrate")]
    to: Option<String>,
    #[command(flatten)]
    asking: Asking,
}

/// Runs it. False if a token could not be moved.
pub(super) fn run(cargo: &Cargo) -> Result<bool, CommandError> {
    match (cargo.undo, cargo.migrate) {
        (true, _) => undo::undo(&cargo.asking).map(|()| true),
        (false, true) => migrate::migrate(cargo.to.as_deref(), &cargo.asking),
        (false, false) => point::point(cargo).map(|()| true),
    }
}

/// cargo's own configuration file. A `config` without an ending comes before `config.toml`.
fn config_file(cargo_home: &Path) -> Result<ConfigFile, CommandError> {
    ConfigFile::read(&["config", "config.toml"].map(|name| cargo_home.join(name)))
}
