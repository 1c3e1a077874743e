//! Which way an index is read.

use std::fmt;
use std::net::Ipv4Addr;

use lockgate_core::{CRATES_IO_INDEX, CRATES_IO_SPARSE_INDEX, Registry};
use url::{Host, Url};

/// How an index is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Over HTTP: the URL of its `config.json`.
    Sparse(Url),
    /// A git repository: its URL.
    Git(Url),
}

/// An index, and how cargo calls it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// Its URL, with `sparse+`: what cargo names its folder by.
    pub index: String,
    /// How it is read.
    pub kind: Kind,
    shown: String,
}

/// Why an index is not asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnsafeUrl {
    /// `ext::sh -c ...` and the like, and what begins with a dash.
    #[error("the index `{0}` is not asked: it is neither an https, ssh, git nor file URL")]
    Scheme(String),
    /// A host or path that another program would take for an option, or read in another way.
    #[error("the index `{0}` is not asked: programs could take a part of it for an option")]
    Option(String),
    /// Anybody on the way could change the answer.
    #[error("the index `{index}` is not asked over plain {scheme}")]
    Plain {
        /// The index.
        index: String,
        /// What is spoken there.
        scheme: String,
    },
    /// One that a project chose, and that git would read. git connects wherever a name leads, also
    /// to this machine and the networks around it, and looks names up by itself, so that no check
    /// before would hold.
    #[error(
        "the index `{0}` is not asked with git, since only the project's configuration names it, so that the page for its tokens is not known; if it is right, name it in the `config.toml` of cargo's home directory"
    )]
    ProjectsGit(String),
}

impl UnsafeUrl {
    /// Whether a login goes on without the index, as where there is no git.
    #[must_use]
    pub fn is_passed_over(&self) -> bool {
        matches!(self, Self::Plain { .. } | Self::ProjectsGit(_))
    }
}

impl Location {
    /// The index of a registry. `crates_io_by_git` says by which of its two crates.io is read.
    ///
    /// # Errors
    /// If it is not the URL of an index.
    pub fn of(registry: &Registry, crates_io_by_git: bool) -> Result<Self, url::ParseError> {
        let is_crates_io = registry.is_crates_io();
        let index = match (is_crates_io, crates_io_by_git) {
            (true, false) => CRATES_IO_SPARSE_INDEX,
            (true, true) => CRATES_IO_INDEX,
            (false, _) => registry.url(),
        };
        let kind = match index.strip_prefix("sparse+") {
            Some(url) => Kind::Sparse(Url::parse(&format!("{url}config.json"))?),
            None => Kind::Git(Url::parse(index)?),
        };
        let shown = match is_crates_io {
            true => "crates.io".to_owned(),
            false => format!("`{}`", registry.display_name()),
        };
        Ok(Self { index: index.to_owned(), kind, shown })
    }

    /// The URL that is asked.
    #[must_use]
    pub fn url(&self) -> &Url {
        match &self.kind {
            Kind::Sparse(url) | Kind::Git(url) => url,
        }
    }

    /// Whether it may be asked at all. `trusted`: whether the user's own configuration names it.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self, trusted: bool) -> Result<(), UnsafeUrl> {
        let url = self.url();
        let shown = || self.index.clone();
        match (&self.kind, url.scheme()) {
            (Kind::Sparse(_), "https" | "http")
            | (Kind::Git(_), "https" | "http" | "ssh" | "git" | "file") => {}
            _ => return Err(UnsafeUrl::Scheme(shown())),
        }
        match (&self.kind, url.scheme()) {
            (Kind::Git(_), "ssh" | "git" | "file") if names_an_option(url) => {
                Err(UnsafeUrl::Option(shown()))
            }
            (_, scheme @ ("http" | "git")) if !is_loopback(url) => {
                Err(UnsafeUrl::Plain { index: shown(), scheme: scheme.to_owned() })
            }
            (Kind::Git(_), _) if !trusted => Err(UnsafeUrl::ProjectsGit(shown())),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Location {
    /// As in `Updating crates.io index`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} index", self.shown)
    }
}

/// `ssh://-oProxyCommand=...` and its relatives, also behind percent signs.
fn names_an_option(url: &Url) -> bool {
    let begins = |part: &str| part.starts_with('-') || part.to_ascii_lowercase().starts_with("%2d");
    let path = url.path().trim_start_matches('/');
    begins(url.host_str().unwrap_or_default()) || begins(url.username()) || begins(path)
}

/// Whether the host is this machine by its very address.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        // Where the scheme is none of the web's an address is a name to the parser.
        Some(Host::Domain(name)) => {
            name == "localhost" || name.parse().is_ok_and(|address: Ipv4Addr| address.is_loopback())
        }
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use lockgate_core::{Ecosystem, Registry};

    use super::{Location, UnsafeUrl};

    fn location(url: &str) -> Location {
        let registry = Registry::new(Ecosystem::Cargo, url).unwrap().named(Some("corp".into()));
        Location::of(&registry, false).unwrap()
    }

    #[test]
    fn crates_io_is_read_as_its_protocol_says() {
        let registry = Registry::new(Ecosystem::Cargo, lockgate_core::CRATES_IO_INDEX).unwrap();
        let sparse = Location::of(&registry, false).unwrap();
        assert_eq!(sparse.url().as_str(), "https://index.crates.io/config.json");
        assert_eq!(sparse.to_string(), "crates.io index");
        let git = Location::of(&registry, true).unwrap();
        assert_eq!(git.url().as_str(), lockgate_core::CRATES_IO_INDEX);
        assert_eq!(location("sparse+https://h.example/i/").to_string(), "`corp` index");
    }

    #[test]
    fn ordinary_indexes_are_asked() {
        for url in ["sparse+https://h.example/i/", "sparse+http://127.0.0.1:80/"] {
            for trusted in [true, false] {
                assert_eq!(location(url).check(trusted), Ok(()), "{url}");
            }
        }
        for url in [
            "https://h.example/i.git",
            "ssh://git@h.example/i",
            "git://127.0.0.1/i",
            "git://localhost/i",
            "http://[::1]/i",
            "file:///i",
        ] {
            assert_eq!(location(url).check(true), Ok(()), "{url}");
        }
    }

    /// Whatever name it has: git would look it up, and connect where that leads.
    #[test]
    fn what_only_a_project_names_is_not_asked_with_git() {
        for url in [
            "https://h.example/i.git",
            "https://169.254.169.254/i",
            "ssh://git@h.example/i",
            "git://127.0.0.1/i",
            "http://127.0.0.1/i",
            "file:///i",
        ] {
            let refused = location(url).check(false).unwrap_err();
            assert_eq!(refused, UnsafeUrl::ProjectsGit(url.to_owned()));
            assert!(refused.is_passed_over());
            assert_eq!(location(url).check(true), Ok(()), "{url}");
        }
    }

    #[test]
    fn what_a_program_could_misread_is_not_asked() {
        use UnsafeUrl::{Option, Scheme};
        let own = |url: &str| url.to_owned();
        for (url, why) in [
            ("ssh://-oProxyCommand=id/x", Option(own("ssh://-oProxyCommand=id/x"))),
            ("ssh://-oProxyCommand=id@h/x", Option(own("ssh://-oProxyCommand=id@h/x"))),
            ("ssh://h/-x", Option(own("ssh://h/-x"))),
            ("ssh://%2doProxyCommand=id/x", Option(own("ssh://%2doProxyCommand=id/x"))),
            ("ext+sh://id", Scheme(own("ext+sh://id"))),
            ("fd://17/x", Scheme(own("fd://17/x"))),
            ("sparse+file:///x/", Scheme(own("sparse+file:///x/"))),
        ] {
            for trusted in [true, false] {
                assert_eq!(location(url).check(trusted), Err(why.clone()), "{url}");
            }
            assert!(!why.is_passed_over());
        }
    }

    #[test]
    fn what_anybody_on_the_way_could_change_is_not_asked() {
        for (url, scheme) in [
            ("sparse+http://h.example/i/", "http"),
            ("http://h.example/i", "http"),
            ("git://h.example/i", "git"),
            ("git://127.0.0.1.h.example/i", "git"),
        ] {
            for trusted in [true, false] {
                let refused = location(url).check(trusted).unwrap_err();
                let shown = format!("the index `{url}` is not asked over plain {scheme}");
                assert_eq!(refused.to_string(), shown);
                assert!(refused.is_passed_over());
            }
        }
    }
}
