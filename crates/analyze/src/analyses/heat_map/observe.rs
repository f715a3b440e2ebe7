//! Counting spans by operation, slice and band.
//!
//! Over a longer time nearly every span is in a cell of its own. So they are
//! sorted rather than looked up, each as one small number, and rows stand in the
//! order that a partial has in the end.

use super::{COUNT, ERRORS};
use crate::analyses::bands::band_of;
use crate::analyses::grouped::Grouped;
use crate::analyses::operations::operation_names;
use crate::analyses::slices::{ordinal, slice_at, slice_of};
use crate::facts::{fact_flags, FactColumns};
use crate::partial::{Key, Partial};
use spanwise_model::{flags, OperationId, SpanTable};

/// Bits of a band; there are fewer than a thousand.
const BAND_BITS: u32 = 10;

/// The slice and the band of a span, and whether it errs, as a number that sorts
/// in this order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Cell(u64);

impl Cell {
    fn new(slice: i64, band: u64, errs: bool) -> Self {
        Self((ordinal(slice) << BAND_BITS | band) << 1 | u64::from(errs))
    }

    fn errs(self) -> bool {
        self.0 & 1 == 1
    }

    /// The same where nothing is said of errors.
    fn whole(self) -> u64 {
        self.0 >> 1
    }

    fn slice(self) -> i64 {
        slice_at(self.whole() >> BAND_BITS)
    }

    fn band(self) -> u64 {
        self.whole() & ((1 << BAND_BITS) - 1)
    }
}

/// The spans of a batch.
pub(super) struct Spans<'a> {
    table: &'a SpanTable,
    facts: &'a FactColumns,
    /// By number of an operation.
    cells: Grouped<Cell>,
}

impl<'a> Spans<'a> {
    pub(super) fn new(table: &'a SpanTable, facts: &'a FactColumns) -> Self {
        Self {
            table,
            facts,
            cells: Grouped::new(),
        }
    }

    /// Adds a span that has an end.
    #[inline]
    pub(super) fn add(&mut self, row: u32) {
        let (columns, at) = (&self.table.columns, row as usize);
        if columns.flags[at] & flags::MISSING_END != 0 {
            return;
        }
        let slice = slice_of(columns.start_unix_nano[at]);
        let band = band_of(columns.duration_nano[at]);
        let errs = self.facts.flags[at] & fact_flags::ERRS != 0;
        let cell = Cell::new(slice, band, errs);
        self.cells.add(columns.operation[at].0, cell);
    }

    /// Adds all of them to a partial.
    pub(super) fn flush(mut self, out: &mut Partial) {
        let table = self.table;
        self.cells.sort();
        let mut operations: Vec<u32> = (0..table.operations.len() as u32).collect();
        operations.sort_unstable_by_key(|&id| operation_names(table, OperationId(id)));
        let is_new = out.is_empty();
        out.reserve(self.cells.runs(Cell::whole));
        for operation in operations {
            let names = operation_names(table, OperationId(operation));
            let spans = self.cells.of(operation);
            if spans.is_empty() {
                continue;
            }
            let [a, b, c] = names.map(|name| Key::Code(out.intern(name)));
            for cells in spans.chunk_by(|a, b| a.whole() == b.whole()) {
                let (slice, band) = (cells[0].slice(), cells[0].band());
                let key = [a, b, c, Key::I64(slice), Key::U64(band)];
                let errors = cells.iter().filter(|cell| cell.errs()).count();
                let mut numbers = [0; 2];
                (numbers[COUNT], numbers[ERRORS]) = (cells.len() as i128, errors as i128);
                out.put(&key, &numbers, is_new);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_hold_the_first_and_the_last() {
        let mut before = Cell::default();
        for nano in [i64::MIN, -1, 0, i64::MAX] {
            for duration in [0, u64::MAX] {
                for errs in [false, true] {
                    let (slice, band) = (slice_of(nano), band_of(duration));
                    let cell = Cell::new(slice, band, errs);
                    assert_eq!(
                        (cell.slice(), cell.band(), cell.errs()),
                        (slice, band, errs)
                    );
                    assert!(before <= cell, "in the order of time");
                    before = cell;
                }
            }
        }
    }
}
