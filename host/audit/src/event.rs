//! What is recorded.

use std::time::Duration;

use lockgate_core::{Lifetime, Origins};

/// One thing to record. Nothing in it may be or contain a secret, so that there is no room for the
/// messages of providers, which could have one: all texts are the host's own, and names of what a
/// provider asked for.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// A decision: something was used, or refused.
    Use {
        /// The capability's name in grants, or another thing that is decided on.
        capability: &'a str,
        /// The very thing: a store's name, a path, a method and URL. Shortened and escaped.
        subject: &'a str,
        /// Whether it was allowed.
        allowed: bool,
        /// The rule that decided, with its file and line where there is one; may be empty.
        rule: &'a str,
    },
    /// How a provider, or the whole request, ended.
    Answer {
        /// In a word.
        outcome: Outcome,
        /// The rule that refused it, as in a use; may be empty.
        rule: &'a str,
        /// Of the credential that was handed out.
        lifetime: Option<Lifetime>,
        /// Where its secret came from.
        origins: Option<&'a Origins>,
        /// How long it took.
        duration: Duration,
    },
}

/// How a provider, or a request, ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// With a credential, or the login or logout done.
    Answered,
    /// There is no credential.
    NotFound,
    /// The registry or the operation is not served.
    Unsupported,
    /// By a rule of the host's.
    Refused,
    /// By the provider's word that it was denied something.
    Denied,
    /// In any other way.
    Failed,
}

impl Outcome {
    /// The word in the trail.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::NotFound => "not-found",
            Self::Unsupported => "unsupported",
            Self::Refused => "refused",
            Self::Denied => "denied",
            Self::Failed => "failed",
        }
    }
}

/// A lifetime in a word, or its end as a time.
pub(crate) fn lifetime_text(lifetime: Lifetime) -> String {
    match lifetime {
        Lifetime::Once => "once".to_owned(),
        Lifetime::Session => "session".to_owned(),
        Lifetime::Until(seconds) => crate::time::text(Duration::from_secs(seconds)),
    }
}
