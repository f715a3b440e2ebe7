//! Counting what begins and ends in each slice.

use super::moments::{Moment, Sums, Times};
use super::places::{Places, Side, SIDES};
use crate::analyses::grouped::Grouped;
use crate::analysis::TraceBatch;
use crate::facts::FactColumns;
use crate::partial::{Key, Partial};
use spanwise_model::{flags, OperationId, SpanKind, SpanTable, Trace};

/// Counts the spans of a batch.
pub(super) fn all(traces: TraceBatch<'_>, facts: &FactColumns, out: &mut Partial) {
    let table = traces.table();
    let columns = &table.columns;
    let mut spans = Spans::new(table, facts);
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
/// Over a longer time nearly every span is in a cell of its own. So they are
/// sorted rather than looked up, and rows stand in the order that a partial has
/// in the end.
struct Spans<'a> {
    table: &'a SpanTable,
    facts: &'a FactColumns,
    places: Places<'a>,
    ranks: Ranks<'a>,
    /// By number of a place and a side.
    moments: Grouped<Moment>,
}

impl<'a> Spans<'a> {
    fn new(table: &'a SpanTable, facts: &'a FactColumns) -> Self {
        Self {
            table,
            facts,
            places: Places::new(table),
            ranks: Ranks::new(table),
            moments: Grouped::new(),
        }
    }

    #[inline]
    fn add(&mut self, row: u32, side: Side) {
        let (columns, at) = (&self.table.columns, row as usize);
        let group = self.places.of(row) * SIDES + side as u32;
        let rank = self.ranks.of[columns.operation[at].0 as usize];
        let times = Times {
            start: columns.start_unix_nano[at],
            duration: columns.duration_nano[at],
            own: self.facts.self_nano[at],
        };
        Moment::each(rank, times, |moment| self.moments.add(group, moment));
    }

    /// Adds all of them to a partial.
    fn flush(mut self, out: &mut Partial) {
        self.moments.sort();
        let names = &self.ranks.names;
        let mut codes = vec![None; names.len()];
        let is_new = out.is_empty();
        out.reserve(self.moments.runs(Moment::cell));
        for group in self.places.sorted_sides() {
            let moments = self.moments.of(group);
            if moments.is_empty() {
                continue;
            }
            let place = self.places.names(group);
            let [a, b, c] = place.map(|name| Key::Code(out.intern(name)));
            for moments in moments.chunk_by(|a, b| a.cell() == b.cell()) {
                let rank = moments[0].rank() as usize;
                let name = *codes[rank].get_or_insert_with(|| Key::Code(out.intern(names[rank])));
                let key = [a, b, c, Key::I64(moments[0].slice()), name];
                out.put(&key, &Sums::of(moments).numbers(), is_new);
            }
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
}
