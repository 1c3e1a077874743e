//! The built-in provider `cargo:token`: the token that cargo itself would find. It never sees one.

#![cfg_attr(target_family = "wasm", no_std)]

use lockgate_provider::{
    Credential, Failure, GetRequest, Lifetime, LoginRequest, LogoutRequest, Provider, Registry,
    Secret, environment, prompt, store,
};
use stored::question;

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

lockgate_provider::without_std!();
lockgate_provider::export!(CargoToken, manifest = "../manifest.toml");
