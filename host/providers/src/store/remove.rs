//! Removing a provider, whatever is left of it.

use std::path::PathBuf;

use lockgate_system::Folder;

use super::lineages::{self, LINEAGES};
use super::record::RECORD;
use super::{Store, StoreError};
use crate::ProviderName;

/// What came of removing a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removed {
    /// How many lineages were forgotten: none if it is not known any more which the provider had.
    pub forgotten: usize,
    /// The provider's folder, if something is in it that cannot be removed.
    pub left: Option<PathBuf>,
}

impl Store {
    /// Removes a provider, also a damaged one or what is left of one, and hands each lineage whose
    /// state it had to `forget`, which removes that state.
    ///
    /// # Errors
    /// As `forget`'s, or if there is no such provider, or it is not certain that it is gone. It can
    /// be removed again then.
    pub fn remove<E: From<StoreError>>(
        &self,
        name: &ProviderName,
        forget: impl Fn(&str) -> Result<(), E>,
    ) -> Result<Removed, E> {
        let _lock = self.lock()?;
        let path = self.path.join(name.as_str());
        let folder = Folder::open_private(&path).map_err(StoreError::from)?;
        let folder = folder.ok_or_else(|| StoreError::NotInstalled { name: name.to_string() })?;
        let lineages = lineages::of(&folder).map_err(StoreError::from)?;
        // The file that names them outlives the record, which is what can be run.
        lineages::write(&folder, &lineages).map_err(StoreError::from)?;
        folder.remove(RECORD).map_err(StoreError::from)?;
        lineages.iter().try_for_each(|lineage| forget(lineage))?;
        Ok(Removed { forgotten: lineages.len(), left: self.clear(name, &folder)? })
    }

    /// Removes the folder with all that is in it; its path, if something else than files is.
    fn clear(&self, name: &ProviderName, folder: &Folder) -> Result<Option<PathBuf>, StoreError> {
        let mut names = folder.names()?;
        // Last, for whoever tries again.
        names.sort_by_key(|file| file == LINEAGES);
        let failed = names.into_iter().filter(|file| folder.remove(file).is_err()).count();
        if failed > 0 {
            return Ok(Some(folder.path().to_owned()));
        }
        let gone = Folder::create_private(&self.path)?.remove_folder(name.as_str());
        Ok(gone.is_err().then(|| folder.path().to_owned()))
    }
}
