//! `stores`: places where secrets are kept.

use super::Speaker;
use crate::ceiling::{CapList, Caps};
use crate::error::{PolicyError, Problem};
use crate::meet::Rule;
use crate::reader::Node;

/// The stores that there are.
const STORES: &[&str] =
    &["os", "cargo-credentials", "docker-config", "kernel-keyring", "file", "encrypted-file"];

/// A store, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoreRule(pub(crate) String);

/// Checks a store's name.
pub(crate) fn check(name: &str) -> Result<(), Problem> {
    match STORES.contains(&name) {
        true => Ok(()),
        false => Err(Problem::value(
            name,
            "is no store; there are os, cargo-credentials, docker-config, kernel-keyring, file and \
             encrypted-file",
        )),
    }
}

impl Rule for StoreRule {
    const KEY: &'static str = "stores";

    fn read(node: &Node<'_>, _: Speaker) -> Result<Self, PolicyError> {
        let name = node.text()?;
        check(name).map_err(|problem| node.error(problem))?;
        Ok(Self(name.to_owned()))
    }

    fn meet(&self, other: &Self) -> Option<Self> {
        (self == other).then(|| self.clone())
    }

    fn subject(&self) -> String {
        self.0.clone()
    }

    fn capped(caps: &Caps) -> Option<&CapList<Self>> {
        caps.stores.as_ref()
    }
}
