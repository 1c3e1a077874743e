//! The move of one entry, and what the administrator says of it.

use std::error::Error;
use std::fmt::Display;

use lockgate_broker::{Choice, Context, explain};
use lockgate_core::{Ecosystem, Operation, Registry};
use lockgate_policy::{Decision, Identity, NotServed};
use lockgate_providers::find_built_in;

use super::entries::Found;
use super::place::Place;
use crate::cargo::context;
use crate::error::CommandError;
use crate::setup::Surroundings;
use crate::setup::moving::{Choices, Sides, Target};

/// Moves it as [`Sides::move_credential`] does.
pub(super) fn moved(from: Place, to: Place, one: &Found) -> Result<(), String> {
    let side = |registry, place: Place, choices| side(registry, place, from, choices);
    let (leaves, goes) = (only(from), only(to));
    let sides = Sides { from: side(&one.from, from, &leaves), to: side(&one.to, to, &goes) };
    sides.move_credential()
}

/// Whether the store could keep it, as far as that is known without a secret.
pub(super) fn can_be_kept(to: Place, one: &Found) -> Result<(), String> {
    match to {
        Place::CargoCredentials if !context_of(one.ecosystem)?.has_table(&one.to) => Err(
            "cargo's configuration has no name for its index, and the file keeps tokens by name"
                .to_owned(),
        ),
        Place::DockerConfig if !one.has_account => {
            Err("it has no user name, without which docker keeps none".to_owned())
        }
        _ => Ok(()),
    }
}

/// Whether the provider of a store is the one that is asked, and may use it for this registry.
pub(super) fn may_use(context: &Context, registry: &Registry, place: Place) -> Result<(), String> {
    if let Some((_, line)) = context.machine.ceiling.providers_for(registry) {
        return Err(format!("the administrator's policy ({line}) says who serves it"));
    }
    let decisions = decisions(context, registry, place)?;
    is_left(&decisions.map_err(|error| unusable(place, error))?, place)
}

/// Whether the provider of a store is admitted, and may use it for some registry, as far as this one
/// tells: that it is refused itself says nothing of the others.
pub(super) fn may_look(context: &Context, registry: &Registry, place: Place) -> Result<(), String> {
    match decisions(context, registry, place)? {
        Ok(decisions) => is_left(&decisions, place),
        Err(NotServed::Forbidden(_)) => is_admitted(context, registry, place),
        Err(error) => Err(unusable(place, error)),
    }
}

fn decisions(
    context: &Context,
    registry: &Registry,
    place: Place,
) -> Result<Result<Vec<Decision>, NotServed>, String> {
    explain(context, registry, &choice(place)).map_err(|error| in_one_line(&error))
}

fn is_left(decisions: &[Decision], place: Place) -> Result<(), String> {
    let decision = decisions
        .iter()
        .find(|decision| decision.capability == "stores" && decision.subject == place.name());
    match decision.map(|decision| decision.explain(place.provider())) {
        Some(None) => Ok(()),
        Some(Some(why)) => Err(unusable(place, why)),
        None => Err(unusable(place, "there is no such store here")),
    }
}

fn is_admitted(context: &Context, registry: &Registry, place: Place) -> Result<(), String> {
    let found = find_built_in(&context.machine.providers(), place.provider());
    let Some(found) = found.map_err(|error| in_one_line(&error))? else {
        return Err(unusable(place, "there is no such store here"));
    };
    let digest = found.digest.hex();
    let identity = Identity {
        name: &found.name,
        digest: &digest,
        built_in: found.built_in,
        bridge: found.bridge,
        ..Identity::default()
    };
    let admitted = context.machine.ceiling.admits_store(&identity, place.name(), registry);
    admitted.map_err(|error| unusable(place, error))
}

fn unusable(place: Place, why: impl Display) -> String {
    format!("`{place}` cannot be used: {why}")
}

fn in_one_line(error: &(dyn Error + 'static)) -> String {
    CommandError::from_error(error).messages().join(": ")
}

/// The configuration that holds for a client's entries. docker's variable is none of the stores.
pub(super) fn context_of(ecosystem: Ecosystem) -> Result<Context, CommandError> {
    match ecosystem {
        Ecosystem::Oci => of_docker(),
        _ => of_cargo(),
    }
}

fn of_cargo() -> Result<Context, CommandError> {
    Ok(context()?)
}

fn of_docker() -> Result<Context, CommandError> {
    Ok(Surroundings::load()?.context.without_auth_variable())
}

fn side<'a>(registry: &'a Registry, place: Place, left: Place, choices: Choices<'a>) -> Target<'a> {
    let context = match registry.ecosystem() {
        Ecosystem::Oci => of_docker,
        _ => of_cargo,
    };
    Target { registry, choices, name: place.name(), left: left.name(), context }
}

/// The provider that owns the store is asked for everything.
fn only(place: Place) -> impl Fn(&Context, &Operation) -> Vec<Choice> {
    let choice = choice(place);
    move |_, _| vec![choice.clone()]
}

fn choice(place: Place) -> Choice {
    let provider = place.provider().to_owned();
    Choice { provider, arguments: Vec::new(), trusted: true, exact: false }
}
