//! The walk over documents and their envelopes.

use super::value::Plain;
use crate::format::Ended;
use crate::json::{self, Cursor, Documents, Entered, Guesses, Parts, Reader as _, Walks};
use crate::keys::Keys;
use crate::otlp::draft::{Draft, Surroundings};
use spanwise_model::{Example, Guard, IssueKind, Result, SpanBatch};

pub(super) use crate::json::Walked;

/// Envelopes lie in each other at most this deep.
const ENVELOPES: usize = 4;

/// Reads a file.
pub(super) fn read(bytes: &[u8], batch: &mut SpanBatch) -> Result<Ended> {
    json::read(bytes, batch, |text, batch| {
        Reader::new(text, batch).read_all()
    })
}

/// The compact JSON of a value that a text holds as OTLP writes it; `None`
/// where it holds none.
pub(crate) fn any_json(text: &str, guard: &Guard) -> Option<String> {
    let mut batch = SpanBatch::default();
    batch.guard = guard.clone();
    let mut reader = Reader::new(text, &mut batch);
    reader.cursor = Cursor::new(text, guard.depth);
    reader.item(1, &mut Draft::default()).ok()?;
    Some(reader.nested)
}

pub(super) struct Reader<'a, 'b> {
    pub(super) cursor: Cursor<'a>,
    pub(super) documents: Documents<'a>,
    pub(super) batch: &'b mut SpanBatch,
    pub(super) keys: Keys,
    pub(super) guesses: Guesses<'a, Plain>,
    /// Room for texts with escapes.
    pub(super) scratch: String,
    /// Room for arrays and maps.
    pub(super) nested: String,
    /// What surrounds the spans that are being read.
    pub(super) around: Surroundings,
}

impl<'a> Walks<'a> for Reader<'a, '_> {
    fn cursor(&mut self) -> &mut Cursor<'a> {
        &mut self.cursor
    }
}

impl<'a> json::Reader<'a> for Reader<'a, '_> {
    fn parts(&mut self) -> Parts<'_, 'a> {
        Parts {
            cursor: &mut self.cursor,
            documents: &mut self.documents,
            batch: self.batch,
        }
    }

    fn document(&mut self) -> Walked {
        if self.envelope(ENVELOPES)? {
            let start = self.documents.start;
            self.issue(IssueKind::SkippedSignal, start, "");
        }
        Ok(())
    }
}

impl<'a, 'b> Reader<'a, 'b> {
    fn new(text: &'a str, batch: &'b mut SpanBatch) -> Self {
        let documents = Documents::new(text);
        Self {
            cursor: documents.cursor(batch.guard.depth),
            documents,
            batch,
            keys: Keys::default(),
            guesses: Guesses::default(),
            scratch: String::new(),
            nested: String::new(),
            around: Surroundings::default(),
        }
    }

    /// Notes an issue of what stands at an offset.
    pub(super) fn issue(&mut self, kind: IssueKind, at: usize, detail: &str) {
        let example = self.documents.example(at, at, detail);
        self.batch.issues.add(kind, "", example);
    }

    /// The place of a resource or scope.
    pub(super) fn place(&mut self, at: usize) -> Example {
        self.documents.example(at, at, "")
    }

    /// Reads the value that stands here as a document, a list of documents or
    /// an envelope; answers whether it is of another signal.
    fn envelope(&mut self, envelopes: usize) -> Walked<bool> {
        if self.cursor.peek() == b'[' {
            return self.list(envelopes);
        }
        if self.cursor.enter(b'{')? != Entered::Inside {
            return Ok(false);
        }
        let mut other_signal = false;
        let mut first = true;
        while let Some(key) = self.cursor.key(&mut first)? {
            match key {
                "resourceSpans" | "resource_spans" | "batches" => {
                    self.each(Self::resource_spans)?;
                }
                "resourceLogs" | "resource_logs" | "resourceMetrics" | "resource_metrics" => {
                    other_signal = true;
                    self.cursor.skip()?;
                }
                "result" | "data" | "trace" if self.is_envelope(envelopes) => {
                    other_signal |= self.envelope(envelopes - 1)?;
                }
                _ => self.cursor.skip()?,
            }
        }
        Ok(other_signal)
    }

    fn is_envelope(&mut self, envelopes: usize) -> bool {
        envelopes > 0 && matches!(self.cursor.peek(), b'{' | b'[')
    }

    fn list(&mut self, envelopes: usize) -> Walked<bool> {
        self.cursor.enter(b'[')?;
        let mut other_signal = false;
        let mut first = true;
        while self.cursor.element(&mut first)? {
            if self.is_envelope(envelopes) {
                other_signal |= self.envelope(envelopes - 1)?;
            } else {
                self.cursor.skip()?;
            }
        }
        Ok(other_signal)
    }

    /// Calls `read` at each element of the array that stands here; `null` and
    /// values that are no array have none.
    #[inline]
    pub(super) fn each(&mut self, read: fn(&mut Self) -> Walked) -> Walked {
        if self.cursor.enter(b'[')? != Entered::Inside {
            return Ok(());
        }
        let mut first = true;
        while self.cursor.element(&mut first)? {
            read(self)?;
        }
        Ok(())
    }
}
