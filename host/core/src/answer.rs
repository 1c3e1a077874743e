//! What the broker answers.

use crate::{Origins, Secret};

/// The good end of a request.
#[derive(Clone, Debug)]
pub enum Answer {
    /// To `get`.
    Credential(Credential),
    /// To `login`.
    LoggedIn,
    /// To `logout`.
    LoggedOut,
}

/// A credential on its way to the client.
#[derive(Clone, Debug)]
pub struct Credential {
    /// The account, where the ecosystem has one. Secret, since some providers only know it sealed.
    pub identity: Option<Secret>,
    /// The token or password.
    pub secret: Secret,
    /// How long the client may reuse it.
    pub lifetime: Lifetime,
    /// Whether it serves every purpose, not only the one asked for.
    pub any_purpose: bool,
    /// Where the secret came from, for those who explain or record the answer.
    pub origins: Origins,
}

/// How long a client may reuse a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifetime {
    /// For the one operation that was asked about.
    Once,
    /// For as long as the client's process runs.
    Session,
    /// Until this many seconds after the Unix epoch.
    Until(u64),
}

/// Why a provider gave no answer. After the first two the next provider is asked; every other one
/// ends the request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The provider serves this registry and has no credential for it.
    #[error("no credential was found")]
    NotFound,
    /// The provider does not serve this registry.
    #[error("the registry is not supported")]
    UnsupportedRegistry,
    /// The provider serves this registry and cannot do this.
    #[error("the operation is not supported")]
    UnsupportedOperation,
    /// The provider says that the host refused it something: only its word.
    #[error("the provider says that it was denied `{0}`")]
    Denied(String),
    /// Outermost message first, then its causes.
    #[error("{}", .0.first().map_or("the provider failed without a message", String::as_str))]
    Other(Vec<String>),
}
