//! Finds shapes in one request after the other.

use super::labels::{Called, Labels};
use super::repeated::{is_paged, Arguments, Repeated};
use super::saving::Cap;
use super::serial::{self, Signs};
use super::writes::is_write;
use super::{Problem, ShapeProblems};
use crate::analyses::calls::Calls;
use crate::facts::{fact_flags, FactColumns};
use spanwise_model::{Span, SpanKind, SpanTable};
use std::ops::Range;

/// A call by its caller.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call {
    pub(super) caller: u32,
    pub(super) start: i64,
    pub(super) end: i64,
    pub(super) row: u32,
    pub(super) errs: bool,
    pub(super) called: Called,
}

impl Call {
    pub(super) fn nano(&self) -> u64 {
        self.end.abs_diff(self.start)
    }
}

/// A shape under one caller.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) problem: Problem,
    pub(super) caller: u32,
    /// The labels that it is about.
    pub(super) labels: Vec<u32>,
    pub(super) calls: u64,
    pub(super) sequential: u64,
    pub(super) arguments: Arguments,
    /// What is known of serial calls; with none of these the shape is there and
    /// no problem.
    pub(super) signs: Signs,
    pub(super) writes: bool,
    /// Where its caps stand; empty where it is no problem.
    pub(super) caps: Range<usize>,
}

/// What one request is made of, and what was found in it.
pub(super) struct Finder<'a> {
    options: &'a ShapeProblems,
    facts: &'a FactColumns,
    calls_of: Calls<'a>,
    pub(super) labels: Labels<'a>,
    /// By row of the request: how many children, and who calls what is below.
    children: Vec<u32>,
    callers: Vec<u32>,
    calls: Vec<Call>,
    pub(super) found: Vec<Found>,
    pub(super) caps: Vec<Cap>,
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
            children: Vec::new(),
            callers: Vec::new(),
            calls: Vec::new(),
            found: Vec::new(),
            caps: Vec::new(),
        }
    }

    /// Looks for shapes in a request.
    pub(super) fn search(&mut self, root: Span<'a>) {
        self.found.clear();
        self.caps.clear();
        if root.duration_nano() < self.floor_nano() {
            return;
        }
        self.find_callers(root);
        self.gather(root);
        let mut calls = std::mem::take(&mut self.calls);
        for calls in calls.chunk_by_mut(|a, b| a.caller == b.caller) {
            if calls.len() > 1 {
                self.caller(calls);
            }
        }
        self.calls = calls;
    }

    /// Puts what was found into an order that the request alone decides.
    pub(super) fn settle(&mut self) {
        let caps = &self.caps;
        let first = |found: &Found| caps.get(found.caps.start).map(|cap| cap.0);
        self.found
            .sort_by_key(|found| (found.problem, found.caller, first(found)));
    }

    /// What the spans of a shape last beyond their caps.
    pub(super) fn excess_nano(&self, found: &Found) -> u64 {
        let caps = self.caps[found.caps.clone()].iter();
        caps.fold(0, |sum, &(row, most)| {
            self.duration_nano(row)
                .saturating_sub(most)
                .saturating_add(sum)
        })
    }

    /// What lasts less holds no problem.
    fn floor_nano(&self) -> u64 {
        self.options.repeated_nano.min(self.options.serial_nano)
    }

    fn duration_nano(&self, row: u32) -> u64 {
        self.calls_of.table.columns.duration_nano[row as usize]
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

    fn is_wrapper(&mut self, row: u32, parent: u32, first: u32) -> bool {
        let calls = self.calls_of;
        let inner = matches!(calls.kind(row), SpanKind::Internal | SpanKind::Unspecified);
        self.children[(row - first) as usize] == 1 && inner && !self.labels.is_call(parent, row)
    }

    /// The calls of a request by caller and start.
    fn gather(&mut self, root: Span<'a>) {
        let (table, first, floor) = (self.calls_of.table, root.row(), self.floor_nano());
        self.calls.clear();
        for row in root.subtree().skip(1) {
            let parent = table.columns.parent[row as usize];
            let caller = self.callers[(parent - first) as usize];
            let flags = self.facts.flags[row as usize];
            if self.duration_nano(caller) < floor || !self.labels.is_call(parent, row) {
                continue;
            }
            let span = Span::new(table, row);
            self.calls.push(Call {
                caller,
                start: span.start_unix_nano(),
                end: span.end_unix_nano(),
                row,
                errs: flags & fact_flags::ERRS != 0,
                called: Called {
                    label: u32::MAX,
                    arguments: None,
                },
            });
        }
        self.calls
            .sort_unstable_by_key(|call| (call.caller, call.start, call.row));
    }

    /// Looks at all calls of one caller.
    fn caller(&mut self, calls: &mut [Call]) {
        for call in calls.iter_mut() {
            call.called = self.labels.of(call.row);
        }
        let mut by_label = calls.to_vec();
        by_label.sort_by_key(|call| call.called.label);
        let many = self.options.repeated_calls as usize;
        for calls in by_label.chunk_by(|a, b| a.called.label == b.called.label) {
            if calls.len() >= many {
                self.repeated(calls);
            }
        }
        let few = by_label.chunk_by(|a, b| a.called.label == b.called.label);
        let few = few.filter(|calls| calls.len() < many);
        let mut few: Vec<Call> = few.flat_map(without_retried).copied().collect();
        few.sort_unstable_by_key(|call| (call.start, call.row));
        self.serial(&few);
    }

    /// Calls of one label: those that failed do not count.
    fn repeated(&mut self, calls: &[Call]) {
        let calls: Vec<Call> = calls.iter().filter(|call| !call.errs).copied().collect();
        let Some(&Call { caller, called, .. }) = calls.first() else {
            return;
        };
        let tolerance_nano = i64::try_from(self.facts.policy.tolerance_nano).unwrap_or(i64::MAX);
        let known = Repeated::of(&calls, tolerance_nano);
        let problem = known.problem(self.options, self.duration_nano(caller));
        let Some(problem) = problem.filter(|_| !is_paged(self.template(called.label))) else {
            return;
        };
        let caps = self.all_but_longest(&calls);
        self.found.push(Found {
            problem,
            caller,
            labels: vec![called.label],
            calls: known.calls,
            sequential: known.sequential,
            arguments: known.arguments,
            signs: Signs::default(),
            writes: false,
            caps,
        });
    }

    /// Calls of several labels without a pause.
    fn serial(&mut self, calls: &[Call]) {
        for group in serial::groups(calls) {
            let calls = &calls[group.first..group.end];
            let caller = calls[0].caller;
            if !serial::is_worth(calls, self.options, self.duration_nano(caller)) {
                continue;
            }
            let Some(signs) = Signs::of(calls, &self.labels) else {
                continue;
            };
            let caps = match group.is_serial {
                true => self.all_but_longest(calls),
                false => 0..0,
            };
            let mut writes = signs
                .labels
                .iter()
                .map(|&label| is_write(self.template(label)));
            self.found.push(Found {
                problem: Problem::SerialCalls,
                caller,
                labels: signs.labels.clone(),
                calls: calls.len() as u64,
                sequential: calls.len() as u64 - 1,
                arguments: Arguments::Unknown,
                writes: writes.any(|write| write),
                signs,
                caps,
            });
        }
    }

    fn template(&self, label: u32) -> &str {
        self.labels.text(self.labels.get(label).template)
    }

    /// As if only the longest of these calls had been made, or all of them at
    /// the time of the longest.
    fn all_but_longest(&mut self, calls: &[Call]) -> Range<usize> {
        let longest = calls.iter().rev().max_by_key(|call| call.nano());
        let longest = longest.map(|call| call.row);
        let others = calls.iter().filter(|call| Some(call.row) != longest);
        let first = self.caps.len();
        self.caps.extend(others.map(|call| (call.row, 0)));
        first..self.caps.len()
    }
}

/// Calls of one label but for those that failed and were made again.
fn without_retried(calls: &[Call]) -> impl Iterator<Item = &Call> {
    let last = calls.len() - 1;
    let calls = calls.iter().enumerate();
    let counts = move |(at, call): (usize, _)| {
        let call: &Call = call;
        (at == last || !call.errs).then_some(call)
    };
    calls.filter_map(counts)
}
