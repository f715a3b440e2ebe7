//! What a batch says about each two operations below a parent, summed by number.

use super::observe::Relation;
use super::waits::{Lag, TERMS};
use super::{EXAMPLES, GAP, OVERLAPS, OVERLAP_EXAMPLES, PATH_TIME, SEQUENCES, SUMS, TURNS};
use crate::analyses::exemplars::Exemplars;
use crate::analyses::numbered::Numbered;
use crate::analyses::operations::OperationCodes;
use crate::histogram::Histogram;
use crate::partial::{Partial, Row};
use spanwise_model::{OperationId, SpanTable};

/// A parent and two of its children.
type Ids = [OperationId; 3];

/// What two operations add to a row.
#[derive(Default)]
pub(super) struct Cell {
    sequences: u64,
    overlaps: u64,
    turns: u64,
    pub(super) path_time: u128,
    sums: [i128; TERMS],
    gaps: Histogram,
    kept: Exemplars,
    others: Exemplars,
}

impl Cell {
    /// Adds what the second says about waiting for the first.
    pub(super) fn add(&mut self, lag: Lag) {
        self.gaps.add(lag.gap_nano);
        for (sum, term) in self.sums.iter_mut().zip(lag.terms()) {
            *sum += term;
        }
    }

    /// Counts parents.
    pub(super) fn count(&mut self, relation: Relation, parents: u64) {
        let count = match relation {
            Relation::Sequence => &mut self.sequences,
            Relation::Overlap => &mut self.overlaps,
            Relation::Turns => &mut self.turns,
        };
        *count += parents;
    }

    /// Offers a parent as an example of this value; the answer is what parents in
    /// later rows must be worth.
    pub(super) fn offer(
        &mut self,
        table: &SpanTable,
        relation: Relation,
        (parent, value): (u32, u64),
    ) -> u64 {
        let examples = match relation {
            Relation::Sequence => &mut self.kept,
            Relation::Overlap | Relation::Turns => &mut self.others,
        };
        examples.offer(table, value, parent);
        examples.least_from(parent)
    }

    fn flush(&self, table: &SpanTable, row: Row, out: &mut Partial) {
        out.add(row, SEQUENCES, self.sequences);
        out.add(row, OVERLAPS, self.overlaps);
        out.add(row, TURNS, self.turns);
        out.add(row, PATH_TIME, self.path_time as i128);
        for (column, &sum) in SUMS.zip(&self.sums) {
            out.add(row, column, sum);
        }
        out.record_all(row, GAP, &self.gaps);
        self.kept.flush(table, (row, EXAMPLES), out);
        self.others.flush(table, (row, OVERLAP_EXAMPLES), out);
    }
}

/// No cell yet.
const UNKNOWN: u32 = u32::MAX;

/// The cells of some operations below one parent, of which no two are equal.
#[derive(Clone, Debug, Default)]
pub(super) struct Layout {
    parent: OperationId,
    operations: Vec<OperationId>,
    /// By first and second operation.
    cells: Vec<u32>,
}

impl Layout {
    /// Takes other operations, unless they are the same.
    pub(super) fn take(
        &mut self,
        parent: OperationId,
        operations: impl ExactSizeIterator<Item = OperationId> + Clone,
    ) {
        let is_same = self.operations.iter().copied().eq(operations.clone());
        if self.parent == parent && is_same {
            return;
        }
        let count = operations.len();
        self.parent = parent;
        self.operations.clear();
        self.operations.extend(operations);
        self.cells.clear();
        self.cells.resize(count * count, UNKNOWN);
    }
}

/// The pairs of a batch.
pub(super) struct Cells<'a> {
    table: &'a SpanTable,
    cells: Numbered<Ids, Cell>,
}

impl<'a> Cells<'a> {
    pub(super) fn new(table: &'a SpanTable) -> Self {
        Self {
            table,
            cells: Numbered::default(),
        }
    }

    /// What is known of two operations of a layout, by their places in it.
    #[inline]
    pub(super) fn get(&mut self, layout: &mut Layout, pair: [usize; 2]) -> &mut Cell {
        let number = self.number(layout, pair);
        self.cells.value(number)
    }

    /// The number of what is known of them.
    #[inline]
    pub(super) fn number(&mut self, layout: &mut Layout, [first, second]: [usize; 2]) -> u32 {
        match layout.cells[first * layout.operations.len() + second] {
            UNKNOWN => self.find(layout, [first, second]),
            number => number,
        }
    }

    #[cold]
    fn find(&mut self, layout: &mut Layout, [first, second]: [usize; 2]) -> u32 {
        let operations = &layout.operations;
        let ids = [layout.parent, operations[first], operations[second]];
        let number = self.cells.number(ids);
        layout.cells[first * operations.len() + second] = number;
        number
    }

    /// What stands under a number.
    #[inline]
    pub(super) fn value(&mut self, number: u32) -> &mut Cell {
        self.cells.value(number)
    }

    /// Adds all of them to a partial.
    pub(super) fn flush(&self, out: &mut Partial) {
        let mut names = OperationCodes::new(self.table);
        for (ids, cell) in self.cells.iter() {
            let [one, two, three] = ids.map(|id| names.get(self.table, id, out));
            let ([a, b, c], [d, e, f], [g, h, i]) = (one, two, three);
            let row = out.row(&[a, b, c, d, e, f, g, h, i]);
            cell.flush(self.table, row, out);
        }
    }
}
