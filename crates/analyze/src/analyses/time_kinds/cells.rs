//! Pieces of critical paths in cells, found and summed by number.

use super::{CRITICAL, EXAMPLES, PIECES, REQUESTS};
use crate::analyses::bands::band_of;
use crate::analyses::exemplars::Exemplars;
use crate::analyses::numbered::Numbered;
use crate::analyses::operations::OperationCodes;
use crate::facts::time_kind::{Piece, TimeKind};
use crate::partial::{Key, Partial};
use spanwise_model::{OperationId, Span, SpanTable};

/// A root operation and a latency band.
type Group = (OperationId, u64);

/// By number of a group: whose time it is, and what kind.
type CellKey = (u32, OperationId, TimeKind);

/// What the pieces of a cell add.
#[derive(Default)]
struct Sums {
    requests: u64,
    pieces: u64,
    critical: u128,
    examples: Exemplars,
}

/// The cells of a batch.
pub(super) struct Cells<'a> {
    table: &'a SpanTable,
    groups: Numbered<Group>,
    cells: Numbered<CellKey, Sums>,
}

impl<'a> Cells<'a> {
    pub(super) fn new(table: &'a SpanTable) -> Self {
        Self {
            table,
            groups: Numbered::default(),
            cells: Numbered::default(),
        }
    }

    /// Adds the critical path of a request.
    pub(super) fn add(&mut self, root: Span<'_>, path: &[Piece]) {
        let table = self.table;
        let duration = path.iter().map(|piece| piece.duration_nano()).sum();
        let own = root.operation_id();
        let group = self.groups.number((own, band_of(duration)));
        self.cells.get((group, own, TimeKind::OwnWork)).requests += 1;
        for piece in path {
            let operation = table.columns.operation[piece.row as usize];
            let sums = self.cells.get((group, operation, piece.kind));
            let nano = piece.duration_nano();
            sums.pieces += 1;
            sums.critical += u128::from(nano);
            sums.examples.offer(table, nano, piece.row);
        }
    }

    /// Adds all of them to a partial.
    pub(super) fn flush(&self, out: &mut Partial) {
        let mut names = OperationCodes::new(self.table);
        for &((group, operation, kind), ref sums) in self.cells.iter() {
            let (root, band) = self.groups.key(group);
            let [a, b, c] = names.get(self.table, root, out);
            let [d, e, f] = names.get(self.table, operation, out);
            let kind = Key::Code(out.intern(kind.name()));
            let row = out.row(&[a, b, c, Key::U64(band), d, e, f, kind]);
            out.add(row, REQUESTS, sums.requests);
            out.add(row, PIECES, sums.pieces);
            out.add(row, CRITICAL, sums.critical as i128);
            sums.examples.flush(self.table, (row, EXAMPLES), out);
        }
    }
}
