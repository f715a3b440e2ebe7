//! Reading a file straight into a batch.

use super::leaves::Leaves;
use super::order;
use super::rows::Rows;
use super::schema::{fixed, ATTRIBUTES};
use super::{KEY, LAYOUT};
use crate::format::Ended;
use crate::parquet::claims::most_bytes;
use crate::parquet::file::{File, Stop};
use crate::parquet::LEAST_BYTES;
use parquet::basic::{Compression, Encoding};
use parquet::file::metadata::{ColumnChunkMetaData, RowGroupMetaData};
use spanwise_model::{Example, IssueKind, Result, SpanBatch};
use std::cell::Cell;

/// The encodings that files are written in.
const ENCODINGS: [Encoding; 4] = [
    Encoding::PLAIN,
    Encoding::RLE,
    Encoding::PLAIN_DICTIONARY,
    Encoding::RLE_DICTIONARY,
];

/// True for a file of ours, of whatever layout. One that another program wrote
/// anew is a table like any other.
pub(in crate::parquet) fn recognises(file: &File<'_>) -> bool {
    match file.says(KEY) {
        Some(layout) if order::reader(layout).is_some() => has_columns(file) && is_as_written(file),
        layout => layout.is_some(),
    }
}

fn has_columns(file: &File<'_>) -> bool {
    let schema = file.metadata.file_metadata().schema_descr();
    let names = schema.root_schema().get_fields().iter();
    let mut names = names.map(|field| field.name());
    let fixed = fixed()
        .iter()
        .all(|ours| names.next() == Some(ours.name().as_str()));
    fixed && names.all(|name| name == ATTRIBUTES)
}

fn is_as_written(file: &File<'_>) -> bool {
    let groups = file.metadata.row_groups().iter();
    let is_ours = |column: &ColumnChunkMetaData| {
        let mut encodings = column.encodings();
        column.compression() == Compression::UNCOMPRESSED
            && encodings.all(|encoding| ENCODINGS.contains(&encoding))
    };
    groups.flat_map(RowGroupMetaData::columns).all(is_ours)
}

/// Reads all records.
pub(in crate::parquet) fn read(file: &File<'_>, batch: &mut SpanBatch) -> Result<Ended> {
    let layout = file.says(KEY).unwrap_or_default();
    let Some(read_order) = order::reader(layout) else {
        refuse(layout, batch);
        return Ok(Ended::Whole);
    };
    let budget = Cell::new(most_bytes(file.bytes.len()));
    let expected = make_room(file, batch);
    file.each_group(batch, |number, read, batch| {
        let count = file.metadata.row_group(number).num_rows();
        let count = u64::try_from(count).map_err(|_| Stop::broken("less than no rows"))?;
        let before = read.read;
        read.add(count)?;
        read.read = before;
        let mut leaves = Leaves::of(file, number, &budget);
        let mut rows = Rows::of(&mut leaves, read_order, batch)?;
        for _ in 0..count {
            rows.next()?;
            read.read += 1;
            if read.read == SAMPLE {
                rows.make_room(expected.saturating_sub(SAMPLE as usize));
            }
        }
        rows.end()
    })
}

/// How many records of a file tell how much room the attributes of the others
/// take.
const SAMPLE: u64 = 512;

/// Makes room for the records of a file; answers how many there may be.
fn make_room(file: &File<'_>, batch: &mut SpanBatch) -> usize {
    let groups = file.metadata.row_groups().iter();
    let rows = groups.filter_map(|group| usize::try_from(group.num_rows()).ok());
    let rows = rows.fold(0, usize::saturating_add);
    let rows = rows.min(file.bytes.len() / LEAST_BYTES);
    batch.reserve(rows);
    rows
}

/// Notes that a file has a layout of another version.
fn refuse(layout: &str, batch: &mut SpanBatch) {
    let detail = format!(
        "spanwise's own Parquet in layout {layout:?}, of which those up to {LAYOUT:?} are read"
    );
    let example = Example::File {
        path: String::new(),
        record: None,
        offset: None,
        detail,
    };
    batch.issues.add(IssueKind::MalformedRecord, "", example);
}
