//! Columns as kubectl's tabwriter sets them: three blanks behind the widest cell, six signs at least; nothing behind the
//! last one.

pub(super) fn columns(rows: &[Vec<String>]) -> String {
    let mut columns = Columns::default();
    rows.iter().for_each(|row| columns.fit(row));
    rows.iter().map(|row| columns.print(row)).collect()
}

/// How wide they are; what was printed later stands below it (`RememberWidths`).
#[derive(Clone, Debug, Default)]
pub(super) struct Columns {
    widths: Vec<usize>,
}

impl Columns {
    const PADDING: usize = 3;
    const LEAST: usize = 6;

    /// Makes room for a row.
    pub fn fit(&mut self, row: &[String]) {
        self.widths.resize(self.widths.len().max(row.len()), Self::LEAST);
        for (width, cell) in self.widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count() + Self::PADDING);
        }
    }

    pub fn print(&mut self, row: &[String]) -> String {
        self.fit(row);
        let Some((last, cells)) = row.split_last() else {
            return "\n".to_owned();
        };
        let cells: String = cells.iter().zip(&self.widths).map(|(cell, &width)| format!("{cell:<width$}")).collect();
        format!("{cells}{last}\n")
    }
}

#[cfg(test)]
mod tests {
    use super::columns;

    #[test]
    fn the_widest_cell_decides() {
        let rows = [["NAME", "AGE"], ["kubernetes", "5d"]].map(|row| row.map(str::to_owned).to_vec());
        // As in the documentation of Kubernetes.
        assert_eq!(columns(&rows), "NAME         AGE\nkubernetes   5d\n");
    }
}
