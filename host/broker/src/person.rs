//! The person at the terminal, as one call of one provider sees them.

use lockgate_adapters::{FramedPrompt, StandardPrompt, TerminalPrompt};
use lockgate_core::{
    AdapterError, Ecosystem, Prompt, Secret, check_token, clean_login_token, escape_lines,
};

/// How the person is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Person {
    /// At the controlling terminal: standard input and output belong to a client.
    AtTerminal,
    /// On standard error and input, as `cargo login` does.
    AtStandardInput,
}

impl Person {
    /// The prompt for one call. A built-in provider's words are the host's own and need no frame.
    pub(crate) fn prompt(self, provider: &str, built_in: bool) -> Box<dyn Prompt> {
        match built_in {
            true => Box::new(Plain(self)),
            false => Box::new(FramedPrompt::new(Direct(self), provider.to_owned())),
        }
    }
}

/// Opens the terminal only when there is something to ask.
struct Direct(Person);

impl Prompt for Direct {
    fn ask(&self, question: &str, hidden: bool) -> Result<Secret, AdapterError> {
        match self.0 {
            Person::AtTerminal => TerminalPrompt::new().ask(question, hidden),
            Person::AtStandardInput => StandardPrompt.ask(question, hidden),
        }
    }

    fn show(&self, message: &str, link: Option<&str>) -> Result<(), AdapterError> {
        match self.0 {
            Person::AtTerminal => TerminalPrompt::new().show(message, link),
            Person::AtStandardInput => StandardPrompt.show(message, link),
        }
    }
}

/// The built-in providers' questions, on a line of their own as cargo's are.
struct Plain(Person);

impl Prompt for Plain {
    fn ask(&self, question: &str, hidden: bool) -> Result<Secret, AdapterError> {
        Direct(self.0).ask(&(escape_lines(question) + "\n"), hidden)
    }

    fn show(&self, message: &str, link: Option<&str>) -> Result<(), AdapterError> {
        Direct(self.0).show(&escape_lines(message), link)
    }
}

/// What a person types hidden at a login is a token, and is held to the client's rules before a
/// provider has it.
pub(crate) struct TokenPrompt {
    pub(crate) inner: Box<dyn Prompt>,
    pub(crate) ecosystem: Ecosystem,
}

impl Prompt for TokenPrompt {
    fn ask(&self, question: &str, hidden: bool) -> Result<Secret, AdapterError> {
        let answer = self.inner.ask(question, hidden)?;
        if !hidden {
            return Ok(answer);
        }
        let token = clean_login_token(self.ecosystem, answer);
        check_token(self.ecosystem, &token)?;
        Ok(token)
    }

    fn show(&self, message: &str, link: Option<&str>) -> Result<(), AdapterError> {
        self.inner.show(message, link)
    }
}
