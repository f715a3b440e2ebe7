//! The walk over documents, and how it goes on behind a broken one.

use crate::format::Ended;
use crate::json::{Broken, Cursor, Entered, Fault};
use crate::keys::Keys;
use crate::otlp::draft::Surroundings;
use spanwise_model::{Error, Example, Guard, IssueKind, Result, SpanBatch};
use std::borrow::Cow;

/// Envelopes lie in each other at most this deep.
const ENVELOPES: usize = 4;

/// Why a walk does not go on.
pub(super) enum Stop {
    /// The document is broken; the next one may be whole.
    Broken(Broken),
    /// The read is over.
    Over(Box<Error>),
}

impl From<Broken> for Stop {
    fn from(broken: Broken) -> Self {
        Self::Broken(broken)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Over(Box::new(error))
    }
}

pub(super) type Walked<T = ()> = std::result::Result<T, Stop>;

/// Reads a file.
pub(super) fn read(bytes: &[u8], batch: &mut SpanBatch) -> Result<Ended> {
    let text = text_of(bytes, batch);
    let mut reader = Reader {
        cursor: Cursor::new(&text, batch.guard.depth),
        batch,
        keys: Keys::default(),
        scratch: String::new(),
        nested: String::new(),
        around: Surroundings::default(),
        committed: 0,
        lines: Lines::default(),
        text: &text,
    };
    reader.documents()
}

/// The text of a file; bad bytes are replaced.
fn text_of<'a>(bytes: &'a [u8], batch: &mut SpanBatch) -> Cow<'a, str> {
    std::str::from_utf8(bytes).map_or_else(
        |error| {
            let at = error.valid_up_to();
            let line = Lines::default().line(bytes, at);
            let example = example(line, at, "");
            batch.issues.add(IssueKind::InvalidUtf8, "", example);
            String::from_utf8_lossy(bytes)
        },
        Cow::Borrowed,
    )
}

fn example(line: u64, at: usize, detail: &str) -> Example {
    Example::File {
        path: String::new(),
        record: Some(line),
        offset: Some(at as u64),
        detail: detail.to_owned(),
    }
}

/// Counts lines from one place to the next.
#[derive(Default)]
struct Lines {
    at: usize,
    before: u64,
}

impl Lines {
    /// The line of an offset, from 1.
    fn line(&mut self, text: &[u8], at: usize) -> u64 {
        let count = |range| memchr::memchr_iter(b'\n', &text[range]).count() as u64;
        if at < self.at {
            self.before -= count(at..self.at);
        } else {
            self.before += count(self.at..at);
        }
        self.at = at;
        self.before + 1
    }
}

pub(super) struct Reader<'a, 'b> {
    pub(super) cursor: Cursor<'a>,
    pub(super) batch: &'b mut SpanBatch,
    pub(super) keys: Keys,
    /// Room for texts with escapes.
    pub(super) scratch: String,
    /// Room for arrays and maps.
    pub(super) nested: String,
    /// What surrounds the spans that are being read.
    pub(super) around: Surroundings,
    /// The offset behind the last span that was read.
    pub(super) committed: usize,
    lines: Lines,
    text: &'a str,
}

impl Reader<'_, '_> {
    fn documents(&mut self) -> Result<Ended> {
        while !self.cursor.is_at_end() {
            let start = self.cursor.at;
            self.batch.guard.check_stop()?;
            match self.document(ENVELOPES) {
                Ok(true) => self.issue(IssueKind::SkippedSignal, start, start, ""),
                Ok(false) => {}
                Err(Stop::Over(error)) => return Err(self.placed(*error, start)),
                Err(Stop::Broken(broken)) => {
                    if let Some(ended) = self.go_on(start, broken)? {
                        return Ok(ended);
                    }
                }
            }
        }
        Ok(Ended::Whole)
    }

    fn placed(&mut self, error: Error, start: usize) -> Error {
        let line = self.lines.line(self.text.as_bytes(), start);
        error.at_record(line).at_offset(start as u64)
    }

    /// Goes on at the next line that begins a document; answers how the file
    /// ended where there is none.
    fn go_on(&mut self, start: usize, broken: Broken) -> Result<Option<Ended>> {
        self.batch.abandon();
        if broken.fault == Fault::Deep {
            let error = Guard::exceeded("depth", self.batch.guard.depth);
            return Err(self.placed(error, start).at_offset(broken.at as u64));
        }
        let next = next_document(self.text.as_bytes(), start.max(self.committed));
        if next.is_none() && broken.fault == Fault::End {
            return Ok(Some(Ended::Truncated));
        }
        self.issue(IssueKind::MalformedRecord, start, broken.at, "");
        match next {
            Some(next) => self.cursor.at = next,
            None => return Ok(Some(Ended::Whole)),
        }
        Ok(None)
    }

    /// Notes an issue of the document at `start`.
    pub(super) fn issue(&mut self, kind: IssueKind, start: usize, at: usize, detail: &str) {
        let line = self.lines.line(self.text.as_bytes(), start);
        self.batch.issues.add(kind, "", example(line, at, detail));
    }

    /// The place of a resource or scope.
    pub(super) fn place(&mut self, at: usize) -> Example {
        example(self.lines.line(self.text.as_bytes(), at), at, "")
    }

    /// Reads the value that stands here as a document, a list of documents or
    /// an envelope; answers whether it is of another signal.
    fn document(&mut self, envelopes: usize) -> Walked<bool> {
        if self.cursor.peek() == b'[' {
            return self.list(envelopes);
        }
        if self.cursor.peek() != b'{' {
            let at = self.cursor.at;
            let fault = Fault::Syntax;
            return Err(Broken { fault, at }.into());
        }
        self.cursor.enter(b'{')?;
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
                    other_signal |= self.document(envelopes - 1)?;
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
                other_signal |= self.document(envelopes - 1)?;
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

/// The offset of the next line, behind `from`, that begins a document.
fn next_document(text: &[u8], from: usize) -> Option<usize> {
    let lines = memchr::memchr_iter(b'\n', &text[from..]);
    lines
        .map(|newline| from + newline + 1)
        .find(|&at| matches!(text.get(at), Some(b'{' | b'[')))
}
