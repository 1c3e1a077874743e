//! What every secret store has to do, whatever is behind it: one suite that each adapter passes.
//! Depends on nothing but the vocabulary, so that it runs on every system.
#![allow(clippy::expect_used, clippy::panic, clippy::missing_panics_doc, reason = "it is a test")]

mod many;
mod names;
mod suite;

use lockgate_core::SecretStore;

pub use many::{loses_nothing_to_other_processes, loses_nothing_to_others, writes_among_others};
pub use names::Names;

/// What may differ between stores.
#[derive(Clone, Copy, Debug)]
pub struct Promise {
    /// Whose registries its entries are for.
    pub names: Names,
    /// Most bytes of a secret; none if the store has no limit of its own.
    pub limit: Option<usize>,
    /// Whether it keeps an account beside the secret.
    pub accounts: Accounts,
    /// Whether a secret may be any bytes but zero, not only text.
    pub bytes: bool,
    /// Whether two names may differ in nothing but upper and lower case.
    pub case: bool,
}

/// Whether an entry has an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accounts {
    /// None, and one that is given is refused.
    None,
    /// One if it is given.
    Optional,
    /// Always.
    Required,
}

/// Opens the entry of a registry.
pub type Open<'a> = &'a (dyn Fn(&str) -> Box<dyn SecretStore> + Sync);

/// Runs the whole suite, and leaves none of its entries.
pub fn check(open: Open<'_>, promise: &Promise) {
    suite::Suite { open, promise }.check();
}
