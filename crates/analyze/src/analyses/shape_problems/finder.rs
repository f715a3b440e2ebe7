//! Finds shapes in one request after the other.

use super::chatty;
use super::cycle::{Back, Cycles};
use super::fanout;
use super::found::{all_but_longest, Findings, Names, Shape, Signs};
use super::labels::{Called, Labels};
use super::magic::plateau_of;
use super::repeated::{is_paged, Arguments, Repeated};
use super::serial;
use super::{Problem, ShapeProblems};
use crate::analyses::calls::Calls;
use crate::analyses::operations::operation_names;
use crate::facts::{fact_flags, FactColumns};
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
    options: &'a ShapeProblems,
    facts: &'a FactColumns,
    calls_of: Calls<'a>,
    pub(super) labels: Labels<'a>,
    cycles: Cycles,
    /// By row of the request: how many children, and who calls what is below.
    children: Vec<u32>,
    callers: Vec<u32>,
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
            cycles: Cycles::default(),
            children: Vec::new(),
            callers: Vec::new(),
            calls: Vec::new(),
            findings: Findings::default(),
        }
    }

    /// Looks for shapes in a request.
    pub(super) fn search(&mut self, root: Span<'a>) {
        self.findings.clear();
        let floor = self.options.repeated_nano.min(self.options.saved_nano);
        let backs = self.cycles.search(self.calls_of, root);
        let lasts = root.duration_nano() >= floor;
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

    pub(super) fn duration_nano(&self, row: u32) -> u64 {
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
            let span = Span::new(table, row);
            self.calls.push(Call {
                caller: self.callers[(parent - first) as usize],
                start: span.start_unix_nano(),
                end: span.end_unix_nano(),
                row,
                errs: self.facts.flags[row as usize] & fact_flags::ERRS != 0,
                called: Called {
                    label: u32::MAX,
                    arguments: None,
                },
            });
        }
        self.calls
            .sort_unstable_by_key(|call| (call.caller, call.start, call.row));
    }

    /// True where lengths alone say that the calls of a caller hold no problem.
    fn is_harmless(&self, calls: &[Call]) -> bool {
        if calls.iter().any(|call| call.errs) {
            return false;
        }
        let (options, caller) = (self.options, self.duration_nano(calls[0].caller));
        if calls.len() >= options.repeated_calls as usize {
            let total = calls.iter().map(Call::nano).fold(0, u64::saturating_add);
            return total < options.repeated_nano.min(options.saved_nano);
        }
        let groups = serial::groups(calls);
        !groups
            .iter()
            .any(|group| serial::is_worth(&calls[group.first..group.end], options, caller))
    }

    /// Looks at all calls of one caller.
    fn caller(&mut self, calls: &mut [Call]) {
        if self.is_harmless(calls) {
            return;
        }
        for call in calls.iter_mut() {
            call.called = self.labels.of(call.row);
        }
        let many = self.options.repeated_calls as usize;
        if calls.len() >= many {
            self.fan_outs(calls);
        }
        let mut by_label = calls.to_vec();
        by_label.sort_by_key(|call| call.called.label);
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

    /// The names of a problem with these calls.
    fn names(&mut self, caller: u32, labels: &[u32]) -> Names {
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

    fn tolerance_nano(&self) -> i64 {
        i64::try_from(self.facts.policy.tolerance_nano).unwrap_or(i64::MAX)
    }

    /// Calls of one label: those that failed do not count.
    fn repeated(&mut self, calls: &[Call]) {
        let calls: Vec<Call> = calls.iter().filter(|call| !call.errs).copied().collect();
        let Some(&Call { caller, called, .. }) = calls.first() else {
            return;
        };
        let known = Repeated::of(&calls, self.tolerance_nano());
        let problem = known.problem(self.options, self.duration_nano(caller));
        let template = self.labels.get(called.label).template;
        let Some(problem) = problem.filter(|_| !is_paged(self.labels.text(template))) else {
            return;
        };
        let names = self.names(caller, &[called.label]);
        let shape = Shape {
            calls: known.calls,
            sequential: known.sequential,
            signs: Signs {
                equal: known.arguments == Arguments::Equal,
                different: known.arguments == Arguments::Different,
                ..Signs::default()
            },
        };
        self.findings
            .push((problem, names, caller), shape, all_but_longest(&calls));
    }

    /// Calls of several labels without a pause.
    fn serial(&mut self, calls: &[Call]) {
        for group in serial::groups(calls) {
            let calls = &calls[group.first..group.end];
            let caller = calls[0].caller;
            if !serial::is_worth(calls, self.options, self.duration_nano(caller)) {
                continue;
            }
            let Some((labels, signs)) = serial::signs(calls, &self.labels) else {
                continue;
            };
            let names = self.names(caller, &labels);
            let shape = Shape {
                calls: calls.len() as u64,
                sequential: calls.len() as u64 - 1,
                signs,
            };
            let caps = all_but_longest(calls).filter(|_| group.is_serial);
            self.findings
                .push((Problem::SerialCalls, names, caller), shape, caps);
        }
    }

    /// Calls of one template at once, of whomever.
    fn fan_outs(&mut self, calls: &[Call]) {
        let labels = &self.labels;
        let key = |call: &Call| {
            let label = labels.get(call.called.label);
            (label.operation, label.template)
        };
        let mut calls = calls.to_vec();
        calls.sort_by_key(key);
        let groups = calls.chunk_by(|a, b| key(a) == key(b));
        let groups: Vec<&[Call]> = groups
            .filter(|calls| calls.len() >= self.options.repeated_calls as usize)
            .collect();
        for calls in groups {
            self.fan_out(calls);
        }
    }

    fn fan_out(&mut self, calls: &[Call]) {
        let known = Repeated::of(calls, self.tolerance_nano());
        if !fanout::is_at_once(&known) {
            return;
        }
        let caller = calls[0].caller;
        let label = calls[0].called.label;
        let mut names = self.names(caller, &[label]);
        let peer = |call: &Call| self.labels.get(call.called.label).peer;
        if calls.iter().any(|call| peer(call) != names[3]) {
            names[3] = self.labels.intern("");
        }
        let caps = fanout::stragglers(calls, self.options);
        let shape = Shape {
            calls: known.calls,
            sequential: known.sequential,
            signs: Signs {
                mark: fanout::slowest(calls, &self.labels),
                ..Signs::default()
            },
        };
        self.findings
            .push((Problem::FanoutTail, names, caller), shape, caps);
    }

    /// Many calls from one service to another.
    fn chatty(&mut self, calls: &[Call]) {
        let many = self.options.chatty_calls as usize;
        if calls.len() < many {
            return;
        }
        for calls in chatty::edges(calls, &mut self.labels, many) {
            let few = self.options.repeated_calls as usize;
            let calls = chatty::without_repeated(calls, &mut self.labels, few);
            if calls.len() >= many {
                self.chatty_edge(&calls);
            }
        }
    }

    fn chatty_edge(&mut self, calls: &[Call]) {
        let (trip, measured) = chatty::trip_nano(calls, &self.labels);
        if trip.saturating_mul(calls.len() as u64 - 1) < self.options.saved_nano.max(1) {
            return;
        }
        let Call { caller, called, .. } = calls[0];
        let [service, _, _, peer, _] = self.names(caller, &[called.label]);
        let nobody = self.labels.intern("");
        let known = Repeated::of(calls, self.tolerance_nano());
        let shape = Shape {
            calls: known.calls,
            sequential: known.sequential,
            signs: Signs {
                measured,
                ..Signs::default()
            },
        };
        let names = [service, nobody, nobody, peer, nobody];
        let caps = chatty::without_trips(calls, trip);
        self.findings
            .push((Problem::ChattyEdge, names, caller), shape, caps);
    }

    /// A call back to a service that is above its caller.
    fn cycle(&mut self, root: Span<'a>, back: Back) {
        let (table, first) = (self.calls_of.table, root.row());
        let far = Span::new(table, back.row);
        let Some(near) = far.parent() else { return };
        let is_client = near.kind() == SpanKind::Client && near.row() != first;
        let above = near.parent().filter(|_| is_client).unwrap_or(near);
        let caller = self.callers[(above.row() - first) as usize];
        let [service, operation, ..] = self.names(caller, &[]);
        let nobody = self.labels.intern("");
        let peer = self.labels.intern(far.service());
        let template = self.labels.intern(far.operation());
        let shape = Shape {
            calls: 1,
            sequential: 0,
            signs: Signs {
                measured: is_client,
                recurs: back.recurs,
                ..Signs::default()
            },
        };
        // Where there is no span of the call, nothing is known of the way.
        let call = if is_client { near } else { far };
        let cap = far.duration_nano().min(call.duration_nano());
        let names = [service, operation, nobody, peer, template];
        self.findings.push(
            (Problem::CallCycle, names, caller),
            shape,
            [(call.row(), cap)],
        );
    }
}

impl Finder<'_> {
    /// A span that lasts as long as somebody once chose, unless nobody waits for
    /// it or it waits for another.
    pub(super) fn magic(&mut self, root: Span<'_>, row: u32) {
        let nano = self.duration_nano(row);
        let Some(plateau) = plateau_of(nano) else {
            return;
        };
        let poll = row == root.row() && self.calls_of.kind(row) != SpanKind::Server;
        let flags = self.facts.flags[row as usize];
        let waits =
            self.facts.self_nano[row as usize] < nano / 10 * 9 && flags & fact_flags::ORIGIN == 0;
        if poll || waits || self.labels.is_message(row) {
            return;
        }
        let [service, operation, ..] = self.names(row, &[]);
        let nobody = self.labels.intern("");
        let template = self.labels.intern(plateau.name);
        let shape = Shape {
            calls: 1,
            sequential: 0,
            signs: Signs {
                errs: flags & fact_flags::ERRS != 0,
                ..Signs::default()
            },
        };
        let names = [service, operation, nobody, nobody, template];
        self.findings
            .push((Problem::MagicLatency, names, row), shape, [(row, 0)]);
    }
}

/// Calls of one label but for those that failed and were made again.
fn without_retried(calls: &[Call]) -> impl Iterator<Item = &Call> {
    let last = calls.len() - 1;
    let counts = move |(at, call): (usize, &'_ Call)| at == last || !call.errs;
    let calls = calls.iter().enumerate();
    calls
        .filter(move |&pair| counts(pair))
        .map(|(_, call)| call)
}
