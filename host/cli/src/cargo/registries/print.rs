//! The list for people and for programs.

use std::path::Path;

use lockgate_core::escape;
use serde_json::{Value, json};

use super::Row;
use super::there::There;
use crate::cargo::providers::Listed;
use crate::shell::to_json;
use crate::table::table;

const HEADER: [&str; 5] = ["REGISTRY", "INDEX", "PROVIDERS", "TOKEN", "DEFINED"];

/// Behind the place of a registry that a cloned repository could have named.
const PROJECT: &str = " (project)";
const ABOUT_PROJECT: &str =
    "(project)  named by a project's file: a token that is kept goes there only after a login";
const ABOUT_UNKNOWN: &str = "?          only the provider itself could say, and a list asks none: \
                             `lockgate cargo token --registry NAME` does";

/// What is told below the table, each by its number.
#[derive(Default)]
struct Notes(Vec<String>);

impl Notes {
    /// The mark for a note.
    fn mark(&mut self, note: &str) -> String {
        let known = self.0.iter().position(|known| known == note);
        let at = known.unwrap_or_else(|| {
            self.0.push(note.to_owned());
            self.0.len() - 1
        });
        format!(" [{}]", at + 1)
    }
}

/// A table, and what there is to say of it.
pub(super) fn as_table(rows: &[Row], cargo_home: &Path) -> String {
    let mut notes = Notes::default();
    let mut cells = vec![HEADER.map(str::to_owned)];
    cells.extend(rows.iter().map(|row| row.cells(cargo_home, &mut notes)));
    let has_project = rows.iter().any(|row| !row.trusted);
    let has_unknown = rows.iter().any(|row| matches!(row.there, There::Unknown));
    let fixed = [(has_unknown, ABOUT_UNKNOWN), (has_project, ABOUT_PROJECT)];
    let fixed = fixed.into_iter().filter(|(is_used, _)| *is_used).map(|(_, note)| note.to_owned());
    let numbered = notes.0.iter().enumerate();
    let numbered = numbered
        .map(|(at, note)| format!("{:<10} {}", format!("[{}]", at + 1), note.replace('\n', " ")));
    let below: Vec<_> = fixed.chain(numbered).map(|line| escape(&line) + "\n").collect();
    match below.is_empty() {
        true => table(&cells),
        false => format!("{}\n{}", table(&cells), below.concat()),
    }
}

impl Row {
    fn cells(&self, cargo_home: &Path, notes: &mut Notes) -> [String; 5] {
        let index = self.index.clone().unwrap_or_else(|problem| format!("({problem})"));
        let (providers, token) = match (&self.index, &self.providers) {
            (Err(_), _) => (String::new(), String::new()),
            (Ok(_), Ok(listed)) => (names(listed), self.there.shown(cargo_home)),
            // It may be the same of all of them.
            (Ok(_), Err(problem)) => (format!("none{}", notes.mark(problem)), String::new()),
        };
        let token = match &self.there {
            There::No(Some(reason)) => token + &notes.mark(reason),
            _ => token,
        };
        let mut defined = self.defined.clone();
        if !self.trusted {
            defined.push_str(PROJECT);
        }
        for ignored in &self.ignored {
            defined.push_str(&notes.mark(ignored));
        }
        [&self.name, &index, &providers, &token, &defined].map(|cell| escape(cell))
    }

    fn json(&self) -> Value {
        let providers = self.providers.as_ref().ok();
        let providers = providers.map(|listed| listed.iter().map(provider_json).collect::<Value>());
        json!({
            "name": self.name,
            "index": self.index.as_ref().ok(),
            "providers": providers,
            "token": self.providers.is_ok().then(|| self.there.json()),
            "defined": self.defined,
            "trusted": self.trusted,
            "ignored": self.ignored,
            "problem": self.index.as_ref().err().or(self.providers.as_ref().err()),
        })
    }
}

fn names(listed: &[Listed]) -> String {
    let words = |listed: &Listed| {
        let arguments = listed.choice.arguments.iter().cloned();
        std::iter::once(listed.choice.provider.clone()).chain(arguments).collect::<Vec<_>>()
    };
    let names: Vec<_> = listed.iter().map(|listed| words(listed).join(" ")).collect();
    names.join(", ")
}

fn provider_json(listed: &Listed) -> Value {
    json!({
        "provider": listed.choice.provider,
        "arguments": listed.choice.arguments,
        "defined": listed.place,
    })
}

/// An array with an object for each.
pub(super) fn as_json(rows: &[Row]) -> String {
    to_json(&Value::Array(rows.iter().map(Row::json).collect()))
}
