//! What every reader of JSON carries along.

use super::documents::Spot;
use crate::decimal::Fit;
use spanwise_model::{
    Error, Example, IssueKind, Result, SpanBatch, SpanHead, SpanId, Symbol, TraceId,
};

/// The batch that is written to, and where the reader is.
pub(crate) struct Context<'b> {
    pub(crate) batch: &'b mut SpanBatch,
    /// Where the document began.
    pub(crate) spot: Spot,
    /// Issues that the open record has.
    flaws: Vec<IssueKind>,
    failure: Option<Error>,
}

impl<'b> Context<'b> {
    pub(crate) fn new(batch: &'b mut SpanBatch) -> Self {
        Self {
            batch,
            spot: Spot::default(),
            flaws: Vec::new(),
            failure: None,
        }
    }

    /// Notes that the open record has an issue of this kind.
    pub(crate) fn flaw(&mut self, kind: IssueKind) {
        if !self.flaws.contains(&kind) {
            self.flaws.push(kind);
        }
    }

    /// The symbol of a text.
    pub(crate) fn intern(&mut self, text: &str) -> Symbol {
        self.batch.strings.intern(text)
    }

    /// The trace id of this text.
    #[inline]
    pub(crate) fn trace_id(&mut self, text: &str) -> TraceId {
        TraceId::from_hex(text.as_bytes()).unwrap_or_else(|| {
            self.flaw(IssueKind::IrregularId);
            self.batch.trace_word(text)
        })
    }

    /// The span id of this text; an empty text is no id.
    #[inline]
    pub(crate) fn span_id(&mut self, text: &str) -> SpanId {
        if text.is_empty() {
            return SpanId::default();
        }
        SpanId::from_hex(text.as_bytes()).unwrap_or_else(|| {
            self.flaw(IssueKind::IrregularId);
            self.batch.span_word(text)
        })
    }

    /// A time that was read, and how well it fitted.
    #[inline]
    pub(crate) fn time(&mut self, (nanos, fit): (i64, Fit)) -> i64 {
        if fit == Fit::Clipped {
            self.flaw(IssueKind::TimeOutOfRange);
        }
        nanos
    }

    /// The end of a span that starts then and lasts so long.
    #[inline]
    pub(crate) fn end(&mut self, start: i64, duration: i64) -> i64 {
        start.checked_add(duration).unwrap_or_else(|| {
            self.flaw(IssueKind::TimeOutOfRange);
            start.saturating_add(duration)
        })
    }

    /// Closes the open record, and counts its issues.
    #[inline]
    pub(crate) fn close<E: serde::de::Error>(&mut self, head: SpanHead) -> Result<u32, E> {
        let closed = self.batch.close(head).map_err(|error| {
            self.failure = Some(error);
            E::custom("stopped")
        });
        if !self.flaws.is_empty() {
            let example = Example::Span(head.trace_id, head.span_id);
            for kind in self.flaws.drain(..) {
                self.batch.issues.add(kind, "", example.clone());
            }
        }
        closed
    }

    /// Drops the open record, which is malformed.
    pub(crate) fn refuse(&mut self, detail: &str) {
        self.batch.abandon();
        self.flaws.clear();
        let example = self.spot.example(detail);
        self.batch
            .issues
            .add(IssueKind::MalformedRecord, "", example);
    }

    /// Drops what a broken document left open.
    ///
    /// # Errors
    ///
    /// The one that made the reader break the document off.
    pub(crate) fn broken(&mut self) -> Result<()> {
        self.batch.abandon();
        self.flaws.clear();
        // Attributes of a resource that was never closed must not fall to the
        // next one; nothing points to this one.
        self.batch.resources.close(Symbol::EMPTY);
        self.failure.take().map_or(Ok(()), Err)
    }
}
