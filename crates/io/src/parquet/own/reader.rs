//! Reading a file straight into a batch.

use super::leaves::Leaves;
use super::rows::Rows;
use super::schema::{fixed, ATTRIBUTES};
use super::{KEY, LAYOUT};
use crate::format::Ended;
use crate::parquet::file::{File, Stop};
use parquet::basic::{Compression, Encoding};
use parquet::file::metadata::{ColumnChunkMetaData, RowGroupMetaData};
use spanwise_model::{Example, IssueKind, Result, SpanBatch};

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
        Some(LAYOUT) => has_columns(file) && is_as_written(file),
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
    if layout != LAYOUT {
        refuse(layout, batch);
        return Ok(Ended::Whole);
    }
    make_room(file, batch);
    file.each_group(batch, |number, read, batch| {
        let count = file.metadata.row_group(number).num_rows();
        let count = u64::try_from(count).map_err(|_| Stop::broken("less than no rows"))?;
        let before = read.read;
        read.add(count)?;
        read.read = before;
        let mut leaves = Leaves::of(file, number);
        let mut rows = Rows::of(&mut leaves, batch)?;
        for _ in 0..count {
            rows.next()?;
            read.read += 1;
        }
        rows.end()
    })
}

/// The fewest bytes of a file that a record takes: a span id and its times.
const LEAST_BYTES: usize = 24;

/// Makes room for the records of a file.
fn make_room(file: &File<'_>, batch: &mut SpanBatch) {
    let groups = file.metadata.row_groups().iter();
    let rows = groups.filter_map(|group| usize::try_from(group.num_rows()).ok());
    let rows = rows.fold(0, usize::saturating_add);
    batch.reserve(rows.min(file.bytes.len() / LEAST_BYTES));
}

/// Notes that a file has a layout of another version.
fn refuse(layout: &str, batch: &mut SpanBatch) {
    let detail =
        format!("spanwise's own Parquet in layout {layout:?}, of which {LAYOUT:?} is read");
    let example = Example::File {
        path: String::new(),
        record: None,
        offset: None,
        detail,
    };
    batch.issues.add(IssueKind::MalformedRecord, "", example);
}
