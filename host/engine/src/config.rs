//! The one configuration.

use wasmtime::{Config, ModuleVersionStrategy, WasmBacktraceDetails, WasmFeatures};

/// Stack of a guest, in bytes. wasmtime's default; a provider's call chain is short, and the host's
/// own stack has to hold this much.
const MAX_WASM_STACK: usize = 512 << 10;

/// Part of every compiled file: code that another program or another configuration compiled does
/// not load. It names wasmtime's version, which a test compares, since compiled code of installed
/// providers outlives an upgrade. Raise the last number whenever anything in this file changes.
pub(crate) const VERSION: &str =
    concat!("lockgate-", env!("CARGO_PKG_VERSION"), "-wasmtime-48.0.8-2");

/// What toolchains' output does not need and an attacker would like to have.
const OFF: [WasmFeatures; 14] = [
    WasmFeatures::GC,
    WasmFeatures::FUNCTION_REFERENCES,
    WasmFeatures::EXCEPTIONS,
    WasmFeatures::LEGACY_EXCEPTIONS,
    WasmFeatures::THREADS,
    WasmFeatures::SHARED_EVERYTHING_THREADS,
    WasmFeatures::MEMORY64,
    WasmFeatures::RELAXED_SIMD,
    WasmFeatures::TAIL_CALL,
    WasmFeatures::CUSTOM_PAGE_SIZES,
    WasmFeatures::STACK_SWITCHING,
    WasmFeatures::WIDE_ARITHMETIC,
    WasmFeatures::CM_ASYNC,
    WasmFeatures::CM_ERROR_CONTEXT,
];

pub(crate) fn shared() -> wasmtime::Result<Config> {
    let mut config = Config::new();
    for feature in OFF {
        config.wasm_features(feature, false);
    }
    config
        .epoch_interruption(true)
        .max_wasm_stack(MAX_WASM_STACK)
        .concurrency_support(false)
        // An image in a file of its own pays for many instances of one memory; here there is one.
        .memory_init_cow(false)
        // Smaller code that loads faster: nobody reads a guest's backtrace, and one could tell
        // what a secret is made of.
        .native_unwind_info(false)
        .generate_address_map(false)
        .wasm_backtrace_max_frames(None)
        // The default asks a variable, with which compiled code would no longer fit.
        .wasm_backtrace_details(WasmBacktraceDetails::Disable)
        .module_version(ModuleVersionStrategy::Custom(VERSION.to_owned()))?;
    Ok(config)
}

#[cfg(test)]
mod tests {
    #[test]
    fn compiled_code_names_the_very_wasmtime_that_compiled_it() {
        let lock = include_str!("../../../Cargo.lock");
        let after = lock.split_once("name = \"wasmtime\"\nversion = \"").unwrap().1;
        let version = after.split('"').next().unwrap();
        assert!(super::VERSION.contains(&format!("-wasmtime-{version}-")), "{version}");
    }
}
