//! The store of installed providers: a folder for each name, in it the record and the files that
//! it names.

mod bridge;
mod error;
mod grant_file;
mod install;
mod installed;
mod lineages;
mod load;
mod record;
mod remove;
mod verify;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::time::Duration;

use lockgate_system::{Folder, Lock};

pub use error::{StaleReason, StoreError};
pub use install::InstallOptions;
pub use installed::Installed;
pub use remove::Removed;
pub use verify::Verification;

use crate::{CompileError, ProviderName};
use record::{MAX_RECORD, RECORD, Record};

/// Turns a component into code that [`lockgate_engine::Engine`] loads.
pub type Compile<'a> = dyn Fn(&[u8]) -> Result<Vec<u8>, CompileError> + 'a;

const LOCK: &str = ".lock";

/// How long the holder of the lock may take: while somebody waits for compiled code, others wait
/// for the same code, and compiling ends by its own limits before this.
const PATIENCE: Duration = Duration::from_secs(180);

/// The store of installed providers.
#[derive(Clone, Debug)]
pub struct Store {
    path: PathBuf,
}

/// An installed provider in a list.
#[derive(Debug)]
pub struct Listed {
    /// Its name.
    pub name: ProviderName,
    /// The provider, or what is wrong with its record.
    pub found: Result<Installed, StoreError>,
}

impl Store {
    /// The store in this folder, which need not be there. Nothing is opened yet.
    pub fn open(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// The installed provider of that name; none if there is none, also if no provider can have
    /// such a name.
    ///
    /// # Errors
    /// If its folder is not safe from other users, or its record is damaged or of a newer version.
    pub fn find(&self, name: &str) -> Result<Option<Installed>, StoreError> {
        let Ok(name) = ProviderName::new(name) else { return Ok(None) };
        let path = self.path.join(name.as_str());
        let Some(folder) = Folder::open_private(&path)? else { return Ok(None) };
        let Some(bytes) = folder.read(RECORD, MAX_RECORD)? else { return Ok(None) };
        let record = Record::parse(&bytes, &path.join(RECORD))?;
        if record.name != name.as_str() {
            let problem = "is another provider's record";
            return Err(StoreError::Damaged { path: path.join(RECORD), problem });
        }
        Ok(Some(Installed { name, record, folder }))
    }

    /// The same, if there has to be one.
    ///
    /// # Errors
    /// As [`Store::find`], or if there is none.
    pub fn get(&self, name: &str) -> Result<Installed, StoreError> {
        self.find(name)?.ok_or_else(|| StoreError::NotInstalled { name: name.to_owned() })
    }

    /// All installed providers by name, also damaged ones.
    ///
    /// # Errors
    /// If the store itself is not safe from other users or cannot be read.
    pub fn list(&self) -> Result<Vec<Listed>, StoreError> {
        let found = |name: ProviderName| {
            let found = self.find(name.as_str()).transpose()?;
            Some(Listed { name, found })
        };
        Ok(self.names()?.into_iter().filter_map(found).collect())
    }

    /// Names of folders that could be providers, in order.
    fn names(&self) -> Result<Vec<ProviderName>, StoreError> {
        let Some(folder) = Folder::open_private(&self.path)? else { return Ok(Vec::new()) };
        let names = folder.names()?.into_iter();
        let mut names: Vec<_> = names.filter_map(|name| ProviderName::new(&name).ok()).collect();
        names.sort();
        Ok(names)
    }

    /// The lock under which the store is changed.
    fn lock(&self) -> Result<Lock, StoreError> {
        Ok(Folder::create_private(&self.path)?.lock_within(LOCK, PATIENCE)?)
    }
}
