//! The linker is built from the capabilities: what is not granted does not exist.

use std::collections::HashSet;

use lockgate_core::{Capabilities, Refusal};
use wasmtime::Engine;
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, HasSelf, Linker};

use crate::bindings::provider::lockgate::provider as ours;
use crate::bindings::wasi::wasi;
use crate::state::State;
use crate::wasi::add_filesystem_stub;

/// Why a component cannot be linked.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// It imports an interface of a capability that it was not granted.
    #[error("it imports `{import}`, and `{}` is not granted", refusal.capability)]
    NotGranted {
        /// The interface.
        import: String,
        /// The host's record.
        refusal: Refusal,
    },
    /// It imports what this host never has.
    #[error("it imports `{import}`, which this host does not have{hint}")]
    Unknown {
        /// The interface.
        import: String,
        /// What to do instead, if there is something.
        hint: &'static str,
    },
    /// It imports something under a known name with another type.
    #[error("its imports do not fit this version of the provider interface")]
    Mismatch(#[source] wasmtime::Error),
}

/// A linker with what `component` imports, as far as it may have it.
pub(crate) fn link(
    engine: &Engine,
    component: &Component,
    capabilities: &Capabilities,
) -> Result<Linker<State>, LinkError> {
    let mut linker = Linker::new(engine);
    // A composed component may import one interface in two patch versions, which are one to us.
    let mut added = HashSet::new();
    for (import, item) in component.component_type().imports(engine) {
        let name = import.split('@').next().unwrap_or(import);
        if name.starts_with("wasi:filesystem/") {
            if let ComponentItem::ComponentInstance(instance) = &item.ty {
                linker
                    .instance(import)
                    .and_then(|mut linker| add_filesystem_stub(&mut linker, engine, instance))
                    .map_err(LinkError::Mismatch)?;
            }
            continue;
        }
        if let Some(capability) = needs(name)
            && !available(capability, capabilities)
        {
            let refusal = Refusal::new(capability, import, "it is not granted");
            return Err(LinkError::NotGranted { import: import.to_owned(), refusal });
        }
        if !added.insert(name) {
            continue;
        }
        if !add(&mut linker, name).map_err(LinkError::Mismatch)? {
            return Err(LinkError::Unknown { import: import.to_owned(), hint: hint(name) });
        }
    }
    Ok(linker)
}

/// The capability behind an interface; the others are harmless without one.
fn needs(interface: &str) -> Option<&'static str> {
    match interface {
        "lockgate:provider/reveal" => Some("reveal"),
        "lockgate:provider/store" => Some("stores"),
        "lockgate:provider/environment" => Some("environment"),
        "lockgate:provider/files" => Some("files"),
        "lockgate:provider/process" => Some("process"),
        "lockgate:provider/http" => Some("http"),
        "lockgate:provider/prompt" => Some("prompt"),
        _ => None,
    }
}

/// Whether anything of a capability is granted, or its functions may be linked to be refused.
fn available(capability: &str, capabilities: &Capabilities) -> bool {
    let granted = match capability {
        "reveal" => capabilities.reveal,
        "stores" => !capabilities.stores.is_empty(),
        "environment" => !capabilities.environment.is_empty(),
        "files" => !capabilities.files.is_empty(),
        "process" => !capabilities.process.is_empty(),
        "http" => !capabilities.http.is_empty(),
        "prompt" => capabilities.prompt,
        _ => false,
    };
    granted || capabilities.optional.contains(capability)
}

fn hint(interface: &str) -> &'static str {
    match interface.split('/').next() {
        Some("wasi:http" | "wasi:sockets") => {
            "; a provider reaches the network through `lockgate:provider/http`, where a grant decides"
        }
        Some("lockgate:provider") => "; a newer version of the host may",
        _ => "",
    }
}

/// Adds one interface by its name without version; `false` if there is none of that name.
fn add(linker: &mut Linker<State>, interface: &str) -> wasmtime::Result<bool> {
    macro_rules! interfaces {
        ($($name:literal => $($path:ident)::+,)+) => {
            match interface {
                $($name => $($path)::+::add_to_linker::<State, HasSelf<State>>(linker, |state| state)?,)+
                _ => return Ok(false),
            }
        };
    }
    interfaces! {
        "lockgate:provider/types" => ours::types,
        "lockgate:provider/secrets" => ours::secrets,
        "lockgate:provider/reveal" => ours::reveal,
        "lockgate:provider/store" => ours::store,
        "lockgate:provider/state" => ours::state,
        "lockgate:provider/settings" => ours::settings,
        "lockgate:provider/environment" => ours::environment,
        "lockgate:provider/files" => ours::files,
        "lockgate:provider/process" => ours::process,
        "lockgate:provider/http" => ours::http,
        "lockgate:provider/prompt" => ours::prompt,
        "lockgate:provider/log" => ours::log,
        "wasi:cli/environment" => wasi::cli::environment,
        "wasi:cli/exit" => wasi::cli::exit,
        "wasi:cli/stdin" => wasi::cli::stdin,
        "wasi:cli/stdout" => wasi::cli::stdout,
        "wasi:cli/stderr" => wasi::cli::stderr,
        "wasi:cli/terminal-input" => wasi::cli::terminal_input,
        "wasi:cli/terminal-output" => wasi::cli::terminal_output,
        "wasi:cli/terminal-stdin" => wasi::cli::terminal_stdin,
        "wasi:cli/terminal-stdout" => wasi::cli::terminal_stdout,
        "wasi:cli/terminal-stderr" => wasi::cli::terminal_stderr,
        "wasi:io/error" => wasi::io::error,
        "wasi:io/poll" => wasi::io::poll,
        "wasi:io/streams" => wasi::io::streams,
        "wasi:clocks/monotonic-clock" => wasi::clocks::monotonic_clock,
        "wasi:clocks/wall-clock" => wasi::clocks::wall_clock,
        "wasi:random/random" => wasi::random::random,
        "wasi:random/insecure" => wasi::random::insecure,
        "wasi:random/insecure-seed" => wasi::random::insecure_seed,
    }
    Ok(true)
}
