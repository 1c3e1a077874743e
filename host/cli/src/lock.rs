//! `lockgate lock`: what is unlocked for a while is locked before its time.

use std::path::Path;
use std::process::ExitCode;

use lockgate_adapters::{
    EncryptedFilesCondition as Condition, EncryptionKey, KernelKeyringError as Error,
};
use lockgate_broker::Machine;
use lockgate_system::KeyringError::{Absent, Refused};

use crate::error::CommandError;
use crate::shell::Shell;

const SHELL: Shell = Shell { quiet: false, verbose: false };

/// The provider whose settings say what opens the store.
const PROVIDER: &str = "lockgate:encrypted-file";

/// Runs it. 1 if it is still unlocked, or may be.
pub(crate) fn run() -> ExitCode {
    SHELL.exit_code(lock().map(|()| true))
}

fn lock() -> Result<(), CommandError> {
    let machine = crate::machine()?;
    let files = machine.encrypted_files();
    let folder = files.folder();
    let store = format!("the encrypted store in {}", folder.display());
    let forgotten = files.lock();
    let because = |message: &str, error: &(dyn std::error::Error + 'static)| {
        let causes = CommandError::from_error(error).messages();
        Err(CommandError::because(format!("{store} {message}"), causes))
    };
    match (forgotten, files.condition()) {
        (Err(error), _) if !keeps_no_keys(&error) => because("may still be unlocked", &error),
        (_, Ok(Condition::Unlocked)) => Err(still_open(&machine, &store)),
        (Ok(true), _) => told("Locked", &store),
        (_, Err(error)) => because("is not open, and cannot be opened", &error),
        (_, Ok(Condition::NotMade)) => told("Unchanged", &format!("{store} is not made yet")),
        (Ok(false), Ok(Condition::Locked)) => told("Unchanged", &format!("{store} is locked")),
        (Err(_), Ok(Condition::Locked)) => {
            told("Unchanged", &format!("{store} is locked: the kernel keeps no keys here"))
        }
    }
}

/// Where it keeps none it has nothing to forget.
fn keeps_no_keys(error: &Error) -> bool {
    matches!(error, Error::Keyring(Absent | Refused))
}

fn told(word: &str, message: &str) -> Result<(), CommandError> {
    SHELL.status(word, message);
    Ok(())
}

/// The kernel was made to forget the key, and entries can be read all the same.
fn still_open(machine: &Machine, store: &str) -> CommandError {
    let key = EncryptionKey::configured(&machine.own.settings_of(PROVIDER));
    CommandError::new(match key {
        Ok(EncryptionKey::File(key)) => opened_by(&key, store),
        _ => format!("{store} was unlocked by another command meanwhile; lock it again"),
    })
}

fn opened_by(key: &Path, store: &str) -> String {
    format!(
        "{store} is not locked: `{}`, which `key-file` of `{PROVIDER}` names in config.toml, opens it for \
         every command; take that file away for as long as it is to be locked",
        key.display()
    )
}
