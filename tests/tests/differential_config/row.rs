//! One scenario.

use lockgate_tests::registry::{Access, Fault};
use lockgate_tests::rules::Said;

/// One scenario, and what it is about.
#[derive(Clone, Copy)]
pub(crate) struct Row {
    /// What it shows.
    pub(crate) rule: &'static str,
    /// Below the folder of the test, with their texts.
    pub(crate) files: &'static [(&'static str, &'static str)],
    /// Links below the folder of the test, with what they point to.
    pub(crate) links: &'static [(&'static str, &'static str)],
    /// `\xff` in a value is that byte.
    pub(crate) variables: &'static [(&'static str, &'static str)],
    pub(crate) asks: Asks,
    /// Behind `cargo`.
    pub(crate) words: &'static [&'static str],
    pub(crate) input: &'static str,
    /// Further commands in the same home, with their input.
    pub(crate) then: &'static [(&'static [&'static str], &'static str)],
    /// Who may read the registry at `[SERVER]`.
    pub(crate) access: Access,
    pub(crate) faults: &'static [Fault],
    /// Everybody is asked to tell more, if the row is not about that.
    pub(crate) options: &'static [&'static str],
    /// Something that cargo asks or says, which shows that the row is about its rule.
    pub(crate) shows: &'static str,
    pub(crate) said: Said,
}

/// Which two are compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asks {
    /// cargo's command and ours.
    Command,
    /// The token that cargo sends to the registry `a`, and the one that `lockgate cargo token` shows.
    Token,
    /// cargo with its own provider, and the same cargo with Lockgate in its place: `[TOKEN]` is
    /// `cargo:token` in either, and `[PLUGIN]` a native program.
    Provider,
}
