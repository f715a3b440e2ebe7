//! A file of Parquet, read row group by row group, trusting nothing.
//!
//! The library that reads Parquet may panic over a file that was forged; that
//! is caught, and what it reads then is given up.

use super::claims;
use super::group::Group;
use crate::format::Ended;
use arrow_array::RecordBatch;
use arrow_schema::{Fields, Schema};
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
};
use parquet::arrow::{parquet_to_arrow_field_levels, ProjectionMask};
use parquet::errors::ParquetError;
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader};
use spanwise_model::{Error, Example, IssueKind, Result, SpanBatch};
use std::cell::OnceCell;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::Arc;

/// How many rows are read at once.
const ROWS: usize = 4_096;

/// What a file says of itself.
pub(super) struct File<'f> {
    pub(super) bytes: &'f [u8],
    pub(super) metadata: Arc<ParquetMetaData>,
    schema: OnceCell<Option<Arc<Schema>>>,
}

/// Which columns are read, and as which types.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'w> {
    pub(super) columns: &'w dyn Fn(&str) -> bool,
    pub(super) types: Option<&'w Fields>,
}

/// Why rows cannot be read.
pub(super) enum Stop {
    /// The row group is broken; the next one may be whole.
    Broken(String),
    /// The read is over.
    Over(Error),
}

impl Stop {
    /// What is wrong with a row group.
    pub(super) fn broken(what: &str) -> Self {
        Self::Broken(what.to_owned())
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Over(error)
    }
}

impl From<ParquetError> for Stop {
    fn from(error: ParquetError) -> Self {
        Self::Broken(error.to_string())
    }
}

impl From<arrow_schema::ArrowError> for Stop {
    fn from(error: arrow_schema::ArrowError) -> Self {
        Self::Broken(error.to_string())
    }
}

impl<'f> File<'f> {
    /// What a file says of itself; `None` where it is no whole file of Parquet.
    pub(super) fn open(bytes: &'f [u8]) -> Option<Self> {
        let footer = claims::footer(bytes).filter(|footer| claims::is_footer_sound(footer))?;
        caught(|| {
            let metadata = ParquetMetaDataReader::decode_metadata(footer).ok()?;
            Some(Self {
                bytes,
                metadata: Arc::new(metadata),
                schema: OnceCell::new(),
            })
        })?
    }

    /// Its columns as Arrow has them; `None` where Arrow has none such.
    pub(super) fn schema(&self) -> Option<&Schema> {
        let schema = self.schema.get_or_init(|| schema(&self.metadata));
        schema.as_deref()
    }

    /// The metadata of this key.
    pub(super) fn says(&self, key: &str) -> Option<&str> {
        let pairs = self.metadata.file_metadata().key_value_metadata();
        let pair = pairs.into_iter().flatten().find(|pair| pair.key == key)?;
        pair.value.as_deref()
    }

    /// How many row groups there are.
    pub(super) fn groups(&self) -> usize {
        self.metadata.num_row_groups()
    }

    /// Reads the columns of a row group.
    fn group(
        &self,
        number: usize,
        wanted: Wanted<'_>,
    ) -> Result<ParquetRecordBatchReader, ParquetError> {
        let schema = self.metadata.file_metadata().schema_descr();
        let roots = schema.root_schema().get_fields().iter().enumerate();
        let roots = roots.filter(|(_, root)| (wanted.columns)(root.name()));
        let mask = ProjectionMask::roots(schema, roots.map(|(at, _)| at));
        let levels = parquet_to_arrow_field_levels(schema, mask, wanted.types)?;
        let group = Group::new(self.bytes, &self.metadata, number);
        ParquetRecordBatchReader::try_new_with_row_groups(&levels, &group, ROWS, None)
    }

    /// Shows the columns that are wanted to `read`, a few thousand rows at
    /// once, with the number of rows before them. What cannot be read is an
    /// issue; there are never more rows than bytes.
    pub(super) fn read(
        &self,
        batch: &mut SpanBatch,
        wanted: Wanted<'_>,
        mut read: impl FnMut(&RecordBatch, u64, &mut SpanBatch) -> Result<(), Stop>,
    ) -> Result<Ended> {
        self.each_group(batch, |number, rows, batch| {
            for table in self.group(number, wanted)? {
                let table = table?;
                let first = rows.read;
                rows.add(table.num_rows() as u64)?;
                read(&table, first, batch)?;
            }
            Ok(())
        })
    }

    /// Reads row group by row group. One that cannot be read is an issue, and
    /// the next one is read.
    pub(super) fn each_group(
        &self,
        batch: &mut SpanBatch,
        mut read: impl FnMut(usize, &mut Rows, &mut SpanBatch) -> Result<(), Stop>,
    ) -> Result<Ended> {
        let mut rows = Rows {
            read: 0,
            most: self.bytes.len() as u64,
        };
        for number in 0..self.groups() {
            batch.guard.check_stop()?;
            let broken = match caught(|| read(number, &mut rows, batch)) {
                Some(Ok(())) => continue,
                Some(Err(Stop::Over(error))) => return Err(error),
                Some(Err(Stop::Broken(what))) => what,
                None => "its structures contradict each other".to_owned(),
            };
            batch.abandon();
            batch.resources.close(spanwise_model::Symbol::EMPTY);
            let example = Example::File {
                path: String::new(),
                record: Some(rows.read + 1),
                offset: None,
                detail: format!("in a row group: {broken}"),
            };
            batch.issues.add(IssueKind::MalformedRecord, "", example);
        }
        Ok(Ended::Whole)
    }
}

/// How many rows of a file have been read, and how many there may be.
pub(super) struct Rows {
    pub(super) read: u64,
    most: u64,
}

impl Rows {
    /// Adds rows that are read.
    pub(super) fn add(&mut self, rows: u64) -> Result<(), Stop> {
        self.read = self.read.saturating_add(rows);
        match self.read <= self.most {
            true => Ok(()),
            false => Err(Stop::broken("more rows than bytes")),
        }
    }
}

/// The columns of a file as Arrow has them: as the program that wrote it had
/// them, where it says so and can be believed.
fn schema(metadata: &Arc<ParquetMetaData>) -> Option<Arc<Schema>> {
    let options = |skip| {
        ArrowReaderOptions::new()
            .with_skip_arrow_metadata(skip)
            .with_page_index_policy(PageIndexPolicy::Skip)
    };
    let read = |skip| ArrowReaderMetadata::try_new(metadata.clone(), options(skip)).ok();
    let own = caught(|| read(false)).flatten();
    let read = own.or_else(|| read(true))?;
    Some(read.schema().clone())
}

/// What `read` gives, or nothing where it panics.
pub(super) fn caught<T>(read: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(read)).ok()
}
