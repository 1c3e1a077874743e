use alloc::string::String;
use alloc::vec;

use crate::{Failure, Problem};

impl Failure {
    /// A failure in the provider's own words, which end the client's request. Never put a secret
    /// into them.
    #[must_use]
    pub fn other(message: impl Into<String>) -> Self {
        Self::Other(vec![message.into()])
    }

    /// The same failure as the cause of a new one, which is shown first.
    #[must_use]
    pub fn context(self, message: impl Into<String>) -> Self {
        let mut messages = vec![message.into()];
        match self {
            Self::NotFound => messages.push("no credential was found".into()),
            Self::UnsupportedRegistry => messages.push("the registry is not supported".into()),
            Self::UnsupportedOperation => messages.push("the operation is not supported".into()),
            Self::Denied(what) => messages.push(what),
            Self::Other(causes) => messages.extend(causes),
        }
        Self::Other(messages)
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::other(match problem {
            Problem::NoSuchField => "the document has no such field".into(),
            Problem::NotPlain => "the field may not be read in the clear".into(),
            Problem::Malformed(what) => what,
            Problem::Exhausted => "too many attempts to take documents apart".into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::String;
    use alloc::vec::Vec;

    use crate::{Failure, Problem};

    fn messages(failure: Failure) -> Vec<String> {
        match failure {
            Failure::Other(messages) => messages,
            failure => panic!("{failure:?}"),
        }
    }

    #[test]
    fn a_context_stands_before_its_causes() {
        let failure: Failure = Problem::NoSuchField.into();
        let shown = messages(failure.context("the reply of the server is not understood"));
        assert_eq!(
            shown,
            ["the reply of the server is not understood", "the document has no such field"]
        );
        let shown = messages(Failure::Denied("http https://a".into()).context("no token"));
        assert_eq!(shown, ["no token", "http https://a"]);
    }
}
