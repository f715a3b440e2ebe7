//! Counting spans by operation, slice and band.
//!
//! Over a longer time nearly every span is in a cell of its own. So they are
//! sorted rather than looked up, each as one small number, and rows stand in the
//! order that a partial has in the end.

use super::grain::Grain;
use super::{COUNT, ERRORS};
use crate::analyses::grouped::Grouped;
use crate::analyses::operations::operation_names;
use crate::facts::{fact_flags, FactColumns};
use crate::partial::{Key, Partial};
use spanwise_model::{flags, OperationId, SpanTable};

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

    /// Adds a span that has an end.
    #[inline]
    pub(super) fn add(&mut self, row: u32) {
        let (columns, at) = (&self.table.columns, row as usize);
        if columns.flags[at] & flags::MISSING_END != 0 {
            return;
        }
        let duration = columns.duration_nano[at];
        let place = self.grain.place(columns.start_unix_nano[at], duration);
        let errs = self.facts.flags[at] & fact_flags::ERRS != 0;
        let group = columns.operation[at].0;
        self.places.add(group, place << 1 | u64::from(errs));
    }

    /// Adds all of them to a partial.
    pub(super) fn flush(mut self, out: &mut Partial) {
        let table = self.table;
        self.places.sort();
        let mut operations: Vec<u32> = (0..table.operations.len() as u32).collect();
        operations.sort_unstable_by_key(|&id| operation_names(table, OperationId(id)));
        let is_new = out.is_empty();
        out.reserve(self.places.runs(|place| place >> 1));
        for operation in operations {
            let names = operation_names(table, OperationId(operation));
            let spans = self.places.of(operation);
            if spans.is_empty() {
                continue;
            }
            let names = names.map(|name| Key::Code(out.intern(name)));
            let cells = spans.chunk_by(|a, b| a >> 1 == b >> 1).map(|spans| {
                let (slice, band) = self.grain.cell(spans[0] >> 1);
                let errors: u64 = spans.iter().map(|span| span & 1).sum();
                let mut numbers = [0; 2];
                (numbers[COUNT], numbers[ERRORS]) = (spans.len() as i128, errors.into());
                ([Key::I64(slice), Key::U64(band)], numbers)
            });
            out.put_all(&names, cells, is_new);
        }
    }
}
