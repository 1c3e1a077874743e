//! The crate `cargo-credential-libsecret` as a plugin.
#![allow(clippy::unwrap_used, reason = "it is for tests, which see how it ends")]

#[cfg(target_os = "linux")]
fn main() {
    let credential = cargo_credential_libsecret::LibSecretCredential::new().unwrap();
    cargo_credential::main(&credential);
}

#[cfg(not(target_os = "linux"))]
fn main() {}
