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
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader, RowGroupMetaData};
use std::sync::Arc;

/// A file of Parquet whose claims are looked at before the library that reads it
/// believes them: how deep its schema is, how many values its pages have and how
/// long they are, so that it makes no room for what is not there.
///
/// Texts that are said once and meant often, by a dictionary or as what others begin
/// with, may take 256 MB, and a thousand times the bytes of the file. The library
/// may still panic over what contradicts itself.
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
/// assert!(Guarded::open(b"PAR1".as_slice().into()).is_err());
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Guarded {
    file: Bytes,
    metadata: Arc<ParquetMetaData>,
}

impl Guarded {
    /// Looks at the footer of a file.
    ///
    /// # Errors
    ///
    /// Where it is no whole file of Parquet, or one whose footer is not made of
    /// what it ought to be, or whose columns have more bytes than there are.
    pub fn open(file: Bytes) -> Result<Self, ParquetError> {
        let wrong = |what: &str| ParquetError::General(what.to_owned());
        let footer = claims::footer(&file).ok_or_else(|| wrong("no whole file"))?;
        if !claims::is_footer_sound(footer) {
            return Err(wrong("its footer is not made of what it ought to be"));
        }
        let metadata = caught(|| ParquetMetaDataReader::decode_metadata(footer));
        let metadata = metadata.unwrap_or_else(|| Err(wrong("its footer contradicts itself")))?;
        let groups = metadata.row_groups().iter();
        let columns = groups.flat_map(RowGroupMetaData::columns);
        let lengths = columns.map(|column| column.compressed_size().unsigned_abs());
        if lengths.fold(0, u64::saturating_add) > file.len() as u64 {
            return Err(wrong("its columns have more bytes than it has"));
        }
        Ok(Self {
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
        let group = Group::new(&self.file, &self.metadata, number);
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
