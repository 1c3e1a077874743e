//! The record of what setup changed for a client, in Lockgate's own state folder.

use std::path::{Path, PathBuf};

use lockgate_core::escape;
use lockgate_providers::Digest;
use lockgate_registry::cargo::Splice;
use lockgate_system::{Folder, Lock};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::program::Program;
use crate::error::CommandError;

const FOLDER: &str = "setup";

/// Most bytes of the record: a thousand changes.
const MAX_RECORD: usize = 1 << 20;

/// The format that this program writes. A later one may mean something else by the same words.
const VERSION: u32 = 1;

/// All that setup changed and did not take back; `C` is what a change is in the client's files.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Record<C> {
    version: u32,
    /// The oldest first.
    pub(super) steps: Vec<Step<C>>,
    pub(super) links: Vec<Link>,
}

/// One change of a configuration file. Of the file nothing is kept but what was changed: the rest may
/// hold tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Step<C> {
    pub(super) file: String,
    /// Whether there was a file before.
    pub(super) existed: bool,
    /// The digests of the whole text.
    pub(super) before: String,
    pub(super) after: String,
    pub(super) splices: Vec<Part>,
    pub(super) changes: Vec<C>,
}

/// A splice of the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Part {
    pub(super) at: usize,
    pub(super) removed: String,
    pub(super) inserted: String,
}

/// A link that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Link {
    pub(super) path: PathBuf,
    pub(super) target: PathBuf,
    /// The link that was there before.
    pub(super) before: Option<PathBuf>,
}

impl<C: PartialEq> Record<C> {
    fn empty() -> Self {
        Self { version: VERSION, steps: Vec::new(), links: Vec::new() }
    }

    /// Adds a step; the same once, where one was interrupted before.
    pub(super) fn add(&mut self, step: Step<C>) {
        self.steps.retain(|known| *known != step);
        self.steps.push(step);
    }

    /// Adds the program's name, if it is going to be made.
    pub(super) fn add_name(&mut self, program: &Program) {
        if program.is_missing() {
            let before = program.leads_to().map(ToOwned::to_owned);
            let link = Link { path: program.link.clone(), target: program.file.clone(), before };
            self.links.retain(|known| *known != link);
            self.links.push(link);
        }
    }
}

impl Part {
    pub(super) fn of(splice: &Splice) -> Self {
        let Splice { at, removed, inserted } = splice.clone();
        Self { at, removed, inserted }
    }

    pub(super) fn splice(&self) -> Splice {
        let Self { at, removed, inserted } = self.clone();
        Splice { at, removed, inserted }
    }
}

/// The digest of a text as the record has it.
pub(super) fn digest(text: &str) -> String {
    Digest::of(text.as_bytes()).hex()
}

/// The place of the record.
pub(super) struct Place {
    path: PathBuf,
    client: &'static str,
}

/// The place while nobody else changes anything.
pub(super) struct LockedPlace<'a> {
    place: &'a Place,
    folder: Folder,
    _lock: Lock,
}

impl Place {
    pub(super) fn within(state: &Path, client: &'static str) -> Self {
        Self { path: state.join(FOLDER), client }
    }

    fn file(&self) -> String {
        format!("{}.json", self.client)
    }

    /// Its file, for messages.
    pub(super) fn shown(&self) -> String {
        escape(&self.path.join(self.file()).display().to_string())
    }

    /// What it says; nothing if there is none.
    pub(super) fn read<C: DeserializeOwned + PartialEq>(&self) -> Result<Record<C>, CommandError> {
        match Folder::open_private(&self.path)? {
            Some(folder) => self.read_in(&folder),
            None => Ok(Record::empty()),
        }
    }

    fn read_in<C: DeserializeOwned + PartialEq>(
        &self,
        folder: &Folder,
    ) -> Result<Record<C>, CommandError> {
        let Some(bytes) = folder.read(self.file(), MAX_RECORD)? else {
            return Ok(Record::empty());
        };
        let record: Record<C> = serde_json::from_slice(&bytes).map_err(|error| {
            let what = format!("`{}` is damaged at line {}", self.shown(), error.line());
            CommandError::new(format!("{what}; remove it, and take changes back by hand"))
        })?;
        match record.version {
            VERSION => Ok(record),
            _ => Err(CommandError::new(format!(
                "`{}` was written by another version of Lockgate; use that one",
                self.shown()
            ))),
        }
    }

    /// The folder of setup's own files, made if it is missing.
    pub(super) fn folder(&self) -> Result<Folder, CommandError> {
        Ok(Folder::create_private(&self.path)?)
    }

    /// Keeps others from changing anything until the result is dropped.
    pub(super) fn lock(&self) -> Result<LockedPlace<'_>, CommandError> {
        let folder = self.folder()?;
        let lock = folder.lock(format!("{}.lock", self.client))?;
        Ok(LockedPlace { place: self, folder, _lock: lock })
    }
}

impl LockedPlace<'_> {
    pub(super) fn read<C: DeserializeOwned + PartialEq>(&self) -> Result<Record<C>, CommandError> {
        self.place.read_in(&self.folder)
    }

    /// Writes it; one that says nothing is removed.
    pub(super) fn write<C: Serialize>(&self, record: &Record<C>) -> Result<(), CommandError> {
        if record.steps.is_empty() && record.links.is_empty() {
            self.folder.remove(self.place.file())?;
            return Ok(());
        }
        let text = serde_json::to_vec_pretty(record)
            .map_err(|error| CommandError::new(format!("the record cannot be written: {error}")))?;
        if text.len() > MAX_RECORD {
            let message = "too much was changed already; take it back with `--undo` first";
            return Err(CommandError::new(message));
        }
        Ok(self.folder.replace(self.place.file(), &text)?)
    }
}
