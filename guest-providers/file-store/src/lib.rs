//! The built-in provider `lockgate:file`: Lockgate's own files. It never sees a secret.

#![cfg_attr(target_family = "wasm", no_std)]

use stored::{Store, Stored};

struct File;

impl Store for File {
    const NAME: &'static str = "file";
}

type Provider = Stored<File>;

lockgate_provider::without_std!();
lockgate_provider::export!(Provider, manifest = "../manifest.toml");
