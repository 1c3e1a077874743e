//! The built-in provider `lockgate:docker-helper`: asks a native `docker-credential-*` program in
//! docker's own protocol. It never sees a secret, nor the name of an account that a helper answers.

#![cfg_attr(target_family = "wasm", no_std)]

extern crate alloc;

mod answer;
mod helper;
mod pass;

use lockgate_provider::{
    Credential, Failure, GetRequest, LoginRequest, LogoutRequest, Provider, Registry,
};

use helper::Helper;

struct DockerHelper;

/// The first argument is the program's path. The others are further names under which the helper may
/// keep the entry of this very server, nearest first.
impl Provider for DockerHelper {
    fn get(request: GetRequest) -> Result<Credential, Failure> {
        let helper = helper_of(&request.registry, &request.arguments)?;
        for server in helper.servers() {
            if let Some(credential) = helper.get(server)? {
                return Ok(credential);
            }
        }
        Err(Failure::NotFound)
    }

    fn login(request: LoginRequest) -> Result<(), Failure> {
        let helper = helper_of(&request.registry, &request.arguments)?;
        let user = request.identity.filter(|user| !user.is_empty());
        let user = user.ok_or_else(|| {
            Failure::other(
                "a credential helper keeps a user name beside each password, and there is none",
            )
        })?;
        let secret =
            request.secret.ok_or_else(|| Failure::other("there is no password to keep"))?;
        helper.keep(&user, &secret)
    }

    fn logout(request: LogoutRequest) -> Result<(), Failure> {
        let helper = helper_of(&request.registry, &request.arguments)?;
        match helper.forget()? {
            true => Ok(()),
            false => Err(Failure::NotFound),
        }
    }
}

fn helper_of<'a>(
    registry: &'a Registry,
    arguments: &'a [alloc::string::String],
) -> Result<Helper<'a>, Failure> {
    if registry.ecosystem != "oci" {
        return Err(Failure::UnsupportedRegistry);
    }
    let (program, others) = arguments.split_first().ok_or_else(|| {
        Failure::other(
            "the first argument to `lockgate:docker-helper` has to be a credential helper",
        )
    })?;
    Ok(Helper { program, server: &registry.url, others })
}

lockgate_provider::without_std!();
lockgate_provider::export!(DockerHelper, manifest = "../manifest.toml");
