//! A table as JSON: the contract that programs read.
//!
//! `{"version":1,"columns":[{"name","type"}],"rows":[{…}]}`, one row a line.
//! Durations and times are integers of nanoseconds, as the types say; a number
//! that is none is `null`. Rows are written one by one, never as a document.

use crate::Parts;
use serde::ser::{SerializeMap, Serializer};
use serde::Serialize;
use spanwise_model::table::Cell;
use spanwise_model::{Column, Table};
use std::io::{self, Write};

/// The version of the contract.
pub const VERSION: u32 = 1;

#[derive(Serialize)]
struct Head<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    column_type: &'static str,
}

impl<'a> Head<'a> {
    fn of(column: &'a Column) -> Self {
        Self {
            name: &column.name,
            column_type: column.data.column_type().name(),
        }
    }
}

/// One row as an object, one member a column.
pub(crate) struct Row<'a> {
    pub(crate) table: &'a Table,
    pub(crate) row: usize,
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let columns = self.table.columns();
        let mut map = serializer.serialize_map(Some(columns.len()))?;
        for column in columns {
            map.serialize_entry(&column.name, &Value(column.data.cell(self.row)))?;
        }
        map.end()
    }
}

struct Value<'a>(Cell<'a>);

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Cell::Null => serializer.serialize_unit(),
            Cell::Text(text) => serializer.serialize_str(text),
            Cell::TextList(list) => list.serialize(serializer),
            Cell::U64(n) => serializer.serialize_u64(n),
            Cell::F64(n) => serializer.serialize_f64(n),
            Cell::Bool(flag) => serializer.serialize_bool(flag),
            Cell::I64(n) | Cell::Duration(n) | Cell::Time(n) => serializer.serialize_i64(n),
        }
    }
}

/// The rows of a table as an array of objects, for use inside other documents.
pub(crate) struct Rows<'a>(pub(crate) &'a Table);

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let table = self.0;
        serializer.collect_seq((0..table.rows()).map(|row| Row { table, row }))
    }
}

/// A table as a member of another document: its columns and rows.
#[derive(Serialize)]
pub(crate) struct Body<'a> {
    columns: Vec<Head<'a>>,
    rows: Rows<'a>,
}

impl<'a> Body<'a> {
    pub(crate) fn of(table: &'a Table) -> Self {
        Self {
            columns: table.columns().iter().map(Head::of).collect(),
            rows: Rows(table),
        }
    }
}

/// Writes the table as one document.
///
/// ```
/// use spanwise_model::{ColumnData, Table};
/// let table = Table::new()
///     .with("self", ColumnData::Duration([Some(20), None].into_iter().collect()));
/// let mut out = Vec::new();
/// spanwise_report::json::write(&table, &mut out)?;
/// assert_eq!(String::from_utf8_lossy(&out), r#"{"version":1,"columns":[{"name":"self","type":"duration_ns"}],"rows":[
/// {"self":20},
/// {"self":null}
/// ]}
/// "#);
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// Where `out` cannot be written.
pub fn write(table: &impl Parts, out: &mut dyn Write) -> io::Result<()> {
    let mut rows = 0;
    let mut begun = false;
    table.each(&mut |table| {
        if !std::mem::replace(&mut begun, true) {
            begin(table, out)?;
        }
        for row in 0..table.rows() {
            out.write_all(if rows == 0 { b"\n" } else { b",\n" })?;
            serde_json::to_writer(&mut *out, &Row { table, row })?;
            rows += 1;
        }
        Ok(())
    })?;
    out.write_all(if rows == 0 { b"]}\n" } else { b"\n]}\n" })
}

/// The document up to its rows.
fn begin(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    let heads: Vec<Head<'_>> = table.columns().iter().map(Head::of).collect();
    write!(out, "{{\"version\":{VERSION},\"columns\":")?;
    serde_json::to_writer(&mut *out, &heads)?;
    out.write_all(b",\"rows\":[")
}

/// Writes any of our objects as one line of JSON with `"version"` first.
///
/// # Errors
///
/// Where `out` cannot be written.
pub fn write_object<T: Serialize>(object: &T, out: &mut dyn Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Versioned<'a, T> {
        version: u32,
        #[serde(flatten)]
        object: &'a T,
    }
    let versioned = Versioned {
        version: VERSION,
        object,
    };
    serde_json::to_writer(&mut *out, &versioned)?;
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use spanwise_model::ColumnData;

    #[test]
    fn every_cell_is_exact_or_null() {
        let table = Table::new()
            .with("n", ColumnData::U64([u64::MAX, 0].into_iter().collect()))
            .with("i", ColumnData::I64([i64::MIN, 0].into_iter().collect()))
            .with("f", ColumnData::F64([f64::NAN, 0.1].into_iter().collect()))
            .with(
                "t",
                ColumnData::Text([None, Some("\"\n")].into_iter().collect()),
            )
            .with(
                "l",
                ColumnData::TextList([vec!["a".to_owned()], vec![]].into_iter().collect()),
            );
        let mut out = Vec::new();
        write(&table, &mut out).expect("a vector takes all");
        insta::assert_snapshot!(String::from_utf8_lossy(&out), @r#"
        {"version":1,"columns":[{"name":"n","type":"u64"},{"name":"i","type":"i64"},{"name":"f","type":"f64"},{"name":"t","type":"text"},{"name":"l","type":"text_list"}],"rows":[
        {"n":18446744073709551615,"i":-9223372036854775808,"f":null,"t":null,"l":["a"]},
        {"n":0,"i":0,"f":0.1,"t":"\"\n","l":[]}
        ]}
        "#);
        let parsed: serde_json::Value = serde_json::from_slice(&out).expect("it is JSON");
        assert_eq!(parsed["rows"][0]["n"], u64::MAX);
    }

    #[test]
    fn an_empty_table_is_a_document_too() {
        let mut out = Vec::new();
        write(&Table::new(), &mut out).expect("a vector takes all");
        assert_eq!(out, b"{\"version\":1,\"columns\":[],\"rows\":[]}\n");
    }
}
