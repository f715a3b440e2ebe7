//! What the spans of each operation have, in all and by key.

use super::column::{CALLS, ERRORS, EXAMPLES, THROTTLED, TIME};
use crate::analyses::exemplars::Exemplars;
use crate::analyses::numbered::Numbered;
use crate::analyses::operations::OperationCodes;
use crate::analysis::TraceBatch;
use crate::facts::{fact_flags, FactColumns, Outcome};
use crate::partial::{Key, Partial, Row};
use spanwise_model::attributes::Value;
use spanwise_model::{OperationId, Span, SpanTable, Strings, Symbol, Trace};

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
    /// Those attributes that some span or resource may have.
    attributes: Vec<(&'a str, Symbol)>,
    /// By operation.
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
    let held = |key: &'a String| Some((key.as_str(), table.store.strings.find(key)?));
    let named = attributes.iter().filter(|key| !key.is_empty());
    let mut cells = Cells {
        table,
        facts,
        attributes: named.filter_map(held).collect(),
        wholes: vec![(0, 0); table.operations.len()],
        keys: Strings::new(),
        cells: Numbered::default(),
    };
    for row in traces.traces().flat_map(Trace::rows) {
        cells.add(row);
    }
    cells.flush(out);
}

impl<'a> Cells<'a> {
    fn add(&mut self, row: u32) {
        let at = row as usize;
        let operation = self.table.columns.operation[at];
        let whole = &mut self.wholes[operation.0 as usize];
        whole.0 += 1;
        whole.1 += u128::from(self.facts.self_nano[at]);
        for attribute in 0..self.attributes.len() {
            let Some(value) = self.value(row, self.attributes[attribute].1) else {
                continue;
            };
            let key = self.keys.intern(&value.to_text());
            let cell = self.cells.get((operation, attribute as u32, key));
            cell.add(self.table, self.facts, row);
        }
    }

    /// The value that a span, else its resource, has of an attribute.
    fn value(&self, row: u32, key: Symbol) -> Option<Value<'a>> {
        let table = self.table;
        let own = Span::new(table, row).attribute_value(key);
        let resource = table.columns.resource[row as usize];
        own.or_else(|| table.store.resources.attribute(resource, key))
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
            let attribute = self.attributes[attribute as usize].0;
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
