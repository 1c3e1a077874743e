//! The move of one entry.

use std::cell::Cell;
use std::path::Path;

use lockgate_adapters::docker_config;
use lockgate_broker::{Choice, Context};
use lockgate_core::Operation;
use lockgate_registry::docker::{DockerConfig, mark};

use super::candidates::{Candidate, credential};
use crate::error::CommandError;
use crate::setup::docker::Surroundings;
use crate::setup::moving::{Choices, Held, Moving, Target, is_same};

/// The store of docker's file, as origins name it.
const PLAIN_STORE: &str = "docker-config";

/// Has Lockgate keep the credential, compares what it gives back, and only then takes it out of the
/// file, where docker's own mark stays in its place. Whatever ends this before leaves it in the file;
/// it can be done again.
pub(super) fn move_credential(file: &Path, candidate: &Candidate) -> Result<(), String> {
    let choices = asked(candidate);
    let target = target(candidate, &choices);
    let held = target.held(&candidate.moving)?;
    if held == Held::Nothing {
        target.save(&candidate.moving)?;
        target.gives_back(&candidate.moving)?;
    }
    match (take_out(file, candidate), held) {
        (Err(reason), Held::Nothing) => Err(taken_back(&target, candidate, reason)),
        (taken_out, _) => taken_out,
    }
}

/// Whether it could be moved, as far as that can be known without changing anything.
pub(super) fn can_be_moved(candidate: &Candidate) -> Result<(), String> {
    let choices = asked(candidate);
    target(candidate, &choices).held(&candidate.moving).map(drop)
}

/// Somebody who logged in meanwhile has a newer one in the file: what was saved of the older one goes,
/// if it is still there.
fn taken_back(target: &Target<'_>, candidate: &Candidate, reason: String) -> String {
    let is_there = target.gives_back(&candidate.moving).is_ok();
    match is_there.then(|| target.forget(Some(&candidate.moving.secret))) {
        None | Some(Ok(())) => reason,
        Some(Err(why)) => {
            let shown = target.shown();
            format!("{reason}; {shown} has the one that was there before: {why}")
        }
    }
}

/// Those who serve the server, as docker's own question would find them.
fn asked(candidate: &Candidate) -> impl Fn(&Context, &Operation) -> Vec<Choice> {
    let registry = candidate.registry.clone();
    move |context, operation| context.docker_choices(&registry, operation).choices
}

fn target<'a>(candidate: &'a Candidate, choices: Choices<'a>) -> Target<'a> {
    Target {
        registry: &candidate.registry,
        choices,
        name: &candidate.name,
        left: PLAIN_STORE,
        context: || Surroundings::load().map(|here| here.context),
    }
}

/// Takes no other credential out than this one: somebody may have logged in meanwhile.
fn take_out(file: &Path, candidate: &Candidate) -> Result<(), String> {
    let is_it = Cell::new(false);
    let changed = docker_config::change(file, |text| {
        is_it.set(has(&DockerConfig::parse(text, file)?, candidate));
        if is_it.get() { mark(text, file, &candidate.key) } else { Ok(None) }
    });
    changed.map_err(|error| CommandError::from_error(&error).messages().join(": "))?;
    match is_it.get() {
        true => Ok(()),
        false => Err("another credential was put into the file meanwhile".to_owned()),
    }
}

/// Whether the entry still says what was moved.
fn has(config: &DockerConfig, candidate: &Candidate) -> bool {
    let found = config.entries().find(|(key, _)| *key == candidate.key);
    let said = found.and_then(|(_, entry)| credential(&entry.ok()?).ok());
    said.is_some_and(|now| {
        let Moving { identity, account, secret } = &candidate.moving;
        now.identity == *identity
            && now.account == *account
            && is_same(now.secret.expose(), secret.expose())
    })
}
