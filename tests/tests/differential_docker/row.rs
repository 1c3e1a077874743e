//! One scenario.

use lockgate_tests::docker_registry::{Manner, Wants};
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
    /// Modes of what is below the folder of the test.
    pub(crate) modes: &'static [(&'static str, u32)],
    pub(crate) variables: &'static [(&'static str, &'static str)],
    pub(crate) registry: At,
    /// Whether docker has a daemon, which checks what is stored.
    pub(crate) daemon: bool,
    /// Behind `docker`.
    pub(crate) words: &'static [&'static str],
    pub(crate) input: &'static str,
    /// At a terminal: what is waited for, and which keys are pressed then. None: there is no terminal.
    pub(crate) keys: &'static [(&'static str, &'static str)],
    /// Further commands in the same home, without input.
    pub(crate) then: &'static [&'static [&'static str]],
    /// Something that docker says or does, which shows that the row is about its rule.
    pub(crate) shows: &'static str,
    pub(crate) said: Said,
}

/// What `[SERVER]` is.
#[derive(Clone, Copy)]
pub(crate) enum At {
    /// One that does as it is told.
    Fake(Manner),
    /// The real one.
    Real(Wants),
}
