//! What the keychain does, so that what is decided can be tried without one.

use lockgate_core::Secret;

use super::attributes::{Attribute, Attributes};
use crate::error::{Meaning, SystemError};

/// The entries for servers on the internet (`kSecClassInternetPassword`), and nothing else.
pub(crate) trait Calls {
    /// By which the system knows one entry.
    type Item;

    /// Those that have all of these attributes. What is not among them may be anything.
    fn find(&self, attributes: &Attributes) -> Result<Vec<Found<Self::Item>>, Status>;
    fn read(&self, item: &Self::Item) -> Result<Secret, Status>;
    /// Makes an entry.
    fn add(&self, attributes: &Attributes, secret: &Secret) -> Result<(), Status>;
    /// Changes these attributes and the secret at once, or nothing.
    fn change(
        &self,
        item: &Self::Item,
        attributes: &Attributes,
        secret: &Secret,
    ) -> Result<(), Status>;
    fn remove(&self, item: &Self::Item) -> Result<(), Status>;
}

/// An entry that is there.
pub(crate) struct Found<I> {
    pub(crate) item: I,
    pub(crate) attributes: Attributes,
}

impl<I> Found<I> {
    pub(super) fn account(&self) -> Option<&str> {
        self.attributes.text(Attribute::Account)
    }

    /// None before everything else.
    pub(super) fn changed(&self) -> Option<i64> {
        self.attributes.number(Attribute::Changed)
    }
}

/// Why the system did not do it.
#[derive(Debug)]
pub(crate) struct Status {
    code: i32,
    said: SystemError,
}

impl Status {
    /// A code of `SecBase.h` and the system's words for it.
    pub(crate) fn new(code: i32, said: SystemError) -> Self {
        Self { code, said }
    }

    pub(super) fn meaning(&self) -> Meaning {
        Meaning::of_keychain(self.code)
    }

    pub(super) fn said(self) -> SystemError {
        self.said
    }
}
