//! The built-in provider `lockgate:os-store`: the operating system's own store. It never sees a secret.

#![cfg_attr(target_family = "wasm", no_std)]

use stored::{Store, Stored};

struct OsStore;

impl Store for OsStore {
    const NAME: &'static str = "os";
}

type Provider = Stored<OsStore>;

lockgate_provider::without_std!();
lockgate_provider::export!(Provider, manifest = "../manifest.toml");
