//! What each operation takes of each request's critical path.

use super::column::{CALLS, ERRORS, EXAMPLES, REQUESTS, SQUARES, TIME};
use crate::analyses::bands::band_of;
use crate::analyses::exemplars::Exemplars;
use crate::analyses::numbered::{ByNode, Numbered};
use crate::analyses::operations::{request_root, OperationCodes};
use crate::analysis::TraceBatch;
use crate::facts::{fact_flags, FactColumns};
use crate::partial::{Key, Partial, Row};
use spanwise_model::{flags, OperationId, Span, SpanTable};

/// What an operation has of one request.
#[derive(Clone, Copy, Debug, Default)]
struct Part {
    /// The row of the root.
    root: u32,
    calls: u32,
    nano: u64,
    /// The most critical time of a span of it, and the span's row.
    longest: (u64, u32),
}

/// What an operation has of the requests of a root operation and a band.
#[derive(Debug, Default)]
struct Sums {
    /// Of the request that it was last in, which is not in the sums yet.
    part: Part,
    requests: u64,
    calls: u64,
    errors: u64,
    nano: u128,
    squares: u128,
    examples: Exemplars,
}

/// Requests of a batch, each with a number for its root operation and the band of
/// its duration; those without an end are none.
pub(super) struct Requests<'a> {
    table: &'a SpanTable,
    facts: &'a FactColumns,
    groups: Numbered<(OperationId, u64), u64>,
    /// In the order of traces.
    all: Vec<(u32, Span<'a>)>,
}

impl<'a> Requests<'a> {
    pub(super) fn of(traces: TraceBatch<'a>, facts: &'a FactColumns) -> Self {
        let mut requests = Self {
            table: traces.table(),
            facts,
            groups: Numbered::default(),
            all: Vec::new(),
        };
        for root in traces.traces().filter_map(request_root) {
            requests.add(root);
        }
        requests
    }

    fn add(&mut self, root: Span<'a>) {
        if self.table.columns.flags[root.row() as usize] & flags::MISSING_END != 0 {
            return;
        }
        let band = band_of(self.facts.path_nano(root));
        let group = self.groups.number((root.operation_id(), band));
        *self.groups.value(group) += 1;
        self.all.push((group, root));
    }

    /// Adds how many there are of each root operation and band to a partial, and
    /// gives the row of each group.
    pub(super) fn count(&self, out: &mut Partial) -> Vec<Row> {
        let mut names = OperationCodes::new(self.table);
        let rows = self.groups.iter().map(|&((root, band), count)| {
            let [a, b, c] = names.get(self.table, root, out);
            let row = out.row(&[a, b, c, Key::U64(band), a, b, c]);
            out.add(row, REQUESTS, count);
            row
        });
        rows.collect()
    }

    /// Adds what operations have of the requests to a partial. They are added group
    /// by group, so that an operation finds its cell by the group it was last in.
    pub(super) fn add_all(mut self, out: &mut Partial) {
        self.all.sort_by_key(|&(group, _)| group);
        let groups: Vec<_> = self.groups.iter().map(|&(key, _)| key).collect();
        let mut cells = self.cells();
        for (group, root) in self.all {
            cells.add(group, root);
        }
        cells.flush(&groups, out);
    }

    /// The same of those requests alone whose group has a cohort, which stands in
    /// the place of the band.
    pub(super) fn add_cohorts(self, cohorts: &[Option<usize>], out: &mut Partial) {
        let mut merged: Numbered<(OperationId, u64)> = Numbered::default();
        let keys = self.groups.iter().map(|&((root, _), _)| root);
        let groups = keys.zip(cohorts);
        let groups = groups.map(|(root, cohort)| Some(merged.number((root, (*cohort)? as u64))));
        let groups: Vec<Option<u32>> = groups.collect();
        let mut cells = self.cells();
        for (group, root) in self.all {
            if let Some(group) = groups[group as usize] {
                cells.add(group, root);
            }
        }
        let merged: Vec<_> = merged.iter().map(|&(key, ())| key).collect();
        cells.flush(&merged, out);
    }

    fn cells(&self) -> Cells<'a> {
        Cells {
            table: self.table,
            facts: self.facts,
            cells: ByNode::default(),
        }
    }
}

/// The cells of a batch.
struct Cells<'a> {
    table: &'a SpanTable,
    facts: &'a FactColumns,
    /// By group and operation.
    cells: ByNode<Sums>,
}

impl Cells<'_> {
    /// Adds the request of a root, which is of this group.
    fn add(&mut self, group: u32, root: Span<'_>) {
        let rows = root.subtree();
        self.cells.get(group, root.operation_id().0).requests += 1;
        let at = rows.start as usize..rows.end as usize;
        let operations = self.table.columns.operation[at.clone()].iter();
        let tiles = operations.zip(&self.facts.critical_nano[at.clone()]);
        let flags = self.facts.flags[at].iter();
        for (row, (flags, (operation, &nano))) in rows.clone().zip(flags.zip(tiles)) {
            if flags & fact_flags::ON_PATH == 0 {
                continue;
            }
            let sums = self.cells.get(group, operation.0);
            if sums.part.root != rows.start {
                sums.settle(self.table);
                sums.part.root = rows.start;
            }
            sums.errors += u64::from(flags & fact_flags::ERRS != 0);
            sums.part.add(nano, row);
        }
    }

    /// Adds all cells to the partial, whose groups are these.
    fn flush(mut self, groups: &[(OperationId, u64)], out: &mut Partial) {
        let mut names = OperationCodes::new(self.table);
        for (group, operation, sums) in self.cells.iter_mut() {
            let (root, band) = groups[group as usize];
            let [a, b, c] = names.get(self.table, root, out);
            let [d, e, f] = names.get(self.table, OperationId(operation), out);
            let row = out.row(&[a, b, c, Key::U64(band), d, e, f]);
            sums.settle(self.table);
            sums.flush(self.table, row, out);
        }
    }
}

impl Part {
    #[inline]
    fn add(&mut self, nano: u64, row: u32) {
        if self.calls == 0 || nano > self.longest.0 {
            self.longest = (nano, row);
        }
        self.calls += 1;
        self.nano = self.nano.saturating_add(nano);
    }
}

impl Sums {
    /// Adds the part of the last request to the sums.
    fn settle(&mut self, table: &SpanTable) {
        let part = std::mem::take(&mut self.part);
        if part.calls == 0 {
            return;
        }
        let nano = u128::from(part.nano);
        self.calls += u64::from(part.calls);
        self.nano += nano;
        self.squares = self.squares.saturating_add(nano * nano);
        self.examples.offer(table, part.nano, part.longest.1);
    }

    fn flush(&self, table: &SpanTable, row: Row, out: &mut Partial) {
        let squares = i128::try_from(self.squares).unwrap_or(i128::MAX);
        out.add(row, REQUESTS, self.requests);
        out.add(row, CALLS, self.calls);
        out.add(row, ERRORS, self.errors);
        out.add(row, TIME, self.nano as i128);
        out.add(row, SQUARES, squares);
        self.examples.flush(table, (row, EXAMPLES), out);
    }
}
