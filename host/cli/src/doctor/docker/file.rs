//! docker's `config.json`, and the variable that goes before it.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use lockgate_adapters::docker_config;
use lockgate_broker::{Choice, DOCKER_HELPER, check};
use lockgate_core::{DOCKER_HUB, Ecosystem, Registry, shell_word};
use lockgate_registry::docker::{
    AUTH_VARIABLE, AuthVariable, DockerConfig, Entry, Selection, login_server,
};

use super::{Looked, SETUP, remedy};
use crate::doctor::Finding;
use crate::doctor::finding::said;
use crate::setup::{SUFFIX, Surroundings, movable_server, on_path};

const SUBJECT: &str = "config.json";

/// Reading, writing and running by the group and by others.
const BY_OTHERS: u32 = 0o077;

/// Most servers that are told of one helper.
const MOST_SERVERS: usize = 8;

/// docker's file, and what was found out of it.
pub(super) struct File {
    pub(super) found: Looked,
    /// Nothing if it is not there, or cannot be read.
    pub(super) config: Option<DockerConfig>,
}

pub(super) fn look(here: &Surroundings) -> File {
    let mut findings = variable(here).into_iter().collect::<Vec<_>>();
    let config = match read(here) {
        Ok(config) => config,
        Err(found) => {
            findings.push(found);
            return File { found: Looked { findings, asks_us: false }, config: None };
        }
    };
    let asks_us = config.as_ref().is_some_and(asks_us);
    findings.extend(of_file(here, config.as_ref()));
    if let Some(config) = &config {
        findings.extend(helpers(here, config));
        findings.extend(plain_entries(config));
    }
    File { found: Looked { findings, asks_us }, config }
}

/// Nothing if there is no file.
fn read(here: &Surroundings) -> Result<Option<DockerConfig>, Finding> {
    let path = here.docker_file().map_err(|error| {
        Finding::problem(SUBJECT, error.messages().join("\n"), "set the variable DOCKER_CONFIG")
    })?;
    let otherwise =
        "correct what is named above by hand; docker loses what it cannot read when it saves";
    let text = docker_config::read(path)
        .map_err(|error| Finding::failure(SUBJECT, &error, remedy(&error, otherwise)))?;
    let Some(text) = text else { return Ok(None) };
    let config = DockerConfig::parse(&text, path);
    config.map(Some).map_err(|error| Finding::failure(SUBJECT, &error, otherwise))
}

fn asks_us(config: &DockerConfig) -> bool {
    config.store() == Some(SUFFIX) || config.helpers().any(|(_, suffix)| suffix == SUFFIX)
}

fn of_file(here: &Surroundings, config: Option<&DockerConfig>) -> Vec<Finding> {
    let Ok(path) = here.docker_file() else { return Vec::new() };
    let shown = path.display().to_string();
    let Some(config) = config else {
        let found = Finding::note(SUBJECT, format!("none at {shown}")).with_remedy(SETUP);
        return vec![found];
    };
    let mut findings =
        vec![open_to_others(config, path).unwrap_or_else(|| Finding::good(SUBJECT, shown))];
    for (key, entry) in config.entries() {
        if let Err(error) = entry {
            let remedy = format!("lockgate docker logout {}", shell_word(key));
            findings.push(Finding::failure(format!("entry {key}"), &error, remedy));
        }
    }
    findings
}

fn open_to_others(config: &DockerConfig, path: &Path) -> Option<Finding> {
    let mode = path.metadata().ok()?.permissions().mode();
    let has_secrets = config.entries().any(|(_, entry)| entry.is_ok_and(|entry| !entry.is_empty()));
    (mode & BY_OTHERS != 0 && has_secrets).then(|| {
        let shown = path.display().to_string();
        let remedy = format!("chmod 600 {}", shell_word(&shown));
        Finding::problem(SUBJECT, format!("others can read the credentials in {shown}"), remedy)
    })
}

/// Who serves what, by what the file says.
fn helpers(here: &Surroundings, config: &DockerConfig) -> Vec<Finding> {
    let mut by_helper: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (server, suffix) in config.helpers() {
        by_helper.entry(suffix).or_default().push(server);
    }
    let store = match config.store() {
        Some(suffix) => {
            helper(here, "credsStore", suffix, "every server that has no line of its own")
        }
        None => {
            Finding::note("credsStore", "none; docker keeps credentials in this file, unencrypted")
                .with_remedy(SETUP)
        }
    };
    let own = by_helper.iter().map(|(suffix, servers)| {
        let names: Vec<_> = servers.iter().take(MOST_SERVERS).copied().collect();
        let more = if servers.len() > MOST_SERVERS { ", ..." } else { "" };
        helper(here, "credHelpers", suffix, &format!("{}{more}", names.join(", ")))
    });
    std::iter::once(store).chain(own).collect()
}

fn helper(here: &Surroundings, key: &str, suffix: &str, serves: &str) -> Finding {
    let subject = format!("{key} {suffix}");
    if suffix.is_empty() {
        return Finding::note(key, format!("docker keeps credentials of {serves} in this file"));
    }
    if suffix == SUFFIX {
        return Finding::good(subject, format!("docker asks Lockgate for {serves}"));
    }
    if suffix.contains(['/', '\\']) || suffix.contains("..") || suffix.starts_with('-') {
        return Finding::problem(
            subject,
            "that names another program than one of docker's helpers",
            "correct it by hand",
        );
    }
    let program = format!("docker-credential-{suffix}");
    match on_path(&program) {
        Some(found) => {
            let found = found.display();
            let refused =
                not_granted(here, suffix).map(|why| format!("\n`lockgate docker`: {why}"));
            let refused = refused.unwrap_or_default();
            let detail = format!("docker asks {found} for {serves}, and not Lockgate{refused}");
            Finding::note(subject, detail).with_remedy(SETUP)
        }
        None => Finding::problem(
            subject,
            format!("docker asks `{program}` for {serves}, and it is not on PATH"),
            format!("install it, or {SETUP}"),
        ),
    }
}

/// What keeps `lockgate docker login` and `logout` from asking a native helper as docker does.
fn not_granted(here: &Surroundings, suffix: &str) -> Option<String> {
    let registry = Registry::new(Ecosystem::Oci, DOCKER_HUB).ok()?;
    let choice = Choice::of_words(&[DOCKER_HELPER.to_owned(), suffix.to_owned()])?.trusted();
    let refused = check(&here.context, &registry, &choice).err()?;
    Some(said(&refused))
}

/// Credentials that anybody who reads the file has.
fn plain_entries(config: &DockerConfig) -> Option<Finding> {
    let is_plain = |entry: &Entry| entry.password.is_some() || entry.identity_token.is_some();
    let entries = config.entries().filter_map(|(key, entry)| Some((key, entry.ok()?)));
    let plain: Vec<_> = entries.filter(|(_, entry)| is_plain(entry)).collect();
    let is_unread =
        plain.iter().any(|(key, _)| matches!(config.selection(key), Ok(Selection::Helper(_))));
    let unread = if is_unread { "; docker reads none for which it asks a helper" } else { "" };
    let detail = format!("{}{unread}", standing(plain.len(), "it")?);
    let servers: BTreeSet<String> =
        plain.iter().filter_map(|(key, entry)| movable_server(config, key, entry)).collect();
    let found = Finding::note("auths", detail);
    Some(match servers.is_empty() {
        true => found,
        false => found.with_remedy(moved(config, &servers)),
    })
}

/// How many credentials stand in a file; nothing if there are none.
pub(super) fn standing(count: usize, file: &str) -> Option<String> {
    match count {
        0 => None,
        1 => Some(format!("1 credential stands in {file}, unencrypted")),
        many => Some(format!("{many} credentials stand in {file}, unencrypted")),
    }
}

/// The commands that have docker ask Lockgate for these servers, and move what it has of them.
fn moved(config: &DockerConfig, servers: &BTreeSet<String>) -> String {
    let is_ours = |server: &str| matches!(config.selection(server), Ok(Selection::Helper(suffix)) if suffix == SUFFIX);
    // What a line of its own says comes before what is said of all servers.
    let has_line =
        |server: &str| config.helpers().any(|(key, _)| login_server(Some(key)) == server);
    let others = servers.iter().filter(|server| !is_ours(server));
    let (alone, together): (Vec<_>, Vec<_>) = others.partition(|server| has_line(server));
    let named: String =
        alone.iter().map(|server| format!(" --server {}", shell_word(server))).collect();
    let all = (!together.is_empty()).then(|| SETUP.to_owned());
    let single = (!alone.is_empty()).then(|| format!("{SETUP}{named}"));
    let steps = [all, single, Some(format!("{SETUP} --migrate"))];
    steps.into_iter().flatten().collect::<Vec<_>>().join(", then ")
}

fn variable(here: &Surroundings) -> Option<Finding> {
    let value = here.context.docker.as_ref()?.auth_variable.as_ref()?;
    let text = value.expose_text().unwrap_or_default();
    Some(match AuthVariable::parse(text) {
        Ok(_) => Finding::note(
            AUTH_VARIABLE,
            "is set; docker since 28.3 takes what it says before it asks anybody",
        ),
        Err(error) => {
            Finding::note(AUTH_VARIABLE, format!("is set, and not heeded: {}", said(&error)))
                .with_remedy("correct or unset it")
        }
    })
}
