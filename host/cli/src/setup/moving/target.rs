//! Where a credential goes to. Each question is a request like any other, in a process of its own, and
//! is in the audit.

use std::hint::black_box;

use lockgate_broker::{Broker, Choice, Context, End, Person};
use lockgate_core::{
    Answer, Credential, LoginInput, Operation, Origin, Purpose, Registry, Request, Secret, escape,
};
use zeroize::Zeroizing;

use super::child::{DONE, Outcome, child};
use crate::cargo::{tell_notice, tell_refusals};
use crate::error::CommandError;
use crate::setup::SHELL;

/// Bytes before an account and a secret: whether there is an account, and how long it is.
const HEAD: usize = 5;

/// What is moved.
pub(crate) struct Moving {
    /// The account, where the client has one.
    pub(crate) identity: Option<String>,
    /// What docker keeps as the account beside an identity token.
    pub(crate) account: Option<String>,
    pub(crate) secret: Secret,
}

impl Moving {
    /// What a process tells another of a credential: whether it has an account, the account behind its
    /// length, and the secret.
    fn encode(found: &Credential) -> Zeroizing<Vec<u8>> {
        let identity = found.identity.as_ref().map(Secret::expose);
        let length = u32::try_from(identity.unwrap_or_default().len()).unwrap_or(u32::MAX);
        let head = [u8::from(identity.is_some())].into_iter().chain(length.to_le_bytes());
        let body = [identity.unwrap_or_default(), found.secret.expose()];
        // Room for all of it from the start, so that the buffer never moves with the secret in it.
        let mut bytes = Zeroizing::new(Vec::with_capacity(
            HEAD + body.iter().map(|part| part.len()).sum::<usize>(),
        ));
        bytes.extend(head);
        body.iter().for_each(|part| bytes.extend_from_slice(part));
        bytes
    }

    fn decode(bytes: &[u8]) -> Result<Self, String> {
        let garbled = || "the process that read it did not answer as it should".to_owned();
        let (head, body) = bytes.split_first_chunk::<HEAD>().ok_or_else(garbled)?;
        let [has_identity, a, b, c, d] = *head;
        let length = usize::try_from(u32::from_le_bytes([a, b, c, d])).map_err(|_| garbled())?;
        let (identity, secret) = body.split_at_checked(length).ok_or_else(garbled)?;
        let identity = match has_identity {
            0 => None,
            _ => Some(
                String::from_utf8(identity.to_vec())
                    .map_err(|_| "its user name is not UTF-8".to_owned())?,
            ),
        };
        Ok(Self { identity, account: None, secret: Secret::new(secret.to_vec()) })
    }
}

/// Who is asked for an operation, in this order.
pub(crate) type Choices<'a> = &'a dyn Fn(&Context, &Operation) -> Vec<Choice>;

/// Providers that are asked for one registry.
pub(crate) struct Target<'a> {
    pub(crate) registry: &'a Registry,
    pub(crate) choices: Choices<'a>,
    /// What they are called in messages.
    pub(crate) name: &'a str,
    /// The store that credentials leave, as origins name it: what comes from it is not kept elsewhere.
    pub(crate) left: &'static str,
    /// The configuration that holds now, for each request anew.
    pub(crate) context: fn() -> Result<Context, CommandError>,
}

/// What the target has for a registry.
#[derive(PartialEq, Eq)]
pub(crate) enum Held {
    Nothing,
    /// The very credential that is to be moved.
    Same,
}

impl Target<'_> {
    /// What it has before anything is done. What it has is not overwritten: it may be the one that
    /// works.
    ///
    /// # Errors
    /// Anything else than the two keeps the credential where it is.
    pub(crate) fn held(&self, moving: &Moving) -> Result<Held, String> {
        let said = child(|| self.holds(moving))?;
        Ok(if said.is_empty() { Held::Nothing } else { Held::Same })
    }

    /// Has it keep the credential.
    pub(crate) fn save(&self, moving: &Moving) -> Result<(), String> {
        child(|| self.log_in(moving)).map(drop)
    }

    /// Whether it gives back this very credential.
    pub(crate) fn gives_back(&self, moving: &Moving) -> Result<(), String> {
        child(|| self.compare(moving)).map(drop)
    }

    /// Has it forget what it keeps; `only` that one, where the store can tell.
    pub(crate) fn forget(&self, only: Option<&Secret>) -> Result<(), String> {
        child(|| self.log_out(only)).map(drop)
    }

    /// The credential that it gives, out of its own store and of nothing else.
    pub(crate) fn own(&self) -> Result<Moving, String> {
        Moving::decode(&child(|| self.read_own())?)
    }

    /// Who is asked, for people.
    pub(crate) fn shown(&self) -> String {
        format!("`{}`", escape(self.name))
    }

    fn holds(&self, moving: &Moving) -> Outcome {
        let found = match self.credential() {
            Err(NoAnswer::NotFound) => return Ok(Zeroizing::default()),
            found => found?,
        };
        match self.is_it(&found, moving)? {
            true => Ok(Zeroizing::new(vec![DONE])),
            false => Err(format!(
                "{} already holds another credential for it; log out of one of them",
                self.shown()
            )),
        }
    }

    fn log_in(&self, moving: &Moving) -> Outcome {
        let input = LoginInput {
            identity: moving.identity.clone(),
            account: moving.account.clone(),
            secret: Some(moving.secret.clone()),
            ..LoginInput::default()
        };
        match self.answer((self.context)()?, Operation::Login(input))? {
            Answer::LoggedIn => Ok(Zeroizing::default()),
            Answer::LoggedOut | Answer::Credential(_) => Err(something_else().into()),
        }
    }

    fn compare(&self, moving: &Moving) -> Outcome {
        match self.is_it(&self.credential()?, moving)? {
            true => Ok(Zeroizing::default()),
            false => Err(format!("{} gave back another credential", self.shown())),
        }
    }

    fn log_out(&self, only: Option<&Secret>) -> Outcome {
        let context = (self.context)()?;
        let context = match only {
            Some(only) => context.removing_only(only.clone()),
            None => context,
        };
        match self.answer(context, Operation::Logout)? {
            Answer::LoggedOut => Ok(Zeroizing::default()),
            Answer::LoggedIn | Answer::Credential(_) => Err(something_else().into()),
        }
    }

    fn read_own(&self) -> Outcome {
        let found = self.credential()?;
        let is_own = |origin: &Origin| *origin == Origin::Store(self.left.to_owned());
        match found.origins.iter().all(is_own) {
            true => Ok(Moving::encode(&found)),
            false => Err(format!(
                "the credential that {} gives is another one than the one that is kept there",
                self.shown()
            )),
        }
    }

    /// Whether it is the credential, and not out of the store that it is to be removed from.
    fn is_it(&self, found: &Credential, moving: &Moving) -> Result<bool, String> {
        let is_elsewhere = |origin: &Origin| match origin {
            Origin::Store(name) => name != self.left,
            Origin::Environment(_) => false,
            _ => true,
        };
        if !found.origins.iter().all(is_elsewhere) {
            return Err(format!(
                "{} gave the one that is to be moved, or that of a variable",
                self.shown()
            ));
        }
        let identity = found.identity.as_ref().map(Secret::expose);
        Ok(identity == moving.identity.as_deref().map(str::as_bytes)
            && is_same(found.secret.expose(), moving.secret.expose()))
    }

    fn credential(&self) -> Result<Credential, NoAnswer> {
        match self.answer((self.context)()?, Operation::Get(Purpose::Read))? {
            Answer::Credential(credential) => Ok(credential),
            Answer::LoggedIn | Answer::LoggedOut => Err(something_else()),
        }
    }

    /// What it gave before is not asked for: it may have another token by now.
    fn answer(&self, context: Context, operation: Operation) -> Result<Answer, NoAnswer> {
        let choices = (self.choices)(&context, &operation);
        let broker = Broker::new(context, Person::AtTerminal, |notice| tell_notice(SHELL, notice));
        let request = Request { registry: self.registry.clone(), operation, arguments: Vec::new() };
        let reply = broker.refreshed().answer(&request, &choices);
        tell_refusals(SHELL, &reply);
        reply.result.map_err(|end| match end {
            End::NotFound => NoAnswer::NotFound,
            end => NoAnswer::Because(CommandError::from(end).messages().join(": ")),
        })
    }
}

/// Why there is no answer.
enum NoAnswer {
    /// The providers have no token for the registry.
    NotFound,
    Because(String),
}

impl From<NoAnswer> for String {
    fn from(none: NoAnswer) -> Self {
        match none {
            NoAnswer::NotFound => CommandError::from(End::NotFound).messages().join(": "),
            NoAnswer::Because(reason) => reason,
        }
    }
}

impl From<CommandError> for NoAnswer {
    fn from(error: CommandError) -> Self {
        Self::Because(error.messages().join(": "))
    }
}

impl From<CommandError> for String {
    fn from(error: CommandError) -> Self {
        error.messages().join(": ")
    }
}

fn something_else() -> NoAnswer {
    NoAnswer::Because("it answered something else".to_owned())
}

/// In a time that does not tell where they differ.
pub(crate) fn is_same(one: &[u8], other: &[u8]) -> bool {
    let difference = one.iter().zip(other).fold(0, |found, (one, other)| found | (one ^ other));
    black_box(difference) == 0 && one.len() == other.len()
}

#[cfg(test)]
mod tests {
    use lockgate_core::{Credential, Lifetime, Origins, Secret};

    use super::{Moving, is_same};

    #[test]
    fn a_credential_is_the_same_on_the_other_side_of_the_process() {
        for identity in [None, Some(""), Some("alice")] {
            let found = Credential {
                identity: identity.map(Secret::from),
                secret: Secret::from("a\nb"),
                lifetime: Lifetime::Once,
                any_purpose: true,
                origins: Origins::default(),
            };
            let encoded = Moving::encode(&found);
            let moving = Moving::decode(&encoded).unwrap();
            assert_eq!(moving.identity.as_deref(), identity);
            assert_eq!(moving.secret.expose(), b"a\nb");
            // Cut before its account ends.
            assert!(Moving::decode(&encoded[..4]).is_err());
        }
        assert!(Moving::decode(&[1, 9, 0, 0, 0, b'a']).is_err());
    }

    #[test]
    fn tokens_are_the_same_when_every_byte_is() {
        for (one, other, same) in
            [("", "", true), ("a", "a", true), ("ab", "a", false), ("ab", "ac", false)]
        {
            assert_eq!(is_same(one.as_bytes(), other.as_bytes()), same, "{one} {other}");
        }
    }
}
