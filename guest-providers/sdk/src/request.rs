use alloc::string::String;
use alloc::vec::Vec;

use crate::{Purpose, Registry, Secret};

/// A client asks for a credential.
#[derive(Debug)]
pub struct GetRequest {
    /// What the credential is for.
    pub registry: Registry,
    /// What it will be used for.
    pub purpose: Purpose,
    /// Words from the client's configuration, which a cloned repository may have written: hints,
    /// never authority.
    pub arguments: Vec<String>,
}

/// A person logs in.
#[derive(Debug)]
pub struct LoginRequest {
    /// What the credential is for.
    pub registry: Registry,
    /// The account, if it was given.
    pub identity: Option<String>,
    /// The secret, if it was given; already checked by the rules of the client.
    pub secret: Option<Secret>,
    /// Where a secret can be had, for a provider that asks for one.
    pub link: Option<String>,
    /// As in [`GetRequest::arguments`].
    pub arguments: Vec<String>,
}

/// A person logs out.
#[derive(Debug)]
pub struct LogoutRequest {
    /// What the credential was for.
    pub registry: Registry,
    /// As in [`GetRequest::arguments`].
    pub arguments: Vec<String>,
}
