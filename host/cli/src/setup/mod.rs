//! `lockgate setup`: points clients at Lockgate, and takes that back.

mod cargo;
mod config_file;
mod diff;
mod docker;
mod links;
pub(crate) mod moving;
mod plan;
mod program;
mod record;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::shell::Shell;
pub(crate) use cargo::migrate::candidates as cargo_tokens;
pub(crate) use docker::migrate::candidates as docker_entries;
pub(crate) use docker::{SUFFIX, Surroundings, containers, movable_server};
pub(crate) use program::{is_this_program, on_path};

const SHELL: Shell = Shell { quiet: false, verbose: false };

/// The clients.
#[derive(Subcommand)]
pub(crate) enum Client {
    /// Have cargo ask Lockgate, or take that back
    Cargo(cargo::Cargo),
    /// Have docker, podman and their kin ask Lockgate, or take that back
    Docker(docker::Docker),
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

/// Runs it. 1 if it failed, or a credential could not be moved.
pub(crate) fn run(client: &Client) -> ExitCode {
    SHELL.exit_code(match client {
        Client::Cargo(cargo) => cargo::run(cargo),
        Client::Docker(docker) => docker::run(docker),
    })
}
