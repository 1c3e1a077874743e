//! `lockgate setup docker --migrate`: moves what people logged in with out of docker's plain file to
//! where Lockgate keeps it, one by one.

pub(crate) mod candidates;
mod one;

use lockgate_core::{LoginInput, Operation, Registry};

use super::Surroundings;
use crate::error::CommandError;
use crate::setup::moving::{Moves, Stays, agreed, alone};
use crate::setup::{Asking, SHELL};
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
        Moves::default().tell(asking, &to)?;
        SHELL.status("Unchanged", "there is no credential in docker's file");
        return Ok(true);
    }
    warn(here, &movable);
    // With `--yes` there is nobody to agree to a plan, and what becomes of each is told as it happens.
    if asking.dry_run || !asking.yes || movable.is_empty() {
        let plan = tried(movable, stay);
        if asking.dry_run || plan.moved.is_empty() {
            plan.tell(asking, &to)?;
            return Ok(plan.stay.is_empty());
        }
        agreed(asking, "credential", &to, &plan)?;
    }
    let _alone = alone(&here.machine().folders.state, COMMAND, LOCK)?;
    // Another one may have moved some meanwhile.
    let (movable, stay) = candidates(here)?;
    let moves = move_all(here, movable, stay)?;
    if asking.json {
        moves.tell(asking, &to)?;
    }
    Ok(moves.stay.is_empty())
}

fn move_all(
    here: &Surroundings,
    movable: Vec<Candidate>,
    stay: Vec<Stays>,
) -> Result<Moves, CommandError> {
    let file = here.docker_file()?;
    let mut moves = Moves::default();
    stay.into_iter().for_each(|one| moves.stays(one));
    for candidate in movable {
        let end = one::move_credential(file, &candidate);
        moves.ended("credential", &candidate.key, &candidate.name, end);
    }
    Ok(moves)
}

/// Those that would not be moved are among those that stay.
fn tried(movable: Vec<Candidate>, stay: Vec<Stays>) -> Moves {
    let mut plan = Moves { moved: Vec::new(), stay };
    for candidate in movable {
        match one::can_be_moved(&candidate) {
            Ok(()) => plan.moved.push(candidate.key),
            Err(reason) => plan.stay.push(Stays { name: candidate.key, reason }),
        }
    }
    plan
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
