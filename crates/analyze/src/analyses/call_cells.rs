//! From spans of requests to rows of a call tree, found and summed by number.

use super::call_tree::{CALLS, CRITICAL, ERRORS, EXAMPLES, EXCLUSIVE, INCLUSIVE, REQUESTS};
use super::exemplars::Exemplars;
use super::numbered::Numbered;
use super::operations::OperationCodes;
use crate::call_path::{CallPaths, DEEPER};
use crate::facts::{fact_flags, FactColumns};
use crate::partial::{Key, Partial, Row};
use spanwise_model::{flags, OperationId, Span, SpanTable};

/// A root operation and a latency band.
type Group = (OperationId, u64);

/// What the spans of a cell add.
#[derive(Default)]
struct Sums {
    requests: u64,
    calls: u64,
    errors: u64,
    inclusive: u128,
    exclusive: u128,
    critical: u128,
    examples: Exemplars,
}

/// The cells of a batch.
pub(super) struct CallCells<'a> {
    table: &'a SpanTable,
    facts: &'a FactColumns,
    paths: CallPaths,
    /// By row of the trace: its node.
    nodes: Vec<u32>,
    groups: Numbered<Group>,
    /// By group and node.
    cells: Numbered<(u32, u32), Sums>,
}

impl<'a> CallCells<'a> {
    pub(super) fn new(table: &'a SpanTable, facts: &'a FactColumns) -> Self {
        Self {
            table,
            facts,
            paths: CallPaths::default(),
            nodes: Vec::new(),
            groups: Numbered::default(),
            cells: Numbered::default(),
        }
    }

    /// Adds the spans of a request in this latency band.
    pub(super) fn add(&mut self, root: Span<'_>, band: u64) {
        self.paths.add(root.trace(), &mut self.nodes);
        let first = root.trace().rows().start;
        let group = self.groups.number((root.operation_id(), band));
        for row in root.subtree() {
            let node = self.nodes[(row - first) as usize];
            let parent = self.table.columns.parent[row as usize];
            let folds = row != root.row() && self.nodes[(parent - first) as usize] == node;
            let (table, facts) = (self.table, self.facts);
            let sums = self.cells.get((group, node));
            sums.requests += u64::from(row == root.row());
            sums.add((table, facts), row, folds);
        }
    }

    /// Adds all of them to a partial.
    pub(super) fn flush(&self, out: &mut Partial) {
        let mut names = OperationCodes::new(self.table);
        for &((group, node), ref sums) in self.cells.iter() {
            let (root, band) = self.groups.key(group);
            let node = self.paths.nodes()[node as usize];
            let [a, b, c] = names.get(self.table, root, out);
            let deeper = [Key::Name(""), Key::Name(DEEPER), Key::Name("")];
            let operation = node.operation.map(|id| names.get(self.table, id, out));
            let [d, e, f] = operation.unwrap_or(deeper);
            let (path, parent) = (Key::U128(node.id), Key::U128(node.parent));
            let depth = Key::U64(node.depth.into());
            let row = out.row(&[a, b, c, Key::U64(band), path, parent, depth, d, e, f]);
            sums.flush(self.table, row, out);
        }
    }
}

impl Sums {
    /// Adds a span, which may be a call of its parent by itself.
    #[inline]
    fn add(&mut self, (table, facts): (&SpanTable, &FactColumns), row: u32, folds: bool) {
        let at = row as usize;
        self.calls += 1;
        self.exclusive += u128::from(facts.self_nano[at]);
        self.critical += u128::from(facts.critical_nano[at]);
        self.errors += u64::from(facts.flags[at] & fact_flags::ERRS);
        if folds || table.columns.flags[at] & flags::MISSING_END != 0 {
            return;
        }
        let duration = table.columns.duration_nano[at];
        self.inclusive += u128::from(duration);
        self.examples.offer(table, duration, row);
    }

    fn flush(&self, table: &SpanTable, row: Row, out: &mut Partial) {
        out.add(row, REQUESTS, self.requests);
        out.add(row, CALLS, self.calls);
        out.add(row, INCLUSIVE, self.inclusive as i128);
        out.add(row, EXCLUSIVE, self.exclusive as i128);
        out.add(row, CRITICAL, self.critical as i128);
        out.add(row, ERRORS, self.errors);
        self.examples.flush(table, (row, EXAMPLES), out);
    }
}
