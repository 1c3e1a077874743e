//! `[source]`: what takes the place of crates.io. It never says whose token is whose; a command
//! that names no registry is refused where crates.io is replaced.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use lockgate_core::{CRATES_IO_INDEX, CRATES_IO_SPARSE_INDEX, Registry};

use super::names::CRATES_IO;
use super::value::Entry;
use super::{CargoConfig, Definition, IndexError, TypeError, names, schema, urls};
use crate::source::{visible, visible_path};

/// The keys that say where a source is.
const LOCATIONS: [&str; 4] = ["registry", "local-registry", "directory", "git"];

/// What is wrong with `[source]`, in cargo's words.
#[derive(Debug, thiserror::Error)]
pub enum SourcesError {
    /// A value of another type than the key has.
    #[error(transparent)]
    Type(#[from] TypeError),
    /// It is nowhere.
    #[error(
        "no source location specified for `source.{0}`, need `registry`, `local-registry`, `directory`, or `git` defined"
    )]
    NoLocation(String),
    /// It is in two places.
    #[error("more than one source location specified for `source.{0}`")]
    TwoLocations(String),
    /// Its place is not a URL.
    #[error("configuration key `source.{name}.{key}` specified an invalid URL (in {defined})")]
    Url {
        /// The source.
        name: String,
        /// `registry` or `git`.
        key: &'static str,
        /// Where it is.
        defined: Definition,
        /// What is wrong with it.
        source: Box<IndexError>,
    },
    /// Two names for one place.
    #[error(
        "source `{name}` defines source registry `{other}`, but that source is already defined by `{other}`\nnote: Sources are not allowed to be defined multiple times."
    )]
    Twice {
        /// The one.
        name: String,
        /// The other one.
        other: String,
    },
    /// The replacement is not there.
    #[error(
        "could not find a configured source with the name `{name}` when attempting to lookup `{replaced}` (configuration in `{defined}`)"
    )]
    NotFound {
        /// The name that was not found.
        name: String,
        /// What it would replace.
        replaced: String,
        /// Where that is said.
        defined: Definition,
    },
    /// The replacement is replaced by itself.
    #[error(
        "detected a cycle of `replace-with` sources, the source `{name}` is eventually replaced with itself (configuration in `{defined}`)"
    )]
    Cycle {
        /// The source.
        name: String,
        /// The place that closes the circle.
        defined: Definition,
    },
    /// A git repository in the place of a registry.
    #[error(
        "cannot replace `{replaced}` with `{name}`, the source `{replaced}` supports checksums, but `{name}` does not\n\na lock file compatible with `{replaced}` cannot be generated in this situation\n"
    )]
    Checksums {
        /// The repository.
        name: String,
        /// What it would replace.
        replaced: String,
    },
}

/// What takes a registry's place.
pub(crate) enum Replacement {
    /// A registry that can be named.
    Registry(String),
    /// Anything else, in words.
    Other(String),
}

/// Where a source is.
#[derive(PartialEq, Eq)]
enum Location {
    CratesIo,
    /// In the form that cargo compares.
    Registry(String),
    /// A local registry or a directory.
    Folder(String),
    Git,
}

struct Source<'a> {
    location: Location,
    /// What replaces it, and where that is said.
    replaced: Option<(&'a str, &'a Definition)>,
}

impl CargoConfig {
    /// What takes the place of `registry`, and where that is said.
    ///
    /// # Errors
    /// If `[source]` is wrong, as far as cargo looks at it.
    pub(crate) fn replacement(
        &self,
        registry: &Registry,
    ) -> Result<Option<(Replacement, Option<Definition>)>, SourcesError> {
        let sources = self.sources()?;
        let wanted = location(registry.url());
        let start = match wanted {
            Location::CratesIo => Some(CRATES_IO),
            _ => {
                sources.iter().find(|(_, source)| source.location == wanted).map(|(name, _)| *name)
            }
        };
        let Some(start) = start else { return Ok(None) };
        let mut seen = BTreeSet::from([start]);
        let (mut name, mut place) = (start, None);
        loop {
            let Some(source) = sources.get(name) else {
                return self.named_replacement(name, start, place).map(Some);
            };
            let Some((next, defined)) = source.replaced else {
                return ended(name, start, source, &wanted, place);
            };
            (name, place) = (next, Some(defined.clone()));
            if !seen.insert(name) {
                return Err(SourcesError::Cycle { name: visible(start), defined: defined.clone() });
            }
        }
    }

    /// What `[source]` does not name may be a registry.
    fn named_replacement(
        &self,
        name: &str,
        replaced: &str,
        place: Option<Definition>,
    ) -> Result<(Replacement, Option<Definition>), SourcesError> {
        let found = match names::check(name) {
            Ok(()) => self.text(&self.all, &["registries", name, "index"])?,
            Err(_) => None,
        };
        let registry = found
            .and_then(|(text, defined)| self.index(name.to_owned(), text, defined).parsed.ok());
        match registry {
            Some(registry) if registry.is_crates_io() => {
                Ok((Replacement::Registry(CRATES_IO.to_owned()), place))
            }
            Some(_) => Ok((Replacement::Registry(visible(name)), place)),
            None => Err(SourcesError::NotFound {
                name: visible(name),
                replaced: visible(replaced),
                defined: place.unwrap_or(Definition::BuiltIn),
            }),
        }
    }

    /// Every source; variables say nothing about them.
    fn sources(&self) -> Result<BTreeMap<&str, Source<'_>>, SourcesError> {
        let built_in = Source { location: Location::CratesIo, replaced: None };
        let mut sources = BTreeMap::from([(CRATES_IO, built_in)]);
        for (name, _) in schema::table(&self.all, &["source"])? {
            let source = self.source(name)?;
            let same = |(known, other): (&&str, &Source<'_>)| {
                let is_same = **known != *name && other.location == source.location;
                (is_same && source.location != Location::Git).then(|| visible(known))
            };
            if let Some(other) = sources.iter().find_map(same) {
                return Err(SourcesError::Twice { name: visible(name), other });
            }
            sources.insert(name, source);
        }
        Ok(sources)
    }

    fn source(&self, name: &str) -> Result<Source<'_>, SourcesError> {
        let mut locations = Vec::new();
        for key in LOCATIONS {
            if let Some(entry) = schema::text(&self.all, &["source", name, key])? {
                locations.push(self.location(name, key, entry)?);
            }
        }
        let replaced = schema::text(&self.all, &["source", name, "replace-with"])?;
        let replaced = replaced.and_then(|entry| Some((entry.text()?, &entry.definition)));
        let location = match (locations.pop(), locations.is_empty()) {
            (Some(location), true) => location,
            (None, _) if name == CRATES_IO => Location::CratesIo,
            (None, _) => return Err(SourcesError::NoLocation(visible(name))),
            (Some(_), false) => return Err(SourcesError::TwoLocations(visible(name))),
        };
        Ok(Source { location, replaced })
    }

    fn location(
        &self,
        name: &str,
        key: &'static str,
        entry: &Entry,
    ) -> Result<Location, SourcesError> {
        let text = entry.text().unwrap_or_default();
        let folder = || {
            let path = entry.definition.root(&self.working_directory).join(text);
            visible_path(&path).to_string()
        };
        match key {
            "directory" => return Ok(Location::Folder(format!("dir {}", folder()))),
            "local-registry" => return Ok(Location::Folder(format!("registry `{}`", folder()))),
            _ => {}
        }
        if let Err(source @ IndexError::NotAUrl { .. }) = urls::parse(text, Path::new("/")) {
            let (name, defined) = (visible(name), entry.definition.clone());
            return Err(SourcesError::Url { name, key, defined, source: Box::new(source) });
        }
        Ok(if key == "git" { Location::Git } else { location(text) })
    }
}

fn location(url: &str) -> Location {
    let canonical = urls::canonical(url).unwrap_or_else(|| url.to_owned());
    let is_crates_io = |known: &str| urls::canonical(known).as_deref() == Some(&canonical);
    if is_crates_io(CRATES_IO_INDEX) || is_crates_io(CRATES_IO_SPARSE_INDEX) {
        Location::CratesIo
    } else {
        Location::Registry(canonical)
    }
}

/// The end of the chain of replacements, which may be its start.
fn ended(
    name: &str,
    start: &str,
    source: &Source<'_>,
    wanted: &Location,
    place: Option<Definition>,
) -> Result<Option<(Replacement, Option<Definition>)>, SourcesError> {
    let other = match &source.location {
        same if same == wanted => return Ok(None),
        Location::Git => {
            let (name, replaced) = (visible(name), visible(start));
            return Err(SourcesError::Checksums { name, replaced });
        }
        Location::Folder(shown) => shown.clone(),
        Location::Registry(_) | Location::CratesIo => format!("registry `{}`", visible(name)),
    };
    Ok(Some((Replacement::Other(other), place)))
}
