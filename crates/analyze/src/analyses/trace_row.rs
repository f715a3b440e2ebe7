//! What the listing of traces tells of one trace, found in one pass over it.

use crate::facts::{fact_flags, FactColumns};
use spanwise_model::trace::TopKind;
use spanwise_model::{flags, OperationId, Span, SpanTable, Symbol, Trace};
use std::cmp::Reverse;

/// A row of the listing.
pub(super) struct TraceRow<'a> {
    pub(super) trace: Trace<'a>,
    pub(super) top: Span<'a>,
    /// First start to last end, in nanoseconds.
    pub(super) extent_nano: i128,
    pub(super) services: usize,
    pub(super) errors: usize,
    /// The operation with the most critical time; of equal ones the first by
    /// name.
    pub(super) critical: Option<(OperationId, u64)>,
    pub(super) components: usize,
    /// Why the trace is not complete.
    pub(super) reasons: Vec<&'static str>,
}

/// Reads rows of the listing, with scratch kept from trace to trace.
pub(super) struct TraceRows<'a> {
    table: &'a SpanTable,
    facts: &'a FactColumns,
    /// By symbol of the service: the trace that had it last.
    last_trace: Vec<u32>,
    /// By operation: its critical time in the trace.
    critical_nano: Vec<u64>,
    /// The operations of the trace that have been on the path.
    on_path: Vec<OperationId>,
}

/// Sums over the spans of a trace.
#[derive(Default)]
struct Sums {
    services: usize,
    errors: usize,
    unfinished: bool,
    /// Top spans by kind.
    tops: [usize; 3],
}

impl<'a> TraceRows<'a> {
    pub(super) fn new(table: &'a SpanTable, facts: &'a FactColumns) -> Self {
        Self {
            table,
            facts,
            last_trace: vec![u32::MAX; table.store.strings.len()],
            critical_nano: vec![0; table.operations.len()],
            on_path: Vec::new(),
        }
    }

    /// The row of a trace.
    pub(super) fn read(&mut self, index: u32) -> TraceRow<'a> {
        let trace = self.table.trace(index);
        let sums = self.sums(trace);
        let top = trace.primary();
        let (start, end) = trace.extent_unix_nano();
        TraceRow {
            trace,
            top,
            extent_nano: i128::from(end) - i128::from(start),
            services: sums.services,
            errors: sums.errors,
            critical: self.most_critical(top),
            components: sums.tops.iter().sum(),
            reasons: sums.reasons(),
        }
    }

    fn sums(&mut self, trace: Trace<'_>) -> Sums {
        let rows = trace.rows().start as usize..trace.rows().end as usize;
        let columns = &self.table.columns;
        let mut sums = Sums::default();
        for operation in &columns.operation[rows.clone()] {
            let service = self.table.operations.service(*operation);
            let last = &mut self.last_trace[service.index()];
            let is_new = std::mem::replace(last, trace.index()) != trace.index();
            sums.services += usize::from(is_new && service != Symbol::EMPTY);
        }
        let errs = |flags: &&u8| **flags & fact_flags::ERRS != 0;
        sums.errors = self.facts.flags[rows.clone()].iter().filter(errs).count();
        let all = columns.flags[rows].iter().fold(0, |all, flags| all | flags);
        sums.unfinished = all & flags::MISSING_END != 0;
        for top in trace.tops() {
            sums.tops[top.top_kind() as usize] += 1;
        }
        sums
    }

    fn most_critical(&mut self, top: Span<'_>) -> Option<(OperationId, u64)> {
        let rows = top.subtree().start as usize..top.subtree().end as usize;
        let facts = self.facts.flags[rows.clone()].iter();
        let facts = facts.zip(&self.facts.critical_nano[rows.clone()]);
        for (&operation, (flags, &nano)) in self.table.columns.operation[rows].iter().zip(facts) {
            if flags & fact_flags::ON_PATH != 0 {
                // An operation whose tiles have no length may be listed twice.
                let time = &mut self.critical_nano[operation.0 as usize];
                if *time == 0 {
                    self.on_path.push(operation);
                }
                *time = time.saturating_add(nano);
            }
        }
        let operations = &self.table.operations;
        let name = |id: OperationId| {
            let (service, name) = (operations.service(id), operations.name(id));
            (
                self.table.text(service),
                self.table.text(name),
                operations.kind(id),
            )
        };
        let times = &self.critical_nano;
        let time = |id: OperationId| times[id.0 as usize];
        let most = self.on_path.iter().copied();
        let most = most.min_by(|&one, &other| {
            let longest = Reverse(time(one)).cmp(&Reverse(time(other)));
            longest.then_with(|| name(one).cmp(&name(other)))
        });
        let most = most.map(|id| (id, time(id)));
        for operation in self.on_path.drain(..) {
            self.critical_nano[operation.0 as usize] = 0;
        }
        most
    }
}

impl Sums {
    fn reasons(&self) -> Vec<&'static str> {
        let count = |kind: TopKind| self.tops[kind as usize];
        let all = [
            (count(TopKind::Root) == 0, "no_root"),
            (count(TopKind::Root) > 1, "several_roots"),
            (count(TopKind::Orphan) > 0, "orphans"),
            (count(TopKind::CycleHead) > 0, "cycle"),
            (self.unfinished, "missing_end"),
        ];
        let hold = all.iter().filter(|(holds, _)| *holds);
        hold.map(|&(_, name)| name).collect()
    }
}
