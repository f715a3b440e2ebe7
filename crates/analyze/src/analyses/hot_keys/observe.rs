//! What the spans of each operation have, in all and by key.

use super::column::{CALLS, ERRORS, EXAMPLES, THROTTLED, TIME};
use super::reader::KeyReaders;
use crate::analyses::exemplars::Exemplars;
use crate::analyses::numbered::Numbered;
use crate::analyses::operations::OperationCodes;
use crate::analysis::TraceBatch;
use crate::facts::{fact_flags, FactColumns, Outcome};
use crate::partial::{Key, Partial, Row};
use spanwise_model::{OperationId, SpanTable, Symbol};
use std::ops::Range;

/// What the spans of a cell have.
#[derive(Debug, Default)]
struct Sums {
    calls: u64,
    errors: u64,
    throttled: u64,
    nano: u128,
    examples: Exemplars,
}

/// The cells of a batch.
struct Cells<'a> {
    table: &'a SpanTable,
    facts: &'a FactColumns,
    /// By operation: what all spans have.
    wholes: Vec<Whole>,
    /// By operation, attribute and key.
    cells: Numbered<(OperationId, u32, Symbol), Sums>,
}

/// The calls and the self time of an operation, as one number: of fewer than 2^32
/// rows, times take less than 96 bits.
#[derive(Clone, Copy, Debug, Default)]
struct Whole(u128);

impl Whole {
    const CALL: u128 = 1 << 96;

    #[inline]
    fn add(&mut self, nano: u64) {
        self.0 += Self::CALL + u128::from(nano);
    }

    fn calls(self) -> u64 {
        (self.0 / Self::CALL) as u64
    }

    fn nano(self) -> u128 {
        self.0 % Self::CALL
    }
}

/// Adds the spans of a batch.
pub(super) fn all<'a>(
    attributes: &'a [String],
    traces: TraceBatch<'a>,
    (facts, out): (&'a FactColumns, &mut Partial),
) {
    let table = traces.table();
    let mut cells = Cells {
        table,
        facts,
        wholes: vec![Whole::default(); table.operations.len()],
        cells: Numbered::default(),
    };
    let (mut readers, mut found) = (KeyReaders::new(attributes, table), Vec::new());
    for rows in traces.runs() {
        cells.add_to_wholes(rows.clone());
        readers.find(rows, &mut found);
    }
    readers.read(&found, |row, attribute, key| {
        cells.add(row, attribute, key);
    });
    cells.flush(&readers, out);
}

impl Cells<'_> {
    /// Adds rows to what all spans have.
    #[inline]
    fn add_to_wholes(&mut self, rows: Range<u32>) {
        let at = rows.start as usize..rows.end as usize;
        let operations = self.table.columns.operation[at.clone()].iter();
        for (operation, &nano) in operations.zip(&self.facts.self_nano[at]) {
            self.wholes[operation.0 as usize].add(nano);
        }
    }

    /// Adds a row that has a key.
    fn add(&mut self, row: u32, attribute: u32, key: Symbol) {
        let operation = self.table.columns.operation[row as usize];
        let cell = self.cells.get((operation, attribute, key));
        cell.add(self.table, self.facts, row);
    }

    /// Adds all cells to the partial.
    fn flush(&self, readers: &KeyReaders<'_>, out: &mut Partial) {
        let mut names = OperationCodes::new(self.table);
        let mut row = |operation, of: [&str; 2], out: &mut Partial| {
            let [a, b, c] = names.get(self.table, operation, out);
            let [attribute, key] = of.map(Key::Name);
            out.row(&[a, b, c, attribute, key])
        };
        for (operation, whole) in (0..).map(OperationId).zip(&self.wholes) {
            if whole.calls() > 0 {
                let row = row(operation, ["", ""], out);
                out.add(row, CALLS, whole.calls());
                out.add(row, TIME, whole.nano() as i128);
            }
        }
        for &((operation, attribute, key), ref sums) in self.cells.iter() {
            let row = row(operation, [readers.name(attribute), readers.key(key)], out);
            sums.flush(self.table, row, out);
        }
    }
}

impl Sums {
    fn add(&mut self, table: &SpanTable, facts: &FactColumns, row: u32) {
        let at = row as usize;
        self.calls += 1;
        self.errors += u64::from(facts.flags[at] & fact_flags::ERRS != 0);
        self.throttled += u64::from(facts.outcome[at] == Outcome::Throttled);
        self.nano += u128::from(facts.self_nano[at]);
        self.examples.offer(table, facts.self_nano[at], row);
    }

    fn flush(&self, table: &SpanTable, row: Row, out: &mut Partial) {
        out.add(row, CALLS, self.calls);
        out.add(row, ERRORS, self.errors);
        out.add(row, THROTTLED, self.throttled);
        out.add(row, TIME, self.nano as i128);
        self.examples.flush(table, (row, EXAMPLES), out);
    }
}
