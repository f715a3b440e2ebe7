//! Traces written down again: for other tools, for others' eyes.

use crate::traces::Traces;
use spanwise_analyze::Anonymise;
use spanwise_io::format::Format;
use spanwise_io::loss::Loss;
use spanwise_io::write_file;
use spanwise_model::{ColumnData, Result, SpanBatch, Table};
use std::fmt;
use std::io::Write;
use std::path::Path;

/// How spans are written.
///
/// ```
/// use spanwise::{Anonymise, WriteOptions};
/// let options = WriteOptions::new(spanwise::format("zipkin-json")?);
/// let secret = options.anonymise(Anonymise::new("key"));
/// assert!(format!("{secret:?}").contains("zipkin-json"));
/// # Ok::<(), spanwise::Error>(())
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct WriteOptions {
    /// The format.
    pub format: &'static dyn Format,
    /// How names, ids and values are hashed; as they are where there is nothing.
    pub anonymise: Option<Anonymise>,
}

impl WriteOptions {
    /// Spans as they are, in this format.
    #[must_use]
    pub fn new(format: &'static dyn Format) -> Self {
        Self {
            format,
            anonymise: None,
        }
    }

    /// The same with names, ids and values hashed.
    #[must_use]
    pub fn anonymise(mut self, how: Anonymise) -> Self {
        self.anonymise = Some(how);
        self
    }

    /// Writes records, and tells what was lost.
    pub(crate) fn write(&self, batch: &SpanBatch, out: &mut dyn Write) -> Result<Written> {
        match &self.anonymise {
            Some(how) => written(self.format, &how.apply(batch)?, out),
            None => written(self.format, batch, out),
        }
    }
}

impl fmt::Debug for WriteOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WriteOptions")
            .field("format", &self.format.name())
            .field("anonymise", &self.anonymise.is_some())
            .finish()
    }
}

fn written(format: &dyn Format, batch: &SpanBatch, out: &mut dyn Write) -> Result<Written> {
    format.write(batch, out)?;
    let counts = format
        .losses()
        .iter()
        .map(|&loss| (loss, loss.count(batch)));
    Ok(Written {
        spans: batch.len() as u64,
        lost: counts.filter(|(_, spans)| *spans > 0).collect(),
    })
}

/// What was written, and what the format could not hold of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Written {
    /// How many spans.
    pub spans: u64,
    /// What was lost, and of how many spans.
    pub lost: Vec<(Loss, u64)>,
}

impl Written {
    /// What was lost: a row for each kind of data, with how many spans had it
    /// and what became of it.
    ///
    /// ```
    /// use spanwise::{model::table::Cell, WriteOptions};
    ///
    /// let traces = spanwise::notation("shop GET /cart 0..1500us server items=3")?;
    /// let options = WriteOptions::new(spanwise::format("zipkin-json")?);
    /// let table = traces.write_to(&mut Vec::new(), &options)?.table();
    /// assert_eq!(table.cell(0, "lost"), Cell::Text("attribute_types"));
    /// assert_eq!(table.cell(0, "spans"), Cell::U64(1));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn table(&self) -> Table {
        let kinds = || self.lost.iter().map(|(loss, _)| loss);
        let spans = self.lost.iter().map(|(_, spans)| *spans);
        Table::new()
            .with(
                "lost",
                ColumnData::Name(kinds().map(|kind| kind.name()).collect()),
            )
            .with("spans", ColumnData::U64(spans.collect()))
            .with(
                "what",
                ColumnData::Name(kinds().map(|kind| kind.told()).collect()),
            )
    }
}

impl Traces {
    /// Writes the chosen traces into a file, compressed where its name ends in
    /// `.gz` or `.zst`. What the format cannot hold is told.
    ///
    /// The records are those of the table: folded duplicates are gone, and all
    /// else that assembly did comes again when the file is read.
    ///
    /// ```
    /// use spanwise::WriteOptions;
    ///
    /// let traces = spanwise::notation("shop GET 0..100\n  cart Get 10..60")?;
    /// let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("shop.jaeger.json.gz");
    /// let written = traces.write(&path, &WriteOptions::new(spanwise::format("jaeger-json")?))?;
    /// assert_eq!((written.spans, written.lost.len()), (2, 0));
    /// assert_eq!(spanwise::read(path)?.summary().operations, 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Usage`] where the format is only read, and where the
    /// file cannot be written.
    pub fn write(&self, path: impl AsRef<Path>, options: &WriteOptions) -> Result<Written> {
        options.format.checked_writer()?;
        let batch = self.to_batch()?;
        write_file(path.as_ref(), |out| options.write(&batch, out))
    }

    /// Writes the chosen traces; see [`Traces::write`].
    ///
    /// # Errors
    ///
    /// As [`Traces::write`].
    pub fn write_to(&self, out: &mut dyn Write, options: &WriteOptions) -> Result<Written> {
        options.format.checked_writer()?;
        options.write(&self.to_batch()?, out)
    }

    /// The chosen traces with names, ids and values hashed; see [`Anonymise`].
    ///
    /// ```
    /// use spanwise::Anonymise;
    ///
    /// let traces = spanwise::notation("shop GET /cart 0..100 server error")?;
    /// let anonymise = Anonymise::new("key");
    /// let hidden = traces.anonymise(&anonymise)?;
    /// let span = hidden.iter().next().expect("a trace").primary();
    /// assert_eq!(span.service(), anonymise.service_name("shop"));
    /// assert!(span.errs());
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Limit`] beyond four billion attributes.
    pub fn anonymise(&self, how: &Anonymise) -> Result<Self> {
        let hidden = Self::from_batch(how.apply(&self.to_batch()?)?)?;
        Ok(hidden.with_policy(self.policy()))
    }
}
