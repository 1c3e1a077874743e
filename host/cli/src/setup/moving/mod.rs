//! Moving credentials out of a client's plain file into a store: what both clients need for it.

mod child;
mod sides;
mod target;

use std::path::Path;
use std::time::Duration;

use lockgate_core::escape;
use lockgate_system::{FileError, Lock};
use serde_json::json;

use super::record::Place;
use super::{Asking, SHELL};
use crate::error::CommandError;
use crate::provider::question::{confirm, somebody_is_there};
use crate::shell::{output, to_json, to_stderr};
pub(crate) use sides::Sides;
pub(crate) use target::{Choices, Held, Moving, Target, is_same};

/// How long another one may take: a keyring asks its owner for a password, who may be at lunch.
const PATIENCE: Duration = Duration::from_secs(3600);

/// The folder of setup's own files is one for all clients.
const CLIENTS: &str = "clients";

/// A credential that stays where it is.
pub(crate) struct Stays {
    pub(crate) name: String,
    pub(crate) reason: String,
}

/// Keeps others from moving credentials by the same command at the same time, and from nothing else: a
/// person may be asked something meanwhile.
pub(crate) fn alone(state: &Path, command: &str, lock: &str) -> Result<Lock, CommandError> {
    let folder = Place::within(state, CLIENTS).folder()?;
    match folder.lock_within(lock, Duration::ZERO) {
        Err(FileError::LockTimeout { .. }) => {
            let waits = format!("waiting for another `{command}`");
            SHELL.status("Blocking", &waits);
            Ok(folder.lock_within(lock, PATIENCE)?)
        }
        locked => Ok(locked?),
    }
}

/// What has become of the credentials, or in a trial would become of them, by their names.
#[derive(Default)]
pub(super) struct Moves {
    pub(super) moved: Vec<String>,
    pub(super) stay: Vec<Stays>,
}

impl Moves {
    /// Tells what has become of one, now that it has.
    pub(super) fn ended(&mut self, what: &str, name: &str, to: &str, end: Result<(), String>) {
        match end {
            Ok(()) => {
                SHELL
                    .status("Moved", &format!("{what} for `{}` to `{}`", escape(name), escape(to)));
                self.moved.push(name.to_owned());
            }
            Err(reason) => self.stays(Stays { name: name.to_owned(), reason }),
        }
    }

    /// Tells that one was not moved.
    pub(super) fn stays(&mut self, one: Stays) {
        SHELL.warning(&format!("`{}` was not moved: {}", escape(&one.name), one.reason));
        self.stay.push(one);
    }

    /// For standard output. `to` is told as it is meant.
    pub(super) fn tell(&self, asking: &Asking, to: &str) -> Result<(), CommandError> {
        let text = match asking.json {
            true => self.json(asking.dry_run, to),
            false => self.plan(to),
        };
        Ok(output(text.as_bytes())?)
    }

    fn json(&self, dry_run: bool, to: &str) -> String {
        let stay = self.stay.iter().map(|one| json!({ "name": one.name, "reason": one.reason }));
        let (moved, would_move) = match dry_run {
            true => (&[][..], self.moved.as_slice()),
            false => (self.moved.as_slice(), &[][..]),
        };
        to_json(&json!({
            "to": to,
            "dry_run": dry_run,
            "moved": moved,
            "would_move": would_move,
            "stay": stay.collect::<Vec<_>>(),
        }))
    }

    /// Names, and never a secret.
    fn plan(&self, to: &str) -> String {
        let to = escape(to);
        let moved = self.moved.iter();
        let moved = moved.map(|name| format!("{}: would move to `{to}`\n", escape(name)));
        let stay = self.stay.iter();
        let stay = stay.map(|one| format!("{}: stays: {}\n", escape(&one.name), one.reason));
        moved.chain(stay).collect()
    }
}

/// Shows the plan and asks whether to move `what`.
pub(super) fn agreed(
    asking: &Asking,
    what: &str,
    to: &str,
    plan: &Moves,
) -> Result<(), CommandError> {
    if !asking.json {
        to_stderr(&plan.plan(to));
    }
    if !somebody_is_there() {
        return Err(CommandError::new(format!(
            "nobody can be asked whether to move the {what}s; say so with `--yes`"
        )));
    }
    match confirm(&format!("Move these {what}s to `{}`?", escape(to)))? {
        true => Ok(()),
        false => Err(CommandError::new(format!("no {what} was moved"))),
    }
}
