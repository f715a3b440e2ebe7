//! Halves of hops in the order of their keys, so that a partial need neither look
//! for them nor sort them.

use super::graph::Operation;
use super::rows::Writer;
use crate::partial::Partial;
use spanwise_model::{OperationId, SpanId, SpanTable};

/// The kinds of senders, in the order of their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// Spans that are senders only where others say that they received from them.
    Passed,
    /// Senders, told also where nobody received.
    Sent,
}

/// When a span began, and when it was over, where that is known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ran {
    pub(super) start: i64,
    pub(super) end: Option<i64>,
}

impl Ran {
    fn merge(&mut self, other: Self) {
        self.start = self.start.min(other.start);
        self.end = self.end.max(other.end);
    }

    /// The end as the number of a row.
    pub(super) fn end_number(self) -> i128 {
        self.end.map_or(i128::MIN, i128::from)
    }
}

/// A table, and the places of its operations in the order of their names.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known<'a> {
    pub(super) table: &'a SpanTable,
    pub(super) places: &'a [Operation],
}

impl Known<'_> {
    /// The place of an operation.
    #[inline]
    pub(super) fn place(self, operation: OperationId) -> Operation {
        self.places[operation.0 as usize]
    }
}

/// Id and operation of a span. Halves hold them, so that nobody looks for their
/// rows again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Said {
    pub(super) id: SpanId,
    pub(super) operation: OperationId,
}

impl Said {
    /// Those of the span at a row.
    #[inline]
    pub(super) fn of(table: &SpanTable, row: u32) -> Self {
        let (columns, row) = (&table.columns, row as usize);
        Self {
            id: columns.span_id[row],
            operation: columns.operation[row],
        }
    }
}

/// What a span knows of a hop.
trait Half: Copy {
    /// All of its key but the part and the trace, whose order it stands in.
    type Key: Ord;

    fn key(&self, known: Known<'_>) -> Self::Key;

    /// Takes in the times of a half with the same key.
    fn merge(&mut self, other: Self);
}

/// The half of a receiver.
#[derive(Clone, Copy, Debug)]
pub(super) struct Received {
    /// The number of the trace.
    pub(super) trace: u32,
    pub(super) own: Said,
    pub(super) sender: ([u64; 2], SpanId),
    pub(super) relation: &'static str,
    pub(super) ran: Ran,
}

impl Half for Received {
    type Key = (SpanId, Operation, ([u64; 2], SpanId), &'static str);

    fn key(&self, known: Known<'_>) -> Self::Key {
        let operation = known.place(self.own.operation);
        (self.own.id, operation, self.sender, self.relation)
    }

    fn merge(&mut self, other: Self) {
        self.ran.merge(other.ran);
    }
}

/// The half of a sender.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sent {
    /// The number of the trace.
    pub(super) trace: u32,
    pub(super) own: Said,
    /// The nearest receiver at or above it; nought where there is none.
    pub(super) above: SpanId,
    /// The top span above it.
    pub(super) top: Said,
    /// The top span is a real root.
    pub(super) is_root: bool,
    pub(super) ran: Ran,
    pub(super) top_ran: Ran,
}

impl Half for Sent {
    type Key = (SpanId, Operation, SpanId, (SpanId, Option<Operation>));

    fn key(&self, known: Known<'_>) -> Self::Key {
        let operation = known.place(self.own.operation);
        let root_operation = self.is_root.then(|| known.place(self.top.operation));
        let root = (self.top.id, root_operation);
        (self.own.id, operation, self.above, root)
    }

    fn merge(&mut self, other: Self) {
        self.ran.merge(other.ran);
        self.top_ran.merge(other.top_ran);
    }
}

/// Halves of one part, those of each trace in the order of their keys.
#[derive(Debug)]
struct Ordered<H> {
    all: Vec<H>,
    /// Where those of the last trace begin.
    first: usize,
}

impl<H> Default for Ordered<H> {
    fn default() -> Self {
        Self {
            all: Vec::new(),
            first: 0,
        }
    }
}

impl<H: Half> Ordered<H> {
    /// Puts the halves of a trace into their order, once all are there. Those
    /// with one key become one, as rows of a partial do.
    fn end_trace(&mut self, known: Known<'_>) {
        let first = self.first;
        if self.all.len() > first + 1 {
            self.all[first..].sort_unstable_by_key(|half| half.key(known));
            self.merge_equal(known);
        }
        self.first = self.all.len();
    }

    fn merge_equal(&mut self, known: Known<'_>) {
        let mut kept = self.first;
        for at in self.first + 1..self.all.len() {
            let half = self.all[at];
            if half.key(known) == self.all[kept].key(known) {
                self.all[kept].merge(half);
            } else {
                kept += 1;
                self.all[kept] = half;
            }
        }
        self.all.truncate(kept + 1);
    }
}

/// The halves of a batch by part, in the order of their names.
#[derive(Debug, Default)]
pub(super) struct Halves {
    passed: Ordered<Sent>,
    received: Ordered<Received>,
    sent: Ordered<Sent>,
}

impl Halves {
    pub(super) fn add_sent(&mut self, part: Part, half: Sent) {
        let halves = match part {
            Part::Passed => &mut self.passed,
            Part::Sent => &mut self.sent,
        };
        halves.all.push(half);
    }

    pub(super) fn add_received(&mut self, half: Received) {
        self.received.all.push(half);
    }

    /// Puts the halves of a trace into their order.
    pub(super) fn end_trace(&mut self, known: Known<'_>) {
        self.passed.end_trace(known);
        self.received.end_trace(known);
        self.sent.end_trace(known);
    }

    /// The halves of receivers.
    pub(super) fn of_receivers(&self) -> &[Received] {
        &self.received.all
    }

    /// The halves of senders of a part.
    pub(super) fn of_senders(&self, part: Part) -> &[Sent] {
        match part {
            Part::Passed => &self.passed.all,
            Part::Sent => &self.sent.all,
        }
    }

    /// Adds all of them to a partial.
    pub(super) fn flush(&self, table: &SpanTable, out: &mut Partial) {
        let counts = [&self.passed, &self.sent].map(|halves| halves.all.len());
        let rows = counts[0] + counts[1] + self.received.all.len();
        let is_new = out.is_empty();
        out.reserve(rows);
        let mut writer = Writer::new((table, out), is_new);
        writer.sent(super::PASSED, &self.passed.all);
        writer.received(&self.received.all);
        writer.sent(super::SENT, &self.sent.all);
    }
}
