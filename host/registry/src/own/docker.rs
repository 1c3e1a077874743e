//! `[docker]`: who serves which server.

use lockgate_core::{Ecosystem, Registry};
use toml_edit::{Key, TableLike};

use super::pattern::ServerPattern;
use super::{ListedProvider, Reader, pairs};
use crate::SourceError;
use crate::docker::{canonical, deciding_key};

/// The lists of `[docker]`.
#[derive(Clone, Debug, Default)]
pub(super) struct DockerLists {
    providers: Vec<ListedProvider>,
    servers: Vec<ServerList>,
}

#[derive(Clone, Debug)]
struct ServerList {
    /// As it is written.
    name: String,
    servers: Servers,
    providers: Vec<ListedProvider>,
}

/// Which servers a name is for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Servers {
    /// This one, by the key that stands for all of its spellings.
    This(String),
    Like(ServerPattern),
}

impl DockerLists {
    pub(super) fn providers_of(&self, server: &str) -> &[ListedProvider] {
        let server = deciding_key(server);
        let this =
            |list: &&ServerList| matches!(&list.servers, Servers::This(key) if *key == server);
        let like = |list: &&ServerList| matches!(&list.servers, Servers::Like(pattern) if pattern.matches(&server));
        let found = self.servers.iter().find(this).or_else(|| {
            // Of those of one length the first in the file.
            self.servers.iter().rev().filter(like).max_by_key(|list| list.name.len())
        });
        found.map_or(&self.providers, |list| &list.providers)
    }

    /// Those of every server without a list of its own.
    pub(super) fn other(&self) -> &[ListedProvider] {
        &self.providers
    }

    pub(super) fn servers(&self) -> impl Iterator<Item = (&str, &[ListedProvider])> {
        self.servers.iter().map(|list| (list.name.as_str(), list.providers.as_slice()))
    }
}

impl Reader<'_> {
    pub(super) fn docker(&mut self, table: &dyn TableLike) -> Result<(), SourceError> {
        for (key, item) in pairs(table) {
            match key.get() {
                "providers" => self.config.docker.providers = self.providers(key, item)?,
                "servers" => self.docker_servers(self.table(key, item)?)?,
                _ => return Err(self.unknown(key, "`providers` and `servers`")),
            }
        }
        Ok(())
    }

    fn docker_servers(&mut self, table: &dyn TableLike) -> Result<(), SourceError> {
        for (name, item) in pairs(table) {
            let servers = self.servers_of(name)?;
            for (key, item) in pairs(self.table(name, item)?) {
                if key.get() != "providers" {
                    return Err(self.unknown(key, "`providers`"));
                }
                let (name, servers) = (name.get().to_owned(), servers.clone());
                let providers = self.providers(key, item)?;
                self.config.docker.servers.push(ServerList { name, servers, providers });
            }
        }
        Ok(())
    }

    fn servers_of(&self, name: &Key) -> Result<Servers, SourceError> {
        let refuse = |message: String| self.source.error(name.span(), message);
        let text = name.get();
        if let Err(error) = Registry::new(Ecosystem::Oci, text) {
            return Err(refuse(format!("this is not the name of a server: {error}")));
        }
        if text.starts_with("oci:") || text.contains(char::is_whitespace) {
            return Err(refuse("write the server as docker does, `ghcr.io` say".to_owned()));
        }
        let servers = if text.contains('*') {
            let pattern = ServerPattern::parse(text);
            Servers::Like(pattern.map_err(|problem| refuse(problem.to_owned()))?)
        } else {
            Servers::This(canonical(text))
        };
        match self.config.docker.servers.iter().find(|list| list.servers == servers) {
            Some(list) => {
                let known = crate::source::visible(&list.name);
                Err(refuse(format!("this server is listed already, as `{known}`")))
            }
            None => Ok(servers),
        }
    }
}
