//! The example `file-provider` of the crate `cargo-credential`, as it is.
#![allow(
    missing_docs,
    clippy::disallowed_types,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it is somebody else's program"
)]

include!(concat!(env!("OUT_DIR"), "/file-provider.rs"));
