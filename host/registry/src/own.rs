//! Lockgate's own `config.toml`: who serves what, written by hand.

use std::collections::BTreeMap;
use std::path::Path;

use lockgate_core::{CRATES_IO_INDEX, Ecosystem, Registry};
use toml_edit::{Item, Key, TableLike};

use crate::error::MAX_FILE;
use crate::source::{Quoting, SourceText};
use crate::{ConfigError, SourceError};

/// Lockgate's own configuration. It has no place for secrets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnConfig {
    cargo: Vec<String>,
    cargo_registries: BTreeMap<String, Vec<String>>,
    settings: BTreeMap<String, BTreeMap<String, String>>,
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
        let source = SourceText::new(path, text, Quoting::Everything);
        let document = source.parse()?;
        let mut config = Self::default();
        let mut reader = Reader { source: &source, config: &mut config };
        reader.root(document.as_table())?;
        Ok(config)
    }

    /// The providers of a registry, of which the last is asked first: those of its exact URL, else
    /// those of its ecosystem; `None` if nothing is said.
    pub fn providers_for(&self, registry: &Registry) -> Option<&[String]> {
        if registry.ecosystem() != Ecosystem::Cargo {
            return None;
        }
        let own = self.cargo_registries.get(key_of(registry));
        own.or_else(|| Some(&self.cargo).filter(|list| !list.is_empty())).map(Vec::as_slice)
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
                "provider" => self.provider_tables(self.table(key, item)?)?,
                _ => return Err(self.unknown(key, "`[cargo]` and `[provider.NAME.settings]`")),
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

    fn providers(&self, key: &Key, item: &Item) -> Result<Vec<String>, SourceError> {
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
                Some(name) if is_name(name) => names.push(name.to_owned()),
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

fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.chars().any(|c| c.is_whitespace() || c.is_control())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use lockgate_core::{CRATES_IO_INDEX, Ecosystem, Registry};

    use super::OwnConfig;

    fn parse(text: &str) -> Result<OwnConfig, String> {
        OwnConfig::parse(text, Path::new("/l/config.toml")).map_err(|error| error.to_string())
    }

    #[test]
    fn says_who_serves_what() {
        let config = parse(
            "[cargo]\nproviders = ['cargo:token', 'cargo:libsecret']\n\
             [cargo.registries.'sparse+https://h/i/']\nproviders = ['corp']\n\
             [cargo.registries.'sparse+https://index.crates.io/']\nproviders = ['crates']\n",
        )
        .unwrap();
        let providers = |ecosystem, url: &str| {
            let registry = Registry::new(ecosystem, url).unwrap();
            config.providers_for(&registry).map(|list| list.join(" "))
        };
        let cargo = |url| providers(Ecosystem::Cargo, url);
        assert_eq!(cargo("sparse+https://h/i/").as_deref(), Some("corp"));
        let default = Some("cargo:token cargo:libsecret");
        assert_eq!(cargo("sparse+https://h/i").as_deref(), default, "the URL counts exactly");
        assert_eq!(cargo("https://h/i/").as_deref(), default);
        assert_eq!(cargo(CRATES_IO_INDEX).as_deref(), Some("crates"));
        assert_eq!(providers(Ecosystem::Oci, "ghcr.io"), None);
        let nothing = Registry::new(Ecosystem::Cargo, "https://h/").unwrap();
        assert_eq!(parse("").unwrap().providers_for(&nothing), None);
    }

    #[test]
    fn gives_each_provider_its_own_settings() {
        let config = parse("[provider.corp.settings]\ntenant = 'eu-1'\n").unwrap();
        assert_eq!(config.settings_of("corp").get("tenant").map(String::as_str), Some("eu-1"));
        assert!(config.settings_of("other").is_empty());
    }

    #[test]
    fn refuses_everything_else_at_its_place() {
        for (text, message) in [
            ("cargo = 5", "/l/config.toml:1:9: `cargo` must be a table"),
            ("[docker]\n", "/l/config.toml:1:2: unknown key `docker`; here can be `[cargo]` and"),
            (
                "[cargo]\nprovider = ['x']\n",
                "/l/config.toml:2:1: unknown key `provider`; here can be `providers` and `registries`\n  |\n2 | provider = ['x']\n  | ^^^^^^^^",
            ),
            (
                "[cargo]\nproviders = 'x'\n",
                "/l/config.toml:2:13: `providers` must be a list of names",
            ),
            ("[cargo]\nproviders = []\n", "/l/config.toml:2:13: the list is empty"),
            ("[cargo]\nproviders = ['a', 5]\n", "/l/config.toml:2:19: this is not the name"),
            ("[cargo]\nproviders = ['a b']\n", "/l/config.toml:2:14: this is not the name"),
            (
                "[cargo.registries.'https://H']\nproviders = ['x']\n",
                "/l/config.toml:1:19: cargo calls this registry `https://h/`; write that",
            ),
            ("[cargo.registries.corp]\n", "/l/config.toml:1:19: this is not the URL of an index"),
            (
                "[cargo.registries.'https://h/']\ntoken = 'x'\n",
                "/l/config.toml:2:1: unknown key `token`; here can be `providers`",
            ),
            (
                "[provider.corp]\ngrant = 'all'\n",
                "/l/config.toml:2:1: unknown key `grant`; here can be `settings`",
            ),
            (
                "[provider.corp.settings]\nport = 5\n",
                "/l/config.toml:2:8: a setting must be a string in quotes",
            ),
            ("[cargo]\nproviders = ['x'\n", "/l/config.toml:2:17: unclosed array"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.starts_with(message) && error.contains('^'), "{text}: {error}");
        }
    }
}
