//! A file on disk, taken apart: each of its row groups becomes a file by
//! itself, so that no more than one of them is held.

use super::claims;
use super::file::caught;
use super::{LEAST_BYTES, MAGIC};
use parquet::file::metadata::{
    ColumnChunkMetaData, FileMetaData, ParquetMetaData, ParquetMetaDataBuilder,
    ParquetMetaDataReader, ParquetMetaDataWriter, RowGroupMetaData,
};
use std::fs::File;
use std::io::{Read, Result, Seek, SeekFrom};
use std::path::Path;

/// So many bytes may be said of all row groups again and again in any case.
const FREE_BYTES: u64 = 16 << 20;

/// The row groups of a file that have not been taken.
pub(crate) struct Groups {
    file: File,
    size: u64,
    /// How many bytes columns may still have: those of the file, once.
    left: u64,
    /// What the file says of all of them.
    about: FileMetaData,
    rest: std::vec::IntoIter<RowGroupMetaData>,
    /// How many rows have been taken.
    rows: u64,
}

/// A row group as a file by itself.
pub(crate) struct Group {
    pub(crate) file: Vec<u8>,
    /// How many rows stand before it.
    pub(crate) rows: u64,
    pub(crate) is_last: bool,
}

impl Groups {
    /// The row groups of a file, of which there is at least one; `None` where it
    /// is no whole file of Parquet, or says so much of all groups that it would be
    /// said more often than there is else in it.
    pub(crate) fn open(path: &Path) -> Result<Option<Self>> {
        let mut file = File::open(path)?;
        let size = file.metadata()?.len();
        let footer = footer(&mut file, size)?;
        let footer = footer.filter(|footer| claims::is_footer_sound(footer));
        let metadata = footer.and_then(|footer| {
            caught(|| ParquetMetaDataReader::decode_metadata(&footer).ok()).flatten()
        });
        let Some(metadata) = metadata else {
            return Ok(None);
        };
        let about = metadata.file_metadata().clone();
        let groups = ParquetMetaDataBuilder::new_from_metadata(metadata).take_row_groups();
        let said = end_of(&about, Vec::new()).map_or(u64::MAX, |end| end.len() as u64);
        let all = said.saturating_mul(groups.len() as u64);
        let is_apart = !groups.is_empty() && all <= size.max(FREE_BYTES);
        Ok(is_apart.then(|| Self {
            file,
            size,
            left: size,
            about,
            rest: groups.into_iter(),
            rows: 0,
        }))
    }

    /// How many rows there may be in those that have not been taken.
    pub(crate) fn rows_left(&self) -> usize {
        let rows = self.rest.as_slice().iter();
        let rows = rows.map(|group| u64::try_from(group.num_rows()).unwrap_or(0));
        let rows = rows
            .fold(0, u64::saturating_add)
            .min(self.left / LEAST_BYTES as u64);
        usize::try_from(rows).unwrap_or(usize::MAX)
    }

    /// The next row group, in room that held another; `None` behind the last one.
    pub(crate) fn take(&mut self, room: Vec<u8>) -> Result<Option<Group>> {
        let Some(group) = self.rest.next() else {
            return Ok(None);
        };
        let rows = self.rows;
        let own = u64::try_from(group.num_rows()).unwrap_or(0);
        self.rows = rows.saturating_add(own);
        Ok(Some(Group {
            file: self.alone(group, room)?,
            rows,
            is_last: self.rest.len() == 0,
        }))
    }

    /// A file of this row group. Where its columns do not stand in the file, it
    /// has none of their bytes, so that reading it tells so.
    fn alone(&mut self, group: RowGroupMetaData, mut bytes: Vec<u8>) -> Result<Vec<u8>> {
        bytes.clear();
        bytes.extend(MAGIC);
        let columns = self.columns(&group, &mut bytes)?;
        let group = match columns {
            Some(columns) => {
                let builder = group.into_builder().set_column_metadata(columns);
                caught(|| builder.build().ok()).flatten()
            }
            None => Some(group),
        };
        let end = group.and_then(|group| end_of(&self.about, vec![group]));
        bytes.extend(end.unwrap_or_default());
        Ok(bytes)
    }

    /// Appends the bytes of all columns; answers where they stand then.
    fn columns(
        &mut self,
        group: &RowGroupMetaData,
        bytes: &mut Vec<u8>,
    ) -> Result<Option<Vec<ColumnChunkMetaData>>> {
        let columns = group.columns();
        let ranges = columns.iter().map(range);
        let Some(ranges) = ranges.collect::<Option<Vec<_>>>() else {
            return Ok(None);
        };
        let total = ranges
            .iter()
            .map(|range| range.1)
            .fold(0, u64::saturating_add);
        let is_inside = |&(start, length): &(u64, u64)| start.saturating_add(length) <= self.size;
        let Some(left) = self.left.checked_sub(total) else {
            return Ok(None);
        };
        if !ranges.iter().all(is_inside) {
            return Ok(None);
        }
        self.left = left;
        bytes.reserve_exact(usize::try_from(total).unwrap_or(0));
        let mut moved = Vec::with_capacity(columns.len());
        for (column, (start, length)) in columns.iter().zip(ranges) {
            let place = bytes.len() as i64;
            self.file.seek(SeekFrom::Start(start))?;
            (&mut self.file).take(length).read_to_end(bytes)?;
            match at(column, start as i64, place) {
                Some(column) => moved.push(column),
                None => return Ok(None),
            }
        }
        Ok(Some(moved))
    }
}

/// The end of a file of these row groups; `None` where it cannot be written.
fn end_of(about: &FileMetaData, groups: Vec<RowGroupMetaData>) -> Option<Vec<u8>> {
    let metadata = ParquetMetaData::new(about.clone(), groups);
    let written = caught(|| {
        let mut end = Vec::new();
        let writer = ParquetMetaDataWriter::new(&mut end, &metadata);
        let writer = writer.with_preserve_page_index_locations(false);
        writer.finish().ok().map(|()| end)
    });
    written.flatten()
}

/// Where a column stands in its file, and how many bytes it has.
fn range(column: &ColumnChunkMetaData) -> Option<(u64, u64)> {
    caught(|| column.byte_range())
}

/// A column that is moved from one place of a file to another.
fn at(column: &ColumnChunkMetaData, from: i64, to: i64) -> Option<ColumnChunkMetaData> {
    let moved = |offset: i64| offset.checked_sub(from)?.checked_add(to);
    let dictionary = match column.dictionary_page_offset() {
        Some(offset) => Some(moved(offset)?),
        None => None,
    };
    let data = moved(column.data_page_offset())?;
    let builder = column.clone().into_builder();
    let builder = builder.set_data_page_offset(data);
    let builder = builder.set_dictionary_page_offset(dictionary);
    let builder = builder.set_index_page_offset(None);
    let builder = builder.set_bloom_filter_offset(None);
    caught(|| builder.build().ok()).flatten()
}

/// The metadata at the end of a file; `None` where it is no whole file.
fn footer(file: &mut File, size: u64) -> Result<Option<Vec<u8>>> {
    let mut end = Vec::new();
    let Some(start) = size.checked_sub(claims::END_BYTES as u64) else {
        return Ok(None);
    };
    file.seek(SeekFrom::Start(start))?;
    file.take(claims::END_BYTES as u64).read_to_end(&mut end)?;
    let Some(start) = claims::footer_start(&end, start) else {
        return Ok(None);
    };
    let mut footer = Vec::new();
    file.seek(SeekFrom::Start(start))?;
    let length = size - claims::END_BYTES as u64 - start;
    file.take(length).read_to_end(&mut footer)?;
    Ok(Some(footer))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::{scan_tables, ScanOptions};
    use crate::{read_table, Input, ReadOptions};
    use arrow_array::{Int64Array, RecordBatch, StringArray};
    use parquet::arrow::ArrowWriter;
    use parquet::file::metadata::KeyValue;
    use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder};
    use spanwise_model::SpanTable;
    use std::io::Write;
    use std::sync::Arc;

    const ROWS: usize = 7;

    /// A table of spans in groups of two rows.
    fn table() -> Vec<u8> {
        table_with(WriterProperties::builder().set_max_row_group_row_count(Some(2)))
    }

    fn table_with(properties: WriterPropertiesBuilder) -> Vec<u8> {
        let texts = |text: &dyn Fn(usize) -> String| {
            Arc::new(StringArray::from_iter_values((0..ROWS).map(text))) as _
        };
        let numbers = |number: &dyn Fn(i64) -> i64| {
            Arc::new(Int64Array::from_iter_values((0..ROWS as i64).map(number))) as _
        };
        let rows = RecordBatch::try_from_iter([
            ("trace_id", texts(&|row| format!("{:032x}", row / 3 + 1))),
            ("span_id", texts(&|row| format!("{:016x}", row + 1))),
            ("name", texts(&|row| format!("GET {row}"))),
            ("service", texts(&|_| "shop".to_owned())),
            ("start_unix_nano", numbers(&|row| row * 100)),
            ("end_unix_nano", numbers(&|row| row * 100 + 50)),
        ]);
        let rows = rows.expect("columns of one length");
        let (mut file, schema) = (Vec::new(), rows.schema());
        let writer = ArrowWriter::try_new(&mut file, schema, Some(properties.build()));
        let mut writer = writer.expect("memory");
        writer.write(&rows).expect("memory");
        writer.close().expect("memory");
        file
    }

    fn on_disk(bytes: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(bytes).expect("room");
        file
    }

    fn all(path: &Path) -> Vec<Group> {
        let mut groups = Groups::open(path).expect("a file").expect("a whole one");
        std::iter::from_fn(|| groups.take(Vec::new()).expect("a file")).collect()
    }

    #[test]
    fn every_row_group_is_a_file() {
        let file = on_disk(&table());
        let groups = all(file.path());
        let rows: Vec<_> = groups
            .iter()
            .map(|group| (group.rows, group.is_last))
            .collect();
        assert_eq!(rows, [(0, false), (2, false), (4, false), (6, true)]);
        for group in groups {
            let format = crate::guess(&group.file).expect("a format");
            assert_eq!(format.name(), "table-parquet");
            let mut batch = spanwise_model::SpanBatch::default();
            format.read(&group.file, &mut batch).expect("no limit");
            assert_eq!(batch.len(), if group.rows == 6 { 1 } else { 2 });
            assert_eq!(batch.issues.total(), 0);
        }
    }

    /// Issues as text, and the names of spans.
    fn told(tables: &[SpanTable]) -> (Vec<String>, Vec<String>) {
        let issues = tables.iter().flat_map(|table| {
            let rows = table.read_issues.iter();
            rows.map(|row| format!("{row:?}")).collect::<Vec<_>>()
        });
        let spans = tables.iter().flat_map(SpanTable::traces);
        let names = spans.flat_map(|trace| trace.spans().map(|span| span.operation().to_owned()));
        (issues.collect(), names.collect())
    }

    /// Breaks the first page of the third group.
    fn damage(file: &mut [u8]) {
        let third = all(on_disk(file).path()).swap_remove(2).file;
        let page = &third[MAGIC.len()..MAGIC.len() + 80];
        let found = file.windows(page.len()).rposition(|bytes| bytes == page);
        file[found.expect("its first page")..][..4].fill(0xff);
    }

    /// The same file as it lies on disk, and as bytes.
    #[test]
    fn a_file_tells_what_its_bytes_do() {
        let mut bytes = table();
        for damaged in [false, true] {
            if damaged {
                damage(&mut bytes);
            }
            let file = on_disk(&bytes);
            let from = |input: Input, threads| {
                let options = ReadOptions::default().threads(threads);
                let (mut issues, names) = told(&[read_table(&[input], &options).expect("spans")]);
                let path = file.path().display().to_string();
                issues
                    .iter_mut()
                    .for_each(|issue| *issue = issue.replace(&path, "<bytes>"));
                (issues, names)
            };
            let whole = from(Input::bytes(&bytes), 1);
            assert_eq!(whole.1.len(), if damaged { 5 } else { 7 });
            assert_eq!(whole.0.len(), usize::from(damaged));
            for threads in [1, 2] {
                assert_eq!(from(Input::from(file.path()), threads), whole);
            }
        }
    }

    #[test]
    fn a_scan_tells_what_a_read_does() {
        let mut bytes = table();
        damage(&mut bytes);
        let file = on_disk(&bytes);
        let (inputs, options) = ([Input::from(file.path())], ReadOptions::default());
        let whole = told(&[read_table(&inputs, &options).expect("spans")]);
        assert_eq!((whole.0.len(), whole.1.len()), (1, 5), "{whole:?}");
        assert!(whole.0[0].contains("record: Some(5)"), "{whole:?}");
        let mut tables = Vec::new();
        let mut keep = |table: SpanTable| {
            tables.push(table);
            Ok(())
        };
        let scan = ScanOptions::default();
        let scanned = scan_tables(&inputs, &options, &scan, &mut keep).expect("spans");
        let mut apart = told(&tables);
        apart.0 = scanned
            .issues
            .iter()
            .map(|row| format!("{row:?}"))
            .collect();
        assert_eq!(apart, whole);
        assert_eq!(scanned.sources[0].spans, 5);
    }

    #[test]
    fn what_is_no_whole_file_has_no_groups() {
        let file = table();
        for bytes in [&file[..file.len() - 1], &file[4..8], &[], b"PAR1PAR1"] {
            assert!(Groups::open(on_disk(bytes).path())
                .expect("a file")
                .is_none());
        }
    }

    #[test]
    fn a_forged_footer_harms_nothing() {
        let whole = table();
        let footer = claims::footer(&whole).expect("a footer").len();
        let mut told = 0;
        for at in whole.len() - footer - claims::END_BYTES..whole.len() {
            for byte in [0, 1, 0x7f, 0xff] {
                let mut forged = whole.clone();
                forged[at] = byte;
                let file = on_disk(&forged);
                let Some(mut groups) = Groups::open(file.path()).expect("a file") else {
                    continue;
                };
                let mut taken = 0;
                while let Some(group) = groups.take(Vec::new()).expect("a file") {
                    taken += group.file.len();
                    let mut batch = spanwise_model::SpanBatch::default();
                    if let Some(format) = crate::guess(&group.file) {
                        format.read(&group.file, &mut batch).expect("no limit");
                    }
                    told += batch.issues.total();
                }
                assert!(
                    taken <= whole.len() * 10,
                    "groups have the bytes of the file, once"
                );
            }
        }
        assert!(told > 0);
    }

    #[test]
    fn what_is_said_of_all_groups_is_not_said_too_often() {
        let about = "x".repeat(6 << 20);
        let about = KeyValue::new("about".to_owned(), about);
        for (rows, is_apart) in [(2, false), (ROWS, true)] {
            let properties = WriterProperties::builder()
                .set_max_row_group_row_count(Some(rows))
                .set_key_value_metadata(Some(vec![about.clone()]));
            let file = on_disk(&table_with(properties));
            let groups = Groups::open(file.path()).expect("a file");
            assert_eq!(groups.is_some(), is_apart, "{rows} rows in a group");
        }
    }

    #[test]
    fn groups_that_do_not_stand_in_the_file_are_told() {
        let file = table();
        let (length, _) = file.split_last_chunk::<8>().expect("an end");
        let footer = super::claims::footer(&file).expect("a footer");
        // Nothing but the magic word stands before the footer.
        let cut = [MAGIC, footer, &file[length.len()..]].concat();
        let groups = all(on_disk(&cut).path());
        assert_eq!(groups.len(), 4);
        for group in groups {
            let mut batch = spanwise_model::SpanBatch::default();
            let format = crate::guess(&group.file).expect("a format");
            format.read(&group.file, &mut batch).expect("no limit");
            assert_eq!((batch.len(), batch.issues.total()), (0, 1));
        }
    }
}
