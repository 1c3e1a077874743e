//! The nested cargo build of guests, for build scripts and tests.
//!
//! A guest's bytes depend on its sources, its lock file and the toolchain, and on nothing else: not
//! on the flags and wrappers of the build around it, and not on the folders in which it happens.

#![allow(
    clippy::disallowed_methods,
    reason = "this runs while the host is built: it is at the edge, starts cargo and holds no secret"
)]

mod environment;
mod error;
mod sources;
mod toolchain;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

pub use error::GuestBuildError;

use environment::Variables;
use toolchain::Toolchain;

const TARGET: &str = "wasm32-wasip2";

/// Builds `packages` (crates of the type `cdylib`) of the cargo workspace in the folder `workspace`
/// as components, in the target folder `out`, with the `cargo` that runs the build around it. The
/// paths of the components come in the order of `packages`. Tells cargo, as build scripts do, to run
/// the script again when a source changes.
///
/// # Errors
/// If the target `wasm32-wasip2` is not installed, or cargo fails; what cargo says goes to standard
/// error.
pub fn build_guests(
    workspace: &Path,
    out: &Path,
    packages: &[&str],
) -> Result<Vec<PathBuf>, GuestBuildError> {
    build_guests_with(std::env::vars_os(), workspace, out, packages)
}

/// As [`build_guests`], with these variables instead of those of the process.
///
/// # Errors
/// As for [`build_guests`].
pub fn build_guests_with(
    environment: impl IntoIterator<Item = (OsString, OsString)>,
    workspace: &Path,
    out: &Path,
    packages: &[&str],
) -> Result<Vec<PathBuf>, GuestBuildError> {
    let workspace = workspace
        .canonicalize()
        .map_err(|source| GuestBuildError::Io { path: workspace.to_owned(), source })?;
    let variables = Variables::new(environment);
    let toolchain = Toolchain::probe(&variables, &workspace)?;
    run_cargo(&variables, &toolchain, &workspace, out, packages)?;
    let folder = out.join(TARGET).join("release");
    sources::watch(&workspace, &folder, packages)?;
    Ok(packages.iter().map(|package| folder.join(file_name(package, "wasm"))).collect())
}

fn run_cargo(
    variables: &Variables,
    toolchain: &Toolchain,
    workspace: &Path,
    out: &Path,
    packages: &[&str],
) -> Result<(), GuestBuildError> {
    let mut command = variables.command(&variables.program("CARGO", "cargo"), workspace);
    command
        .args(["build", "--quiet", "--release", "--locked", "--target", TARGET, "--target-dir"])
        .arg(out)
        .env("RUSTC", toolchain.rustc())
        .env("CARGO_ENCODED_RUSTFLAGS", toolchain.flags(workspace))
        // A configuration file can ask for these too; the environment has the last word.
        .env("CARGO_INCREMENTAL", "0")
        .env("RUSTC_WRAPPER", "")
        .env("RUSTC_WORKSPACE_WRAPPER", "");
    for package in packages {
        command.args(["--package", package]);
    }
    match status(&mut command)? {
        true => Ok(()),
        false => Err(GuestBuildError::Cargo { workspace: workspace.to_owned() }),
    }
}

fn status(command: &mut Command) -> Result<bool, GuestBuildError> {
    match command.status() {
        Ok(status) => Ok(status.success()),
        Err(source) => Err(GuestBuildError::start(command, source)),
    }
}

/// The file that cargo makes of a package's library.
fn file_name(package: &str, extension: &str) -> String {
    format!("{}.{extension}", package.replace('-', "_"))
}
