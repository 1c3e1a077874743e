//! Where `cargo:token` would find the token of a registry: for explaining. No token is read.

use std::collections::BTreeMap;
use std::path::PathBuf;

use lockgate_adapters::LoginsError;
use lockgate_core::Registry;
use lockgate_registry::ConfigError;
use lockgate_registry::cargo::{Definition, KeptTokens, TokenBinding};

use crate::reply::chain;
use crate::{Context, programs};

/// What is known of all registries' tokens, looked up once.
pub struct TokenSources<'a> {
    context: &'a Context,
    recorded: Result<BTreeMap<String, String>, LoginsError>,
    kept: Result<&'a KeptTokens, &'a ConfigError>,
}

/// Where a token stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenSource {
    /// In a variable, by its name.
    Variable(String),
    /// In a variable with nothing in it, which is no token; and no other one is looked for.
    EmptyVariable(String),
    /// In a file, at a line from 1.
    Line(PathBuf, usize),
}

impl Context {
    /// Where the tokens stand that cargo keeps by name.
    pub fn token_sources(&self) -> TokenSources<'_> {
        TokenSources { context: self, recorded: self.logins().recorded(), kept: self.kept_tokens() }
    }
}

impl TokenSources<'_> {
    /// What cargo's file of tokens has.
    ///
    /// # Errors
    /// Why that is not known, in words, outermost first.
    pub fn kept(&self) -> Result<&KeptTokens, Vec<String>> {
        self.kept.map_err(|error| chain(error))
    }

    /// Where `cargo:token` finds the token of a registry; `None` if there is none.
    ///
    /// # Errors
    /// Why it looks for none, in words, outermost first.
    pub fn of(&self, registry: &Registry) -> Result<Option<TokenSource>, Vec<String>> {
        let binding = self.binding(registry)?;
        match in_variable(&binding) {
            Some(found) => Ok(Some(found)),
            None => self.in_files(&binding),
        }
    }

    /// The file in which it stands if no variable has it, as `FILE:LINE`.
    pub(crate) fn file_of(&self, registry: &Registry) -> Option<String> {
        let binding = self.binding(registry).ok()?;
        match self.in_files(&binding).ok()?? {
            TokenSource::Line(path, line) => Some(format!("{}:{line}", path.display())),
            TokenSource::Variable(_) | TokenSource::EmptyVariable(_) => None,
        }
    }

    fn binding(&self, registry: &Registry) -> Result<TokenBinding, Vec<String>> {
        let recorded = self.recorded.as_ref().map_err(|error| chain(error))?;
        self.context.cargo.binding(registry, recorded).map_err(|error| chain(&error))
    }

    /// In the credentials file, else in the user's own configuration.
    fn in_files(&self, binding: &TokenBinding) -> Result<Option<TokenSource>, Vec<String>> {
        let kept = self.kept.map_err(|error| chain(error))?;
        let kept = binding.tables.iter().find_map(|table| kept.token(table));
        let configured = binding.config_token.as_ref().map(|(_, defined)| defined);
        Ok(kept.or(configured).and_then(line))
    }
}

/// One that is set wins over the files even when it is empty, as in cargo.
fn in_variable(binding: &TokenBinding) -> Option<TokenSource> {
    let name = binding.variable.as_ref()?;
    let value = programs::own(name)?;
    Some(match value.is_empty() {
        true => TokenSource::EmptyVariable(name.clone()),
        false => TokenSource::Variable(name.clone()),
    })
}

fn line(defined: &Definition) -> Option<TokenSource> {
    match defined {
        Definition::File { path, line, .. } => Some(TokenSource::Line(path.to_path_buf(), *line)),
        Definition::BuiltIn | Definition::Environment(_) | Definition::CommandLine => None,
    }
}
