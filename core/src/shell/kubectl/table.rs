/// Columns as kubectl's tabwriter sets them: three blanks behind the widest cell, six signs at least; nothing behind the
/// last one.
pub(super) fn columns(rows: &[Vec<String>]) -> String {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let widest = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0);
        (widest + 3).max(6)
    };
    let widths: Vec<usize> = (0..count).map(width).collect();
    let mut out = String::new();
    for row in rows {
        for (column, cell) in row.iter().enumerate() {
            if column + 1 == row.len() {
                out.push_str(cell);
            } else {
                out.push_str(&format!("{cell:<width$}", width = widths[column]));
            }
        }
        out.push('\n');
    }
    out
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
