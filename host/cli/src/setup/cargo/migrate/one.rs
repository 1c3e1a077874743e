//! The move of one token.

use lockgate_broker::{Choice, Context};
use lockgate_core::{Operation, Registry};

use super::PLAIN_FILE;
use crate::cargo::context;
use crate::error::CommandError;
use crate::setup::moving::{Choices, Sides, Target};

/// The store of cargo's own file, as origins name it.
const PLAIN_STORE: &str = "cargo-credentials";

/// Out of the file, as [`Sides::move_credential`] does it.
pub(super) fn move_token(registry: &Registry, target: &Choice) -> Result<(), String> {
    with_sides(registry, target, |sides| sides.move_credential())
}

/// Whether the token could be moved, as far as that can be known without changing anything.
pub(super) fn can_be_moved(registry: &Registry, target: &Choice) -> Result<(), String> {
    with_sides(registry, target, |sides| sides.can_be_moved())
}

fn with_sides(
    registry: &Registry,
    target: &Choice,
    act: impl FnOnce(&Sides<'_>) -> Result<(), String>,
) -> Result<(), String> {
    let plain = Choice::of_line(PLAIN_FILE).map(Choice::trusted);
    let plain = plain.ok_or_else(|| "there is no provider".to_owned())?;
    let (from, to) = (only(&plain), only(target));
    let side = |name, choices| side(registry, name, choices);
    act(&Sides { from: side(&plain.provider, &from), to: side(&target.provider, &to) })
}

fn side<'a>(registry: &'a Registry, name: &'a str, choices: Choices<'a>) -> Target<'a> {
    Target { registry, choices, name, left: PLAIN_STORE, context: configured }
}

/// That one is asked for everything.
fn only(choice: &Choice) -> impl Fn(&Context, &Operation) -> Vec<Choice> {
    let choice = choice.clone();
    move |_, _| vec![choice.clone()]
}

fn configured() -> Result<Context, CommandError> {
    Ok(context()?)
}
