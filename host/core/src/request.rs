//! What a front door asks of the broker.

use crate::{Registry, Secret};

/// One question of a client.
#[derive(Clone, Debug)]
pub struct Request {
    /// What the credential is for.
    pub registry: Registry,
    /// What is to be done.
    pub operation: Operation,
    /// Words for the provider from the client's configuration or command line. Untrusted.
    pub arguments: Vec<String>,
}

/// What is to be done.
#[derive(Clone, Debug)]
pub enum Operation {
    /// Find a credential for this purpose.
    Get(Purpose),
    /// Keep what the person gave.
    Login(LoginInput),
    /// Forget what is kept.
    Logout,
}

impl Operation {
    /// The word that clients and messages use.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Get(_) => "get",
            Self::Login(_) => "login",
            Self::Logout => "logout",
        }
    }
}

/// What a credential will be used for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Reading an index or downloading.
    Read,
    /// Uploading one version.
    Publish(Artifact),
    /// Taking one version out of resolution.
    Yank(Artifact),
    /// Putting it back.
    Unyank(Artifact),
    /// Listing or changing the owners of the named package.
    Owners(String),
    /// One that this program does not know, by its name on the wire.
    Other(String),
}

/// One version of one package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// The package.
    pub name: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of its file in lower-case hex, where the client knows it.
    pub checksum: Option<String>,
}

/// What the person who logs in gave.
#[derive(Clone, Debug, Default)]
pub struct LoginInput {
    /// The account, where the ecosystem has one; docker's `<token>` where the secret is an identity
    /// token.
    pub identity: Option<String>,
    /// The person's account beside an identity token. The host's own store of docker's `config.json`
    /// keeps it, and no provider sees it.
    pub account: Option<String>,
    /// The secret, if it was given.
    pub secret: Option<Secret>,
    /// Where a secret can be had.
    pub link: Option<String>,
}
