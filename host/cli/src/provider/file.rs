//! Files that a person names on the command line.

use std::path::{Path, PathBuf};

use lockgate_policy::Manifest;
use lockgate_providers::Digest;
use lockgate_providers::component::{Examined, MAX_COMPONENT, examine};
use lockgate_system::{open_regular, read_capped};

use crate::error::CommandError;

/// A component in a file, examined.
pub(super) struct Candidate {
    pub(super) bytes: Vec<u8>,
    pub(super) examined: Examined,
    pub(super) manifest: Manifest,
    /// Where it came from, as the record says.
    pub(super) source: String,
}

impl Candidate {
    pub(super) fn read(path: &Path) -> Result<Self, CommandError> {
        let bytes = read_file(path, MAX_COMPONENT)?;
        let shown = lockgate_core::escape(&path.display().to_string());
        let examined = examine(&bytes).map_err(|error| {
            let cause = CommandError::from_error(&error).messages();
            CommandError::because(format!("`{shown}` is no provider"), cause)
        })?;
        let manifest = Manifest::parse(&examined.manifest, &format!("the manifest in {shown}"))
            .map_err(|error| CommandError::from_error(&error))?;
        let absolute = std::path::absolute(path).unwrap_or_else(|_| PathBuf::from(path));
        let source = format!("file:{}", absolute.display());
        Ok(Self { bytes, examined, manifest, source })
    }

    pub(super) fn digest(&self) -> Digest {
        self.examined.digest
    }
}

/// The content of a regular file of any owner.
pub(super) fn read_file(path: &Path, limit: usize) -> Result<Vec<u8>, CommandError> {
    let shown = || lockgate_core::escape(&path.display().to_string());
    let failed = |error: std::io::Error| {
        CommandError::because(format!("`{}` cannot be read", shown()), vec![error.to_string()])
    };
    let file = open_regular(path).map_err(failed)?;
    let mut bytes =
        read_capped(&file, path, limit).map_err(|error| CommandError::from_error(&error))?;
    Ok(std::mem::take(&mut *bytes))
}

/// The same as text.
pub(super) fn read_text(path: &Path, limit: usize) -> Result<String, CommandError> {
    String::from_utf8(read_file(path, limit)?).map_err(|_| {
        let shown = lockgate_core::escape(&path.display().to_string());
        CommandError::new(format!("`{shown}` is not UTF-8 text"))
    })
}
