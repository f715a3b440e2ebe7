//! What a format is: a name, a way to recognise it, a reader and maybe a writer.

use crate::loss::Loss;
use spanwise_model::{Error, ErrorKind, Result, SpanBatch};
use std::io::Write;

/// How a reader came to the end of its input.
///
/// ```
/// use spanwise_io::{by_name, format::Ended};
/// let (mut batch, otlp) = (spanwise_model::SpanBatch::default(), by_name("otlp-json"));
/// let ended = otlp.expect("a format").read(br#"{"resourceSpans":[{"scope"#, &mut batch)?;
/// assert_eq!(ended, Ended::Truncated);
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// At the end of a record.
    Whole,
    /// In the middle of one; what stood before it was read.
    Truncated,
}

/// How much it may cost to find where a file can be cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cutting {
    /// Next to nothing: at the end of frames and lines.
    Cheap,
    /// A scan: at the end of the elements of one large document too.
    Thorough,
}

/// Where a window onto a file can be cut, so that what stands before it and
/// what stands behind it are files by themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cut {
    /// Where the first piece ends.
    pub end: usize,
    /// What stands behind its end, so that it is a file.
    pub closing: Vec<u8>,
    /// Where the rest begins.
    pub next: usize,
    /// What stands before the rest, so that it is a file.
    pub opening: Vec<u8>,
    /// How many records, as messages count them, stand before the rest.
    pub records: u64,
}

impl Cut {
    /// A cut between two bytes that both sides stand without help.
    pub(crate) fn at(end: usize) -> Self {
        Self {
            end,
            next: end,
            ..Self::default()
        }
    }
}

/// Writes all of a batch as one self-contained document; several calls make a
/// file that [`Format::read`] of the same format reads whole, unless its files
/// are one document ([`Format::is_one_document`]). It fails where the output
/// cannot be written.
pub type Writer = fn(&SpanBatch, &mut dyn Write) -> Result<()>;

/// A format of trace exports. Where there is a writer, it stands beside the
/// reader, so that each is the other's first test.
///
/// ```
/// use spanwise_io::{by_name, notation};
///
/// let batch = notation::parse("shop GET /cart 0..100 server");
/// let jaeger = by_name("jaeger-json").expect("a format");
/// let (mut text, mut back) = (Vec::new(), spanwise_model::SpanBatch::default());
/// jaeger.write(&batch, &mut text)?;
/// assert!(jaeger.recognises(&text));
/// jaeger.read(&text, &mut back)?;
/// assert_eq!(back.head(0).end_unix_nano, Some(100_000_000));
/// # Ok::<(), spanwise_model::Error>(())
/// ```
pub trait Format: Send + Sync {
    /// The name on the command line and in tables, such as `otlp-json`.
    fn name(&self) -> &'static str;

    /// True where these bytes, the beginning of a file, are of this format.
    /// Only the bytes count, never the file's name.
    fn recognises(&self, head: &[u8]) -> bool;

    /// Reads all of `bytes` into `batch`. Bad records become issues of the
    /// batch (without a path, which the caller knows); reading goes on behind
    /// them wherever that is possible.
    ///
    /// # Errors
    ///
    /// Only for limits, never for bad data.
    fn read(&self, bytes: &[u8], batch: &mut SpanBatch) -> Result<Ended>;

    /// The name of the file that says more of one of this name, where it lies
    /// beside it.
    fn companion(&self, name: &str) -> Option<String> {
        let _ = name;
        None
    }

    /// Reads as [`Format::read`] does, knowing what the companion holds.
    ///
    /// # Errors
    ///
    /// As [`Format::read`].
    fn read_beside(&self, bytes: &[u8], companion: &[u8], batch: &mut SpanBatch) -> Result<Ended> {
        let _ = companion;
        self.read(bytes, batch)
    }

    /// The last place where a window onto a file, which goes on behind the
    /// window, can be cut. `None` where there is none, or where the format
    /// cannot be cut.
    fn cut(&self, window: &[u8], cutting: Cutting) -> Option<Cut> {
        let _ = (window, cutting);
        None
    }

    /// True where a file is one document, so that its writer is called once for
    /// all that it shall hold, and its reader sees it whole.
    fn is_one_document(&self) -> bool {
        false
    }

    /// The writer, where the format is one that is written: most are only read,
    /// since what is written is for other tools, and those read one of few.
    fn writer(&self) -> Option<Writer> {
        None
    }

    /// What the writer loses of records that have it.
    fn losses(&self) -> &'static [Loss] {
        &[]
    }

    /// The writer, or the error that says that there is none.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] where the format is only read; the message names
    /// those that are written.
    fn checked_writer(&self) -> Result<Writer> {
        self.writer().ok_or_else(|| only_read(self.name()))
    }

    /// Writes all of `batch` as [`Writer`] says.
    ///
    /// ```
    /// let (batch, mut out) = (spanwise_io::notation::parse("shop GET 0..100"), Vec::new());
    /// spanwise_io::by_name("zipkin-json").expect("a format").write(&batch, &mut out)?;
    /// assert!(out.starts_with(b"[{\"traceId\""));
    /// # Ok::<(), spanwise_model::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Format::checked_writer`], and where `out` cannot be written.
    fn write(&self, batch: &SpanBatch, out: &mut dyn Write) -> Result<()> {
        self.checked_writer()?(batch, out)
    }
}

/// Writes batches as one file; answers how many records they have. A format
/// whose files are one document has all of them in memory first.
///
/// ```
/// use spanwise_io::{by_name, format::write_all, notation};
///
/// let batches = ["shop GET 0..100", "cart Get 0..5"].map(notation::parse);
/// let (format, mut out) = (by_name("zipkin-json").expect("a format"), Vec::new());
/// assert_eq!(write_all(format, batches.into_iter(), &mut out)?, 2);
/// # Ok::<(), spanwise_model::Error>(())
/// ```
///
/// # Errors
///
/// As [`Format::write`].
pub fn write_all(
    format: &dyn Format,
    batches: impl Iterator<Item = SpanBatch>,
    out: &mut dyn Write,
) -> Result<u64> {
    let write = format.checked_writer()?;
    let (mut records, mut all) = (0, SpanBatch::default());
    for batch in batches {
        records += batch.len() as u64;
        match format.is_one_document() {
            true => all.absorb(batch)?,
            false => write(&batch, out)?,
        }
    }
    if format.is_one_document() {
        write(&all, out)?;
    }
    Ok(records)
}

/// The error of a writer that is missing.
fn only_read(name: &str) -> Error {
    let written = crate::formats().iter().filter(|it| it.writer().is_some());
    let names: Vec<&str> = written.map(|it| it.name()).collect();
    let message = format!(
        "{name} is only read; the formats that are written are {}",
        names.join(", ")
    );
    Error::new(ErrorKind::Usage, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A format that is only read.
    struct Blank;

    impl Format for Blank {
        fn name(&self) -> &'static str {
            "blank"
        }

        fn recognises(&self, head: &[u8]) -> bool {
            head.is_empty()
        }

        fn read(&self, _: &[u8], _: &mut SpanBatch) -> Result<Ended> {
            Ok(Ended::Whole)
        }
    }

    #[test]
    fn what_is_only_read_says_what_is_written() {
        let error = Blank
            .write(&SpanBatch::default(), &mut Vec::new())
            .expect_err("no writer");
        assert_eq!(error.kind(), ErrorKind::Usage);
        let text = error.to_string();
        assert!(text.contains("blank is only read; the formats that are written are otlp-json, "));
    }
}
