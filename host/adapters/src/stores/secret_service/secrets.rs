//! Secrets on their way over the bus, in a session.

use lockgate_core::Secret;
use zeroize::Zeroizing;

use super::MAX_SECRET;
use super::connection::Asked;
use super::error::SecretServiceError as Error;
use super::refusal::{is_not_supported, shown};
use super::scheme::Entry;
use super::service::{COLLECTION, ITEM, PATH, SERVICE, Service, expect, malformed, read};
use super::session::{ENCRYPTED, Key, KeyPair, PLAIN};
use super::wire::Body;

/// What a secret is said to be, as libsecret says of every password.
const TEXT: &str = "text/plain";

/// A session with the service.
pub(super) struct Session {
    path: String,
    /// None in a session without encryption.
    key: Option<Key>,
}

/// A session that was asked for.
pub(super) struct Opening {
    /// None if there is a session already.
    session: Option<(KeyPair, Asked)>,
}

impl Service {
    /// Asks for an encrypted session, unless there is one. One without encryption is as good only
    /// for those who may use it.
    pub(super) fn open_session(&mut self, plain: bool) -> Result<Opening, Error> {
        if self.session.as_ref().is_some_and(|session| plain || session.key.is_some()) {
            return Ok(Opening { session: None });
        }
        let keys = KeyPair::new()?;
        let mut body = Body::of("sv");
        body.text(ENCRYPTED);
        body.types("ay");
        body.array_of_bytes(keys.public());
        let asked = self.call(PATH, SERVICE, "OpenSession", body);
        Ok(Opening { session: Some((keys, asked)) })
    }

    /// Has the session that was asked for, or one without encryption if there is none and that is
    /// allowed.
    pub(super) fn opened(&mut self, opening: Opening, plain: bool) -> Result<(), Error> {
        let Some((keys, asked)) = opening.session else { return Ok(()) };
        let session = match self.answer(asked) {
            Ok(message) => {
                let (theirs, path) = read(&message, "vo", |values| {
                    expect(values.types()?, "ay")?;
                    Ok((values.array_of_bytes()?.to_vec(), values.object()?.to_owned()))
                })?;
                Session { path, key: Some(keys.agree(&theirs)?) }
            }
            Err(error) if is_not_supported(&error) && plain => self.plain_session()?,
            Err(error) if is_not_supported(&error) => return Err(Error::NotEncrypted),
            Err(error) => return Err(error),
        };
        self.session = Some(session);
        Ok(())
    }

    fn plain_session(&mut self) -> Result<Session, Error> {
        let mut body = Body::of("sv");
        body.text(PLAIN);
        body.types("s");
        body.text("");
        let asked = self.call(PATH, SERVICE, "OpenSession", body);
        self.connection.send()?;
        let message = self.answer(asked)?;
        let path = read(&message, "vo", |values| {
            expect(values.types()?, "s")?;
            values.text()?;
            Ok(values.object()?.to_owned())
        })?;
        Ok(Session { path, key: None })
    }

    /// The secret of an entry.
    pub(super) fn secret(&mut self, item: &str) -> Result<Secret, Error> {
        let asked = self.ask_secret(item)?;
        self.connection.send()?;
        self.told_secret(asked)
    }

    /// Asks for the secret of an entry.
    pub(super) fn ask_secret(&mut self, item: &str) -> Result<Asked, Error> {
        let session = self.session.as_ref().ok_or(Error::Vanished)?;
        let mut body = Body::of("o");
        body.text(&session.path);
        Ok(self.call(item, ITEM, "GetSecret", body))
    }

    /// The secret that was asked for.
    pub(super) fn told_secret(&mut self, asked: Asked) -> Result<Secret, Error> {
        let message = self.answer(asked)?;
        let session = self.session.as_ref().ok_or(Error::Vanished)?;
        let mut values = message.values("(oayays)").map_err(malformed)?;
        let mut parts = || {
            values.structure()?;
            expect(values.object()?, &session.path)?;
            Ok((values.array_of_bytes()?, values.array_of_bytes()?, values.text()?))
        };
        let (start, bytes, kind) = parts().map_err(malformed)?;
        if kind != TEXT && !kind.starts_with("text/plain;") {
            return Err(Error::NotText { kind: shown(kind) });
        }
        let secret = match &session.key {
            Some(key) => key.decrypt(start, bytes)?,
            None => Zeroizing::new(bytes.to_vec()),
        };
        match secret.len() {
            length if length > MAX_SECRET => Err(Error::TooLong { length, limit: MAX_SECRET }),
            _ => Ok(Secret::new(secret.to_vec())),
        }
    }

    /// Makes the entry or replaces it: the keyring itself does that in one step.
    pub(super) fn create(
        &mut self,
        keyring: &str,
        entry: &Entry,
        account: Option<&str>,
        secret: &[u8],
    ) -> Result<Asked, Error> {
        let session = self.session.as_ref().ok_or(Error::Vanished)?;
        let (start, bytes) = match &session.key {
            Some(key) => {
                let (start, bytes) = key.encrypt(secret)?;
                (start.to_vec(), Zeroizing::new(bytes))
            }
            None => (Vec::new(), Zeroizing::new(secret.to_vec())),
        };
        let mut body = Body::of("a{sv}(oayays)b");
        body.properties(&entry.label, &entry.kept_attributes(account));
        body.structure();
        body.text(&session.path);
        body.array_of_bytes(&start);
        body.array_of_bytes(&bytes);
        body.text(TEXT);
        body.flag(true);
        Ok(self.call(keyring, COLLECTION, "CreateItem", body))
    }
}

impl Body {
    fn properties(&mut self, label: &str, attributes: &[(&str, &str)]) {
        self.array(8, |body| {
            body.structure();
            body.text("org.freedesktop.Secret.Item.Label");
            body.types("s");
            body.text(label);
            body.structure();
            body.text("org.freedesktop.Secret.Item.Attributes");
            body.types("a{ss}");
            body.texts_by_name(attributes);
        });
    }
}
