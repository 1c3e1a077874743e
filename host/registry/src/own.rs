//! Lockgate's own `config.toml`: who serves what, written by hand.

mod http;

use std::collections::BTreeMap;
use std::path::Path;

use lockgate_core::{CRATES_IO_INDEX, Ecosystem, HttpTable, Registry};
use toml_edit::{Item, Key, TableLike};

use crate::error::MAX_FILE;
use crate::source::{Quoting, SourceText};
use crate::{ConfigError, SourceError};

/// Lockgate's own configuration. The one secret that has a place in it is a proxy's password.
#[derive(Clone, Debug, Default)]
pub struct OwnConfig {
    cargo: Vec<ListedProvider>,
    cargo_registries: BTreeMap<String, Vec<ListedProvider>>,
    settings: BTreeMap<String, BTreeMap<String, String>>,
    http: Option<HttpTable>,
}

/// A provider of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedProvider {
    /// Its name.
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

    /// The providers of a registry, of which the last is asked first: those of its exact URL, else
    /// those of its ecosystem; `None` if nothing is said.
    pub fn providers_for(&self, registry: &Registry) -> Option<&[ListedProvider]> {
        if registry.ecosystem() != Ecosystem::Cargo {
            return None;
        }
        let own = self.cargo_registries.get(key_of(registry));
        own.or_else(|| Some(&self.cargo).filter(|list| !list.is_empty())).map(Vec::as_slice)
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
                "provider" => self.provider_tables(self.table(key, item)?)?,
                "http" => self.config.http = Some(self.http(self.table(key, item)?)?),
                _ => {
                    let known = "`[cargo]`, `[http]` and `[provider.NAME.settings]`";
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
                Some(name) if is_name(name) => names.push(ListedProvider {
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

fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.chars().any(|c| c.is_whitespace() || c.is_control())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use lockgate_core::{Authorities, CRATES_IO_INDEX, Ecosystem, HttpSettings, Registry, Secret};

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
            let list = config.providers_for(&registry)?;
            Some(list.iter().map(|listed| listed.name.as_str()).collect::<Vec<_>>().join(" "))
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
    fn says_where_each_provider_is_listed() {
        let config = parse("[cargo]\nproviders = ['cargo:token',\n  'corp']\n").unwrap();
        let registry = Registry::new(Ecosystem::Cargo, CRATES_IO_INDEX).unwrap();
        let places = config.providers_for(&registry).unwrap().iter();
        let places: Vec<_> = places.map(|listed| listed.place.as_str()).collect();
        assert_eq!(places, ["/l/config.toml:2", "/l/config.toml:3"]);
    }

    #[test]
    fn gives_each_provider_its_own_settings() {
        let config = parse("[provider.corp.settings]\ntenant = 'eu-1'\n").unwrap();
        assert_eq!(config.settings_of("corp").get("tenant").map(String::as_str), Some("eu-1"));
        assert!(config.settings_of("other").is_empty());
    }

    fn settings(text: &str, variables: &[(&str, &str)]) -> HttpSettings {
        let variable = |name: &str| {
            let (_, value) = variables.iter().find(|(known, _)| *known == name)?;
            Some(Secret::from(*value))
        };
        parse(text).unwrap().http().map(|http| http.settings(variable)).unwrap_or_default()
    }

    fn way(settings: &HttpSettings, url: &str) -> String {
        let proxy = settings.proxies.proxy_for(&url.parse().unwrap()).unwrap();
        proxy.map_or("-".to_owned(), ToString::to_string)
    }

    #[test]
    fn says_how_requests_travel() {
        let text = "[http]\nproxy = 'http://u:pw@proxy:3128'\nno-proxy = ['corp.example']\n\
                    ca-file = '/etc/corp.pem'\n";
        let found = settings(text, &[("https_proxy", "other:1")]);
        assert_eq!(way(&found, "https://a.example/"), "http://proxy:3128");
        assert_eq!(way(&found, "https://a.corp.example/"), "-");
        assert_eq!(way(&found, "http://localhost:8080/"), "-");
        assert_eq!(found.authorities, Authorities::Only("/etc/corp.pem".into()));
        let places: Vec<_> = found.proxies.settings().map(|one| one.place.as_str()).collect();
        assert_eq!(places, ["/l/config.toml:2"]);
    }

    #[test]
    fn the_environment_counts_only_where_it_is_named() {
        let variables = [("https_proxy", "other:1"), ("no_proxy", "b.example")];
        assert_eq!(way(&settings("", &variables), "https://a.example/"), "-");
        assert_eq!(way(&settings("[http]\n", &variables), "https://a.example/"), "-");
        let found =
            settings("[http]\nproxy = 'environment'\nno-proxy = ['c.example']\n", &variables);
        assert_eq!(way(&found, "https://a.example/"), "http://other:1");
        for url in ["https://b.example/", "https://c.example/", "https://127.0.0.1/"] {
            assert_eq!(way(&found, url), "-", "{url}");
        }
    }

    #[test]
    fn the_password_of_a_proxy_is_in_no_error() {
        for text in [
            "[http]\nproxy = 'ftp://u:s3cret@proxy'\n",
            "[http]\nproxy = 'http://u:s3cret@proxy' x\n",
            "[http]\nproxy = \"http://u:s3cret@proxy\\r\\n\"\n",
            "[http]\nproxy = ['http://u:s3cret@proxy']\n",
            "http = { proxy = 'http://u:s3cret@proxy', other = 1 }\n",
            "[http]\nproxy = \"\"\"\nhttp://u:s3cret@proxy\n\"\"\"\"\n",
        ] {
            let error = parse(text).unwrap_err();
            assert!(!error.contains("s3cret") && error.contains("/l/config.toml:"), "{error}");
        }
    }

    #[test]
    fn refuses_everything_else_at_its_place() {
        for (text, message) in [
            ("cargo = 5", "/l/config.toml:1:9: `cargo` must be a table"),
            (
                "[docker]\n",
                "/l/config.toml:1:2: unknown key `docker`; here can be `[cargo]`, `[http]` and",
            ),
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
            ("http = 5", "/l/config.toml:1:8: `http` must be a table"),
            (
                "[http]\ntimeout = 5\n",
                "/l/config.toml:2:1: unknown key `timeout`; here can be `proxy`",
            ),
            ("[http]\nproxy = 5\n", "/l/config.toml:2:9: `proxy` must be a string in quotes"),
            ("[http]\nproxy = 'socks5://x'\n", "/l/config.toml:2:9: this is no proxy: SOCKS"),
            ("[http]\nno-proxy = ['a']\n", "/l/config.toml:2:1: `no-proxy` stands without `proxy`"),
            (
                "[http]\nproxy = 'x'\nno-proxy = ['a', 'b c']\n",
                "/l/config.toml:3:18: an entry of `no-proxy` is a name",
            ),
            ("[http]\nproxy = 'x'\nno-proxy = 'a'\n", "/l/config.toml:3:12: `no-proxy` must be a"),
            ("[http]\nca-file = 'ca.pem'\n", "/l/config.toml:2:11: this must be an absolute path"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.starts_with(message) && error.contains('^'), "{text}: {error}");
        }
    }
}
