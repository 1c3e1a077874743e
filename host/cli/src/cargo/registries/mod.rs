//! `lockgate cargo registries`: every registry that the configuration names. No provider is asked.

mod print;
mod there;

use std::collections::BTreeMap;

use lockgate_broker::{Context, TokenSources};
use lockgate_core::{Ecosystem, Registry};
use lockgate_registry::cargo::{IgnoredSetting, RegistryEntry};

use super::providers::{Listed, in_force, listed_by_cargo};
use super::{Session, broker};
use crate::error::CommandError;
use crate::shell::{Shell, output};
use there::There;

/// One line of the list.
struct Row {
    name: String,
    /// The index, or what is wrong with it.
    index: Result<String, String>,
    /// In the order in which they are asked, or why there are none.
    providers: Result<Vec<Listed>, String>,
    there: There,
    defined: String,
    trusted: bool,
    /// What a project's file says of it and is not heeded.
    ignored: Vec<String>,
}

/// Prints the list.
pub(crate) fn registries(session: Session, json: bool) -> Result<(), CommandError> {
    let shell = session.shell;
    let broker = broker(session);
    let context = broker.context();
    let sources = context.token_sources();
    let ignored = context.cargo.ignored();
    let mut ignored = by_registry(&ignored);
    let entries = context.cargo.registries().into_iter();
    let rows = entries.map(|entry| {
        let table = table_of(&entry.name);
        row(shell, context, &sources, entry, ignored.remove(&table).unwrap_or_default())
    });
    let rows: Vec<Row> = rows.collect();
    let text = match json {
        true => print::as_json(&rows),
        false => print::as_table(&rows, &context.cargo_home),
    };
    Ok(output(text.as_bytes())?)
}

fn row(
    shell: Shell,
    context: &Context,
    sources: &TokenSources<'_>,
    entry: RegistryEntry,
    ignored: Vec<String>,
) -> Row {
    // The warnings of each would be told with each; a list tells none.
    let shell = Shell { quiet: true, ..shell };
    let registry = registry_of(&entry);
    let providers = registry.as_ref().map_err(Clone::clone).and_then(|registry| {
        let listed = listed_by_cargo(shell, context, registry);
        let listed = listed.map_err(|error| error.messages().join(": "))?;
        Ok(in_force(context, registry, listed))
    });
    let there = match (&registry, &providers) {
        (Ok(registry), Ok(providers)) => There::find(sources, registry, providers),
        _ => There::No(None),
    };
    Row {
        providers,
        there,
        name: entry.name,
        index: entry.url,
        defined: entry.defined.to_string(),
        trusted: entry.trusted,
        ignored,
    }
}

fn registry_of(entry: &RegistryEntry) -> Result<Registry, String> {
    let registry = Registry::new(Ecosystem::Cargo, entry.url.clone()?);
    Ok(registry.map_err(|error| error.to_string())?.named(Some(entry.name.clone())))
}

/// What projects say in vain, by the table in which they say it.
fn by_registry(ignored: &[IgnoredSetting]) -> BTreeMap<String, Vec<String>> {
    let mut by_table: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for setting in ignored {
        if let Some((table, _)) = setting.key.rsplit_once('.') {
            by_table.entry(table.to_owned()).or_default().push(setting.to_string());
        }
    }
    by_table
}

fn table_of(name: &str) -> String {
    match name {
        "crates-io" => "registry".to_owned(),
        name => format!("registries.{name}"),
    }
}
