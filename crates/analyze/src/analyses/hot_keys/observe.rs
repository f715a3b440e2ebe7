//! What the spans of each operation have, in all and by key.

use super::column::{CALLS, ERRORS, EXAMPLES, THROTTLED, TIME};
use super::reader::KeyReaders;
use crate::analyses::exemplars::Exemplars;
use crate::analyses::numbered::Numbered;
use crate::analyses::operations::OperationCodes;
use crate::analysis::TraceBatch;
use crate::facts::{fact_flags, FactColumns, Outcome};
use crate::partial::{Key, Partial, Row};
use spanwise_model::{OperationId, SpanTable, Strings, Symbol, Trace};
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
    readers: KeyReaders<'a>,
    /// By operation: the calls and the self time of all spans.
    wholes: Vec<(u64, u128)>,
    keys: Strings,
    /// By operation, attribute and key.
    cells: Numbered<(OperationId, u32, Symbol), Sums>,
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
        readers: KeyReaders::new(attributes, table),
        wholes: vec![(0, 0); table.operations.len()],
        keys: Strings::new(),
        cells: Numbered::default(),
    };
    for rows in traces.traces().map(Trace::rows) {
        cells.add_to_wholes(rows.clone());
        cells.add_keys(rows);
    }
    cells.flush(out);
}

impl Cells<'_> {
    /// Adds the rows of a trace to what all spans have.
    #[inline]
    fn add_to_wholes(&mut self, rows: Range<u32>) {
        let at = rows.start as usize..rows.end as usize;
        let operations = self.table.columns.operation[at.clone()].iter();
        for (operation, &nano) in operations.zip(&self.facts.self_nano[at]) {
            let whole = &mut self.wholes[operation.0 as usize];
            whole.0 += 1;
            whole.1 += u128::from(nano);
        }
    }

    /// Adds those rows of a trace that have keys.
    #[inline]
    fn add_keys(&mut self, rows: Range<u32>) {
        if self.readers.is_empty() {
            return;
        }
        let (columns, at) = (&self.table.columns, rows.start as usize..rows.end as usize);
        let records = columns.record[at.clone()].iter();
        let said = columns.evidence[at.clone()]
            .iter()
            .zip(&columns.resource[at]);
        for (row, (&record, (&evidence, &resource))) in rows.zip(records.zip(said)) {
            if self.readers.has_any(record, evidence, resource) {
                self.add_row(row);
            }
        }
    }

    fn add_row(&mut self, row: u32) {
        let operation = self.table.columns.operation[row as usize];
        for (attribute, key) in self.readers.read(row) {
            let key = self.keys.intern(&key);
            let cell = self.cells.get((operation, attribute, key));
            cell.add(self.table, self.facts, row);
        }
    }

    /// Adds all cells to the partial.
    fn flush(&self, out: &mut Partial) {
        let mut names = OperationCodes::new(self.table);
        let mut row = |operation, of: [&str; 2], out: &mut Partial| {
            let [a, b, c] = names.get(self.table, operation, out);
            let [attribute, key] = of.map(Key::Name);
            out.row(&[a, b, c, attribute, key])
        };
        for (operation, &(calls, nano)) in (0..).map(OperationId).zip(&self.wholes) {
            if calls > 0 {
                let row = row(operation, ["", ""], out);
                out.add(row, CALLS, calls);
                out.add(row, TIME, nano as i128);
            }
        }
        for &((operation, attribute, key), ref sums) in self.cells.iter() {
            let attribute = self.readers.name(attribute);
            let row = row(operation, [attribute, self.keys.get(key)], out);
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
