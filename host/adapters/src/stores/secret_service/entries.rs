//! What operations on entries of every kind have in common.

use super::error::SecretServiceError as Error;
use super::service::{Created, Found, Service};

/// Entries that an error names.
const NAMED: usize = 3;

impl Service {
    /// What is there for sure: a service that shows nothing of a locked keyring is asked again once
    /// that is unlocked.
    pub(super) fn surely(
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
