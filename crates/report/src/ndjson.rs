//! A table as newline-delimited JSON: one object a row, for `jq` and loaders.
//!
//! The objects are the rows of [`crate::json`]; the columns' types are not
//! repeated, so durations and times are integers of nanoseconds.

use crate::json::Row;
use spanwise_model::Table;
use std::io::{self, Write};

/// Writes one line a row.
///
/// # Errors
///
/// Where `out` cannot be written.
pub fn write(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    for row in 0..table.rows() {
        serde_json::to_writer(&mut *out, &Row { table, row })?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use spanwise_model::ColumnData;

    #[test]
    fn a_row_is_a_line() {
        let table = Table::new().with("n", ColumnData::U64([1, 2].into_iter().collect()));
        let mut out = Vec::new();
        write(&table, &mut out).expect("a vector takes all");
        assert_eq!(out, b"{\"n\":1}\n{\"n\":2}\n");
    }
}
