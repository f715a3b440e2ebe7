//! Shapes of whole requests, and of single spans.

use super::chatty;
use super::cycle::Back;
use super::finder::{Call, Finder};
use super::found::{Shape, Signs};
use super::magic::plateau_of;
use super::repeated::Repeated;
use super::Problem;
use crate::facts::fact_flags;
use spanwise_model::{Span, SpanKind};

impl Finder<'_> {
    /// Many calls from one service to another.
    pub(super) fn chatty(&mut self) {
        let many = (self.options.chatty_calls as usize).max(1);
        if self.walk.made().len() < many {
            return;
        }
        for made in chatty::edges(self.walk.made(), &mut self.labels, many) {
            let calls = made.iter().map(|made| self.call(made.caller, made.row));
            let calls = calls.collect();
            let few = self.options.repeated_calls as usize;
            let calls = chatty::without_repeated(calls, &mut self.labels, few);
            if calls.len() >= many {
                self.chatty_edge(&calls);
            }
        }
    }

    fn chatty_edge(&mut self, calls: &[Call]) {
        let (trip, measured) = chatty::trip_nano(calls, self);
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
    pub(super) fn cycle(&mut self, root: Span<'_>, back: Back) {
        let (table, first) = (self.calls_of.table, root.row());
        let far = Span::new(table, back.row);
        let Some(near) = far.parent() else { return };
        let is_client = near.kind() == SpanKind::Client && near.row() != first;
        let above = near.parent().filter(|_| is_client).unwrap_or(near);
        let caller = self.walk.caller(above.row());
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
        let [there, whole] = [far, call].map(|span| self.duration_nano(span.row()));
        let names = [service, operation, nobody, peer, template];
        self.findings.push(
            (Problem::CallCycle, names, caller),
            shape,
            [(call.row(), there.min(whole))],
        );
    }

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

    /// A span that says that it had to wait until its instance was there.
    pub(super) fn cold(&mut self, row: u32) {
        let (nano, own) = (self.duration_nano(row), self.facts.self_nano[row as usize]);
        if own < self.options.saved_nano.max(1) {
            return;
        }
        let [service, operation, ..] = self.names(row, &[]);
        let nobody = self.labels.intern("");
        let shape = Shape {
            calls: 1,
            ..Shape::default()
        };
        let names = [service, operation, nobody, nobody, nobody];
        let cap = (row, nano.saturating_sub(own));
        self.findings
            .push((Problem::ColdStart, names, row), shape, [cap]);
    }
}
