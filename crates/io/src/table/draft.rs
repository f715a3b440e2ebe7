//! The fixed fields of a row while it is read.

use crate::flaws::Flaw;
use crate::json::Open;
use spanwise_model::batch::Dropped;
use spanwise_model::{
    flags, Example, IssueKind, Result, SpanHead, SpanId, SpanKind, StatusCode, Symbol, TraceId,
};

/// A span while its row is read.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    pub(super) trace_id: TraceId,
    pub(super) span_id: SpanId,
    pub(super) parent_id: SpanId,
    pub(super) start: Option<i64>,
    pub(super) end: Option<i64>,
    pub(super) duration: Option<i64>,
    pub(super) name: Symbol,
    pub(super) service: Symbol,
    pub(super) kind: SpanKind,
    pub(super) status: StatusCode,
    /// The format's own error flag, where a column of it says else than the
    /// status.
    pub(super) error: Option<bool>,
    pub(super) flags: u32,
    pub(super) scope: (Symbol, Symbol),
    /// Counts of attributes, events and links that were dropped before export.
    pub(super) dropped: [u64; 3],
    /// Attributes that were dropped of events and links.
    pub(super) inside: u64,
}

impl Draft {
    /// True where the span can be told from others.
    pub(super) fn has_id(&self) -> bool {
        !self.trace_id.is_zero() || !self.span_id.is_zero()
    }

    /// Closes the open record with these fields.
    pub(super) fn close(self, open: &mut Open<'_>) -> Result<()> {
        if self.trace_id.is_zero() || self.span_id.is_zero() {
            open.flaw(Flaw::IrregularId);
        }
        let head = self.head(open);
        let [attributes, events, links] = self.dropped;
        let saturated = |count| u32::try_from(count).unwrap_or(u32::MAX);
        open.batch.note_dropped(Dropped {
            attributes: saturated(attributes),
            events: saturated(events),
            links: saturated(links),
        });
        open.close(head)?;
        self.report_dropped(open);
        Ok(())
    }

    fn head(&self, open: &mut Open<'_>) -> SpanHead {
        let mut bits = self.flags & flags::OTLP;
        if self.error.unwrap_or(self.status == StatusCode::Error) {
            bits |= flags::FORMAT_ERROR;
        }
        let lasting = |open: &mut Open<'_>, start| {
            let duration = self.duration?;
            Some(open.end(start, duration))
        };
        let start = match (self.start, self.end, self.duration) {
            (Some(start), ..) => start,
            (None, Some(end), Some(duration)) => end.saturating_sub(duration),
            (None, end, _) => {
                bits |= flags::MISSING_START;
                end.unwrap_or_default()
            }
        };
        let end = self.end.or_else(|| lasting(open, start));
        let (scope, version) = self.scope;
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
            resource: open.batch.resources.close(self.service),
            scope: open.batch.scopes.intern(scope, version),
        }
    }

    fn report_dropped(&self, open: &mut Open<'_>) {
        let kinds = [
            IssueKind::DroppedAttributes,
            IssueKind::DroppedEvents,
            IssueKind::DroppedLinks,
        ];
        let mut dropped = self.dropped;
        dropped[0] = dropped[0].saturating_add(self.inside);
        for (count, kind) in dropped.into_iter().zip(kinds) {
            if count > 0 {
                let example = Example::Span(self.trace_id, self.span_id);
                let service = open.batch.strings.get(self.service).to_owned();
                open.batch.issues.add_many(kind, &service, count, example);
            }
        }
    }
}
