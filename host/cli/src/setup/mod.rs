//! `lockgate setup`: points clients at Lockgate, and takes that back.

mod changes;
mod config_file;
mod diff;
mod entries;
mod list;
mod migrate;
mod own;
mod plan;
mod point;
mod program;
mod record;
mod surroundings;
mod undo;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::shell::Shell;

const SHELL: Shell = Shell { quiet: false, verbose: false };

/// The clients.
#[derive(Subcommand)]
pub(crate) enum Client {
    /// Have cargo ask Lockgate, or take that back
    Cargo(Cargo),
}

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

/// How a change is shown and agreed to.
#[derive(Args)]
pub(crate) struct Asking {
    /// Show what would be changed, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Runs it. 1 if it failed, or a token could not be moved.
pub(crate) fn run(client: &Client) -> ExitCode {
    let Client::Cargo(cargo) = client;
    let done = match (cargo.undo, cargo.migrate) {
        (true, _) => undo::undo(&cargo.asking).map(|()| true),
        (false, true) => migrate::migrate(cargo.to.as_deref(), &cargo.asking),
        (false, false) => point::point(cargo).map(|()| true),
    };
    SHELL.exit_code(done)
}
