//! The built-in provider `lockgate:docker-config`: docker's own file. It never sees a secret.

#![cfg_attr(target_family = "wasm", no_std)]

use stored::{Store, Stored};

struct DockerConfig;

impl Store for DockerConfig {
    const NAME: &'static str = "docker-config";
}

type Provider = Stored<DockerConfig>;

lockgate_provider::without_std!();
lockgate_provider::export!(Provider, manifest = "../manifest.toml");
