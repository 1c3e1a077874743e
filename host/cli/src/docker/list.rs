//! `lockgate docker list`: which servers and users there are credentials for.

use std::collections::BTreeSet;

use lockgate_adapters::{DockerConfigStore, Listed};
use lockgate_broker::ListError;
use lockgate_core::escape;
use lockgate_registry::docker::{AUTH_VARIABLE, DockerConfig};
use serde_json::json;

use super::SHELL;
use super::place::{OURSELVES, Place, Surroundings};
use crate::error::CommandError;
use crate::shell::{output, to_json};
use crate::table::table;

/// One line.
struct Row {
    server: String,
    user: Option<String>,
    from: String,
}

/// Lists what Lockgate's own stores have and what docker's configuration says. No secret is read from a
/// store, and no program is started.
pub(super) fn list(as_json: bool) -> Result<(), CommandError> {
    let here = Surroundings::load()?;
    let mut rows = own(&here)?;
    let config = here.docker().map(|(config, _)| config);
    let unlisted = unlisted(&here, config.as_ref().ok());
    match config.and_then(|config| dockers(&here, &config)) {
        Ok(of_docker) => rows.extend(of_docker),
        Err(error) => SHELL.warning(&error.messages().join(": ")),
    }
    rows.sort_by(|one, other| (&one.server, &one.from).cmp(&(&other.server, &other.from)));
    rows.dedup_by(|one, other| (&one.server, &one.from) == (&other.server, &other.from));
    let text = match as_json {
        true => {
            let rows = rows
                .iter()
                .map(|row| json!({ "server": row.server, "username": row.user, "from": row.from }));
            to_json(&rows.collect())
        }
        false => lines(&rows),
    };
    output(text.as_bytes())?;
    if !unlisted.is_empty() {
        let names: Vec<_> = unlisted.iter().map(|name| format!("`{name}`")).collect();
        SHELL.note(&format!(
            "not listed: what else {} may keep; it is not asked here",
            names.join(", ")
        ));
    }
    Ok(())
}

/// Who may have more than is known of them without asking them.
fn unlisted(here: &Surroundings, config: Option<&DockerConfig>) -> BTreeSet<String> {
    let own = here.context().docker_unlisted();
    let suffixes = config.iter().flat_map(|config| {
        let of_servers = config.helpers().map(|(_, suffix)| suffix);
        config.store().into_iter().chain(of_servers)
    });
    let native = suffixes.filter(|suffix| !suffix.is_empty() && *suffix != OURSELVES);
    own.into_iter().chain(native.map(|suffix| format!("docker-credential-{suffix}"))).collect()
}

/// What cannot be listed keeps nobody from the rest; the administrator does.
fn own(here: &Surroundings) -> Result<Vec<Row>, CommandError> {
    let row = |(entry, provider): (Listed, String)| Row {
        server: entry.server,
        user: entry.identity,
        from: provider,
    };
    match here.context().docker_list() {
        Ok(listed) => Ok(listed.into_iter().map(row).collect()),
        Err(error @ ListError::Forbidden(_)) => Err(CommandError::from_error(&error)),
        Err(error) => {
            SHELL.warning(&CommandError::from_error(&error).messages().join(": "));
            Ok(Vec::new())
        }
    }
}

/// The entries of docker's own file, and those that it says a helper has.
fn dockers(here: &Surroundings, config: &DockerConfig) -> Result<Vec<Row>, CommandError> {
    let context = here.context();
    let variable = context.docker.as_ref().and_then(|places| places.auth_variable.as_ref());
    let listed = DockerConfigStore::list(&here.file, variable);
    let listed = listed.map_err(|error| CommandError::from_error(&error))?;
    let file = here.file.display().to_string();
    let mut rows: Vec<Row> = listed
        .into_iter()
        .map(|entry| {
            let from = match here.variable_has(&entry.server) {
                true => AUTH_VARIABLE.to_owned(),
                false => file.clone(),
            };
            Row { server: entry.server, user: entry.identity, from }
        })
        .collect();
    for (server, entry) in config.entries() {
        match entry {
            Ok(entry) if entry.is_empty() => rows.extend(of_helper(here, config, server)),
            Ok(_) => {}
            Err(error) => SHELL.warning(&CommandError::from_error(&error).messages().join(": ")),
        }
    }
    Ok(rows)
}

/// An entry that says nothing is a helper's.
fn of_helper(here: &Surroundings, config: &DockerConfig, server: &str) -> Option<Row> {
    let place = Place::of(config, server).ok()?;
    let is_helper = matches!(place, Place::Helper(_));
    is_helper.then(|| Row { server: server.to_owned(), user: None, from: place.shown(&here.file) })
}

fn lines(rows: &[Row]) -> String {
    let mut cells = vec![["SERVER", "USERNAME", "FROM"].map(str::to_owned)];
    cells.extend(rows.iter().map(|row| {
        let user = row.user.as_deref().unwrap_or("not known");
        [row.server.as_str(), user, row.from.as_str()].map(escape)
    }));
    table(&cells)
}
