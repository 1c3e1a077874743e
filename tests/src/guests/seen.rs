//! What a user sees of an outcome.

use lockgate_core::{Answer, Credential, Failure};
use lockgate_sandbox::{CallError, Outcome};

/// The end of one call.
pub struct Seen(pub Outcome);

impl Seen {
    /// The error in one line, with its causes; fails the test if there is none.
    pub fn error(&self) -> String {
        match &self.0.result {
            Ok(answer) => panic!("there was no error, but {answer:?} {:?}", self.text(answer)),
            Err(CallError::Failure(Failure::Other(messages))) => messages.join(": "),
            Err(error) => error.to_string(),
        }
    }

    /// The credential; fails the test if there is none.
    pub fn credential(&self) -> &Credential {
        match &self.0.result {
            Ok(Answer::Credential(credential)) => credential,
            other => panic!("no credential, but {other:?}"),
        }
    }

    /// The text of the secret that was answered, or what else went well.
    pub fn answer(&self) -> String {
        match &self.0.result {
            Ok(answer) => self.text(answer),
            Err(_) => panic!("no answer, but {}", self.error()),
        }
    }

    fn text(&self, answer: &Answer) -> String {
        match answer {
            Answer::Credential(credential) => {
                String::from_utf8_lossy(credential.secret.expose()).into_owned()
            }
            Answer::LoggedIn => "logged in".to_owned(),
            Answer::LoggedOut => "logged out".to_owned(),
        }
    }

    /// The host's own record of what it refused.
    pub fn refusals(&self) -> Vec<String> {
        self.0.refusals.iter().map(ToString::to_string).collect()
    }

    /// What the guest printed and logged.
    pub fn output(&self) -> String {
        self.0.output.text()
    }
}

/// Expects this error.
pub fn error(expected: impl Into<String>) -> impl FnOnce(&Seen) {
    let expected = expected.into();
    move |seen| assert_eq!(seen.error(), expected)
}

/// Expects this answer.
pub fn answer(expected: impl Into<String>) -> impl FnOnce(&Seen) {
    let expected = expected.into();
    move |seen| assert_eq!(seen.answer(), expected)
}
