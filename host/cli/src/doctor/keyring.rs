//! The kernel's keyring: a store, and where answers with a lifetime are kept.

use lockgate_adapters::KernelKeyring;

use super::finding::said;
use super::{Finding, Section};

const SUBJECT: &str = "kernel-keyring";

/// Whether the kernel keeps keys for this user. Everything else works without.
pub(super) fn keyring() -> Section {
    let found = match KernelKeyring::check() {
        Ok(()) => {
            Finding::good(SUBJECT, "credentials with a lifetime are kept in it until they end")
        }
        Err(error) => Finding::note(
            SUBJECT,
            format!("no credential is kept from one command to the next\n{}", said(&error)),
        ),
    };
    Section { name: "cache", findings: vec![found] }
}
