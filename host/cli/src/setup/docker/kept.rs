//! What Lockgate keeps, and docker no longer finds once setup is taken back.

use std::collections::BTreeSet;

use lockgate_adapters::Listed;
use lockgate_core::escape;
use lockgate_registry::docker::{DockerConfig, Selection, helper_suffix};

use super::notes::{MOST_SERVERS, OF_THE_SYSTEM, detected};
use super::{SUFFIX, Surroundings};
use crate::error::CommandError;

/// The provider of the operating system's own store.
const OS_STORE: &str = "lockgate:os-store";

/// The provider of docker's own file.
const DOCKER_CONFIG: &str = "lockgate:docker-config";

/// The logins that Lockgate keeps and that docker, with this text, will not find any more.
pub(super) fn warning(here: &Surroundings, after: Option<&str>) -> Option<String> {
    let config = DockerConfig::parse(after.unwrap_or_default(), here.docker_file().ok()?).ok()?;
    let kept = match here.context.docker_list() {
        Ok(kept) => kept,
        Err(error) => {
            return Some(format!(
                "docker will not find what Lockgate keeps any more, and that cannot be listed: {}",
                CommandError::from_error(&error).messages().join(": ")
            ));
        }
    };
    let is_lost =
        |(entry, provider): &(Listed, String)| !is_found(&config, &entry.server, provider);
    let lost = kept.into_iter().filter(is_lost);
    let lost: BTreeSet<String> = lost.map(|(entry, _)| entry.server).collect();
    let names: Vec<_> = lost.iter().take(MOST_SERVERS).map(|server| escape(server)).collect();
    let more = if lost.len() > MOST_SERVERS { ", ..." } else { "" };
    (!lost.is_empty()).then(|| {
        format!(
            "Lockgate still keeps the logins of {}{more}, and docker will not find them any more: log in \
             again afterwards, or have docker ask Lockgate again with `lockgate setup docker`. `lockgate \
             docker get SERVER --reveal` shows one, and `lockgate docker logout SERVER` removes it",
            names.join(", ")
        )
    })
}

/// Whether docker finds by itself what a provider keeps for the server.
fn is_found(config: &DockerConfig, server: &str, provider: &str) -> bool {
    match config.selection(server) {
        Ok(Selection::Helper(suffix)) if suffix == SUFFIX => true,
        // The helpers of the system have the same entries.
        Ok(Selection::Helper(suffix)) => {
            provider == OS_STORE && OF_THE_SYSTEM.contains(&suffix.as_str())
        }
        Ok(Selection::Unset) if provider == OS_STORE => {
            let detected = detected(config).and_then(helper_suffix);
            detected.is_some_and(|suffix| OF_THE_SYSTEM.contains(&suffix))
        }
        _ => provider == DOCKER_CONFIG,
    }
}
