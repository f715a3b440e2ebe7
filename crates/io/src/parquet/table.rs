//! Tables of spans in Parquet: from ClickHouse, a warehouse, or a frame that
//! was saved.

use super::file::{File, Wanted};
use crate::arrow::Frame;
use crate::format::Ended;
use crate::json::{Open, Rooms};
use crate::table::Mapping;
use arrow_schema::Schema;
use spanwise_model::{Result, SpanBatch};

/// True where a file's columns are all that a table of spans needs.
pub(super) fn recognises(file: &File<'_>, mapping: &Mapping) -> bool {
    let schema = file.schema();
    schema.is_some_and(|schema| Frame::of(schema, mapping).is_ok())
}

/// Reads a file whose columns are found by `mapping`, else by their names.
pub(super) fn read(file: &File<'_>, mapping: &Mapping, batch: &mut SpanBatch) -> Result<Ended> {
    let none = Schema::empty();
    let schema = file.schema().unwrap_or(&none);
    let frame = Frame::of(schema, mapping)?;
    let mut rooms = Rooms::default();
    let wanted = Wanted {
        columns: &|_| true,
        types: Some(schema.fields()),
    };
    file.read(batch, wanted, |table, first, batch| {
        let mut open = Open::new(batch);
        Ok(frame.read(table, first, &mut open, &mut rooms)?)
    })
}
