//! `lockgate cargo registries`: every registry that the configuration names.

use lockgate_core::{Ecosystem, Registry, escape};
use lockgate_registry::cargo::RegistryEntry;
use serde_json::json;

use super::{Session, broker, providers};
use crate::error::CommandError;
use crate::shell::{Shell, output, to_json};
use crate::table::table;

/// One line of the list.
struct Row {
    name: String,
    /// The index, or what is wrong with it.
    index: Result<String, String>,
    /// In the order in which they are asked, or why there are none.
    providers: Result<Vec<String>, String>,
    defined: String,
    trusted: bool,
}

/// Prints the list.
pub(crate) fn registries(session: Session, json: bool) -> Result<(), CommandError> {
    let shell = session.shell;
    let broker = broker(session);
    let entries = broker.context().cargo.registries();
    let rows: Vec<Row> = entries
        .into_iter()
        .map(|entry| {
            // The warnings of each would be told with each; a list tells none.
            let providers = providers_of(Shell { quiet: true, ..shell }, &broker, &entry);
            Row {
                providers,
                name: entry.name,
                index: entry.url,
                defined: entry.defined.to_string(),
                trusted: entry.trusted,
            }
        })
        .collect();
    let text = if json { as_json(&rows) } else { as_table(&rows) };
    Ok(output(text.as_bytes())?)
}

fn providers_of(
    shell: Shell,
    broker: &lockgate_broker::Broker,
    entry: &RegistryEntry,
) -> Result<Vec<String>, String> {
    let url = entry.url.clone()?;
    let registry = Registry::new(Ecosystem::Cargo, url)
        .map_err(|error| error.to_string())?
        .named(Some(entry.name.clone()));
    let choices = providers::of_cargo(shell, broker.context(), &registry)
        .map_err(|error| error.messages().join(": "))?;
    let words = |choice: lockgate_broker::Choice| {
        std::iter::once(choice.provider).chain(choice.arguments).collect::<Vec<_>>().join(" ")
    };
    Ok(choices.into_iter().map(words).collect())
}

fn as_json(rows: &[Row]) -> String {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            json!({
                "name": row.name,
                "index": row.index.as_ref().ok(),
                "providers": row.providers.as_ref().ok(),
                "defined": row.defined,
                "trusted": row.trusted,
                "problem": row.index.as_ref().err().or(row.providers.as_ref().err()),
            })
        })
        .collect();
    to_json(&serde_json::Value::Array(rows))
}

fn as_table(rows: &[Row]) -> String {
    let mut cells = vec![["REGISTRY", "INDEX", "PROVIDERS", "DEFINED"].map(str::to_owned)];
    cells.extend(rows.iter().map(Row::cells));
    table(&cells)
}

impl Row {
    fn cells(&self) -> [String; 4] {
        let problem = |problem: &String| format!("({problem})");
        let index = self.index.clone().unwrap_or_else(|error| problem(&error));
        let providers = match (&self.index, &self.providers) {
            (Err(_), _) => String::new(),
            (Ok(_), Ok(providers)) => providers.join(", "),
            (Ok(_), Err(error)) => problem(error),
        };
        let trust = if self.trusted { "" } else { " (not trusted with kept tokens)" };
        [&self.name, &index, &providers, &format!("{}{trust}", self.defined)]
            .map(|cell| escape(cell))
    }
}
