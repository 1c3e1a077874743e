//! Whether a credential is there, as far as that can be told without asking a provider.

use std::path::Path;

use lockgate_broker::{TokenSource, TokenSources};
use lockgate_core::Registry;
use serde_json::{Value, json};

use crate::cargo::providers::Listed;

/// The provider whose tokens stand where the host itself can see them.
const CARGO_TOKEN: &str = "cargo:token";

/// Whether a credential is there.
pub(super) enum There {
    Yes(TokenSource),
    /// There is none, and why not, if that is not all.
    No(Option<String>),
    /// Only a provider could say. It may ask a person, or take its time.
    Unknown,
}

impl There {
    pub(super) fn find(sources: &TokenSources<'_>, registry: &Registry, listed: &[Listed]) -> Self {
        let is_cargo_token = |listed: &&Listed| listed.choice.provider == CARGO_TOKEN;
        let nothing = match listed.iter().all(|listed| is_cargo_token(&listed)) {
            true => Self::No(None),
            false => Self::Unknown,
        };
        if !listed.iter().any(|listed| is_cargo_token(&listed)) {
            return nothing;
        }
        match sources.of(registry) {
            Ok(None) => nothing,
            Ok(Some(TokenSource::EmptyVariable(name))) => {
                Self::No(Some(format!("the variable `{name}` is set, and empty")))
            }
            Ok(Some(at)) => Self::Yes(at),
            Err(reasons) => Self::No(Some(reasons.join(": "))),
        }
    }

    /// For a table; files of `cargo_home` by their names alone.
    pub(super) fn shown(&self, cargo_home: &Path) -> String {
        match self {
            Self::Yes(TokenSource::Variable(name) | TokenSource::EmptyVariable(name)) => {
                format!("yes: {name}")
            }
            Self::Yes(TokenSource::Line(path, line)) => {
                let path = path.strip_prefix(cargo_home).unwrap_or(path);
                format!("yes: {}:{line}", path.display())
            }
            Self::No(_) => "no".to_owned(),
            Self::Unknown => "?".to_owned(),
        }
    }

    /// For programs.
    pub(super) fn json(&self) -> Value {
        match self {
            Self::Yes(TokenSource::Variable(name) | TokenSource::EmptyVariable(name)) => {
                json!({ "there": true, "variable": name })
            }
            Self::Yes(TokenSource::Line(path, line)) => {
                json!({ "there": true, "file": path, "line": line })
            }
            Self::No(reason) => json!({ "there": false, "reason": reason }),
            Self::Unknown => json!({ "there": null }),
        }
    }
}
