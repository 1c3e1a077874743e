//! Which providers serve a registry, in the order in which they are tried.

use std::path::MAIN_SEPARATOR;

use lockgate_core::Registry;

use super::environment::variable_name;
use super::ignored::IgnoredReason;
use super::value::{self, Entry};
use super::warning::Warning;
use super::{AmbiguousIndex, CargoConfig, Definition, schema};

/// The provider that keeps tokens in a plain file.
const PLAIN_FILE: &str = "cargo:token";
/// Providers inside cargo, whose names no alias may take.
const BUILT_IN: [&str; 6] = [
    PLAIN_FILE,
    "cargo:paseto",
    "cargo:token-from-stdout",
    "cargo:wincred",
    "cargo:macos-keychain",
    "cargo:libsecret",
];

/// One provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderChoice {
    /// The program or built-in name, and its arguments. Aliases are resolved; a program with a
    /// slash is resolved against the place of its definition, any other is as it was written.
    pub words: Vec<String>,
    /// Where it was chosen; `None` for cargo's default.
    pub defined: Option<Definition>,
}

/// The providers of one registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderList {
    /// In the order in which they are tried.
    pub providers: Vec<ProviderChoice>,
    /// Whether somebody configured them. If not, cargo refuses to read from a registry that wants a
    /// token for that.
    pub configured: bool,
    /// What cargo warns of when it looks for them.
    pub warnings: Vec<Warning>,
}

/// Why no list could be made.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// cargo's own refusal.
    #[error(transparent)]
    Ambiguous(#[from] AmbiguousIndex),
    /// A variable with nothing in it.
    #[error("invalid length 0, expected at least one element in {0}")]
    Empty(Definition),
    /// A program in a directory whose name is not UTF-8, which cargo cannot run either.
    #[error("the path of the credential provider in {0} is not UTF-8")]
    NotUtf8(Definition),
    /// The user's configuration includes files, which may name providers.
    #[error(
        "`include` in {0} is not supported yet, and the included files could name credential providers; move what they say about providers into that file"
    )]
    Include(Definition),
}

/// A provider as it is written.
#[derive(Debug)]
struct Written {
    words: Vec<String>,
    defined: Option<Definition>,
}

/// What trusted configuration says.
struct Trusted {
    /// In the order in which they are tried.
    list: Vec<Written>,
    configured: bool,
    /// Whether the registry has a provider of its own.
    own: bool,
}

/// A project's choice: where, and which one of the list, or why it is not heeded.
pub(crate) struct ProjectChoice {
    pub(crate) defined: Definition,
    pub(crate) chosen: Result<usize, IgnoredReason>,
}

impl CargoConfig {
    /// The providers of a registry as cargo would find them, from trusted layers. A project may
    /// only pick one of those.
    ///
    /// # Errors
    /// If the trusted configuration is ambiguous, empty or not supported.
    pub fn providers(&self, registry: &Registry) -> Result<ProviderList, ProviderError> {
        if let Some(include) = self.include_above(None, true) {
            return Err(ProviderError::Include(include));
        }
        let name = self.provider_name(registry)?;
        let mut trusted = self.trusted_providers(registry, name.as_deref())?;
        let choice = self.choice_among(registry, name.as_deref(), &trusted);
        if let Some(ProjectChoice { defined, chosen: Ok(index) }) = choice {
            let chosen = trusted.list.swap_remove(index);
            trusted = Trusted { list: vec![chosen], configured: true, own: true };
            if let Some(first) = trusted.list.first_mut().filter(|first| first.defined.is_none()) {
                first.defined = Some(defined);
            }
        }
        let mut warnings = self.unused_keys(registry, name.as_deref());
        let resolve = |written: &Written| self.resolve(written, &mut warnings);
        let providers = trusted.list.iter().map(resolve).collect::<Result<Vec<_>, _>>()?;
        warnings.extend(self.ignored_token(registry, name.as_deref(), &providers, trusted.own));
        Ok(ProviderList { providers, configured: trusted.configured, warnings })
    }

    /// What the project files choose for a registry.
    pub(crate) fn project_choice(&self, registry: &Registry) -> Option<ProjectChoice> {
        let name = self.provider_name(registry).ok()?;
        let trusted = self.trusted_providers(registry, name.as_deref()).ok()?;
        self.choice_among(registry, name.as_deref(), &trusted)
    }

    /// The name whose table may say which provider serves the registry; none if it is crates.io,
    /// or if the client's name belongs to another index.
    fn provider_name(&self, registry: &Registry) -> Result<Option<String>, AmbiguousIndex> {
        if registry.is_crates_io() {
            return Ok(None);
        }
        if let Some(index) = self.trusted_name(registry)? {
            return Ok(Some(index.name));
        }
        let claimed = self.claimed_name(registry);
        Ok(claimed.filter(|name| self.other_trusted_index(name, registry).is_none()))
    }

    fn trusted_providers(
        &self,
        registry: &Registry,
        name: Option<&str>,
    ) -> Result<Trusted, ProviderError> {
        if let Some(key) = table_key(registry, name)
            && let Some(own) = self.own_provider(&with(&key, "credential-provider"))?
        {
            return Ok(Trusted { list: vec![own], configured: true, own: true });
        }
        let list = self.global_providers();
        if list.is_empty() {
            let default = Written { words: vec![PLAIN_FILE.to_owned()], defined: None };
            return Ok(Trusted { list: vec![default], configured: false, own: false });
        }
        Ok(Trusted { list, configured: true, own: false })
    }

    fn own_provider(&self, key: &[&str]) -> Result<Option<Written>, ProviderError> {
        if let Some((text, defined)) = self.environment.get(key) {
            let words = split(text);
            if words.is_empty() {
                return Err(ProviderError::Empty(defined));
            }
            return Ok(Some(Written { words, defined: Some(defined) }));
        }
        Ok(value::find(&self.trusted, key).map(written))
    }

    /// The global list, the last one first; variables come after files.
    fn global_providers(&self) -> Vec<Written> {
        let key = ["registry", "global-credential-providers"];
        let files = value::find(&self.trusted, &key).and_then(Entry::list).unwrap_or_default();
        let from_variable = self.environment.get(&key).into_iter().flat_map(|(text, defined)| {
            split(text)
                .into_iter()
                .map(move |word| Written { words: vec![word], defined: Some(defined.clone()) })
        });
        let mut list: Vec<_> = files.iter().map(written).chain(from_variable).collect();
        list.reverse();
        list
    }

    fn choice_among(
        &self,
        registry: &Registry,
        name: Option<&str>,
        trusted: &Trusted,
    ) -> Option<ProjectChoice> {
        let key = table_key(registry, name)?;
        let key = with(&key, "credential-provider");
        if self.environment.get(&key).is_some() {
            return None;
        }
        let entry = value::find(&self.all, &key).filter(|entry| !entry.definition.is_trusted())?;
        let words = written(entry).words;
        let chosen = match trusted.list.iter().position(|known| known.words == words) {
            None => Err(IgnoredReason::OtherProvider),
            Some(index) if index > 0 && self.is_plain_file(trusted.list.get(index)) => {
                Err(IgnoredReason::WeakerStore)
            }
            Some(index) => Ok(index),
        };
        Some(ProjectChoice { defined: entry.definition.clone(), chosen })
    }

    fn is_plain_file(&self, written: Option<&Written>) -> bool {
        written
            .and_then(|written| self.resolve(written, &mut Vec::new()).ok())
            .is_some_and(|choice| is_plain_file(&choice))
    }

    /// Resolves an alias, once, and the path of the program.
    fn resolve(
        &self,
        written: &Written,
        warnings: &mut Vec<Warning>,
    ) -> Result<ProviderChoice, ProviderError> {
        let alias = match written.words.as_slice() {
            [name] => self.alias(name),
            _ => None,
        };
        let Some(alias) = alias else { return self.resolve_path(written) };
        match (written.words.first(), &alias.defined) {
            (Some(name), Some(defined)) if BUILT_IN.contains(&name.as_str()) => {
                warnings.push(Warning::ShadowedBuiltIn {
                    alias: name.clone(),
                    defined: defined.clone(),
                });
                self.resolve_path(written)
            }
            _ => self.resolve_path(&alias),
        }
    }

    /// The alias of a name. cargo cannot look up one with a dot, and overlooks an empty one.
    fn alias(&self, name: &str) -> Option<Written> {
        let key = ["credential-alias", name];
        if name.contains('.') {
            return None;
        }
        let alias = match self.environment.get(&key) {
            Some((text, defined)) => Written { words: split(text), defined: Some(defined) },
            None => written(value::find(&self.trusted, &key)?),
        };
        (!alias.words.is_empty()).then_some(alias)
    }

    fn resolve_path(&self, written: &Written) -> Result<ProviderChoice, ProviderError> {
        let mut words = written.words.clone();
        if let (Some(program), Some(defined)) = (words.first_mut(), &written.defined)
            && (program.contains('/') || program.contains(MAIN_SEPARATOR))
        {
            let path = defined.root(&self.working_directory).join(program.as_str());
            let text = path.to_str().ok_or_else(|| ProviderError::NotUtf8(defined.clone()))?;
            *program = text.to_owned();
        }
        Ok(ProviderChoice { words, defined: written.defined.clone() })
    }

    fn unused_keys(&self, registry: &Registry, name: Option<&str>) -> Vec<Warning> {
        let Some(key) = table_key(registry, name) else { return Vec::new() };
        let known: &[&str] =
            if key.len() == 1 { &schema::GLOBAL_KEYS } else { &schema::REGISTRY_KEYS };
        value::entries(&self.all, &key)
            .filter(|(name, _)| !known.contains(name))
            .map(|(name, entry)| Warning::UnusedKey {
                key: with(&key, name).join("."),
                defined: entry.definition.clone(),
            })
            .collect()
    }

    fn ignored_token(
        &self,
        registry: &Registry,
        name: Option<&str>,
        providers: &[ProviderChoice],
        own: bool,
    ) -> Option<Warning> {
        if providers.iter().any(is_plain_file) {
            return None;
        }
        let key = table_key(registry, name)?;
        let key = with(&key, "token");
        let variable = variable_name(&key);
        let defined = if self.environment.has_secret(&variable) {
            Definition::Environment(variable)
        } else {
            value::find(&self.trusted, &key)?.definition.clone()
        };
        let first = providers.first().and_then(|provider| provider.words.first());
        Some(Warning::IgnoredToken {
            registry: name.unwrap_or(registry.display_name()).to_owned(),
            defined,
            provider: first.filter(|_| own).cloned(),
        })
    }
}

/// The table that holds a registry's settings.
fn table_key<'a>(registry: &Registry, name: Option<&'a str>) -> Option<Vec<&'a str>> {
    match name {
        _ if registry.is_crates_io() => Some(vec!["registry"]),
        Some(name) => Some(vec!["registries", name]),
        None => None,
    }
}

fn with<'a>(key: &[&'a str], last: &'a str) -> Vec<&'a str> {
    key.iter().copied().chain([last]).collect()
}

fn is_plain_file(choice: &ProviderChoice) -> bool {
    choice.words.first().is_some_and(|program| program == PLAIN_FILE)
}

fn split(text: &str) -> Vec<String> {
    text.split_ascii_whitespace().map(str::to_owned).collect()
}

/// A provider of a file: a list is kept as it is, a text is split at white space.
fn written(entry: &Entry) -> Written {
    let words = match (entry.list(), entry.text()) {
        (Some(list), _) => list.iter().filter_map(Entry::text).map(str::to_owned).collect(),
        (None, Some(text)) => split(text),
        (None, None) => Vec::new(),
    };
    Written { words, defined: Some(entry.definition.clone()) }
}
