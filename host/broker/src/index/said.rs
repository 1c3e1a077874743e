//! What a child tells of an index, and why it could not be asked.

use serde::{Deserialize, Serialize};

use super::IndexFailure;
use crate::reply::chain;

/// Most bytes of one sentence, and most sentences: nobody reads more.
const MAX_SENTENCE: usize = 2 << 10;
const MAX_SENTENCES: usize = 8;
/// Longest file that a child hands on as text, in bytes.
pub(super) const MAX_TOLD: usize = 16 << 10;

/// How one step ended. Never a token.
#[derive(Debug, Deserialize, Serialize)]
pub(super) enum Said {
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

/// Why a step did not end well: sentences for people, outermost first.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Failed(pub(super) Vec<String>);

impl Failed {
    pub(super) fn because(message: impl Into<String>) -> Self {
        Self(vec![message.into()])
    }

    pub(super) fn unexpected() -> Self {
        Self::because("Lockgate failed, which is a mistake in it; please report it")
    }

    pub(super) fn shortened(mut self) -> Self {
        self.0.truncate(MAX_SENTENCES);
        for sentence in &mut self.0 {
            *sentence = lockgate_core::shorten(sentence, MAX_SENTENCE).into_owned();
        }
        self
    }
}

impl From<Failed> for IndexFailure {
    fn from(failed: Failed) -> Self {
        Self { messages: failed.0 }
    }
}

/// An error with its causes.
pub(super) fn chain_of(error: &(dyn std::error::Error + 'static)) -> Failed {
    Failed(chain(error))
}
