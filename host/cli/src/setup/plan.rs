//! What would be changed: shown, and agreed to.

use serde_json::json;

use super::diff::{Shown, unified};
use super::{Asking, SHELL};
use crate::error::CommandError;
use crate::provider::question::{confirm, somebody_is_there};
use crate::shell::{output, to_json, to_stderr};

/// What would be changed.
pub(super) struct Plan<'a> {
    pub(super) client: &'static str,
    /// The client's own configuration file first.
    pub(super) files: Vec<FilePlan<'a>>,
    /// What happens to links, a line each.
    pub(super) links: Vec<String>,
    /// What a person should know before agreeing.
    pub(super) warnings: Vec<String>,
    /// What is asked.
    pub(super) question: &'static str,
}

/// One file of a plan.
pub(super) struct FilePlan<'a> {
    /// For people.
    pub(super) path: &'a str,
    /// Its text; `None` where there is no file.
    pub(super) before: Option<&'a str>,
    pub(super) after: Option<&'a str>,
    /// How it is shown without its secrets.
    pub(super) shown: Shown,
}

impl FilePlan<'_> {
    pub(super) fn changes_nothing(&self) -> bool {
        self.before == self.after
    }

    fn difference(&self) -> String {
        unified(self.path, self.before, self.after, self.shown)
    }
}

impl Plan<'_> {
    pub(super) fn changes_nothing(&self) -> bool {
        self.files.iter().all(FilePlan::changes_nothing) && self.links.is_empty()
    }

    /// Shows it, and says whether it is to be done.
    ///
    /// # Errors
    /// If there is nobody to ask, or the person does not agree.
    pub(super) fn agreed(&self, asking: &Asking) -> Result<bool, CommandError> {
        for warning in &self.warnings {
            SHELL.warning(warning);
        }
        let changes = !self.changes_nothing();
        match (asking.json, asking.dry_run) {
            (true, _) => output(to_json(&self.json(asking)).as_bytes())?,
            (false, true) => output(self.text().as_bytes())?,
            // Where the question is asked.
            (false, false) => to_stderr(&self.text()),
        }
        if asking.dry_run || !changes || asking.yes {
            return Ok(changes && !asking.dry_run);
        }
        if !somebody_is_there() {
            return Err(CommandError::new(
                "nobody can be asked whether to change this; say so with `--yes`",
            ));
        }
        match confirm(self.question)? {
            true => Ok(true),
            false => Err(CommandError::new("nothing was changed")),
        }
    }

    fn text(&self) -> String {
        let links: String = self.links.iter().map(|line| format!("{line}\n")).collect();
        links + &self.difference()
    }

    fn difference(&self) -> String {
        self.files.iter().map(FilePlan::difference).collect()
    }

    fn json(&self, asking: &Asking) -> serde_json::Value {
        json!({
            "client": self.client,
            "file": self.files.first().map(|file| file.path),
            "changes": !self.changes_nothing(),
            "dry_run": asking.dry_run,
            "difference": self.difference(),
            "links": self.links,
            "warnings": self.warnings,
        })
    }
}
