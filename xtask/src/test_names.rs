//! The tests that the documentation names exist.

use std::path::Path;

use crate::command::{Failure, root};
use crate::report::Outcome;

/// The pages whose tables name tests, as `path/to/file.rs::name_of_the_test`.
const PAGES: &[&str] = &["docs/threat-model.md", "docs/compatibility.md"];

/// What stands in a cell whose test is not written yet.
const PENDING: &str = "pending";

/// Checks every name of every page.
pub(crate) fn check() -> Result<Outcome, Failure> {
    let mut wrong = Vec::new();
    for page in PAGES {
        let text = read(&root().join(page))?;
        let missing = names(&text).filter(|name| !exists(&root(), name));
        wrong.extend(missing.map(|name| format!("{page}: there is no test `{name}`")));
        match pending(&text) {
            0 => println!("{page}: every row has its test"),
            count => println!("{page}: {count} cells are {PENDING}"),
        }
    }
    if wrong.is_empty() { Ok(Outcome::Passed) } else { Err(Failure(wrong.join("\n"))) }
}

fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path)
        .map_err(|error| Failure(format!("{} could not be read: {error}", path.display())))
}

/// What stands between backquotes and has the form of a test's name.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2).filter(|word| word.contains(".rs::"))
}

fn pending(text: &str) -> usize {
    text.split('|').filter(|cell| cell.trim() == PENDING).count()
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
    use super::{exists, names, pending};
    use crate::command::root;

    const PAGE: &str = "| 1 | an attack on `store` | `xtask/src/test_names.rs::finds_only_what_is_there` | pending |";

    #[test]
    fn finds_only_what_is_there() {
        assert_eq!(
            names(PAGE).collect::<Vec<_>>(),
            ["xtask/src/test_names.rs::finds_only_what_is_there"]
        );
        assert_eq!(pending(PAGE), 1);
        assert!(exists(&root(), "xtask/src/test_names.rs::finds_only_what_is_there"));
        assert!(!exists(&root(), "xtask/src/test_names.rs::finds_only_what"));
        assert!(!exists(&root(), "xtask/src/no_such_file.rs::finds_only_what_is_there"));
    }

    #[test]
    fn a_function_that_is_no_test_does_not_count() {
        assert!(!exists(&root(), "xtask/src/test_names.rs::names"));
    }
}
