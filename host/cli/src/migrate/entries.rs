//! Which entries a store has, without their secrets.

use std::collections::BTreeSet;

use lockgate_adapters::{Listed, docker_config};
use lockgate_broker::Context;
use lockgate_core::{Ecosystem, Registry};
use lockgate_registry::docker::{DockerConfig, Entry};

use super::one::{context_of, may_look, may_use};
use super::place::{Place, client_of};
use crate::error::CommandError;
use crate::setup::{cargo_tokens, docker_entries};

/// Registries that there are none of, so that no policy means one of them by its name.
const NO_SERVER: &str = "registry.invalid";
const NO_INDEX: &str = "sparse+https://registry.invalid/";

/// An entry that can be moved.
pub(super) struct Found {
    pub(super) ecosystem: Ecosystem,
    /// What it is called where it is.
    pub(super) name: String,
    /// Under which key it is kept there.
    pub(super) from: Registry,
    /// Under which one its client asks another store for it.
    pub(super) to: Registry,
    /// Whether it has an account.
    pub(super) has_account: bool,
}

impl Found {
    pub(super) fn client(&self) -> &'static str {
        client_of(self.ecosystem)
    }
}

/// An entry that stays where it is.
pub(super) struct Stays {
    pub(super) ecosystem: Ecosystem,
    pub(super) name: String,
    pub(super) reason: String,
}

type Entries = (Vec<Found>, Vec<Stays>);

/// All entries of the store that these clients have there.
///
/// # Errors
/// If that is not known, or the administrator does not let it be.
pub(super) fn entries(
    from: Place,
    to: Place,
    ecosystems: &[Ecosystem],
) -> Result<Entries, CommandError> {
    let (mut found, mut stay) = (Vec::new(), Vec::new());
    for &ecosystem in ecosystems {
        let context = context_of(ecosystem)?;
        context.check_caller().map_err(|error| CommandError::from_error(&error))?;
        allowed(&context, ecosystem, from)?;
        let (of_this, staying) = of_client(&context, ecosystem, from)?;
        stay.extend(staying);
        for one in of_this {
            match movable(&context, &one, from, to) {
                Ok(()) => found.push(one),
                Err(reason) => stay.push(Stays { ecosystem, name: one.name, reason }),
            }
        }
    }
    Ok((found, stay))
}

/// A store that the administrator forbids is not looked through. What the policy says of one registry
/// says nothing of the others.
fn allowed(context: &Context, ecosystem: Ecosystem, from: Place) -> Result<(), CommandError> {
    let url = if ecosystem == Ecosystem::Oci { NO_SERVER } else { NO_INDEX };
    let registry =
        Registry::new(ecosystem, url).map_err(|error| CommandError::from_error(&error))?;
    may_look(context, &registry, from).map_err(CommandError::new)
}

fn movable(context: &Context, one: &Found, from: Place, to: Place) -> Result<(), String> {
    if !to.keeps(one.ecosystem) {
        return Err(format!("`{to}` keeps nothing for {}", one.client()));
    }
    may_use(context, &one.from, from)?;
    may_use(context, &one.to, to)
}

fn of_client(
    context: &Context,
    ecosystem: Ecosystem,
    from: Place,
) -> Result<Entries, CommandError> {
    match from {
        Place::CargoCredentials => of_cargos_file(context),
        Place::DockerConfig => of_dockers_file(context),
        _ => {
            let listed = context.unlock(from.name());
            let listed = listed.and_then(|()| context.entries(ecosystem, from.name()));
            let listed = listed.map_err(|error| {
                let message = format!("the entries of `{from}` cannot be listed");
                CommandError::because(message, CommandError::from_error(&*error).messages())
            })?;
            Ok(of_list(context, ecosystem, &listed))
        }
    }
}

/// Of several entries under one key nobody knows which one is used, and of several keys that mean one
/// server only one would find room.
fn of_list(context: &Context, ecosystem: Ecosystem, listed: &[Listed]) -> Entries {
    let (mut found, mut stay) = (Vec::new(), Vec::new());
    let mut seen = BTreeSet::new();
    for entry in listed.iter().filter(|entry| seen.insert(entry.server.as_str())) {
        let name = entry.server.clone();
        let several = listed.iter().filter(|other| other.server == name).count() > 1;
        let registry = match several {
            true => Err("there are several entries for it; log out, and in again".to_owned()),
            false => registry(context, ecosystem, &name),
        };
        match registry {
            Ok(from) => {
                let has_account = entry.identity.is_some();
                let to = from.clone();
                found.push(Found { ecosystem, name, from, to, has_account });
            }
            Err(reason) => stay.push(Stays { ecosystem, name, reason }),
        }
    }
    (found, stay)
}

/// With the name that the user's own configuration has for it, which labels show.
fn registry(context: &Context, ecosystem: Ecosystem, url: &str) -> Result<Registry, String> {
    let registry = Registry::new(ecosystem, url).map_err(|error| error.to_string())?;
    if ecosystem != Ecosystem::Cargo || registry.is_crates_io() {
        return Ok(registry);
    }
    let mut known = context.cargo.registries().into_iter();
    let named = known.find(|known| known.trusted && known.url.as_deref() == Ok(url));
    Ok(registry.named(named.map(|named| named.name)))
}

fn of_cargos_file(context: &Context) -> Result<Entries, CommandError> {
    let ecosystem = Ecosystem::Cargo;
    let (found, stay) = cargo_tokens::of_file(context, |registry, _| Ok(registry))?;
    let found = found.into_iter().map(|one| Found {
        ecosystem,
        name: one.name,
        from: one.registry.clone(),
        to: one.registry,
        has_account: false,
    });
    let stay = stay.into_iter().map(|one| Stays { ecosystem, name: one.name, reason: one.reason });
    Ok((found.collect(), stay.collect()))
}

fn of_dockers_file(context: &Context) -> Result<Entries, CommandError> {
    let ecosystem = Ecosystem::Oci;
    let (mut found, mut stay) = (Vec::new(), Vec::new());
    let Some(places) = &context.docker else { return Ok((found, stay)) };
    let path = &places.config_file;
    let text = docker_config::read(path).map_err(|error| CommandError::from_error(&error))?;
    let config = DockerConfig::parse(text.as_deref().map_or("", String::as_str), path)?;
    for (key, entry) in config.entries() {
        if entry.as_ref().is_ok_and(Entry::is_empty) {
            continue;
        }
        let name = key.to_owned();
        let from = Registry::new(ecosystem, key).map_err(|error| error.to_string());
        let both = from.and_then(|from| Ok((from, docker_entries::of_entry(&config, key, entry)?)));
        match both {
            Ok((from, (to, _))) => {
                found.push(Found { ecosystem, name, from, to, has_account: true });
            }
            Err(reason) => stay.push(Stays { ecosystem, name, reason }),
        }
    }
    Ok((found, stay))
}
