//! One server of docker's goes by several keys: each client has its own, and an entry is found under
//! any of them.

use lockgate_core::{AdapterError, Ecosystem, Registry, Secret, SecretStore, StoredSecret};
use lockgate_registry::docker::aliases;

/// A registry under the key that was asked for, which comes first, and under the others that mean the
/// same server. One of cargo's has no others.
pub(crate) fn keys_of_server(registry: &Registry) -> Vec<Registry> {
    let others = match registry.ecosystem() {
        Ecosystem::Oci => aliases(registry.url()),
        _ => Vec::new(),
    };
    let others = others.into_iter().filter_map(|key| Registry::new(Ecosystem::Oci, key).ok());
    std::iter::once(registry.clone()).chain(others).collect()
}

/// What becomes of the entries under other keys when one is saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Saving {
    /// They are removed, so that no client is given the older secret.
    ReplacesAll,
    /// They stay: the file is docker's own, and docker leaves them there.
    LeavesOthers,
}

/// The entries of one server in one store: of those that are there, the nearest is the one.
pub(crate) struct Aliased<S> {
    asked: S,
    others: Vec<(String, S)>,
    saving: Saving,
    /// The one secret that may be removed, if not any.
    removable: Option<Secret>,
}

/// It is not certain that an older entry is gone.
#[derive(Debug, thiserror::Error)]
#[error("the new entry is kept, but an older one under `{key}` may still be there")]
struct OlderLeft {
    key: String,
    source: AdapterError,
}

impl<S: SecretStore> Aliased<S> {
    /// The entries of a registry, each opened by its key; none if the one that is asked for has none.
    pub(crate) fn open(
        registry: &Registry,
        saving: Saving,
        open: impl Fn(&Registry) -> Option<S>,
    ) -> Option<Self> {
        let keys = keys_of_server(registry);
        let other = |key: &Registry| Some((key.url().to_owned(), open(key)?));
        let others = keys.iter().skip(1).filter_map(other).collect();
        Some(Self { asked: open(registry)?, others, saving, removable: None })
    }

    /// Removes the entry of the very key alone, and only while it holds this secret; any if there is
    /// none.
    pub(crate) fn removing_only(mut self, secret: Option<&Secret>) -> Self {
        self.removable = secret.cloned();
        self
    }

    fn others(&self) -> impl Iterator<Item = &S> {
        self.others.iter().map(|(_, store)| store)
    }
}

impl<S: SecretStore> SecretStore for Aliased<S> {
    fn load(&self) -> Result<Option<StoredSecret>, AdapterError> {
        for store in std::iter::once(&self.asked).chain(self.others()) {
            if let Some(found) = store.load()? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    fn save(&self, identity: Option<&Secret>, secret: &Secret) -> Result<(), AdapterError> {
        self.asked.save(identity, secret)?;
        if self.saving == Saving::LeavesOthers {
            return Ok(());
        }
        for (key, store) in &self.others {
            store.remove().map_err(|source| OlderLeft { key: key.clone(), source })?;
        }
        Ok(())
    }

    /// Removes all that can be removed, whatever becomes of one of them.
    fn remove(&self) -> Result<bool, AdapterError> {
        if let Some(secret) = &self.removable {
            return self.asked.remove_only(secret);
        }
        let mut removed = self.asked.remove();
        for store in self.others() {
            removed = match (removed, store.remove()) {
                (Ok(before), Ok(now)) => Ok(before || now),
                (Err(error), _) | (_, Err(error)) => Err(error),
            };
        }
        removed
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::{Arc, Mutex, MutexGuard};

    use lockgate_core::{
        AdapterError, DOCKER_HUB, Ecosystem, Registry, Secret, SecretStore, StoredSecret,
    };

    use super::{Aliased, Saving, keys_of_server};

    /// Entries by key, the keys that were looked for, and one whose entry cannot be touched.
    #[derive(Clone, Default)]
    struct Shelf {
        entries: Arc<Mutex<BTreeMap<String, String>>>,
        looked: Arc<Mutex<Vec<String>>>,
        broken: Option<&'static str>,
    }

    struct Entry {
        shelf: Shelf,
        key: String,
    }

    impl Shelf {
        fn with(entries: &[(&str, &str)]) -> Self {
            let shelf = Self::default();
            for (key, secret) in entries {
                shelf.entries.lock().unwrap().insert((*key).to_owned(), (*secret).to_owned());
            }
            shelf
        }

        fn open(&self, server: &str, saving: Saving) -> Aliased<Entry> {
            let registry = Registry::new(Ecosystem::Oci, server).unwrap();
            let open = |key: &Registry| Entry { shelf: self.clone(), key: key.url().to_owned() };
            Aliased::open(&registry, saving, |key| Some(open(key))).unwrap()
        }

        fn load(&self, server: &str) -> Option<String> {
            let found = self.open(server, Saving::ReplacesAll).load().unwrap()?;
            Some(found.secret.expose_text().unwrap().to_owned())
        }

        fn left(&self) -> Vec<String> {
            self.entries.lock().unwrap().keys().cloned().collect()
        }
    }

    impl Entry {
        fn entries(&self) -> Result<MutexGuard<'_, BTreeMap<String, String>>, AdapterError> {
            match self.shelf.broken == Some(self.key.as_str()) {
                true => Err("it cannot be touched".into()),
                false => Ok(self.shelf.entries.lock().unwrap()),
            }
        }
    }

    impl SecretStore for Entry {
        fn load(&self) -> Result<Option<StoredSecret>, AdapterError> {
            self.shelf.looked.lock().unwrap().push(self.key.clone());
            let found = self.entries()?.get(&self.key).cloned();
            Ok(found.map(|secret| StoredSecret { identity: None, secret: secret.into() }))
        }

        fn save(&self, _: Option<&Secret>, secret: &Secret) -> Result<(), AdapterError> {
            let secret = secret.expose_text().unwrap().to_owned();
            self.entries()?.insert(self.key.clone(), secret);
            Ok(())
        }

        fn remove(&self) -> Result<bool, AdapterError> {
            Ok(self.entries()?.remove(&self.key).is_some())
        }
    }

    #[test]
    fn an_entry_of_the_very_key_is_found_without_looking_for_another() {
        let shelf = Shelf::with(&[("ghcr.io", "exact"), ("https://ghcr.io", "other")]);
        assert_eq!(shelf.load("ghcr.io").as_deref(), Some("exact"));
        assert_eq!(*shelf.looked.lock().unwrap(), ["ghcr.io"]);
    }

    #[test]
    fn a_server_is_found_by_each_of_its_names_and_by_no_others() {
        let shelf = Shelf::with(&[("docker.io", "hub"), ("a.example:5000", "a")]);
        for server in [DOCKER_HUB, "index.docker.io", "registry-1.docker.io", "https://docker.io"] {
            assert_eq!(shelf.load(server).as_deref(), Some("hub"), "{server}");
        }
        assert_eq!(shelf.load("https://a.example:5000/").as_deref(), Some("a"));
        for server in [
            "a.example",
            "a.example:443",
            "a.example:5001",
            "http://a.example:5000",
            "b.a.example:5000",
            "https://index.docker.io/v1/access-token",
            "hub.docker.io",
        ] {
            assert_eq!(shelf.load(server), None, "{server}");
        }
        let cargo = Registry::new(Ecosystem::Cargo, "https://docker.io").unwrap();
        assert_eq!(keys_of_server(&cargo), [cargo]);
    }

    #[test]
    fn a_new_entry_takes_the_place_of_older_ones_under_other_names() {
        let entries = [("https://a.example", "old"), ("http://a.example", "plain"), ("a", "b")];
        let shelf = Shelf::with(&entries);
        shelf.open("a.example", Saving::ReplacesAll).save(None, &"new".into()).unwrap();
        assert_eq!(shelf.left(), ["a", "a.example", "http://a.example"]);
        let shelf = Shelf::with(&entries);
        shelf.open("a.example", Saving::LeavesOthers).save(None, &"new".into()).unwrap();
        assert_eq!(shelf.left().len(), 4);
    }

    #[test]
    fn of_a_server_only_the_very_entry_with_this_secret_is_removed() {
        let entries = [("a.example", "mine"), ("https://a.example", "mine")];
        let shelf = Shelf::with(&entries);
        let only = |secret: &str| {
            let all = shelf.open("a.example", Saving::ReplacesAll);
            all.removing_only(Some(&secret.into())).remove()
        };
        let error = only("older").unwrap_err().to_string();
        assert!(error.contains("another credential was kept there"), "{error}");
        assert_eq!(shelf.left().len(), 2);
        assert!(only("mine").unwrap());
        assert_eq!(shelf.left(), ["https://a.example"]);
        assert!(!only("mine").unwrap());
        // The twin: without it every entry of the server goes.
        let shelf = Shelf::with(&entries);
        assert!(shelf.open("a.example", Saving::ReplacesAll).remove().unwrap());
        assert_eq!(shelf.left(), [""; 0]);
    }

    #[test]
    fn all_that_can_be_removed_is_and_a_failure_is_told() {
        let mut shelf = Shelf::with(&[("a.example", "1"), ("https://a.example", "2")]);
        assert!(shelf.open("a.example/", Saving::ReplacesAll).remove().unwrap());
        assert!(!shelf.open("a.example", Saving::ReplacesAll).remove().unwrap());
        shelf.broken = Some("a.example");
        shelf.entries.lock().unwrap().insert("https://a.example".into(), "3".into());
        let error = shelf.open("a.example", Saving::ReplacesAll).remove().unwrap_err();
        assert_eq!(error.to_string(), "it cannot be touched");
        assert_eq!(shelf.left(), [""; 0]);
        let error = shelf.open("https://a.example", Saving::ReplacesAll).save(None, &"4".into());
        let said = error.unwrap_err().to_string();
        assert!(said.contains("older one under `a.example`"), "{said}");
        assert!(shelf.open("a.example", Saving::ReplacesAll).load().is_err(), "never not found");
    }
}
