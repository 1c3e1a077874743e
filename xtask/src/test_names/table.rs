//! The tables of a page, and what may stand in their cells.

/// Between the names of one cell.
const BETWEEN: &str = "<br>";
/// Where a test shows the attack both failing and working.
const IN_THE_TEST: &str = "in the test";

/// A table with a column `test`.
pub(super) struct Table<'a> {
    columns: Vec<&'a str>,
    rows: Vec<Vec<&'a str>>,
}

/// What a cell says of tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Says {
    Tests,
    InTheTest,
    /// With its reason.
    None,
    /// With its reason.
    Later,
    Nothing,
    Unclear,
}

/// The tables of a page that have a column `test`.
pub(super) fn tables(text: &str) -> Vec<Table<'_>> {
    let mut tables = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let columns = cells(line);
        if !columns.contains(&"test") {
            continue;
        }
        let mut rows = Vec::new();
        while let Some(row) = lines.next_if(|line| line.starts_with('|')) {
            rows.push(cells(row));
        }
        rows.retain(|row| !row.iter().all(|cell| cell.starts_with("---")));
        tables.push(Table { columns, rows });
    }
    tables
}

/// The first cells that occur twice, where each is to name one row.
pub(super) fn repeated(tables: &[Table<'_>]) -> Vec<String> {
    let numbered = tables.iter().filter(|table| table.columns.first() == Some(&"no."));
    let mut numbers: Vec<&str> = numbered.flat_map(Table::firsts).collect();
    numbers.sort_unstable();
    let mut told: Vec<String> = numbers
        .iter()
        .zip(numbers.iter().skip(1))
        .filter(|(one, next)| one == next)
        .map(|(one, _)| format!("{one} is there twice"))
        .collect();
    told.dedup();
    told
}

impl<'a> Table<'a> {
    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// How many rows are for later.
    pub(super) fn later(&self) -> usize {
        self.rows.iter().filter(|row| self.says(row, "test") == Says::Later).count()
    }

    /// What is wrong with its rows.
    pub(super) fn problems(&self) -> Vec<String> {
        self.rows.iter().filter_map(|row| self.problem(row)).collect()
    }

    fn problem(&self, row: &[&str]) -> Option<String> {
        let first = row.first().copied().unwrap_or_default();
        if row.len() != self.columns.len() {
            let (found, columns) = (row.len(), self.columns.len());
            return Some(format!("{first}: it has {found} cells in {columns} columns"));
        }
        let test = self.says(row, "test");
        if !matches!(test, Says::Tests | Says::None | Says::Later) {
            return Some(format!(
                "{first}: `test` has to be names of tests, `none: REASON` or `later: REASON`"
            ));
        }
        let twin = self.columns.contains(&"twin").then(|| self.says(row, "twin"));
        twin.and_then(|twin| wrong_twin(test, twin)).map(|problem| format!("{first}: {problem}"))
    }

    fn says(&self, row: &[&str], column: &str) -> Says {
        let cell = self.columns.iter().position(|name| *name == column);
        says(cell.and_then(|index| row.get(index)).copied().unwrap_or_default())
    }

    fn firsts(&self) -> impl Iterator<Item = &'a str> {
        self.rows.iter().filter_map(|row| row.first().copied())
    }
}

/// Without its twin a test would also pass where nothing works.
fn wrong_twin(test: Says, twin: Says) -> Option<&'static str> {
    let is_right = match twin {
        Says::Tests | Says::None => true,
        Says::InTheTest => test == Says::Tests,
        Says::Nothing => test != Says::Tests,
        Says::Later | Says::Unclear => false,
    };
    let problem =
        "`twin` has to be names of tests, `in the test` or `none: REASON`, or empty without a test";
    (!is_right).then_some(problem)
}

fn cells(line: &str) -> Vec<&str> {
    let inner = line.trim().strip_prefix('|').and_then(|rest| rest.strip_suffix('|'));
    inner.map(|inner| inner.split('|').map(str::trim).collect()).unwrap_or_default()
}

fn says(cell: &str) -> Says {
    let has_reason = |word: &str| {
        cell.strip_prefix(word)
            .and_then(|rest| rest.strip_prefix(':'))
            .is_some_and(|reason| !reason.trim().is_empty())
    };
    match cell {
        "" => Says::Nothing,
        IN_THE_TEST => Says::InTheTest,
        _ if has_reason("none") => Says::None,
        _ if has_reason("later") => Says::Later,
        _ if cell.split(BETWEEN).all(is_name) => Says::Tests,
        _ => Says::Unclear,
    }
}

fn is_name(word: &str) -> bool {
    let name = word.strip_prefix('`').and_then(|rest| rest.strip_suffix('`'));
    name.is_some_and(|name| name.contains(".rs::") && !name.contains('`'))
}

#[cfg(test)]
mod tests {
    use super::{repeated, tables};

    const HEAD: &str = "| no. | attack | test | twin |\n|---|---|---|---|\n";

    fn problems(row: &str) -> Vec<String> {
        let text = format!("# Page\n\n{HEAD}{row}\n\nmore\n");
        let tables = tables(&text);
        assert_eq!((tables.len(), tables[0].len()), (1, 1), "{row}");
        tables[0].problems()
    }

    #[test]
    fn a_test_has_its_twin_or_a_reason_why_there_is_none() {
        for row in [
            "| X1 | a | `a/b.rs::c` | `a/b.rs::d` |",
            "| X1 | a | `a/b.rs::c`<br>`a/b.rs::e` | `a/b.rs::d`<br>`a/b.rs::f` |",
            "| X1 | a | `a/b.rs::c` | in the test |",
            "| X1 | a | `a/b.rs::c` | none: it cannot be shown |",
            "| X1 | a | none: there is nothing to try | `a/b.rs::d` |",
            "| X1 | a | none: a check of its own | |",
            "| X1 | a | later: with docker | |",
        ] {
            assert!(problems(row).is_empty(), "{row}: {:?}", problems(row));
        }
        for row in [
            "| X1 | a | `a/b.rs::c` | |",
            "| X1 | a | `a/b.rs::c` | none |",
            "| X1 | a | `a/b.rs::c` | none: |",
            "| X1 | a | `a/b.rs::c` | later: with docker |",
            "| X1 | a | `a/b.rs::c` | pending |",
            "| X1 | a | `a/b.rs::c` | `d` |",
            "| X1 | a | none: nothing to try | in the test |",
        ] {
            assert_eq!(problems(row).len(), 1, "{row}");
            assert!(problems(row)[0].starts_with("X1: `twin` has to be"), "{row}");
        }
    }

    #[test]
    fn nothing_is_put_off_without_a_reason() {
        for cell in ["", "later", "later: ", "pending", "none", "in the test", "`c`", "a/b.rs::c"] {
            let told = problems(&format!("| X1 | a | {cell} | none: a reason |"));
            assert_eq!(told.len(), 1, "{cell}");
            assert!(told[0].starts_with("X1: `test` has to be"), "{cell}: {told:?}");
        }
    }

    #[test]
    fn a_row_has_the_cells_of_its_table_and_a_number_of_its_own() {
        assert_eq!(
            problems("| X1 | a | b | `a/b.rs::c` | in the test |"),
            ["X1: it has 5 cells in 4 columns"]
        );
        let row = "| X1 | a | later: with docker | |\n";
        let text = format!("{HEAD}{row}\n{HEAD}{row}");
        assert_eq!(repeated(&tables(&text)), ["X1 is there twice"]);
        assert_eq!(tables(&text).iter().map(super::Table::later).sum::<usize>(), 2);
        assert!(repeated(&tables(&format!("{HEAD}{row}"))).is_empty());
    }

    #[test]
    fn a_table_without_twins_needs_none_and_others_are_not_looked_at() {
        let text =
            "| a | b |\n|---|---|\n| x | y |\n\n| a | test |\n|---|---|\n| x | `a/b.rs::c` |\n";
        let tables = tables(text);
        assert_eq!(tables.len(), 1);
        assert!(tables[0].problems().is_empty());
    }
}
