//! `cargo xtask bench`.

use crate::command::{self, Failure, cargo};
use crate::setup;

/// Builds what users run and measures it.
pub(crate) fn run() -> Result<(), Failure> {
    setup::system(&[setup::DEMO_TOOLS], false)?;
    setup::toolchain()?;
    command::run(cargo(&["build", "--locked", "--release", "--package", "lockgate"]))?;
    command::run(cargo(&["bench", "--locked", "--package", "lockgate-tests"]))
}
