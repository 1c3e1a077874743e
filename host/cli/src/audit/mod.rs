//! `lockgate audit`: what was decided and answered.

mod show;
mod verify;

use std::process::ExitCode;

use clap::Subcommand;

use crate::error::CommandError;
use crate::shell::Shell;
use show::Show;

const SHELL: Shell = Shell { quiet: false, verbose: false };

#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Show what was recorded, oldest first
    Show(Show),
    /// Check that nothing in the middle of the record was changed or removed; 1 if something was
    Verify {
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
}

/// Runs one of them.
pub(crate) fn run(verb: Verb) -> ExitCode {
    SHELL.exit_code(done(verb))
}

fn done(verb: Verb) -> Result<bool, CommandError> {
    let folder = crate::machine()?.audit_folder();
    match verb {
        Verb::Show(show) => show::show(&folder, show).map(|()| true),
        Verb::Verify { json } => verify::verify(&folder, json),
    }
}

/// A number with its noun.
fn counted(count: u64, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}
