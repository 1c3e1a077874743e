//! What a person is told about a registry's settings and secrets when its providers are looked for.

use lockgate_core::Registry;

use super::binding::CredentialTable;
use super::environment::variable_name;
use super::providers::{ProviderChoice, is_plain_file, table_key, with};
use super::value::{self, Value};
use super::warning::Warning;
use super::{CargoConfig, Definition, KeptTokens, Layer, schema};

impl CargoConfig {
    /// Keys that cargo does not know.
    pub(super) fn unused_keys(
        &self,
        registry: &Registry,
        name: Option<&str>,
        kept: &KeptTokens,
    ) -> Vec<Warning> {
        let Some(key) = table_key(registry, name) else { return Vec::new() };
        let known: &[&str] =
            if key.len() == 1 { &schema::GLOBAL_KEYS } else { &schema::REGISTRY_KEYS };
        let configured =
            value::entries(&self.all, &key).map(|(name, entry)| (name, &entry.definition));
        let table = kept_table(registry, name);
        let beside = table.iter().flat_map(|table| kept.entries(table));
        configured
            .chain(beside.map(|entry| (entry.key.as_str(), &entry.defined)))
            .filter(|(name, _)| !known.contains(name))
            .map(|(name, defined)| Warning::UnusedKey {
                key: with(&key, name).join("."),
                defined: defined.clone(),
            })
            .collect()
    }

    /// Secrets that no provider looks at.
    pub(super) fn ignored_secrets(
        &self,
        registry: &Registry,
        name: Option<&str>,
        (providers, own): (&[ProviderChoice], bool),
        kept: &KeptTokens,
    ) -> Vec<Warning> {
        let Some(key) = table_key(registry, name) else { return Vec::new() };
        let first = providers.first().and_then(|provider| provider.words.first());
        let warning = |secret: &'static str| {
            let beside = kept_table(registry, name).and_then(|table| {
                let mut entries = kept.entries(&table);
                entries.find(|entry| entry.key == secret).map(|entry| entry.defined.clone())
            });
            Some(Warning::IgnoredSecret {
                registry: name.unwrap_or(registry.display_name()).to_owned(),
                secret,
                defined: self.secret_at(&with(&key, secret), beside)?,
                provider: first.filter(|_| own).cloned(),
            })
        };
        let token = if providers.iter().any(is_plain_file) { None } else { warning("token") };
        // Of the two kinds cargo mentions this one only where a registry has its own provider.
        let heeded = !own || first.is_some_and(|program| program == "cargo:paseto");
        let secret_key = if heeded { None } else { warning("secret-key") };
        token.into_iter().chain(secret_key).collect()
    }

    /// Where a secret is configured: as in cargo a variable comes first, then the file of tokens.
    fn secret_at(&self, key: &[&str], kept: Option<Definition>) -> Option<Definition> {
        let variable = variable_name(key);
        if self.environment.has_secret(&variable) {
            return Some(Definition::Environment(variable));
        }
        let configured = || {
            let entry = value::find(&self.trusted, key)?;
            matches!(entry.value, Value::Secret(_)).then(|| entry.definition.clone())
        };
        kept.or_else(configured)
    }

    /// What cargo heeds in a file of tokens and Lockgate does not.
    pub(super) fn not_heeded_there(
        registry: &Registry,
        name: Option<&str>,
        kept: &KeptTokens,
    ) -> Vec<Warning> {
        let of_table = |path: &[&str], table: &CredentialTable, key: &'static str| {
            let entries = kept.entries(table).filter(|entry| entry.key == key);
            let path = with(path, key).join(".");
            let of_table = entries.map(|entry| (path.clone(), entry.defined.clone()));
            of_table.collect::<Vec<_>>()
        };
        let key = table_key(registry, name).zip(kept_table(registry, name));
        let own = key.map(|(key, table)| of_table(&key, &table, "credential-provider"));
        let global = &CredentialTable::CratesIo;
        let global = of_table(&["registry"], global, "global-credential-providers");
        let others = kept.others().map(|entry| (entry.key.clone(), entry.defined.clone()));
        let all = own.into_iter().flatten().chain(global).chain(others);
        all.map(|(key, defined)| Warning::NotInTokens { key, defined }).collect()
    }

    /// A token of the command line's that a variable outranks here, and not in cargo as long as no token
    /// is kept. It matters where `cargo:token` is asked.
    pub(super) fn outranked_token(
        &self,
        registry: &Registry,
        name: Option<&str>,
        kept: &KeptTokens,
    ) -> Option<Warning> {
        let key = with(&table_key(registry, name)?, "token");
        let variable = variable_name(&key);
        let entry = value::find(&self.trusted, &key)?;
        let differs = entry.definition.layer() == Layer::CommandLine
            && self.environment.has_secret(&variable)
            && kept_table(registry, name).is_none_or(|table| kept.token(&table).is_none());
        differs.then(|| Warning::OutrankedToken {
            registry: name.unwrap_or(registry.display_name()).to_owned(),
            defined: entry.definition.clone(),
            variable,
        })
    }
}

/// The table of the file of tokens that holds a registry's.
fn kept_table(registry: &Registry, name: Option<&str>) -> Option<CredentialTable> {
    match name {
        _ if registry.is_crates_io() => Some(CredentialTable::CratesIo),
        name => Some(CredentialTable::Named(name?.to_owned())),
    }
}
