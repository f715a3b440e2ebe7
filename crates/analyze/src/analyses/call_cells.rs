//! From spans of requests to rows of a call tree, found and summed by number.

use super::bands::band_of;
use super::call_tree::{CALLS, CRITICAL, ERRORS, EXAMPLES, EXCLUSIVE, INCLUSIVE, REQUESTS};
use super::exemplars::Exemplars;
use super::numbered::{ByNode, Numbered};
use super::operations::OperationCodes;
use crate::call_path::{CallPaths, DEEPER};
use crate::facts::{fact_flags, FactColumns};
use crate::partial::{Key, Partial, Row};
use rustc_hash::FxHashMap;
use spanwise_model::{flags, OperationId, Span, SpanTable, Trace};
use std::ops::Range;

/// A root operation, and a latency band where these are told apart.
type Group = (OperationId, Option<u64>);

/// What the spans of a cell add.
#[derive(Debug, Default)]
struct Sums {
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
    /// Whether the times of requests are told apart by their bands.
    tells_bands: bool,
    paths: CallPaths,
    /// By row of the trace: its node.
    nodes: Vec<u32>,
    groups: Numbered<Group>,
    /// By group, band and node of the root: how many there are.
    requests: Numbered<(u32, u64, u32), u64>,
    /// By group and node.
    cells: ByNode<Sums>,
}

impl<'a> CallCells<'a> {
    pub(super) fn new(table: &'a SpanTable, facts: &'a FactColumns, tells_bands: bool) -> Self {
        Self {
            table,
            facts,
            tells_bands,
            paths: CallPaths::default(),
            nodes: Vec::new(),
            groups: Numbered::default(),
            requests: Numbered::default(),
            cells: ByNode::default(),
        }
    }

    /// Adds the spans of the request of a trace.
    pub(super) fn add(&mut self, trace: Trace<'_>, root: Span<'_>) {
        self.paths.add(trace, &mut self.nodes);
        let first = trace.rows().start;
        let rows = root.subtree();
        let band = band_of(self.facts.path_nano(root));
        let own_band = self.tells_bands.then_some(band);
        let group = self.groups.number((root.operation_id(), own_band));
        let top = self.nodes[(root.row() - first) as usize];
        *self.requests.get((group, band, top)) += 1;
        let range = rows.start as usize..rows.end as usize;
        let nodes = &self.nodes[(rows.start - first) as usize..(rows.end - first) as usize];
        let parents = &self.table.columns.parent[range];
        let seen = Seen::all(self.table, self.facts, rows.clone());
        for ((&node, &parent), seen) in nodes.iter().zip(parents).zip(seen) {
            let parent = self.nodes.get(parent.wrapping_sub(first) as usize);
            let folds = seen.row != rows.start && parent == Some(&node);
            self.cells.get(group, node).add(self.table, seen, folds);
        }
    }

    /// Adds all of them to a partial. Where bands are not told apart, the first
    /// of a root operation stands for all of them, but in the count of requests.
    pub(super) fn flush(&self, out: &mut Partial) {
        let mut names = OperationCodes::new(self.table);
        let mut bands: FxHashMap<u32, u64> = FxHashMap::default();
        for &((group, band, top), count) in self.requests.iter() {
            bands.entry(group).or_insert(band);
            let row = self.row((group, band, top), &mut names, out);
            out.add(row, REQUESTS, count);
        }
        for (group, node, sums) in self.cells.iter() {
            let row = self.row((group, bands[&group], node), &mut names, out);
            sums.flush(self.table, row, out);
        }
    }

    /// The row of a group, a band and a node.
    fn row(
        &self,
        (group, band, node): (u32, u64, u32),
        names: &mut OperationCodes,
        out: &mut Partial,
    ) -> Row {
        let node = self.paths.nodes()[node as usize];
        let [a, b, c] = names.get(self.table, self.groups.key(group).0, out);
        let deeper = [Key::Name(""), Key::Name(DEEPER), Key::Name("")];
        let operation = node.operation.map(|id| names.get(self.table, id, out));
        let [d, e, f] = operation.unwrap_or(deeper);
        let (path, parent) = (Key::U128(node.id), Key::U128(node.parent));
        let depth = Key::U64(node.depth.into());
        out.row(&[a, b, c, Key::U64(band), path, parent, depth, d, e, f])
    }
}

/// What is read of a span.
#[derive(Clone, Copy)]
struct Seen {
    row: u32,
    self_nano: u64,
    critical_nano: u64,
    duration_nano: u64,
    errs: bool,
    has_end: bool,
}

impl Seen {
    /// The spans of some rows.
    fn all<'a>(
        table: &'a SpanTable,
        facts: &'a FactColumns,
        rows: Range<u32>,
    ) -> impl Iterator<Item = Self> + 'a {
        let at = rows.start as usize..rows.end as usize;
        let own = facts.self_nano[at.clone()].iter();
        let times = own.zip(&facts.critical_nano[at.clone()]);
        let times = times.zip(&table.columns.duration_nano[at.clone()]);
        let flags = facts.flags[at.clone()].iter();
        let flags = flags.zip(&table.columns.flags[at]);
        let spans = rows.zip(times).zip(flags);
        spans.map(
            |((row, ((own, critical), duration)), (facts, flags))| Self {
                row,
                self_nano: *own,
                critical_nano: *critical,
                duration_nano: *duration,
                errs: facts & fact_flags::ERRS != 0,
                has_end: flags & flags::MISSING_END == 0,
            },
        )
    }
}

impl Sums {
    /// Adds a span, which may be a call of its parent by itself.
    #[inline]
    fn add(&mut self, table: &SpanTable, seen: Seen, folds: bool) {
        self.calls += 1;
        self.exclusive += u128::from(seen.self_nano);
        self.critical += u128::from(seen.critical_nano);
        self.errors += u64::from(seen.errs);
        if folds | !seen.has_end {
            return;
        }
        self.inclusive += u128::from(seen.duration_nano);
        self.examples.offer(table, seen.duration_nano, seen.row);
    }

    fn flush(&self, table: &SpanTable, row: Row, out: &mut Partial) {
        out.add(row, CALLS, self.calls);
        out.add(row, INCLUSIVE, self.inclusive as i128);
        out.add(row, EXCLUSIVE, self.exclusive as i128);
        out.add(row, CRITICAL, self.critical as i128);
        out.add(row, ERRORS, self.errors);
        self.examples.flush(table, (row, EXAMPLES), out);
    }
}
