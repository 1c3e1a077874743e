//! A git index: out of cargo's own copy, or fetched into a folder that does not stay.

use std::path::Path;
use std::time::Duration;

use lockgate_core::AdapterError;
use lockgate_index::{Reach, RegistryConfig};
use lockgate_system::{Folder, Lock};
use tempfile::TempDir;
use url::Url;

use super::said::Said;
use super::{Asked, fetch, parsed};
use crate::failed::{Failed, chain_of};

/// How the folders of fetches begin.
const PREFIX: &str = "fetched-";
/// The lock in each of them, and that of the folder around them.
const LOCK: &str = "lock";

impl Asked<'_> {
    /// What cargo fetched last; nothing if it never did, or there is no git to read it with.
    pub(super) fn read_clone(&self, repository: &Path) -> Result<Option<RegistryConfig>, Failed> {
        if !repository.is_dir() {
            return Ok(None);
        }
        let said = self.by_git(|git| {
            let file = git.read_clone(repository).map_err(|error| chain_of(&error))?;
            file.map_or(Ok(Said::Nothing), |file| {
                Ok(Said::Config { json: fetch::text(file.expose().to_vec())? })
            })
        })?;
        match said {
            Said::Config { json } => parsed(json.as_bytes()).map(Some),
            _ => Ok(None),
        }
    }

    /// Fetches the index. Nothing of it stays.
    pub(super) fn cloned(&self, url: &Url) -> Result<Said, Failed> {
        let failed = |error: &(dyn std::error::Error + 'static)| {
            let mut failed = chain_of(error);
            failed.0.insert(0, "a folder for the index cannot be made".to_owned());
            failed
        };
        let parent = self.broker.context().machine.folders.state.join("index");
        let folder = FetchFolder::new(&parent).map_err(|error| failed(&*error))?;
        let name = self.question.registry.display_name();
        let not_fetched = |error: &(dyn std::error::Error + 'static)| {
            let mut failed = chain_of(error);
            let above =
                [format!("failed to update registry `{name}`"), format!("failed to fetch `{url}`")];
            failed.0.splice(0..0, above);
            failed
        };
        self.by_git(|git| {
            let reached = git.rewritten(url).map_err(|error| not_fetched(&error))?;
            let reach =
                reached.as_ref().map(|reached| self.reach_rewritten(reached)).transpose()?;
            let reached = reached.as_ref().zip(reach.as_ref());
            let file = git.fetch(url, reached, folder.path());
            let file = file.map_err(|error| not_fetched(&error))?;
            file.map_or(Ok(Said::Nothing), |file| {
                Ok(Said::Config { json: fetch::text(file.expose().to_vec())? })
            })
        })
    }

    /// How a server is reached that the user's own configuration of git may have put in the place of the
    /// index's own: the administrator has a say about it too.
    fn reach_rewritten(&self, reached: &Url) -> Result<Reach, Failed> {
        if reached != self.location.url() {
            let registry = self.question.registry;
            let allowed = self.broker.context().machine.ceiling.allows_address(reached, registry);
            let decided = self.address_decided(reached, allowed.map_err(Into::into));
            decided.map_err(|error| chain_of(&*error))?;
        }
        self.reach(reached)
    }
}

/// A folder for one fetch, locked as long as a process of it lives, and gone afterwards.
struct FetchFolder {
    folder: TempDir,
    _lock: Lock,
}

impl FetchFolder {
    /// Makes it, and removes those of fetches that did not come to their end.
    fn new(parent: &Path) -> Result<Self, AdapterError> {
        let parent = Folder::create_private(parent)?;
        // Nobody takes one that is made and not locked yet for one of a process that died.
        let _meanwhile = parent.lock(LOCK)?;
        remove_left(&parent);
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent.path())?;
        let lock = Folder::create_private(folder.path())?.lock(LOCK)?;
        Ok(Self { folder, _lock: lock })
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// What stays because of an error is there for the next fetch.
fn remove_left(parent: &Folder) {
    for name in parent.names().unwrap_or_default() {
        let path = parent.path().join(&name);
        let is_left = || {
            let folder = Folder::open_private(&path).ok().flatten()?;
            folder.lock_within(LOCK, Duration::ZERO).ok()
        };
        if name.starts_with(PREFIX) && is_left().is_some() {
            let _ = parent.remove_tree(&name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::FetchFolder;

    #[test]
    fn a_folder_stays_as_long_as_its_process_and_no_longer() {
        let state = tempfile::tempdir().unwrap();
        let parent = state.path().join("index");
        let mut one = FetchFolder::new(&parent).unwrap();
        let two = FetchFolder::new(&parent).unwrap();
        assert!(one.path().exists() && two.path().exists());
        // As after a kill: nobody removes it, and nobody holds its lock.
        one.folder.disable_cleanup(true);
        let left = one.path().to_owned();
        drop(one);
        assert!(left.join("lock").exists());
        let three = FetchFolder::new(&parent).unwrap();
        assert!(!left.exists() && two.path().exists() && three.path().exists());
    }
}
