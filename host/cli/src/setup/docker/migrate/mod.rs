//! `lockgate setup docker --migrate`: moves what people logged in with out of docker's plain file to
//! where Lockgate keeps it, one by one.

pub(crate) mod candidates;
mod one;

use lockgate_core::{LoginInput, Operation, Registry, escape};

use super::Surroundings;
use crate::error::CommandError;
use crate::setup::moving::{Stays, agreed, alone, lines, tell};
use crate::setup::{Asking, SHELL};
use crate::shell::to_stderr;
use candidates::{Candidate, candidates};

/// What waits for another one, in messages.
const COMMAND: &str = "lockgate setup docker --migrate";

/// Held while credentials are moved.
const LOCK: &str = "migrate-docker.lock";

/// Whether every credential was moved, or would be.
pub(super) fn migrate(here: &Surroundings, asking: &Asking) -> Result<bool, CommandError> {
    let (movable, stay) = candidates(here)?;
    let to = target(here, &movable);
    if movable.is_empty() && stay.is_empty() {
        tell(asking, &to, &[], &stay)?;
        SHELL.status("Unchanged", "there is no credential in docker's file");
        return Ok(true);
    }
    warn(here, &movable);
    let (movable, stay) = tried(movable, stay);
    if movable.is_empty() || asking.dry_run {
        tell(asking, &to, &names(&movable), &stay)?;
        return Ok(stay.is_empty());
    }
    if !asking.json {
        to_stderr(&lines(&to, &names(&movable), &stay));
    }
    agreed(asking, "credential", &escape(&to))?;
    let _alone = alone(&here.machine().folders.state, COMMAND, LOCK)?;
    // Another one may have moved some meanwhile.
    let (movable, stay) = candidates(here)?;
    let (moved, left) = move_all(here, movable, stay)?;
    if asking.json {
        tell(asking, &to, &moved, &left)?;
    }
    Ok(left.is_empty())
}

/// The names of those that were moved, and what is left.
fn move_all(
    here: &Surroundings,
    movable: Vec<Candidate>,
    mut left: Vec<Stays>,
) -> Result<(Vec<String>, Vec<Stays>), CommandError> {
    let file = here.docker_file()?;
    let mut moved = Vec::new();
    for candidate in movable {
        let (name, shown) = (candidate.key.clone(), escape(&candidate.key));
        match one::move_credential(file, &candidate) {
            Ok(()) => {
                let to = escape(&candidate.name);
                SHELL.status("Moved", &format!("credential for `{shown}` to `{to}`"));
                moved.push(name);
            }
            Err(reason) => {
                SHELL.warning(&format!("`{shown}` was not moved: {reason}"));
                left.push(Stays { name, reason });
            }
        }
    }
    Ok((moved, left))
}

/// Those that would not be moved are among those that stay.
fn tried(movable: Vec<Candidate>, mut stay: Vec<Stays>) -> (Vec<Candidate>, Vec<Stays>) {
    let mut left = Vec::new();
    for candidate in movable {
        match one::can_be_moved(&candidate) {
            Ok(()) => left.push(candidate),
            Err(reason) => stay.push(Stays { name: candidate.key, reason }),
        }
    }
    (left, stay)
}

/// Who keeps them afterwards, each provider once.
fn target(here: &Surroundings, movable: &[Candidate]) -> String {
    let mut names: Vec<String> = Vec::new();
    let hub = Registry::new(lockgate_core::Ecosystem::Oci, lockgate_core::DOCKER_HUB).ok();
    let name = |registry| name_of(here, registry);
    let of_none = hub.iter().filter(|_| movable.is_empty()).map(name);
    for name in movable.iter().map(|candidate| candidate.name.clone()).chain(of_none) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(", ")
}

/// The providers that are asked to keep a login of this server.
fn name_of(here: &Surroundings, registry: &Registry) -> String {
    let login = Operation::Login(LoginInput::default());
    let chosen = here.context.docker_choices(registry, &login).choices;
    chosen.iter().map(|choice| choice.provider.clone()).collect::<Vec<_>>().join(", ")
}

/// That a store is none is told once.
fn warn(here: &Surroundings, movable: &[Candidate]) {
    let login = Operation::Login(LoginInput::default());
    let chosen =
        movable.iter().map(|candidate| here.context.docker_choices(&candidate.registry, &login));
    if let Some(warning) = chosen.filter_map(|chosen| chosen.fallback_warning).next() {
        SHELL.warning(&warning.to_string());
    }
}

fn names(movable: &[Candidate]) -> Vec<String> {
    movable.iter().map(|candidate| candidate.key.clone()).collect()
}
