//! Replays requests of a batch, changed and as they were.

use super::candidates::Candidates;
use super::changes::Selected;
use super::points::Points;
use super::{Change, WhatIf, CHANGED, DURATION, SAVED};
use crate::analyses::operations::{operation_key, operation_names, request_root};
use crate::analysis::TraceBatch;
use crate::facts::replay::{Faster, Replay, Speeds};
use crate::facts::FactColumns;
use crate::partial::{Key, Partial};
use spanwise_model::{OperationId, SpanTable};

/// How much faster candidates are made, in percent.
pub(super) const PERCENTS: [u32; SPEEDS] = [25, 50, 75, 100];

/// How many speeds that is.
pub(super) const SPEEDS: usize = 4;

/// No operation.
pub(super) const NOBODY: [Key<'static>; 3] = [Key::Name(""); 3];

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

/// [`PERCENTS`] as quarters.
const QUARTERS: Speeds<SPEEDS> = Speeds {
    parts: 4,
    saved: [1, 2, 3, 4],
};

/// Makes every candidate of each request faster by itself.
pub(super) fn all(traces: TraceBatch<'_>, facts: &FactColumns, out: &mut Partial) {
    let table = traces.table();
    let mut points = Points::new();
    let mut faster = Faster::default();
    let mut candidates = Candidates::new(table);
    for root in traces.traces().filter_map(request_root) {
        candidates.find(root, facts);
        let (before, after) = faster.run((root, facts), candidates.group_of(), &QUARTERS);
        let own = root.operation_id();
        points.add_request(own, before);
        for (operation, after) in candidates.each().zip(after) {
            points.add((own, operation), before, after);
        }
    }
    points.flush(table, out);
}

/// The key of a root operation and a candidate.
pub(super) fn key<'a>(
    [a, b, c]: [Key<'a>; 3],
    [d, e, f]: [Key<'a>; 3],
    percent: u32,
) -> [Key<'a>; 8] {
    [a, b, c, Key::Name(""), d, e, f, Key::U64(percent.into())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::replay::PARTS;

    #[test]
    fn quarters_are_percents() {
        let percents = QUARTERS.saved.map(|saved| 100 * saved / QUARTERS.parts);
        assert_eq!(percents, PERCENTS);
        assert_eq!(PARTS % QUARTERS.parts, 0, "replays count them exactly");
    }
}
