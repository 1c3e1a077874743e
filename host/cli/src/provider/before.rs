//! What an installation takes the place of, and whether it gets what that kept.

use std::cmp::Ordering;

use lockgate_core::escape;
use lockgate_policy::Difference;
use lockgate_providers::{Installed, ProviderName, Store, StoreError};

use super::file::Candidate;
use super::question::{confirm, somebody_is_there};
use crate::error::CommandError;

/// What has the name.
pub(super) enum Before {
    Nothing,
    Installed(Box<Installed>),
    Damaged,
}

/// What is to be installed under a name.
pub(super) struct Newcomer<'a> {
    pub(super) name: &'a ProviderName,
    pub(super) candidate: &'a Candidate,
    pub(super) signer: Option<&'a str>,
}

impl Before {
    /// # Errors
    /// If it cannot be replaced: what a newer version wrote, or others can write.
    pub(super) fn find(store: &Store, name: &ProviderName) -> Result<Self, CommandError> {
        match store.find(name.as_str()) {
            Ok(None) => Ok(Self::Nothing),
            Ok(Some(installed)) => Ok(Self::Installed(Box::new(installed))),
            Err(error @ (StoreError::NewerRecord { .. } | StoreError::File(_))) => {
                Err(error.into())
            }
            Err(_) => Ok(Self::Damaged),
        }
    }

    /// What a person should know of it before deciding; empty if there is nothing.
    pub(super) fn text(&self, newcomer: &Newcomer<'_>) -> String {
        let installed = match self {
            Self::Nothing => return String::new(),
            Self::Damaged => return "\nIt replaces one that is damaged.\n".to_owned(),
            Self::Installed(installed) => installed,
        };
        let version = version(installed);
        let mut lines = vec![format!(
            "\nIt replaces version {} ({}), which came from {}.",
            escape(version.as_deref().unwrap_or("?")),
            installed.digest(),
            escape(installed.source())
        )];
        if self.is_newer_than(newcomer) {
            lines.push(
                "It is older than that one, and may have faults that were mended there.".into(),
            );
        }
        if let Some(known) = installed.signer()
            && newcomer.signer != Some(known)
        {
            lines.push(format!("That one was signed by {}; this one is not.", escape(known)));
        }
        lines.extend(differences(installed, newcomer));
        lines.join("\n") + "\n"
    }

    /// The lineage that the newcomer continues, and with it what was kept: of the very same component,
    /// of a newer one of the same signer, and where the person says so, by `--update` or by answering.
    pub(super) fn continued(
        &self,
        store: &Store,
        newcomer: &Newcomer<'_>,
        update: bool,
    ) -> Result<Option<String>, CommandError> {
        let kept = match self {
            Self::Nothing => return Ok(None),
            Self::Installed(installed) => Some(installed.lineage().to_owned()),
            Self::Damaged => store.lineages(newcomer.name)?.into_iter().next(),
        };
        if update || self.is_known(newcomer) {
            return Ok(kept);
        }
        let name = newcomer.name;
        if !somebody_is_there() {
            return Err(CommandError::new(format!(
                "`{name}` is installed already, and this is another component; `--update` lets it take \
                 that one's place with what that one kept, and `--as NAME` gives it another name"
            )));
        }
        let question = format!(
            "Is it an update of `{name}`? It gets what `{name}` kept then, such as tokens, which is \
             removed otherwise."
        );
        match confirm(&question)? {
            true => Ok(kept),
            false => Ok(None),
        }
    }

    fn is_known(&self, newcomer: &Newcomer<'_>) -> bool {
        let Self::Installed(installed) = self else { return false };
        let same_signer = newcomer.signer.is_some() && newcomer.signer == installed.signer();
        installed.digest() == newcomer.candidate.digest()
            || (same_signer && !self.is_newer_than(newcomer))
    }

    fn is_newer_than(&self, newcomer: &Newcomer<'_>) -> bool {
        let Self::Installed(installed) = self else { return false };
        let new = &newcomer.candidate.manifest.version;
        version(installed).is_some_and(|old| compare(&old, new) == Ordering::Greater)
    }
}

fn version(installed: &Installed) -> Option<String> {
    installed.manifest().ok().map(|manifest| manifest.version)
}

/// What it asks for beside what the earlier one was granted, and which limits of that one would not be
/// there any more.
fn differences(installed: &Installed, newcomer: &Newcomer<'_>) -> Vec<String> {
    let asks = &newcomer.candidate.manifest.asks;
    let Ok(granted) = installed.grant() else {
        return vec!["What that one was granted cannot be read.".to_owned()];
    };
    let difference = Difference::between(granted.rules(), asks);
    let new = difference
        .added
        .iter()
        .map(|line| format!("Not granted so far: {} {}", line.capability, escape(&line.subject)));
    let lost = difference.removed.iter().filter(|line| line.capability == "limits");
    let lost = lost.map(|line| format!("No longer limited: {}", escape(&line.subject)));
    new.chain(lost).collect()
}

/// Versions by their numbers; a pre-release comes before its release.
fn compare(one: &str, other: &str) -> Ordering {
    let parts = |version: &str| {
        let version = version.split('+').next().unwrap_or_default();
        let (numbers, before) = version.split_once('-').unwrap_or((version, ""));
        let mut numbers: Vec<u64> =
            numbers.split('.').map(|number| number.parse().unwrap_or_default()).collect();
        while numbers.last() == Some(&0) {
            numbers.pop();
        }
        (numbers, before.is_empty(), before.to_owned())
    };
    parts(one).cmp(&parts(other))
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use super::compare;

    #[test]
    fn versions_are_compared_by_their_numbers() {
        for (older, newer) in [
            ("1.9.0", "1.10.0"),
            ("0.9", "1"),
            ("1.0.0-rc.1", "1.0.0"),
            ("1.0.0-alpha", "1.0.0-beta"),
            ("1.0.0", "1.0.1-alpha"),
        ] {
            assert_eq!(compare(older, newer), Ordering::Less, "{older} {newer}");
            assert_eq!(compare(newer, older), Ordering::Greater, "{older} {newer}");
        }
        for (one, other) in [("1", "1.0.0"), ("1.0+a", "1.0+b"), ("1.0.0", "1.0.0")] {
            assert_eq!(compare(one, other), Ordering::Equal, "{one} {other}");
        }
    }
}
