//! Shapes of the calls of one caller.

use super::fanout;
use super::finder::{Call, Finder};
use super::found::{all_but_longest, Shape, Signs};
use super::repeated::{is_paged, Arguments, Repeated};
use super::serial;
use super::Problem;
use spanwise_model::Symbol;
use std::borrow::Cow;

/// Memory that is reused from one caller to the next.
#[derive(Debug, Default)]
pub(super) struct Sorted {
    /// Names of calls with the places of these.
    names: Vec<(Symbol, u32)>,
    /// Calls whose labels are known, by label.
    known: Vec<Call>,
    few: Vec<Call>,
}

impl Finder<'_> {
    /// Looks at all calls of one caller.
    pub(super) fn caller(&mut self, calls: &mut [Call]) {
        let many = self.options.repeated_calls as usize;
        let fail = calls.iter().any(|call| call.errs);
        let are_many = calls.len() >= many;
        if are_many && !fail && self.are_short(calls) {
            return;
        }
        if !(are_many || fail) {
            return self.serial(calls);
        }
        let mut sorted = std::mem::take(&mut self.sorted);
        match self.know(calls, &mut sorted) {
            true => self.labelled(calls, &mut sorted),
            false => self.serial(calls),
        }
        self.sorted = sorted;
    }

    /// True where lengths alone say that many calls hold no problem.
    fn are_short(&self, calls: &[Call]) -> bool {
        let total = calls.iter().map(Call::nano).fold(0, u64::saturating_add);
        total < self.options.repeated_nano.min(self.options.saved_nano)
    }

    /// Finds the labels of calls whose names come often enough to be repeated
    /// calls, or of which one failed that may have been made again. Answers
    /// whether there are any; of all others a label alone says nothing.
    fn know(&mut self, calls: &mut [Call], sorted: &mut Sorted) -> bool {
        let many = self.options.repeated_calls as usize;
        let (are_many, names) = (calls.len() >= many, &mut sorted.names);
        names.clear();
        let labels = &mut self.labels;
        names.extend(
            (0..)
                .zip(calls.iter())
                .map(|(at, call)| (labels.name_of(call.row), at)),
        );
        names.sort_unstable();
        let mut any = false;
        for group in names.chunk_by(|a, b| a.0 == b.0) {
            let fails = |&(_, at): &(Symbol, u32)| calls[at as usize].errs;
            if group.len() < many && (group.len() == 1 || !group.iter().any(fails)) {
                continue;
            }
            any = true;
            for &(_, at) in group {
                let call = &mut calls[at as usize];
                call.called = labels.of(call.row, are_many);
            }
        }
        any
    }

    /// Looks at calls of which some have labels.
    fn labelled(&mut self, calls: &[Call], Sorted { known, few, .. }: &mut Sorted) {
        let many = self.options.repeated_calls as usize;
        known.clear();
        few.clear();
        for &call in calls {
            let calls = if call.is_known() {
                &mut *known
            } else {
                &mut *few
            };
            calls.push(call);
        }
        if calls.len() >= many {
            self.fan_outs(known);
        }
        known.sort_by_key(|call| call.called.label);
        for calls in known.chunk_by(|a, b| a.called.label == b.called.label) {
            match calls.len() >= many {
                true => self.repeated(calls),
                false => few.extend(without_retried(calls)),
            }
        }
        few.sort_unstable_by_key(|call| (call.start, call.row));
        self.serial(few);
    }

    /// Calls of one label: those that failed do not count.
    fn repeated(&mut self, calls: &[Call]) {
        let mut calls = Cow::Borrowed(calls);
        if calls.iter().any(|call| call.errs) {
            calls.to_mut().retain(|call| !call.errs);
        }
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
    fn serial(&mut self, calls: &mut [Call]) {
        let Some(&Call { caller, .. }) = calls.first() else {
            return;
        };
        let nano = self.duration_nano(caller);
        if !serial::may_be_worth(calls, self.options, nano) {
            return;
        }
        for group in serial::groups(calls) {
            let calls = &mut calls[group.first..group.end];
            if !serial::is_worth(calls, self.options, nano) {
                continue;
            }
            for call in calls.iter_mut().filter(|call| !call.is_known()) {
                call.called = self.labels.of(call.row, false);
            }
            let calls = &*calls;
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
    fn fan_outs(&mut self, calls: &mut [Call]) {
        let labels = &self.labels;
        let key = |call: &Call| {
            let label = labels.get(call.called.label);
            (label.operation, label.template)
        };
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
