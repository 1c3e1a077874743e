//! Reading configuration files.

use std::io;
use std::path::{Path, PathBuf};

use lockgate_policy::Ceiling;
use lockgate_registry::cargo::ConfigFiles;
use lockgate_system::{
    FileError, open_administrator_file, open_own_file, open_regular, policy_file, read_capped,
};
use zeroize::Zeroizing;

use crate::ContextError;

/// Longest configuration file, in bytes. Hand-written ones have some KiB.
const MAX_CONFIG: usize = 1 << 20;

/// The client's configuration files, wherever the client looks for them: anybody's, as cargo reads
/// them; what they may say is decided by where they are.
pub(crate) struct ClientFiles;

impl ConfigFiles for ClientFiles {
    fn read(&self, path: &Path) -> io::Result<Option<Zeroizing<String>>> {
        let file = match open_regular(path) {
            Err(error) if is_absent(&error) => return Ok(None),
            opened => opened?,
        };
        let mut bytes = read_capped(&file, path, MAX_CONFIG).map_err(io::Error::other)?;
        match String::from_utf8(std::mem::take(&mut *bytes)) {
            Ok(text) => Ok(Some(Zeroizing::new(text))),
            Err(error) => {
                drop(Zeroizing::new(error.into_bytes()));
                Err(io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8"))
            }
        }
    }

    fn canonical(&self, path: &Path) -> Option<PathBuf> {
        path.canonicalize().ok()
    }
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// The text of Lockgate's own configuration, which must be the user's own or the administrator's, and
/// writable by nobody else, as must be every folder on the way to it.
pub(crate) fn read_own_config(path: &Path) -> Result<Option<String>, ContextError> {
    let opened = open_own_file(path).map_err(ContextError::OwnConfig)?;
    let Some(client) = opened else { return Ok(None) };
    let Some(file) = client.open().map_err(ContextError::OwnConfig)? else { return Ok(None) };
    let bytes = read_capped(&file, path, MAX_CONFIG).map_err(ContextError::OwnConfig)?;
    match std::str::from_utf8(&bytes) {
        Ok(text) => Ok(Some(text.to_owned())),
        Err(_) => Err(ContextError::NotText(path.to_owned())),
    }
}

/// Why the administrator's policy cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// It cannot be read, or others than the administrator could have written it.
    #[error(transparent)]
    File(#[from] FileError),
    /// It is not text.
    #[error("{} is not UTF-8", .0.display())]
    NotText(PathBuf),
    /// It is not understood.
    #[error(transparent)]
    Content(#[from] lockgate_policy::PolicyError),
}

/// The administrator's policy; one that restricts nothing if there is none.
pub(crate) fn read_policy() -> Result<Ceiling, PolicyError> {
    let path = policy_file();
    let Some(file) = open_administrator_file(path)? else { return Ok(Ceiling::default()) };
    let bytes = read_capped(&file, path, MAX_CONFIG)?;
    match std::str::from_utf8(&bytes) {
        Ok(text) => Ok(Ceiling::parse(text, &path.display().to_string())?),
        Err(_) => Err(PolicyError::NotText(path.to_owned())),
    }
}
