//! `lockgate setup cargo --migrate`: moves tokens out of cargo's plain file into another provider's
//! store, one by one.

pub(crate) mod candidates;
mod one;

use lockgate_broker::{Choice, Context, ProviderError, check};

use crate::cargo::context;
use crate::error::CommandError;
use crate::setup::moving::{Moves, Stays, agreed, alone};
use crate::setup::{Asking, SHELL};
use candidates::{Candidate, candidates};

/// The provider that keeps tokens in the plain file.
const PLAIN_FILE: &str = "cargo:token";

/// What waits for another one, in messages.
const COMMAND: &str = "lockgate setup cargo --migrate";

/// Held while tokens are moved.
const LOCK: &str = "migrate.lock";

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
    let to = &target.provider;
    if movable.is_empty() && stay.is_empty() {
        Moves::default().tell(asking, to)?;
        SHELL.status("Unchanged", "there is no token in cargo's file of tokens");
        return Ok(true);
    }
    // With `--yes` there is nobody to agree to a plan, and what becomes of each is told as it happens.
    if asking.dry_run || !asking.yes || movable.is_empty() {
        let plan = tried(movable, stay, &target);
        if asking.dry_run || plan.moved.is_empty() {
            plan.tell(asking, to)?;
            return Ok(plan.stay.is_empty());
        }
        agreed(asking, "token", to, &plan)?;
    }
    let _alone = alone(&context.machine.folders.state, COMMAND, LOCK)?;
    // Another one may have moved some meanwhile.
    let (movable, stay) = candidates(&self::context()?, &target)?;
    let moves = move_all(movable, stay, &target);
    if asking.json {
        moves.tell(asking, to)?;
    }
    Ok(moves.stay.is_empty())
}

fn move_all(movable: Vec<Candidate>, stay: Vec<Stays>, target: &Choice) -> Moves {
    let mut moves = Moves::default();
    stay.into_iter().for_each(|one| moves.stays(one));
    for Candidate { name, registry } in movable {
        let end = one::move_token(&registry, target);
        moves.ended("token", &name, &target.provider, end);
    }
    moves
}

/// Those that would not be moved are among those that stay.
fn tried(movable: Vec<Candidate>, stay: Vec<Stays>, target: &Choice) -> Moves {
    let mut plan = Moves { moved: Vec::new(), stay };
    for Candidate { name, registry } in movable {
        match one::can_be_moved(&registry, target) {
            Ok(()) => plan.moved.push(name),
            Err(reason) => plan.stay.push(Stays { name, reason }),
        }
    }
    plan
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
