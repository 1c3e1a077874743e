//! The keychain of macOS. What is decided about docker's entries is tried on every system; what asks
//! the system is beside it, and as little as can be.

#[cfg(target_os = "macos")]
mod cargo;
mod docker;
#[cfg(target_os = "macos")]
mod system;

#[cfg(target_os = "macos")]
use lockgate_core::{AdapterError, Secret, SecretStore, StoredSecret};

#[cfg(target_os = "macos")]
use self::docker::DockerEntry;
#[cfg(target_os = "macos")]
use self::system::System;
#[cfg(target_os = "macos")]
use crate::Entry;
#[cfg(target_os = "macos")]
use crate::entry::Kind;

/// The store's name for people.
const STORE: &str = "macOS keychain";

/// An entry that is kept, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    /// The server, as docker's helper lists it: with `https://` or `http://` before it.
    pub server: String,
    /// The account, if the entry has one.
    pub identity: Option<String>,
}

/// One entry of the user's keychain: one of cargo's, which has no account, or one of docker's, which has
/// one.
#[cfg(target_os = "macos")]
#[derive(Debug)]
pub struct Keychain(Entry);

#[cfg(target_os = "macos")]
impl Keychain {
    /// Nothing is read yet.
    #[must_use]
    pub fn new(entry: Entry) -> Self {
        Self(entry)
    }

    /// docker's entries, in their order: by the server and then by the account. Two of one server are
    /// both in it. No secret is asked for.
    ///
    /// # Errors
    /// If the keychain does not tell.
    pub fn docker_entries() -> Result<Vec<Listed>, AdapterError> {
        Ok(docker::list(&System)?)
    }

    fn of_docker(&self) -> DockerEntry<System> {
        DockerEntry::new(self.0.clone(), System)
    }
}

#[cfg(target_os = "macos")]
impl SecretStore for Keychain {
    fn load(&self) -> Result<Option<StoredSecret>, AdapterError> {
        match self.0.kind {
            Kind::Cargo => cargo::load(&self.0.name),
            Kind::Docker => self.of_docker().load(),
        }
    }

    fn save(&self, identity: Option<&Secret>, secret: &Secret) -> Result<(), AdapterError> {
        match self.0.kind {
            Kind::Cargo => {
                let _no_account = self.0.account(identity)?;
                cargo::save(&self.0.name, secret)
            }
            Kind::Docker => self.of_docker().save(identity, secret),
        }
    }

    fn remove(&self) -> Result<bool, AdapterError> {
        match self.0.kind {
            Kind::Cargo => cargo::remove(&self.0.name),
            Kind::Docker => self.of_docker().remove(),
        }
    }
}
