//! From traces to the rows of a partial.

use super::halves::{Part, Rows, Side, NOBODY};
use super::state;
use crate::analyses::calls::Calls;
use crate::facts::Canonical;
use crate::partial::{NameCode, Partial, Row};
use crate::sampling::{Mark, Sampled, Sampling};
use spanwise_model::semconv::Field;
use spanwise_model::{flags, Span, SpanKind, SpanTable, Symbol, Trace, Value};

/// How far a server may stand out of its client's interval before it counts.
const TOLERANCE_NANO: u64 = 1_000;

pub(super) struct Observer<'a> {
    table: &'a SpanTable,
    calls: Calls<'a>,
    canonical: Canonical<'a>,
    sampling: Sampling<'a>,
    rows: Rows<'a>,
    out: &'a mut Partial,
    /// By evidence set: the name of the peer, as far as it was asked.
    peers: Vec<Option<Option<NameCode>>>,
    leads_on: Vec<bool>,
    marks: Vec<Mark>,
}

impl<'a> Observer<'a> {
    pub(super) fn new(table: &'a SpanTable, out: &'a mut Partial) -> Self {
        Self {
            table,
            calls: Calls { table },
            canonical: Canonical::new(table),
            sampling: Sampling::new(table),
            rows: Rows::new(table),
            out,
            peers: vec![None; table.store.evidence.len()],
            leads_on: Vec::new(),
            marks: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, trace: Trace<'_>) {
        let mut marks = std::mem::take(&mut self.marks);
        self.sampling.marks_into(trace, &mut marks);
        self.calls.leads_on(trace, &mut self.leads_on);
        self.input(trace);
        let first = trace.rows().start;
        for row in trace.rows() {
            let at = (row - first) as usize;
            let above = self.calls.parent(row);
            let of_parent = above.map(|parent| marks[(parent - first) as usize]);
            self.service(row, marks[at], of_parent);
            match (above, of_parent) {
                (Some(parent), Some(mark)) if self.crosses(parent, row) => {
                    self.call(parent, row, mark);
                }
                (None, _) if is_server(self.calls.kind(row)) => self.server(row, marks[at]),
                _ => {}
            }
            if is_client(self.calls.kind(row)) && !self.leads_on[at] {
                self.client(row, marks[at]);
            }
        }
        self.marks = marks;
    }

    /// What is known of a trace as a whole.
    fn input(&mut self, trace: Trace<'_>) {
        let row = self.rows.row((Part::Input, NOBODY, NOBODY, None), self.out);
        let spans = || trace.rows().map(|row| Span::new(self.table, row));
        let start = spans().map(Span::start_unix_nano).min().unwrap_or_default();
        let end = spans().map(Span::end_unix_nano).max().unwrap_or_default();
        self.out.add(row, state::SPANS, 1);
        self.out.add(row, state::START, start);
        self.out.add(row, state::END, end);
        self.out.record(row, state::EXTENT, end.abs_diff(start));
        let headless = flags::ORPHAN | flags::CYCLE_HEAD;
        if trace.tops().all(|top| top.flags() & headless != 0) {
            let first = self.service_row(trace.primary().row());
            self.out.add(first, state::ROOTLESS, 1);
        }
    }

    /// The row about all spans of a span's service.
    fn service_row(&mut self, row: u32) -> Row {
        let service = (self.calls.service(row), Symbol::EMPTY);
        self.rows
            .row((Part::Service, service, NOBODY, None), self.out)
    }

    /// What one span says of its own completeness.
    fn service(&mut self, row: u32, mark: Mark, of_parent: Option<Mark>) {
        let span = Span::new(self.table, row);
        let bits = span.flags();
        let has = |flag: u32| bits & flag != 0;
        let top = of_parent.is_none();
        let root = top && !has(flags::ORPHAN | flags::CYCLE_HEAD);
        let mixed = of_parent.is_some_and(|parent| differ(parent.sampled, mark.sampled));
        let into = self.service_row(row);
        self.weigh(into, mark);
        for (holds, column) in [
            (mixed, state::MIXED),
            (root, state::ROOTS),
            (has(flags::ORPHAN), state::ORPHANS),
            (has(flags::ORPHAN) && is_local(span), state::LOCAL_ORPHANS),
            (has(flags::MISSING_END), state::MISSING_END),
            (has(flags::DUPLICATE), state::DUPLICATES),
            (has(flags::CONFLICT), state::CONFLICTS),
        ] {
            if holds {
                self.out.add(into, column, 1);
            }
        }
        let dropped = span.dropped();
        for (count, column) in [
            (dropped.attributes, state::DROPPED_ATTRIBUTES),
            (dropped.events, state::DROPPED_EVENTS),
            (dropped.links, state::DROPPED_LINKS),
        ] {
            if count > 0 {
                self.out.add(into, column, count);
            }
        }
    }

    /// Counts a span and how many it stands for.
    fn weigh(&mut self, row: Row, mark: Mark) {
        self.out.add(row, state::SPANS, 1);
        match mark.sampled {
            Sampled::Weighed(weight) => self.out.add(row, state::WEIGHT, weight as i128),
            Sampled::Unsaid => self.out.add(row, state::UNWEIGHTED, 1),
            Sampled::Biased => self.out.add(row, state::BIASED, 1),
        }
        if mark.inconsistent {
            self.out.add(row, state::INCONSISTENT, 1);
        }
    }

    fn crosses(&self, parent: u32, row: u32) -> bool {
        self.calls.is_call(parent, row) || self.calls.is_sender(parent, row)
    }

    fn side(&self, row: u32) -> Side {
        let operation = self.table.columns.operation[row as usize];
        let operations = &self.table.operations;
        (operations.service(operation), operations.name(operation))
    }

    /// A call of which both sides are here.
    fn call(&mut self, parent: u32, row: u32, mark: Mark) {
        let about = (
            Part::Call,
            self.side(parent),
            self.side(row),
            self.peer(parent),
        );
        let into = self.rows.row(about, self.out);
        self.weigh(into, mark);
        let [outer, inner] = [parent, row].map(|row| Span::new(self.table, row));
        let waits = outer.kind() == SpanKind::Client && inner.kind() == SpanKind::Server;
        if waits && stands_out(outer, inner) {
            self.out.add(into, state::OUTSIDE, 1);
        }
    }

    /// A client with nothing below it.
    fn client(&mut self, row: u32, mark: Mark) {
        let about = (Part::Client, self.side(row), NOBODY, self.peer(row));
        let into = self.rows.row(about, self.out);
        self.weigh(into, mark);
        self.remember(into, row);
        let fields = self.canonical.fields(Span::new(self.table, row));
        let traced = fields.get(Field::XRayTraced).and_then(Value::as_bool);
        if traced == Some(true) {
            self.out.add(into, state::TRACED, 1);
        }
    }

    /// A server at the top of what is here.
    fn server(&mut self, row: u32, mark: Mark) {
        let span = Span::new(self.table, row);
        let about = (Part::Server, NOBODY, self.side(row), None);
        let into = self.rows.row(about, self.out);
        self.weigh(into, mark);
        if span.flags() & flags::ORPHAN != 0 && !is_local(span) {
            self.out.add(into, state::ORPHANS, 1);
            self.remember(into, row);
        } else if span.flags() & (flags::ORPHAN | flags::CYCLE_HEAD) == 0 {
            let remote = span.flags() & flags::IS_REMOTE != 0;
            let column = if remote {
                state::REMOTE_ROOTS
            } else {
                state::ROOTS
            };
            self.out.add(into, column, 1);
        }
    }

    /// Remembers when something is missing, for the ends of the window.
    fn remember(&mut self, into: Row, row: u32) {
        let start = self.table.columns.start_unix_nano[row as usize];
        let ordered = super::edges::ordered(start);
        self.out.insert(into, state::EARLIEST, ordered);
        self.out.insert(into, state::LATEST, !ordered);
    }

    /// The peer that a span names.
    fn peer(&mut self, row: u32) -> Option<NameCode> {
        let evidence = self.table.columns.evidence[row as usize];
        if let Some(code) = self.peers[evidence.index()] {
            return code;
        }
        let name = self.canonical.evidence_fields(evidence).peer();
        let code = name.map(|name| self.out.intern(&name));
        self.peers[evidence.index()] = Some(code);
        code
    }
}

fn is_client(kind: SpanKind) -> bool {
    matches!(kind, SpanKind::Client | SpanKind::Producer)
}

fn is_server(kind: SpanKind) -> bool {
    matches!(kind, SpanKind::Server | SpanKind::Consumer)
}

/// True where a span's parent is, as far as it says, of its own process.
fn is_local(span: Span<'_>) -> bool {
    if span.flags() & flags::HAS_IS_REMOTE != 0 {
        return span.flags() & flags::IS_REMOTE == 0;
    }
    !is_server(span.kind())
}

/// True where both say how many spans they stand for, and it is not the same.
fn differ(a: Sampled, b: Sampled) -> bool {
    let said = |sampled| sampled != Sampled::Unsaid;
    said(a) && said(b) && a != b
}

fn stands_out(outer: Span<'_>, inner: Span<'_>) -> bool {
    let before = outer
        .start_unix_nano()
        .saturating_sub(inner.start_unix_nano());
    let after = inner.end_unix_nano().saturating_sub(outer.end_unix_nano());
    let ended = (outer.flags() | inner.flags()) & flags::MISSING_END == 0;
    before > TOLERANCE_NANO as i64 || ended && after > TOLERANCE_NANO as i64
}
