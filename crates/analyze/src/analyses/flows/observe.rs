//! From traces to halves of hops.

use super::messages::{Does, Messages};
use super::{END, PASSED, RECEIVED, ROOT_END, ROOT_START, SENT, START};
use crate::analyses::hops::{Hop, Hops};
use crate::analyses::operations::OperationCodes;
use crate::facts::{FactColumns, OwnTimes};
use crate::partial::{Key, Partial, Row};
use rustc_hash::FxHashSet;
use spanwise_model::trace::TopKind;
use spanwise_model::trace_table::NO_PARENT;
use spanwise_model::{flags, Span, SpanTable, Trace};

/// No operation.
const NOBODY: [Key<'static>; 3] = [Key::Name(""); 3];

pub(super) struct Observer<'a> {
    table: &'a SpanTable,
    facts: &'a FactColumns,
    hops: Hops<'a>,
    messages: Messages<'a>,
    times: OwnTimes,
    /// The trace that the times are of.
    timed: Option<u32>,
    /// By row of the trace: whether it has an end, or anything below it.
    ends: Vec<bool>,
    out: &'a mut Partial,
    names: OperationCodes,
    found: Vec<Hop>,
    /// By row of the trace: the nearest receiver at or above it; empty where
    /// nobody receives.
    above: Vec<Option<u32>>,
    /// Senders inside the trace.
    senders: FxHashSet<u32>,
}

impl<'a> Observer<'a> {
    pub(super) fn new(
        (table, facts): (&'a SpanTable, &'a FactColumns),
        out: &'a mut Partial,
    ) -> Self {
        Self {
            table,
            facts,
            hops: Hops::new(table),
            messages: Messages::new(table),
            times: OwnTimes::default(),
            timed: None,
            ends: Vec::new(),
            out,
            names: OperationCodes::new(table),
            found: Vec::new(),
            above: Vec::new(),
            senders: FxHashSet::default(),
        }
    }

    pub(super) fn add(&mut self, trace: Trace<'_>) {
        let mut found = std::mem::take(&mut self.found);
        found.clear();
        let messages = &mut self.messages;
        self.hops.each(trace, |hop| {
            if hop.relation != "link" || messages.does(hop.receiver).receives() {
                found.push(hop);
            }
        });
        self.senders.clear();
        self.senders
            .extend(found.iter().filter_map(|hop| hop.inside));
        found.iter().for_each(|hop| self.received(hop));
        self.find_above(trace, &found);
        self.found = found;
        self.sent(trace);
    }

    fn find_above(&mut self, trace: Trace<'_>, hops: &[Hop]) {
        if hops.is_empty() {
            self.above.clear();
            return;
        }
        let first = trace.rows().start;
        let mut receivers = hops.iter().map(|hop| hop.receiver).peekable();
        self.above.clear();
        for row in trace.rows() {
            let parent = self.table.columns.parent[row as usize];
            let mut above = match parent {
                NO_PARENT => None,
                _ => self.above[(parent - first) as usize],
            };
            while receivers.next_if_eq(&row).is_some() {
                above = Some(row);
            }
            self.above.push(above);
        }
    }

    fn received(&mut self, hop: &Hop) {
        let span = Span::new(self.table, hop.receiver);
        let [d, e, f] = NOBODY;
        let rest = [
            Key::U128(hop.sender.0 .0),
            Key::U64(hop.sender.1 .0),
            Key::Name(hop.relation),
            Key::U64(0),
            d,
            e,
            f,
        ];
        self.row(RECEIVED, span, rest);
    }

    /// Writes the senders of a trace.
    fn sent(&mut self, trace: Trace<'_>) {
        let mut top = trace.primary();
        for row in trace.rows() {
            let span = Span::new(self.table, row);
            if span.is_top() {
                top = span;
            }
            if let Some(part) = self.part(row) {
                let at = (row - trace.rows().start) as usize;
                let above = self.above.get(at).copied().flatten();
                self.sender(part, (span, top), above);
            }
        }
    }

    /// What a span is written as, where it may be a sender.
    fn part(&mut self, row: u32) -> Option<&'static str> {
        match self.messages.does(row) {
            _ if !self.senders.is_empty() && self.senders.contains(&row) => Some(SENT),
            Does::Send => Some(SENT),
            Does::PassOn | Does::Unsaid => Some(PASSED),
            Does::Settle | Does::Other => None,
        }
    }

    fn sender(&mut self, part: &str, (span, top): (Span<'_>, Span<'_>), above: Option<u32>) {
        let above = above.map(|row| Span::new(self.table, row).id().0);
        let [d, e, f] = match top.top_kind() {
            TopKind::Root => self.names.get(self.table, top.operation_id(), self.out),
            _ => NOBODY,
        };
        let rest = [
            Key::U128(0),
            Key::U64(above.unwrap_or_default()),
            Key::Name(""),
            Key::U64(top.id().0),
            d,
            e,
            f,
        ];
        let into = self.row(part, span, rest);
        self.times(into, top, [ROOT_START, ROOT_END]);
    }

    /// The row of a half, with the times of its span.
    fn row(&mut self, part: &str, span: Span<'_>, rest: [Key<'_>; 7]) -> Row {
        let [a, b, c] = self.names.get(self.table, span.operation_id(), self.out);
        let (trace, id) = (span.trace().id(), span.id());
        let [d, e, f, g, h, i, j] = rest;
        let part = Key::Code(self.out.intern(part));
        let (trace, id) = (Key::U128(trace.0), Key::U64(id.0));
        let into = self
            .out
            .row(&[part, trace, id, a, b, c, d, e, f, g, h, i, j]);
        self.times(into, span, [START, END]);
        into
    }

    /// Adds the times of a span; where it has no end and nothing below it has
    /// one, there is none.
    fn times(&mut self, into: Row, span: Span<'_>, [start, end]: [usize; 2]) {
        let trace = span.trace();
        if self.timed != Some(trace.index()) {
            self.times.fill(self.table, self.facts, trace.index());
            self.timed = Some(trace.index());
            self.find_ends(trace);
        }
        let at = (span.row() - trace.rows().start) as usize;
        let began = self.times.start_unix_nano(at);
        let ended = self.times.end_unix_nano(at);
        self.out.add(into, start, began);
        let recorded = span.flags() & flags::MISSING_END == 0;
        if recorded || (self.ends[at] && ended > began) {
            self.out.add(into, end, ended);
        }
    }

    fn find_ends(&mut self, trace: Trace<'_>) {
        let (columns, first) = (&self.table.columns, trace.rows().start);
        let flags = trace.rows().map(|row| columns.flags[row as usize]);
        self.ends.clear();
        self.ends
            .extend(flags.map(|flags| flags & flags::MISSING_END == 0));
        for row in trace.rows().rev() {
            let parent = columns.parent[row as usize];
            if parent != NO_PARENT && self.ends[(row - first) as usize] {
                self.ends[(parent - first) as usize] = true;
            }
        }
    }
}
