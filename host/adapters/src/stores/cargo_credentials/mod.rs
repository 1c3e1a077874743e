//! cargo's own file of tokens, `$CARGO_HOME/credentials.toml`, shared with cargo.

mod document;
mod edit;
mod error;
mod file;
mod find;
mod recovery;
#[cfg(test)]
mod tests;

use std::hint::black_box;
use std::path::PathBuf;
use std::time::Duration;

use lockgate_core::{
    AdapterError, Ecosystem, OtherSecret, Secret, SecretStore, StoredSecret, check_token,
};
use lockgate_system::{ClientFile, FileError, create_client_folder, open_client_file};

use document::Document;
pub use error::CredentialsError;
use file::LockedFile;
pub use recovery::RECOVERY_SUFFIX;

/// How long another process may hold the lock of the file. cargo waits without an end; but it asks
/// nobody anything while it holds the lock, so that minutes mean that it hangs.
const PATIENCE: Duration = Duration::from_secs(300);

/// The same for a reader that found a write begun. Writing takes milliseconds and the time of a slow
/// disk; a build, which may hold locks of its own, is rather told than kept waiting.
const IN_DOUBT_PATIENCE: Duration = Duration::from_secs(5);

/// The table of the credentials file in which a registry's token stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CredentialTable {
    /// `[registry]`, as cargo keeps the token of crates.io.
    CratesIo,
    /// `[registries.NAME]`.
    Named(String),
}

/// The token of one registry in cargo's credentials file.
///
/// The file is read and changed as cargo does: an existing `credentials` comes before
/// `credentials.toml`, a top-level `token` of old stands for `[registry]` where there is no such
/// table, and changes are made in place under a lock on the file itself. Unlike cargo, everything
/// else in the file stays as it is, byte for byte; only a comment behind a removed value on the
/// same line goes with it.
///
/// The text of the file is kept in buffers that are zeroed; the copies that the TOML parser makes
/// of it are not within reach.
pub struct CargoCredentials {
    cargo_home: PathBuf,
    tables: Vec<CredentialTable>,
    fallback: Option<Secret>,
    patience: Duration,
    on_wait: Option<Box<dyn Fn() + Send>>,
}

impl CargoCredentials {
    /// The token under the first of `tables` that holds one, or else `fallback`, which trusted
    /// configuration files gave. It is saved under the first table.
    pub fn new(
        cargo_home: PathBuf,
        tables: Vec<CredentialTable>,
        fallback: Option<Secret>,
    ) -> Self {
        Self { cargo_home, tables, fallback, patience: PATIENCE, on_wait: None }
    }

    /// Calls this once whenever a change has to wait for the file's lock, so that the person can be
    /// told what cargo says then.
    #[must_use]
    pub fn on_wait(mut self, tell: impl Fn() + Send + 'static) -> Self {
        self.on_wait = Some(Box::new(tell));
        self
    }

    /// Waits for the file's lock for at most this long, where a change would wait for five minutes and
    /// a read for five seconds.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Whether the file can be read and every token in it be understood. Where it is, if there is one;
    /// nothing of it is changed.
    ///
    /// # Errors
    /// What keeps any registry's token from being loaded.
    pub fn check(&self) -> Result<Option<PathBuf>, CredentialsError> {
        let Some(at) = self.locate()? else { return Ok(None) };
        let path = at.path();
        let text = match file::read(&at)? {
            file::Reading::Missing => return Ok(None),
            // The next use waits for the writer, or recovers what it left.
            file::Reading::InDoubt => return Ok(Some(path)),
            file::Reading::Whole(text) => text,
        };
        let document = Document::parse(&text).map_err(|problem| problem.at(&path))?;
        for table in document.tables().map_err(|problem| problem.at(&path))? {
            document.token(&table).map_err(|problem| problem.at(&path))?;
        }
        Ok(Some(path))
    }

    /// The file, or where it would be; `None` if there is no cargo home.
    fn locate(&self) -> Result<Option<ClientFile>, FileError> {
        if let Some(old) = open_client_file(&self.cargo_home.join("credentials"))?
            && old.open()?.is_some()
        {
            return Ok(Some(old));
        }
        open_client_file(&self.cargo_home.join("credentials.toml"))
    }

    fn locate_or_create(&self) -> Result<ClientFile, CredentialsError> {
        if let Some(found) = self.locate()? {
            return Ok(found);
        }
        create_client_folder(&self.cargo_home)?;
        let path = self.cargo_home.join("credentials.toml");
        Ok(self.locate()?.ok_or(FileError::NotAFolder { path })?)
    }

    fn token(&self) -> Result<Option<Secret>, CredentialsError> {
        let Some(at) = self.locate()? else { return Ok(None) };
        let text = match file::read(&at)? {
            file::Reading::Missing => return Ok(None),
            file::Reading::Whole(text) => text,
            file::Reading::InDoubt => return self.token_in_doubt(at),
        };
        self.token_of(&text, &at.path())
    }

    /// Somebody writes, or died while writing: what is there may be half of it.
    fn token_in_doubt(&self, at: ClientFile) -> Result<Option<Secret>, CredentialsError> {
        let patience = self.patience.min(IN_DOUBT_PATIENCE);
        match LockedFile::existing(at, patience, self.on_wait.as_deref())? {
            Some(locked) => self.token_of(&locked.text, &locked.path()),
            None => Ok(None),
        }
    }

    fn token_of(
        &self,
        text: &str,
        path: &std::path::Path,
    ) -> Result<Option<Secret>, CredentialsError> {
        find::find(text, &self.tables).map_err(|problem| problem.at(path))
    }

    fn save_token(&self, token: &Secret) -> Result<(), CredentialsError> {
        check_token(Ecosystem::Cargo, token)?;
        let token = token.expose_text().ok_or(lockgate_core::TokenError::InvalidCharacters)?;
        let table = self.tables.first().ok_or(CredentialsError::Anonymous)?;
        let at = self.locate_or_create()?;
        let locked = LockedFile::existing_or_new(at, self.patience, self.on_wait.as_deref())?;
        // What stands there and is no token is somebody's mistake, and not ours to overwrite.
        self.token_of(&locked.text, &locked.path())?;
        let text =
            edit::save(&locked.text, table, token).map_err(|error| error.at(&locked.path()))?;
        locked.write(&text)
    }

    /// `check` is asked under the file's lock.
    fn remove_token(
        &self,
        check: impl FnOnce(&LockedFile) -> Result<(), AdapterError>,
    ) -> Result<bool, AdapterError> {
        let Some(at) = self.locate()? else { return Ok(false) };
        let locked = LockedFile::existing(at, self.patience, self.on_wait.as_deref())?;
        let Some(locked) = locked else { return Ok(false) };
        check(&locked)?;
        let (text, had_token) =
            edit::remove(&locked.text, &self.tables).map_err(|error| error.at(&locked.path()))?;
        // As in cargo, what else belongs to a token is left alone where there is none.
        if had_token {
            locked.write(&text)?;
        }
        Ok(had_token)
    }
}

impl SecretStore for CargoCredentials {
    fn load(&self) -> Result<Option<StoredSecret>, AdapterError> {
        let token = self.token()?.or_else(|| self.fallback.clone());
        Ok(token.map(|secret| StoredSecret { identity: None, secret }))
    }

    fn save(&self, identity: Option<&Secret>, secret: &Secret) -> Result<(), AdapterError> {
        if identity.is_some() {
            return Err(CredentialsError::Identity.into());
        }
        Ok(self.save_token(secret)?)
    }

    fn remove(&self) -> Result<bool, AdapterError> {
        self.remove_token(|_| Ok(()))
    }

    fn remove_only(&self, secret: &Secret) -> Result<bool, AdapterError> {
        self.remove_token(|locked| {
            for table in &self.tables {
                let found = find::find(&locked.text, std::slice::from_ref(table));
                let found = found.map_err(|problem| problem.at(&locked.path()))?;
                if found.is_some_and(|found| !is_same(found.expose(), secret.expose())) {
                    return Err(OtherSecret.into());
                }
            }
            Ok(())
        })
    }
}

/// In a time that does not tell where they differ.
fn is_same(one: &[u8], other: &[u8]) -> bool {
    let difference = one.iter().zip(other).fold(0, |found, (one, other)| found | (one ^ other));
    black_box(difference) == 0 && one.len() == other.len()
}
