//! `lockgate provider list`.

use lockgate_core::escape;
use lockgate_providers::{Listed, built_in, built_in_names};
use serde_json::json;

use crate::error::CommandError;
use crate::shell::{output, to_json};
use crate::table::table;

struct Row {
    name: String,
    version: Option<String>,
    digest: Option<String>,
    source: Option<String>,
    problem: Option<String>,
    built_in: bool,
}

pub(super) fn list(json: bool) -> Result<(), CommandError> {
    let mut rows = built_in_rows()?;
    rows.extend(super::store()?.list()?.into_iter().map(installed_row));
    let text = if json { as_json(&rows) } else { as_table(&rows) };
    Ok(output(text.as_bytes())?)
}

fn built_in_rows() -> Result<Vec<Row>, CommandError> {
    let providers = built_in_names().filter_map(built_in);
    providers
        .map(|provider| {
            let provider = provider.map_err(|error| CommandError::from_error(&error))?;
            Ok(Row {
                name: provider.name,
                version: Some(provider.manifest.version),
                digest: Some(provider.digest.to_string()),
                source: None,
                problem: None,
                built_in: true,
            })
        })
        .collect()
}

fn installed_row(Listed { name, found }: Listed) -> Row {
    let mut row = Row {
        name: name.to_string(),
        version: None,
        digest: None,
        source: None,
        problem: None,
        built_in: false,
    };
    let manifest = found.and_then(|found| {
        row.digest = Some(found.digest().to_string());
        row.source = Some(found.source().to_owned());
        found.manifest()
    });
    match manifest {
        Ok(manifest) => row.version = Some(manifest.version),
        Err(error) => row.problem = Some(CommandError::from(error).messages().join(": ")),
    }
    row
}

fn as_json(rows: &[Row]) -> String {
    let entry = |row: &Row| {
        json!({
            "name": row.name,
            "version": row.version,
            "digest": row.digest,
            "source": row.source,
            "built_in": row.built_in,
            "problem": row.problem,
        })
    };
    to_json(&serde_json::Value::Array(rows.iter().map(entry).collect()))
}

/// Enough of a digest to tell two apart.
const SHORT_DIGEST: usize = 19;

fn as_table(rows: &[Row]) -> String {
    let mut cells = vec![["NAME", "VERSION", "DIGEST", "SOURCE"].map(str::to_owned)];
    cells.extend(rows.iter().map(|row| {
        let source = match (&row.problem, &row.source, row.built_in) {
            (Some(problem), ..) => format!("({problem})"),
            (None, _, true) => "built in".to_owned(),
            (None, source, false) => source.clone().unwrap_or_default(),
        };
        let digest: String =
            row.digest.iter().flat_map(|digest| digest.chars()).take(SHORT_DIGEST).collect();
        let version = row.version.clone().unwrap_or_default();
        [row.name.clone(), version, digest, source].map(|cell| escape(&cell))
    }));
    table(&cells)
}
