//! One pass over the spans of a request: who calls whom, who is called back,
//! and which spans last long.

use super::cycle::{Back, Cycles};
use super::edges::Edges;
use super::magic::SHORTEST;
use crate::analyses::calls::Side;
use crate::facts::SpanTimes;
use spanwise_model::semconv::Families;
use spanwise_model::{OperationId, Span, SpanKind, SpanTable};
use std::ops::Range;

/// No call.
const NONE: u32 = u32::MAX;

/// A call, and who makes it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Made {
    pub(super) caller: u32,
    pub(super) row: u32,
    /// The place of the call that the caller made before.
    before: u32,
}

/// A span as what others are below.
#[derive(Clone, Copy, Debug)]
struct Above {
    side: Side,
    /// Who makes the calls below: the span itself, or where that is a wrapper
    /// around one span, whoever is above it.
    caller: u32,
    /// The place of the last call that the span made.
    last: u32,
}

/// What is known of the spans of one request.
pub(super) struct Walk<'a> {
    table: &'a SpanTable,
    first: u32,
    /// By row of the request.
    above: Vec<Above>,
    /// The calls in the order of their rows.
    pub(super) made: Vec<Made>,
    /// Who makes calls: the first so many of these.
    callers: Vec<u32>,
    count: usize,
    edges: Edges,
    cycles: Cycles<'a>,
    /// Spans that are called back.
    pub(super) backs: Vec<Back>,
    /// Spans that may last as long as somebody chose.
    pub(super) long: Vec<u32>,
    /// By operation: how many spans there are in all requests.
    pub(super) seen: Vec<u64>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(table: &'a SpanTable) -> Self {
        Self {
            table,
            first: 0,
            above: Vec::new(),
            made: Vec::new(),
            callers: Vec::new(),
            count: 0,
            edges: Edges::new(),
            cycles: Cycles::new(table),
            backs: Vec::new(),
            long: Vec::new(),
            seen: vec![0; table.operations.len()],
        }
    }

    /// Looks at all spans of a request; calls are kept where they are wanted.
    pub(super) fn run(&mut self, root: Span<'_>, times: &SpanTimes<'_>, wants_calls: bool) {
        self.made.clear();
        self.count = 0;
        self.cycles.find(root, &mut self.backs);
        if wants_calls || !self.backs.is_empty() {
            self.enter(root);
            self.calls(root.subtree());
        }
        self.count(root.subtree(), times);
    }

    /// Finds the calls of a request.
    fn calls(&mut self, rows: Range<u32>) {
        let columns = &self.table.columns;
        let range = rows.start as usize + 1..rows.end as usize;
        let spans = columns.operation[range.clone()].iter();
        let spans = spans.zip(&columns.parent[range]);
        for (row, (&operation, &parent)) in (rows.start + 1..rows.end).zip(spans) {
            let side = self.side(operation);
            let above = self.above[(parent - self.first) as usize];
            let calls = self.edges.calls(above.side, side);
            let is_call = calls.hold(self.families(row));
            if is_call {
                self.make(above.caller, row);
            }
            // Each is as good as random, so that nothing hangs on guessing it.
            let is_wrapper = !is_call & is_local(side.kind) & self.has_one_child(row);
            let caller = if is_wrapper { above.caller } else { row };
            self.push(side, caller);
        }
    }

    fn enter(&mut self, root: Span<'_>) {
        self.first = root.row();
        let spans = root.subtree().len();
        if self.callers.len() < spans {
            self.callers.resize(spans, NONE);
        }
        self.above.clear();
        self.above.reserve(spans);
        self.push(self.side(root.operation_id()), root.row());
    }

    #[inline]
    fn push(&mut self, side: Side, caller: u32) {
        self.above.push(Above {
            side,
            caller,
            last: NONE,
        });
    }

    /// Counts the spans of a request, and finds those that last long.
    fn count(&mut self, rows: Range<u32>, times: &SpanTimes<'_>) {
        self.long.clear();
        let range = rows.start as usize..rows.end as usize;
        for &operation in &self.table.columns.operation[range] {
            self.seen[operation.0 as usize] += 1;
        }
        self.long.resize(rows.len() + 1, 0);
        let mut count = 0;
        for row in rows {
            self.long[count] = row;
            count += usize::from(times.may_last(row, SHORTEST));
        }
        self.long.truncate(count);
    }

    #[inline]
    fn side(&self, operation: OperationId) -> Side {
        let operations = &self.table.operations;
        Side {
            kind: operations.kind(operation),
            service: operations.service(operation),
        }
    }

    #[inline]
    fn families(&self, row: u32) -> Families {
        let evidence = self.table.columns.evidence[row as usize];
        self.table.store.evidence.families(evidence)
    }

    #[inline]
    fn make(&mut self, caller: u32, row: u32) {
        let place = self.made.len() as u32;
        let last = &mut self.above[(caller - self.first) as usize].last;
        let before = std::mem::replace(last, place);
        self.made.push(Made {
            caller,
            row,
            before,
        });
        // Whether a call is the first of its caller is as good as random, so that
        // nothing hangs on guessing it.
        self.callers[self.count] = caller;
        self.count += usize::from(before == NONE);
    }

    #[inline]
    fn has_one_child(&self, row: u32) -> bool {
        // Whatever stands behind a span without children ends later.
        let ends = &self.table.columns.subtree_end;
        ends.get(row as usize + 1) == Some(&ends[row as usize])
    }

    /// Who makes calls.
    pub(super) fn callers(&self) -> &[u32] {
        &self.callers[..self.count]
    }

    /// Who makes the calls below a span.
    #[inline]
    pub(super) fn caller(&self, row: u32) -> u32 {
        self.above[(row - self.first) as usize].caller
    }

    /// True where a caller makes more than one call.
    #[inline]
    pub(super) fn makes_several(&self, caller: u32) -> bool {
        let last = self.above[(caller - self.first) as usize].last;
        let last = self.made.get(last as usize);
        last.is_some_and(|made| made.before != NONE)
    }

    /// The rows of a caller's calls, the last one first.
    pub(super) fn calls_of(&self, caller: u32) -> impl Iterator<Item = u32> + '_ {
        let at = |place: u32| self.made.get(place as usize);
        let last = self.above[(caller - self.first) as usize].last;
        std::iter::successors(at(last), move |made| at(made.before)).map(|made| made.row)
    }
}

#[inline]
fn is_local(kind: SpanKind) -> bool {
    matches!(kind, SpanKind::Internal | SpanKind::Unspecified)
}
