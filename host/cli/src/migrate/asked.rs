//! Whether a client finds its entries where they are afterwards.

use lockgate_adapters::docker_config;
use lockgate_broker::{Choice, Context};
use lockgate_core::{Ecosystem, Operation, Purpose, escape};
use lockgate_registry::docker::{DockerConfig, Selection};

use super::entries::Found;
use super::one::context_of;
use super::place::Place;
use crate::cargo::choices_of_cargo;
use crate::error::CommandError;
use crate::setup::SUFFIX;
use crate::shell::Shell;

/// What keeps the entry's client from finding it in the store, and what to do about it; none if nothing
/// does.
pub(super) fn unasked(to: Place, one: &Found) -> Result<Option<String>, CommandError> {
    let context = context_of(one.ecosystem)?;
    match one.ecosystem {
        Ecosystem::Oci => by_docker(&context, to, one),
        _ => by_cargo(&context, to, one),
    }
}

fn by_cargo(context: &Context, to: Place, one: &Found) -> Result<Option<String>, CommandError> {
    let quiet = Shell { quiet: true, verbose: false };
    let asked = choices_of_cargo(quiet, context, &one.to)?;
    Ok((!is_among(&asked, to)).then(|| {
        let (provider, name) = (to.provider(), escape(&one.name));
        // Other tokens may still be in cargo's own file.
        let options = match to {
            Place::CargoCredentials => format!("--provider {provider}"),
            _ => format!("--provider cargo:token --provider {provider}"),
        };
        format!(
            "cargo does not ask `{provider}` for `{name}`; `lockgate setup cargo {options}` has it asked"
        )
    }))
}

/// docker reads its own file wherever it has no helper.
fn by_docker(context: &Context, to: Place, one: &Found) -> Result<Option<String>, CommandError> {
    let Some(places) = &context.docker else { return Ok(None) };
    let path = &places.config_file;
    let text = docker_config::read(path).map_err(|error| CommandError::from_error(&error))?;
    let config = DockerConfig::parse(text.as_deref().map_or("", String::as_str), path)?;
    match config.selection(one.to.url())? {
        Selection::Helper(suffix) if suffix == SUFFIX => Ok(by_lockgate(context, to, one)),
        Selection::Helper(suffix) => Ok(Some(format!(
            "docker asks `docker-credential-{}` for `{}`, and not Lockgate",
            escape(&suffix),
            escape(one.to.url())
        ))),
        Selection::File | Selection::Unset if to == Place::DockerConfig => Ok(None),
        Selection::File | Selection::Unset => Ok(Some(
            "docker does not ask Lockgate; `lockgate setup docker` has it asked".to_owned(),
        )),
    }
}

fn by_lockgate(context: &Context, to: Place, one: &Found) -> Option<String> {
    let asked = context.docker_choices(&one.to, &Operation::Get(Purpose::Read)).choices;
    let config = context.machine.folders.config_file.display();
    (!is_among(&asked, to)).then(|| {
        format!(
            "Lockgate does not ask `{}` for docker's `{}`; name it in `providers` under `[docker]` in {config}",
            to.provider(),
            escape(one.to.url())
        )
    })
}

fn is_among(asked: &[Choice], to: Place) -> bool {
    asked.iter().any(|choice| to.is_served_by(&choice.provider))
}
