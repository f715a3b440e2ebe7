//! Writing a partial.

use crate::column;
use crate::header::{Header, Taken};
use crate::seal::seal;
use crate::HEADER;
use arrow_array::RecordBatch;
use parquet::arrow::arrow_writer::{ArrowWriter, ArrowWriterOptions};
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use spanwise_analyze::Partial;
use spanwise_model::{Error, ErrorKind, Result};
use std::io::Write;
use std::sync::Arc;

/// How many rows become columns at once.
const ROWS: usize = 4_096;

/// Writes a partial with of what and how it was taken.
///
/// # Errors
///
/// [`ErrorKind::Io`] where `out` cannot be written.
pub fn write(partial: &Partial, taken: &Taken, mut out: impl Write) -> Result<()> {
    let file = seal(parquet(partial, taken)?)?;
    out.write_all(&file)?;
    Ok(())
}

/// The file without its seal.
fn parquet(partial: &Partial, taken: &Taken) -> Result<Vec<u8>> {
    let header = Header::new(partial, taken).to_json()?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_created_by(format!("spanwise {}", taken.version))
        .set_key_value_metadata(Some(vec![KeyValue::new(HEADER.to_owned(), header)]))
        .build();
    let options = ArrowWriterOptions::new()
        .with_properties(properties)
        .with_skip_arrow_metadata(true);
    let schema = Arc::new(column::schema(partial.schema()));
    let writer = ArrowWriter::try_new_with_options(Vec::new(), schema.clone(), options);
    let mut writer = writer.map_err(unwritten)?;
    for rows in partial.sorted_rows().chunks(ROWS) {
        let columns = column::arrays(partial, rows);
        let batch = RecordBatch::try_new(schema.clone(), columns);
        let batch = batch.map_err(|error| unwritten(error.into()))?;
        writer.write(&batch).map_err(unwritten)?;
    }
    writer.into_inner().map_err(unwritten)
}

fn unwritten(error: ParquetError) -> Error {
    Error::new(ErrorKind::Io, "cannot write a partial").caused_by(error)
}
