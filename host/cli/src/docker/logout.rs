//! `lockgate docker logout`, in docker's words. Unlike docker it finds every key under which the server
//! may be kept, tells what could not be erased, and what is left.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use lockgate_adapters::docker_config;
use lockgate_core::{DOCKER_HUB, Registry, escape};
use lockgate_registry::docker::containers::{self, AuthFileKind};
use lockgate_registry::docker::{
    DockerConfig, HUB_TOKENS, aliases, hostname, login_server, logout_servers, remove_auth,
};

use super::grant::Offers;
use super::place::{Place, Surroundings, is_kept, registry};
use super::requests::{Erased, erase, get, is_own};
use super::{SHELL, in_one_line, joined};
use crate::docker_helper;
use crate::error::CommandError;
use crate::shell::{output, to_stderr};

/// Erases what is kept for a server. As in docker, what could not be erased is told, and no error.
pub(super) fn logout(argument: Option<&str>) -> Result<(), CommandError> {
    let here = Surroundings::load()?;
    let shown = match argument.filter(|argument| !argument.is_empty()) {
        Some(argument) => hostname(argument),
        None => DOCKER_HUB.to_owned(),
    };
    let server = login_server(argument);
    here.tell_variable();
    output(format!("Removing login credentials for {}\n", escape(&shown)).as_bytes())?;
    let mut done = Done::default();
    let config = here.docker().map(|(config, _)| config);
    let config = config.map_err(|error| done.add(&server, Err(in_one_line(error)))).ok();
    if let Some(config) = &config {
        erase_all(&here, config, &keys(config, argument), &mut done);
    }
    erase_own(&here, config.as_ref(), &server, &mut done);
    done.tell();
    tell_keyring(&here, config.as_ref(), &server);
    tell_remaining(&here, &server);
    Ok(())
}

/// What a logout has come to.
#[derive(Default)]
struct Done {
    /// The keys that are not kept any more, or were not.
    erased: Vec<String>,
    /// What could not be erased, and why.
    failed: Vec<(String, String)>,
    /// A token of Docker Hub's web login was erased.
    had_token: bool,
}

impl Done {
    fn add(&mut self, key: &str, ended: Result<bool, String>) {
        match ended {
            Ok(was_there) => {
                self.erased.push(key.to_owned());
                self.had_token |= was_there && is_token(key);
            }
            Err(why) => self.failed.push((key.to_owned(), why)),
        }
    }

    fn tell(&self) {
        tell_failures(&self.failed);
        if self.had_token {
            SHELL.warning(
                "the tokens of a web login to Docker Hub were erased here, but not revoked: who has a copy \
                 can use it until it expires",
            );
        }
    }
}

/// docker's keys, and those of entries that it leaves behind: with a path, or by another spelling.
fn keys(config: &DockerConfig, argument: Option<&str>) -> Vec<String> {
    let mut keys = logout_servers(argument);
    let hosts: BTreeSet<_> = keys.iter().map(|key| hostname(key)).collect();
    let left = config.entries().map(|(key, _)| key);
    let left = left.filter(|key| hosts.contains(&hostname(key)) && !is_token(key));
    keys.extend(left.map(str::to_owned));
    let mut seen = BTreeSet::new();
    keys.retain(|key| seen.insert(key.clone()));
    keys
}

fn is_token(key: &str) -> bool {
    HUB_TOKENS.contains(&key)
}

/// Each key with the store that docker has for it and in docker's own file, then the marks there.
fn erase_all(here: &Surroundings, config: &DockerConfig, keys: &[String], done: &mut Done) {
    let mut stores = Stores { here, config, offers: Offers::default(), erased: Vec::new() };
    for key in keys {
        done.add(key, stores.erase(key));
    }
    if keys.iter().any(|key| key == DOCKER_HUB) {
        stores.erase_tokens(done);
    }
    if let Err(error) = remove_marks(here, &done.erased) {
        done.failed.push((here.file.display().to_string(), in_one_line(error)));
    }
}

/// Where docker keeps the keys of a server.
struct Stores<'a> {
    here: &'a Surroundings,
    config: &'a DockerConfig,
    /// What was said of helpers that nobody granted yet.
    offers: Offers,
    /// The servers that are not kept there any more, by each of their names: each helper was asked.
    erased: Vec<(Place, Registry)>,
}

impl Stores<'_> {
    /// Whether anything was there. An entry of the file that nobody can read goes whatever a helper says.
    fn erase(&mut self, key: &str) -> Result<bool, String> {
        let from_store = self.erase_stored(key);
        if from_store.is_err() && !is_unreadable(self.config, key) {
            return from_store;
        }
        let from_file = erase_in_file(self.here, key)?;
        Ok(from_store? || from_file)
    }

    /// With who keeps it for docker, if that is not the file.
    fn erase_stored(&mut self, key: &str) -> Result<bool, String> {
        let place = Place::of(self.config, key).map_err(in_one_line)?;
        if matches!(place, Place::File | Place::OursFound | Place::Variable) {
            return Ok(false);
        }
        let registry = registry(key).map_err(in_one_line)?;
        self.offers.offer(self.here, &place, &registry)?;
        let erased = self.erased.iter().find(|(other, _)| *other == place);
        let erased = erased.map(|(_, server)| server);
        let ended = erase(self.here, &place, &registry, erased);
        let Erased { was_there, all_asked } = ended.map_err(|messages| joined(&messages))?;
        if all_asked && is_own(&registry) {
            self.erased.push((place, registry));
        }
        Ok(was_there)
    }

    /// Those of Hub's web login, which docker keeps where it keeps Hub's password.
    fn erase_tokens(&mut self, done: &mut Done) {
        match may_have_tokens(self.here, self.config, &done.failed) {
            Ok(true) => HUB_TOKENS.iter().for_each(|key| done.add(key, self.erase(key))),
            Ok(false) => {}
            Err(why) => done.failed.push((DOCKER_HUB.to_owned(), why)),
        }
    }
}

fn is_unreadable(config: &DockerConfig, key: &str) -> bool {
    config.entries().any(|(other, entry)| other == key && entry.is_err())
}

/// An entry of docker's own file, which another key's erasure may have taken along.
fn erase_in_file(here: &Surroundings, key: &str) -> Result<bool, String> {
    if !is_kept(&here.docker().map_err(in_one_line)?.0, key) {
        return Ok(false);
    }
    let registry = registry(key).map_err(in_one_line)?;
    let ended = erase(here, &Place::File, &registry, None);
    ended.map(|erased| erased.was_there).map_err(|messages| joined(&messages))
}

/// As docker does, a native helper is asked first whether it has one, and not if it could not erase
/// Hub's own entry.
fn may_have_tokens(
    here: &Surroundings,
    config: &DockerConfig,
    failed: &[(String, String)],
) -> Result<bool, String> {
    let [_, refresh] = HUB_TOKENS;
    match Place::of(config, refresh).map_err(in_one_line)? {
        Place::Helper(_) if failed.iter().any(|(key, _)| key == DOCKER_HUB) => Ok(false),
        place @ Place::Helper(_) => {
            let found = get(here, &place, &registry(refresh).map_err(in_one_line)?);
            found.map(|found| found.is_some()).map_err(|messages| joined(&messages))
        }
        _ => Ok(true),
    }
}

/// Entries that say nothing, for what is kept elsewhere no more.
fn remove_marks(here: &Surroundings, keys: &[String]) -> Result<(), CommandError> {
    let file = &here.file;
    let removed = docker_config::change(file, |text| {
        let mut changed = None;
        for key in keys {
            let so_far = changed.as_deref().map_or(text, String::as_str);
            if !is_kept(&DockerConfig::parse(so_far, file)?, key) {
                changed = remove_auth(so_far, file, key)?.or(changed);
            }
        }
        Ok(changed)
    });
    removed.map(drop).map_err(|error| CommandError::from_error(&error))
}

/// With Lockgate's own providers, whatever docker's configuration says: whoever logs out here does not
/// look for it there.
fn erase_own(here: &Surroundings, config: Option<&DockerConfig>, server: &str, done: &mut Done) {
    let tokens = HUB_TOKENS.into_iter().filter(|_| server == DOCKER_HUB);
    for key in std::iter::once(server).chain(tokens) {
        let place = config.map(|config| Place::of(config, key));
        if matches!(place, Some(Ok(Place::Ours))) {
            continue;
        }
        if let Ok(registry) = registry(key) {
            let ended = erase(here, &Place::Ours, &registry, None);
            let ended = ended.map(|erased| erased.was_there);
            done.add(key, ended.map_err(|messages| joined(&messages)));
        }
    }
}

/// docker's own warning, with each reason once. docker leaves it out for most servers.
fn tell_failures(failed: &[(String, String)]) {
    if failed.is_empty() {
        return;
    }
    to_stderr("WARNING: could not erase credentials:\n");
    let mut reasons: Vec<(&str, Vec<String>)> = Vec::new();
    for (key, why) in failed {
        let key = escape(key);
        match reasons.iter_mut().find(|(told, _)| told == why) {
            Some((_, keys)) if keys.contains(&key) => {}
            Some((_, keys)) => keys.push(key),
            None => reasons.push((why, vec![key])),
        }
    }
    for (why, keys) in reasons {
        let (first, others) = keys.split_at(1);
        to_stderr(&format!("{}: {why}\n", first.concat()));
        if !others.is_empty() {
            to_stderr(&format!("{}: the same\n", others.join(", ")));
        }
    }
}

/// That a login may be in a keyring that could not be asked, where docker's configuration names this
/// program.
fn tell_keyring(here: &Surroundings, config: Option<&DockerConfig>, server: &str) {
    let place = config.map(|config| Place::of(config, server));
    let Some(Ok(Place::Ours)) = place else { return };
    let Ok(registry) = registry(server) else { return };
    if let Some(warning) = docker_helper::not_looked_at(&here.context(), &registry) {
        SHELL.warning(&warning);
    }
}

/// Where the server's credentials still are, beside what docker looks at.
fn tell_remaining(here: &Surroundings, server: &str) {
    if here.variable_has(server) {
        SHELL.warning("DOCKER_AUTH_CONFIG still has a login to it; unset the variable");
    }
    for file in other_files(here).into_iter().filter(|file| has_entry(file, server)) {
        SHELL.warning(&format!(
            "`{}` still has a login to it, which is podman's, skopeo's and buildah's",
            file.display()
        ));
    }
}

fn other_files(here: &Surroundings) -> Vec<PathBuf> {
    let Some(home) = here.machine.home() else { return Vec::new() };
    let uid = rustix::process::geteuid().as_raw();
    let theirs = containers::Surroundings { variables: &here.variables, home, uid };
    let own = theirs.read_files().into_iter().filter(|file| file.kind == AuthFileKind::Containers);
    own.map(|file| file.path).collect()
}

fn has_entry(file: &Path, server: &str) -> bool {
    let Ok(Some(text)) = docker_config::read(file) else { return false };
    let Ok(config) = DockerConfig::parse(&text, file) else { return false };
    let mut keys = aliases(server);
    keys.push(server.to_owned());
    let has = |key: &String| {
        config.entry(key).is_ok_and(|found| found.is_some_and(|entry| !entry.is_empty()))
    };
    keys.iter().any(has)
}
