//! What project files, and variables that a project could set, say and Lockgate does not heed for
//! credentials.

use std::fmt;

use lockgate_core::{CRATES_IO_INDEX, Ecosystem, Registry};

use super::names::CRATES_IO;
use super::value::{self, Entry, Table};
use super::{CargoConfig, Definition};
use crate::source::visible;

/// Why a setting is not heeded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IgnoredReason {
    /// A token or key.
    Secret,
    /// A provider that the user does not use for this registry.
    OtherProvider,
    /// A provider of the user's, but one that keeps tokens in a plain file, where the user's own
    /// first choice does not.
    WeakerStore,
    /// Providers of every registry.
    GlobalProviders,
    /// A name for a program.
    Alias,
    /// How the network is used.
    Network,
    /// Whom servers are believed by, in a variable.
    Authorities,
    /// How much is told.
    Terminal,
    /// An index for a name to which this place gives another one. cargo uses it; the name's token
    /// is not given to it.
    OtherIndex(Definition),
}

impl fmt::Display for IgnoredReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Secret => "a project's file holds no tokens",
            Self::OtherProvider => "a project can only choose among the providers that your own configuration lists for this registry",
            Self::WeakerStore => "your own configuration keeps tokens elsewhere than in a plain file first",
            Self::GlobalProviders => "a project cannot add providers",
            Self::Alias => "a project cannot name programs",
            Self::Terminal => "a project does not decide what you are told",
            Self::Authorities => "a project may set variables, and whoever adds an authority can be given your tokens; name the file in the `config.toml` of cargo's home directory",
            Self::Network => "a project does not decide how credentials travel",
            Self::OtherIndex(place) => {
                return write!(formatter, "no kept token is used for it, since {place} gives this name another index");
            }
        })
    }
}

/// A setting that is not heeded for credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IgnoredSetting {
    /// The key.
    pub key: String,
    /// Where it is.
    pub defined: Definition,
    /// Why.
    pub reason: IgnoredReason,
}

impl fmt::Display for IgnoredSetting {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, defined, reason } = self;
        write!(formatter, "`{}` in {defined} is not heeded: {reason}", visible(key))
    }
}

impl CargoConfig {
    /// Every setting of a project's file that is not heeded for credentials, by file and line, and then
    /// those of variables.
    pub fn ignored(&self) -> Vec<IgnoredSetting> {
        let mut found = Vec::new();
        for file in self.files.iter().filter(|file| !file.layer.is_trusted()) {
            let before = found.len();
            self.ignored_in(&file.values, &mut found);
            found
                .get_mut(before..)
                .unwrap_or_default()
                .sort_by_key(|setting| line(&setting.defined));
        }
        found.extend(self.authority_variables().map(|(key, defined)| IgnoredSetting {
            key,
            defined,
            reason: IgnoredReason::Authorities,
        }));
        found
    }

    fn ignored_in(&self, values: &Table, found: &mut Vec<IgnoredSetting>) {
        let mut add = |path: &[&str], entry: &Entry, reason| {
            let defined = entry.definition.clone();
            found.push(IgnoredSetting { key: path.join("."), defined, reason });
        };
        for (key, entry) in value::entries(values, &["registry"]) {
            if let Some(reason) = self.reason(None, key, entry) {
                add(&["registry", key], entry, reason);
            }
        }
        for (name, _) in value::entries(values, &["registries"]) {
            for (key, entry) in value::entries(values, &["registries", name]) {
                if let Some(reason) = self.reason(Some(name), key, entry) {
                    add(&["registries", name, key], entry, reason);
                }
            }
        }
        for (key, entry) in value::entries(values, &["credential-alias"]) {
            add(&["credential-alias", key], entry, IgnoredReason::Alias);
        }
        for table in ["http", "net"] {
            for (key, entry) in value::entries(values, &[table]) {
                add(&[table, key], entry, IgnoredReason::Network);
            }
        }
        for key in ["verbose", "quiet"] {
            if let Some(entry) = value::find(values, &["term", key]) {
                add(&["term", key], entry, IgnoredReason::Terminal);
            }
        }
    }

    /// Why a setting of a registry's table, or of `[registry]`, is not heeded.
    fn reason(&self, name: Option<&str>, key: &str, entry: &Entry) -> Option<IgnoredReason> {
        match (name, key) {
            (_, "token" | "secret-key" | "secret-key-subject") => Some(IgnoredReason::Secret),
            (None, "global-credential-providers") => Some(IgnoredReason::GlobalProviders),
            (_, "credential-provider") => self.reason_of_provider(name, entry),
            (Some(CRATES_IO), _) => None,
            (Some(name), "index") => {
                let index = self.index(name.to_owned(), entry.text()?, entry.definition.clone());
                let registry = index.parsed.as_ref().ok()?;
                let other = self.other_trusted_index(name, registry)?;
                Some(IgnoredReason::OtherIndex(other.definition))
            }
            _ => None,
        }
    }

    fn reason_of_provider(&self, name: Option<&str>, entry: &Entry) -> Option<IgnoredReason> {
        let registry = match name {
            None => Registry::new(Ecosystem::Cargo, CRATES_IO_INDEX).ok(),
            Some(name) => self.registry_of(name),
        };
        match registry.and_then(|registry| self.project_choice(&registry)) {
            Some(choice) if choice.defined == entry.definition => choice.chosen.err(),
            _ => Some(IgnoredReason::OtherProvider),
        }
    }

    fn registry_of(&self, name: &str) -> Option<Registry> {
        let (text, defined) = self.text(&self.all, &["registries", name, "index"]).ok()??;
        let registry = self.index(name.to_owned(), text, defined).parsed.ok()?;
        Some(registry.named(Some(name.to_owned())))
    }
}

fn line(definition: &Definition) -> usize {
    match definition {
        Definition::File { line, .. } => *line,
        Definition::BuiltIn | Definition::Environment(_) | Definition::CommandLine => 0,
    }
}
