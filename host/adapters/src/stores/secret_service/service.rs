//! The methods of the Secret Service API, <https://specifications.freedesktop.org/secret-service/>.

use std::sync::Arc;
use std::time::Duration;

use super::connection::{Asked, Connection};
use super::error::SecretServiceError as Error;
use super::refusal::{is_gone, shown};
use super::secrets::Session;
use super::wire::{Body, Call, Malformed, Message, Reader, TextsByName};

pub(super) const NAME: &str = "org.freedesktop.secrets";
pub(super) const PATH: &str = "/org/freedesktop/secrets";
const DEFAULT: &str = "/org/freedesktop/secrets/aliases/default";
/// What stands for no object.
pub(super) const NONE: &str = "/";

pub(super) const SERVICE: &str = "org.freedesktop.Secret.Service";
pub(super) const COLLECTION: &str = "org.freedesktop.Secret.Collection";
pub(super) const ITEM: &str = "org.freedesktop.Secret.Item";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

/// How long a person may take to find and type a password.
const PROMPT_PATIENCE: Duration = Duration::from_secs(120);

/// The service on its connection.
pub(super) struct Service {
    pub(super) connection: Connection,
    /// Who answered first: nobody else is talked to from then on, should the name change hands.
    owner: Option<String>,
    pub(super) session: Option<Session>,
    /// How long a person may take to answer a question.
    pub(super) prompt_patience: Duration,
    /// Told when a person is asked.
    pub(super) on_prompt: Option<OnPrompt>,
}

/// What is done when a person is asked.
pub(super) type OnPrompt = Arc<dyn Fn() + Send + Sync>;

/// The entries that have the attributes.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) unlocked: Vec<String>,
    pub(super) locked: Vec<String>,
}

impl Found {
    pub(super) fn all(&self) -> impl Iterator<Item = &String> {
        self.unlocked.iter().chain(&self.locked)
    }
}

/// What came of making an entry.
#[derive(Debug)]
pub(super) enum Created {
    Item(String),
    /// Nothing before this question is answered.
    Asks(String),
}

impl Service {
    pub(super) fn new(connection: Connection) -> Self {
        Self {
            connection,
            owner: None,
            session: None,
            prompt_patience: PROMPT_PATIENCE,
            on_prompt: None,
        }
    }

    /// Who is talked to: whoever has the name, or else whoever answered first.
    pub(super) fn owner(&self) -> &str {
        self.owner.as_deref().unwrap_or(NAME)
    }

    pub(super) fn call(&mut self, path: &str, interface: &str, member: &str, body: Body) -> Asked {
        let destination = self.owner.as_deref().unwrap_or(NAME);
        self.connection.call(&Call { destination, path, interface, member, body })
    }

    pub(super) fn answer(&mut self, asked: Asked) -> Result<Message, Error> {
        let known = self.owner.is_some();
        let message = self.connection.answer(asked).map_err(|error| match error {
            // The one that was talked to has ended.
            Error::NoService if known => Error::Vanished,
            error => error,
        })?;
        match &self.owner {
            Some(owner) if *owner != message.sender => return Err(Error::Vanished),
            Some(_) => {}
            None => self.owner = Some(message.sender.clone()),
        }
        Ok(message)
    }

    /// Looks for entries in every keyring, as libsecret does.
    pub(super) fn search(&mut self, attributes: &[(&str, &str)]) -> Asked {
        let mut body = Body::of("a{ss}");
        body.texts_by_name(attributes);
        self.call(PATH, SERVICE, "SearchItems", body)
    }

    pub(super) fn found(&mut self, asked: Asked) -> Result<Found, Error> {
        let owned = |objects: Vec<&str>| objects.into_iter().map(str::to_owned).collect();
        read(&self.answer(asked)?, "aoao", |values| {
            let unlocked = owned(values.array_of_objects()?);
            Ok(Found { unlocked, locked: owned(values.array_of_objects()?) })
        })
    }

    /// Which keyring new entries go to.
    pub(super) fn ask_default(&mut self) -> Asked {
        let mut body = Body::of("s");
        body.text("default");
        self.call(PATH, SERVICE, "ReadAlias", body)
    }

    pub(super) fn default(&mut self, asked: Asked) -> Result<Option<String>, Error> {
        let path = read(&self.answer(asked)?, "o", |values| Ok(values.object()?.to_owned()))?;
        Ok(Some(path).filter(|path| path != NONE))
    }

    /// Whether that keyring is locked; not if there is none.
    pub(super) fn ask_default_locked(&mut self) -> Asked {
        self.property(DEFAULT, COLLECTION, "Locked")
    }

    pub(super) fn default_locked(&mut self, asked: Asked) -> Result<bool, Error> {
        let message = match self.answer(asked) {
            Ok(message) => message,
            // As each service says it in its own way: there is no such keyring.
            Err(Error::Refused { .. }) => return Ok(false),
            Err(error) => return Err(error),
        };
        read(&message, "v", |values| {
            expect(values.types()?, "b")?;
            values.flag()
        })
    }

    /// Whether the service knows what is in the default keyring while that is locked.
    pub(super) fn knows_locked_entries(&mut self) -> Result<bool, Error> {
        let asked = self.property(DEFAULT, COLLECTION, "Items");
        self.connection.send()?;
        let message = self.answer(asked)?;
        read(&message, "v", |values| {
            expect(values.types()?, "ao")?;
            Ok(!values.array_of_objects()?.is_empty())
        })
    }

    /// The label and path of each entry, as far as it tells.
    pub(super) fn describe(&mut self, items: &[&String]) -> Result<Vec<String>, Error> {
        let asked: Vec<Asked> =
            items.iter().map(|item| self.property(item, ITEM, "Label")).collect();
        self.connection.send()?;
        items.iter().zip(asked).map(|(item, asked)| self.described(item, asked)).collect()
    }

    fn described(&mut self, item: &str, asked: Asked) -> Result<String, Error> {
        let item = shown(item);
        let label = match self.answer(asked) {
            Ok(message) => read(&message, "v", |values| {
                expect(values.types()?, "s")?;
                Ok(values.text()?.to_owned())
            }),
            Err(Error::Refused { .. } | Error::Locked) => return Ok(item),
            Err(error) => return Err(error),
        };
        Ok(format!("`{}` ({item})", shown(&label?)))
    }

    /// What an entry is kept under.
    pub(super) fn ask_attributes(&mut self, item: &str) -> Asked {
        self.property(item, ITEM, "Attributes")
    }

    /// None if the entry is not there any more.
    pub(super) fn attributes(&mut self, asked: Asked) -> Result<Option<TextsByName>, Error> {
        self.item_property(asked, "a{ss}", |values| values.texts_by_name())
    }

    /// When an entry was changed last.
    pub(super) fn ask_modified(&mut self, item: &str) -> Asked {
        self.property(item, ITEM, "Modified")
    }

    /// In seconds; none if the entry is not there any more.
    pub(super) fn modified(&mut self, asked: Asked) -> Result<Option<u64>, Error> {
        self.item_property(asked, "t", |values| values.u64())
    }

    fn item_property<T>(
        &mut self,
        asked: Asked,
        types: &str,
        value: impl Fn(&mut Reader<'_>) -> Result<T, Malformed>,
    ) -> Result<Option<T>, Error> {
        let message = match self.answer(asked) {
            Ok(message) => message,
            Err(error) if is_gone(&error) => return Ok(None),
            Err(error) => return Err(error),
        };
        read(&message, "v", |values| {
            expect(values.types()?, types)?;
            value(values).map(Some)
        })
    }

    fn property(&mut self, path: &str, interface: &str, name: &str) -> Asked {
        let mut body = Body::of("ss");
        body.text(interface);
        body.text(name);
        self.call(path, PROPERTIES, "Get", body)
    }

    /// What was created, or the question that is to be answered before.
    pub(super) fn created(&mut self, asked: Asked) -> Result<Created, Error> {
        read(&self.answer(asked)?, "oo", |values| {
            let item = values.object()?.to_owned();
            Ok(match prompt(values.object()?) {
                Some(prompt) => Created::Asks(prompt),
                None => Created::Item(item),
            })
        })
    }

    pub(super) fn delete(&mut self, item: &str) -> Asked {
        self.call(item, ITEM, "Delete", Body::empty())
    }

    /// Whether there was something to delete, and the question that is to be answered before.
    pub(super) fn deleted(&mut self, asked: Asked) -> Result<(bool, Option<String>), Error> {
        match self.answer(asked) {
            Ok(message) => Ok((true, read(&message, "o", |values| Ok(prompt(values.object()?)))?)),
            Err(error) if is_gone(&error) => Ok((false, None)),
            Err(error) => Err(error),
        }
    }

    pub(super) fn unlock(&mut self, objects: &[&str]) -> Asked {
        let mut body = Body::of("ao");
        body.array(size_of::<u32>(), |body| objects.iter().for_each(|object| body.text(object)));
        self.call(PATH, SERVICE, "Unlock", body)
    }

    /// What was unlocked at once, and the question that is to be answered for the rest.
    pub(super) fn unlocked(
        &mut self,
        asked: Asked,
    ) -> Result<(Vec<String>, Option<String>), Error> {
        read(&self.answer(asked)?, "aoo", |values| {
            let unlocked = values.array_of_objects()?.into_iter().map(str::to_owned).collect();
            Ok((unlocked, prompt(values.object()?)))
        })
    }
}

fn prompt(path: &str) -> Option<String> {
    (path != NONE).then(|| path.to_owned())
}

pub(super) fn read<'a, T>(
    message: &'a Message,
    signature: &str,
    values: impl FnOnce(&mut Reader<'a>) -> Result<T, Malformed>,
) -> Result<T, Error> {
    let mut reader = message.values(signature).map_err(malformed)?;
    values(&mut reader).map_err(malformed)
}

pub(super) fn expect(found: &str, expected: &str) -> Result<(), Malformed> {
    if found == expected { Ok(()) } else { Err(Malformed) }
}

pub(super) fn malformed(_: Malformed) -> Error {
    Error::Malformed("a value is not of the type that it must be")
}
