//! What people are told when nobody could be asked.

use std::io;
use std::time::Duration;

/// Why there is no answer. Never holds any of what was typed.
#[derive(Debug, thiserror::Error)]
pub enum PromptError {
    /// The process has no terminal.
    #[error(
        "there is no terminal to ask at; run this in a terminal, or pipe the token to `lockgate cargo login`"
    )]
    NoTerminal(#[source] io::Error),
    /// The terminal could not be read, written or set up.
    #[error("the terminal could not be used")]
    Terminal(#[from] io::Error),
    /// Ctrl-D, or the terminal went away.
    #[error("the input ended before there was an answer")]
    Closed,
    /// Nobody is there.
    #[error("nobody answered within {} s; try again when somebody can", .0.as_secs())]
    Unanswered(Duration),
    /// Ctrl-C or Ctrl-\.
    #[error("the question was interrupted")]
    Interrupted,
    /// The answer is too long.
    #[error("the answer is longer than {0} bytes")]
    AnswerTooLong(usize),
    /// An arrow key, for example, which is no part of any secret.
    #[error("a key was pressed that is no part of an answer (an arrow, for example); try again")]
    ControlCharacter,
    /// A provider's text is too long.
    #[error("`{provider}` wanted to show more than {limit} bytes at once")]
    TextTooLong {
        /// The provider.
        provider: String,
        /// The most bytes there may be.
        limit: usize,
    },
    /// A provider's texts are too many.
    #[error("`{provider}` asked or said something more than {limit} times in one call")]
    TooMany {
        /// The provider.
        provider: String,
        /// The most there may be.
        limit: u32,
    },
    /// A link that could lead a person astray.
    #[error(
        "`{provider}` wanted to show a link that is not https to a host, or http to this machine, without a user"
    )]
    Link {
        /// The provider.
        provider: String,
    },
}
