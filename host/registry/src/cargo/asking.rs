//! How an index is asked, as far as a login does that.

use lockgate_core::Registry;

use super::names::CRATES_IO;
use super::value::{self, Value};
use super::{CargoConfig, urls};

/// The form in which cargo compares indexes, and by which it names their folders; `None` for what is
/// not the URL of an index.
pub fn canonical_index(url: &str) -> Option<String> {
    urls::canonical(url)
}

/// What cargo does with nothing configured.
const USUAL_RETRIES: u32 = 3;
/// More takes a quarter of an hour, and nobody waits for that.
const MOST_RETRIES: u32 = 100;

impl CargoConfig {
    /// Whether crates.io is read as a git repository. Anything else than the two protocols that cargo
    /// knows is an error of [`CargoConfig::select`].
    pub fn crates_io_by_git(&self) -> bool {
        let protocol = self.text(&self.all, &["registries", CRATES_IO, "protocol"]);
        matches!(protocol, Ok(Some(("git", _))))
    }

    /// Whether the user's own configuration names this very index, or it is crates.io's. What only a
    /// project names may be anything.
    pub fn is_users_index(&self, registry: &Registry) -> bool {
        let own = || {
            self.environment_indexes().into_iter().chain(self.same_indexes(&self.trusted, registry))
        };
        registry.is_crates_io() || own().any(|index| index.is(registry))
    }

    /// How often cargo tries again what may be over by itself.
    pub fn index_retries(&self) -> u32 {
        const KEY: [&str; 2] = ["net", "retry"];
        let entry = value::find(&self.trusted, &KEY);
        let outranks = entry.is_some_and(|entry| entry.definition.outranks_variables());
        let variable = self.environment.get(&KEY).filter(|_| !outranks);
        let given = match (variable, entry.map(|entry| &entry.value)) {
            (Some((text, _)), _) => text.parse().ok(),
            (None, Some(Value::Integer(number))) => u32::try_from(*number).ok(),
            (None, _) => None,
        };
        given.unwrap_or(USUAL_RETRIES).min(MOST_RETRIES)
    }
}
