//! Counting what begins and ends in each slice.

use super::cells::Cells;
use super::places::{Places, Side, SIDES};
use super::ran::Ran;
use crate::analysis::TraceBatch;
use crate::facts::FactColumns;
use crate::partial::{Key, Partial};
use spanwise_model::{flags, OperationId, SpanKind, SpanTable, Trace};

/// Counts the spans of a batch, where their operations are told apart or not.
pub(super) fn all(
    traces: TraceBatch<'_>,
    facts: &FactColumns,
    tells_operations: bool,
    out: &mut Partial,
) {
    let table = traces.table();
    let columns = &table.columns;
    let mut spans = Spans::new(table, facts, tells_operations);
    for row in traces.traces().flat_map(Trace::rows) {
        if columns.flags[row as usize] & flags::MISSING_END != 0 {
            continue;
        }
        let kind = table.operations.kind(columns.operation[row as usize]);
        if matches!(kind, SpanKind::Client | SpanKind::Producer) {
            spans.add(row, Side::Calling);
        }
        if spans.places.is_entry(row, kind) {
            spans.add(row, Side::Serving);
        }
    }
    spans.flush(out);
}

/// The spans of a batch that begin or end something.
///
/// Those of one side of an instance stand together, so that what is counted of
/// it at a time is small, and rows stand in the order that a partial has in the
/// end.
struct Spans<'a> {
    table: &'a SpanTable,
    facts: &'a FactColumns,
    places: Places<'a>,
    ranks: Ranks<'a>,
    /// By number of a place and a side: the rows of its spans.
    rows: Vec<Vec<u32>>,
}

impl<'a> Spans<'a> {
    fn new(table: &'a SpanTable, facts: &'a FactColumns, tells_operations: bool) -> Self {
        let ranks = match tells_operations {
            true => Ranks::new(table),
            false => Ranks::none(table),
        };
        Self {
            table,
            facts,
            places: Places::new(table),
            ranks,
            rows: Vec::new(),
        }
    }

    #[inline]
    fn add(&mut self, row: u32, side: Side) {
        let group = (self.places.of(row) * SIDES + side as u32) as usize;
        if self.rows.len() <= group {
            self.rows.resize_with(group + 1, Vec::new);
        }
        self.rows[group].push(row);
    }

    /// When a span ran.
    #[inline]
    fn ran(&self, row: u32) -> Ran {
        let (columns, at) = (&self.table.columns, row as usize);
        Ran {
            start: columns.start_unix_nano[at],
            duration: columns.duration_nano[at],
            own: self.facts.self_nano[at],
            rank: self.ranks.of[columns.operation[at].0 as usize],
        }
    }

    /// Adds all of them to a partial.
    fn flush(&self, out: &mut Partial) {
        let names = &self.ranks.names;
        let mut codes = vec![None; names.len()];
        let (is_new, mut cells, mut ran) = (out.is_empty(), Cells::default(), Vec::new());
        for group in self.places.sorted_sides() {
            let Some(rows) = self.rows.get(group as usize) else {
                continue;
            };
            ran.clear();
            ran.extend(rows.iter().map(|&row| self.ran(row)));
            cells.fill(&ran, names.len());
            let place = self.places.names(group);
            let place = place.map(|name| Key::Code(out.intern(name)));
            for &rank in cells.ranks() {
                let name = || Key::Code(out.intern(names[rank as usize]));
                codes[rank as usize].get_or_insert_with(name);
            }
            let rows = cells.iter().map(|(slice, rank, sums)| {
                let name = codes[rank as usize].unwrap_or(Key::Name(""));
                ([Key::I64(slice), name], sums.numbers())
            });
            out.put_all(&place, rows, is_new);
        }
    }
}

/// The names of operations in their order.
struct Ranks<'a> {
    names: Vec<&'a str>,
    /// By operation: the rank of its name.
    of: Vec<u32>,
}

impl<'a> Ranks<'a> {
    fn new(table: &'a SpanTable) -> Self {
        let operations = (0..table.operations.len() as u32).map(OperationId);
        let all = operations.map(|id| table.text(table.operations.name(id)));
        let all: Vec<&str> = all.collect();
        let mut names = all.clone();
        names.sort_unstable();
        names.dedup();
        let rank = |name: &&str| names.partition_point(|other| other < name) as u32;
        Self {
            of: all.iter().map(rank).collect(),
            names,
        }
    }

    /// One name for all operations, which is none.
    fn none(table: &SpanTable) -> Self {
        Self {
            of: vec![0; table.operations.len()],
            names: vec![""],
        }
    }
}
