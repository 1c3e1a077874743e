//! Where a registry's token stands, whoever reads it there: what is left after a logout.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use lockgate_core::Registry;

use super::binding::CredentialTable;
use super::environment::variable_name;
use super::kept::ReadBy;
use super::names::CRATES_IO;
use super::{CargoConfig, Definition, KeptTokens, Layer, value};

/// A place where a token stands. Its `Display` says where, who uses it and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenPlace {
    /// Where.
    pub defined: Definition,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Variable,
    /// The user's own configuration.
    Setting,
    /// A project's configuration, which only cargo heeds.
    Project,
    /// The file of tokens.
    Kept,
    /// A file that the file of tokens includes, which only cargo reads.
    Included,
    /// A file of tokens that nobody reads as long as there is the one of the old name.
    Shadowed,
}

impl fmt::Display for TokenPlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = &self.defined;
        match self.kind {
            Kind::Variable => write!(formatter, "{place}; unset it"),
            Kind::Setting => write!(formatter, "{place}; remove that line"),
            Kind::Project => {
                write!(
                    formatter,
                    "{place}, which cargo heeds and Lockgate does not; remove that line"
                )
            }
            Kind::Kept => write!(
                formatter,
                "{place}; remove that line, or log out with `cargo:token` as the provider"
            ),
            Kind::Included => write!(
                formatter,
                "{place}, which the file of tokens includes and only cargo reads; remove that line"
            ),
            Kind::Shadowed => write!(
                formatter,
                "{place}, which is not read as long as there is a file `credentials` beside it; remove \
                 that line"
            ),
        }
    }
}

impl CargoConfig {
    /// Every place in which a token of `registry` stands: variables, configuration files of whichever
    /// layer, and files of tokens. `recorded` holds, by name, the index URLs of earlier logins. No
    /// provider's own store is looked at.
    pub fn token_places(
        &self,
        registry: &Registry,
        recorded: &BTreeMap<String, String>,
        kept: &KeptTokens,
    ) -> Vec<TokenPlace> {
        let mut places = Vec::new();
        for name in self.names_of(registry, recorded) {
            let key: &[&str] = match name.as_str() {
                CRATES_IO => &["registry", "token"],
                name => &["registries", name, "token"],
            };
            self.add_configured(key, &mut places);
            let table = match name.as_str() {
                CRATES_IO => CredentialTable::CratesIo,
                _ => CredentialTable::Named(name),
            };
            for (file, read_by) in kept.files() {
                let kind = match read_by {
                    ReadBy::Everybody => Kind::Kept,
                    ReadBy::CargoAlone => Kind::Included,
                    ReadBy::Nobody => Kind::Shadowed,
                };
                places.extend(
                    file.token(&table).cloned().map(|defined| TokenPlace { defined, kind }),
                );
            }
        }
        places
    }

    fn add_configured(&self, key: &[&str], places: &mut Vec<TokenPlace>) {
        let variable = Definition::Environment(variable_name(key));
        let known = |defined: &Definition| places.iter().any(|place| place.defined == *defined);
        let is_set =
            matches!(&variable, Definition::Environment(name) if self.environment.has_secret(name));
        if is_set && !known(&variable) {
            places.push(TokenPlace { defined: variable, kind: Kind::Variable });
        }
        for file in &self.files {
            let entry = value::find(&file.values, key).filter(|entry| entry.secret().is_some());
            let kind = match file.layer {
                Layer::Project => Kind::Project,
                _ => Kind::Setting,
            };
            places
                .extend(entry.map(|entry| TokenPlace { defined: entry.definition.clone(), kind }));
        }
    }

    /// Every name under which the token of a registry may stand, in their order; not those that the user
    /// gives another index.
    fn names_of(
        &self,
        registry: &Registry,
        recorded: &BTreeMap<String, String>,
    ) -> BTreeSet<String> {
        if registry.is_crates_io() {
            return BTreeSet::from([CRATES_IO.to_owned()]);
        }
        let files = self.same_indexes(&self.all, registry).into_iter().map(|index| index.name);
        let logins = recorded.iter().filter(|(_, url)| *url == registry.url());
        let mut names: BTreeSet<String> =
            files.chain(logins.map(|(name, _)| name.clone())).collect();
        names.extend(self.trusted_name(registry).ok().flatten().map(|index| index.name));
        names.extend(self.claimed_name(registry));
        names.retain(|name| self.other_trusted_index(name, registry).is_none());
        names
    }
}
