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
use crate::shell::{output, to_json};
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

/// Tells what was moved, or in a trial would be. `to` is told as it is meant.
pub(super) fn tell(
    asking: &Asking,
    to: &str,
    moved: &[String],
    stay: &[Stays],
) -> Result<(), CommandError> {
    let text = match asking.json {
        true => {
            let stay: Vec<_> =
                stay.iter().map(|one| json!({ "name": one.name, "reason": one.reason })).collect();
            let (moved, would_move) =
                if asking.dry_run { (&[][..], moved) } else { (moved, &[][..]) };
            to_json(&json!({
                "to": to,
                "dry_run": asking.dry_run,
                "moved": moved,
                "would_move": would_move,
                "stay": stay,
            }))
        }
        false => lines(to, moved, stay),
    };
    Ok(output(text.as_bytes())?)
}

/// Names, and never a secret.
pub(super) fn lines(to: &str, moved: &[String], stay: &[Stays]) -> String {
    let to = escape(to);
    let moved = moved.iter().map(|name| format!("{}: moves to `{to}`\n", escape(name)));
    let stay = stay.iter().map(|one| format!("{}: stays: {}\n", escape(&one.name), one.reason));
    moved.chain(stay).collect()
}

/// Asks whether to move `what`.
pub(super) fn agreed(asking: &Asking, what: &str, to: &str) -> Result<(), CommandError> {
    if asking.yes {
        return Ok(());
    }
    if !somebody_is_there() {
        return Err(CommandError::new(format!(
            "nobody can be asked whether to move the {what}s; say so with `--yes`"
        )));
    }
    match confirm(&format!("Move these {what}s to `{to}`?"))? {
        true => Ok(()),
        false => Err(CommandError::new(format!("no {what} was moved"))),
    }
}
