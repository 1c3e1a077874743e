use super::walk::{MAX_DEPTH, MAX_FUNCTIONS, MAX_LOCALS, MAX_MANIFEST, MAX_PARTS};
use super::{COMPONENT_VERSION, MAX_COMPONENT};

/// Why a file is not a provider.
#[derive(Debug, thiserror::Error)]
pub enum ExamineError {
    /// More bytes than a component may have.
    #[error("the file has {size} bytes; a provider has at most {MAX_COMPONENT}")]
    TooLarge {
        /// In bytes.
        size: usize,
    },
    /// Something else altogether.
    #[error("the file is not WebAssembly; a provider is a WebAssembly component, a `.wasm` file")]
    NotWebAssembly,
    /// Machine code that some wasmtime compiled, which is never taken from outside.
    #[error(
        "the file is compiled machine code; install the component, the `.wasm` file that it was compiled from"
    )]
    Compiled,
    /// WebAssembly of the older kind.
    #[error(
        "the file is a core module, not a component; build it for the target `wasm32-wasip2`, or wrap it with `wasm-tools component new`"
    )]
    CoreModule,
    /// Another edition of the format.
    #[error(
        "the file is WebAssembly of version {version} and layer {layer}; a component has version {COMPONENT_VERSION} and layer 1: build it with another toolchain"
    )]
    Version {
        /// Of the format.
        version: u16,
        /// 0: core modules, 1: components.
        layer: u16,
    },
    /// The rules of WebAssembly are broken, or a part of it is used that is switched off here.
    #[error("the file is no valid component, or uses a part of WebAssembly that is not supported")]
    Invalid(#[source] wasmparser::BinaryReaderError),
    /// Components in components in components.
    #[error("the component is nested more than {MAX_DEPTH} levels deep")]
    TooDeep,
    /// More parts than any toolchain makes.
    #[error("the component consists of more than {MAX_PARTS} modules and components")]
    TooManyParts,
    /// More functions than any toolchain makes.
    #[error("the component has more than {MAX_FUNCTIONS} functions")]
    TooManyFunctions,
    /// A few bytes declare thousands of variables, each of which costs the compiler time and memory.
    #[error("the component's functions declare more than {MAX_LOCALS} local variables together")]
    TooManyLocals,
    /// Strings in UTF-16 or Latin-1, whose conversion has been a source of faults.
    #[error(
        "the component passes strings in an encoding other than UTF-8; set its toolchain to UTF-8"
    )]
    StringEncoding,
    /// It needs what the host does not have.
    #[error("the component imports `{name}`, which the host does not have; {advice}")]
    Import {
        /// The import.
        name: String,
        /// What to do.
        advice: &'static str,
    },
    /// It does not answer as a provider does.
    #[error(
        "the component does not export `lockgate:provider/provider@0.1.0`, so it is not a provider"
    )]
    NotAProvider,
    /// It is a provider for another host.
    #[error(
        "the component exports `{name}`; this host runs version 0.1 of that interface: take a version of the provider that was made for it"
    )]
    OtherInterface {
        /// The export.
        name: String,
    },
    /// Nothing says what it asks for.
    #[error("the component has no manifest (the custom section `lockgate:manifest`)")]
    NoManifest,
    /// One manifest could be shown and another one be meant.
    #[error("the component has more than one manifest (custom sections `lockgate:manifest`)")]
    TwoManifests,
    /// Not text.
    #[error("the component's manifest is not UTF-8 text")]
    ManifestNotText,
    /// More than a person would read.
    #[error("the component's manifest has {size} bytes; it may have {MAX_MANIFEST}")]
    ManifestTooLarge {
        /// In bytes.
        size: usize,
    },
}
