//! Which spans of a trace are the two sides of a call.

use spanwise_model::trace_table::NO_PARENT;
use spanwise_model::{SpanKind, SpanTable, Symbol, Trace};

/// A reader of what decides about calls, by row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Calls<'a> {
    pub(super) table: &'a SpanTable,
}

impl Calls<'_> {
    pub(super) fn parent(self, row: u32) -> Option<u32> {
        let parent = self.table.columns.parent[row as usize];
        (parent != NO_PARENT).then_some(parent)
    }

    pub(super) fn kind(self, row: u32) -> SpanKind {
        let operation = self.table.columns.operation[row as usize];
        self.table.operations.kind(operation)
    }

    /// The table's symbol of a span's service.
    pub(super) fn service(self, row: u32) -> Symbol {
        let operation = self.table.columns.operation[row as usize];
        self.table.operations.service(operation)
    }

    /// What a span is in a call.
    #[inline]
    pub(super) fn side(self, row: u32) -> Side {
        let operation = self.table.columns.operation[row as usize];
        Side {
            kind: self.table.operations.kind(operation),
            service: self.table.operations.service(operation),
        }
    }

    /// True where the parent hands a message over to the span.
    pub(super) fn is_sender(self, parent: u32, row: u32) -> bool {
        self.side(parent).is_sender_to(self.side(row))
    }

    /// True where both handle a message of one consumer.
    pub(super) fn is_same_consumer(self, parent: u32, row: u32) -> bool {
        self.side(parent).is_same_consumer(self.side(row))
    }

    /// True where the span is the other side of its parent's request.
    pub(super) fn is_call(self, parent: u32, row: u32) -> bool {
        self.side(parent).calls(self.side(row))
    }

    /// Finds out which spans of a trace have a call or a remote span below
    /// them, by row of the trace.
    pub(super) fn leads_on(self, trace: Trace<'_>, leads_on: &mut Vec<bool>) {
        let rows = trace.rows();
        let first = rows.start;
        leads_on.clear();
        leads_on.resize(rows.len(), false);
        for row in rows.rev() {
            let Some(parent) = self.parent(row) else {
                continue;
            };
            let is_local = || self.side(row).is_local_in(self.side(parent));
            if leads_on[(row - first) as usize] || !is_local() {
                leads_on[(parent - first) as usize] = true;
            }
        }
    }
}

/// What a span is in a call: its kind and the table's symbol of its service.
#[derive(Clone, Copy, Debug)]
pub(super) struct Side {
    pub(super) kind: SpanKind,
    pub(super) service: Symbol,
}

impl Side {
    /// True where this parent hands a message over to the child.
    #[inline]
    pub(super) fn is_sender_to(self, child: Self) -> bool {
        let producer = self.kind == SpanKind::Producer;
        let consumer = child.kind == SpanKind::Consumer;
        let elsewhere = self.service != child.service;
        (producer && consumer) || (elsewhere && (producer || consumer))
    }

    /// True where this parent and the child handle a message of one consumer.
    #[inline]
    pub(super) fn is_same_consumer(self, child: Self) -> bool {
        self.kind == SpanKind::Consumer && self.service == child.service
    }

    /// True where the child is the other side of this parent's request.
    #[inline]
    pub(super) fn calls(self, child: Self) -> bool {
        let pair = (self.kind, child.kind) == (SpanKind::Client, SpanKind::Server);
        pair || self.service != child.service
    }

    /// True where this child is work inside of its parent's service.
    #[inline]
    fn is_local_in(self, parent: Self) -> bool {
        let local = matches!(self.kind, SpanKind::Internal | SpanKind::Unspecified);
        local && self.service == parent.service
    }
}
