//! Finds shapes in one request after the other.

use super::caller::Sorted;
use super::found::{Findings, Names};
use super::labels::{Called, Labels};
use super::walk::Walk;
use super::ShapeProblems;
use crate::analyses::calls::Calls;
use crate::analyses::operations::operation_names;
use crate::facts::{fact_flags, FactColumns, SpanTimes};
use spanwise_model::{Span, SpanTable};

/// A call by its caller.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call {
    pub(super) caller: u32,
    pub(super) start: i64,
    pub(super) end: i64,
    pub(super) row: u32,
    pub(super) errs: bool,
    /// What is known of it, once somebody asked.
    pub(super) called: Called,
}

impl Call {
    pub(super) fn nano(&self) -> u64 {
        self.end.abs_diff(self.start)
    }

    /// True where somebody asked for its label.
    pub(super) fn is_known(&self) -> bool {
        self.called != Called::UNKNOWN
    }
}

/// What one request is made of, and what was found in it.
pub(super) struct Finder<'a> {
    pub(super) options: &'a ShapeProblems,
    pub(super) facts: &'a FactColumns,
    pub(super) calls_of: Calls<'a>,
    pub(super) labels: Labels<'a>,
    /// When the spans of the request ran.
    times: SpanTimes<'a>,
    pub(super) walk: Walk<'a>,
    /// The calls of one caller.
    calls: Vec<Call>,
    pub(super) sorted: Sorted,
    pub(super) findings: Findings,
}

impl<'a> Finder<'a> {
    pub(super) fn new(
        options: &'a ShapeProblems,
        table: &'a SpanTable,
        facts: &'a FactColumns,
    ) -> Self {
        Self {
            options,
            facts,
            calls_of: Calls { table },
            labels: Labels::new(table),
            times: SpanTimes::new(table, facts),
            walk: Walk::new(table),
            calls: Vec::new(),
            sorted: Sorted::default(),
            findings: Findings::default(),
        }
    }

    /// Looks for shapes in the request under `root`.
    pub(super) fn search(&mut self, root: Span<'a>) {
        self.findings.clear();
        self.times.enter(root);
        let floor = self.options.repeated_nano.min(self.options.saved_nano);
        let lasts = self.duration_nano(root.row()) >= floor;
        self.walk.run(root, &self.times);
        for at in 0..self.walk.backs.len() {
            self.cycle(root, self.walk.backs[at]);
        }
        if lasts {
            self.calls(floor);
        }
    }

    /// Looks at all calls of a request, of callers that last so long.
    fn calls(&mut self, floor_nano: u64) {
        let mut calls = std::mem::take(&mut self.calls);
        for at in 0..self.walk.callers().len() {
            let caller = self.walk.callers()[at];
            if self.walk.makes_several(caller) && self.duration_nano(caller) >= floor_nano {
                self.gather(caller, &mut calls);
                self.caller(&mut calls);
            }
        }
        self.calls = calls;
        self.chatty();
    }

    /// How long a span of the request ran, on the clock of the policy and with a
    /// missing end filled in.
    #[inline]
    pub(super) fn duration_nano(&self, row: u32) -> u64 {
        self.times.nano(row)
    }

    /// The calls of a caller in the order of their starts.
    fn gather(&self, caller: u32, calls: &mut Vec<Call>) {
        calls.clear();
        calls.extend(self.walk.calls_of(caller).map(|row| self.call(caller, row)));
        calls.reverse();
        let order = |call: &Call| (call.start, call.row);
        if !calls.is_sorted_by_key(order) {
            calls.sort_unstable_by_key(order);
        }
    }

    pub(super) fn call(&self, caller: u32, row: u32) -> Call {
        let (start, end) = self.times.of_row(row);
        Call {
            caller,
            start,
            end,
            row,
            errs: self.facts.flags[row as usize] & fact_flags::ERRS != 0,
            called: Called::UNKNOWN,
        }
    }

    /// The names of a problem with these calls.
    pub(super) fn names(&mut self, caller: u32, labels: &[u32]) -> Names {
        let table = self.calls_of.table;
        let operation = table.columns.operation[caller as usize];
        let [service, name, _] = operation_names(table, operation);
        let names = &mut self.labels;
        [
            names.intern(service),
            names.intern(name),
            names.joined(labels, |label| label.operation),
            names.joined(labels, |label| label.peer),
            names.joined(labels, |label| label.template),
        ]
    }

    pub(super) fn tolerance_nano(&self) -> i64 {
        i64::try_from(self.facts.policy.tolerance_nano).unwrap_or(i64::MAX)
    }
}
