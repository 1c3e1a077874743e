//! What a request and the process that speaks with the keyring for it say to each other. No message
//! names an entry: there is one.

use lockgate_core::{Secret, shorten};
use zeroize::Zeroizing;

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Question<'a> {
    Load { plain: bool },
    Save { plain: bool, secret: &'a [u8] },
    Remove,
}

/// What comes back.
#[derive(Debug)]
pub(super) enum Reply {
    /// Nothing yet: a person was asked to unlock the keyring.
    Waiting,
    Loaded(Option<Secret>),
    Saved,
    Removed(bool),
    /// An error and its causes.
    Failed(Vec<String>),
}

/// Most of one sentence of an error, in bytes, and most sentences.
const MAX_SENTENCE: usize = 16 << 10;
const MAX_SENTENCES: usize = 4;

const LOAD: u8 = 1;
const SAVE: u8 = 2;
const REMOVE: u8 = 3;

const WAITING: u8 = 1;
const FOUND: u8 = 2;
const NOT_FOUND: u8 = 3;
const SAVED: u8 = 4;
const REMOVED: u8 = 5;
const FAILED: u8 = 6;

impl<'a> Question<'a> {
    pub(super) fn encode(&self) -> Zeroizing<Vec<u8>> {
        match self {
            Self::Load { plain } => message(&[LOAD, u8::from(*plain)], &[]),
            Self::Save { plain, secret } => message(&[SAVE, u8::from(*plain)], secret),
            Self::Remove => message(&[REMOVE], &[]),
        }
    }

    pub(super) fn decode(message: &'a [u8]) -> Option<Self> {
        match message {
            [LOAD, plain] => Some(Self::Load { plain: flag(*plain)? }),
            [SAVE, plain, secret @ ..] => Some(Self::Save { plain: flag(*plain)?, secret }),
            [REMOVE] => Some(Self::Remove),
            _ => None,
        }
    }
}

impl Reply {
    pub(super) fn encode(&self) -> Zeroizing<Vec<u8>> {
        match self {
            Self::Waiting => message(&[WAITING], &[]),
            Self::Loaded(Some(secret)) => message(&[FOUND], secret.expose()),
            Self::Loaded(None) => message(&[NOT_FOUND], &[]),
            Self::Saved => message(&[SAVED], &[]),
            Self::Removed(was_there) => message(&[REMOVED, u8::from(*was_there)], &[]),
            Self::Failed(sentences) => {
                let short = sentences.iter().take(MAX_SENTENCES);
                let short: Vec<_> = short.map(|text| shorten(text, MAX_SENTENCE)).collect();
                message(&[FAILED], short.join("\0").as_bytes())
            }
        }
    }

    pub(super) fn decode(message: &[u8]) -> Option<Self> {
        match message {
            [WAITING] => Some(Self::Waiting),
            [FOUND, secret @ ..] => Some(Self::Loaded(Some(Secret::new(secret.to_vec())))),
            [NOT_FOUND] => Some(Self::Loaded(None)),
            [SAVED] => Some(Self::Saved),
            [REMOVED, was_there] => flag(*was_there).map(Self::Removed),
            [FAILED, text @ ..] => {
                let text = std::str::from_utf8(text).ok()?;
                Some(Self::Failed(text.split('\0').map(str::to_owned).collect()))
            }
            _ => None,
        }
    }
}

/// In memory that is not moved while it grows, which would leave a copy behind.
fn message(start: &[u8], rest: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut message = Zeroizing::new(Vec::with_capacity(start.len() + rest.len()));
    message.extend_from_slice(start);
    message.extend_from_slice(rest);
    message
}

fn flag(byte: u8) -> Option<bool> {
    match byte {
        0 => Some(false),
        1 => Some(true),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use lockgate_core::Secret;
    use lockgate_system::MAX_MESSAGE;

    use super::super::super::MAX_SECRET;
    use super::{Question, Reply};

    #[test]
    fn what_is_asked_is_what_is_heard() {
        for plain in [false, true] {
            for secret in [&b""[..], b"hunter2"] {
                let question = Question::Save { plain, secret };
                assert_eq!(Question::decode(&question.encode()), Some(question));
            }
            let question = Question::Load { plain };
            assert_eq!(Question::decode(&question.encode()), Some(question));
        }
        assert_eq!(Question::decode(&Question::Remove.encode()), Some(Question::Remove));
    }

    #[test]
    fn what_is_replied_is_what_is_heard() {
        let heard = |reply: Reply| Reply::decode(&reply.encode()).unwrap();
        assert!(matches!(heard(Reply::Waiting), Reply::Waiting));
        assert!(matches!(heard(Reply::Loaded(None)), Reply::Loaded(None)));
        assert!(matches!(heard(Reply::Saved), Reply::Saved));
        assert!(matches!(heard(Reply::Removed(true)), Reply::Removed(true)));
        assert!(matches!(heard(Reply::Removed(false)), Reply::Removed(false)));
        let Reply::Loaded(Some(secret)) = heard(Reply::Loaded(Some(Secret::from("hunter2"))))
        else {
            panic!()
        };
        assert_eq!(secret.expose(), b"hunter2");
        let sentences = ["it is locked".to_owned(), "nobody is there".to_owned()];
        let Reply::Failed(told) = heard(Reply::Failed(sentences.to_vec())) else { panic!() };
        assert_eq!(told, sentences);
    }

    #[test]
    fn what_is_cut_or_longer_or_unknown_is_refused() {
        for question in [&[][..], &[1], &[1, 2], &[1, 0, 0], &[2], &[2, 7, 65], &[3, 0], &[9]] {
            assert_eq!(Question::decode(question), None, "{question:?}");
        }
        for reply in [&[][..], &[1, 0], &[3, 0], &[4, 0], &[5], &[5, 2], &[6, 0xff], &[9]] {
            assert!(Reply::decode(reply).is_none(), "{reply:?}");
        }
    }

    #[test]
    fn the_longest_secret_and_the_longest_error_fit_into_a_message() {
        let secret = vec![b'x'; MAX_SECRET];
        assert!(Question::Save { plain: true, secret: &secret }.encode().len() <= MAX_MESSAGE);
        assert!(Reply::Loaded(Some(Secret::new(secret))).encode().len() <= MAX_MESSAGE);
        let sentences = vec!["long ".repeat(MAX_MESSAGE); 9];
        assert!(Reply::Failed(sentences).encode().len() <= MAX_MESSAGE);
    }
}
