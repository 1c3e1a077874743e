//! Which registry a command means.

use lockgate_core::{CRATES_IO_INDEX, Ecosystem, Registry, RegistryError};

use super::environment::share_variables;
use super::names::{self, CRATES_IO};
use super::{CargoConfig, Definition, IndexError, NameError, value};
use crate::source::visible;

/// Why no registry could be selected; mostly in cargo's words.
#[derive(Debug, thiserror::Error)]
pub enum SelectError {
    /// Not a name.
    #[error(transparent)]
    Name(#[from] NameError),
    /// A name without an index.
    #[error("registry index was not found in any configuration: `{name}`{}", .miscased.as_ref().map_or_else(
        String::new,
        |variable| format!("; the variable `{variable}` has no effect, as its name is not in upper case"),
    ))]
    NotFound {
        /// The name.
        name: String,
        /// A variable that was probably meant to give it one.
        miscased: Option<String>,
    },
    /// An index that is not the URL of one.
    #[error("invalid index URL for registry `{name}` defined in {defined}")]
    InvalidIndex {
        /// The registry.
        name: String,
        /// Where the index is.
        defined: Definition,
        /// What is wrong with it.
        source: IndexError,
    },
    /// The old way to replace crates.io.
    #[error(
        "the `registry.index` config value is no longer supported; remove it from {0}, and use `[source]` replacement to alter the default index for crates.io"
    )]
    RegistryIndex(Definition),
    /// crates.io is replaced, so a command without a name would be ambiguous.
    #[error(
        "crates-io is replaced with {} in {defined};\ninclude {}`--registry crates-io` to use crates.io",
        if *.is_registry { format!("remote registry {by}") } else { format!("non-remote-registry source {by}") },
        if *.is_registry { format!("`--registry {by}` or ") } else { String::new() },
    )]
    Replaced {
        /// The replacement's name.
        by: String,
        /// Whether it is a registry that can be named.
        is_registry: bool,
        /// Where it is replaced.
        defined: Definition,
    },
    /// A file includes others, which may say something else.
    #[error(
        "`include` in {0} is not supported yet, and the included files could change which registry is meant; name the registry's index in a `CARGO_REGISTRIES_<NAME>_INDEX` variable, or in that file"
    )]
    Include(Definition),
    /// Never for crates.io's own URL.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

/// A registry that the configuration names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistryEntry {
    /// The name; in lower case with underscores if only a variable names it.
    pub name: String,
    /// The index URL that providers are handed, or what is wrong with it.
    pub url: Result<String, String>,
    /// Where the index is.
    pub defined: Definition,
    /// Whether that place is trusted.
    pub trusted: bool,
}

impl CargoConfig {
    /// The registry of `--registry NAME`, else of `registry.default`, else crates.io, with the URL
    /// that cargo hands to providers. A project's file may say which one it is, as in cargo.
    ///
    /// # Errors
    /// What is wrong with the name or its index.
    pub fn select(&self, name: Option<&str>) -> Result<Registry, SelectError> {
        let default = match name {
            Some(_) => None,
            None => self.default_registry()?,
        };
        let chosen = name.or(default);
        if let Some(name) = chosen {
            names::check(name)?;
        }
        if let Some((_, place)) = self.text(&self.all, &["registry", "index"]) {
            return Err(SelectError::RegistryIndex(place));
        }
        match chosen {
            Some(name) if name != CRATES_IO => self.named(name),
            Some(_) => crates_io(),
            None => {
                self.refuse_replacement()?;
                crates_io()
            }
        }
    }

    /// Every registry that the configuration names, crates.io first.
    pub fn registries(&self) -> Vec<RegistryEntry> {
        let mut indexes = self.file_indexes(&self.all);
        indexes
            .retain(|index| self.environment.get(&["registries", &index.name, "index"]).is_none());
        for mut index in self.environment_indexes() {
            let written = value::entries(&self.all, &["registries"])
                .find(|(name, _)| share_variables(name, &index.name));
            if let Some((name, _)) = written {
                index.name = name.to_owned();
            }
            indexes.push(index);
        }
        indexes.sort_by(|one, other| one.name.cmp(&other.name));
        let crates_io = RegistryEntry {
            name: CRATES_IO.to_owned(),
            url: Ok(CRATES_IO_INDEX.to_owned()),
            defined: Definition::BuiltIn,
            trusted: true,
        };
        let named = indexes.into_iter().map(|index| RegistryEntry {
            name: index.name,
            url: index
                .parsed
                .map(|registry| registry.url().to_owned())
                .map_err(|error| error.to_string()),
            trusted: index.definition.is_trusted(),
            defined: index.definition,
        });
        std::iter::once(crates_io).chain(named).collect()
    }

    fn default_registry(&self) -> Result<Option<&str>, SelectError> {
        let default = self.text(&self.all, &["registry", "default"]);
        let place = default.as_ref().map(|(_, place)| place);
        if let Some(include) = self.include_above(place, false) {
            return Err(SelectError::Include(include));
        }
        Ok(default.map(|(name, _)| name))
    }

    fn named(&self, name: &str) -> Result<Registry, SelectError> {
        let key = ["registries", name, "index"];
        let found = self.text(&self.all, &key);
        if let Some(include) = self.include_above(found.as_ref().map(|(_, place)| place), false) {
            return Err(SelectError::Include(include));
        }
        let Some((text, defined)) = found else {
            let miscased = self.environment.miscased(&key).map(visible);
            return Err(SelectError::NotFound { name: name.to_owned(), miscased });
        };
        let index = self.index(name.to_owned(), text, defined);
        match index.parsed {
            Ok(registry) if registry.is_crates_io() => crates_io(),
            Ok(registry) => Ok(registry.named(Some(name.to_owned()))),
            Err(source) => Err(SelectError::InvalidIndex {
                name: name.to_owned(),
                defined: index.definition,
                source,
            }),
        }
    }

    fn refuse_replacement(&self) -> Result<(), SelectError> {
        let key = ["source", CRATES_IO, "replace-with"];
        if value::find(&self.all, &["source", CRATES_IO]).is_none() {
            return Ok(());
        }
        match self.text(&self.all, &key) {
            Some((by, defined)) => Err(SelectError::Replaced {
                is_registry: self.text(&self.all, &["registries", by, "index"]).is_some(),
                by: visible(by),
                defined,
            }),
            None => Ok(()),
        }
    }
}

fn crates_io() -> Result<Registry, SelectError> {
    let registry = Registry::new(Ecosystem::Cargo, CRATES_IO_INDEX)?;
    Ok(registry.named(Some(CRATES_IO.to_owned())))
}
