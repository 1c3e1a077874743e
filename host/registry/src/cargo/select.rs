//! Which registry a command means.

use lockgate_core::{CRATES_IO_INDEX, Ecosystem, Registry, RegistryError};

use super::environment::share_variables;
use super::names::{self, CRATES_IO};
use super::sources::{Replacement, SourcesError};
use super::{CargoConfig, Definition, IndexError, NameError, TypeError, schema, value};
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
        "the `registry.index` config value is no longer supported\nUse `[source]` replacement to alter the default index for crates.io."
    )]
    RegistryIndex(#[source] IsDefined),
    /// crates.io by a protocol that cargo does not know.
    #[error("unsupported registry protocol `{}` (defined in {defined})", visible(.protocol))]
    Protocol {
        /// What was given.
        protocol: String,
        /// Where it is.
        defined: Definition,
    },
    /// crates.io is replaced, so a command without a name would be ambiguous.
    #[error(
        "crates-io is replaced with remote registry {by};\ninclude `--registry {by}` or `--registry crates-io`"
    )]
    ReplacedByRegistry {
        /// The replacement's name.
        by: String,
        /// Where it is replaced.
        #[source]
        defined: IsDefined,
    },
    /// crates.io is replaced with something that has no tokens.
    #[error(
        "crates-io is replaced with non-remote-registry source {by};\ninclude `--registry crates-io` to use crates.io"
    )]
    Replaced {
        /// The replacement, in words.
        by: String,
        /// Where it is replaced.
        #[source]
        defined: IsDefined,
    },
    /// `[source]` is wrong.
    #[error(transparent)]
    Sources(Box<SourcesError>),
    /// A value of another type than the key has.
    #[error(transparent)]
    Type(#[from] TypeError),
    /// Never for crates.io's own URL.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

impl From<SourcesError> for SelectError {
    fn from(error: SourcesError) -> Self {
        Self::Sources(Box::new(error))
    }
}

/// Where a setting is that cargo's own words do not place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the setting is in {0}")]
pub struct IsDefined(pub Definition);

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
            None => self.text(&self.all, &["registry", "default"])?.map(|(name, _)| name),
        };
        let chosen = name.or(default);
        let registry = match chosen {
            None | Some(CRATES_IO) => crates_io()?,
            Some(name) => self.named(name)?,
        };
        self.check_crates_io()?;
        let replacement = self.replacement(&registry)?;
        match replacement.filter(|_| chosen.is_none()) {
            None => Ok(registry),
            Some((by, defined)) => Err(replaced(by, defined)),
        }
    }

    /// Every registry that the configuration names, crates.io first.
    pub fn registries(&self) -> Vec<RegistryEntry> {
        let mut indexes = self.file_indexes(&self.all);
        indexes.retain(|index| {
            index.definition.outranks_variables()
                || self.environment.get(&["registries", &index.name, "index"]).is_none()
        });
        for mut index in self.environment_indexes() {
            if indexes.iter().any(|known| share_variables(&known.name, &index.name)) {
                continue;
            }
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

    fn named(&self, name: &str) -> Result<Registry, SelectError> {
        names::check(name)?;
        let key = ["registries", name, "index"];
        let Some((text, defined)) = self.text(&self.all, &key)? else {
            let miscased = self.environment.miscased(&key).map(visible);
            return Err(SelectError::NotFound { name: name.to_owned(), miscased });
        };
        let index = self.index(name.to_owned(), text, defined);
        match index.parsed {
            Ok(registry) => Ok(registry.named(Some(name.to_owned()))),
            Err(source) => Err(SelectError::InvalidIndex {
                name: name.to_owned(),
                defined: index.definition,
                source,
            }),
        }
    }

    /// What cargo looks at whatever registry is meant.
    fn check_crates_io(&self) -> Result<(), SelectError> {
        schema::check_table(&self.all, &["registry"])?;
        schema::check_table(&self.all, &["registries"])?;
        if let Some((_, place)) = self.text(&self.all, &["registry", "index"])? {
            return Err(SelectError::RegistryIndex(IsDefined(place)));
        }
        match self.text(&self.all, &["registries", CRATES_IO, "protocol"])? {
            None | Some(("sparse" | "git", _)) => Ok(()),
            Some((protocol, defined)) => {
                Err(SelectError::Protocol { protocol: protocol.to_owned(), defined })
            }
        }
    }
}

fn replaced(by: Replacement, defined: Option<Definition>) -> SelectError {
    let defined = IsDefined(defined.unwrap_or(Definition::BuiltIn));
    match by {
        Replacement::Registry(by) => SelectError::ReplacedByRegistry { by, defined },
        Replacement::Other(by) => SelectError::Replaced { by, defined },
    }
}

fn crates_io() -> Result<Registry, SelectError> {
    let registry = Registry::new(Ecosystem::Cargo, CRATES_IO_INDEX)?;
    Ok(registry.named(Some(CRATES_IO.to_owned())))
}
