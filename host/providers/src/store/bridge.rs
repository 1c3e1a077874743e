//! The grants of built-in bridges: which programs they may start. A bridge is known by its name, since
//! its component is another one with each release of the host.

use std::path::PathBuf;

use lockgate_policy::Grant;
use lockgate_system::Folder;

use super::grant_file::{self, MAX_GRANT};
use super::{Store, StoreError};

/// No provider can have such a name.
const FOLDER: &str = ".bridges";

impl Store {
    /// What the user granted a built-in bridge beside what every bridge has, as text and read;
    /// nothing if that was never done.
    ///
    /// # Errors
    /// If the file is damaged, or not safe from other users.
    pub fn bridge_grant(&self, bridge: &str) -> Result<(String, Grant), StoreError> {
        let nothing = || (String::new(), Grant::default());
        let Some(folder) = Folder::open_private(&self.bridges())? else { return Ok(nothing()) };
        let name = file_name(bridge);
        let path = folder.path().join(&name);
        let Some(bytes) = folder.read(&name, MAX_GRANT)? else { return Ok(nothing()) };
        grant_file::decode(&bridge, &bytes, &path).map_err(|error| match error {
            StoreError::Damaged { path, .. } => StoreError::BridgeGrant { path },
            other => other,
        })
    }

    /// Replaces what the user granted a built-in bridge, if it is still the text `before`.
    ///
    /// # Errors
    /// If it changed meanwhile, the new grant is refused, or it is not certain that it is kept.
    pub fn set_bridge_grant(
        &self,
        bridge: &str,
        before: &str,
        after: &str,
    ) -> Result<(), StoreError> {
        let bytes = grant_file::checked(&bridge, after)?;
        let _lock = self.lock()?;
        if self.bridge_grant(bridge)?.0 != before {
            return Err(StoreError::Changed { name: bridge.to_owned() });
        }
        let folder = Folder::create_private(&self.bridges())?;
        Ok(folder.replace(file_name(bridge), &bytes)?)
    }

    fn bridges(&self) -> PathBuf {
        self.path.join(FOLDER)
    }
}

/// A colon has a meaning of its own in the names of files elsewhere.
fn file_name(bridge: &str) -> String {
    format!("{}.grant.toml", bridge.replace(':', "."))
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "tests damage files")]
mod tests {
    use std::fs;

    use super::Store;
    use crate::{StoreError, find_built_in};

    const BRIDGE: &str = "lockgate:cargo-plugin";

    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("providers"));
        (folder, store)
    }

    fn programs(store: &Store, bridge: &str) -> Vec<String> {
        let grant = find_built_in(store, bridge).unwrap().unwrap().grant;
        let lines = grant.rules().lines().into_iter();
        lines.filter(|line| line.capability == "process").map(|line| line.subject).collect()
    }

    #[test]
    fn a_bridge_starts_what_it_was_granted_and_no_other_bridge_does() {
        let (_folder, store) = store();
        assert!(programs(&store, BRIDGE).is_empty());
        store.set_bridge_grant(BRIDGE, "", "process = [\"/usr/bin/op\"]\n").unwrap();
        assert_eq!(programs(&store, BRIDGE), ["/usr/bin/op with any arguments"]);
        assert!(programs(&store, "cargo:token-from-stdout").is_empty());
        assert!(store.list().unwrap().is_empty(), "the grant of a bridge is no provider");
    }

    #[test]
    fn a_grant_that_changed_meanwhile_is_not_replaced() {
        let (_folder, store) = store();
        store.set_bridge_grant(BRIDGE, "", "process = [\"/a\"]\n").unwrap();
        let late = store.set_bridge_grant(BRIDGE, "", "process = [\"/b\"]\n");
        assert!(matches!(late, Err(StoreError::Changed { .. })), "{late:?}");
        assert_eq!(programs(&store, BRIDGE), ["/a with any arguments"]);
    }

    #[test]
    fn a_grant_that_was_changed_by_hand_or_is_another_bridges_is_none() {
        let (folder, store) = store();
        store.set_bridge_grant(BRIDGE, "", "process = [\"/a\"]\n").unwrap();
        let bridges = folder.path().join("providers/.bridges");
        let file = bridges.join("lockgate.cargo-plugin.grant.toml");
        let text = fs::read_to_string(&file).unwrap();
        let other = bridges.join("cargo.token-from-stdout.grant.toml");
        fs::copy(&file, &other).unwrap();
        let refused = find_built_in(&store, "cargo:token-from-stdout").err().unwrap();
        assert!(refused.to_string().contains("damaged or was changed by hand"), "{refused}");
        fs::write(&file, text.replace("/a", "/b")).unwrap();
        let refused = find_built_in(&store, BRIDGE).err().unwrap();
        assert!(refused.to_string().contains("provider grant"), "{refused}");
        fs::write(&file, &text).unwrap();
        assert_eq!(programs(&store, BRIDGE), ["/a with any arguments"], "the twin");
    }
}
