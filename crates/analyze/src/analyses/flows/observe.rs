//! From traces to halves of hops.

use super::halves::{Halves, Known, Part, Ran, Received, Said, Sent};
use super::messages::Messages;
use crate::analyses::hops::{Candidate, Hop, Hops};
use crate::facts::{FactColumns, OwnTimes};
use spanwise_model::trace::TopKind;
use spanwise_model::trace_table::NO_PARENT;
use spanwise_model::{flags, Span, SpanId, SpanTable, Trace};
use std::cmp::Reverse;
use std::hint::black_box;

/// So many traces are looked through before hops are made of what is found.
pub(super) const AT_ONCE: usize = 64;

/// What is found in some traces, one after the other.
#[derive(Default)]
struct Seen {
    receivers: Vec<Candidate>,
    senders: Vec<(u32, Part)>,
    /// By trace: where its receivers end, and its senders.
    ends: Vec<(usize, usize)>,
}

impl Seen {
    fn clear(&mut self) {
        self.receivers.clear();
        self.senders.clear();
        self.ends.clear();
    }

    /// Reads what hops are made of. Few spans have any, so that each stands in
    /// memory where nothing was read before: asked for one right behind the other,
    /// they are waited for together.
    fn read_ahead(&self, table: &SpanTable) {
        let columns = &table.columns;
        let receivers = self.receivers.iter().map(|found| found.row);
        let rows = receivers.chain(self.senders.iter().map(|sender| sender.0));
        for at in rows.map(|row| row as usize) {
            let numbers = (columns.parent[at], columns.subtree_end[at]);
            let times = (columns.start_unix_nano[at], columns.duration_nano[at]);
            black_box((numbers, times, columns.span_id[at]));
        }
        let linked = self.receivers.iter().filter(|found| found.links);
        for found in linked {
            black_box(Span::new(table, found.row).links().next());
        }
    }
}

pub(super) struct Observer<'a> {
    table: &'a SpanTable,
    known: Known<'a>,
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
    seen: Seen,
    found: Vec<Hop>,
    /// Receivers around a row, the outer ones first: their rows and where what is
    /// below them ends.
    around: Vec<(u32, u32)>,
    /// Spans of the trace that may be senders.
    senders: Vec<(u32, Part)>,
}

impl<'a> Observer<'a> {
    pub(super) fn new(known: Known<'a>, facts: &'a FactColumns) -> Self {
        let table = known.table;
        Self {
            table,
            known,
            facts,
            hops: Hops::new(table),
            messages: Messages::new(table),
            times: OwnTimes::default(),
            timed: None,
            ends: Vec::new(),
            halves: Halves::default(),
            seen: Seen::default(),
            found: Vec::new(),
            around: Vec::new(),
            senders: Vec::new(),
        }
    }

    /// Adds the hops of some traces.
    pub(super) fn add_all(&mut self, traces: &[Trace<'_>]) {
        let mut seen = std::mem::take(&mut self.seen);
        seen.clear();
        for &trace in traces {
            self.hops.find(trace, &mut seen.receivers);
            self.messages.find(trace, &mut seen.senders);
            seen.ends.push((seen.receivers.len(), seen.senders.len()));
        }
        seen.read_ahead(self.table);
        let mut begins = (0, 0);
        for (&trace, &ends) in traces.iter().zip(&seen.ends) {
            let receivers = &seen.receivers[begins.0..ends.0];
            let senders = &seen.senders[begins.1..ends.1];
            if !receivers.is_empty() || !senders.is_empty() {
                self.add(trace, receivers, senders);
            }
            begins = ends;
        }
        self.seen = seen;
    }

    /// Adds the hops of a trace, some of whose spans may receive or send.
    fn add(&mut self, trace: Trace<'_>, receivers: &[Candidate], senders: &[(u32, Part)]) {
        let mut found = std::mem::take(&mut self.found);
        found.clear();
        let messages = &mut self.messages;
        self.hops.of(trace, receivers, |hop| {
            if hop.relation != "link" || messages.does(hop.receiver).receives() {
                found.push(hop);
            }
        });
        found.iter().for_each(|hop| self.received(trace, hop));
        self.find_senders(senders, &found);
        self.sent(trace, &found);
        self.found = found;
        self.halves.end_trace(self.known);
    }

    /// The halves of all traces.
    pub(super) fn into_halves(self) -> Halves {
        self.halves
    }

    /// Finds the senders of a trace in the order of rows. Whoever others of the
    /// trace received from sends.
    fn find_senders(&mut self, told: &[(u32, Part)], hops: &[Hop]) {
        self.senders.clear();
        self.senders.extend(told);
        let told = told.len();
        let inside = hops.iter().filter_map(|hop| hop.inside);
        self.senders.extend(inside.map(|row| (row, Part::Sent)));
        if self.senders.len() > told {
            let key = |&(row, part): &(u32, Part)| (row, Reverse(part));
            self.senders.sort_unstable_by_key(key);
            self.senders.dedup_by_key(|sender| sender.0);
        }
    }

    fn received(&mut self, trace: Trace<'_>, hop: &Hop) {
        let (id, sender) = hop.sender;
        let half = Received {
            trace: trace.index(),
            own: Said::of(self.table, hop.receiver),
            sender: ([(id.0 >> 64) as u64, id.0 as u64], sender),
            relation: hop.relation,
            ran: self.ran(trace, hop.receiver),
        };
        self.halves.add_received(half);
    }

    /// Adds the senders of a trace, below the receivers of these hops.
    fn sent(&mut self, trace: Trace<'_>, hops: &[Hop]) {
        let (first, ends) = (trace.rows().start, &self.table.columns.subtree_end);
        let mut receivers = hops.iter().map(|hop| hop.receiver).peekable();
        let mut top = first;
        self.around.clear();
        let senders = std::mem::take(&mut self.senders);
        for &(row, part) in &senders {
            while ends[top as usize] <= row {
                top = ends[top as usize];
            }
            while let Some(receiver) = receivers.next_if(|&receiver| receiver <= row) {
                self.leave(receiver);
                self.around.push((receiver, ends[receiver as usize]));
            }
            self.leave(row);
            self.sender((trace, part), (row, top));
        }
        self.senders = senders;
    }

    /// Forgets the receivers that a row is not below.
    #[inline]
    fn leave(&mut self, row: u32) {
        while self.around.last().is_some_and(|around| around.1 <= row) {
            self.around.pop();
        }
    }

    fn sender(&mut self, (trace, part): (Trace<'_>, Part), (row, top): (u32, u32)) {
        let above = self.around.last();
        let half = Sent {
            trace: trace.index(),
            own: Said::of(self.table, row),
            above: above.map_or(SpanId(0), |&(row, _)| Said::of(self.table, row).id),
            top: Said::of(self.table, top),
            is_root: Span::new(self.table, top).top_kind() == TopKind::Root,
            ran: self.ran(trace, row),
            top_ran: self.ran(trace, top),
        };
        self.halves.add_sent(part, half);
    }

    /// When a span ran; where it has no end and nothing below it has one, that is
    /// not known.
    fn ran(&mut self, trace: Trace<'_>, row: u32) -> Ran {
        if let Some((start, end)) = OwnTimes::recorded(self.table, self.facts, row) {
            let end = Some(end);
            return Ran { start, end };
        }
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
