//! What to do about an error.

use std::error::Error;
use std::path::Path;

use lockgate_adapters::{CredentialsError, EncryptedFileError, LoginsError};
use lockgate_broker::{PolicyError, ProviderError};
use lockgate_core::shell_word;
use lockgate_providers::StoreError;
use lockgate_system::FileError;

/// The command that mends an error, where a file's permissions are behind it; else `otherwise`.
pub(super) fn remedy(error: &(dyn Error + 'static), otherwise: &str) -> String {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(command) = file_error(error).and_then(command) {
            return command;
        }
        cause = error.source();
    }
    otherwise.to_owned()
}

/// Errors that say nothing of their own hide the one that they hold.
fn file_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a FileError> {
    if let Some(StoreError::File(found)) = error.downcast_ref() {
        return Some(found);
    }
    if let Some(ProviderError::Store(StoreError::File(found))) = error.downcast_ref() {
        return Some(found);
    }
    if let Some(CredentialsError::File(found)) = error.downcast_ref() {
        return Some(found);
    }
    if let Some(LoginsError::File(found)) = error.downcast_ref() {
        return Some(found);
    }
    if let Some(EncryptedFileError::File(found)) = error.downcast_ref() {
        return Some(found);
    }
    if let Some(PolicyError::File(found)) = error.downcast_ref() {
        return Some(found);
    }
    error.downcast_ref()
}

fn command(error: &FileError) -> Option<String> {
    let on = |command: &str, path: &Path| {
        Some(format!("{command} {}", shell_word(&path.display().to_string())))
    };
    match error {
        FileError::WritableByOthers { path, .. } => on("chmod go-w", path),
        FileError::OpenToOthers { path, .. } => on("chmod 700", path),
        FileError::NotAdministrators { path, .. } => on("chown root", path),
        FileError::Owner { path, expected, .. } => on(&format!("chown {expected}"), path),
        _ => None,
    }
}
