//! Which registries have entries, without their secrets.

use lockgate_core::{AdapterError, Ecosystem};

use super::SecretService;
use super::error::SecretServiceError as Error;
use super::scheme::EntryScheme;
use super::service::Service;
use crate::stores::Listed;

/// Entries that are asked about at once: more answers than the bus holds back for one that writes.
const AT_ONCE: usize = 128;

impl SecretService {
    /// The entries of an ecosystem, in their order: by the registry's name and then by the account. Two
    /// of one registry are both in it. A locked keyring is unlocked for it, by asking a person if need
    /// be; no secret is asked for.
    ///
    /// # Errors
    /// If the service does not tell.
    pub fn list(&self, ecosystem: Ecosystem) -> Result<Vec<Listed>, AdapterError> {
        let Some(scheme) = EntryScheme::of(ecosystem) else { return Ok(Vec::new()) };
        self.with(None, |service| list(service, scheme))
    }
}

fn list(service: &mut Service, scheme: &EntryScheme) -> Result<Vec<Listed>, Error> {
    let attributes: Vec<_> = scheme.all().collect();
    let found = service.find_unlocked(&attributes)?;
    let items: Vec<&String> = found.all().collect();
    let mut listed = Vec::new();
    for some in items.chunks(AT_ONCE) {
        let asked: Vec<_> = some.iter().map(|item| service.ask_attributes(item)).collect();
        service.connection.send()?;
        for asked in asked {
            let attributes = service.attributes(asked)?.unwrap_or_default();
            listed.extend(scheme.listed(&attributes));
        }
    }
    listed.sort();
    Ok(listed)
}
