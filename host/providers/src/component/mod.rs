//! What a file must be to be a provider, found out without running or compiling anything of it.

mod error;
mod interfaces;
mod walk;

#[cfg(test)]
mod tests;

pub use error::ExamineError;

use crate::digest::Digest;

/// Largest component, in bytes. Rust's are below 1 MiB; those that carry an interpreter are larger,
/// and beyond this one compiling takes minutes.
pub const MAX_COMPONENT: usize = 16 << 20;

/// The custom section that holds the manifest.
pub(crate) const MANIFEST: &str = "lockgate:manifest";

/// `\0asm`, then the version and the layer of the format, 16 bits each.
const MAGIC: [u8; 4] = *b"\0asm";
const COMPONENT_LAYER: u16 = 1;
/// The version of components that toolchains have written since 2023.
const COMPONENT_VERSION: u16 = 0x0d;
/// wasmtime keeps compiled code in files of this kind.
const ELF: [u8; 4] = *b"\x7fELF";

/// What a component says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examined {
    /// The text of its manifest.
    pub manifest: String,
    /// The interfaces that it imports, in its own order.
    pub imports: Vec<String>,
    /// The version of the interface that it exports, such as `0.1.0`.
    pub world: String,
    /// Who it is.
    pub digest: Digest,
}

/// Examines the bytes of a component. Nothing of it is run or compiled.
///
/// # Errors
/// If it is not a valid component, is larger or more nested than a provider needs to be, imports
/// what the host does not have, does not export what a provider does, or does not have exactly one
/// manifest.
pub fn examine(bytes: &[u8]) -> Result<Examined, ExamineError> {
    if bytes.len() > MAX_COMPONENT {
        return Err(ExamineError::TooLarge { size: bytes.len() });
    }
    check_header(bytes)?;
    let found = walk::walk(bytes)?;
    for name in &found.imports {
        interfaces::check_import(name)?;
    }
    let world = interfaces::check_exports(&found.exports)?.to_owned();
    let manifest = found.manifest.ok_or(ExamineError::NoManifest)?;
    Ok(Examined { manifest, imports: found.imports, world, digest: Digest::of(bytes) })
}

fn check_header(bytes: &[u8]) -> Result<(), ExamineError> {
    let [magic @ .., version_low, version_high, layer_low, layer_high] =
        *bytes.first_chunk::<8>().ok_or(ExamineError::NotWebAssembly)?;
    let version = u16::from_le_bytes([version_low, version_high]);
    let layer = u16::from_le_bytes([layer_low, layer_high]);
    match (magic, layer) {
        (ELF, _) => Err(ExamineError::Compiled),
        (MAGIC, 0) => Err(ExamineError::CoreModule),
        (MAGIC, COMPONENT_LAYER) if version == COMPONENT_VERSION => Ok(()),
        (MAGIC, _) => Err(ExamineError::Version { version, layer }),
        _ => Err(ExamineError::NotWebAssembly),
    }
}
