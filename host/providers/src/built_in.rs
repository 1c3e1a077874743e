//! The providers that ship inside the host, compiled by its build for the machine that it is for.

use lockgate_engine::CompiledCode;
use lockgate_policy::{Grant, Manifest, PolicyError};

use crate::Digest;

/// A provider that can be run.
#[derive(Clone)]
pub struct Provider {
    /// For people and configuration.
    pub name: String,
    /// Who it is.
    pub digest: Digest,
    /// What it asks for.
    pub manifest: Manifest,
    /// What it was given.
    pub grant: Grant,
    /// What of it is run.
    pub compiled: CompiledCode,
    /// Whether it ships with the host, so that its words are the host's own.
    pub built_in: bool,
    /// Whether it talks to a native program of the user's own configuration.
    pub bridge: bool,
    /// What survives an update is kept under this: made at install, or a built-in one's name.
    pub lineage: String,
    /// Where an installed one came from, such as `file:/home/me/corp-sso.wasm`.
    pub source: Option<String>,
    /// The minisign public key that an installed one's signature was verified with.
    pub signer: Option<String>,
}

struct BuiltIn {
    name: &'static str,
    bridge: bool,
    digest: Digest,
    manifest: &'static str,
    code: &'static [u8],
}

static BUILT_IN: &[BuiltIn] = &include!(concat!(env!("OUT_DIR"), "/built_in.rs"));

/// The built-in provider of that name, with a grant of all that it asks for: of a bridge, without
/// the programs that its user chooses ([`find_built_in`](crate::find_built_in)). `None` if there is
/// none.
///
/// # Errors
/// If its manifest is not understood, which the tests of this crate rule out.
pub fn built_in(name: &str) -> Option<Result<Provider, PolicyError>> {
    BUILT_IN.iter().find(|provider| provider.name == name).map(BuiltIn::provider)
}

/// The names of all built-in providers.
pub fn built_in_names() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().map(|provider| provider.name)
}

impl BuiltIn {
    fn provider(&self) -> Result<Provider, PolicyError> {
        let manifest = Manifest::parse(self.manifest, &format!("the manifest of {}", self.name))?;
        Ok(Provider {
            name: self.name.to_owned(),
            built_in: true,
            bridge: self.bridge,
            lineage: self.name.to_owned(),
            source: None,
            signer: None,
            digest: self.digest,
            grant: Grant::all(&manifest),
            manifest,
            compiled: CompiledCode::built_in(self.code),
        })
    }
}

#[cfg(test)]
mod tests {
    use lockgate_engine::Engine;

    use super::{built_in, built_in_names};

    const EXPECTED: [&str; 11] = [
        "cargo:libsecret",
        "cargo:token",
        "cargo:token-from-stdout",
        "lockgate:cargo-plugin",
        "lockgate:docker-config",
        "lockgate:docker-helper",
        "lockgate:encrypted-file",
        "lockgate:file",
        "lockgate:kernel-keyring",
        "lockgate:os-store",
        "lockgate:pass",
    ];

    #[test]
    fn every_one_is_understood_and_loads() {
        let engine = Engine::new().unwrap();
        assert_eq!(built_in_names().collect::<Vec<_>>(), EXPECTED);
        for name in built_in_names() {
            let provider = built_in(name).unwrap().unwrap();
            assert_eq!(provider.manifest.name, name);
            engine.load(&provider.compiled).unwrap();
        }
        assert!(built_in("cargo:tokens").is_none());
    }

    #[test]
    fn bridges_start_programs_and_nothing_else_does() {
        for name in built_in_names() {
            let provider = built_in(name).unwrap().unwrap();
            let asks = provider.manifest.reasons.contains_key("process");
            assert_eq!(provider.bridge, asks, "{name}");
            let lines = provider.grant.rules().lines();
            assert!(lines.iter().all(|line| line.capability != "process"), "{name}");
        }
    }

    #[test]
    fn what_keeps_secrets_in_a_store_asks_for_that_one_alone() {
        for (name, store) in [
            ("cargo:libsecret", "os"),
            ("lockgate:os-store", "os"),
            ("lockgate:docker-config", "docker-config"),
            ("lockgate:encrypted-file", "encrypted-file"),
            ("lockgate:file", "file"),
            ("lockgate:kernel-keyring", "kernel-keyring"),
        ] {
            let provider = built_in(name).unwrap().unwrap();
            let asked: Vec<_> = provider.manifest.reasons.keys().collect();
            assert_eq!(asked, ["prompt", "stores"], "{name}");
            let lines = provider.grant.rules().lines();
            let stores: Vec<_> = lines.iter().filter(|line| line.capability == "stores").collect();
            assert_eq!(stores.len(), 1, "{name}");
            assert!(format!("{:?}", stores[0]).contains(store), "{name}: {:?}", stores[0]);
        }
    }

    #[test]
    fn cargo_token_asks_for_what_cargo_itself_would_use() {
        let provider = built_in("cargo:token").unwrap().unwrap();
        let asked: Vec<_> = provider.manifest.reasons.keys().collect();
        assert_eq!(asked, ["environment", "prompt", "stores"]);
    }
}
