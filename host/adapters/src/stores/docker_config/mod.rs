//! docker's own `config.json`, and the variable that goes before it, shared with docker.

mod error;
mod file;

use std::cell::Cell;
use std::path::{Path, PathBuf};

use lockgate_core::{
    AdapterError, DOCKER_IDENTITY_TOKEN, OtherSecret, Registry, Secret, SecretStore, StoredSecret,
};
use lockgate_registry::docker::{
    AuthVariable, AuthVariableError, DockerConfig, DockerConfigError, Entry, NewAuth, Selection,
    remove_auth, set_auth,
};

pub use error::DockerConfigFileError;
use error::DockerConfigFileError as Error;
pub use file::{Edited, change, is_readable_by_others, read};

use super::Listed;
use file::check_writers;

/// Most bytes of a secret: what Lockgate keeps of docker's anywhere.
const MAX_SECRET: usize = 1 << 20;

/// This program's suffix as a helper of docker's.
const OURSELVES: &str = "lockgate";

/// What is told of a variable that is not heeded.
type OnIgnored = Box<dyn Fn(&AuthVariableError) + Send>;

/// The entry of one server in docker's `config.json`.
///
/// It is read as docker reads it: `DOCKER_AUTH_CONFIG` first, by the very key; then the entry of this
/// key in the file, or the first one whose key has this host. It is written under the very key and in the
/// file alone; removed is all in the file that would be found. An entry with nothing but a registry token is not found: docker sends
/// that itself, and no helper could hand it on.
pub struct DockerConfigStore {
    file: PathBuf,
    environment: Option<Secret>,
    server: String,
    by_key_alone: bool,
    account: Option<Secret>,
    on_ignored: Option<OnIgnored>,
}

impl DockerConfigStore {
    /// The entry in this file, and in the value of `DOCKER_AUTH_CONFIG` if it is set. Nothing need
    /// exist, and nothing is touched before it is used.
    #[must_use]
    pub fn new(file: PathBuf, environment: Option<Secret>, registry: &Registry) -> Self {
        let server = registry.url().to_owned();
        Self { file, environment, server, by_key_alone: false, account: None, on_ignored: None }
    }

    /// Heeds the entry of the very key and none that only has its host: for another name of a server
    /// than the one that a client asked for, which docker itself would not look for.
    #[must_use]
    pub fn by_key_alone(mut self) -> Self {
        self.by_key_alone = true;
        self
    }

    /// Keeps this account beside an identity token, which has docker's `<token>` in its place.
    #[must_use]
    pub fn account(mut self, account: Option<String>) -> Self {
        self.account = account.map(Secret::from);
        self
    }

    /// Calls this when the variable says something that docker does not heed either, and goes on to the
    /// file as docker does.
    #[must_use]
    pub fn on_ignored(mut self, tell: impl Fn(&AuthVariableError) + Send + 'static) -> Self {
        self.on_ignored = Some(Box::new(tell));
        self
    }

    /// The servers that the file and the value of `DOCKER_AUTH_CONFIG` have credentials for, in their
    /// order and without their secrets. Entries that docker leaves empty, because a helper has the
    /// credentials, are not among them, nor is one that cannot be read: it keeps nobody from the others.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn list(file: &Path, environment: Option<&Secret>) -> Result<Vec<Listed>, Error> {
        let mut listed = Vec::new();
        if let Some(Ok(variable)) = variable(environment) {
            listed.extend(variable.entries().filter_map(|(server, entry)| told(server, entry)));
        }
        let text = read(file)?.unwrap_or_default();
        for (server, entry) in DockerConfig::parse(&text, file)?.entries() {
            if !listed.iter().any(|one: &Listed| one.server == server) {
                listed.extend(entry.ok().and_then(|entry| told(server, &entry)));
            }
        }
        listed.sort();
        Ok(listed)
    }

    fn of_variable(&self) -> Option<StoredSecret> {
        match variable(self.environment.as_ref())? {
            Ok(variable) => variable.entry(&self.server).and_then(stored),
            Err(error) => {
                self.on_ignored.iter().for_each(|tell| tell(&error));
                None
            }
        }
    }

    fn of_file(&self) -> Result<Option<StoredSecret>, Error> {
        let Some(text) = read(&self.file)? else { return Ok(None) };
        Ok(self.in_text(&text)?)
    }

    fn in_text(&self, text: &str) -> Result<Option<StoredSecret>, DockerConfigError> {
        let config = DockerConfig::parse(text, &self.file)?;
        let entry = match self.by_key_alone {
            true => config.entry_of_key(&self.server)?,
            false => config.entry(&self.server)?,
        };
        Ok(entry.as_ref().and_then(stored))
    }

    /// The text of the file without what would be found in it.
    fn without(&self, text: &str) -> Edited {
        if self.by_key_alone {
            return remove_auth(text, &self.file, &self.server);
        }
        let config = DockerConfig::parse(text, &self.file)?;
        let mut changed = None;
        for key in config.keys_of(&self.server) {
            let so_far = changed.as_deref().map_or(text, String::as_str);
            changed = remove_auth(so_far, &self.file, key)?.or(changed);
        }
        Ok(changed)
    }

    fn keep(&self, identity: Option<&Secret>, secret: &Secret) -> Result<bool, Error> {
        let auth = self.new_auth(identity, secret)?;
        check_writers(&self.file)?;
        self.check_it_stays()?;
        change(&self.file, |text| set_auth(text, &self.file, &self.server, &auth))
    }

    /// Where docker asks Lockgate for a server it writes an empty entry over the one that is there, as soon
    /// as it has stored something.
    fn check_it_stays(&self) -> Result<(), Error> {
        let text = read(&self.file)?.unwrap_or_default();
        let config = DockerConfig::parse(&text, &self.file)?;
        match config.selection(&self.server) {
            Ok(Selection::Helper(suffix)) if suffix == OURSELVES => {
                Err(Error::WrittenOver { path: self.file.clone(), server: self.server.clone() })
            }
            _ => Ok(()),
        }
    }

    fn new_auth<'a>(
        &'a self,
        identity: Option<&'a Secret>,
        secret: &'a Secret,
    ) -> Result<NewAuth<'a>, Error> {
        let length = secret.len();
        if length > MAX_SECRET {
            return Err(Error::TooLong { length, limit: MAX_SECRET });
        }
        let identity = identity.ok_or(Error::NoAccount)?;
        Ok(match identity.expose_text() == Some(DOCKER_IDENTITY_TOKEN) {
            true => NewAuth {
                username: self.account.as_ref(),
                password: None,
                identity_token: Some(secret),
            },
            false => {
                NewAuth { username: Some(identity), password: Some(secret), identity_token: None }
            }
        })
    }
}

impl SecretStore for DockerConfigStore {
    fn load(&self) -> Result<Option<StoredSecret>, AdapterError> {
        match self.of_variable() {
            Some(found) => Ok(Some(found)),
            None => Ok(self.of_file()?),
        }
    }

    fn save(&self, identity: Option<&Secret>, secret: &Secret) -> Result<(), AdapterError> {
        self.keep(identity, secret)?;
        Ok(())
    }

    fn remove(&self) -> Result<bool, AdapterError> {
        Ok(change(&self.file, |text| self.without(text))?)
    }

    /// Another key of the same host may hold another secret: the entry of the very key is all that is
    /// looked at and removed.
    fn remove_only(&self, secret: &Secret) -> Result<bool, AdapterError> {
        let is_other = Cell::new(false);
        let removed = change(&self.file, |text| {
            let found = DockerConfig::parse(text, &self.file)?.entry_of_key(&self.server)?;
            let found = found.as_ref().and_then(stored);
            is_other.set(found.is_some_and(|found| found.secret.expose() != secret.expose()));
            if is_other.get() { Ok(None) } else { remove_auth(text, &self.file, &self.server) }
        })?;
        match is_other.get() {
            true => Err(OtherSecret.into()),
            false => Ok(removed),
        }
    }
}

/// What the variable says; none if it is not set, or to nothing.
fn variable(value: Option<&Secret>) -> Option<Result<AuthVariable, AuthVariableError>> {
    let value = value.filter(|value| !value.is_empty())?;
    // What is not text is no JSON either.
    Some(AuthVariable::parse(value.expose_text().unwrap_or("\u{fffd}")))
}

fn told(server: &str, entry: &Entry) -> Option<Listed> {
    let account = entry.username.as_ref().and_then(Secret::expose_text).map(str::to_owned);
    (!entry.is_empty()).then(|| Listed { server: server.to_owned(), identity: account })
}

/// What docker makes of an entry.
fn stored(entry: &Entry) -> Option<StoredSecret> {
    match (entry.identity_token.clone(), entry.username.clone(), entry.password.clone()) {
        (Some(token), ..) => Some(StoredSecret {
            identity: Some(Secret::from(DOCKER_IDENTITY_TOKEN)),
            secret: token,
        }),
        (None, Some(username), password) => {
            Some(StoredSecret { identity: Some(username), secret: password.unwrap_or_default() })
        }
        (None, None, _) => None,
    }
}
