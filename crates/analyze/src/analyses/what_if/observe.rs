//! Replays requests of a batch, changed and as they were.

use super::candidates::Candidates;
use super::changes::Selected;
use super::{Change, WhatIf, CHANGED, DURATION, SAVED};
use crate::analyses::operations::{
    operation_key, operation_names, request_root, OperationCodes, OperationRows,
};
use crate::analysis::TraceBatch;
use crate::facts::replay::{Faster, Replay};
use crate::facts::FactColumns;
use crate::partial::{Key, Partial, Row};
use rustc_hash::FxHashMap;
use spanwise_model::{OperationId, SpanTable};

/// How much faster candidates are made, in percent.
const PERCENTS: [u32; SPEEDS] = [25, 50, 75, 100];

/// How many speeds that is.
const SPEEDS: usize = 4;

/// No operation.
const NOBODY: [Key<'static>; 3] = [Key::Name(""); 3];

/// Replays one change.
pub(super) fn one(
    analysis: &WhatIf,
    change: Change,
    traces: TraceBatch<'_>,
    (facts, out): (&FactColumns, &mut Partial),
) {
    let table = traces.table();
    let operations = fitting(table, analysis);
    let told = analysis.told();
    let (mut replay, mut selected) = (Replay::default(), Selected::default());
    for root in traces.traces().filter_map(request_root) {
        replay.prepare(root, facts);
        let spans = (&analysis.selection, operations.as_slice());
        selected.fill(root, spans, (change, facts));
        let before = replay.length();
        let after = replay.run(&selected.changed(change));
        let [a, b, c] = operation_key(table, root.operation_id());
        let [d, e, f] = NOBODY;
        for (percent, duration) in [(0, before), (1, after)] {
            let told = Key::Name(&told);
            let row = out.row(&[a, b, c, told, d, e, f, Key::U64(percent)]);
            out.record(row, DURATION, duration);
            if percent > 0 {
                out.add(row, CHANGED, u8::from(before != after));
                out.add(row, SAVED, i128::from(before) - i128::from(after));
            }
        }
    }
}

/// Which operations a selection fits.
fn fitting(table: &SpanTable, analysis: &WhatIf) -> Vec<bool> {
    let fits = |wanted: &Option<String>, name: &str| wanted.as_ref().is_none_or(|w| w == name);
    let operations = (0..table.operations.len() as u32).map(OperationId);
    operations
        .map(|id| {
            let [service, operation, _] = operation_names(table, id);
            fits(&analysis.selection.service, service)
                && fits(&analysis.selection.operation, operation)
        })
        .collect()
}

/// A time at each speed.
#[inline]
fn speeds(nano: u64) -> [u64; SPEEDS] {
    [nano - nano.div_ceil(4), nano / 2, nano / 4, 0]
}

/// Makes every candidate of each request faster by itself.
pub(super) fn all(traces: TraceBatch<'_>, facts: &FactColumns, out: &mut Partial) {
    let table = traces.table();
    let mut rows = Rows::new(table, out);
    let mut faster = Faster::default();
    let mut candidates = Candidates::new(table);
    for root in traces.traces().filter_map(request_root) {
        candidates.find(root, facts);
        let group_of = |row| candidates.group_of(row);
        let (before, after) = faster.run((root, facts), group_of, speeds);
        let own = root.operation_id();
        rows.before(own, before);
        for (operation, after) in candidates.each().zip(after) {
            rows.after((own, operation), before, after);
        }
    }
    rows.flush();
}

/// What is known of a candidate.
struct Point {
    /// Before, and at each speed.
    rows: [Row; SPEEDS + 1],
    requests: u64,
    saved: [u128; SPEEDS],
}

/// Rows of a batch by numbers.
struct Rows<'a> {
    table: &'a SpanTable,
    out: &'a mut Partial,
    names: OperationCodes,
    /// By root operation.
    before: OperationRows,
    /// By root operation and candidate.
    after: FxHashMap<(OperationId, OperationId), Point>,
}

impl<'a> Rows<'a> {
    fn new(table: &'a SpanTable, out: &'a mut Partial) -> Self {
        Self {
            table,
            out,
            names: OperationCodes::new(table),
            before: OperationRows::new(table),
            after: FxHashMap::default(),
        }
    }

    /// Counts a request of a root operation.
    fn before(&mut self, root: OperationId, nano: u64) {
        let (table, names, out) = (self.table, &mut self.names, &mut *self.out);
        let row = self.before.get(root, || {
            let root = names.get(table, root, out);
            out.row(&key(root, NOBODY, 0))
        });
        self.out.record(row, DURATION, nano);
    }

    /// Counts a request in which an operation was made faster.
    fn after(
        &mut self,
        (root, operation): (OperationId, OperationId),
        before: u64,
        after: [u64; SPEEDS],
    ) {
        let (table, names, out) = (self.table, &mut self.names, &mut *self.out);
        let point = self.after.entry((root, operation)).or_insert_with(|| {
            let [root, operation] = [root, operation].map(|id| names.get(table, id, out));
            let [a, b, c, d] = PERCENTS;
            Point {
                rows: [0, a, b, c, d].map(|percent| out.row(&key(root, operation, percent))),
                requests: 0,
                saved: [0; SPEEDS],
            }
        });
        let [unchanged, rows @ ..] = point.rows;
        point.requests += 1;
        out.record(unchanged, DURATION, before);
        for ((row, nano), saved) in rows.into_iter().zip(after).zip(&mut point.saved) {
            out.record(row, DURATION, nano);
            *saved += u128::from(before.saturating_sub(nano));
        }
    }

    /// Adds how many requests there are, and what they would save.
    fn flush(self) {
        for point in self.after.values() {
            let [_, rows @ ..] = point.rows;
            for (row, saved) in rows.into_iter().zip(point.saved) {
                self.out.add(row, CHANGED, point.requests);
                self.out.add(row, SAVED, saved as i128);
            }
        }
    }
}

fn key<'a>([a, b, c]: [Key<'a>; 3], [d, e, f]: [Key<'a>; 3], percent: u32) -> [Key<'a>; 8] {
    [a, b, c, Key::Name(""), d, e, f, Key::U64(percent.into())]
}

#[cfg(test)]
mod tests {
    use super::super::changes::scaled;
    use super::*;

    #[test]
    fn speeds_are_what_scaling_finds() {
        for nano in (0..50).chain([u64::MAX - 1, u64::MAX]) {
            let scaled = PERCENTS.map(|percent| scaled(nano, 1_000 - 10 * percent));
            assert_eq!(speeds(nano), scaled, "{nano}");
        }
    }
}
