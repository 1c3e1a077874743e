//! What cargo's file of tokens says beside the tokens: for which registries it has one and on which
//! line, and what else is in it. The values are read by nobody but the store of a provider.

mod file;

use std::path::{Path, PathBuf};

use super::binding::CredentialTable;
use super::file::FileLayer;
use super::include::Loader;
use super::warning::Warning;
use super::{ConfigFiles, Definition, Layer};
use crate::ConfigError;
pub(crate) use file::{KeptEntry, KeptFile};

/// The names of the file; the first counts if both are there.
const NAMES: [&str; 2] = ["credentials", "credentials.toml"];

/// What cargo's files of tokens say, without a token.
#[derive(Clone, Debug, Default)]
pub struct KeptTokens {
    /// The one that cargo reads, then those that it includes: what wins first.
    files: Vec<KeptFile>,
    /// The one that cargo does not read, since there is one of the old name.
    shadowed: Option<KeptFile>,
    warnings: Vec<Warning>,
}

impl KeptTokens {
    /// Looks through the file in cargo's home and those that it includes.
    ///
    /// # Errors
    /// If one cannot be read, is malformed or has what cargo does not take.
    pub fn read(cargo_home: &Path, files: &dyn ConfigFiles) -> Result<Self, ConfigError> {
        let mut loader = Loader::new(files, cargo_home);
        let [old, new] = NAMES.map(|name| cargo_home.join(name));
        let Some(text) = loader.text(&old)? else {
            let Some(text) = loader.text(&new)? else { return Ok(Self::default()) };
            let files = read(&mut loader, &new, &text)?;
            return Ok(Self { files, ..Self::default() });
        };
        let mut kept = Self { files: read(&mut loader, &old, &text)?, ..Self::default() };
        match (files.canonical(&new), files.canonical(&old)) {
            (None, _) => kept.warnings.push(Warning::DeprecatedName { path: old }),
            (one, other) if one == other => {}
            (Some(_), _) => kept.shadow(&mut loader, old, new),
        }
        Ok(kept)
    }

    /// The other file is looked through for tokens that somebody may have forgotten; cargo does not read
    /// it, so that nothing wrong with it matters.
    fn shadow(&mut self, loader: &mut Loader<'_>, used: PathBuf, other: PathBuf) {
        let text = loader.text(&other).ok().flatten();
        let files = text.and_then(|text| read(loader, &other, &text).ok());
        self.shadowed = files.and_then(|files| files.into_iter().next());
        self.warnings.push(Warning::TwoNames { used, other });
    }

    /// The same after something may have been removed. What cannot be read any more is as it was.
    #[must_use]
    pub fn again(&self, files: &dyn ConfigFiles) -> Self {
        let again = |file: &KeptFile| {
            let mut loader = Loader::new(files, Path::new("/"));
            let read = loader.text(&file.path).ok()?;
            let Some(text) = read else { return Some(KeptFile::empty(&file.path)) };
            KeptFile::plain(&file.path, &text).or_else(|| {
                Some(KeptFile::whole(FileLayer::parse(&file.path, Layer::Home, &text).ok()?))
            })
        };
        let now = |file: &KeptFile| again(file).unwrap_or_else(|| file.clone());
        Self {
            files: self.files.iter().map(now).collect(),
            shadowed: self.shadowed.as_ref().map(now),
            warnings: Vec::new(),
        }
    }

    /// Where the token of a table is that a client finds; that of an included file is for cargo alone.
    pub fn token(&self, table: &CredentialTable) -> Option<&Definition> {
        self.files.first()?.token(table)
    }

    /// The tables that have a token which a client finds, in an order of their own.
    pub fn tables_with_tokens(&self) -> Vec<CredentialTable> {
        let file = self.files.first();
        let tables = file.into_iter().flat_map(KeptFile::tables);
        let mut tables: Vec<_> =
            tables.filter(|table| self.token(table).is_some()).cloned().collect();
        tables.sort_by_key(|table| match table {
            CredentialTable::CratesIo => String::new(),
            CredentialTable::Named(name) => name.clone(),
        });
        tables
    }

    /// Whether a table has a key for signing too, which a logout removes together with the token.
    pub fn has_signing_key(&self, table: &CredentialTable) -> bool {
        self.entries(table).any(|entry| entry.key == "secret-key")
    }

    /// What cargo warns of about the files themselves.
    pub(crate) fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// What the files that cargo reads say in a table.
    pub(crate) fn entries(&self, table: &CredentialTable) -> impl Iterator<Item = &KeptEntry> {
        self.files.iter().flat_map(|file| file.entries(table))
    }

    /// What the file that cargo reads says beside the tables of registries.
    pub(crate) fn others(&self) -> impl Iterator<Item = &KeptEntry> {
        self.files.iter().flat_map(|file| &file.others)
    }

    /// The files, each with who reads it.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&KeptFile, ReadBy)> {
        let readers = [ReadBy::Everybody].into_iter().chain(std::iter::repeat(ReadBy::CargoAlone));
        let shadowed = self.shadowed.iter().map(|file| (file, ReadBy::Nobody));
        self.files.iter().zip(readers).chain(shadowed)
    }
}

/// Who reads a file of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReadBy {
    Everybody,
    CargoAlone,
    /// As long as there is the one of the old name.
    Nobody,
}

/// A file and those that it includes.
fn read(loader: &mut Loader<'_>, path: &Path, text: &str) -> Result<Vec<KeptFile>, ConfigError> {
    if let Some(file) = KeptFile::plain(&path.into(), text) {
        return Ok(vec![file]);
    }
    let layers = loader.parse(path, Layer::Home, text)?;
    Ok(layers.into_iter().map(KeptFile::whole).collect())
}
