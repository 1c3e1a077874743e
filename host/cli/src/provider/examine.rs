//! Examining a component: the child that does it.

use std::io;
use std::process::ExitCode;

use lockgate_system::{Confinement, confine};

/// The child's whole work: examines what is on standard input.
#[allow(clippy::disallowed_methods, reason = "what was found is what the parent wants there")]
pub(crate) fn examine_stdin() -> ExitCode {
    // As where it is compiled.
    confine(&Confinement::default());
    match lockgate_providers::examine_stream(io::stdin().lock(), io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
