//! What operations on entries of every kind have in common.

use super::connection::Asked;
use super::error::SecretServiceError as Error;
use super::service::{Created, Found, Service};

/// Entries that an error names.
const NAMED: usize = 3;

/// A search that was asked for.
struct Sought {
    found: Asked,
    locked: Asked,
}

/// Where a new entry goes.
pub(super) struct Place {
    /// The entries that are there with its attributes.
    pub(super) found: Found,
    /// The default keyring.
    pub(super) keyring: String,
    pub(super) locked: bool,
}

impl Service {
    /// The entries with these attributes, in a session in which their secrets can be read. Those that are
    /// locked still are.
    pub(super) fn find_to_read(
        &mut self,
        attributes: &[(&str, &str)],
        plain: bool,
    ) -> Result<Found, Error> {
        let opening = self.open_session(plain)?;
        let sought = self.seek(attributes);
        self.connection.send()?;
        self.opened(opening, plain)?;
        self.sought(attributes, sought)
    }

    /// The default keyring and the entries with these attributes, in a session in which a secret can be
    /// kept. What is locked still is.
    pub(super) fn find_to_save(
        &mut self,
        attributes: &[(&str, &str)],
        plain: bool,
    ) -> Result<Place, Error> {
        let opening = self.open_session(plain)?;
        let keyring = self.ask_default();
        let sought = self.seek(attributes);
        self.connection.send()?;
        self.opened(opening, plain)?;
        let found = self.found(sought.found)?;
        let keyring = self.default(keyring)?.ok_or(Error::NoDefault)?;
        let locked = self.default_locked(sought.locked)?;
        Ok(Place { found, keyring, locked })
    }

    /// The entries with these attributes, unlocked.
    pub(super) fn find_unlocked(&mut self, attributes: &[(&str, &str)]) -> Result<Found, Error> {
        let sought = self.seek(attributes);
        self.connection.send()?;
        let found = self.sought(attributes, sought)?;
        self.unlock_found(&found)?;
        Ok(found)
    }

    fn seek(&mut self, attributes: &[(&str, &str)]) -> Sought {
        Sought { found: self.search(attributes), locked: self.ask_default_locked() }
    }

    fn sought(&mut self, attributes: &[(&str, &str)], sought: Sought) -> Result<Found, Error> {
        let found = self.found(sought.found)?;
        let locked = self.default_locked(sought.locked)?;
        self.surely(attributes, found, locked)
    }

    /// What is there for sure: a service that shows nothing of a locked keyring is asked again once
    /// that is unlocked.
    fn surely(
        &mut self,
        attributes: &[(&str, &str)],
        found: Found,
        locked: bool,
    ) -> Result<Found, Error> {
        if !locked || found.all().next().is_some() || self.knows_locked_entries()? {
            return Ok(found);
        }
        let asked = self.ask_default();
        self.connection.send()?;
        let Some(keyring) = self.default(asked)? else { return Ok(found) };
        self.unlock_all(&[&keyring])?;
        let asked = self.search(attributes);
        self.connection.send()?;
        self.found(asked)
    }

    /// Unlocks those that are locked.
    pub(super) fn unlock_found(&mut self, found: &Found) -> Result<(), Error> {
        if found.locked.is_empty() {
            return Ok(());
        }
        let locked: Vec<&str> = found.locked.iter().map(String::as_str).collect();
        self.unlock_all(&locked)
    }

    /// The error of several entries for one registry, which names some of them.
    pub(super) fn ambiguous(&mut self, items: &[&String]) -> Error {
        let named = items.get(..NAMED.min(items.len())).unwrap_or_default();
        match self.describe(named) {
            Ok(named) => Error::Ambiguous { count: items.len(), items: named },
            Err(error) => error,
        }
    }

    /// What was made, if the service says which one; none if a person had to be asked before.
    pub(super) fn surely_created(&mut self, created: Created) -> Result<Option<String>, Error> {
        match created {
            Created::Item(item) => Ok(Some(item)),
            Created::Asks(prompt) => self.ask(&prompt).map(|()| None),
        }
    }

    /// Removes these entries, which `attributes` find, and says whether there was one of them.
    pub(super) fn delete_all(
        &mut self,
        attributes: &[(&str, &str)],
        items: &[&String],
    ) -> Result<bool, Error> {
        let asked: Vec<_> = items.iter().map(|item| self.delete(item)).collect();
        if asked.is_empty() {
            return Ok(false);
        }
        self.connection.send()?;
        let mut removed = false;
        for asked in asked {
            let (was_there, prompt) = self.deleted(asked)?;
            prompt.map_or(Ok(()), |prompt| self.ask(&prompt))?;
            removed |= was_there;
        }
        self.check_removed(attributes, items)?;
        Ok(removed)
    }

    /// Some services say that an entry is deleted while they still ask whether it may be.
    fn check_removed(
        &mut self,
        attributes: &[(&str, &str)],
        removed: &[&String],
    ) -> Result<(), Error> {
        let asked = self.search(attributes);
        self.connection.send()?;
        let left = self.found(asked)?;
        match left.all().any(|item| removed.contains(&item)) {
            true => Err(Error::NotRemoved),
            false => Ok(()),
        }
    }
}
