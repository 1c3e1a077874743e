//! What a credential is for.

use std::fmt;

use url::{Host, Url};

/// The git index URL that cargo hands to providers for crates.io, whatever index it reads.
pub const CRATES_IO_INDEX: &str = "https://github.com/rust-lang/crates.io-index";
/// The sparse index URL of crates.io.
pub const CRATES_IO_SPARSE_INDEX: &str = "sparse+https://index.crates.io/";
/// The key under which docker keeps what belongs to Docker Hub.
pub const DOCKER_HUB: &str = "https://index.docker.io/v1/";
/// The hosts that all mean Docker Hub, its own name first.
pub const DOCKER_HUB_HOSTS: [&str; 3] = ["docker.io", "index.docker.io", "registry-1.docker.io"];

/// Longest registry URL that is accepted, in bytes. Clients' configuration holds far shorter ones;
/// the bound keeps a hostile one out of files, messages and keys.
const MAX_URL: usize = 4096;

/// A family of clients with one protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Ecosystem {
    /// cargo's registries, named by index URL.
    Cargo,
    /// Container registries, named as docker names servers.
    Oci,
}

impl Ecosystem {
    /// The name used in configuration and in the provider interface.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cargo => "cargo",
            Self::Oci => "oci",
        }
    }
}

impl fmt::Display for Ecosystem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// A registry that a client asks about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registry {
    ecosystem: Ecosystem,
    url: String,
    /// The name that the client's configuration gives it. For display, and a hint at which of the
    /// client's own tables is meant; never a key by itself.
    pub name: Option<String>,
    /// The `WWW-Authenticate` challenges of the response that made the client ask.
    pub challenges: Vec<String>,
}

/// Why a text does not name a registry.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum RegistryError {
    /// Nothing was given.
    #[error("the registry URL is empty")]
    Empty,
    /// Longer than 4 KiB.
    #[error("the registry URL is longer than {MAX_URL} bytes")]
    TooLong,
    /// A control character, which could forge a line of a protocol or of a terminal.
    #[error("the registry URL contains a control character")]
    ControlCharacter,
    /// Not a URL (cargo).
    #[error("the registry URL is not an absolute URL")]
    NotAUrl(#[source] url::ParseError),
    /// A user's password inside the URL, as cargo refuses it too.
    #[error("registry URLs may not contain passwords")]
    Password,
}

impl Registry {
    /// A registry by its client's own identifier, kept byte for byte.
    ///
    /// # Errors
    /// If the text is empty, too long, has control characters or, for cargo, is no absolute URL.
    pub fn new(ecosystem: Ecosystem, url: impl Into<String>) -> Result<Self, RegistryError> {
        let url = url.into();
        if url.is_empty() {
            return Err(RegistryError::Empty);
        }
        if url.len() > MAX_URL {
            return Err(RegistryError::TooLong);
        }
        if url.chars().any(char::is_control) {
            return Err(RegistryError::ControlCharacter);
        }
        let registry = Self { ecosystem, url, name: None, challenges: Vec::new() };
        if ecosystem == Ecosystem::Cargo {
            let parsed = registry.parsed().map_err(RegistryError::NotAUrl)?;
            if parsed.password().is_some() {
                return Err(RegistryError::Password);
            }
        }
        Ok(registry)
    }

    /// The same registry with the name that the client's configuration gives it.
    #[must_use]
    pub fn named(mut self, name: Option<String>) -> Self {
        self.name = name;
        self
    }

    /// The family of clients.
    pub fn ecosystem(&self) -> Ecosystem {
        self.ecosystem
    }

    /// The client's own identifier, byte for byte: the key of every secret.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The URL without the `sparse+` that only cargo understands; a docker server key without a
    /// scheme is taken as https, as docker does.
    ///
    /// # Errors
    /// What the URL parser says.
    pub fn parsed(&self) -> Result<Url, url::ParseError> {
        let url = self.url.strip_prefix("sparse+").unwrap_or(&self.url);
        if self.ecosystem == Ecosystem::Oci && !url.contains("://") {
            return Url::parse(&format!("https://{url}"));
        }
        Url::parse(url)
    }

    /// The host in canonical form, if the URL has one.
    pub fn host(&self) -> Option<Host<String>> {
        self.parsed().ok()?.host().map(|host| host.to_owned())
    }

    /// Whether this is crates.io, recognised by the text of the URL alone, as cargo does.
    pub fn is_crates_io(&self) -> bool {
        self.ecosystem == Ecosystem::Cargo
            && (self.url == CRATES_IO_INDEX || self.url == CRATES_IO_SPARSE_INDEX)
    }

    /// The name for people: the configured one, else the URL.
    pub fn display_name(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.url)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use arbtest::arbtest;

    use super::{Ecosystem, Registry, RegistryError};

    /// Long enough for many URLs, short enough for everybody's patience.
    const BUDGET: Duration = Duration::from_millis(300);
    /// Parts that a URL parser writes otherwise, or some comparison takes for the same.
    const SCHEMES: [&str; 5] = ["https://", "HTTPS://", "sparse+https://", "ssh://", ""];
    const HOSTS: [&str; 6] =
        ["a.example", "A.example", "a.example.", "a.example:443", "[::1]", "é.example"];
    const PATHS: [&str; 8] = ["", "/", "/x", "/x/", "/x.git", "/%78", "/y/../x", "/x?q#f"];

    /// The URL is the key of every secret.
    #[test]
    fn different_bytes_are_different_registries() {
        let mut compared = 0;
        arbtest(|u| {
            let ecosystem = *u.choose(&[Ecosystem::Cargo, Ecosystem::Oci])?;
            let mut text = || -> arbtest::arbitrary::Result<String> {
                Ok([u.choose(&SCHEMES)?, u.choose(&HOSTS)?, *u.choose(&PATHS)?].concat())
            };
            let (one, other) = (text()?, text()?);
            let registries = (Registry::new(ecosystem, &*one), Registry::new(ecosystem, &*other));
            let (Ok(first), Ok(second)) = registries else { return Ok(()) };
            assert_eq!((first.url(), second.url()), (one.as_str(), other.as_str()));
            assert_eq!(first == second, one == other, "{one} {other}");
            let elsewhere = Registry::new(Ecosystem::Oci, one).unwrap();
            assert_eq!(first == elsewhere, ecosystem == Ecosystem::Oci);
            compared += 1;
            Ok(())
        })
        .budget(BUDGET);
        assert!(compared > 0);
    }

    #[test]
    fn refuses_what_could_forge_a_line() {
        for url in ["https://a/\nhost=b", "https://a/\r", "https://a/\u{0}", "https://a/\u{9b}"] {
            assert_eq!(Registry::new(Ecosystem::Cargo, url), Err(RegistryError::ControlCharacter));
        }
        assert_eq!(Registry::new(Ecosystem::Cargo, ""), Err(RegistryError::Empty));
        assert!(matches!(
            Registry::new(Ecosystem::Cargo, "index/only"),
            Err(RegistryError::NotAUrl(_))
        ));
        assert_eq!(
            Registry::new(Ecosystem::Cargo, "https://u:p@host/i"),
            Err(RegistryError::Password)
        );
    }

    #[test]
    fn keeps_the_bytes_and_finds_the_host() {
        let registry = Registry::new(Ecosystem::Cargo, "sparse+https://Cargo.Example/i/").unwrap();
        assert_eq!(registry.url(), "sparse+https://Cargo.Example/i/");
        assert_eq!(registry.host().unwrap().to_string(), "cargo.example");
        let server = Registry::new(Ecosystem::Oci, "ghcr.io").unwrap();
        assert_eq!(server.host().unwrap().to_string(), "ghcr.io");
    }
}
