//! Which files cargo reads, and in which order.

use std::path::Path;

use zeroize::Zeroizing;

use super::file::FileLayer;
use super::warning::Warning;
use super::{CargoContext, ConfigFiles, Layer};
use crate::ConfigError;
use crate::error::MAX_FILE;

/// The files of the configuration, the one that wins first, and cargo's warnings about them.
pub(crate) type Layers = (Vec<FileLayer>, Vec<Warning>);

/// Walks from the working directory upwards and ends at cargo's home unless that was on the way,
/// as cargo does.
pub(crate) fn layers(
    context: &CargoContext,
    files: &dyn ConfigFiles,
) -> Result<Layers, ConfigError> {
    let mut walk =
        Walk { context, files, layers: Vec::new(), warnings: Vec::new(), home_seen: false };
    for directory in context.working_directory.ancestors() {
        walk.visit(&directory.join(".cargo"), false)?;
    }
    if !walk.home_seen {
        walk.visit(&context.cargo_home, true)?;
    }
    Ok((walk.layers, walk.warnings))
}

struct Walk<'a> {
    context: &'a CargoContext,
    files: &'a dyn ConfigFiles,
    layers: Vec<FileLayer>,
    warnings: Vec<Warning>,
    home_seen: bool,
}

impl Walk<'_> {
    fn visit(&mut self, folder: &Path, is_home: bool) -> Result<(), ConfigError> {
        let legacy = folder.join("config");
        let current = folder.join("config.toml");
        let (path, text) = match self.read(&legacy)? {
            Some(text) => {
                self.warn_of_legacy(&legacy, &current);
                (legacy, text)
            }
            None => match self.read(&current)? {
                Some(text) => (current, text),
                None => return Ok(()),
            },
        };
        let is_home = is_home || self.is_home(folder);
        self.home_seen |= is_home;
        let layer = if is_home { Layer::Home } else { Layer::Project };
        self.layers.push(FileLayer::parse(&path, layer, &text)?);
        Ok(())
    }

    fn is_home(&self, folder: &Path) -> bool {
        let home = &self.context.cargo_home;
        let same = |one: Option<_>, other: Option<_>| one.is_some() && one == other;
        folder == home || same(self.files.canonical(folder), self.files.canonical(home))
    }

    fn warn_of_legacy(&mut self, legacy: &Path, current: &Path) {
        let warning = match self.files.canonical(current) {
            None => Warning::DeprecatedName { path: legacy.to_owned() },
            target if target == self.files.canonical(legacy) => return,
            Some(_) => Warning::TwoNames { used: legacy.to_owned(), other: current.to_owned() },
        };
        self.warnings.push(warning);
    }

    fn read(&self, path: &Path) -> Result<Option<Zeroizing<String>>, ConfigError> {
        let text = self
            .files
            .read(path)
            .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
        match text {
            Some(text) if text.len() > MAX_FILE => {
                Err(ConfigError::TooLarge { path: path.to_owned() })
            }
            text => Ok(text),
        }
    }
}
