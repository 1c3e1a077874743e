//! The built-in provider `cargo:libsecret`: the desktop's keyring, with the entries of cargo's own provider of this name. It never sees a secret.

#![cfg_attr(target_family = "wasm", no_std)]

use stored::{Store, Stored};

struct Libsecret;

impl Store for Libsecret {
    const NAME: &'static str = "os";
}

type Provider = Stored<Libsecret>;

lockgate_provider::without_std!();
lockgate_provider::export!(Provider, manifest = "../manifest.toml");
