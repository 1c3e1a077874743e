//! What a `config.json` says about credentials.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use lockgate_core::DOCKER_HUB;
use zeroize::Zeroizing;

use super::helper::is_helper_suffix;
use super::layout::{AUTHS, HELPERS, Layout, STORE, effective, line};
use super::members::{Member, text};
use super::server::{aliases, deciding_key, hostname, is_hub_token};
use super::{DockerConfigError, Entry};

/// A `config.json` as docker reads it: the case of letters in the names of fields does not matter, the
/// last of several values counts, and what it does not know is passed over.
pub struct DockerConfig {
    path: PathBuf,
    text: Zeroizing<String>,
    entries: Vec<Place>,
    store: Option<Named>,
    helpers: BTreeMap<String, Named>,
}

/// An entry of `auths` that is not read yet.
struct Place {
    key: String,
    raw: Range<usize>,
}

/// The name of a helper.
struct Named {
    suffix: String,
    at: usize,
}

/// Where docker keeps the credentials of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// In the file itself, by an empty name in `credHelpers`.
    File,
    /// With the program `docker-credential-` and this.
    Helper(String),
    /// The file says nothing, so that it is the file itself, or what docker finds on the machine where
    /// nothing at all is kept yet ([`DockerConfig::has_auth_configuration`]).
    Unset,
}

impl DockerConfig {
    /// Reads the text of the file at `path`; an empty one says nothing.
    ///
    /// # Errors
    /// If it is no JSON, or what it says about credentials is of the wrong kind. Entries are read when
    /// they are asked for, so that one that is broken keeps nobody from the others.
    pub fn parse(text: &str, path: &Path) -> Result<Self, DockerConfigError> {
        let layout = Layout::parse(text, path)?;
        Ok(Self {
            entries: entries(&layout)?,
            store: store(&layout)?,
            helpers: helpers(&layout)?,
            path: path.to_owned(),
            text: Zeroizing::new(text.to_owned()),
        })
    }

    /// What docker finds for a server: the entry of this very key, else the first one in the file whose
    /// key has this host. An entry that says nothing is found as well.
    ///
    /// # Errors
    /// If it cannot be decoded.
    pub fn entry(&self, server: &str) -> Result<Option<Entry>, DockerConfigError> {
        let place = self.places(server).next();
        place.map(|place| self.read(place)).transpose()
    }

    /// The entry of this very key.
    ///
    /// # Errors
    /// If it cannot be decoded.
    pub fn entry_of_key(&self, key: &str) -> Result<Option<Entry>, DockerConfigError> {
        let place = self.entries.iter().find(|place| place.key == key);
        place.map(|place| self.read(place)).transpose()
    }

    /// The keys under which this server has entries, the one that is found first.
    pub fn keys_of(&self, server: &str) -> impl Iterator<Item = &str> {
        self.places(server).map(|place| place.key.as_str())
    }

    /// All entries with their keys, in the order of the file.
    pub fn entries(&self) -> impl Iterator<Item = (&str, Result<Entry, DockerConfigError>)> {
        self.entries.iter().map(|place| (place.key.as_str(), self.read(place)))
    }

    /// Where docker keeps the credentials of a server. Its `credHelpers` are asked by the server's own
    /// key, and, which docker does not do, by the other spellings of Docker Hub.
    ///
    /// # Errors
    /// If the name of the helper could be that of another program.
    pub fn selection(&self, server: &str) -> Result<Selection, DockerConfigError> {
        let named = match self.helper(server) {
            Some(named) if named.suffix.is_empty() => return Ok(Selection::File),
            Some(named) => named,
            None => match &self.store {
                Some(named) => named,
                None => return Ok(Selection::Unset),
            },
        };
        match is_helper_suffix(&named.suffix) {
            true => Ok(Selection::Helper(named.suffix.clone())),
            false => Err(DockerConfigError::Helper {
                path: self.path.clone(),
                line: line(&self.text, named.at),
                suffix: named.suffix.clone(),
            }),
        }
    }

    /// The servers that have a line in `credHelpers`, with what it names; an empty name is the file.
    pub fn helpers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.helpers.iter().map(|(server, named)| (server.as_str(), named.suffix.as_str()))
    }

    /// What `credsStore` names, if anything.
    pub fn store(&self) -> Option<&str> {
        self.store.as_ref().map(|named| named.suffix.as_str())
    }

    /// Whether anything is said about credentials. Where nothing is, docker looks for a helper on the
    /// machine. An entry that says nothing counts.
    pub fn has_auth_configuration(&self) -> bool {
        self.store.is_some() || !self.helpers.is_empty() || !self.entries.is_empty()
    }

    /// The entry of this key, then those whose host it is. The tokens of Hub's web login are found by
    /// their own keys alone.
    fn places(&self, server: &str) -> impl Iterator<Item = &Place> {
        let own = self.entries.iter().filter(move |place| place.key == server);
        let is_other = move |place: &&Place| {
            place.key != server && !is_hub_token(&place.key) && hostname(&place.key) == server
        };
        own.chain(self.entries.iter().filter(is_other))
    }

    fn read(&self, place: &Place) -> Result<Entry, DockerConfigError> {
        let raw = self.text.get(place.raw.clone()).unwrap_or("null");
        Entry::read(raw).map_err(|source| DockerConfigError::Entry {
            path: self.path.clone(),
            line: line(&self.text, place.raw.start),
            key: place.key.clone(),
            source,
        })
    }

    fn helper(&self, server: &str) -> Option<&Named> {
        let own = self.helpers.get(server);
        own.or_else(|| {
            let key = Some(deciding_key(server)).filter(|key| key == DOCKER_HUB)?;
            let hub = std::iter::once(key).chain(aliases(DOCKER_HUB));
            hub.into_iter().find_map(|key| self.helpers.get(&key))
        })
    }
}

impl fmt::Debug for DockerConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("DockerConfig").field("path", &self.path).finish_non_exhaustive()
    }
}

fn entries(layout: &Layout<'_>) -> Result<Vec<Place>, DockerConfigError> {
    let objects = layout.section(AUTHS)?;
    let place = |member: &Member<'_>| {
        let key = member.key.clone().into_owned();
        if !member.is_null() && !member.raw.starts_with('{') {
            let what = format!("the entry `{}`", crate::source::visible(&key));
            return Err(layout.kind(member.start, what, "an object in braces"));
        }
        Ok(Place { key, raw: member.value.clone() })
    };
    effective(&objects).into_iter().map(place).collect()
}

fn store(layout: &Layout<'_>) -> Result<Option<Named>, DockerConfigError> {
    let mut store = None;
    for member in layout.fields(STORE).filter(|member| !member.is_null()) {
        store = Some(named(layout, member, STORE)?);
    }
    Ok(store.filter(|named| !named.suffix.is_empty()))
}

fn helpers(layout: &Layout<'_>) -> Result<BTreeMap<String, Named>, DockerConfigError> {
    let objects = layout.section(HELPERS)?;
    let helper = |member: &Member<'_>| {
        let key = member.key.clone().into_owned();
        Ok((key, named(layout, member, HELPERS)?))
    };
    effective(&objects).into_iter().map(helper).collect()
}

fn named(layout: &Layout<'_>, member: &Member<'_>, what: &str) -> Result<Named, DockerConfigError> {
    let at = member.start;
    if member.is_null() {
        return Ok(Named { suffix: String::new(), at });
    }
    match text(member.raw) {
        Ok(suffix) => Ok(Named { suffix: suffix.into_owned(), at }),
        Err(_) => {
            let what = format!("what `{what}` names");
            Err(layout.kind(at, what, "a text in quotes"))
        }
    }
}

#[cfg(test)]
#[path = "file/tests.rs"]
mod tests;
