//! Tables of spans in Parquet: from ClickHouse, a warehouse, or a frame that
//! was saved.

use super::file::{File, Wanted};
use crate::arrow::Frame;
use crate::format::Ended;
use crate::json::{Open, Rooms};
use crate::table::Mapping;
use spanwise_model::{Result, SpanBatch};

/// True where a file's columns are all that a table of spans needs.
pub(super) fn recognises(file: &File<'_>, mapping: &Mapping) -> bool {
    Frame::of(&file.schema, mapping).is_ok()
}

/// Reads a file whose columns are found by `mapping`, else by their names.
pub(super) fn read(file: &File<'_>, mapping: &Mapping, batch: &mut SpanBatch) -> Result<Ended> {
    let frame = Frame::of(&file.schema, mapping)?;
    let mut rooms = Rooms::default();
    let wanted = Wanted {
        columns: &|_| true,
        types: Some(file.schema.fields()),
    };
    file.read(batch, wanted, |table, first, batch| {
        let mut open = Open::new(batch);
        Ok(frame.read(table, first, &mut open, &mut rooms)?)
    })
}
