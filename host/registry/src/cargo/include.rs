//! Files, and those that they include.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::file::FileLayer;
use super::value::{Entry, Table, Value};
use super::{ConfigFiles, Definition, Layer};
use crate::ConfigError;
use crate::error::MAX_FILE;
use crate::source::visible;

/// Most files that one configuration may consist of. Real ones have a few; the bound keeps a hostile
/// checkout from having one file after another read.
const MAX_FILES: usize = 200;

/// Why an `include` is refused, in cargo's words.
#[derive(Debug, thiserror::Error)]
pub enum IncludeError {
    /// Not a list of paths.
    #[error("expected {expected}, but found {found} at `{key}` in {defined}")]
    Type {
        /// Where in the list.
        key: String,
        /// What it must be.
        expected: &'static str,
        /// What it is.
        found: &'static str,
        /// Where it is.
        defined: Definition,
    },
    /// A table without a path.
    #[error("missing field `path` at `{key}` in {defined}")]
    NoPath {
        /// Where in the list.
        key: String,
        /// Where it is.
        defined: Definition,
    },
    /// A path that cargo does not take.
    #[error("expected a config include path {rule}, but found `{}` from {defined}", visible(.path))]
    Path {
        /// The path.
        path: String,
        /// What must be true of it.
        rule: &'static str,
        /// Where it is.
        defined: Definition,
    },
    /// A file that was read already.
    #[error("config `include` cycle detected with path `{}`", crate::source::visible_path(.path))]
    Cycle {
        /// The file.
        path: PathBuf,
    },
    /// More files than anybody needs.
    #[error("the configuration has more than {MAX_FILES} files with those that it includes")]
    TooMany,
}

/// One file to include.
struct Include {
    /// As it is written.
    path: String,
    optional: bool,
    defined: Definition,
}

/// Reads files with those that they include.
pub(crate) struct Loader<'a> {
    files: &'a dyn ConfigFiles,
    /// From here relative paths of the command line start.
    working_directory: &'a Path,
    read: usize,
}

/// A file that was asked for, and its layers: the one that wins first.
pub(crate) type Loaded = Result<Vec<FileLayer>, ConfigError>;

impl<'a> Loader<'a> {
    pub(crate) fn new(files: &'a dyn ConfigFiles, working_directory: &'a Path) -> Self {
        Self { files, working_directory, read: 0 }
    }

    /// The text of a file, if it is there.
    pub(crate) fn text(&mut self, path: &Path) -> Result<Option<Zeroizing<String>>, ConfigError> {
        let unreadable = |source| ConfigError::Unreadable { path: path.to_owned(), source };
        let Some(text) = self.files.read(path).map_err(unreadable)? else { return Ok(None) };
        if text.len() > MAX_FILE {
            return Err(ConfigError::TooLarge { path: path.to_owned() });
        }
        Ok(Some(text))
    }

    /// A file that is there, with everything that it includes.
    pub(crate) fn parse(&mut self, path: &Path, layer: Layer, text: &str) -> Loaded {
        let mut seen = BTreeSet::from([path.to_owned()]);
        self.with_included(path, layer, text, &mut seen)
    }

    /// What values of the command line include.
    pub(crate) fn included_by_setting(&mut self, values: &Table) -> Loaded {
        self.included(values, Layer::CommandLine, self.working_directory, &mut BTreeSet::new())
    }

    /// A file that must be there.
    pub(crate) fn required(&mut self, path: &Path, layer: Layer) -> Loaded {
        let text = self.text(path)?.ok_or_else(|| missing(path))?;
        self.parse(path, layer, &text)
    }

    fn with_included(
        &mut self,
        path: &Path,
        layer: Layer,
        text: &str,
        seen: &mut BTreeSet<PathBuf>,
    ) -> Loaded {
        self.read += 1;
        if self.read > MAX_FILES {
            return Err(IncludeError::TooMany.into());
        }
        let file = FileLayer::parse(path, layer, text)?;
        let folder = path.parent().unwrap_or(self.working_directory);
        let below = self.included(&file.values, layer, folder, seen)?;
        Ok(std::iter::once(file).chain(below).collect())
    }

    /// As in cargo, what is included later counts more than what is included earlier.
    fn included(
        &mut self,
        values: &Table,
        layer: Layer,
        folder: &Path,
        seen: &mut BTreeSet<PathBuf>,
    ) -> Loaded {
        let mut layers = Vec::new();
        for include in includes(values)? {
            let path = folder.join(&include.path);
            let included = self.one(&include, path, layer, seen).map_err(|source| {
                let Include { path, defined, .. } = include;
                ConfigError::Include { path, defined: Box::new(defined), source: Box::new(source) }
            })?;
            layers.splice(0..0, included);
        }
        Ok(layers)
    }

    fn one(
        &mut self,
        include: &Include,
        path: PathBuf,
        layer: Layer,
        seen: &mut BTreeSet<PathBuf>,
    ) -> Loaded {
        if seen.contains(&path) {
            return Err(IncludeError::Cycle { path }.into());
        }
        let Some(text) = self.text(&path)? else {
            return if include.optional { Ok(Vec::new()) } else { Err(missing(&path)) };
        };
        seen.insert(path.clone());
        self.with_included(&path, layer, &text, seen)
    }
}

fn missing(path: &Path) -> ConfigError {
    let source = std::io::Error::from(std::io::ErrorKind::NotFound);
    ConfigError::Unreadable { path: path.to_owned(), source }
}

fn includes(values: &Table) -> Result<Vec<Include>, IncludeError> {
    let Some(entry) = values.get("include") else { return Ok(Vec::new()) };
    let wanted = "a list of strings or a list of tables";
    let list = entry.list().ok_or_else(|| wrong("include".to_owned(), wanted, entry))?;
    list.iter().enumerate().map(|(at, entry)| include(&format!("include[{at}]"), entry)).collect()
}

fn include(key: &str, entry: &Entry) -> Result<Include, IncludeError> {
    let defined = entry.definition.clone();
    let (path, optional) = match &entry.value {
        Value::Text(path) => (path, false),
        Value::Table(table) => {
            let path = table.get("path");
            let path = path.ok_or_else(|| IncludeError::NoPath {
                key: key.to_owned(),
                defined: defined.clone(),
            })?;
            let wrong_path = || wrong(format!("{key}.path"), "a string", path);
            let Value::Text(text) = &path.value else { return Err(wrong_path()) };
            (text, optional(key, table)?)
        }
        _ => return Err(wrong(key.to_owned(), "a string or table", entry)),
    };
    match broken_rule(path) {
        Some(rule) => Err(IncludeError::Path { path: path.clone(), rule, defined }),
        None => Ok(Include { path: path.clone(), optional, defined }),
    }
}

fn optional(key: &str, table: &Table) -> Result<bool, IncludeError> {
    match table.get("optional") {
        None => Ok(false),
        Some(Entry { value: Value::Boolean(optional), .. }) => Ok(*optional),
        Some(other) => Err(wrong(format!("{key}.optional"), "a boolean", other)),
    }
}

fn wrong(key: String, expected: &'static str, entry: &Entry) -> IncludeError {
    let (found, defined) = (entry.value.kind(), entry.definition.clone());
    IncludeError::Type { key, expected, found, defined }
}

fn broken_rule(path: &str) -> Option<&'static str> {
    if path.contains(['*', '?', '[', ']']) {
        Some("without glob patterns")
    } else if path.contains(['{', '}']) {
        Some("without template braces")
    } else if Path::new(path).extension().is_none_or(|extension| extension != "toml") {
        Some("ending with `.toml`")
    } else {
        None
    }
}
