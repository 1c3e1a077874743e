//! Files that a person names on the command line.

use std::path::Path;

use lockgate_policy::Manifest;
use lockgate_providers::component::MAX_COMPONENT;
use lockgate_providers::{Digest, ExaminedComponent, examine_in_child};
use lockgate_system::{open_regular, read_capped};

use crate::error::CommandError;

/// A component in a file, examined.
pub(super) struct Candidate {
    pub(super) component: ExaminedComponent,
    pub(super) manifest: Manifest,
    /// Where it came from, as the record says.
    pub(super) source: String,
}

impl Candidate {
    pub(super) fn read(path: &Path) -> Result<Self, CommandError> {
        let shown = lockgate_core::escape(&path.display().to_string());
        // What is opened is what is recorded, whatever links and dots led to it: an administrator's
        // policy may name the folder.
        let real = path.canonicalize().map_err(|error| unreadable(path, &error))?;
        let bytes = read_file(&real, MAX_COMPONENT)?;
        let component = ExaminedComponent::new(bytes, &examine_in_child).map_err(|error| {
            let cause = CommandError::from_error(&error).messages();
            CommandError::because(format!("`{shown}` is no provider"), cause)
        })?;
        let text = &component.examined().manifest;
        let manifest = Manifest::parse(text, &format!("the manifest in {shown}"))
            .map_err(|error| CommandError::from_error(&error))?;
        let source = format!("file:{}", real.display());
        Ok(Self { component, manifest, source })
    }

    pub(super) fn digest(&self) -> Digest {
        self.component.examined().digest
    }
}

/// The content of a regular file of any owner.
pub(super) fn read_file(path: &Path, limit: usize) -> Result<Vec<u8>, CommandError> {
    let file = open_regular(path).map_err(|error| unreadable(path, &error))?;
    let mut bytes =
        read_capped(&file, path, limit).map_err(|error| CommandError::from_error(&error))?;
    Ok(std::mem::take(&mut *bytes))
}

fn unreadable(path: &Path, error: &std::io::Error) -> CommandError {
    let shown = lockgate_core::escape(&path.display().to_string());
    CommandError::because(format!("`{shown}` cannot be read"), vec![error.to_string()])
}

/// The same as text.
pub(super) fn read_text(path: &Path, limit: usize) -> Result<String, CommandError> {
    String::from_utf8(read_file(path, limit)?).map_err(|_| {
        let shown = lockgate_core::escape(&path.display().to_string());
        CommandError::new(format!("`{shown}` is not UTF-8 text"))
    })
}
