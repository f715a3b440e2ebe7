//! Pieces of critical paths in cells, found and summed by number.

use super::{CRITICAL, EXAMPLES, PIECES, REQUESTS};
use crate::analyses::bands::band_of;
use crate::analyses::exemplars::Exemplars;
use crate::analyses::operations::OperationCodes;
use crate::facts::time_kind::{Piece, TimeKind};
use crate::partial::{Key, Partial};
use rustc_hash::FxHashMap;
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
    groups: Vec<Group>,
    group_index: FxHashMap<Group, u32>,
    cells: Vec<(CellKey, Sums)>,
    index: FxHashMap<CellKey, u32>,
}

impl<'a> Cells<'a> {
    pub(super) fn new(table: &'a SpanTable) -> Self {
        Self {
            table,
            groups: Vec::new(),
            group_index: FxHashMap::default(),
            cells: Vec::new(),
            index: FxHashMap::default(),
        }
    }

    /// Adds the critical path of a request.
    pub(super) fn add(&mut self, root: Span<'_>, path: &[Piece]) {
        let table = self.table;
        let duration = path.iter().map(|piece| piece.duration_nano()).sum();
        let own = root.operation_id();
        let group = self.group((own, band_of(duration)));
        self.cell((group, own, TimeKind::OwnWork)).requests += 1;
        for piece in path {
            let operation = table.columns.operation[piece.row as usize];
            let sums = self.cell((group, operation, piece.kind));
            let nano = piece.duration_nano();
            sums.pieces += 1;
            sums.critical += u128::from(nano);
            sums.examples.offer(table, nano, piece.row);
        }
    }

    fn group(&mut self, group: Group) -> u32 {
        let groups = &mut self.groups;
        *self.group_index.entry(group).or_insert_with(|| {
            groups.push(group);
            groups.len() as u32 - 1
        })
    }

    #[inline]
    fn cell(&mut self, key: CellKey) -> &mut Sums {
        let cells = &mut self.cells;
        let at = *self.index.entry(key).or_insert_with(|| {
            cells.push((key, Sums::default()));
            cells.len() as u32 - 1
        });
        &mut cells[at as usize].1
    }

    /// Adds all of them to a partial.
    pub(super) fn flush(&self, out: &mut Partial) {
        let mut names = OperationCodes::new(self.table);
        for &((group, operation, kind), ref sums) in &self.cells {
            let (root, band) = self.groups[group as usize];
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
