//! Counting spans by operation, slice and band.
//!
//! Each span is one small number, of which equal ones are counted once all are
//! there. Rows stand in the order that a partial has in the end.

use super::grain::Grain;
use super::shown::Cells;
use super::{COUNT, ERRORS};
use crate::analyses::columns::SPAN_OPERATION;
use crate::analyses::grouped::Grouped;
use crate::analyses::operations::operation_names;
use crate::facts::{fact_flags, FactColumns};
use crate::partial::{Key, Partial};
use spanwise_model::table::Names;
use spanwise_model::{flags, ColumnData, OperationId, SpanTable, Table};
use std::ops::Range;

/// The spans of a batch.
pub(super) struct Spans<'a> {
    table: &'a SpanTable,
    facts: &'a FactColumns,
    grain: Grain,
    /// By number of an operation: a place of the grain and whether a span errs,
    /// as the last bit.
    places: Grouped,
}

impl<'a> Spans<'a> {
    pub(super) fn new(table: &'a SpanTable, facts: &'a FactColumns, grain: Grain) -> Self {
        Self {
            table,
            facts,
            grain,
            places: Grouped::new(),
        }
    }

    /// Adds those spans of some rows that have an end.
    pub(super) fn add(&mut self, rows: Range<u32>) {
        let (columns, rows) = (&self.table.columns, rows.start as usize..rows.end as usize);
        let flags = columns.flags[rows.clone()].iter();
        let flags = flags.zip(&self.facts.flags[rows.clone()]);
        let starts = columns.start_unix_nano[rows.clone()].iter();
        let times = starts.zip(&columns.duration_nano[rows.clone()]);
        let spans = columns.operation[rows].iter().zip(times).zip(flags);
        for ((operation, (&start, &duration)), (flags, facts)) in spans {
            if flags & flags::MISSING_END == 0 {
                let errs = facts & fact_flags::ERRS != 0;
                let place = self.grain.place(start, duration);
                self.places.add(operation.0, place << 1 | u64::from(errs));
            }
        }
    }

    /// Adds all of them to a partial.
    pub(super) fn put(mut self, out: &mut Partial) {
        let is_new = out.is_empty();
        for operation in self.operations() {
            let cells = self.cells(operation);
            out.reserve(cells.len());
            let names = operation_names(self.table, operation);
            let names = names.map(|name| Key::Code(out.intern(name)));
            let rows = cells.into_iter().map(|cell| {
                let (slice, band) = self.grain.cell(cell.place);
                let mut numbers = [0; 2];
                (numbers[COUNT], numbers[ERRORS]) = (cell.count.into(), cell.errors.into());
                ([Key::I64(slice), Key::U64(band)], numbers)
            });
            out.put_all(&names, rows, is_new);
        }
    }

    /// The table of all of them.
    pub(super) fn table(mut self) -> Table {
        let operations = self.operations().into_iter();
        let cells = operations.map(|operation| (operation, self.cells(operation)));
        let cells: Vec<(OperationId, Vec<Cell>)> = cells.collect();
        let mut shown = Cells::of(cells.iter().map(|(_, cells)| cells.len()).sum());
        for (operation, cells) in cells {
            for cell in cells {
                let (first, band) = self.grain.shown(cell.place);
                let numbers = (band, cell.count.into(), cell.errors.into());
                shown.push(operation.0 as usize, first, numbers);
            }
        }
        let keys = operation_columns(self.table, &shown.keys);
        shown.table(keys, self.grain.bits())
    }

    /// The operations that have any, in the order of their names.
    fn operations(&self) -> Vec<OperationId> {
        let all = (0..self.table.operations.len() as u32).map(OperationId);
        let any = all.filter(|id| !self.places.is_empty(id.0));
        let mut operations: Vec<OperationId> = any.collect();
        operations.sort_unstable_by_key(|&id| operation_names(self.table, id));
        operations
    }

    /// Takes the cells of an operation, in their order.
    fn cells(&mut self, operation: OperationId) -> Vec<Cell> {
        let mut cells: Vec<Cell> = Vec::new();
        self.places.take(operation.0, |number, count| {
            let (place, errors) = (number >> 1, count * (number & 1) as u32);
            match cells.last_mut() {
                Some(cell) if cell.place == place => {
                    cell.count += count;
                    cell.errors += errors;
                }
                _ => cells.push(Cell {
                    place,
                    count,
                    errors,
                }),
            }
        });
        cells
    }
}

/// The spans of one place of an operation.
struct Cell {
    place: u64,
    count: u32,
    errors: u32,
}

/// The columns that name the operations of rows.
fn operation_columns(table: &SpanTable, operations: &[usize]) -> Table {
    let columns = SPAN_OPERATION.iter().enumerate();
    columns.fold(Table::new(), |columns, (at, &(name, _))| {
        let numbers = operations.iter().map(|&id| Some(id as u32));
        let text = |id| operation_names(table, OperationId(id))[at];
        columns.with(name, ColumnData::Name(Names::of_numbers(numbers, text)))
    })
}
