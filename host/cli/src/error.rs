//! Errors as people read them.

use std::io;

use lockgate_broker::{ContextError, End};

use crate::shell::Shell;

/// A command's failure: what happened and why.
#[derive(Clone, Debug)]
pub(crate) struct CommandError {
    message: String,
    causes: Vec<String>,
    /// What to do about it, where neither says so.
    remedy: Option<String>,
}

impl CommandError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), causes: Vec::new(), remedy: None }
    }

    /// An error with its causes, outermost first.
    pub(crate) fn because(message: impl Into<String>, causes: Vec<String>) -> Self {
        Self { message: message.into(), causes, remedy: None }
    }

    /// An error of a library with its causes.
    pub(crate) fn from_error(error: &(dyn std::error::Error + 'static)) -> Self {
        let causes = std::iter::successors(error.source(), |error| error.source());
        Self::because(error.to_string(), causes.map(ToString::to_string).collect())
    }

    /// What happened.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// Why, outermost first.
    pub(crate) fn causes(&self) -> &[String] {
        &self.causes
    }

    /// What happened and why, outermost first; behind the last of it, what to do.
    pub(crate) fn messages(self) -> Vec<String> {
        let mut messages: Vec<_> = std::iter::once(self.message).chain(self.causes).collect();
        if let (Some(last), Some(remedy)) = (messages.last_mut(), &self.remedy) {
            last.push_str("; ");
            last.push_str(remedy);
        }
        messages
    }

    pub(crate) fn show(&self, shell: Shell) {
        shell.error(&self.message, &self.causes);
        self.remedy.iter().for_each(|remedy| shell.help(remedy));
    }
}

impl From<ContextError> for CommandError {
    fn from(error: ContextError) -> Self {
        Self::from_error(&error)
    }
}

impl From<End> for CommandError {
    fn from(end: End) -> Self {
        let remedy = end.remedy().map(str::to_owned);
        Self { message: end.to_string(), causes: end.causes(), remedy }
    }
}

impl From<io::Error> for CommandError {
    fn from(error: io::Error) -> Self {
        Self::because("standard output cannot be written", vec![error.to_string()])
    }
}
