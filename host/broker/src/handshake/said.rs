//! What the children of a login tell.

use serde::{Deserialize, Serialize};

use crate::Told;

/// What the question without credentials came to.
#[derive(Deserialize, Serialize)]
pub(super) enum Pinged {
    /// The registry's challenges.
    Wants(Vec<String>),
    /// Nothing answers there, and why.
    NotThere(Vec<String>),
}

/// What the login came to.
#[derive(Deserialize, Serialize)]
pub(super) enum Said {
    /// The registry takes it.
    Accepted { identity_token: Option<Told>, is_open: bool },
    /// It does not, and why.
    Refused { messages: Vec<String>, is_unauthorized: bool },
}
