//! Which names the configuration gives an index, and which of them an index URL stands for.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use lockgate_core::Registry;

use super::environment::share_variables;
use super::names::CRATES_IO;
use super::value::{self, Table};
use super::{CargoConfig, Definition, IndexError, IsDefined, ProviderError, schema, urls};
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
        let given = self.names_by_index().that_may_be(&wanted).into_iter().filter_map(|name| {
            let entry = value::find(files, &["registries", name, "index"])?;
            Some(self.index(name.to_owned(), entry.text()?, entry.definition.clone()))
        });
        given.filter(|index| index.is_same(&wanted)).collect()
    }

    /// Checks every index of the files, as cargo does when it looks there for the name of this one: not
    /// if a variable gives it a name.
    pub(crate) fn check_indexes(&self, registry: &Registry) -> Result<(), ProviderError> {
        let wanted = urls::canonical(registry.url());
        let is_wanted = |index: &Index| wanted.as_ref().is_some_and(|wanted| index.is_same(wanted));
        if self.environment_indexes().iter().any(is_wanted) {
            return Ok(());
        }
        let names = self.names_by_index();
        if !names.well_typed {
            schema::check_indexes(&self.all)?;
        }
        let broken = names.broken.as_deref();
        let broken = broken.and_then(|name| value::find(&self.all, &["registries", name, "index"]));
        let Some(entry) = broken else { return Ok(()) };
        let root = entry.definition.root(&self.working_directory);
        let parsed = urls::parse(entry.text().unwrap_or_default(), &root);
        let defined = IsDefined(entry.definition.clone());
        parsed.map(drop).map_err(|reason| ProviderError::Index { reason, defined })
    }

    fn names_by_index(&self) -> &NamesByIndex {
        self.names.get_or_init(|| NamesByIndex::of(&self.all, &self.trusted))
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

/// The names that files give an index, so that each index is parsed once and not for each registry
/// that is looked for.
pub(crate) struct NamesByIndex {
    by_canonical: HashMap<String, Vec<String>>,
    /// Of those that may be relative, and have a canonical form only once their root is known.
    relative: BTreeSet<String>,
    /// The first of all files that has no canonical form.
    broken: Option<String>,
    /// Whether every index of all files is a text: looked at once and not for each registry.
    well_typed: bool,
}

impl NamesByIndex {
    fn of(all: &Table, trusted: &Table) -> Self {
        let mut names = Self {
            by_canonical: HashMap::with_capacity(written(all).count()),
            relative: BTreeSet::new(),
            broken: None,
            well_typed: schema::check_indexes(all).is_ok(),
        };
        for index in written(all) {
            names.add(index, true);
        }
        // Mostly the two say the same.
        let is_of_all = |index: &Written<'_>| index_text(all, &index.name) == Some(index.text);
        let other = written(trusted).filter(|_| !are_one(all, trusted));
        for index in other.filter(|index| !is_of_all(index)) {
            names.add(index, false);
        }
        names
    }

    fn add(&mut self, index: Written<'_>, is_of_all: bool) {
        if index.name == CRATES_IO {
            return;
        }
        let name = index.name.into_owned();
        if is_file(index.text) {
            self.relative.insert(name);
        } else if let Some(canonical) = urls::canonical(index.text) {
            // As much memory as it needs: most have one name.
            self.by_canonical.entry(canonical).or_insert_with(|| Vec::with_capacity(1)).push(name);
        } else if is_of_all {
            self.broken.get_or_insert(name);
        }
    }

    /// The names whose index may have this canonical form, in their order.
    fn that_may_be(&self, canonical: &str) -> BTreeSet<&str> {
        let known = self.by_canonical.get(canonical).into_iter().flatten();
        known.chain(&self.relative).map(String::as_str).collect()
    }
}

fn written(files: &Table) -> impl Iterator<Item = Written<'_>> {
    value::entries(files, &["registries"]).filter_map(|(name, entry)| {
        let index = entry.table()?.get("index")?;
        let definition = Cow::Borrowed(&index.definition);
        Some(Written { name: Cow::Borrowed(name), text: index.text()?, definition })
    })
}

/// Whether all files and the trusted ones have one table of registries between them.
fn are_one(all: &Table, trusted: &Table) -> bool {
    match (all.get("registries"), trusted.get("registries")) {
        (Some(one), Some(other)) => one.shares_table(other),
        _ => false,
    }
}

fn index_text<'a>(files: &'a Table, name: &str) -> Option<&'a str> {
    value::find(files, &["registries", name, "index"])?.text()
}

fn is_file(text: &str) -> bool {
    text.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("file:"))
}
