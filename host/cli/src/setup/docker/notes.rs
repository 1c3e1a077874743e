//! What a person should know before docker or podman is pointed at Lockgate.

use std::path::{Path, PathBuf};

use lockgate_broker::{Chosen, DOCKER_HELPER, docker_helper_grant, docker_helper_program};
use lockgate_core::{DOCKER_HUB, Ecosystem, LoginInput, Operation, Registry, escape, shell_word};
use lockgate_registry::docker::{AUTH_VARIABLE, DockerConfig, Selection};

use super::containers::Helpers;
use super::{SUFFIX, Surroundings};
use crate::docker_helper::PROGRAM;
use crate::setup::program::{NotFound, Program, on_path, search_path};

/// Helpers whose entries the operating system's own store is: `lockgate:os-store` reads the same ones.
pub(super) const OF_THE_SYSTEM: [&str; 3] = ["secretservice", "osxkeychain", "wincred"];

/// Most servers that are told one by one.
pub(super) const MOST_SERVERS: usize = 8;

/// Whether clients will find the program.
pub(super) fn of_the_path(program: &Program) -> Option<String> {
    let shown = |path: &Path| escape(&path.display().to_string());
    Some(match program.hidden_in(&search_path())? {
        NotFound::Behind(other) => format!(
            "clients would start another program, `{}`, which comes first in PATH; remove it, or put \
             the folder of `{}` before it",
            shown(&other),
            shown(&program.link)
        ),
        NotFound::Outside(folder) => format!(
            "clients look for `{PROGRAM}` in the folders of PATH, and `{}` is none of them; put \
             `export PATH={}:\"$PATH\"` into your shell's profile, or name one of them with `--bin-dir`",
            shown(&folder),
            shell_word(&folder.display().to_string())
        ),
    })
}

/// Who keeps what people log in with, where nothing is said of a server.
fn keeper(here: &Surroundings) -> Chosen {
    let login = Operation::Login(LoginInput::default());
    let hub = Registry::new(Ecosystem::Oci, DOCKER_HUB);
    hub.map(|hub| here.context.docker_choices(&hub, &login)).unwrap_or_default()
}

/// That it will be kept where it is not encrypted.
pub(super) fn of_the_store(here: &Surroundings) -> Option<String> {
    keeper(here).fallback_warning.map(|warning| warning.to_string())
}

/// What changes for docker.
pub(super) fn of_docker(
    here: &Surroundings,
    before: &DockerConfig,
    servers: &[String],
) -> Vec<String> {
    let mut notes = Vec::new();
    let helpers = replaced(before, servers);
    notes.extend(helpers.iter().map(|suffix| of_another_helper(here, suffix)));
    notes.extend(of_plain_entries(before, servers));
    notes.extend(match servers {
        [] => of_other_helpers(before),
        _ => of_no_store(before),
    });
    if here.context.docker.as_ref().is_some_and(|places| places.auth_variable.is_some()) {
        notes.push(format!(
            "the variable {AUTH_VARIABLE} is set; docker since 28.3 takes what it says before it asks \
             anybody"
        ));
    }
    notes.extend(of_the_administrator(here, servers));
    notes
}

/// The helpers that were asked until now, each once.
fn replaced(before: &DockerConfig, servers: &[String]) -> Vec<String> {
    let named: Vec<String> = match servers {
        [] => before.store().map(str::to_owned).into_iter().collect(),
        servers => servers.iter().filter_map(|server| helper_of(before, server)).collect(),
    };
    let mut others: Vec<String> = named.into_iter().filter(|name| name != SUFFIX).collect();
    others.sort();
    others.dedup();
    others
}

fn helper_of(before: &DockerConfig, server: &str) -> Option<String> {
    match before.selection(server) {
        Ok(Selection::Helper(suffix)) => Some(suffix),
        _ => None,
    }
}

fn of_another_helper(here: &Surroundings, suffix: &str) -> String {
    let shown = escape(suffix);
    let stays = format!(
        "docker asked `docker-credential-{shown}` until now; what that one keeps stays there"
    );
    if OF_THE_SYSTEM.contains(&suffix) {
        return format!(
            "{stays}, and Lockgate's `lockgate:os-store` reads and writes the same entries"
        );
    }
    // A list with a helper that is not there would have every question fail.
    let Ok(path) = docker_helper_program(suffix) else {
        return format!(
            "docker asked `docker-credential-{shown}` until now, which is not on PATH; if it keeps \
             something, that stays there"
        );
    };
    let file = escape(&here.machine().folders.config_file.display().to_string());
    let store = keeper(here).choices.first().map(|choice| format!("\"{}\", ", choice.provider));
    let goes_on = format!(
        "{stays}. To go on reading it, put `providers = [{}\"{DOCKER_HELPER} {shown}\"]` under \
         `[docker]` into {file}",
        store.unwrap_or_default()
    );
    match docker_helper_grant(&path) {
        Some(grant) => {
            let grant = shell_word(&grant);
            format!("{goes_on}, and run `lockgate provider grant {DOCKER_HELPER} {grant}`")
        }
        None => goes_on,
    }
}

/// docker does not look into the file for a server that a helper serves.
fn of_plain_entries(before: &DockerConfig, servers: &[String]) -> Option<String> {
    let hidden = plain_keys(before, servers);
    let count = hidden.len();
    (count > 0).then(|| {
        let names: Vec<_> = hidden.iter().take(MOST_SERVERS).map(|key| escape(key)).collect();
        let more = if count > MOST_SERVERS { ", ..." } else { "" };
        format!(
            "docker will not read the credentials of {}{more} in this file any more; afterwards \
             `lockgate setup docker --migrate` moves them to where Lockgate keeps them",
            names.join(", ")
        )
    })
}

/// The entries with credentials that docker reads out of the file until now.
fn plain_keys<'a>(before: &'a DockerConfig, servers: &[String]) -> Vec<&'a str> {
    let is_plain = |key: &str| !matches!(before.selection(key), Ok(Selection::Helper(_)));
    let is_meant = |key: &str| match servers {
        [] => true,
        servers => servers.iter().any(|server| before.keys_of(server).any(|found| found == key)),
    };
    let entries = before.entries().filter(|(_, entry)| {
        entry
            .as_ref()
            .map_or(true, |entry| entry.password.is_some() || entry.identity_token.is_some())
    });
    entries.map(|(key, _)| key).filter(|key| is_plain(key) && is_meant(key)).collect()
}

/// Lines of `credHelpers` come before `credsStore`.
fn of_other_helpers(before: &DockerConfig) -> Option<String> {
    let others: Vec<_> = before.helpers().filter(|(_, suffix)| *suffix != SUFFIX).collect();
    let said = others.iter().take(MOST_SERVERS).map(|(server, suffix)| {
        let server = escape(server);
        match *suffix {
            "" => format!("looks into this file for {server}"),
            suffix => format!("asks `docker-credential-{}` for {server}", escape(suffix)),
        }
    });
    let said: Vec<_> = said.collect();
    (!said.is_empty()).then(|| {
        let more = if others.len() > MOST_SERVERS { ", ..." } else { "" };
        format!("docker still {}{more}; `--server` changes that", said.join(", "))
    })
}

/// The helper that docker chooses by itself where nothing is configured.
pub(super) fn detected(config: &DockerConfig) -> Option<&'static str> {
    let helper = match (config.has_auth_configuration(), on_path("pass").is_some()) {
        (true, _) => return None,
        (false, true) => "docker-credential-pass",
        (false, false) => "docker-credential-secretservice",
    };
    on_path(helper).map(|_| helper)
}

/// With a line in `credHelpers` docker looks for no helper on the machine any more.
fn of_no_store(before: &DockerConfig) -> Option<String> {
    let detected = detected(before)?;
    Some(format!(
        "docker chose `{detected}` by itself, which it does only while nothing is configured; for all \
         other servers it will keep credentials in this file, unencrypted, unless you run `lockgate setup \
         docker` without `--server` or name a `credsStore`"
    ))
}

fn of_the_administrator(here: &Surroundings, servers: &[String]) -> Vec<String> {
    let hub = [DOCKER_HUB.to_owned()];
    let asked = if servers.is_empty() { &hub } else { servers };
    let forced = asked.iter().filter_map(|server| {
        let registry = Registry::new(Ecosystem::Oci, server.clone()).ok()?;
        let (_, place) = here.machine().ceiling.providers_for(&registry)?;
        Some(format!(
            "the administrator's policy ({place}) says which providers Lockgate asks for `{}`",
            escape(server)
        ))
    });
    forced.collect()
}

/// What changes for podman, skopeo and buildah where Lockgate is asked for all servers, by our own file.
pub(super) fn of_podman(others: &Helpers, ours: &Path) -> Vec<String> {
    let names = others.list.iter().filter(|name| *name != SUFFIX);
    let names: Vec<_> = names.map(|name| escape(name)).collect();
    let asked = format!(
        "podman, skopeo and buildah will ask Lockgate first, and then {}; a login is kept by Lockgate",
        names.join(", ")
    );
    let is_behind =
        |file: &&PathBuf| file.parent() == ours.parent() && file.file_name() > ours.file_name();
    let hidden = others.file.as_ref().filter(is_behind).map(|file| {
        format!(
            "`credential-helpers` in `{}` is read after it and takes its place; put \"{SUFFIX}\" into \
             that list, or remove it there",
            escape(&file.display().to_string())
        )
    });
    std::iter::once(asked).chain(hidden).collect()
}

/// The same for single servers, by podman's own file of credentials.
pub(super) fn of_auth_file(file: &Path) -> Vec<String> {
    let file = file.display().to_string();
    vec![format!(
        "podman, skopeo and buildah read this file, and write another one, which they read first and \
         which is gone after a restart: log in with `podman login --authfile {0} HOST`, or with `skopeo \
         login --authfile {0} HOST`; without `--server` they keep logins with Lockgate by themselves",
        escape(&shell_word(&file))
    )]
}
