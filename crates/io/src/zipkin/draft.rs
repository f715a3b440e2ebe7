//! A span while it is read, of any version and encoding.

use super::annotation::Core;
use crate::json::Open;
use spanwise_model::{flags, ResourceId, SpanHead, SpanId, SpanKind, StatusCode, Symbol, TraceId};

/// A span while it is read.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) trace: TraceId,
    pub(super) id: SpanId,
    pub(super) parent: SpanId,
    pub(super) name: Symbol,
    pub(super) kind: SpanKind,
    pub(super) start: Option<i64>,
    pub(super) duration: Option<i64>,
    pub(super) resource: Option<ResourceId>,
    pub(super) core: Core,
    pub(super) status: StatusCode,
    /// True where a tag describes the status, which an `error` tag then does not.
    pub(super) described: bool,
    pub(super) flags: u32,
    pub(super) scope: (Symbol, Symbol),
}

impl Draft {
    /// Why it is no span, if it is none.
    pub(super) fn lack(&self) -> Option<&'static str> {
        match (self.trace.is_zero(), self.id.is_zero()) {
            (false, false) => None,
            (true, _) => Some("a span without a traceId"),
            (_, true) => Some("a span without an id"),
        }
    }

    /// The fixed fields, now that all of the span is known.
    pub(super) fn head(&mut self, open: &mut Open<'_>) -> SpanHead {
        if self.kind == SpanKind::Unspecified {
            self.kind = self.core.kind();
        }
        let (noted_start, noted_end) = self.core.interval(self.kind);
        let start = self.start.or(noted_start);
        if start.is_none() {
            self.flags |= flags::MISSING_START;
        }
        let from = start.unwrap_or_default();
        let end = self.duration.map(|duration| open.end(from, duration));
        let (scope, version) = self.scope;
        SpanHead {
            trace_id: self.trace,
            span_id: self.id,
            parent_id: self.parent,
            start_unix_nano: from,
            end_unix_nano: end.or(noted_end),
            name: self.name,
            kind: self.kind,
            status: self.status,
            flags: self.flags,
            resource: match self.resource {
                Some(resource) => resource,
                None => open.batch.resources.close(Symbol::EMPTY),
            },
            scope: open.batch.scopes.intern(scope, version),
        }
    }
}
