//! Lockgate's own `config.toml`: who serves what, written by hand.

mod docker;
mod http;
mod pattern;

use std::collections::BTreeMap;
use std::path::Path;

use lockgate_core::{CRATES_IO_INDEX, Ecosystem, HttpTable, Registry};
use toml_edit::{Item, Key, TableLike};

use self::docker::DockerLists;
use crate::error::MAX_FILE;
use crate::source::{Quoting, SourceText};
use crate::{ConfigError, SourceError};

/// Lockgate's own configuration. The one secret that has a place in it is a proxy's password.
#[derive(Clone, Debug, Default)]
pub struct OwnConfig {
    cargo: Vec<ListedProvider>,
    cargo_registries: BTreeMap<String, Vec<ListedProvider>>,
    docker: DockerLists,
    settings: BTreeMap<String, BTreeMap<String, String>>,
    http: Option<HttpTable>,
}

/// A provider of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedProvider {
    /// Its name, and its words behind blanks, if it has some.
    pub name: String,
    /// Where it is listed, for messages: `FILE:LINE`.
    pub place: String,
}

impl OwnConfig {
    /// Reads the text of the file at `path`.
    ///
    /// # Errors
    /// If it is malformed, or says something that is not known, with its place.
    pub fn parse(text: &str, path: &Path) -> Result<Self, ConfigError> {
        if text.len() > MAX_FILE {
            return Err(ConfigError::TooLarge { path: path.to_owned() });
        }
        let source = SourceText::new(path, text, Quoting::WithoutProxies);
        let document = source.parse()?;
        let mut config = Self::default();
        let mut reader = Reader { source: &source, config: &mut config };
        reader.root(document.as_table())?;
        Ok(config)
    }

    /// The providers of a registry; `None` if nothing is said. For cargo they are those of its exact
    /// URL, else those of its ecosystem, and the last is asked first, as in cargo's own lists. For docker
    /// they are those of the server in any of its spellings, else those of the longest pattern that it
    /// is like, else those of its ecosystem, and the first is asked first.
    pub fn providers_for(&self, registry: &Registry) -> Option<&[ListedProvider]> {
        let list = match registry.ecosystem() {
            Ecosystem::Cargo => {
                self.cargo_registries.get(key_of(registry)).unwrap_or(&self.cargo).as_slice()
            }
            Ecosystem::Oci => self.docker.providers_of(registry.url()),
            _ => return None,
        };
        Some(list).filter(|list| !list.is_empty())
    }

    /// The servers and patterns that have a list of their own, as they are written and in the order of
    /// the file, each with its list.
    pub fn docker_servers(&self) -> impl Iterator<Item = (&str, &[ListedProvider])> {
        self.docker.servers()
    }

    /// The providers of docker's servers without a list of their own; none if nothing is said.
    pub fn docker_providers(&self) -> &[ListedProvider] {
        self.docker.other()
    }

    /// How the requests of providers travel, if anything is said about it.
    pub fn http(&self) -> Option<&HttpTable> {
        self.http.as_ref()
    }

    /// The settings of a provider, by its name.
    pub fn settings_of(&self, provider: &str) -> BTreeMap<String, String> {
        self.settings.get(provider).cloned().unwrap_or_default()
    }
}

/// The URL that stands for a registry; crates.io has two, of which cargo gives providers this one.
fn key_of(registry: &Registry) -> &str {
    if registry.is_crates_io() { CRATES_IO_INDEX } else { registry.url() }
}

struct Reader<'a> {
    source: &'a SourceText<'a>,
    config: &'a mut OwnConfig,
}

impl Reader<'_> {
    fn root(&mut self, root: &dyn TableLike) -> Result<(), SourceError> {
        for (key, item) in pairs(root) {
            match key.get() {
                "cargo" => self.cargo(self.table(key, item)?)?,
                "docker" => self.docker(self.table(key, item)?)?,
                "provider" => self.provider_tables(self.table(key, item)?)?,
                "http" => self.config.http = Some(self.http(self.table(key, item)?)?),
                _ => {
                    let known = "`[cargo]`, `[docker]`, `[http]` and `[provider.NAME.settings]`";
                    return Err(self.unknown(key, known));
                }
            }
        }
        Ok(())
    }

    fn cargo(&mut self, table: &dyn TableLike) -> Result<(), SourceError> {
        for (key, item) in pairs(table) {
            match key.get() {
                "providers" => self.config.cargo = self.providers(key, item)?,
                "registries" => self.registries(self.table(key, item)?)?,
                _ => return Err(self.unknown(key, "`providers` and `registries`")),
            }
        }
        Ok(())
    }

    fn provider_tables(&mut self, table: &dyn TableLike) -> Result<(), SourceError> {
        for (name, item) in pairs(table) {
            for (key, item) in pairs(self.table(name, item)?) {
                if key.get() != "settings" {
                    return Err(self.unknown(key, "`settings`"));
                }
                let settings = self.settings(self.table(key, item)?)?;
                self.config.settings.insert(name.get().to_owned(), settings);
            }
        }
        Ok(())
    }

    fn settings(&self, table: &dyn TableLike) -> Result<BTreeMap<String, String>, SourceError> {
        let setting = |(key, item): (&Key, &Item)| match item.as_str() {
            Some(text) => Ok((key.get().to_owned(), text.to_owned())),
            None => {
                let message = "a setting must be a string in quotes".to_owned();
                Err(self.source.error(item.span().or(key.span()), message))
            }
        };
        pairs(table).map(setting).collect()
    }

    fn registries(&mut self, table: &dyn TableLike) -> Result<(), SourceError> {
        for (key, item) in pairs(table) {
            let url = self.registry(key)?;
            for (inner, item) in pairs(self.table(key, item)?) {
                if inner.get() != "providers" {
                    return Err(self.unknown(inner, "`providers`"));
                }
                let providers = self.providers(inner, item)?;
                if self.config.cargo_registries.insert(url.clone(), providers).is_some() {
                    let message = "this registry is listed already: crates.io has two URLs";
                    return Err(self.source.error(key.span(), message.to_owned()));
                }
            }
        }
        Ok(())
    }

    /// A registry's key must be what cargo hands to providers, or it would never match.
    fn registry(&self, key: &Key) -> Result<String, SourceError> {
        let refuse = |message| self.source.error(key.span(), message);
        let registry = crate::cargo::registry_at(key.get())
            .map_err(|error| refuse(format!("this is not the URL of an index: {error}")))?;
        if registry.url() != key.get() {
            let message = format!("cargo calls this registry `{}`; write that", registry.url());
            return Err(refuse(message));
        }
        Ok(key_of(&registry).to_owned())
    }

    fn providers(&self, key: &Key, item: &Item) -> Result<Vec<ListedProvider>, SourceError> {
        let refuse = |span, message: &str| Err(self.source.error(span, message.to_owned()));
        let place = item.span().or(key.span());
        let Some(array) = item.as_array() else {
            return refuse(place, "`providers` must be a list of names");
        };
        if array.is_empty() {
            return refuse(place, "the list is empty; name a provider, or remove the line");
        }
        let mut names = Vec::new();
        for element in array {
            match element.as_str() {
                Some(name) if is_entry(name) => names.push(ListedProvider {
                    name: name.to_owned(),
                    place: self.source.place(element.span()),
                }),
                _ => return refuse(element.span(), "this is not the name of a provider"),
            }
        }
        Ok(names)
    }

    fn table<'t>(&self, key: &Key, item: &'t Item) -> Result<&'t dyn TableLike, SourceError> {
        item.as_table_like().ok_or_else(|| {
            let message = format!("`{}` must be a table", crate::source::visible(key.get()));
            self.source.error(item.span().or(key.span()), message)
        })
    }

    fn unknown(&self, key: &Key, known: &str) -> SourceError {
        let key_text = crate::source::visible(key.get());
        self.source.error(key.span(), format!("unknown key `{key_text}`; here can be {known}"))
    }
}

fn pairs(table: &dyn TableLike) -> impl Iterator<Item = (&Key, &Item)> {
    table.iter().filter_map(|(key, _)| table.get_key_value(key))
}

/// A name, and behind it the words of a provider that takes some, with a blank between them.
fn is_entry(entry: &str) -> bool {
    entry.split(' ').all(is_word)
}

fn is_word(word: &str) -> bool {
    !word.is_empty() && !word.chars().any(|c| c.is_whitespace() || c.is_control())
}

#[cfg(test)]
mod tests;
