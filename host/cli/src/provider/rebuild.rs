//! `lockgate provider rebuild`: compiling again.

use std::process::ExitCode;

use lockgate_providers::StoreError;
use serde_json::{Value, json};

use super::compile::compile;
use super::{SHELL, meant, store};
use crate::error::CommandError;
use crate::shell::{output, to_json};

/// 1 if one could not be compiled; the others are all the same.
pub(super) fn rebuild(provider: Option<String>, json: bool) -> Result<ExitCode, CommandError> {
    let store = store()?;
    let named = provider.is_some();
    let (mut entries, mut failed) = (Vec::new(), false);
    for name in meant(&store, provider)? {
        let rebuilt = store.rebuild(&name, &|component| compile(&name, component));
        let (digest, problem) = match rebuilt {
            // Whoever asks for one that is not there made a mistake.
            Err(error @ StoreError::NotInstalled { .. }) if named => return Err(error.into()),
            Err(error) => {
                failed = true;
                let error = CommandError::from(error);
                error.show(SHELL);
                (None, Some(error.messages().join(": ")))
            }
            Ok(rebuilt) => {
                SHELL.status("Compiled", &format!("{name} ({})", rebuilt.digest()));
                (Some(rebuilt.digest().to_string()), None)
            }
        };
        entries.push(json!({ "name": name, "digest": digest, "problem": problem }));
    }
    if json {
        output(to_json(&Value::Array(entries)).as_bytes())?;
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
