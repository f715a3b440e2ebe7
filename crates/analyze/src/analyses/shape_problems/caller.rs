//! Shapes of the calls of one caller.

use super::fanout;
use super::finder::{Call, Finder};
use super::found::{all_but_longest, Shape, Signs};
use super::labels::Called;
use super::repeated::{is_paged, Arguments, Repeated};
use super::serial;
use super::Problem;

impl Finder<'_> {
    /// Looks at all calls of one caller.
    pub(super) fn caller(&mut self, calls: &mut [Call]) {
        if self.is_harmless(calls) {
            return;
        }
        let many = self.options.repeated_calls as usize;
        let are_many = calls.len() >= many;
        if !are_many && !calls.iter().any(|call| call.errs) {
            return self.serial(calls);
        }
        for call in calls.iter_mut() {
            call.called = self.labels.of(call.row, are_many);
        }
        if are_many {
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
        self.serial(&mut few);
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
        // No group of them is worth more than all would be.
        if !serial::may_be_worth(calls, options, caller) {
            return true;
        }
        let groups = serial::groups(calls);
        !groups
            .iter()
            .any(|group| serial::is_worth(&calls[group.first..group.end], options, caller))
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
    fn serial(&mut self, calls: &mut [Call]) {
        for group in serial::groups(calls) {
            let calls = &mut calls[group.first..group.end];
            let caller = calls[0].caller;
            if !serial::is_worth(calls, self.options, self.duration_nano(caller)) {
                continue;
            }
            for call in calls
                .iter_mut()
                .filter(|call| call.called == Called::UNKNOWN)
            {
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
