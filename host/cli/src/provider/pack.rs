//! `lockgate provider pack`: a manifest into a component.

use std::path::{Path, PathBuf};

use lockgate_core::escape;
use lockgate_providers::component::MAX_COMPONENT;
use lockgate_providers::{Digest, examine_in_child};
use lockgate_system::write_named_file;

use super::SHELL;
use super::file::{read_file, read_text};
use crate::error::CommandError;

/// Most bytes of a manifest that are read: one more line than it may have makes a better error.
const MAX_MANIFEST: usize = 128 << 10;

pub(super) fn pack(
    component: &Path,
    manifest: &Path,
    output: Option<&Path>,
) -> Result<(), CommandError> {
    let bytes = read_file(component, MAX_COMPONENT)?;
    let text = read_text(manifest, MAX_MANIFEST)?;
    let source = manifest.display().to_string();
    let packed = lockgate_providers::pack(&bytes, &text, &source, &examine_in_child)
        .map_err(|error| CommandError::from_error(&error))?;
    let output = output.map_or_else(|| beside(component), Path::to_owned);
    let shown = escape(&output.display().to_string());
    write_named_file(&output, &packed).map_err(|error| {
        CommandError::because(format!("`{shown}` cannot be written"), vec![error.to_string()])
    })?;
    SHELL.status("Packed", &format!("{shown} ({})", Digest::of(&packed)));
    Ok(())
}

fn beside(component: &Path) -> PathBuf {
    component.with_extension("provider.wasm")
}
