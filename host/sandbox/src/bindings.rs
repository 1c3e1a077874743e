//! What `wit/` says, as traits to implement.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::all,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "generated code"
)]

pub(crate) mod provider {
    wasmtime::component::bindgen!({
        path: "../../wit",
        world: "lockgate:provider/credential-provider",
        imports: { default: trappable },
        with: {
            "lockgate:provider/secrets.secret": crate::handles::Sealed,
            "lockgate:provider/secrets.document": crate::handles::Document,
            "lockgate:provider/process.child": crate::handles::Child,
        },
    });
}

pub(crate) mod wasi {
    wasmtime::component::bindgen!({
        path: "wit",
        world: "lockgate:wasi/toolchain",
        imports: { default: trappable },
        with: {
            "wasi:io/error.error": crate::wasi::Never,
            "wasi:io/poll.pollable": crate::wasi::Pollable,
            "wasi:io/streams.input-stream": crate::wasi::Empty,
            "wasi:io/streams.output-stream": crate::wasi::Sink,
            "wasi:cli/terminal-input.terminal-input": crate::wasi::Never,
            "wasi:cli/terminal-output.terminal-output": crate::wasi::Never,
        },
    });
}
