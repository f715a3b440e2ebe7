//! One row group: the bytes of its columns, as the library asks for them.
//!
//! The library reads from what it owns. A row group is given to it by itself,
//! and of that the columns alone that are read, so that no more of a file is
//! held twice.

use super::checked::{Checked, Levels};
use super::claims::{are_sound, most_bytes};
use super::texts::{self, Texts};
use bytes::{Buf, Bytes};
use parquet::arrow::arrow_reader::RowGroups;
use parquet::basic::Type;
use parquet::column::page::{PageIterator, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use parquet::file::reader::{ChunkReader, Length};
use parquet::file::serialized_reader::SerializedPageReader;
use std::sync::Arc;

/// A row group of a file.
pub(super) struct Group<'f> {
    pub(super) file: &'f [u8],
    pub(super) metadata: &'f ParquetMetaData,
    pub(super) number: usize,
    /// What texts that are repeated may take, of all columns together.
    room: texts::Room,
}

impl<'f> Group<'f> {
    pub(super) fn new(file: &'f [u8], metadata: &'f ParquetMetaData, number: usize) -> Self {
        Self {
            file,
            metadata,
            number,
            room: texts::room(most_bytes(file.len())),
        }
    }

    fn own(&self) -> &RowGroupMetaData {
        self.metadata.row_group(self.number)
    }
}

impl RowGroups for Group<'_> {
    fn num_rows(&self) -> usize {
        usize::try_from(self.own().num_rows()).unwrap_or(0)
    }

    fn column_chunks(&self, column: usize) -> Result<Box<dyn PageIterator>> {
        let wrong = |what: &str| ParquetError::General(what.to_owned());
        let column = self.own().columns().get(column);
        let column = column.ok_or_else(|| wrong("a column is missing"))?;
        let (start, length) = column.byte_range();
        let range = usize::try_from(start)
            .ok()
            .zip(usize::try_from(length).ok())
            .and_then(|(start, length)| Some(start..start.checked_add(length)?));
        let bytes = range.and_then(|range| self.file.get(range));
        let bytes = bytes.ok_or_else(|| wrong("a column lies outside the file"))?;
        if !are_sound(bytes, self.file.len()) {
            return Err(wrong("a page claims what cannot be"));
        }
        let chunk = Chunk {
            start,
            bytes: Bytes::copy_from_slice(bytes),
        };
        let pages = SerializedPageReader::new(Arc::new(chunk), column, self.num_rows(), None)?;
        let levels = Levels {
            repetition: column.column_descr().max_rep_level(),
            definition: column.column_descr().max_def_level(),
        };
        let texts = Texts::new(column.column_type() == Type::BYTE_ARRAY, &self.room);
        let checked = Checked {
            pages,
            levels,
            texts,
        };
        Ok(Box::new(One(Some(Box::new(checked)))))
    }

    fn row_groups(&self) -> Box<dyn Iterator<Item = &RowGroupMetaData> + '_> {
        Box::new(std::iter::once(self.own()))
    }

    fn metadata(&self) -> &ParquetMetaData {
        self.metadata
    }
}

/// The bytes of a column, which stand at a place of the file.
struct Chunk {
    start: u64,
    bytes: Bytes,
}

impl Chunk {
    fn from(&self, start: u64) -> Result<Bytes> {
        let outside = || ParquetError::EOF("a page lies outside its column".to_owned());
        let at = start.checked_sub(self.start).ok_or_else(outside)?;
        let at = usize::try_from(at).map_err(|_| outside())?;
        match at <= self.bytes.len() {
            true => Ok(self.bytes.slice(at..)),
            false => Err(outside()),
        }
    }
}

impl Length for Chunk {
    fn len(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }
}

impl ChunkReader for Chunk {
    type T = bytes::buf::Reader<Bytes>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        Ok(self.from(start)?.reader())
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let bytes = self.from(start)?;
        match length <= bytes.len() {
            true => Ok(bytes.slice(..length)),
            false => Err(ParquetError::EOF("a page is cut off".to_owned())),
        }
    }
}

/// The pages of one column.
struct One(Option<Box<dyn PageReader>>);

impl Iterator for One {
    type Item = Result<Box<dyn PageReader>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.take().map(Ok)
    }
}

impl PageIterator for One {}
