//! The files of the machine.

use std::path::Path;

use lockgate_core::{AdapterError, Files, Secret};
use lockgate_system::open_granted_file;

/// Reads regular files of the user or root which not everyone can write. The user's and root's own
/// links are followed once, as token files need that a system mounts and turns over by a link.
#[derive(Clone, Copy, Debug, Default)]
pub struct LocalFiles;

impl Files for LocalFiles {
    fn read(&self, path: &Path, limit: usize) -> Result<Option<Secret>, AdapterError> {
        let Some(file) = open_granted_file(path)? else { return Ok(None) };
        let content = file.folder().read(file.name(), limit)?;
        Ok(content.map(|mut bytes| Secret::new(std::mem::take(&mut *bytes))))
    }
}
