//! Whether a component fits the interface of a provider, found out without running any of it.

use lockgate_core::Capabilities;
use lockgate_engine::{Component, Engine};
use wasmtime::component::Linker;
use wasmtime::component::types::{self, ComponentItem};

use crate::bindings::provider::CredentialProviderPre;
use crate::linker::{LinkError, link};
use crate::state::State;

/// The interface that a provider exports, without its version.
const PROVIDER: &str = "lockgate:provider/provider@";

/// Every capability that has an interface of its own.
const ALL: [&str; 7] = ["reveal", "stores", "environment", "files", "process", "http", "prompt"];

/// Why a component is not a provider that this host can call.
#[derive(Debug, thiserror::Error)]
pub enum Misfit {
    /// What it imports.
    #[error(transparent)]
    Imports(#[from] LinkError),
    /// What it exports.
    #[error("its exports do not fit this version of the provider interface")]
    Exports(#[source] wasmtime::Error),
    /// A function of the right name.
    #[error(
        "its function `{function}` has other parameters or results than this version of the provider interface"
    )]
    Function {
        /// The function's name.
        function: String,
    },
}

/// Compares the types of everything that a component imports and exports with the interface that this
/// host has, as if every capability were granted. `model` is a provider that is known to fit. Both
/// are of this engine.
///
/// # Errors
/// The first difference.
pub fn check(engine: &Engine, component: &Component, model: &Component) -> Result<(), Misfit> {
    let linker = linked(engine, component)?;
    let provider = linker.instantiate_pre(component).map_err(LinkError::Mismatch)?;
    CredentialProviderPre::new(provider).map_err(Misfit::Exports)?;
    let expected = linked(engine, model)?;
    let own = functions(engine, &linker, component)?;
    for (name, function) in functions(engine, &expected, model)? {
        let found = own.iter().find(|(own, _)| *own == name);
        if !found.is_some_and(|(_, found)| is_same(found, &function)) {
            return Err(Misfit::Function { function: name });
        }
    }
    Ok(())
}

fn linked(engine: &Engine, component: &Component) -> Result<Linker<State>, LinkError> {
    let optional = ALL.iter().map(|&capability| capability.to_owned()).collect();
    let everything = Capabilities { optional, ..Capabilities::default() };
    link(engine.inner(), component, &everything)
}

/// The functions of the interface that a provider exports, with the host's own resources in their
/// types, so that those of two components can be compared.
fn functions(
    engine: &Engine,
    linker: &Linker<State>,
    component: &Component,
) -> Result<Vec<(String, types::ComponentFunc)>, LinkError> {
    let linked = linker.substituted_component_type(component).map_err(LinkError::Mismatch)?;
    let exports = linked.exports(engine.inner());
    let providers = exports.filter(|(name, _)| name.starts_with(PROVIDER));
    let mut functions = Vec::new();
    for (_, export) in providers {
        if let ComponentItem::ComponentInstance(instance) = export.ty {
            functions.extend(instance.exports(engine.inner()).filter_map(|(name, item)| {
                match item.ty {
                    ComponentItem::ComponentFunc(function) => Some((name.to_owned(), function)),
                    _ => None,
                }
            }));
        }
    }
    Ok(functions)
}

/// The names of parameters are nothing that a call depends on.
fn is_same(one: &types::ComponentFunc, other: &types::ComponentFunc) -> bool {
    let parameters = |function: &types::ComponentFunc| {
        function.params().map(|(_, parameter)| parameter).collect::<Vec<_>>()
    };
    parameters(one) == parameters(other) && one.results().eq(other.results())
}
