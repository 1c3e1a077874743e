//! Which names the configuration gives an index, and which of them an index URL stands for.

use lockgate_core::Registry;

use super::environment::share_variables;
use super::names::CRATES_IO;
use super::value::{self, Table};
use super::{CargoConfig, Definition, IndexError, urls};
use crate::source::visible;

/// Two names for one index, which cargo refuses, as it could not tell which token to use.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "multiple registries are configured with the same index url '{url}': {}; keep one of them",
    .places.join(", ")
)]
pub struct AmbiguousIndex {
    /// The URL that was asked about.
    pub url: String,
    /// The names, each with its place.
    pub places: Vec<String>,
}

/// A name and the index that one setting gives it.
pub(crate) struct Index {
    pub(crate) name: String,
    pub(crate) parsed: Result<Registry, IndexError>,
    pub(crate) definition: Definition,
}

impl Index {
    /// Whether this is the very index, and not only one that cargo takes for the same.
    pub(crate) fn is(&self, registry: &Registry) -> bool {
        self.url().is_some_and(|url| url == registry.url())
    }

    pub(crate) fn url(&self) -> Option<&str> {
        self.parsed.as_ref().ok().map(Registry::url)
    }

    /// The index for people: a URL that could not be read may hold a password.
    pub(crate) fn shown(&self) -> &str {
        self.url().unwrap_or("a URL that cannot be read")
    }
}

impl CargoConfig {
    /// Every index of the trusted variables and files.
    pub(crate) fn trusted_indexes(&self) -> Vec<Index> {
        let mut indexes = self.environment_indexes();
        indexes.extend(self.file_indexes(&self.trusted));
        indexes
    }

    pub(crate) fn environment_indexes(&self) -> Vec<Index> {
        self.environment
            .indexes()
            .map(|(name, text, definition)| self.index(name, text, definition))
            .filter(|index| !share_variables(&index.name, CRATES_IO))
            .collect()
    }

    /// The indexes of files, without the name that is always cargo's own.
    pub(crate) fn file_indexes(&self, files: &Table) -> Vec<Index> {
        value::entries(files, &["registries"])
            .filter(|(name, _)| *name != CRATES_IO)
            .filter_map(|(name, entry)| {
                let index = entry.table()?.get("index")?;
                Some(self.index(name.to_owned(), index.text()?, index.definition.clone()))
            })
            .collect()
    }

    pub(crate) fn index(&self, name: String, text: &str, definition: Definition) -> Index {
        let parsed = urls::parse(text, &definition.root(&self.working_directory));
        Index { name, parsed, definition }
    }

    /// The name that trusted configuration gives an index, found as cargo finds it: by canonical
    /// URL, from variables, and from files only if no variable says so.
    pub(crate) fn trusted_name(
        &self,
        registry: &Registry,
    ) -> Result<Option<Index>, AmbiguousIndex> {
        let Some(wanted) = urls::canonical(registry.url()) else { return Ok(None) };
        let same = |index: &Index| {
            index.url().and_then(urls::canonical).is_some_and(|canonical| canonical == wanted)
        };
        let mut found: Vec<_> = self.environment_indexes().into_iter().filter(&same).collect();
        if found.is_empty() {
            found = self.file_indexes(&self.trusted).into_iter().filter(&same).collect();
        }
        if found.len() > 1 {
            let place = |index: &Index| format!("{} ({})", visible(&index.name), index.definition);
            let places = found.iter().map(place).collect();
            return Err(AmbiguousIndex { url: registry.url().to_owned(), places });
        }
        Ok(found.pop())
    }

    /// A trusted setting that gives a name, or one with the same variables, another index.
    pub(crate) fn other_trusted_index(&self, name: &str, registry: &Registry) -> Option<Index> {
        if share_variables(name, CRATES_IO) {
            let index = lockgate_core::CRATES_IO_INDEX;
            return Some(self.index(CRATES_IO.to_owned(), index, Definition::BuiltIn));
        }
        self.trusted_indexes()
            .into_iter()
            .find(|index| share_variables(&index.name, name) && !index.is(registry))
    }
}
