//! A table as newline-delimited JSON: one object a row, for `jq` and loaders.
//!
//! The objects are the rows of [`crate::json`]; the columns' types are not
//! repeated, so durations and times are integers of nanoseconds.

use crate::json::Row;
use crate::Parts;
use std::io::{self, Write};

/// Writes one line a row.
///
/// # Errors
///
/// Where `out` cannot be written.
pub fn write(table: &impl Parts, out: &mut dyn Write) -> io::Result<()> {
    table.each(&mut |table| {
        (0..table.rows()).try_for_each(|row| {
            serde_json::to_writer(&mut *out, &Row { table, row })?;
            out.write_all(b"\n")
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use spanwise_model::{ColumnData, Table};

    #[test]
    fn a_row_is_a_line() {
        let table = Table::new().with("n", ColumnData::U64([1, 2].into_iter().collect()));
        let mut out = Vec::new();
        write(&table, &mut out).expect("a vector takes all");
        assert_eq!(out, b"{\"n\":1}\n{\"n\":2}\n");
    }
}
