//! Tables for people.

/// Most characters of a cell that all others make room for: more than the index URLs of hosted
/// registries have. Behind a longer one its own line is out of line.
const WIDEST: usize = 80;

/// Lines of cells in columns, each as wide as anything in it so far; the last one is not padded. Cells
/// are escaped already.
#[derive(Debug)]
pub(crate) struct Table<const COLUMNS: usize> {
    widths: [usize; COLUMNS],
    /// Until it is printed.
    header: Option<[String; COLUMNS]>,
}

impl<const COLUMNS: usize> Table<COLUMNS> {
    pub(crate) fn with_header(header: [&str; COLUMNS]) -> Self {
        Self { widths: [0; COLUMNS], header: Some(header.map(str::to_owned)) }
    }

    /// Further lines, after the header if they are the first ones. Those that were given before are
    /// not aligned anew.
    pub(crate) fn add(&mut self, rows: Vec<[String; COLUMNS]>) -> String {
        let rows: Vec<_> = self.header.take().into_iter().chain(rows).collect();
        for row in &rows {
            for (width, cell) in self.widths.iter_mut().zip(row) {
                let own = Some(cell.chars().count()).filter(|own| *own <= WIDEST);
                *width = (*width).max(own.unwrap_or_default());
            }
        }
        let line = |row: &[String; COLUMNS]| {
            let cells = row.iter().zip(self.widths);
            let padded: Vec<_> = cells.map(|(cell, width)| format!("{cell:<width$}")).collect();
            format!("{}\n", padded.join("  ").trim_end())
        };
        rows.iter().map(line).collect()
    }
}

/// A table whose lines are all known.
pub(crate) fn table<const COLUMNS: usize>(rows: &[[String; COLUMNS]]) -> String {
    Table { widths: [0; COLUMNS], header: None }.add(rows.to_vec())
}

#[cfg(test)]
mod tests {
    use super::{Table, table};

    #[test]
    fn columns_are_aligned_and_lines_have_no_blanks_at_their_end() {
        let rows = [["A", "B"], ["longer", ""], ["ä", "x"]].map(|row| row.map(str::to_owned));
        assert_eq!(table(&rows), "A       B\nlonger\nä       x\n");
    }

    #[test]
    fn a_cell_without_end_is_out_of_line_alone() {
        let long = "x".repeat(1000);
        let rows = [["A", "B"], [&long, "1"], ["a", "2"]].map(|row| row.map(str::to_owned));
        assert_eq!(table(&rows), format!("A  B\n{long}  1\na  2\n"));
    }

    #[test]
    fn what_is_added_is_aligned_with_what_was_there_and_has_no_second_header() {
        let row = |cells: [&str; 2]| vec![cells.map(str::to_owned)];
        let mut table = Table::with_header(["A", "B"]);
        assert_eq!(table.add(row(["longer", "1"])), "A       B\nlonger  1\n");
        assert_eq!(table.add(row(["a", "2"])), "a       2\n");
    }
}
