//! Errors as people read them.

use std::io;

use lockgate_broker::{ContextError, End};

use crate::shell::Shell;

/// A command's failure: what happened and why.
#[derive(Debug)]
pub(crate) struct CommandError {
    message: String,
    causes: Vec<String>,
}

impl CommandError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), causes: Vec::new() }
    }

    /// An error with its causes, outermost first.
    pub(crate) fn because(message: impl Into<String>, causes: Vec<String>) -> Self {
        Self { message: message.into(), causes }
    }

    /// An error of a library with its causes.
    pub(crate) fn from_error(error: &(dyn std::error::Error + 'static)) -> Self {
        let causes = std::iter::successors(error.source(), |error| error.source());
        Self { message: error.to_string(), causes: causes.map(ToString::to_string).collect() }
    }

    /// What happened.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// Why, outermost first.
    pub(crate) fn causes(&self) -> &[String] {
        &self.causes
    }

    /// What happened and why, outermost first.
    pub(crate) fn messages(self) -> Vec<String> {
        std::iter::once(self.message).chain(self.causes).collect()
    }

    pub(crate) fn show(&self, shell: Shell) {
        shell.error(&self.message, &self.causes);
    }
}

impl From<ContextError> for CommandError {
    fn from(error: ContextError) -> Self {
        Self::from_error(&error)
    }
}

impl From<End> for CommandError {
    fn from(end: End) -> Self {
        Self { message: end.to_string(), causes: end.causes() }
    }
}

impl From<io::Error> for CommandError {
    fn from(error: io::Error) -> Self {
        let causes = vec![error.to_string()];
        Self { message: "standard output cannot be written".to_owned(), causes }
    }
}
