//! One pass over the spans of a request: who calls whom, who may be called back,
//! and which spans last long.
//!
//! Each span passes on which services are above, a bit each, so that a request in
//! which none comes again below another is searched for no calls back.

use super::cycle::{Back, Cycles};
use super::edges::Edges;
use super::magic::SHORTEST;
use crate::analyses::calls::Side;
use crate::facts::SpanTimes;
use rustc_hash::FxHashMap;
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

/// What the operation of a span says of it.
#[derive(Clone, Copy, Debug)]
struct Told {
    side: Side,
    /// The bit of its service.
    service: u64,
}

/// A span as what others are below.
#[derive(Clone, Copy, Debug)]
struct Above {
    side: Side,
    /// The bits of the services of the span and of all above.
    services: u64,
    /// Who makes the calls below: the span itself, or where that is a wrapper
    /// around one span, whoever is above it.
    caller: u32,
    /// The place of the last call that the span made.
    last: u32,
}

/// The calls of one request.
#[derive(Debug, Default)]
struct Calls {
    /// In the order of their rows.
    made: Vec<Made>,
    /// Who makes calls: the first so many of these.
    callers: Vec<u32>,
    count: usize,
}

impl Calls {
    /// Forgets all, and makes room for those of so many spans.
    fn clear(&mut self, spans: usize) {
        self.made.clear();
        self.count = 0;
        self.callers.resize(self.callers.len().max(spans), NONE);
    }

    /// Adds a call (of its caller, its row) behind the last one of its caller.
    #[inline]
    fn make(&mut self, (caller, row): (u32, u32), last: &mut u32) {
        let before = std::mem::replace(last, self.made.len() as u32);
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
}

/// What is known of the spans of one request.
pub(super) struct Walk<'a> {
    table: &'a SpanTable,
    first: u32,
    /// By operation.
    told: Vec<Told>,
    /// No two services have one bit.
    are_apart: bool,
    /// By row of the request.
    above: Vec<Above>,
    calls: Calls,
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
        let (told, services) = told(table);
        Self {
            table,
            first: 0,
            told,
            are_apart: services <= u64::BITS as usize,
            above: Vec::new(),
            calls: Calls::default(),
            edges: Edges::new(),
            cycles: Cycles::new(table),
            backs: Vec::new(),
            long: Vec::new(),
            seen: vec![0; table.operations.len()],
        }
    }

    /// Looks at all spans of a request.
    pub(super) fn run(&mut self, root: Span<'_>, times: &SpanTimes<'_>) {
        let rows = root.subtree();
        self.enter(root);
        self.backs.clear();
        if self.spans(rows.clone()) {
            self.cycles.find(root, &mut self.backs);
        }
        self.long(rows, times);
    }

    fn enter(&mut self, root: Span<'_>) {
        let spans = root.subtree().len();
        self.first = root.row();
        self.calls.clear(spans);
        let operation = root.operation_id().0 as usize;
        self.seen[operation] += 1;
        let Told { side, service } = self.told[operation];
        let above = Above {
            side,
            services: service,
            caller: root.row(),
            last: NONE,
        };
        self.above.resize(self.above.len().max(spans), above);
        self.above[0] = above;
    }

    /// Finds the calls below the root of a request; true where a service may come
    /// again below another one.
    fn spans(&mut self, rows: Range<u32>) -> bool {
        let (first, table) = (rows.start, self.table);
        let all = rows.start as usize..rows.end as usize;
        let below = all.start + 1..all.end;
        let (columns, sets) = (&table.columns, &table.store.evidence);
        let spans = columns.operation[below.clone()].iter();
        let spans = spans.zip(&columns.parent[below.clone()]);
        let spans = (1..).zip(spans.zip(&columns.evidence[below]));
        let (ends, above) = (&columns.subtree_end[all], &mut self.above[..rows.len()]);
        let (told, seen) = (self.told.as_slice(), self.seen.as_mut_slice());
        let mut again = !self.are_apart;
        for (at, ((&operation, &parent), &set)) in spans {
            seen[operation.0 as usize] += 1;
            let Told { side, service } = told[operation.0 as usize];
            let over = above[(parent - first) as usize];
            again |= (over.side.service != side.service) & (over.services & service != 0);
            let row = first + at as u32;
            let is_call = self.edges.calls(over.side, side).hold(sets.families(set));
            if is_call {
                let caller = &mut above[(over.caller - first) as usize];
                self.calls.make((over.caller, row), &mut caller.last);
            }
            // Each is as good as random, so that nothing hangs on guessing it.
            // Whatever stands behind a span without children ends later.
            let has_one_child = ends.get(at + 1) == Some(&ends[at]);
            let is_wrapper = !is_call & is_local(side.kind) & has_one_child;
            above[at] = Above {
                side,
                services: over.services | service,
                caller: if is_wrapper { over.caller } else { row },
                last: NONE,
            };
        }
        again
    }

    /// Finds the spans of a request that last long.
    fn long(&mut self, rows: Range<u32>, times: &SpanTimes<'_>) {
        self.long.clear();
        self.long.resize(rows.len() + 1, 0);
        let mut count = 0;
        for row in rows {
            self.long[count] = row;
            count += usize::from(times.may_last(row, SHORTEST));
        }
        self.long.truncate(count);
    }

    /// Who makes calls.
    pub(super) fn callers(&self) -> &[u32] {
        &self.calls.callers[..self.calls.count]
    }

    /// The calls in the order of their rows.
    pub(super) fn made(&self) -> &[Made] {
        &self.calls.made
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
        let last = self.calls.made.get(last as usize);
        last.is_some_and(|made| made.before != NONE)
    }

    /// The rows of a caller's calls, the last one first.
    pub(super) fn calls_of(&self, caller: u32) -> impl Iterator<Item = u32> + '_ {
        let at = |place: u32| self.calls.made.get(place as usize);
        let last = self.above[(caller - self.first) as usize].last;
        std::iter::successors(at(last), move |made| at(made.before)).map(|made| made.row)
    }
}

/// By operation, what it says of its spans, and how many services there are.
fn told(table: &SpanTable) -> (Vec<Told>, usize) {
    let operations = &table.operations;
    let mut numbers = FxHashMap::default();
    let all = (0..operations.len() as u32).map(OperationId);
    let told = all.map(|id| {
        let service = operations.service(id);
        let next = numbers.len() as u32;
        let number = *numbers.entry(service).or_insert(next);
        let kind = operations.kind(id);
        Told {
            side: Side { kind, service },
            service: 1 << (number % u64::BITS),
        }
    });
    let told = told.collect();
    (told, numbers.len())
}

#[inline]
fn is_local(kind: SpanKind) -> bool {
    matches!(kind, SpanKind::Internal | SpanKind::Unspecified)
}
