//! The record of which index URL a login gave a registry's name, so that a token kept under that
//! name goes to no other index; and of when the last login or logout of each registry was.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use lockgate_core::Registry;
use lockgate_system::{FileError, Folder};
use sha2::{Digest, Sha256};
use toml_edit::{DocumentMut, Item, Table, value};

const FILE: &str = "cargo-registries.toml";
const LOCK: &str = "cargo-registries.lock";
const LAST_CHANGE: &str = "last-change";

/// Most bytes of the record: more registries than anybody has, at 4 KiB each.
const MAX_FILE: usize = 1 << 20;

/// How long another login may hold the lock: its token is saved meanwhile, which may wait five
/// minutes for cargo's own lock.
const PATIENCE: Duration = Duration::from_secs(330);

/// The format that this program writes. A later one may mean something else by the same words.
const VERSION: i64 = 1;

const HEADER: &str = "# Written by lockgate: which index a login gave each registry's name.\n";

/// The record, in the state folder.
#[derive(Clone, Debug)]
pub struct Logins {
    state: PathBuf,
}

/// Why the record was not read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoginsError {
    /// The file or its folder.
    #[error(transparent)]
    File(#[from] FileError),
    /// The content.
    #[error("{}:{line}: {what}; remove the file and log in again", .path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong.
        what: String,
    },
    /// Written by a later version of this program.
    #[error("`{}` was written by a newer lockgate; use that one", .path.display())]
    Newer {
        /// The file.
        path: PathBuf,
    },
}

impl Logins {
    /// The record in this state folder. Neither need exist.
    pub fn open(state: PathBuf) -> Self {
        Self { state }
    }

    /// The index URL of each name.
    ///
    /// # Errors
    /// If the record is there and cannot be read or understood.
    pub fn recorded(&self) -> Result<BTreeMap<String, String>, LoginsError> {
        match Folder::open_private(&self.state)? {
            Some(folder) => self.read(&folder),
            None => Ok(BTreeMap::new()),
        }
    }

    /// Lets `save` keep the token of `name`, then records the login; nothing else records or
    /// forgets meanwhile. So of two logins at the same time the one whose token stays is the one
    /// whose index is recorded. If the name had another index, that is forgotten first: a token
    /// whose login was not recorded, whatever happens, belongs to no index rather than to a wrong
    /// one.
    ///
    /// # Errors
    /// Those of `save`, or if it is not certain that the login is recorded.
    pub fn record_after<E: From<LoginsError>>(
        &self,
        name: &str,
        url: &str,
        save: impl FnOnce() -> Result<(), E>,
    ) -> Result<(), E> {
        let folder = Folder::create_private(&self.state).map_err(LoginsError::from)?;
        let _lock = folder.lock_within(LOCK, PATIENCE).map_err(LoginsError::from)?;
        let mut logins = self.read(&folder)?;
        let known = logins.remove(name);
        if known.as_deref() == Some(url) {
            return save();
        }
        if known.is_some() {
            self.write(&folder, &logins)?;
        }
        save()?;
        logins.insert(name.to_owned(), url.to_owned());
        Ok(self.write(&folder, &logins)?)
    }

    /// Forgets what was recorded of these names, if there is anything: all of it or nothing.
    ///
    /// # Errors
    /// If it is not certain that it is forgotten.
    pub fn forget_all(&self, names: &[String]) -> Result<(), LoginsError> {
        let Some(folder) = Folder::open_private(&self.state)? else { return Ok(()) };
        let _lock = folder.lock_within(LOCK, PATIENCE)?;
        let mut logins = self.read(&folder)?;
        let before = logins.len();
        logins.retain(|name, _| !names.contains(name));
        match logins.len() == before {
            true => Ok(()),
            false => self.write(&folder, &logins),
        }
    }

    /// Notes a login or a logout of this registry, of whatever provider: an answer that was given
    /// before it may be worthless.
    ///
    /// # Errors
    /// If it is not certain that it is noted.
    pub fn note_change(&self, registry: &Registry) -> Result<(), LoginsError> {
        // A file that is replaced is another file: there is nothing to write into it.
        Ok(Folder::create_private(&self.state)?.replace(last_change(registry), b"")?)
    }

    /// The file that is another one after each change of this registry. It need not exist.
    pub fn last_change(&self, registry: &Registry) -> PathBuf {
        self.state.join(last_change(registry))
    }

    fn read(&self, folder: &Folder) -> Result<BTreeMap<String, String>, LoginsError> {
        let Some(bytes) = folder.read(FILE, MAX_FILE)? else { return Ok(BTreeMap::new()) };
        let text = str::from_utf8(&bytes).map_err(|_| self.wrong(1, "this is not UTF-8"))?;
        let document = toml_edit::Document::parse(text).map_err(|error| {
            self.wrong(line(text, error.span().map_or(0, |span| span.start)), error.message())
        })?;
        self.check_version(text, document.as_table().get("version"))?;
        let Some(registries) = document.as_table().get("registries") else {
            return Err(self.wrong(1, "there is no table `registries`"));
        };
        let wrong = |item: &Item, what| {
            self.wrong(line(text, item.span().map_or(0, |span| span.start)), what)
        };
        let table = registries.as_table().ok_or_else(|| wrong(registries, "not a table"))?;
        let entry = |(name, item): (&str, &Item)| match item.as_str() {
            Some(url) => Ok((name.to_owned(), url.to_owned())),
            None => Err(wrong(item, "not a string")),
        };
        table.iter().map(entry).collect()
    }

    fn check_version(&self, text: &str, version: Option<&Item>) -> Result<(), LoginsError> {
        match version.and_then(Item::as_integer) {
            Some(VERSION) => Ok(()),
            Some(later) if later > VERSION => Err(LoginsError::Newer { path: self.path() }),
            _ => {
                let at = version.and_then(Item::span).map_or(0, |span| span.start);
                Err(self.wrong(line(text, at), "there is no known version"))
            }
        }
    }

    fn write(&self, folder: &Folder, logins: &BTreeMap<String, String>) -> Result<(), LoginsError> {
        let mut registries = Table::new();
        for (name, url) in logins {
            registries.insert(name, value(url));
        }
        let mut document = DocumentMut::new();
        document.insert("version", value(VERSION));
        document.insert("registries", Item::Table(registries));
        Ok(folder.replace(FILE, format!("{HEADER}{document}").as_bytes())?)
    }

    fn wrong(&self, line: usize, what: &str) -> LoginsError {
        LoginsError::Content { path: self.path(), line, what: what.to_owned() }
    }

    fn path(&self) -> PathBuf {
        self.state.join(FILE)
    }
}

/// A registry's address can hold anything, and be longer than the name of a file.
fn last_change(registry: &Registry) -> String {
    let mut hash = Sha256::new();
    hash.update(registry.ecosystem().name());
    // No ecosystem's name has one.
    hash.update([0]);
    hash.update(registry.url());
    format!("{LAST_CHANGE}-{:x}", hash.finalize())
}

fn line(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}
