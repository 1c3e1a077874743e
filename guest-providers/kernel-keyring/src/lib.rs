//! The built-in provider `lockgate:kernel-keyring`: the kernel's keyring, which forgets everything when the machine is switched off. It never sees a secret.

#![cfg_attr(target_family = "wasm", no_std)]

use stored::{Store, Stored};

struct KernelKeyring;

impl Store for KernelKeyring {
    const NAME: &'static str = "kernel-keyring";
}

type Provider = Stored<KernelKeyring>;

lockgate_provider::without_std!();
lockgate_provider::export!(Provider, manifest = "../manifest.toml");
