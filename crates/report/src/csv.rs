//! A table as CSV (RFC 4180, UTF-8, a header line).
//!
//! CSV has no types, so names carry the unit: a duration `self` becomes
//! `self_ns`, a time `start` becomes `start_unix_ns`, both integers. An absent
//! cell is empty, and a list is a JSON array.

use crate::Parts;
use spanwise_model::table::Cell;
use spanwise_model::{Column, ColumnType, Table};
use std::borrow::Cow;
use std::io::{self, Write};

/// Writes a header line and one line a row.
///
/// ```
/// use spanwise_model::{ColumnData, Table};
/// let table = Table::new()
///     .with("operation", ColumnData::Name(["GET /a,b"].into_iter().collect()))
///     .with("self", ColumnData::Duration([20].into_iter().collect()));
/// let mut out = Vec::new();
/// spanwise_report::csv::write(&table, &mut out)?;
/// assert_eq!(out, b"operation,self_ns\n\"GET /a,b\",20\n");
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// Where `out` cannot be written.
pub fn write(table: &impl Parts, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = ::csv::Writer::from_writer(out);
    let mut first = true;
    table.each(&mut |table| {
        if table.columns().is_empty() {
            return Ok(());
        }
        if std::mem::take(&mut first) {
            let names = table.columns().iter().map(|column| header(column));
            let names = writer.write_record(names.map(Cow::into_owned));
            names.map_err(io_error)?;
        }
        rows(table).try_for_each(|row| writer.write_record(row).map_err(io_error))
    })?;
    writer.flush()
}

/// The texts of each row.
fn rows(table: &Table) -> impl Iterator<Item = impl Iterator<Item = String> + '_> + '_ {
    (0..table.rows()).map(|row| {
        let cells = table
            .columns()
            .iter()
            .map(move |column| column.data.cell(row));
        cells.map(|cell| text(cell).into_owned())
    })
}

/// The error of the writer below, so that a closed pipe stays one.
fn io_error(error: ::csv::Error) -> io::Error {
    match error.into_kind() {
        ::csv::ErrorKind::Io(error) => error,
        kind => io::Error::other(format!("{kind:?}")),
    }
}

fn header(column: &Column) -> Cow<'_, str> {
    let name = column.name.as_ref();
    match column.data.column_type() {
        ColumnType::Duration => Cow::Owned(format!("{name}_ns")),
        ColumnType::Time => Cow::Owned(format!("{name}_unix_ns")),
        _ => Cow::Borrowed(name),
    }
}

fn text(cell: Cell<'_>) -> Cow<'_, str> {
    match cell {
        Cell::Null => Cow::Borrowed(""),
        Cell::Text(text) => Cow::Borrowed(text),
        Cell::TextList(list) => Cow::Owned(serde_json::Value::from(list).to_string()),
        Cell::U64(n) => Cow::Owned(n.to_string()),
        Cell::F64(n) if n.is_nan() => Cow::Borrowed(""),
        Cell::F64(n) => Cow::Owned(n.to_string()),
        Cell::Bool(flag) => Cow::Owned(flag.to_string()),
        Cell::I64(n) | Cell::Duration(n) | Cell::Time(n) => Cow::Owned(n.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use spanwise_model::ColumnData;

    #[test]
    fn cells_survive_a_reader() {
        let lists = [vec!["a,b".to_owned(), "\"".to_owned()], vec![]];
        let table = Table::new()
            .with(
                "t",
                ColumnData::Text([Some("two\nlines"), None].into_iter().collect()),
            )
            .with("start", ColumnData::Time([0, -1].into_iter().collect()))
            .with("l", ColumnData::TextList(lists.into_iter().collect()))
            .with("f", ColumnData::F64([0.1, f64::NAN].into_iter().collect()));
        let mut out = Vec::new();
        write(&table, &mut out).expect("a vector takes all");
        let mut reader = ::csv::Reader::from_reader(out.as_slice());
        assert_eq!(
            reader.headers().expect("a header"),
            vec!["t", "start_unix_ns", "l", "f"]
        );
        let rows: Vec<_> = reader.records().map(|row| row.expect("a row")).collect();
        assert_eq!(rows[0], vec!["two\nlines", "0", r#"["a,b","\""]"#, "0.1"]);
        assert_eq!(rows[1], vec!["", "-1", "[]", ""]);
    }
}
