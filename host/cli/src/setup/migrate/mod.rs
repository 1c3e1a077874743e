//! `lockgate setup cargo --migrate`: moves tokens out of cargo's plain file into another provider's
//! store, one by one.

mod candidates;
mod one;

use std::time::Duration;

use lockgate_broker::{Choice, Context, ProviderError, check};
use lockgate_core::escape;
use lockgate_system::{FileError, Lock};
use serde_json::json;

use super::record::Place;
use super::{Asking, SHELL};
use crate::cargo::context;
use crate::error::CommandError;
use crate::provider::question::{confirm, somebody_is_there};
use crate::shell::{output, to_json, to_stderr};
use candidates::{Candidate, Stays, candidates};

/// The provider that keeps tokens in the plain file.
const PLAIN_FILE: &str = "cargo:token";

/// Held while tokens are moved.
const LOCK: &str = "migrate.lock";

/// How long another one may take: a keyring asks its owner for a password, who may be at lunch.
const PATIENCE: Duration = Duration::from_secs(3600);

/// The store of the operating system, by cargo's name.
const SYSTEMS_STORE: &str = if cfg!(target_os = "macos") {
    "cargo:macos-keychain"
} else if cfg!(windows) {
    "cargo:wincred"
} else {
    "cargo:libsecret"
};

/// Whether every token was moved, or would be.
pub(super) fn migrate(to: Option<&str>, asking: &Asking) -> Result<bool, CommandError> {
    let context = context()?;
    let target = target(&context, to.unwrap_or(SYSTEMS_STORE))?;
    let (movable, stay) = candidates(&context, &target)?;
    let name = escape(&target.provider);
    if movable.is_empty() && stay.is_empty() {
        tell(asking, &target, &[], &stay)?;
        SHELL.status("Unchanged", "there is no token in cargo's file of tokens");
        return Ok(true);
    }
    if movable.is_empty() || asking.dry_run {
        let (movable, stay) = tried(movable, stay, &target);
        tell(asking, &target, &names(&movable), &stay)?;
        return Ok(stay.is_empty());
    }
    if !asking.json {
        to_stderr(&lines(&target, &names(&movable), &stay));
    }
    agreed(asking, &name)?;
    let _alone = alone(&context)?;
    // Another one may have moved some meanwhile.
    let (movable, stay) = candidates(&self::context()?, &target)?;
    let (moved, left) = move_all(movable, stay, &target);
    if asking.json {
        tell(asking, &target, &moved, &left)?;
    }
    Ok(left.is_empty())
}

/// The names of those that were moved, and what is left.
fn move_all(
    movable: Vec<Candidate>,
    mut left: Vec<Stays>,
    target: &Choice,
) -> (Vec<String>, Vec<Stays>) {
    let mut moved = Vec::new();
    for Candidate { name, registry } in movable {
        let shown = escape(&name);
        match one::move_token(&registry, target) {
            Ok(()) => {
                let to = escape(&target.provider);
                SHELL.status("Moved", &format!("token for `{shown}` to `{to}`"));
                moved.push(name);
            }
            Err(reason) => {
                SHELL.warning(&format!("`{shown}` was not moved: {reason}"));
                left.push(Stays { name, reason });
            }
        }
    }
    (moved, left)
}

/// Those that would not be moved are among those that stay.
fn tried(
    movable: Vec<Candidate>,
    mut stay: Vec<Stays>,
    target: &Choice,
) -> (Vec<Candidate>, Vec<Stays>) {
    let mut left = Vec::new();
    for candidate in movable {
        match one::can_be_moved(&candidate.registry, target) {
            Ok(()) => left.push(candidate),
            Err(reason) => stay.push(Stays { name: candidate.name, reason }),
        }
    }
    (left, stay)
}

/// Keeps others from moving tokens at the same time, and from nothing else: a person may be asked
/// something meanwhile.
fn alone(context: &Context) -> Result<Lock, CommandError> {
    let folder = Place::within(&context.machine.folders.state).folder()?;
    match folder.lock_within(LOCK, Duration::ZERO) {
        Err(FileError::LockTimeout { .. }) => {
            SHELL.status("Blocking", "waiting for another `lockgate setup cargo --migrate`");
            Ok(folder.lock_within(LOCK, PATIENCE)?)
        }
        locked => Ok(locked?),
    }
}

fn target(context: &Context, name: &str) -> Result<Choice, CommandError> {
    let choice = Choice::of_line(name).map(Choice::trusted);
    let choice = choice.ok_or_else(|| CommandError::new("`--to` is given an empty name"))?;
    if choice.provider == PLAIN_FILE {
        let message = "`cargo:token` is where the tokens are; name another provider with `--to`";
        return Err(CommandError::new(message));
    }
    let crates_io = context.cargo.select(Some("crates-io"));
    let crates_io = crates_io.map_err(|error| CommandError::from_error(&error))?;
    match check(context, &crates_io, &choice) {
        Err(error @ (ProviderError::Unknown { .. } | ProviderError::Unavailable(_))) => {
            let messages = CommandError::from_error(&error).messages();
            let message = "the tokens cannot be moved there; name another provider with `--to`";
            Err(CommandError::because(message, messages))
        }
        _ => Ok(choice),
    }
}

fn names(movable: &[Candidate]) -> Vec<String> {
    movable.iter().map(|candidate| candidate.name.clone()).collect()
}

fn tell(
    asking: &Asking,
    target: &Choice,
    moved: &[String],
    stay: &[Stays],
) -> Result<(), CommandError> {
    let text = match asking.json {
        true => {
            let stay: Vec<_> =
                stay.iter().map(|one| json!({ "name": one.name, "reason": one.reason })).collect();
            to_json(&json!({
                "to": target.provider,
                "dry_run": asking.dry_run,
                "moved": moved,
                "stay": stay,
            }))
        }
        false => lines(target, moved, stay),
    };
    Ok(output(text.as_bytes())?)
}

/// Names, and never a token.
fn lines(target: &Choice, moved: &[String], stay: &[Stays]) -> String {
    let to = escape(&target.provider);
    let moved = moved.iter().map(|name| format!("{}: moves to `{to}`\n", escape(name)));
    let stay = stay.iter().map(|one| format!("{}: stays: {}\n", escape(&one.name), one.reason));
    moved.chain(stay).collect()
}

fn agreed(asking: &Asking, name: &str) -> Result<(), CommandError> {
    if asking.yes {
        return Ok(());
    }
    if !somebody_is_there() {
        let message = "nobody can be asked whether to move the tokens; say so with `--yes`";
        return Err(CommandError::new(message));
    }
    match confirm(&format!("Move these tokens to `{name}`?"))? {
        true => Ok(()),
        false => Err(CommandError::new("no token was moved")),
    }
}
