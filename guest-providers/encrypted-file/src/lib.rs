//! The built-in provider `lockgate:encrypted-file`: Lockgate's own encrypted files. It never sees a secret.

#![cfg_attr(target_family = "wasm", no_std)]

use stored::{Store, Stored};

struct EncryptedFile;

impl Store for EncryptedFile {
    const NAME: &'static str = "encrypted-file";
}

type Provider = Stored<EncryptedFile>;

lockgate_provider::without_std!();
lockgate_provider::export!(Provider, manifest = "../manifest.toml");
