//! `lockgate lock`: what is unlocked for a while is locked before its time.

use std::process::ExitCode;

use crate::error::CommandError;
use crate::shell::Shell;

const SHELL: Shell = Shell { quiet: false, verbose: false };

/// Runs it. 1 if it may still be unlocked.
pub(crate) fn run() -> ExitCode {
    SHELL.exit_code(lock().map(|()| true))
}

fn lock() -> Result<(), CommandError> {
    let files = crate::machine()?.encrypted_files();
    let folder = files.folder();
    let shown = folder.display();
    match files.lock() {
        Ok(true) => SHELL.status("Locked", &format!("the encrypted store in {shown}")),
        Ok(false) => {
            SHELL.status("Unchanged", &format!("the encrypted store in {shown} is locked"))
        }
        Err(error) => {
            let message = format!("the encrypted store in {shown} may still be unlocked");
            return Err(CommandError::because(
                message,
                CommandError::from_error(&error).messages(),
            ));
        }
    }
    Ok(())
}
