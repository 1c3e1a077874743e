//! `lockgate setup docker`: has docker, podman and their kin ask Lockgate, takes that back, and moves
//! credentials out of docker's plain file.

mod change;
pub(crate) mod containers;
mod files;
mod kept;
pub(crate) mod migrate;
mod notes;
mod point;
mod shown;
mod undo;

use std::path::PathBuf;

use clap::Args;

use super::Asking;
use crate::error::CommandError;
pub(crate) use files::Surroundings;
pub(crate) use migrate::candidates::movable_server;

/// The client, as the record and messages name it.
const CLIENT: &str = "docker";

/// What follows `docker-credential-` in the name of this program.
pub(crate) const SUFFIX: &str = "lockgate";

/// What is to be done to docker's configuration.
#[derive(Args)]
pub(crate) struct Docker {
    /// Only for this server: its line in `credHelpers`; can be given several times
    #[arg(long, value_name = "HOST")]
    server: Vec<String>,
    /// For podman, skopeo and buildah, which have files of their own, instead of docker
    #[arg(long)]
    podman: bool,
    /// Folder for the name by which clients start Lockgate; it has to be one of PATH
    #[arg(long, value_name = "FOLDER")]
    bin_dir: Option<PathBuf>,
    /// Replace a link of that name that leads to another program
    #[arg(long)]
    replace: bool,
    /// Take back what this command changed before
    #[arg(long, conflicts_with_all = ["server", "bin_dir", "replace"])]
    undo: bool,
    /// Move the credentials that stand in docker's plain file to where Lockgate keeps them
    #[arg(long, conflicts_with_all = ["server", "podman", "bin_dir", "replace", "undo"])]
    migrate: bool,
    #[command(flatten)]
    asking: Asking,
}

/// Runs it. False if a credential could not be moved.
pub(super) fn run(docker: &Docker) -> Result<bool, CommandError> {
    let here = Surroundings::load()?;
    match (docker.undo, docker.migrate) {
        (true, _) => undo::undo(&here, docker.podman, &docker.asking).map(|()| true),
        (false, true) => migrate::migrate(&here, &docker.asking),
        (false, false) => point::point(&here, docker).map(|()| true),
    }
}
