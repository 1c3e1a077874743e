//! Which tokens kept under a registry's *name* belong to an index URL.
//!
//! A provider's token is found by URL. cargo's own tokens (its variables, its credentials file, its
//! configuration) are found by name, and cargo lets a project's file point a name at another index.
//! Here a name's token goes only to the index that a trusted layer gives that name, or that a login
//! recorded.

use std::collections::BTreeMap;
use std::fmt;

use lockgate_core::{Registry, Secret};

use super::environment::{share_variables, variable_name};
use super::indexes::Index;
use super::names;
use super::value::{self, Entry};
use super::{AmbiguousIndex, CargoConfig, Definition, Layer};
use crate::source::visible;

/// A table of cargo's credentials file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum CredentialTable {
    /// `[registry]`, which is crates.io's.
    CratesIo,
    /// `[registries.NAME]`.
    Named(String),
}

/// Where the token of a registry may be found by name. The default is nowhere.
#[derive(Clone, Debug, Default)]
pub struct TokenBinding {
    /// The environment variable.
    pub variable: Option<String>,
    /// Tables of the credentials file; the first is the one to save to.
    pub tables: Vec<CredentialTable>,
    /// A token in the user's own configuration. The credentials file outranks it.
    pub config_token: Option<(Secret, Definition)>,
}

/// Who gives a name another index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GivenBy {
    /// A setting.
    Setting(Definition),
    /// An earlier login.
    Login,
}

impl fmt::Display for GivenBy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Setting(definition) => definition.fmt(formatter),
            Self::Login => formatter.write_str("a login on record"),
        }
    }
}

/// A name whose token belongs to another index.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the token of registry `{}` is kept for `{given}` ({given_by}) and is not used for `{asked}` ({}); {}",
    visible(.name),
    .asked_by.as_ref().map_or_else(|| "as the client says".to_owned(), ToString::to_string),
    self.advice()
)]
pub struct OtherIndex {
    /// The name.
    pub name: String,
    /// The index that was asked about.
    pub asked: String,
    /// Where the name gets that index, if it is in the configuration.
    pub asked_by: Option<Definition>,
    /// The index that the token belongs to.
    pub given: String,
    /// Who says so.
    pub given_by: GivenBy,
}

impl OtherIndex {
    fn advice(&self) -> String {
        match &self.given_by {
            GivenBy::Setting(Definition::BuiltIn) => "give that registry a name of its own".into(),
            GivenBy::Setting(place) => format!(
                "if the registry has moved, change its index in {place}, else give the other one a name of its own"
            ),
            GivenBy::Login => "if the registry has moved, name its index in the `config.toml` of cargo's home directory, else give the other one a name of its own".into(),
        }
    }
}

/// Why no token may be looked for.
#[derive(Debug, thiserror::Error)]
pub enum BindingError {
    /// cargo's own refusal.
    #[error(transparent)]
    Ambiguous(#[from] AmbiguousIndex),
    /// The name's token belongs to another index.
    #[error(transparent)]
    OtherIndex(Box<OtherIndex>),
    /// Nobody trusted gives the name an index, and the administrator requires it.
    #[error(
        "the administrator requires that your own configuration gives a registry its index, and only the project gives one to `{}`; if it is right, add it to the `[registries]` table of the `config.toml` in cargo's home directory",
        visible(.0)
    )]
    NotPinned(String),
}

/// What the binding is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Read,
    Login,
}

impl CargoConfig {
    /// Where the token of `registry` may be found. `recorded` holds, by name, the index URLs of
    /// earlier logins. A registry that only a project or the client defines, and that nothing
    /// contradicts, has its variable, as in cargo, and nothing that is kept.
    ///
    /// # Errors
    /// If it is not certain whose token it is.
    pub fn binding(
        &self,
        registry: &Registry,
        recorded: &BTreeMap<String, String>,
    ) -> Result<TokenBinding, BindingError> {
        self.bind(registry, recorded, Use::Read)
    }

    /// Where a login by a person may keep a token of `registry`: as [`CargoConfig::binding`], and
    /// under a name that only a project or the client defines, if nothing contradicts. Record it.
    ///
    /// # Errors
    /// If it is not certain whose token it is.
    pub fn binding_for_login(
        &self,
        registry: &Registry,
        recorded: &BTreeMap<String, String>,
    ) -> Result<TokenBinding, BindingError> {
        self.bind(registry, recorded, Use::Login)
    }

    fn bind(
        &self,
        registry: &Registry,
        recorded: &BTreeMap<String, String>,
        purpose: Use,
    ) -> Result<TokenBinding, BindingError> {
        if registry.is_crates_io() {
            return Ok(self.crates_io_binding());
        }
        if let Some(index) = self.trusted_name(registry)? {
            return self.trusted_binding(registry, &index, recorded);
        }
        let names = self.recorded_names(registry, recorded);
        if !names.is_empty() {
            return Ok(self.recorded_binding(names, registry, recorded));
        }
        self.claimed_binding(registry, recorded, purpose)
    }

    fn crates_io_binding(&self) -> TokenBinding {
        TokenBinding {
            variable: Some(variable_name(&["registry", "token"])),
            tables: vec![CredentialTable::CratesIo],
            config_token: token_of(value::find(&self.trusted, &["registry", "token"])),
        }
    }

    fn trusted_binding(
        &self,
        registry: &Registry,
        index: &Index,
        recorded: &BTreeMap<String, String>,
    ) -> Result<TokenBinding, BindingError> {
        if !index.is(registry) {
            return Err(self.other_index(
                registry,
                &index.name,
                index.shown(),
                GivenBy::Setting(index.definition.clone()),
            ));
        }
        let mut names = vec![index.name.clone()];
        if index.definition.layer() == Layer::Environment {
            // A variable has lost the case and the dashes of the name that cargo saves under.
            names.splice(0..0, self.written_name(&index.name, registry, recorded));
        }
        Ok(self.named_binding(&names, Some(&index.name)))
    }

    /// The client's own spelling of a name that a variable gives, unless that spelling belongs to
    /// another index.
    fn written_name(
        &self,
        variable_spelling: &str,
        registry: &Registry,
        recorded: &BTreeMap<String, String>,
    ) -> Option<String> {
        let name = registry.name.as_deref()?;
        let is_other = names::check(name).is_err()
            || name == variable_spelling
            || !share_variables(name, variable_spelling)
            || recorded.get(name).is_some_and(|url| url != registry.url())
            || self.trusted_index(name).is_some_and(|index| !index.is(registry));
        (!is_other).then(|| name.to_owned())
    }

    /// The names of logins for this very index, the client's own first, without those that trusted
    /// configuration now gives another index.
    fn recorded_names(
        &self,
        registry: &Registry,
        recorded: &BTreeMap<String, String>,
    ) -> Vec<String> {
        let mut names: Vec<_> = recorded
            .iter()
            .filter(|(name, url)| *url == registry.url() && names::check(name).is_ok())
            .filter(|(name, _)| self.other_trusted_index(name, registry).is_none())
            .map(|(name, _)| name.clone())
            .collect();
        names.sort_by_key(|name| Some(name.as_str()) != registry.name.as_deref());
        names
    }

    fn recorded_binding(
        &self,
        names: Vec<String>,
        registry: &Registry,
        recorded: &BTreeMap<String, String>,
    ) -> TokenBinding {
        let variable =
            names.first().filter(|name| other_login(name, registry, recorded).is_none()).cloned();
        self.named_binding(&names, variable.as_deref())
    }

    fn claimed_binding(
        &self,
        registry: &Registry,
        recorded: &BTreeMap<String, String>,
        purpose: Use,
    ) -> Result<TokenBinding, BindingError> {
        let Some(name) = self.claimed_name(registry) else { return Ok(TokenBinding::default()) };
        if let Some(index) = self.other_trusted_index(&name, registry) {
            let place = GivenBy::Setting(index.definition.clone());
            return Err(self.other_index(registry, &name, index.shown(), place));
        }
        if let Some(url) = other_login(&name, registry, recorded) {
            return Err(self.other_index(registry, &name, url, GivenBy::Login));
        }
        if self.pinned && purpose == Use::Read {
            return Err(BindingError::NotPinned(name));
        }
        let variable = Some(variable_name(&["registries", &name, "token"]));
        let tables = match purpose {
            Use::Read => Vec::new(),
            Use::Login => vec![CredentialTable::Named(name)],
        };
        Ok(TokenBinding { variable, tables, config_token: None })
    }

    /// The name that the client gives, else the only one that the configuration gives the index.
    pub(crate) fn claimed_name(&self, registry: &Registry) -> Option<String> {
        if let Some(name) = registry.name.as_ref().filter(|name| names::check(name).is_ok()) {
            return Some(name.clone());
        }
        let mut indexes = self.same_indexes(&self.all, registry);
        indexes.retain(|index| index.is(registry) && names::check(&index.name).is_ok());
        match indexes.as_slice() {
            [index] => Some(index.name.clone()),
            _ => None,
        }
    }

    fn named_binding(&self, names: &[String], variable: Option<&str>) -> TokenBinding {
        let token = |name: &String| {
            token_of(value::find(&self.trusted, &["registries", name.as_str(), "token"]))
        };
        TokenBinding {
            variable: variable.map(|name| variable_name(&["registries", name, "token"])),
            tables: names.iter().cloned().map(CredentialTable::Named).collect(),
            config_token: names.iter().find_map(token),
        }
    }

    fn other_index(
        &self,
        registry: &Registry,
        name: &str,
        given: &str,
        given_by: GivenBy,
    ) -> BindingError {
        let asked_by = self
            .same_indexes(&self.all, registry)
            .into_iter()
            .find(|index| index.is(registry))
            .map(|index| index.definition);
        BindingError::OtherIndex(Box::new(OtherIndex {
            name: name.to_owned(),
            asked: registry.url().to_owned(),
            asked_by,
            given: visible(given),
            given_by,
        }))
    }
}

fn token_of(entry: Option<&Entry>) -> Option<(Secret, Definition)> {
    let entry = entry?;
    Some((entry.secret()?.clone(), entry.definition.clone()))
}

/// The index of a login under this name, or one with the same variables, for another index.
fn other_login<'a>(
    name: &str,
    registry: &Registry,
    recorded: &'a BTreeMap<String, String>,
) -> Option<&'a str> {
    recorded
        .iter()
        .find(|(known, url)| share_variables(known, name) && *url != registry.url())
        .map(|(_, url)| url.as_str())
}
