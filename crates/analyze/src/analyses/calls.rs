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

    /// True where the parent hands a message over to the span.
    pub(super) fn is_sender(self, parent: u32, row: u32) -> bool {
        let producer = self.kind(parent) == SpanKind::Producer;
        let consumer = self.kind(row) == SpanKind::Consumer;
        let elsewhere = self.service(parent) != self.service(row);
        (producer && consumer) || (elsewhere && (producer || consumer))
    }

    /// True where both handle a message of one consumer.
    pub(super) fn is_same_consumer(self, parent: u32, row: u32) -> bool {
        self.kind(parent) == SpanKind::Consumer && self.service(parent) == self.service(row)
    }

    /// True where the span is the other side of its parent's request.
    pub(super) fn is_call(self, parent: u32, row: u32) -> bool {
        let pair = (self.kind(parent), self.kind(row)) == (SpanKind::Client, SpanKind::Server);
        pair || self.service(parent) != self.service(row)
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
            let local = matches!(self.kind(row), SpanKind::Internal | SpanKind::Unspecified)
                && self.service(row) == self.service(parent);
            if !local || leads_on[(row - first) as usize] {
                leads_on[(parent - first) as usize] = true;
            }
        }
    }
}
