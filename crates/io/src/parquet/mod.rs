//! Files of Parquet, told apart by their columns: spanwise's own, blocks of
//! Grafana Tempo, and tables of spans.
//!
//! Parquet says at its end what it holds, so a file is seen whole; of what it
//! holds, one row group at a time becomes records. Of tables and blocks it first
//! becomes columns of Arrow, because tables of Arrow are read in any case
//! (`crate::arrow`), and because putting nested columns together is work that
//! the library does well. spanwise's own files are read as they stand (`own`).
//!
//! What a file claims is looked at before the library believes it; see
//! `claims`. Rows are never more than the file has bytes.

mod checked;
mod claims;
mod columns;
mod file;
mod group;
mod groups;
mod guarded;
mod own;
mod page;
mod shape;
mod table;
mod tempo;
#[cfg(test)]
mod tests;
mod texts;
mod thrift;

use crate::format::{Ended, Format, Writer};
use crate::table::Mapping;
use file::File;
pub(crate) use groups::{Group, Groups};
pub use guarded::Guarded;
use spanwise_model::{Example, IssueKind, Result, SpanBatch};

/// What a file of Parquet begins and ends with.
const MAGIC: &[u8] = b"PAR1";

/// The fewest bytes of a file that a record takes, a span id and its times, as far as
/// room is made for it before it is read.
const LEAST_BYTES: usize = 24;

/// spanwise's own Parquet, which loses nothing, takes little room and is the
/// fastest to read.
///
/// Its columns are ordinary ones: a frame of `polars.read_parquet` has a row a
/// span, whose route is `col("attributes").struct.field("http.route")`.
///
/// ```
/// use spanwise_io::{by_name, notation};
///
/// let batch = notation::parse("shop GET /cart 0..100 server n=5 b=true");
/// let (format, mut file) = (by_name("spanwise-parquet").expect("a format"), Vec::new());
/// format.write(&batch, &mut file)?;
/// assert_eq!(spanwise_io::guess(&file).map(|format| format.name()), Some("spanwise-parquet"));
/// let mut back = spanwise_model::SpanBatch::default();
/// format.read(&file, &mut back)?;
/// assert!(back.named_attributes(0).eq(batch.named_attributes(0)));
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct SpanwiseParquet;

/// The `data.parquet` of a block of Grafana Tempo: vParquet 3, 4 and 5.
#[derive(Clone, Copy, Debug, Default)]
pub struct TempoParquet;

/// A table of spans, a row a span: what ClickHouse exports, or a frame of spans
/// that was saved. Columns are found by their names.
#[derive(Clone, Copy, Debug, Default)]
pub struct TableParquet;

/// A table of spans whose columns are found by a mapping, else by their names.
#[derive(Clone, Debug, Default)]
pub struct MappedParquet(pub Mapping);

impl Format for SpanwiseParquet {
    fn name(&self) -> &'static str {
        "spanwise-parquet"
    }

    fn recognises(&self, head: &[u8]) -> bool {
        File::open(head).is_some_and(|file| own::recognises(&file))
    }

    fn read(&self, bytes: &[u8], batch: &mut SpanBatch) -> Result<Ended> {
        match File::open(bytes).filter(own::recognises) {
            Some(file) => own::read(&file, batch),
            None => refuse(bytes, batch),
        }
    }

    fn writer(&self) -> Option<Writer> {
        Some(own::write)
    }

    fn is_one_document(&self) -> bool {
        true
    }
}

impl Format for TempoParquet {
    fn name(&self) -> &'static str {
        "tempo-parquet"
    }

    fn recognises(&self, head: &[u8]) -> bool {
        File::open(head).is_some_and(|file| tempo::recognises(&file))
    }

    fn read(&self, bytes: &[u8], batch: &mut SpanBatch) -> Result<Ended> {
        self.read_beside(bytes, &[], batch)
    }

    fn read_beside(&self, bytes: &[u8], companion: &[u8], batch: &mut SpanBatch) -> Result<Ended> {
        let Some(file) = File::open(bytes).filter(tempo::recognises) else {
            return refuse(bytes, batch);
        };
        let dedicated = tempo::Dedicated::of(companion);
        tempo::read(&file, &dedicated, batch)
    }

    fn companion(&self, name: &str) -> Option<String> {
        let block = name.strip_suffix("data.parquet")?;
        Some(format!("{block}meta.json"))
    }

    fn is_one_document(&self) -> bool {
        true
    }
}

impl Format for TableParquet {
    fn name(&self) -> &'static str {
        "table-parquet"
    }

    fn recognises(&self, head: &[u8]) -> bool {
        File::open(head).is_some_and(|file| table::recognises(&file, &Mapping::default()))
    }

    fn read(&self, bytes: &[u8], batch: &mut SpanBatch) -> Result<Ended> {
        read_table(bytes, &Mapping::default(), batch)
    }

    fn is_one_document(&self) -> bool {
        true
    }
}

impl Format for MappedParquet {
    fn name(&self) -> &'static str {
        TableParquet.name()
    }

    fn recognises(&self, head: &[u8]) -> bool {
        head.starts_with(MAGIC)
    }

    fn read(&self, bytes: &[u8], batch: &mut SpanBatch) -> Result<Ended> {
        read_table(bytes, &self.0, batch)
    }

    fn is_one_document(&self) -> bool {
        true
    }
}

fn read_table(bytes: &[u8], mapping: &Mapping, batch: &mut SpanBatch) -> Result<Ended> {
    match File::open(bytes).filter(|file| file.schema().is_some()) {
        Some(file) => table::read(&file, mapping, batch),
        None => refuse(bytes, batch),
    }
}

/// Notes that bytes are no file of Parquet of a format, or not all of one.
fn refuse(bytes: &[u8], batch: &mut SpanBatch) -> Result<Ended> {
    if bytes.starts_with(MAGIC) && !bytes.ends_with(MAGIC) {
        return Ok(Ended::Truncated);
    }
    let example = Example::File {
        path: String::new(),
        record: None,
        offset: None,
        detail: "not a file of Parquet with the columns of its format".to_owned(),
    };
    batch.issues.add(IssueKind::MalformedRecord, "", example);
    Ok(Ended::Whole)
}
