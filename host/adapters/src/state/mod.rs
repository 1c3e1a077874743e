//! What providers keep for themselves between two calls, such as a refresh token.
//!
//! `<state>/providers/<lineage>/<registry>.<name>.json`, where `<registry>` is the SHA-256 of the
//! registry's URL: a file for each name, so that a change of one cannot harm another.

mod error;
mod record;

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use lockgate_core::{AdapterError, Kept, StateStore};
use lockgate_system::Folder;
use sha2::{Digest, Sha256};

pub use error::StateError;
use record::MAX_RECORD;

/// The folder in Lockgate's state folder.
const FOLDER: &str = "providers";
const LOCK: &str = "lock";
const ENDING: &str = ".json";
/// Most names for one provider and registry: what an access token, a refresh token and a few
/// accounts need, and little enough that a provider cannot fill a disk.
const MAX_NAMES: usize = 16;
/// Most bytes under one name: as long as a secret may be.
const MAX_SECRET: usize = 64 << 10;
/// Longest lineage, in bytes: room for a SHA-256 in hex, or a built-in provider's name.
const MAX_LINEAGE: usize = 100;

/// The state of one provider for one registry.
#[derive(Clone, Debug)]
pub struct StateFolder {
    state: PathBuf,
    lineage: String,
    registry: String,
    /// What the names of this registry's files begin with.
    prefix: String,
}

impl StateFolder {
    /// The state of the provider of this lineage for this registry, in Lockgate's state folder.
    /// Nothing of it need exist, and nothing is touched before it is used.
    #[must_use]
    pub fn new(state: PathBuf, lineage: &str, registry_url: &str) -> Self {
        let prefix = format!("{:x}.", Sha256::digest(registry_url));
        Self { state, lineage: lineage.to_owned(), registry: registry_url.to_owned(), prefix }
    }

    /// The folder of this provider's files for all registries: all that is read or written.
    ///
    /// # Errors
    /// If the lineage cannot be the name of a folder.
    pub fn path(&self) -> Result<PathBuf, StateError> {
        path_of(&self.state, &self.lineage)
    }

    /// Removes what the provider of this lineage kept, for all registries, and says whether there
    /// was anything. For when it is removed.
    ///
    /// # Errors
    /// If it is not certain that all of it is gone.
    pub fn remove_lineage(state: &Path, lineage: &str) -> Result<bool, StateError> {
        let Some(folder) = Folder::open_private(&path_of(state, lineage)?)? else {
            return Ok(false);
        };
        let _lock = folder.lock(LOCK)?;
        // The lock goes last: whoever waits for it then finds no folder to write to.
        for name in folder.names()?.iter().filter(|name| *name != LOCK) {
            folder.remove(name)?;
        }
        folder.remove(LOCK)?;
        match Folder::open_private(&state.join(FOLDER))? {
            Some(parent) => Ok(parent.remove_folder(lineage)?),
            None => Ok(true),
        }
    }

    fn open(&self) -> Result<Option<Folder>, StateError> {
        Ok(Folder::open_private(&self.path()?)?)
    }

    fn file(&self, name: &str) -> String {
        format!("{}{name}{ENDING}", self.prefix)
    }

    fn read(&self, folder: &Folder, name: &str) -> Result<Option<Kept>, StateError> {
        let file = self.file(name);
        let Some(bytes) = folder.read(&file, MAX_RECORD)? else { return Ok(None) };
        record::read(&bytes, &self.registry, &folder.path().join(file)).map(Some)
    }

    fn load(&self, name: &str) -> Result<Option<Kept>, StateError> {
        let Some(folder) = self.open()? else { return Ok(None) };
        match self.read(&folder, name)? {
            Some(kept) if is_over(&kept) => {
                // Over is over, whether the file can be removed or not; the next one tries again.
                let _ = self.remove_if_over(&folder, name);
                Ok(None)
            }
            found => Ok(found),
        }
    }

    /// Looks again under the lock: a new value may have come in between.
    fn remove_if_over(&self, folder: &Folder, name: &str) -> Result<(), StateError> {
        let _lock = folder.lock(LOCK)?;
        if self.read(folder, name)?.as_ref().is_some_and(is_over) {
            folder.remove(self.file(name))?;
        }
        Ok(())
    }

    fn save(&self, name: &str, kept: &Kept) -> Result<(), StateError> {
        if kept.secret.len() > MAX_SECRET {
            return Err(StateError::TooLarge { limit: MAX_SECRET });
        }
        let bytes = record::write(kept, &self.registry)?;
        let folder = Folder::create_private(&self.path()?)?;
        let _lock = folder.lock(LOCK)?;
        // What is damaged is replaced; what a later version wrote is not.
        if let Err(error @ StateError::Newer { .. }) = self.read(&folder, name) {
            return Err(error);
        }
        self.make_room(&folder, name)?;
        Ok(folder.replace(self.file(name), &bytes)?)
    }

    /// Checks that `name` is one of at most as many as there may be, not counting those whose time
    /// is over: they are removed where they are in the way.
    fn make_room(&self, folder: &Folder, name: &str) -> Result<(), StateError> {
        let mut others = self.names(folder)?;
        others.retain(|other| other != name);
        if others.len() < MAX_NAMES {
            return Ok(());
        }
        let mut left = others.len();
        for other in &others {
            if self.read(folder, other).is_ok_and(|kept| kept.as_ref().is_some_and(is_over)) {
                folder.remove(self.file(other))?;
                left -= 1;
            }
        }
        match left < MAX_NAMES {
            true => Ok(()),
            false => Err(StateError::TooManyNames { limit: MAX_NAMES }),
        }
    }

    /// The names that something is kept under for this registry.
    fn names(&self, folder: &Folder) -> Result<Vec<String>, StateError> {
        let name =
            |file: &String| Some(file.strip_prefix(&self.prefix)?.strip_suffix(ENDING)?.to_owned());
        Ok(folder.names()?.iter().filter_map(name).collect())
    }

    fn remove(&self, name: &str) -> Result<bool, StateError> {
        let Some(folder) = self.open()? else { return Ok(false) };
        let _lock = folder.lock(LOCK)?;
        Ok(folder.remove(self.file(name))?)
    }
}

impl StateStore for StateFolder {
    fn load(&self, name: &str) -> Result<Option<Kept>, AdapterError> {
        Ok(self.load(name)?)
    }

    fn save(&self, name: &str, kept: &Kept) -> Result<(), AdapterError> {
        Ok(self.save(name, kept)?)
    }

    fn remove(&self, name: &str) -> Result<bool, AdapterError> {
        Ok(self.remove(name)?)
    }
}

fn path_of(state: &Path, lineage: &str) -> Result<PathBuf, StateError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte);
    let plain = !lineage.starts_with('.') && lineage.bytes().all(allowed);
    match plain && (1..=MAX_LINEAGE).contains(&lineage.len()) {
        true => Ok(state.join(FOLDER).join(lineage)),
        false => Err(StateError::Lineage(lineage.to_owned())),
    }
}

/// By this machine's clock. One that stands before 1970 ends nothing.
fn is_over(kept: &Kept) -> bool {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    kept.until.is_some_and(|until| until <= now)
}
