//! The pages of the documentation that name rows.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// A page of `docs/`.
pub(crate) fn page(name: &str) -> String {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    fs::read_to_string(docs.join(name)).unwrap_or_else(|error| panic!("docs/{name}: {error}"))
}

/// What stands between backquotes in the last column of the tables of `docs/cargo-rules.md`. A
/// backquote in the name of a row is left out there.
pub(crate) fn rows() -> BTreeSet<String> {
    let page = page("cargo-rules.md");
    let tables = page.lines().filter(|line| line.starts_with('|'));
    let cells = tables.filter_map(|line| line.trim_end_matches('|').rsplit('|').next());
    cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).map(str::to_owned).collect()
}
