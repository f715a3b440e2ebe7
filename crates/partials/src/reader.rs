//! Reading a partial, trusting nothing.

use crate::column::{self, Columns};
use crate::header::{Header, Taken};
use crate::{odd, seal, HEADER};
use arrow_array::RecordBatch;
use bytes::Bytes;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use parquet::file::metadata::ParquetMetaData;
use spanwise_analyze::{Analysis, Partial};
use spanwise_io::parquet::Guarded;
use spanwise_model::Result;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::Arc;

/// How many rows are read at once.
const ROWS: usize = 1_024;

/// Columns may take this many times the room of their file, but always
/// [`FREE_BYTES`].
const RATIO: usize = 1_000;
const FREE_BYTES: usize = 256 << 20;

/// Reads a partial of one of these analyses, with of what and how it was taken.
///
/// # Errors
///
/// [`spanwise_model::ErrorKind::Format`] where the bytes are no partial, or a
/// broken one, and [`spanwise_model::ErrorKind::Merge`] where it is one of
/// another analysis or layout.
pub fn read(file: Bytes, analyses: &[&dyn Analysis]) -> Result<(Partial, Taken)> {
    seal::check(&file)?;
    let forged = |_| Err(odd("its structures contradict each other"));
    catch_unwind(AssertUnwindSafe(|| parse(file, analyses))).unwrap_or_else(forged)
}

fn parse(file: Bytes, analyses: &[&dyn Analysis]) -> Result<(Partial, Taken)> {
    let room = file.len().saturating_mul(RATIO).max(FREE_BYTES);
    let file = Guarded::open(file);
    let file = file.map_err(|error| odd("Parquet cannot read it").caused_by(error))?;
    let header = header(file.metadata())?;
    let mut partial = header.partial(analyses)?;
    let schema = Arc::new(column::schema(partial.schema()));
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let options = options.with_schema(Arc::clone(&schema));
    ArrowReaderMetadata::try_new(Arc::clone(file.metadata()), options)
        .map_err(|error| odd("its columns are others").caused_by(error))?;
    let mut used = 0;
    for batch in file.batches(schema.fields(), ROWS) {
        let batch = batch.map_err(|error| odd("a page cannot be read").caused_by(error))?;
        used += batch.get_array_memory_size();
        if used > room {
            return Err(odd("it would take too much memory"));
        }
        add(&batch, &mut partial)?;
    }
    Ok((partial, header.taken))
}

/// The header of a file of Parquet.
fn header(file: &ParquetMetaData) -> Result<Header> {
    let pairs = file.file_metadata().key_value_metadata();
    let held = pairs.into_iter().flatten().find(|pair| pair.key == HEADER);
    let json = held.and_then(|pair| pair.value.as_deref());
    Header::parse(json.ok_or_else(|| odd("it has no header"))?)
}

fn add(batch: &RecordBatch, partial: &mut Partial) -> Result<()> {
    let columns = Columns::of(batch, partial.schema())?;
    for at in 0..batch.num_rows() {
        let before = partial.len();
        let row = partial.row(&columns.key(at)?);
        if partial.len() == before {
            return Err(odd("a key stands twice"));
        }
        columns.states(at, row, partial)?;
    }
    Ok(())
}
