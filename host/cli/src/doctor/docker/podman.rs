//! What podman, skopeo and buildah read.

use std::path::{Path, PathBuf};

use lockgate_adapters::docker_config;
use lockgate_core::shell_word;
use lockgate_registry::docker::{DockerConfig, login_server};

use super::file::standing;
use super::{Looked, remedy};
use crate::doctor::Finding;
use crate::setup::containers::{FILES, Helpers, helpers};
use crate::setup::{SUFFIX, Surroundings, on_path};

const SUBJECT: &str = "podman";
const FILE: &str = "podman's auth.json";

/// What points them at Lockgate.
const SETUP: &str = "lockgate setup docker --podman";

/// The programs that read these files.
const PROGRAMS: [&str; 3] = ["podman", "skopeo", "buildah"];

/// One of their files of credentials.
struct AuthFile {
    path: PathBuf,
    config: DockerConfig,
}

/// Nothing where none of these programs is, and none of their files names Lockgate.
pub(super) fn look(here: &Surroundings) -> Looked {
    let list = match helpers(&here.home, |_| true) {
        Ok(list) => list,
        Err(error) => {
            let said = error.messages().join("\n");
            let found = Finding::problem(SUBJECT, said, "correct it by hand");
            return Looked { findings: vec![found], asks_us: false };
        }
    };
    let paths = match list.list.iter().any(|name| name == FILES) {
        true => here.auth_files(),
        false => Vec::new(),
    };
    let (mut files, mut broken) = (Vec::new(), Vec::new());
    for path in paths {
        match AuthFile::read(path) {
            Ok(file) => files.extend(file),
            Err(found) => broken.push(found),
        }
    }
    let names_us = list.list.iter().any(|name| name == SUFFIX);
    let asks_us = names_us || files.iter().any(|file| file.servers().next().is_some());
    let mut findings = asked(here, &list, &files);
    findings.extend(files.iter().map(|file| file.finding(names_us)));
    findings.extend(broken);
    Looked { findings, asks_us }
}

/// Whom they ask.
fn asked(here: &Surroundings, found: &Helpers, files: &[AuthFile]) -> Vec<Finding> {
    let names_us = found.list.iter().any(|name| name == SUFFIX);
    let served = files.iter().flat_map(AuthFile::served).collect::<Vec<_>>().join(", ");
    let is_there = PROGRAMS.iter().any(|name| on_path(name).is_some());
    let file = found.file.as_ref().map(|file| format!(" ({})", file.display()));
    let list = format!("{}{}", found.list.join(", then "), file.unwrap_or_default());
    let mut findings = Vec::new();
    if names_us {
        findings.push(Finding::good(SUBJECT, format!("podman, skopeo and buildah ask {list}")));
    } else if !served.is_empty() {
        let detail =
            format!("podman, skopeo and buildah ask Lockgate for {served}; for all others {list}");
        findings.push(Finding::good(SUBJECT, detail));
    } else if is_there {
        let detail = format!("podman, skopeo and buildah ask {list}, and not Lockgate");
        findings.push(Finding::note(SUBJECT, detail).with_remedy(SETUP));
    }
    if names_us && here.drop_in().exists() && !found.begin_with_us() {
        let hidden = Finding::note(SUBJECT, "Lockgate is not the first that is asked");
        findings.push(hidden.with_remedy(SETUP));
    }
    findings
}

impl AuthFile {
    /// Nothing if it is not there.
    fn read(path: PathBuf) -> Result<Option<Self>, Finding> {
        let otherwise = "correct it by hand; podman, skopeo and buildah fail with it";
        let text = docker_config::read(&path)
            .map_err(|error| Finding::failure(FILE, &error, remedy(&error, otherwise)))?;
        let Some(text) = text else { return Ok(None) };
        match DockerConfig::parse(&text, &path) {
            Ok(config) => Ok(Some(Self { path, config })),
            Err(error) => Err(Finding::failure(FILE, &error, otherwise)),
        }
    }

    /// The servers for which it names Lockgate.
    fn servers(&self) -> impl Iterator<Item = &str> {
        let ours = self.config.helpers().filter(|(_, suffix)| *suffix == SUFFIX);
        ours.map(|(server, _)| server)
    }

    /// The same, for people.
    fn served(&self) -> Option<String> {
        let servers: Vec<_> = self.servers().collect();
        let shown = || format!("{} ({})", servers.join(", "), self.path.display());
        (!servers.is_empty()).then(shown)
    }

    /// Whether it names a helper for this server, so that what it has of it is not read.
    fn has_helper(&self, key: &str) -> bool {
        let server = login_server(Some(key));
        let mut named = self.config.helpers().filter(|(_, suffix)| !suffix.is_empty());
        named.any(|(name, _)| login_server(Some(name)) == server)
    }

    /// What stands in it.
    fn finding(&self, names_us: bool) -> Finding {
        let entries = self.config.entries();
        let plain = entries.filter(|(_, entry)| entry.as_ref().is_ok_and(|one| !one.is_empty()));
        let plain: Vec<_> = plain.map(|(key, _)| key).collect();
        let shown = self.path.display().to_string();
        let Some(standing) = standing(plain.len(), &shown) else {
            return Finding::good(FILE, shown);
        };
        let is_unread = plain.iter().any(|key| self.has_helper(key));
        let unread = if is_unread { "; podman reads none for which it asks a helper" } else { "" };
        let is_ours = |key: &&str| {
            self.servers().any(|server| login_server(Some(server)) == login_server(Some(key)))
        };
        let again = logged_in_again(&self.path, &plain);
        let remedy = match names_us || plain.iter().all(is_ours) {
            true => again,
            false => format!("{SETUP}, then {again}"),
        };
        Finding::note(FILE, format!("{standing}{unread}")).with_remedy(remedy)
    }
}

/// The commands that have Lockgate keep what stands in the file. The first removes it everywhere, so the
/// login comes last.
fn logged_in_again(file: &Path, keys: &[&str]) -> String {
    let there = PROGRAMS.into_iter().find(|name| on_path(name).is_some());
    let program = there.unwrap_or("podman");
    let file = file.display().to_string();
    let file = shell_word(&file);
    let (server, each) = match keys {
        [key] => (shell_word(key).into_owned(), String::new()),
        keys => ("HOST".to_owned(), format!(", for each HOST of {}", keys.join(", "))),
    };
    format!(
        "{program} logout --authfile {file} {server}, then {program} login --authfile {file} {server}{each}"
    )
}
