//! A refusal by the administrator.

use std::fmt;

use crate::error::Place;

/// The administrator's policy refuses something. `Display` is a sentence with the line, the reason
/// and the policy's message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Forbidden {
    /// The line that refuses it.
    pub place: Place,
    /// Why, as a sentence without its full stop.
    pub reason: String,
    /// What the policy says with its refusals.
    pub message: Option<String>,
}

impl Forbidden {
    /// The message behind a separator, or nothing.
    pub(crate) fn message_after(&self, separator: &str) -> String {
        self.message.as_ref().map_or_else(String::new, |message| format!("{separator}{message}"))
    }
}

impl fmt::Display for Forbidden {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, reason, .. } = self;
        let message = self.message_after(". ");
        write!(formatter, "the administrator's policy ({place}) forbids it: {reason}{message}")
    }
}
