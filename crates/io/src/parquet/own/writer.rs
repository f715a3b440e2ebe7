//! Writing a file.

use super::arrays::Rows;
use super::keys::{Key, Keys};
use super::schema::{schema, ATTRIBUTES};
use super::{GROUP_ROWS, KEY, LAYOUT};
use arrow_array::RecordBatch;
use parquet::arrow::arrow_writer::{ArrowWriter, ArrowWriterOptions};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use spanwise_model::{Error, ErrorKind, Result, SpanBatch, Value};
use std::io::{self, Write};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// How many rows become columns at once.
const ROWS: u32 = 1 << 14;

/// How many bytes and parts of records become columns at once.
const BYTES: usize = 128 << 20;

/// Columns whose values differ from row to row.
const DISTINCT: [&str; 4] = ["span_id", "parent_span_id", "start_time", "end_time"];

/// Writes all records.
pub(in crate::parquet) fn write(batch: &SpanBatch, out: &mut dyn Write) -> Result<()> {
    let keys = Keys::of(batch);
    let options = ArrowWriterOptions::new()
        .with_properties(properties(batch, &keys))
        .with_skip_arrow_metadata(true);
    let (schema, written) = (Arc::new(schema(batch, &keys)), Written::default());
    let writer = ArrowWriter::try_new_with_options(written.clone(), schema.clone(), options);
    let mut writer = writer.map_err(unwritten)?;
    for records in portions(batch) {
        let columns = Rows {
            batch,
            records,
            keys: &keys,
        }
        .arrays();
        let rows = columns.and_then(|columns| RecordBatch::try_new(schema.clone(), columns));
        let rows = rows.map_err(|error| unwritten(error.into()))?;
        writer.write(&rows).map_err(unwritten)?;
        out.write_all(&written.take())?;
    }
    writer.close().map_err(unwritten)?;
    out.write_all(&written.take())?;
    Ok(())
}

/// How columns are written: in dictionaries, unless their values differ.
fn properties(batch: &SpanBatch, keys: &Keys) -> WriterProperties {
    let layout = KeyValue::new(KEY.to_owned(), LAYOUT.to_owned());
    let builder = WriterProperties::builder()
        .set_created_by(format!("spanwise {}", env!("CARGO_PKG_VERSION")))
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_key_value_metadata(Some(vec![layout]));
    let fixed = DISTINCT.into_iter().map(ColumnPath::from);
    let distinct = keys.all.iter().filter(|key| !key.repeats);
    let path = |key: &Key| vec![ATTRIBUTES.to_owned(), batch.strings.get(key.key).to_owned()];
    let distinct = distinct.map(|key| ColumnPath::new(path(key)));
    let builder = fixed.chain(distinct).fold(builder, |builder, column| {
        builder.set_column_dictionary_enabled(column, false)
    });
    builder.build()
}

/// Runs of records that are not too large.
fn portions(batch: &SpanBatch) -> impl Iterator<Item = Range<u32>> + '_ {
    let mut next = 0;
    std::iter::from_fn(move || {
        let start = next;
        let mut bytes = 0;
        while next < batch.open_record() && next - start < ROWS && bytes < BYTES {
            bytes += size(batch, next);
            next += 1;
        }
        (start < next).then_some(start..next)
    })
}

/// About how many bytes a record takes.
fn size(batch: &SpanBatch, record: u32) -> usize {
    let text = |value: Value<'_>| match value {
        Value::Str(text) | Value::Json(text) => text.len(),
        Value::Bytes(bytes) => bytes.len() * 2,
        _ => 0,
    };
    let of = |attributes: &mut dyn Iterator<Item = (_, Value<'_>)>| -> usize {
        attributes.map(|(_, value)| 32 + text(value)).sum()
    };
    let (events, links) = (batch.events_of(record), batch.links_of(record));
    let events = events.map(|row| 32 + of(&mut batch.events.attributes.of(row as u32)));
    let links = links.map(|row| 32 + of(&mut batch.links.attributes.of(row as u32)));
    let texts = [&batch.status_messages, &batch.trace_states];
    let texts = texts.map(|texts| texts.get(record).map_or(0, str::len));
    of(&mut batch.attributes(record))
        + events.sum::<usize>()
        + links.sum::<usize>()
        + texts[0]
        + texts[1]
}

/// What was written and not handed on.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn unwritten(error: ParquetError) -> Error {
    Error::new(ErrorKind::Io, "cannot write spans as Parquet").caused_by(error)
}
