//! The fixed fields of a span while it is read, and what is wrong with them.

use crate::flaws::{Flaw, Flaws};
use spanwise_model::batch::Dropped;
use spanwise_model::{
    flags, EvidenceId, Example, IssueKind, ResourceId, Result, ScopeId, SpanBatch, SpanHead,
    SpanId, SpanKind, StatusCode, Symbol, TraceId,
};

/// A start that is absent counts as missing where the end lies after this
/// time (in 1973); before it, the span may well begin at zero.
const FIRST_REAL_TIME: i64 = 100_000_000_000_000_000;

/// What surrounds a span.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Surroundings {
    pub(crate) resource: ResourceId,
    pub(crate) scope: ScopeId,
    pub(crate) service: Symbol,
}

/// A span that is being read.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Draft {
    pub(crate) trace_id: TraceId,
    pub(crate) span_id: SpanId,
    pub(crate) parent_id: SpanId,
    pub(crate) start: i64,
    pub(crate) end: i64,
    pub(crate) name: Symbol,
    pub(crate) kind: SpanKind,
    pub(crate) status: StatusCode,
    pub(crate) flags: u32,
    pub(crate) dropped_attributes: u64,
    pub(crate) dropped_events: u64,
    pub(crate) dropped_links: u64,
    /// Attributes that were dropped of the span's events and links.
    pub(crate) dropped_inside: u64,
    pub(crate) flaws: Flaws,
}

impl Draft {
    pub(crate) fn flaw(&mut self, flaw: Flaw) {
        self.flaws.add(flaw);
    }

    /// Adds to one of the counts of what was dropped.
    pub(crate) fn dropped(&mut self, which: fn(&mut Self) -> &mut u64, count: u64) {
        let sum = which(self);
        *sum = sum.saturating_add(count);
    }

    /// True where there is nothing to report.
    #[inline]
    pub(crate) fn is_clean(&self) -> bool {
        self.flaws.is_empty()
            && self.dropped_attributes | self.dropped_inside == 0
            && self.dropped_events | self.dropped_links == 0
    }

    /// True where the span can be told from others.
    #[inline]
    pub(crate) fn has_id(&self) -> bool {
        !self.trace_id.is_zero() || !self.span_id.is_zero()
    }

    /// Reads a time that counts nanoseconds without a sign.
    #[inline]
    pub(crate) fn time(&mut self, nanos: u64) -> i64 {
        i64::try_from(nanos).unwrap_or_else(|_| {
            self.flaw(Flaw::TimeOutOfRange);
            i64::MAX
        })
    }

    #[inline]
    pub(crate) fn kind_number(&mut self, number: i64) {
        match SpanKind::from_number(number) {
            Some(kind) => self.kind = kind,
            None => self.flaw(Flaw::UnknownEnum),
        }
    }

    pub(crate) fn status_number(&mut self, number: i64) {
        match StatusCode::from_number(number) {
            Some(status) => self.status = status,
            None => self.flaw(Flaw::UnknownEnum),
        }
    }

    /// Closes the open record of `batch` with these fields.
    pub(crate) fn close(mut self, batch: &mut SpanBatch, around: &Surroundings) -> Result<()> {
        self.note(batch);
        batch.close(self.head(around))?;
        self.tell(batch, around);
        Ok(())
    }

    /// The same where it is known what evidence its attributes are.
    #[inline(always)]
    pub(crate) fn close_saying(
        &mut self,
        evidence: EvidenceId,
        batch: &mut SpanBatch,
        around: &Surroundings,
    ) -> Result<()> {
        self.note(batch);
        batch.close_saying(self.head(around), evidence)?;
        self.tell(batch, around);
        Ok(())
    }

    /// Notes what is wrong with the record that is about to be closed.
    #[inline(always)]
    fn note(&mut self, batch: &mut SpanBatch) {
        if self.trace_id.is_zero() || self.span_id.is_zero() {
            self.flaw(Flaw::IrregularId);
        }
        if !self.is_clean() {
            batch.note_dropped(self.kept_counts());
        }
    }

    /// Makes issues of it.
    #[inline(always)]
    fn tell(&self, batch: &mut SpanBatch, around: &Surroundings) {
        if !self.is_clean() {
            let example = Example::Span(self.trace_id, self.span_id);
            self.report(batch, around.service, &example);
        }
    }

    /// What was dropped of the span itself.
    fn kept_counts(&self) -> Dropped {
        let count = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        Dropped {
            attributes: count(self.dropped_attributes),
            events: count(self.dropped_events),
            links: count(self.dropped_links),
        }
    }

    #[inline(always)]
    fn head(&self, around: &Surroundings) -> SpanHead {
        let mut bits = self.flags & flags::OTLP;
        if self.status == StatusCode::Error {
            bits |= flags::FORMAT_ERROR;
        }
        let (mut start, mut end) = (self.start, Some(self.end));
        if start == 0 && self.end >= FIRST_REAL_TIME {
            bits |= flags::MISSING_START;
            start = self.end;
        } else if self.end == 0 && start > 0 {
            end = None;
        }
        SpanHead {
            trace_id: self.trace_id,
            span_id: self.span_id,
            parent_id: self.parent_id,
            start_unix_nano: start,
            end_unix_nano: end,
            name: self.name,
            kind: self.kind,
            status: self.status,
            flags: bits,
            resource: around.resource,
            scope: around.scope,
        }
    }

    /// Makes issues of what is wrong.
    #[cold]
    pub(crate) fn report(&self, batch: &mut SpanBatch, service: Symbol, example: &Example) {
        let service = batch.strings.get(service).to_owned();
        self.flaws.report(batch, &service, example);
        for (count, kind) in [
            (
                self.dropped_attributes.saturating_add(self.dropped_inside),
                IssueKind::DroppedAttributes,
            ),
            (self.dropped_events, IssueKind::DroppedEvents),
            (self.dropped_links, IssueKind::DroppedLinks),
        ] {
            if count > 0 {
                let example = example.clone();
                batch.issues.add_many(kind, &service, count, example);
            }
        }
    }
}
