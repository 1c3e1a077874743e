//! The tests that the documentation names exist, and every attack's test has its twin.

mod table;

use std::path::Path;

use crate::command::{Failure, root};
use crate::report::Outcome;
use table::Table;

/// The pages whose tables name tests, as `path/to/file.rs::name_of_the_test`.
const PAGES: &[&str] = &["docs/threat-model.md", "docs/compatibility.md"];

/// Checks every name and every row of every page.
pub(crate) fn check() -> Result<Outcome, Failure> {
    let mut wrong = Vec::new();
    for page in PAGES {
        let text = read(&root().join(page))?;
        let tables = table::tables(&text);
        let found = problems(&root(), &text, &tables);
        wrong.extend(found.into_iter().map(|problem| format!("{page}: {problem}")));
        let rows: usize = tables.iter().map(Table::len).sum();
        match tables.iter().map(Table::later).sum() {
            0 => println!("{page}: {rows} rows"),
            later => println!("{page}: {rows} rows, {later} of them for later"),
        }
    }
    if wrong.is_empty() { Ok(Outcome::Passed) } else { Err(Failure(wrong.join("\n"))) }
}

fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path)
        .map_err(|error| Failure(format!("{} could not be read: {error}", path.display())))
}

fn problems(root: &Path, text: &str, tables: &[Table<'_>]) -> Vec<String> {
    let missing = names(text).filter(|name| !exists(root, name));
    let missing = missing.map(|name| format!("there is no test `{name}`"));
    let mut problems: Vec<String> = missing.collect();
    problems.extend(tables.iter().flat_map(Table::problems));
    if tables.iter().all(|table| table.len() == 0) {
        problems.push("there is no table with a column `test`".to_owned());
    }
    problems.extend(table::repeated(tables));
    problems
}

/// What stands between backquotes and has the form of a test's name.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2).filter(|word| word.contains(".rs::"))
}

fn exists(root: &Path, name: &str) -> bool {
    let Some((file, test)) = name.split_once("::") else { return false };
    let Ok(text) = std::fs::read_to_string(root.join(file)) else { return false };
    let function = format!("fn {test}(");
    let mut after_test = false;
    text.lines().map(str::trim).any(|line| {
        if line.starts_with("#[") {
            after_test |= line == "#[test]";
            return false;
        }
        std::mem::take(&mut after_test) && line.starts_with(&function)
    })
}

#[cfg(test)]
mod tests {
    use super::{exists, names, problems, table};
    use crate::command::root;

    const THIS: &str = "xtask/src/test_names.rs::finds_only_what_is_there";

    #[test]
    fn finds_only_what_is_there() {
        let page = format!("an attack on `store` | `{THIS}` | in the test |");
        assert_eq!(names(&page).collect::<Vec<_>>(), [THIS]);
        assert!(exists(&root(), THIS));
        assert!(!exists(&root(), "xtask/src/test_names.rs::finds_only_what"));
        assert!(!exists(&root(), "xtask/src/no_such_file.rs::finds_only_what_is_there"));
    }

    #[test]
    fn a_function_that_is_no_test_does_not_count() {
        assert!(!exists(&root(), "xtask/src/test_names.rs::names"));
    }

    #[test]
    fn a_page_is_right_or_every_problem_is_told() {
        let page = |row: &str| format!("| no. | test | twin |\n|---|---|---|\n{row}\n");
        let told = |text: &str| problems(&root(), text, &table::tables(text));
        assert!(told(&page(&format!("| X1 | `{THIS}` | in the test |"))).is_empty());
        let missing = "| X1 | `xtask/src/none.rs::none` | `xtask/src/none.rs::twin` |";
        assert_eq!(
            told(&page(missing)),
            [
                "there is no test `xtask/src/none.rs::none`",
                "there is no test `xtask/src/none.rs::twin`"
            ]
        );
        assert_eq!(told("nothing"), ["there is no table with a column `test`"]);
    }
}
