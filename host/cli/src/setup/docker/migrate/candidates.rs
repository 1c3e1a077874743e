//! Which entries of docker's file can be moved, and why others cannot.

use lockgate_adapters::docker_config;
use lockgate_core::{DOCKER_HUB, DOCKER_IDENTITY_TOKEN, Ecosystem, Registry, Secret, escape};
use lockgate_registry::docker::{
    DockerConfig, DockerConfigError, Entry, Selection, hostname, login_server,
};

use super::name_of;
use crate::error::CommandError;
use crate::setup::docker::{SUFFIX, Surroundings};
use crate::setup::moving::{Moving, Stays};

/// An entry that can be moved.
pub(super) struct Candidate {
    /// Its key in the file.
    pub(super) key: String,
    /// The server that docker asks for.
    pub(super) registry: Registry,
    /// What it says.
    pub(super) moving: Moving,
    /// Who keeps it afterwards.
    pub(super) name: String,
}

/// Every entry of docker's file that says something.
pub(super) fn candidates(
    here: &Surroundings,
) -> Result<(Vec<Candidate>, Vec<Stays>), CommandError> {
    let path = here.docker_file()?;
    let text = docker_config::read(path).map_err(|error| CommandError::from_error(&error))?;
    let config = DockerConfig::parse(text.as_deref().map_or("", String::as_str), path)?;
    let (mut movable, mut stay) = (Vec::new(), Vec::new());
    for (key, entry) in config.entries() {
        if entry.as_ref().is_ok_and(Entry::is_empty) {
            continue;
        }
        match candidate(here, &config, key, entry) {
            Ok(candidate) => movable.push(candidate),
            Err(reason) => stay.push(Stays { name: key.to_owned(), reason }),
        }
    }
    Ok((movable, stay))
}

fn candidate(
    here: &Surroundings,
    config: &DockerConfig,
    key: &str,
    entry: Result<Entry, DockerConfigError>,
) -> Result<Candidate, String> {
    let (registry, moving) = of_entry(config, key, entry)?;
    is_asked(config, registry.url())?;
    let name = name_of(here, &registry);
    Ok(Candidate { key: key.to_owned(), registry, moving, name })
}

/// The server that docker uses an entry for, and what of it can be kept elsewhere.
pub(crate) fn of_entry(
    config: &DockerConfig,
    key: &str,
    entry: Result<Entry, DockerConfigError>,
) -> Result<(Registry, Moving), String> {
    let moving =
        credential(&entry.map_err(|error| CommandError::from(error).messages().join(": "))?)?;
    let server = server_of(key)?;
    is_found(config, &server, key)?;
    let registry = Registry::new(Ecosystem::Oci, server).map_err(|error| error.to_string())?;
    Ok((registry, moving))
}

/// The server of an entry that could be moved once docker asks Lockgate for it.
pub(crate) fn movable_server(config: &DockerConfig, key: &str, entry: &Entry) -> Option<String> {
    credential(entry).ok()?;
    let server = server_of(key).ok()?;
    is_found(config, &server, key).ok()?;
    Some(server)
}

/// What a helper can keep of an entry.
pub(super) fn credential(entry: &Entry) -> Result<Moving, String> {
    if entry.registry_token.is_some() {
        return Err("it has a `registrytoken`, which docker reads in this file alone".to_owned());
    }
    let text = |secret: &Secret| {
        let text = secret.expose_text().map(str::to_owned);
        text.ok_or_else(|| "its user name is not UTF-8".to_owned())
    };
    let username = entry.username.as_ref().map(text).transpose()?.filter(|name| !name.is_empty());
    match (&entry.identity_token, username, &entry.password) {
        (Some(token), account, _) => {
            let identity = Some(DOCKER_IDENTITY_TOKEN.to_owned());
            Ok(Moving { identity, account, secret: token.clone() })
        }
        (None, Some(name), Some(password)) => {
            Ok(Moving { identity: Some(name), account: None, secret: password.clone() })
        }
        (None, ..) => Err("it has no user name, without which no helper keeps it".to_owned()),
    }
}

/// The server for which docker uses an entry of this key.
fn server_of(key: &str) -> Result<String, String> {
    let has_scheme = key.contains("://");
    let server = login_server(Some(key));
    if server == DOCKER_HUB {
        return match key.starts_with(DOCKER_HUB) && key != DOCKER_HUB {
            true => {
                Err("it belongs to docker's own web login, which looks for it there".to_owned())
            }
            false => Ok(server),
        };
    }
    match !has_scheme && key.contains('/') {
        true => Err("a key with a path is read in this file alone, and not by docker".to_owned()),
        false if has_scheme => Ok(hostname(key)),
        false => Ok(key.to_owned()),
    }
}

/// Only the entry that docker finds for a server is what is used for it.
fn is_found(config: &DockerConfig, server: &str, key: &str) -> Result<(), String> {
    match config.keys_of(server).next() {
        Some(first) if first != key => {
            let first = escape(first);
            Err(format!("docker uses the entry `{first}` of the same server instead"))
        }
        _ => Ok(()),
    }
}

/// Nothing is moved to where docker would not find it.
fn is_asked(config: &DockerConfig, server: &str) -> Result<(), String> {
    let selection = config.selection(server);
    match selection.map_err(|error| CommandError::from(error).messages().join(": "))? {
        Selection::Helper(suffix) if suffix == SUFFIX => Ok(()),
        Selection::Helper(suffix) => Err(format!(
            "docker asks `docker-credential-{}` for it, and not Lockgate",
            escape(&suffix)
        )),
        Selection::File | Selection::Unset => {
            Err("docker does not ask Lockgate for it; `lockgate setup docker` has it asked"
                .to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use lockgate_core::{DOCKER_HUB, Secret};
    use lockgate_registry::docker::Entry;

    use super::{credential, server_of};

    #[test]
    fn an_entry_goes_to_the_server_that_docker_uses_it_for() {
        for (key, server) in [
            ("ghcr.io", Some("ghcr.io")),
            ("https://ghcr.io", Some("ghcr.io")),
            ("https://r.example:5000/v2/", Some("r.example:5000")),
            ("http://r.example/v1/", Some("r.example")),
            (DOCKER_HUB, Some(DOCKER_HUB)),
            ("docker.io", Some(DOCKER_HUB)),
            ("https://index.docker.io/v1/access-token", None),
            ("quay.io/team", None),
        ] {
            assert_eq!(server_of(key).ok().as_deref(), server, "{key}");
        }
    }

    #[test]
    fn an_identity_token_keeps_its_account_beside_it() {
        let secret = |text: &str| Some(Secret::from(text));
        let token = Entry {
            username: secret("alice"),
            password: secret(""),
            identity_token: secret("t"),
            ..Entry::default()
        };
        let moving = credential(&token).unwrap();
        assert_eq!(moving.identity.as_deref(), Some("<token>"));
        assert_eq!(moving.account.as_deref(), Some("alice"));
        let password = Entry { identity_token: None, ..token.clone() };
        let moving = credential(&password).unwrap();
        assert_eq!((moving.identity.as_deref(), moving.account), (Some("alice"), None));
        let registry = Entry { registry_token: secret("r"), ..password };
        assert!(credential(&registry).is_err());
        assert!(credential(&Entry { password: secret("p"), ..Entry::default() }).is_err());
    }
}
