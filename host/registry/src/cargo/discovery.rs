//! Which files cargo reads, and in which order.

use std::path::Path;

use super::file::FileLayer;
use super::include::Loader;
use super::warning::Warning;
use super::{CargoContext, ConfigFiles, Layer, settings};
use crate::ConfigError;

/// The files of the configuration, the one that wins first, and cargo's warnings about them.
pub(crate) type Layers = (Vec<FileLayer>, Vec<Warning>);

/// Takes `--config`, walks from the working directory upwards and ends at cargo's home unless that
/// was on the way, as cargo does.
pub(crate) fn layers(
    context: &CargoContext,
    arguments: &[String],
    files: &dyn ConfigFiles,
) -> Result<Layers, ConfigError> {
    let mut loader = Loader::new(files, &context.working_directory);
    let layers = settings::layers(arguments, &context.working_directory, files, &mut loader)?;
    let mut walk = Walk { context, files, loader, layers, warnings: Vec::new(), home_seen: false };
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
    loader: Loader<'a>,
    layers: Vec<FileLayer>,
    warnings: Vec<Warning>,
    home_seen: bool,
}

impl Walk<'_> {
    fn visit(&mut self, folder: &Path, is_home: bool) -> Result<(), ConfigError> {
        let legacy = folder.join("config");
        let current = folder.join("config.toml");
        let (path, text) = match self.loader.text(&legacy)? {
            Some(text) => {
                self.warn_of_legacy(&legacy, &current);
                (legacy, text)
            }
            None => match self.loader.text(&current)? {
                Some(text) => (current, text),
                None => return Ok(()),
            },
        };
        let is_home = is_home || self.is_home(folder);
        self.home_seen |= is_home;
        let layer = if is_home { Layer::Home } else { Layer::Project };
        self.layers.extend(self.loader.parse(&path, layer, &text)?);
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
}
