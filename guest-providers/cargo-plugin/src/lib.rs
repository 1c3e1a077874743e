//! The built-in provider `lockgate:cargo-plugin`: asks a native credential provider of cargo's in
//! cargo's own protocol, version 1. It never sees a token.

#![cfg_attr(target_family = "wasm", no_std)]

extern crate alloc;

mod conversation;
mod json;
mod reply;
mod request;

use alloc::string::String;

use lockgate_provider::{
    Credential, Failure, GetRequest, LoginRequest, LogoutRequest, Provider, Registry, Secret,
    prompt,
};

use conversation::converse;
use request::{Action, message};

struct CargoPlugin;

impl Provider for CargoPlugin {
    fn get(request: GetRequest) -> Result<Credential, Failure> {
        let (program, words) = program_of(&request.registry, &request.arguments)?;
        let action = Action::Get(&request.purpose);
        let (start, end) = message(&request.registry, &action, words);
        converse(program, &[start.into(), end.into()])?.credential()
    }

    fn login(request: LoginRequest) -> Result<(), Failure> {
        let (program, words) = program_of(&request.registry, &request.arguments)?;
        let link = request.link.as_deref();
        // As from cargo, a program gets none where nobody can be asked.
        let token = request.secret.or_else(|| asked(&request.registry, link));
        let action = Action::Login { token: token.is_some(), link };
        let (start, end) = message(&request.registry, &action, words);
        let token = token.map(|token| token.encode(lockgate_provider::Encoding::JsonString));
        let mut parts = alloc::vec![start.into()];
        parts.extend(token.iter().map(Into::into));
        parts.push(end.into());
        converse(program, &parts)?.done("login")
    }

    fn logout(request: LogoutRequest) -> Result<(), Failure> {
        let (program, words) = program_of(&request.registry, &request.arguments)?;
        let (start, end) = message(&request.registry, &Action::Logout, words);
        converse(program, &[start.into(), end.into()])?.done("logout")
    }
}

fn program_of<'a>(
    registry: &Registry,
    arguments: &'a [String],
) -> Result<(&'a str, &'a [String]), Failure> {
    if registry.ecosystem != "cargo" {
        return Err(Failure::UnsupportedRegistry);
    }
    match arguments.split_first() {
        Some((program, words)) => Ok((program, words)),
        None => Err(Failure::other(
            "the first argument to `lockgate:cargo-plugin` has to be the path of a credential provider",
        )),
    }
}

/// In the words of cargo's own providers.
fn asked(registry: &Registry, link: Option<&str>) -> Option<Secret> {
    let (what, whose) = match (link, &registry.name) {
        (Some(link), _) => ("found on", link),
        (None, Some(name)) => ("for", name.as_str()),
        (None, None) => ("for", registry.url.as_str()),
    };
    let question = ["please paste the token ", what, " ", whose, " below"].concat();
    prompt::ask(&question, true).ok()
}

lockgate_provider::without_std!();
lockgate_provider::export!(CargoPlugin, manifest = "../manifest.toml");
