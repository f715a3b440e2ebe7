//! From traces to halves of hops.

use super::halves::{Half, Halves, Part, Ran};
use super::messages::{Does, Messages};
use crate::analyses::hops::{Hop, Hops};
use crate::facts::{FactColumns, OwnTimes};
use crate::partial::Partial;
use rustc_hash::FxHashSet;
use spanwise_model::trace::TopKind;
use spanwise_model::trace_table::NO_PARENT;
use spanwise_model::{flags, Span, SpanId, SpanTable, Trace};

pub(super) struct Observer<'a> {
    table: &'a SpanTable,
    facts: &'a FactColumns,
    hops: Hops<'a>,
    messages: Messages<'a>,
    times: OwnTimes,
    /// The trace that the times are of.
    timed: Option<u32>,
    /// By row of the trace: whether it has an end, or anything below it; empty
    /// until somebody asks.
    ends: Vec<bool>,
    halves: Halves,
    found: Vec<Hop>,
    /// By row of the trace: the nearest receiver at or above it; empty where
    /// nobody receives.
    above: Vec<Option<u32>>,
    /// Senders inside the trace.
    senders: FxHashSet<u32>,
}

impl<'a> Observer<'a> {
    pub(super) fn new(table: &'a SpanTable, facts: &'a FactColumns) -> Self {
        Self {
            table,
            facts,
            hops: Hops::new(table),
            messages: Messages::new(table),
            times: OwnTimes::default(),
            timed: None,
            ends: Vec::new(),
            halves: Halves::default(),
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
        found.iter().for_each(|hop| self.received(trace, hop));
        self.find_above(trace, &found);
        self.found = found;
        self.sent(trace);
        self.halves.end_trace();
    }

    /// Adds all halves to a partial.
    pub(super) fn flush(&self, out: &mut Partial) {
        self.halves.flush(self.table, out);
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

    fn received(&mut self, trace: Trace<'_>, hop: &Hop) {
        let (id, sender) = hop.sender;
        let half = Half {
            other: ([(id.0 >> 64) as u64, id.0 as u64], sender),
            relation: hop.relation,
            ..self.half(trace, hop.receiver)
        };
        let ran = self.ran(trace, hop.receiver);
        self.halves.add(Part::Received, half, (ran, None));
    }

    /// Adds the senders of a trace.
    fn sent(&mut self, trace: Trace<'_>) {
        let (first, ends) = (trace.rows().start, &self.table.columns.subtree_end);
        let mut top = first;
        for row in trace.rows() {
            let Some(part) = self.part(row) else {
                continue;
            };
            while ends[top as usize] <= row {
                top = ends[top as usize];
            }
            let above = self.above.get((row - first) as usize).copied().flatten();
            self.sender((trace, part), (row, top), above);
        }
    }

    /// What a span is written as, where it may be a sender.
    fn part(&mut self, row: u32) -> Option<Part> {
        match self.messages.does(row) {
            _ if !self.senders.is_empty() && self.senders.contains(&row) => Some(Part::Sent),
            Does::Send => Some(Part::Sent),
            Does::PassOn | Does::Unsaid => Some(Part::Passed),
            Does::Settle | Does::Other => None,
        }
    }

    fn sender(
        &mut self,
        (trace, part): (Trace<'_>, Part),
        (row, top): (u32, u32),
        above: Option<u32>,
    ) {
        let top = Span::new(self.table, top);
        let above = above.map(|row| Span::new(self.table, row).id());
        let is_root = top.top_kind() == TopKind::Root;
        let half = Half {
            other: ([0; 2], above.unwrap_or(SpanId(0))),
            root: top.id(),
            root_operation: is_root.then(|| top.operation_id()),
            ..self.half(trace, row)
        };
        let times = (self.ran(trace, row), Some(self.ran(trace, top.row())));
        self.halves.add(part, half, times);
    }

    /// A half of the span at a row that says nothing else.
    fn half(&self, trace: Trace<'_>, row: u32) -> Half {
        let span = Span::new(self.table, row);
        Half {
            trace: trace.index(),
            span: span.id(),
            operation: span.operation_id(),
            other: ([0; 2], SpanId(0)),
            relation: "",
            root: SpanId(0),
            root_operation: None,
        }
    }

    /// When a span ran; where it has no end and nothing below it has one, that is
    /// not known.
    fn ran(&mut self, trace: Trace<'_>, row: u32) -> Ran {
        if self.timed != Some(trace.index()) {
            self.times.fill(self.table, self.facts, trace.index());
            self.timed = Some(trace.index());
            self.ends.clear();
        }
        let (start, end) = self.times.of_row(row);
        let is_known = self.table.columns.flags[row as usize] & flags::MISSING_END == 0
            || (end > start && self.has_end(trace, row));
        Ran {
            start,
            end: is_known.then_some(end),
        }
    }

    /// True where a span has an end, or anything below it.
    fn has_end(&mut self, trace: Trace<'_>, row: u32) -> bool {
        if self.ends.is_empty() {
            self.find_ends(trace);
        }
        self.ends[(row - trace.rows().start) as usize]
    }

    fn find_ends(&mut self, trace: Trace<'_>) {
        let (columns, first) = (&self.table.columns, trace.rows().start);
        let flags = trace.rows().map(|row| columns.flags[row as usize]);
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
