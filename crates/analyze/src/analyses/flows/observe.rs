//! From traces to halves of hops.

use super::{END, RECEIVED, ROOT_END, ROOT_START, SENT, START};
use crate::analyses::hops::{Hop, Hops};
use crate::analyses::operations::operation_key;
use crate::partial::{Key, Partial, Row};
use rustc_hash::FxHashSet;
use spanwise_model::semconv::Families;
use spanwise_model::trace::TopKind;
use spanwise_model::trace_table::NO_PARENT;
use spanwise_model::{Span, SpanKind, SpanTable, Trace};

/// No operation.
const NOBODY: [Key<'static>; 3] = [Key::Name(""); 3];

pub(super) struct Observer<'a> {
    table: &'a SpanTable,
    hops: Hops<'a>,
    out: &'a mut Partial,
    found: Vec<Hop>,
    /// By row of the trace: the nearest receiver at or above it.
    above: Vec<Option<u32>>,
    /// Senders inside the trace.
    senders: FxHashSet<u32>,
}

impl<'a> Observer<'a> {
    pub(super) fn new(table: &'a SpanTable, out: &'a mut Partial) -> Self {
        Self {
            table,
            hops: Hops::new(table),
            out,
            found: Vec::new(),
            above: Vec::new(),
            senders: FxHashSet::default(),
        }
    }

    pub(super) fn add(&mut self, trace: Trace<'_>) {
        let mut found = std::mem::take(&mut self.found);
        found.clear();
        self.hops.each(trace, |hop| found.push(hop));
        self.senders.clear();
        self.senders
            .extend(found.iter().filter_map(|hop| hop.inside));
        found.iter().for_each(|hop| self.received(hop));
        self.find_above(trace, &found);
        self.found = found;
        self.sent(trace);
    }

    fn find_above(&mut self, trace: Trace<'_>, hops: &[Hop]) {
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
            if self.sends(row) || self.senders.contains(&row) {
                let above = self.above[(row - trace.rows().start) as usize];
                self.sender(span, top, above);
            }
        }
    }

    /// Whether a span sends messages, as far as it says.
    fn sends(&self, row: u32) -> bool {
        let columns = &self.table.columns;
        match self.table.operations.kind(columns.operation[row as usize]) {
            SpanKind::Producer => true,
            SpanKind::Client => {
                let evidence = columns.evidence[row as usize];
                let families = self.table.store.evidence.families(evidence);
                families.has(Families::MESSAGING)
            }
            _ => false,
        }
    }

    fn sender(&mut self, span: Span<'_>, top: Span<'_>, above: Option<u32>) {
        let above = above.map(|row| Span::new(self.table, row).id().0);
        let [d, e, f] = match top.top_kind() {
            TopKind::Root => operation_key(self.table, top.operation_id()),
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
        let into = self.row(SENT, span, rest);
        self.out.add(into, ROOT_START, top.start_unix_nano());
        self.out.add(into, ROOT_END, top.end_unix_nano());
    }

    /// The row of a half, with the times of its span.
    fn row(&mut self, part: &str, span: Span<'_>, rest: [Key<'_>; 7]) -> Row {
        let [a, b, c] = operation_key(self.table, span.operation_id());
        let (trace, id) = (span.trace().id(), span.id());
        let own = [Key::Name(part), Key::U128(trace.0), Key::U64(id.0), a, b, c];
        let into = self.out.row(&[own.as_slice(), &rest].concat());
        self.out.add(into, START, span.start_unix_nano());
        self.out.add(into, END, span.end_unix_nano());
        into
    }
}
