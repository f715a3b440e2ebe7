//! A file of Parquet of known columns that may come from anywhere.

use super::claims;
use super::file::caught;
use super::group::Group;
use arrow_array::RecordBatch;
use arrow_schema::Fields;
use bytes::Bytes;
use parquet::arrow::arrow_reader::ParquetRecordBatchReader;
use parquet::arrow::{parquet_to_arrow_field_levels, ProjectionMask};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};
use std::sync::Arc;

/// A file of Parquet whose claims are looked at before the library that reads it
/// believes them: how deep its schema is, how many values its pages have and how
/// long they are. So neither a forged footer nor a forged page takes more memory
/// than its bytes are good for.
///
/// The library may still panic over what contradicts itself.
///
/// ```
/// use spanwise_io::parquet::Guarded;
/// use spanwise_io::{by_name, notation};
///
/// let mut file = Vec::new();
/// let batch = notation::parse("shop GET /cart 0..100");
/// by_name("spanwise-parquet").expect("a format").write(&batch, &mut file)?;
/// let guarded = Guarded::open(file.into()).expect("a whole file");
/// assert_eq!(guarded.metadata().num_row_groups(), 1);
/// assert!(Guarded::open(b"PAR1".as_slice().into()).is_none());
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Guarded {
    file: Bytes,
    metadata: Arc<ParquetMetaData>,
}

impl Guarded {
    /// Looks at the footer of a file; `None` where it is no whole file of Parquet,
    /// or one whose footer is not made of what it ought to be.
    #[must_use]
    pub fn open(file: Bytes) -> Option<Self> {
        let footer = claims::footer(&file).filter(|footer| claims::is_footer_sound(footer))?;
        let metadata = caught(|| ParquetMetaDataReader::decode_metadata(footer).ok())??;
        Some(Self {
            metadata: Arc::new(metadata),
            file,
        })
    }

    /// What the file says of itself.
    #[must_use]
    pub fn metadata(&self) -> &Arc<ParquetMetaData> {
        &self.metadata
    }

    /// All rows as columns of these types, so many rows at once at most. What
    /// cannot be read, or claims what cannot be, is an error.
    pub fn batches<'a>(
        &'a self,
        types: &'a Fields,
        rows: usize,
    ) -> impl Iterator<Item = Result<RecordBatch, ParquetError>> + 'a {
        let groups = 0..self.metadata.num_row_groups();
        groups.flat_map(move |number| match self.group(number, types, rows) {
            Ok(group) => Batches::Read(group),
            Err(error) => Batches::Broken(Some(error)),
        })
    }

    fn group(
        &self,
        number: usize,
        types: &Fields,
        rows: usize,
    ) -> Result<ParquetRecordBatchReader, ParquetError> {
        let schema = self.metadata.file_metadata().schema_descr();
        let levels = parquet_to_arrow_field_levels(schema, ProjectionMask::all(), Some(types))?;
        let group = Group {
            file: &self.file,
            metadata: &self.metadata,
            number,
        };
        ParquetRecordBatchReader::try_new_with_row_groups(&levels, &group, rows, None)
    }
}

/// The rows of a row group, or why there are none.
enum Batches {
    Read(ParquetRecordBatchReader),
    Broken(Option<ParquetError>),
}

impl Iterator for Batches {
    type Item = Result<RecordBatch, ParquetError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Read(batches) => batches.next().map(|batch| batch.map_err(Into::into)),
            Self::Broken(error) => error.take().map(Err),
        }
    }
}
