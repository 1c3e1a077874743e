//! Which providers serve a registry, in the order in which they are tried.

use std::path::{MAIN_SEPARATOR, Path};

use lockgate_core::Registry;

use super::ignored::IgnoredReason;
use super::value::{self, Entry};
use super::warning::Warning;
use super::{
    AmbiguousIndex, CargoConfig, Definition, IndexError, IsDefined, KeptTokens, Layer, TypeError,
    schema,
};

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
    /// An index that is no URL, of whatever registry.
    #[error("{reason}")]
    Index {
        /// What is wrong with it.
        reason: IndexError,
        /// Where it is.
        #[source]
        defined: IsDefined,
    },
    /// A variable with nothing in it.
    #[error("invalid length 0, expected at least one element in {0}")]
    Empty(Definition),
    /// A program in a directory whose name is not UTF-8, which cargo cannot run either.
    #[error("the path of the credential provider in {0} is not UTF-8")]
    NotUtf8(Definition),
    /// A value of another type than the key has.
    #[error(transparent)]
    Type(#[from] TypeError),
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
        self.providers_beside(registry, &KeptTokens::default())
    }

    /// The same with the warnings about what cargo's files of tokens say.
    ///
    /// # Errors
    /// As [`CargoConfig::providers`].
    pub fn providers_beside(
        &self,
        registry: &Registry,
        kept: &KeptTokens,
    ) -> Result<ProviderList, ProviderError> {
        if !registry.is_crates_io() {
            self.check_indexes(registry)?;
        }
        let name = self.provider_name(registry)?;
        if let Some(key) = table_key(registry, name.as_deref()) {
            schema::check_registry(&self.trusted, &key)?;
        }
        let mut trusted = self.trusted_providers(registry, name.as_deref())?;
        let choice = self.choice_among(registry, name.as_deref(), &trusted);
        if let Some(ProjectChoice { defined, chosen: Ok(index) }) = choice {
            let chosen = trusted.list.swap_remove(index);
            trusted = Trusted { list: vec![chosen], configured: true, own: true };
            if let Some(first) = trusted.list.first_mut().filter(|first| first.defined.is_none()) {
                first.defined = Some(defined);
            }
        }
        let mut warnings = kept.warnings().to_vec();
        warnings.extend(other_name(registry, name.as_deref()));
        warnings.extend(self.unused_keys(registry, name.as_deref(), kept));
        let resolve = |written: &Written| self.resolve(written, &mut warnings);
        let providers = trusted.list.iter().map(resolve).collect::<Result<Vec<_>, _>>()?;
        let chosen = (providers.as_slice(), trusted.own);
        warnings.extend(self.ignored_secrets(registry, name.as_deref(), chosen, kept));
        warnings.extend(Self::not_heeded_there(registry, name.as_deref(), kept));
        warnings.extend(self.outranked_token(registry, name.as_deref(), kept));
        Ok(ProviderList { providers, configured: trusted.configured, warnings })
    }

    /// The user's own global list in the order in which it is tried, and where each entry is.
    ///
    /// # Errors
    /// If a value has another type than its key.
    pub fn global_list(&self) -> Result<Vec<ProviderChoice>, ProviderError> {
        let list = self.global_providers()?;
        list.iter().map(|written| self.resolve(written, &mut Vec::new())).collect()
    }

    /// What cargo takes these words for where they stand at this line of the user's own file: with
    /// aliases resolved, and a path from the place of the file.
    ///
    /// # Errors
    /// If the place of the file is not UTF-8.
    pub fn meant_in(
        &self,
        words: Vec<String>,
        file: &Path,
        line: usize,
    ) -> Result<Vec<String>, ProviderError> {
        let defined = Definition::File { path: file.into(), line, layer: Layer::Home };
        let written = Written { words, defined: Some(defined) };
        Ok(self.resolve(&written, &mut Vec::new())?.words)
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
        let list = self.global_providers()?;
        if let Some(key) = table_key(registry, name)
            && let Some(own) = self.own_provider(&with(&key, "credential-provider"))?
        {
            return Ok(Trusted { list: vec![own], configured: true, own: true });
        }
        if list.is_empty() {
            let default = Written { words: vec![PLAIN_FILE.to_owned()], defined: None };
            return Ok(Trusted { list: vec![default], configured: false, own: false });
        }
        Ok(Trusted { list, configured: true, own: false })
    }

    fn own_provider(&self, key: &[&str]) -> Result<Option<Written>, ProviderError> {
        let file = schema::look_up(&self.trusted, key)?;
        let own = match self.environment.get(key) {
            Some((text, defined)) if !file.is_some_and(|e| e.definition.outranks_variables()) => {
                Some(Written { words: split(text), defined: Some(defined) })
            }
            _ => schema::words(&self.trusted, key)?.map(written),
        };
        match own {
            Some(Written { words, defined: Some(defined) }) if words.is_empty() => {
                Err(ProviderError::Empty(defined))
            }
            own => Ok(own),
        }
    }

    /// The global list, the last one first: of files, then of the variable, then of the command line.
    fn global_providers(&self) -> Result<Vec<Written>, TypeError> {
        let key = ["registry", "global-credential-providers"];
        let listed = schema::texts(&self.trusted, &key)?.unwrap_or_default();
        let (last, first): (Vec<_>, Vec<_>) =
            listed.iter().partition(|entry| entry.definition.outranks_variables());
        let from_variable = self.environment.get(&key).into_iter().flat_map(|(text, defined)| {
            split(text)
                .into_iter()
                .map(move |word| Written { words: vec![word], defined: Some(defined.clone()) })
        });
        let mut list: Vec<_> = first.into_iter().map(written).collect();
        list.extend(from_variable);
        list.extend(last.into_iter().map(written));
        list.reverse();
        Ok(list)
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

    /// The alias of a name. cargo takes a dot in it for one between keys, and overlooks an alias
    /// that is empty or of another type.
    fn alias(&self, name: &str) -> Option<Written> {
        let key: Vec<_> = std::iter::once("credential-alias").chain(name.split('.')).collect();
        let file = schema::words(&self.trusted, &key).ok().flatten();
        let alias = match self.environment.get(&key) {
            Some((text, defined)) if !file.is_some_and(|e| e.definition.outranks_variables()) => {
                Written { words: split(text), defined: Some(defined) }
            }
            _ => written(file?),
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
}

/// cargo's note about a table that the client did not name.
fn other_name(registry: &Registry, name: Option<&str>) -> Vec<Warning> {
    match name.filter(|_| !registry.is_crates_io()) {
        Some(name) if registry.name.as_deref() != Some(name) => {
            vec![Warning::OtherName { url: registry.url().to_owned(), name: name.to_owned() }]
        }
        _ => Vec::new(),
    }
}

/// The table that holds a registry's settings.
pub(super) fn table_key<'a>(registry: &Registry, name: Option<&'a str>) -> Option<Vec<&'a str>> {
    match name {
        _ if registry.is_crates_io() => Some(vec!["registry"]),
        Some(name) => Some(vec!["registries", name]),
        None => None,
    }
}

pub(super) fn with<'a>(key: &[&'a str], last: &'a str) -> Vec<&'a str> {
    key.iter().copied().chain([last]).collect()
}

pub(super) fn is_plain_file(choice: &ProviderChoice) -> bool {
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
