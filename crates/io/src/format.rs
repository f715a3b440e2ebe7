//! What a format is: a name, a way to recognise it, a reader and a writer.

use spanwise_model::{Result, SpanBatch};
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
    /// Frames and lines alone: next to nothing.
    Cheap,
    /// The elements of one large document too, which takes a scan of it.
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

/// A format of trace exports. Reader and writer stand side by side, so that
/// each is the other's first test.
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

    /// The last place where a window onto a file, which goes on behind the
    /// window, can be cut. `None` where there is none, or where the format
    /// cannot be cut.
    fn cut(&self, window: &[u8], cutting: Cutting) -> Option<Cut> {
        let _ = (window, cutting);
        None
    }

    /// Writes all of `batch` as one self-contained document; several calls
    /// make a file that [`Format::read`] reads whole.
    ///
    /// # Errors
    ///
    /// Where `out` cannot be written.
    fn write(&self, batch: &SpanBatch, out: &mut dyn Write) -> Result<()>;
}
