//! What a request and the process that speaks with the keyring for it say to each other. No message
//! names a registry: the process was forked with a list of them, and a message has a number in it.

use lockgate_core::{Secret, StoredSecret, shorten};
use zeroize::Zeroizing;

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Question<'a> {
    /// The number of the entry, counted from 0.
    pub(super) entry: u8,
    /// Whether the secret may cross the bus without encryption.
    pub(super) plain: bool,
    pub(super) act: Act<'a>,
}

/// What is to be done with the entry.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Act<'a> {
    Load,
    Save { identity: Option<&'a [u8]>, secret: &'a [u8] },
    Remove,
}

/// What comes back.
#[derive(Debug)]
pub(super) enum Reply {
    /// Nothing yet: a person was asked to unlock the keyring.
    Waiting,
    Loaded(Option<StoredSecret>),
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
        let about = [self.entry, u8::from(self.plain)];
        match self.act {
            Act::Load => message(&[&[LOAD], &about]),
            Act::Save { identity, secret } => with_identity(&[&[SAVE], &about], identity, secret),
            Act::Remove => message(&[&[REMOVE], &about]),
        }
    }

    pub(super) fn decode(message: &'a [u8]) -> Option<Self> {
        let [kind, entry, plain, rest @ ..] = message else { return None };
        let act = match (*kind, rest) {
            (LOAD, []) => Act::Load,
            (SAVE, rest) => {
                let (identity, secret) = identity_and_secret(rest)?;
                Act::Save { identity, secret }
            }
            (REMOVE, []) => Act::Remove,
            _ => return None,
        };
        Some(Self { entry: *entry, plain: flag(*plain)?, act })
    }
}

impl Reply {
    pub(super) fn encode(&self) -> Zeroizing<Vec<u8>> {
        match self {
            Self::Waiting => message(&[&[WAITING]]),
            Self::Loaded(Some(StoredSecret { identity, secret })) => {
                let identity = identity.as_ref().map(Secret::expose);
                with_identity(&[&[FOUND]], identity, secret.expose())
            }
            Self::Loaded(None) => message(&[&[NOT_FOUND]]),
            Self::Saved => message(&[&[SAVED]]),
            Self::Removed(was_there) => message(&[&[REMOVED, u8::from(*was_there)]]),
            Self::Failed(sentences) => {
                let short = sentences.iter().take(MAX_SENTENCES);
                let short: Vec<_> = short.map(|text| shorten(text, MAX_SENTENCE)).collect();
                message(&[&[FAILED], short.join("\0").as_bytes()])
            }
        }
    }

    pub(super) fn decode(message: &[u8]) -> Option<Self> {
        match message {
            [WAITING] => Some(Self::Waiting),
            [FOUND, rest @ ..] => {
                let (identity, secret) = identity_and_secret(rest)?;
                let owned = |bytes: &[u8]| Secret::new(bytes.to_vec());
                let (identity, secret) = (identity.map(owned), owned(secret));
                Some(Self::Loaded(Some(StoredSecret { identity, secret })))
            }
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

/// The secret behind the identity, that behind its length, and that behind whether there is one.
fn with_identity(start: &[&[u8]], identity: Option<&[u8]>, secret: &[u8]) -> Zeroizing<Vec<u8>> {
    let (is_there, identity) = (u8::from(identity.is_some()), identity.unwrap_or_default());
    let length = u32::try_from(identity.len()).unwrap_or(u32::MAX).to_le_bytes();
    message(&[start, &[&[is_there], &length, identity, secret]].concat())
}

fn identity_and_secret(message: &[u8]) -> Option<(Option<&[u8]>, &[u8])> {
    let (is_there, rest) = message.split_first()?;
    let (length, rest) = rest.split_first_chunk()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    let (identity, secret) = rest.split_at_checked(length)?;
    match flag(*is_there)? {
        true => Some((Some(identity), secret)),
        false if identity.is_empty() => Some((None, secret)),
        false => None,
    }
}

/// In memory that is not moved while it grows, which would leave a copy behind.
fn message(parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    let length = parts.iter().map(|part| part.len()).sum();
    let mut message = Zeroizing::new(Vec::with_capacity(length));
    parts.iter().for_each(|part| message.extend_from_slice(part));
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
    use lockgate_core::{Secret, StoredSecret};
    use lockgate_system::MAX_MESSAGE;

    use super::super::super::{MAX_ACCOUNT, MAX_SECRET};
    use super::{Act, Question, Reply};

    #[test]
    fn what_is_asked_is_what_is_heard() {
        let save = |identity, secret| Act::Save { identity, secret };
        let acts = || {
            let both = [None, Some(&b""[..]), Some(&b"alice"[..])].into_iter();
            let saves = both.flat_map(|who| [save(who, b""), save(who, b"hunter2")]);
            saves.chain([Act::Load, Act::Remove])
        };
        for (plain, entry) in [(false, 0), (true, 1), (true, 255)] {
            for act in acts() {
                let question = Question { entry, plain, act };
                assert_eq!(Question::decode(&question.encode()), Some(question));
            }
        }
    }

    #[test]
    fn what_is_replied_is_what_is_heard() {
        let heard = |reply: Reply| Reply::decode(&reply.encode()).unwrap();
        assert!(matches!(heard(Reply::Waiting), Reply::Waiting));
        assert!(matches!(heard(Reply::Loaded(None)), Reply::Loaded(None)));
        assert!(matches!(heard(Reply::Saved), Reply::Saved));
        assert!(matches!(heard(Reply::Removed(true)), Reply::Removed(true)));
        assert!(matches!(heard(Reply::Removed(false)), Reply::Removed(false)));
        for who in [None, Some(""), Some("alice")] {
            let identity = who.map(Secret::from);
            let found = StoredSecret { identity, secret: Secret::from("hunter2") };
            let Reply::Loaded(Some(found)) = heard(Reply::Loaded(Some(found))) else { panic!() };
            assert_eq!(found.secret.expose(), b"hunter2");
            assert_eq!(found.identity.as_ref().map(Secret::expose), who.map(str::as_bytes));
        }
        let sentences = ["it is locked".to_owned(), "nobody is there".to_owned()];
        let Reply::Failed(told) = heard(Reply::Failed(sentences.to_vec())) else { panic!() };
        assert_eq!(told, sentences);
    }

    #[test]
    fn what_is_cut_or_longer_or_unknown_is_refused() {
        for question in [
            &[][..],
            &[1],
            &[1, 0],
            &[1, 0, 2],
            &[1, 0, 0, 0],
            &[2, 0, 0],
            &[2, 0, 0, 2, 0, 0, 0, 0],
            &[2, 0, 0, 1, 9, 0, 0, 0, 65],
            &[2, 0, 0, 0, 1, 0, 0, 0, 65],
            &[3, 0],
            &[3, 0, 0, 0],
            &[9, 0, 0],
        ] {
            assert_eq!(Question::decode(question), None, "{question:?}");
        }
        for reply in
            [&[][..], &[1, 0], &[2], &[2, 0, 0], &[3, 0], &[4, 0], &[5], &[5, 2], &[6, 0xff], &[9]]
        {
            assert!(Reply::decode(reply).is_none(), "{reply:?}");
        }
    }

    #[test]
    fn the_longest_secret_and_the_longest_error_fit_into_a_message() {
        let (who, secret) = (vec![b'a'; MAX_ACCOUNT], vec![b'x'; MAX_SECRET]);
        let act = Act::Save { identity: Some(&who), secret: &secret };
        assert!(Question { entry: 0, plain: true, act }.encode().len() <= MAX_MESSAGE);
        let found = StoredSecret { identity: Some(Secret::new(who)), secret: Secret::new(secret) };
        assert!(Reply::Loaded(Some(found)).encode().len() <= MAX_MESSAGE);
        let sentences = vec!["long ".repeat(MAX_MESSAGE); 9];
        assert!(Reply::Failed(sentences).encode().len() <= MAX_MESSAGE);
    }
}
