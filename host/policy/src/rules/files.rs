//! `files`: single files, read as a whole. An administrator may name all files below a folder.

use std::path::{Path, PathBuf};

use super::Speaker;
use super::path::check_file;
use crate::ceiling::{CapList, Caps};
use crate::decide::Facts;
use crate::error::PolicyError;
use crate::meet::Rule;
use crate::reader::Node;

/// A file, as written: absolute, or below the home folder with `~/`; or a folder and `/*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileRule(pub(crate) String);

impl FileRule {
    /// The absolute path; none if it needs a home folder and there is none.
    pub(crate) fn resolve(&self, home: Option<&Path>) -> Option<PathBuf> {
        match self.0.strip_prefix("~/") {
            Some(rest) => Some(home.filter(|home| home.is_absolute())?.join(rest)),
            None => Some(PathBuf::from(&self.0)),
        }
    }

    fn covers(&self, other: &Self) -> bool {
        match self.0.strip_suffix('*') {
            Some(folder) => other.0.starts_with(folder),
            None => self == other,
        }
    }
}

impl Rule for FileRule {
    const KEY: &'static str = "files";

    fn read(node: &Node<'_>, speaker: Speaker) -> Result<Self, PolicyError> {
        let path = node.text()?;
        let checked = match path.strip_suffix("/*") {
            Some(folder) if speaker == Speaker::Administrator => folder,
            _ => path,
        };
        check_file(checked).map_err(|problem| node.error(problem))?;
        Ok(Self(path.to_owned()))
    }

    fn meet(&self, other: &Self) -> Option<Self> {
        if self.covers(other) {
            return Some(other.clone());
        }
        other.covers(self).then(|| self.clone())
    }

    fn subject(&self) -> String {
        self.0.clone()
    }

    fn capped(caps: &Caps) -> Option<&CapList<Self>> {
        caps.files.as_ref()
    }

    fn risks(&self) -> Vec<&'static str> {
        let outside = !self.0.starts_with("~/");
        outside.then_some("the file is not in your home folder").into_iter().collect()
    }

    /// By the paths that are meant, in whatever way they are written, and without regard to case,
    /// which some file systems have none of.
    fn is_denied_by(&self, denied: &Self, facts: &Facts<'_>) -> bool {
        let (own, denied) = (self.0.to_lowercase(), denied.0.to_lowercase());
        let home = facts.home.and_then(Path::to_str).filter(|home| home.starts_with('/'));
        let home = home.map(|home| home.trim_end_matches('/').to_lowercase());
        let absolute = |path: &str| match (path.strip_prefix("~/"), &home) {
            (Some(rest), Some(home)) => format!("{home}/{rest}"),
            _ => path.to_owned(),
        };
        let (own, denied) = (absolute(&own), absolute(&denied));
        match (denied.strip_prefix('~'), own.starts_with("~/")) {
            // Nobody knows which folder is meant, so every one that it could be is.
            (Some(below), false) => match below.strip_suffix('*') {
                Some(folder) => own.contains(folder),
                None => own.ends_with(below),
            },
            _ => Self(denied).covers(&Self(own)),
        }
    }
}
