//! What each operation takes of each request's critical path.

use super::column::{CALLS, ERRORS, EXAMPLES, REQUESTS, SQUARES, TIME};
use crate::analyses::bands::band_of;
use crate::analyses::exemplars::Exemplars;
use crate::analyses::numbered::Numbered;
use crate::analyses::operations::{request_root, OperationCodes};
use crate::analysis::TraceBatch;
use crate::facts::{fact_flags, FactColumns};
use crate::partial::{Key, Partial, Row};
use spanwise_model::{flags, OperationId, Span, SpanTable};

/// What an operation has of one request.
#[derive(Clone, Copy, Debug, Default)]
struct Part {
    calls: u64,
    errors: u64,
    nano: u64,
    /// The most critical time of a span of it, and the span's row.
    longest: (u64, u32),
}

/// What an operation has of the requests of a root operation and a band.
#[derive(Debug, Default)]
struct Sums {
    requests: u64,
    calls: u64,
    errors: u64,
    nano: u128,
    squares: u128,
    examples: Exemplars,
}

/// The cells of a batch.
struct Cells<'a> {
    table: &'a SpanTable,
    facts: &'a FactColumns,
    /// By operation: its part of the request at hand.
    parts: Vec<Part>,
    /// The operations that have a part of it.
    touched: Vec<OperationId>,
    groups: Numbered<(OperationId, u64)>,
    /// By group and operation.
    cells: Numbered<(u32, OperationId), Sums>,
}

/// Adds the requests of a batch.
pub(super) fn all(traces: TraceBatch<'_>, facts: &FactColumns, out: &mut Partial) {
    let table = traces.table();
    let mut cells = Cells {
        table,
        facts,
        parts: vec![Part::default(); table.operations.len()],
        touched: Vec::new(),
        groups: Numbered::default(),
        cells: Numbered::default(),
    };
    let has_end =
        |root: &Span<'_>| table.columns.flags[root.row() as usize] & flags::MISSING_END == 0;
    for root in traces.traces().filter_map(request_root).filter(has_end) {
        cells.add(root);
    }
    cells.flush(out);
}

impl Cells<'_> {
    /// Adds the request of a root.
    fn add(&mut self, root: Span<'_>) {
        let nano = self.take_parts(root);
        let operation = root.operation_id();
        let group = self.groups.number((operation, band_of(nano)));
        self.cells.get((group, operation)).requests += 1;
        for operation in self.touched.drain(..) {
            let part = std::mem::take(&mut self.parts[operation.0 as usize]);
            self.cells.get((group, operation)).add(self.table, part);
        }
    }

    /// Finds what each operation has of a request, and gives the request's
    /// duration, which is the sum of its tiles.
    fn take_parts(&mut self, root: Span<'_>) -> u64 {
        let rows = root.subtree();
        let at = rows.start as usize..rows.end as usize;
        let operations = &self.table.columns.operation[at.clone()];
        let flags = &self.facts.flags[at.clone()];
        let tiles = operations.iter().zip(&self.facts.critical_nano[at]);
        let mut sum = 0_u64;
        for (row, ((&operation, &nano), flags)) in rows.zip(tiles.zip(flags)) {
            if flags & fact_flags::ON_PATH == 0 {
                continue;
            }
            sum = sum.saturating_add(nano);
            let part = &mut self.parts[operation.0 as usize];
            if part.calls == 0 {
                self.touched.push(operation);
            }
            part.add(nano, row, flags & fact_flags::ERRS != 0);
        }
        sum
    }

    /// Adds all cells to the partial.
    fn flush(&self, out: &mut Partial) {
        let mut names = OperationCodes::new(self.table);
        for &((group, operation), ref sums) in self.cells.iter() {
            let (root, band) = self.groups.key(group);
            let [a, b, c] = names.get(self.table, root, out);
            let [d, e, f] = names.get(self.table, operation, out);
            let row = out.row(&[a, b, c, Key::U64(band), d, e, f]);
            sums.flush(self.table, row, out);
        }
    }
}

impl Part {
    #[inline]
    fn add(&mut self, nano: u64, row: u32, errs: bool) {
        if self.calls == 0 || nano > self.longest.0 {
            self.longest = (nano, row);
        }
        self.calls += 1;
        self.errors += u64::from(errs);
        self.nano = self.nano.saturating_add(nano);
    }
}

impl Sums {
    fn add(&mut self, table: &SpanTable, part: Part) {
        let nano = u128::from(part.nano);
        self.calls += part.calls;
        self.errors += part.errors;
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
