//! What a child tells of an index.

use serde::{Deserialize, Serialize};

use super::IndexFailure;
use crate::failed::Failed;

/// Longest file that a child hands on as text, in bytes.
pub(crate) const MAX_TOLD: usize = 16 << 10;

/// How one step ended. Never a token.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) enum Said {
    /// The registry's file.
    Config { json: String },
    /// The registry wants a token, or another one.
    Refused { challenges: Vec<String>, ports: Vec<u16> },
    /// There is none: no file, or no token.
    Nothing,
    /// The registry's file, or nothing of it, and whether the token that was found serves again.
    Found { json: String, reusable: bool },
    /// What would ask the index is not on this machine.
    NotStarted { why: String },
}

impl From<Failed> for IndexFailure {
    fn from(failed: Failed) -> Self {
        Self { messages: failed.0 }
    }
}
