//! What `wit/` says, as Rust.

#![allow(
    missing_docs,
    unreachable_pub,
    unsafe_code,
    clippy::allow_attributes_without_reason,
    clippy::undocumented_unsafe_blocks,
    reason = "generated code: the documentation is in the interface, where it has any"
)]

wit_bindgen::generate!({
    path: "../../wit",
    world: "credential-provider",
    pub_export_macro: true,
    default_bindings_module: "lockgate_provider::bindings",
    generate_unused_types: true,
    runtime_path: "wit_bindgen::rt",
});
