//! `lockgate provider verify`: whether everything is what was installed.

use std::process::ExitCode;

use lockgate_core::escape_lines;
use lockgate_providers::examine_in_child;
use serde_json::json;

use super::{meant, store};
use crate::error::CommandError;
use crate::shell::{output, to_json};

/// A provider, and what is wrong with it.
struct Checked {
    name: String,
    digest: Option<String>,
    problems: Vec<String>,
}

pub(super) fn verify(provider: Option<String>, json: bool) -> Result<ExitCode, CommandError> {
    let store = store()?;
    let named = provider.is_some();
    let mut checked = Vec::new();
    for name in meant(&store, provider)? {
        let found = match store.verify(&name, &examine_in_child) {
            // Whoever asks about one that is not there made a mistake.
            Err(error @ lockgate_providers::StoreError::NotInstalled { .. }) if named => {
                return Err(error.into());
            }
            found => found,
        };
        let said = |error| CommandError::from_error(&error).messages().join(": ");
        checked.push(match found {
            Ok(found) => Checked {
                name,
                digest: Some(found.digest.to_string()),
                problems: found.problems.into_iter().map(said).collect(),
            },
            Err(error) => Checked { name, digest: None, problems: vec![said(error)] },
        });
    }
    let text = if json { as_json(&checked) } else { as_text(&checked) };
    output(text.as_bytes())?;
    match checked.iter().all(|checked| checked.problems.is_empty()) {
        true => Ok(ExitCode::SUCCESS),
        false => Ok(ExitCode::FAILURE),
    }
}

fn as_json(checked: &[Checked]) -> String {
    let entry = |checked: &Checked| {
        json!({
            "name": checked.name,
            "digest": checked.digest,
            "problems": checked.problems,
        })
    };
    to_json(&serde_json::Value::Array(checked.iter().map(entry).collect()))
}

fn as_text(checked: &[Checked]) -> String {
    if checked.is_empty() {
        return "no provider is installed\n".to_owned();
    }
    let lines = |checked: &Checked| match checked.problems.is_empty() {
        true => format!("{}: good\n", checked.name),
        false => {
            let problems = checked.problems.iter();
            problems.map(|text| format!("{}: {}\n", checked.name, escape_lines(text))).collect()
        }
    };
    checked.iter().map(lines).collect()
}
