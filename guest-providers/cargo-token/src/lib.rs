//! The built-in provider `cargo:token`: the token that cargo itself would find. It never sees one.

#![cfg_attr(target_family = "wasm", no_std)]

extern crate alloc;

use alloc::string::String;

use lockgate_provider::{
    Credential, Failure, GetRequest, Lifetime, LoginRequest, LogoutRequest, Provider, Registry,
    Secret, environment, prompt, store,
};

const STORE: &str = "cargo-credentials";
const VARIABLE: &str = "{registry.token}";

struct CargoToken;

impl Provider for CargoToken {
    fn get(request: GetRequest) -> Result<Credential, Failure> {
        serves(&request.registry)?;
        let secret = configured_token()?;
        Ok(Credential { identity: None, secret, lifetime: Lifetime::Session, any_purpose: true })
    }

    fn login(request: LoginRequest) -> Result<(), Failure> {
        serves(&request.registry)?;
        let token = match request.secret {
            Some(token) => token,
            None => prompt::ask(&question(&request.registry, request.link.as_deref()), true)?,
        };
        store::save(STORE, None, &token)
    }

    fn logout(request: LogoutRequest) -> Result<(), Failure> {
        serves(&request.registry)?;
        match store::remove(STORE)? {
            true => Ok(()),
            false => Err(Failure::NotFound),
        }
    }
}

fn serves(registry: &Registry) -> Result<(), Failure> {
    match registry.ecosystem.as_str() {
        "cargo" => Ok(()),
        _ => Err(Failure::UnsupportedRegistry),
    }
}

/// A variable that is set wins over the file even when it is empty, as in cargo.
fn configured_token() -> Result<Secret, Failure> {
    match environment::get(VARIABLE)? {
        Some(variable) => Ok(variable.whole()?),
        None => Ok(store::load(STORE)?.ok_or(Failure::NotFound)?.secret),
    }
}

/// In the words of cargo's own providers. Put together without `format!`, whose code would be a good
/// part of the component.
fn question(registry: &Registry, link: Option<&str>) -> String {
    let (what, whose) = match (link, &registry.name) {
        (Some(link), _) => ("found on", link),
        (None, Some(name)) => ("for", name.as_str()),
        (None, None) => ("for", registry.url.as_str()),
    };
    ["please paste the token ", what, " ", whose, " below"].concat()
}

lockgate_provider::without_std!();
lockgate_provider::export!(CargoToken, manifest = "../manifest.toml");

#[cfg(test)]
mod tests {
    use super::{Registry, question};

    #[test]
    fn asks_in_the_words_of_cargo() {
        let mut registry = Registry {
            ecosystem: "cargo".into(),
            url: "sparse+https://a/".into(),
            name: Some("corp".into()),
            challenges: Vec::new(),
        };
        let link = "https://a/me";
        assert_eq!(
            question(&registry, Some(link)),
            "please paste the token found on https://a/me below"
        );
        assert_eq!(question(&registry, None), "please paste the token for corp below");
        registry.name = None;
        assert_eq!(question(&registry, None), "please paste the token for sparse+https://a/ below");
    }
}
