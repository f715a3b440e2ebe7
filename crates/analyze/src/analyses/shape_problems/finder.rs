//! Finds shapes in one request after the other.

use super::cycle::Cycles;
use super::found::{Findings, Names};
use super::labels::{Called, Labels};
use super::ShapeProblems;
use crate::analyses::calls::Calls;
use crate::analyses::operations::operation_names;
use crate::facts::{fact_flags, FactColumns, OwnTimes};
use spanwise_model::{Span, SpanKind, SpanTable};

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
}

/// What one request is made of, and what was found in it.
pub(super) struct Finder<'a> {
    pub(super) options: &'a ShapeProblems,
    pub(super) facts: &'a FactColumns,
    pub(super) calls_of: Calls<'a>,
    pub(super) labels: Labels<'a>,
    /// When the spans of the request's trace ran.
    times: OwnTimes,
    cycles: Cycles,
    /// By row of the request: how many children, and who calls what is below.
    children: Vec<u32>,
    pub(super) callers: Vec<u32>,
    calls: Vec<Call>,
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
            times: OwnTimes::default(),
            cycles: Cycles::default(),
            children: Vec::new(),
            callers: Vec::new(),
            calls: Vec::new(),
            findings: Findings::default(),
        }
    }

    /// Looks for shapes in the request of the trace of this number.
    pub(super) fn search(&mut self, trace: u32, root: Span<'a>) {
        self.findings.clear();
        self.times.fill(self.calls_of.table, self.facts, trace);
        let floor = self.options.repeated_nano.min(self.options.saved_nano);
        let backs = self.cycles.search(self.calls_of, root);
        let lasts = self.duration_nano(root.row()) >= floor;
        if !lasts && backs.is_empty() {
            return;
        }
        self.find_callers(root);
        for back in backs {
            self.cycle(root, back);
        }
        if lasts {
            self.calls(root, floor);
        }
    }

    /// Looks at all calls of a request, of callers that last so long.
    fn calls(&mut self, root: Span<'a>, floor_nano: u64) {
        self.gather(root);
        let mut calls = std::mem::take(&mut self.calls);
        for calls in calls.chunk_by_mut(|a, b| a.caller == b.caller) {
            if calls.len() > 1 && self.duration_nano(calls[0].caller) >= floor_nano {
                self.caller(calls);
            }
        }
        self.chatty(&calls);
        self.calls = calls;
    }

    /// How long a span of the request's trace ran, on the clock of the policy and
    /// with a missing end filled in.
    pub(super) fn duration_nano(&self, row: u32) -> u64 {
        let (start, end) = self.times.of_row(row);
        end.abs_diff(start)
    }

    /// Finds out who makes the calls: the parent, or where that is a wrapper
    /// around one span, whoever is above it.
    fn find_callers(&mut self, root: Span<'_>) {
        let table = self.calls_of.table;
        let parents = &table.columns.parent;
        let first = root.row();
        self.children.clear();
        self.children.resize(root.subtree().len(), 0);
        for row in root.subtree().skip(1) {
            self.children[(parents[row as usize] - first) as usize] += 1;
        }
        self.callers.clear();
        self.callers.push(first);
        for row in root.subtree().skip(1) {
            let parent = parents[row as usize];
            let caller = if self.is_wrapper(row, parent, first) {
                self.callers[(parent - first) as usize]
            } else {
                row
            };
            self.callers.push(caller);
        }
    }

    fn is_wrapper(&self, row: u32, parent: u32, first: u32) -> bool {
        let kind = self.calls_of.kind(row);
        self.children[(row - first) as usize] == 1
            && matches!(kind, SpanKind::Internal | SpanKind::Unspecified)
            && !self.labels.is_call(parent, row)
    }

    /// The calls of a request by caller and start.
    fn gather(&mut self, root: Span<'a>) {
        let (table, first) = (self.calls_of.table, root.row());
        self.calls.clear();
        for row in root.subtree().skip(1) {
            let parent = table.columns.parent[row as usize];
            if !self.labels.is_call(parent, row) {
                continue;
            }
            let (start, end) = self.times.of_row(row);
            self.calls.push(Call {
                caller: self.callers[(parent - first) as usize],
                start,
                end,
                row,
                errs: self.facts.flags[row as usize] & fact_flags::ERRS != 0,
                called: Called::UNKNOWN,
            });
        }
        self.calls
            .sort_unstable_by_key(|call| (call.caller, call.start, call.row));
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
