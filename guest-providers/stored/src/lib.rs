//! A provider that keeps one secret for each registry in a store, and never sees one.

#![cfg_attr(target_family = "wasm", no_std)]

extern crate alloc;

mod question;

use core::marker::PhantomData;

use lockgate_provider::{
    Credential, Failure, GetRequest, Identity, Lifetime, LoginRequest, LogoutRequest, Provider,
    prompt, store,
};

pub use question::question;

/// Which store a provider keeps its secrets in.
pub trait Store {
    /// Its name, as grants name it.
    const NAME: &'static str;
}

/// The provider of a store.
#[derive(Debug)]
pub struct Stored<S>(PhantomData<S>);

impl<S: Store> Provider for Stored<S> {
    fn get(_: GetRequest) -> Result<Credential, Failure> {
        let found = store::load(S::NAME)?.ok_or(Failure::NotFound)?;
        Ok(Credential {
            identity: found.identity,
            secret: found.secret,
            lifetime: Lifetime::Session,
            any_purpose: true,
        })
    }

    fn login(request: LoginRequest) -> Result<(), Failure> {
        let secret = match request.secret {
            Some(secret) => secret,
            None => prompt::ask(&question(&request.registry, request.link.as_deref()), true)?,
        };
        store::save(S::NAME, request.identity.map(Identity::Text), &secret)
    }

    fn logout(_: LogoutRequest) -> Result<(), Failure> {
        match store::remove(S::NAME)? {
            true => Ok(()),
            false => Err(Failure::NotFound),
        }
    }
}
