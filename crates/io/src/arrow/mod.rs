//! Spans in tables of Arrow: from a warehouse, a frame, or a file of Parquet.

mod cell;
mod frame;
mod ipc;
#[cfg(test)]
mod tests;

#[cfg(feature = "parquet")]
pub(crate) use cell::ArrowCell;
pub(crate) use frame::Frame;
pub use ipc::{MappedArrow, TableArrow};

use crate::json::{Open, Rooms};
use crate::table::Mapping;
use arrow_array::RecordBatch;
use spanwise_model::batch::Source;
use spanwise_model::{AttributeKeep, Error, ErrorKind, Result, SpanBatch};

/// Reads spans from tables of Arrow, all of one schema, a row a span.
///
/// Columns are found by `mapping`, else by their names; every type of string,
/// binary, list and dictionary will do. Attributes may be a map, a structure, a
/// list of keys and values, or JSON; columns that are nothing else are
/// attributes too. A time says its unit by its type or by the end of its name
/// (`duration_ms`), or counts nanoseconds.
///
/// ```
/// use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
/// use spanwise_io::{arrow, table::Mapping};
/// use std::sync::Arc;
///
/// let text = |text: &str| Arc::new(StringArray::from(vec![text])) as ArrayRef;
/// let number = |number| Arc::new(Int64Array::from(vec![number])) as ArrayRef;
/// let columns = [
///     ("trace_id", text("a1")),
///     ("span_id", text("b2")),
///     ("began", number(5)),
///     ("duration_ms", number(1)),
///     ("http.route", text("/cart")),
/// ];
/// let table = RecordBatch::try_from_iter(columns)?;
/// let mapping = Mapping::default().column("start", "began")?;
/// let batch = arrow::read(&[table], &mapping, Default::default())?;
/// assert_eq!(batch.head(0).end_unix_nano, Some(1_000_005));
/// assert_eq!(batch.named_attributes(0).count(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::Usage`] for a column that is missing or of a type that cannot
/// be what it should; the message names it.
pub fn read(tables: &[RecordBatch], mapping: &Mapping, keep: AttributeKeep) -> Result<SpanBatch> {
    let Some(first) = tables.first() else {
        return Err(Error::new(ErrorKind::NoSpans, "no table of spans"));
    };
    let frame = Frame::of(first.schema_ref(), mapping)?;
    let mut batch = SpanBatch::new(keep);
    let (mut open, mut rooms) = (Open::new(&mut batch), Rooms::default());
    let mut row = 0;
    for table in tables {
        if table.schema_ref().fields() != first.schema_ref().fields() {
            let message = "the tables have different columns";
            return Err(Error::new(ErrorKind::Usage, message));
        }
        frame.read(table, row, &mut open, &mut rooms)?;
        row += table.num_rows() as u64;
    }
    batch.sources.push(Source {
        path: "<frame>".to_owned(),
        format: "frame".into(),
        records: 0..batch.open_record(),
        passed_over: 0,
        number: 0,
        truncated: false,
    });
    batch.issues.set_path("<frame>");
    Ok(batch)
}
