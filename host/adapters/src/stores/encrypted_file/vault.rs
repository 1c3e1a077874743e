//! The store's key: where it is, and how it is unlocked.

use std::path::{Path, PathBuf};

use lockgate_core::{AdapterError, Prompt, Secret};
use lockgate_system::{Folder, Key};
use zeroize::Zeroizing;

use super::age::{self, AgeError, Identity};
use super::kept::{self, Kept};
use super::settings::WrongSetting;
use super::{EncryptedFileError, EncryptionKey, KIND, key_file};
use crate::PromptError;
use crate::stores::entry_file::LOCK;

/// The file with the key that a passphrase opens.
const IDENTITY: &str = "identity.age";
/// Most bytes of it: it holds one line.
const MAX_IDENTITY: usize = 64 << 10;
/// How often a passphrase is asked for.
const TRIES: usize = 3;

const QUESTION: &str = "Lockgate: passphrase of the encrypted store: ";
const NEW: &str = "Lockgate: a new passphrase for the encrypted store: ";
const AGAIN: &str = "Lockgate: the same passphrase again: ";
const ABOUT: &str = "Lockgate makes its encrypted store. Without its passphrase nobody can read what is kept \
                     there, and nothing brings a forgotten one back.";

/// What the store is like for who asks nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// There is neither a key nor an entry.
    NotMade,
    /// A passphrase opens it.
    Locked,
    /// Entries can be read.
    Unlocked,
}

/// The key of the store in one folder.
pub(super) struct Vault {
    folder: PathBuf,
    source: Source,
    prompt: Option<Box<dyn Prompt>>,
    unlocked: Option<Identity>,
    /// What kept it from being read before the process was confined.
    failed: Option<EncryptedFileError>,
}

enum Source {
    Passphrase(Kept),
    File(PathBuf),
    /// The configuration says something else.
    Unknown(WrongSetting),
}

impl Vault {
    pub(super) fn new(
        folder: &Path,
        key: Result<EncryptionKey, WrongSetting>,
        prompt: Option<Box<dyn Prompt>>,
    ) -> Self {
        let folder = folder.to_owned();
        let source = match key {
            Ok(EncryptionKey::Passphrase { unlocked_for }) => {
                Source::Passphrase(Kept::new(&folder, unlocked_for))
            }
            Ok(EncryptionKey::File(path)) => Source::File(path),
            Err(wrong) => Source::Unknown(wrong),
        };
        Self { folder, source, prompt, unlocked: None, failed: None }
    }

    /// Does now what a confined process cannot: it reads what needs no question, and makes room to
    /// keep what does. Those keys are all that the kernel's keyring is used for afterwards.
    pub(super) fn ready(&mut self) -> Vec<Key> {
        if self.failed.is_none() {
            self.failed = self.look().err();
        }
        match (&self.source, &self.unlocked) {
            (Source::Passphrase(kept), None) => {
                kept.make_room();
                kept.keys().collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether it can be used without a question.
    pub(super) fn is_unlocked(&mut self) -> Result<bool, EncryptedFileError> {
        match self.failed.take() {
            Some(error) => Err(error),
            None => self.look().map(|()| self.unlocked.is_some()),
        }
    }

    pub(super) fn condition(&mut self) -> Result<Condition, EncryptedFileError> {
        if self.is_unlocked()? {
            return Ok(Condition::Unlocked);
        }
        match (self.protected()?.is_some(), self.has_entries()?) {
            (true, _) => Ok(Condition::Locked),
            (false, false) => Ok(Condition::NotMade),
            (false, true) => Err(self.no_key()),
        }
    }

    /// The key of what is kept.
    pub(super) fn identity(&mut self) -> Result<Identity, EncryptedFileError> {
        if !self.is_unlocked()? {
            let protected = self.protected()?.ok_or_else(|| self.no_key())?;
            self.unlocked = Some(self.ask(&protected)?);
        }
        self.unlocked.clone().ok_or_else(|| self.no_key())
    }

    /// The key for something new; the store's own is made if there is none and nothing is kept.
    pub(super) fn identity_to_keep(&mut self) -> Result<Identity, EncryptedFileError> {
        if !self.is_unlocked()? && self.protected()?.is_none() && !self.has_entries()? {
            self.unlocked = Some(self.make()?);
        }
        self.identity()
    }

    pub(super) fn unlock(&mut self) -> Result<(), EncryptedFileError> {
        if !self.has_entries()? {
            return Ok(());
        }
        let identity = self.identity()?;
        self.remember(&identity)
    }

    pub(super) fn unlock_or_make(&mut self) -> Result<(), EncryptedFileError> {
        let identity = self.identity_to_keep()?;
        self.remember(&identity)
    }

    fn remember(&self, identity: &Identity) -> Result<(), EncryptedFileError> {
        if let (Source::Passphrase(_), Some(protected)) = (&self.source, self.protected()?) {
            kept::remember(identity, &protected);
        }
        Ok(())
    }

    /// Takes the key from where no person is needed.
    fn look(&mut self) -> Result<(), EncryptedFileError> {
        if self.unlocked.is_none() {
            self.unlocked = match &self.source {
                Source::Unknown(wrong) => return Err((*wrong).into()),
                Source::File(path) => Some(key_file::read(path)?),
                Source::Passphrase(kept) => match self.protected()? {
                    Some(protected) => kept.recall(&protected),
                    None => None,
                },
            };
        }
        Ok(())
    }

    fn protected(&self) -> Result<Option<Zeroizing<Vec<u8>>>, EncryptedFileError> {
        match Folder::open_private(&self.folder)? {
            Some(folder) => Ok(folder.read(IDENTITY, MAX_IDENTITY)?),
            None => Ok(None),
        }
    }

    fn has_entries(&self) -> Result<bool, EncryptedFileError> {
        match Folder::open_private(&self.folder)? {
            Some(folder) => Ok(folder.names()?.iter().any(|name| KIND.is_entry(name))),
            None => Ok(false),
        }
    }

    fn ask(&self, protected: &[u8]) -> Result<Identity, EncryptedFileError> {
        for _ in 0..TRIES {
            let passphrase = self.question(QUESTION)?;
            match age::decrypt_with_passphrase(protected, &passphrase) {
                Ok(text) => {
                    let identity = Identity::read(&text)
                        .ok_or_else(|| self.unusable("it does not hold one identity".into()))?;
                    self.keep(&identity, protected);
                    return Ok(identity);
                }
                Err(AgeError::WrongPassphrase) => self.say("Lockgate: that is not it.")?,
                Err(error) => return Err(self.unusable(error.into())),
            }
        }
        Err(EncryptedFileError::WrongPassphrase { path: self.path() })
    }

    fn make(&self) -> Result<Identity, EncryptedFileError> {
        self.say(ABOUT)?;
        let passphrase = self.new_passphrase()?;
        let unusable = |error: AgeError| self.unusable(error.into());
        let identity = Identity::generate().map_err(unusable)?;
        let text = identity.write();
        let protected =
            age::encrypt_with_passphrase(text.as_bytes(), &passphrase).map_err(unusable)?;
        let folder = Folder::create_private(&self.folder)?;
        let _lock = folder.lock(LOCK)?;
        // Nobody waits for a lock while a person thinks of a passphrase.
        if folder.read(IDENTITY, MAX_IDENTITY)?.is_some() {
            return Err(EncryptedFileError::MadeMeanwhile { path: self.path() });
        }
        folder.replace(IDENTITY, &protected)?;
        self.keep(&identity, &protected);
        Ok(identity)
    }

    fn new_passphrase(&self) -> Result<Secret, EncryptedFileError> {
        for _ in 0..TRIES {
            let passphrase = self.question(NEW)?;
            if passphrase.is_empty() {
                self.say("Lockgate: it may not be empty.")?;
            } else if self.question(AGAIN)?.expose() == passphrase.expose() {
                return Ok(passphrase);
            } else {
                self.say("Lockgate: these were two different ones.")?;
            }
        }
        Err(EncryptedFileError::NoNewPassphrase)
    }

    fn question(&self, question: &str) -> Result<Secret, EncryptedFileError> {
        self.person()?.ask(question, true).map_err(not_asked)
    }

    fn say(&self, message: &str) -> Result<(), EncryptedFileError> {
        self.person()?.show(message, None).map_err(not_asked)
    }

    fn person(&self) -> Result<&dyn Prompt, EncryptedFileError> {
        let nobody = || EncryptedFileError::Locked("this command asks nobody".into());
        self.prompt.as_deref().ok_or_else(nobody)
    }

    fn keep(&self, identity: &Identity, protected: &[u8]) {
        if let Source::Passphrase(kept) = &self.source {
            kept.keep(identity, protected);
        }
    }

    fn unusable(&self, source: AdapterError) -> EncryptedFileError {
        EncryptedFileError::Key { path: self.path(), source }
    }

    fn no_key(&self) -> EncryptedFileError {
        EncryptedFileError::NoKey { path: self.path() }
    }

    fn path(&self) -> PathBuf {
        self.folder.join(IDENTITY)
    }
}

/// The prompt's own word about a missing terminal is for people who log in.
fn not_asked(error: AdapterError) -> EncryptedFileError {
    match error.downcast_ref() {
        Some(PromptError::NoTerminal(_)) => {
            EncryptedFileError::Locked("there is no terminal".into())
        }
        _ => EncryptedFileError::Locked(error),
    }
}
