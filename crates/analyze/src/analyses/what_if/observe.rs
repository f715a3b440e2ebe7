//! Replays requests of a batch, changed and as they were.

use super::changes::{Faster, Selected};
use super::{Change, WhatIf, CHANGED, DURATION, SAVED};
use crate::analyses::operations::{operation_key, operation_names, request_root};
use crate::analysis::TraceBatch;
use crate::facts::replay::Replay;
use crate::facts::FactColumns;
use crate::partial::{Key, Partial, Row};
use rustc_hash::FxHashMap;
use spanwise_model::{OperationId, Span, SpanTable};
use std::cmp::Reverse;

/// How much faster candidates are made, in percent.
const PERCENTS: [u32; 4] = [25, 50, 75, 100];

/// How many operations of a request are candidates.
const CANDIDATES: usize = 8;

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

/// Makes every candidate of each request faster by itself.
pub(super) fn all(traces: TraceBatch<'_>, facts: &FactColumns, out: &mut Partial) {
    let table = traces.table();
    let mut rows = Rows {
        table,
        out,
        held: FxHashMap::default(),
    };
    let (mut replay, mut critical) = (Replay::default(), FxHashMap::default());
    for root in traces.traces().filter_map(request_root) {
        replay.prepare(root, facts);
        let (own, before) = (root.operation_id(), replay.length());
        let row = rows.of(own, None, 0);
        rows.out.record(row, DURATION, before);
        for operation in candidates(root, facts, &mut critical) {
            let row = rows.of(own, Some(operation), 0);
            rows.out.record(row, DURATION, before);
            for percent in PERCENTS {
                let after = replay.run(&Faster {
                    table,
                    operation,
                    thousandths: 1_000 - 10 * percent,
                });
                let row = rows.of(own, Some(operation), percent);
                rows.out.record(row, DURATION, after);
                rows.out.add(row, CHANGED, 1_u8);
                rows.out.add(row, SAVED, before.saturating_sub(after));
            }
        }
    }
}

/// The operations that have the most time on the critical path of a request,
/// of equal ones those with the smallest names.
fn candidates(
    root: Span<'_>,
    facts: &FactColumns,
    critical: &mut FxHashMap<OperationId, u64>,
) -> Vec<OperationId> {
    let table = root.table();
    critical.clear();
    for row in root.subtree() {
        let nano = facts.critical_nano[row as usize];
        if nano > 0 {
            *critical
                .entry(table.columns.operation[row as usize])
                .or_default() += nano;
        }
    }
    let mut found: Vec<(OperationId, u64)> =
        critical.iter().map(|(&id, &nano)| (id, nano)).collect();
    found.sort_unstable_by(|a, b| {
        (Reverse(a.1), operation_names(table, a.0))
            .cmp(&(Reverse(b.1), operation_names(table, b.0)))
    });
    found.truncate(CANDIDATES);
    found.into_iter().map(|(id, _)| id).collect()
}

/// Rows of a batch by numbers.
struct Rows<'a> {
    table: &'a SpanTable,
    out: &'a mut Partial,
    held: FxHashMap<(OperationId, Option<OperationId>, u32), Row>,
}

impl Rows<'_> {
    fn of(&mut self, root: OperationId, operation: Option<OperationId>, percent: u32) -> Row {
        let (table, out) = (self.table, &mut *self.out);
        *self
            .held
            .entry((root, operation, percent))
            .or_insert_with(|| {
                let [a, b, c] = operation_key(table, root);
                let [d, e, f] = operation.map_or(NOBODY, |id| operation_key(table, id));
                out.row(&[a, b, c, Key::Name(""), d, e, f, Key::U64(percent.into())])
            })
    }
}
