//! Replays requests of a batch, changed and as they were.

use super::candidates::Candidates;
use super::changes::Selected;
use super::{Change, WhatIf, CHANGED, DURATION, SAVED};
use crate::analyses::numbered::Numbered;
use crate::analyses::operations::{operation_key, operation_names, request_root, OperationCodes};
use crate::analysis::TraceBatch;
use crate::facts::replay::{Faster, Replay};
use crate::facts::FactColumns;
use crate::histogram::Histogram;
use crate::partial::{Key, Partial};
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
    let mut points = Points::default();
    let mut faster = Faster::default();
    let mut candidates = Candidates::new(table);
    for root in traces.traces().filter_map(request_root) {
        candidates.find(root, facts);
        let group_of = |row| candidates.group_of(row);
        let (before, after) = faster.run((root, facts), group_of, speeds);
        let own = root.operation_id();
        points.before.get(own).add(before);
        for (operation, after) in candidates.each().zip(after) {
            points.after.get((own, operation)).add(before, after);
        }
    }
    points.flush(table, out);
}

/// What is known of a candidate.
#[derive(Default)]
struct Point {
    /// Before, and at each speed.
    durations: [Histogram; SPEEDS + 1],
    saved: [u128; SPEEDS],
}

impl Point {
    /// Counts a request in which an operation was made faster.
    #[inline]
    fn add(&mut self, before: u64, after: [u64; SPEEDS]) {
        let [unchanged, durations @ ..] = &mut self.durations;
        unchanged.add(before);
        for ((durations, nano), saved) in durations.iter_mut().zip(after).zip(&mut self.saved) {
            durations.add(nano);
            *saved += u128::from(before.saturating_sub(nano));
        }
    }
}

/// What is known of the candidates of a batch, by numbers.
#[derive(Default)]
struct Points {
    /// By root operation.
    before: Numbered<OperationId, Histogram>,
    /// By root operation and candidate.
    after: Numbered<(OperationId, OperationId), Point>,
}

impl Points {
    /// Adds all of them to a partial.
    fn flush(&self, table: &SpanTable, out: &mut Partial) {
        let mut names = OperationCodes::new(table);
        for (root, durations) in self.before.iter() {
            let root = names.get(table, *root, out);
            let row = out.row(&key(root, NOBODY, 0));
            out.record_all(row, DURATION, durations);
        }
        for ((root, operation), point) in self.after.iter() {
            let [root, operation] = [root, operation].map(|id| names.get(table, *id, out));
            let [unchanged, durations @ ..] = &point.durations;
            let row = out.row(&key(root, operation, 0));
            out.record_all(row, DURATION, unchanged);
            for ((percent, durations), saved) in PERCENTS.iter().zip(durations).zip(point.saved) {
                let row = out.row(&key(root, operation, *percent));
                out.record_all(row, DURATION, durations);
                out.add(row, CHANGED, durations.count());
                out.add(row, SAVED, saved as i128);
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
