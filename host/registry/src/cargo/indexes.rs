//! Which names the configuration gives an index, and which of them an index URL stands for.

use std::borrow::Cow;

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

    /// Whether cargo takes it for the index with this canonical form.
    fn is_same(&self, canonical: &str) -> bool {
        self.url().and_then(urls::canonical).is_some_and(|own| own == canonical)
    }

    pub(crate) fn url(&self) -> Option<&str> {
        self.parsed.as_ref().ok().map(Registry::url)
    }

    /// The index for people: a URL that could not be read may hold a password.
    pub(crate) fn shown(&self) -> &str {
        self.url().unwrap_or("a URL that cannot be read")
    }
}

/// An index as it is written.
struct Written<'a> {
    name: Cow<'a, str>,
    text: &'a str,
    definition: Cow<'a, Definition>,
}

impl CargoConfig {
    /// The indexes of variables, and then those of the files, that `wanted` says yes to by their
    /// name and text. Only those are parsed: there may be many others.
    fn indexes(
        &self,
        files: Option<&Table>,
        with_variables: bool,
        wanted: impl Fn(&str, &str) -> bool,
    ) -> Vec<Index> {
        let variables = self.environment.indexes().filter(|_| with_variables);
        let variables = variables
            .map(|(name, text, definition)| Written {
                name: Cow::Owned(name),
                text,
                definition: Cow::Owned(definition),
            })
            .filter(|index| !share_variables(&index.name, CRATES_IO));
        let files = files.into_iter().flat_map(written).filter(|index| index.name != CRATES_IO);
        variables
            .chain(files)
            .filter(|index| wanted(&index.name, index.text))
            .map(|index| {
                self.index(index.name.into_owned(), index.text, index.definition.into_owned())
            })
            .collect()
    }

    /// The indexes of variables.
    pub(crate) fn environment_indexes(&self) -> Vec<Index> {
        self.indexes(None, true, |_, _| true)
    }

    /// The indexes of files, without the name that is always cargo's own.
    pub(crate) fn file_indexes(&self, files: &Table) -> Vec<Index> {
        self.indexes(Some(files), false, |_, _| true)
    }

    /// The indexes of files that cargo takes for that of `registry`.
    pub(crate) fn same_indexes(&self, files: &Table, registry: &Registry) -> Vec<Index> {
        let Some(wanted) = urls::canonical(registry.url()) else { return Vec::new() };
        self.indexes(Some(files), false, |_, text| may_be(text, &wanted))
            .into_iter()
            .filter(|index| index.is_same(&wanted))
            .collect()
    }

    /// The index that trusted files give exactly this name.
    pub(crate) fn trusted_index(&self, name: &str) -> Option<Index> {
        self.indexes(Some(&self.trusted), false, |known, _| known == name).pop()
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
        let mut found = self.environment_indexes();
        found.retain(|index| index.is_same(&wanted));
        if found.is_empty() {
            found = self.same_indexes(&self.trusted, registry);
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
        self.indexes(Some(&self.trusted), true, |known, _| share_variables(known, name))
            .into_iter()
            .find(|index| !index.is(registry))
    }
}

fn written(files: &Table) -> impl Iterator<Item = Written<'_>> {
    value::entries(files, &["registries"]).filter_map(|(name, entry)| {
        let index = entry.table()?.get("index")?;
        let definition = Cow::Borrowed(&index.definition);
        Some(Written { name: Cow::Borrowed(name), text: index.text()?, definition })
    })
}

/// Whether the index at `text` may be the one with this canonical form. A relative one has a form
/// only once its root is known.
fn may_be(text: &str, canonical: &str) -> bool {
    urls::canonical(text).is_some_and(|other| other == canonical)
        || text.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("file:"))
}
