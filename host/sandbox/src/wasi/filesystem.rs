//! wasi:filesystem as a stub: nothing is open, so that there is nothing to call a function on. Some
//! toolchains always import it.

use wasmtime::component::types::ComponentItem;
use wasmtime::component::{LinkerInstance, ResourceType, Val, types};

use crate::state::State;
use crate::wasi::io::Never;

/// A file operation without a file.
#[derive(Debug, thiserror::Error)]
#[error("a sandboxed provider has no files; they are read through `lockgate:provider/files`")]
struct NoFiles;

/// Defines whatever `instance`, an interface of wasi:filesystem that a component imports, consists
/// of.
pub(crate) fn add_stub(
    linker: &mut LinkerInstance<'_, State>,
    engine: &wasmtime::Engine,
    instance: &types::ComponentInstance,
) -> wasmtime::Result<()> {
    for (name, item) in instance.exports(engine) {
        match item.ty {
            ComponentItem::Resource(_) if !is_from_elsewhere(name) => {
                linker.resource(name, ResourceType::host::<Never>(), |_, _| Ok(()))?;
            }
            ComponentItem::ComponentFunc(_) if name == "get-directories" => {
                linker.func_new(name, |_, _, _, results| {
                    if let Some(result) = results.first_mut() {
                        *result = Val::List(Vec::new());
                    }
                    Ok(())
                })?;
            }
            ComponentItem::ComponentFunc(_) => {
                linker.func_new(name, |_, _, _, _| Err(NoFiles.into()))?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// Resources that wasi:filesystem takes over from wasi:io under their own names.
fn is_from_elsewhere(name: &str) -> bool {
    matches!(name, "input-stream" | "output-stream" | "error" | "pollable")
}
