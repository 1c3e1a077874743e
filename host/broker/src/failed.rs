//! Why a step of asking a registry did not end well.

use serde::{Deserialize, Serialize};

use crate::reply::chain;

/// Most bytes of one sentence, and most sentences: nobody reads more.
const MAX_SENTENCE: usize = 2 << 10;
const MAX_SENTENCES: usize = 8;

/// Why a step did not end well: sentences for people, outermost first.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Failed(pub(crate) Vec<String>);

impl Failed {
    pub(crate) fn because(message: impl Into<String>) -> Self {
        Self(vec![message.into()])
    }

    pub(crate) fn unexpected() -> Self {
        Self::because("Lockgate failed, which is a mistake in it; please report it")
    }

    pub(crate) fn shortened(mut self) -> Self {
        self.0.truncate(MAX_SENTENCES);
        for sentence in &mut self.0 {
            *sentence = lockgate_core::shorten(sentence, MAX_SENTENCE).into_owned();
        }
        self
    }
}

/// An error with its causes.
pub(crate) fn chain_of(error: &(dyn std::error::Error + 'static)) -> Failed {
    Failed(chain(error))
}
