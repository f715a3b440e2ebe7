//! Pieces of critical paths in cells, found and summed by number.

use super::kinds::{Kinds, KINDS};
use super::{TimeKindsBy, CRITICAL, EXAMPLES, PIECES, REQUESTS};
use crate::analyses::exemplars::Exemplars;
use crate::analyses::numbered::{ByNode, Numbered};
use crate::analyses::operations::OperationCodes;
use crate::facts::time_kind::{Spent, TimeKind};
use crate::partial::{Key, Partial};
use rustc_hash::FxHashMap;
use spanwise_model::{OperationId, Span, SpanTable};

/// What is told apart of requests and of pieces.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told {
    pub(super) roots: bool,
    pub(super) bands: bool,
    pub(super) by: TimeKindsBy,
}

impl Told {
    /// All that partials tell apart.
    pub(super) const ALL: Self = Self {
        roots: true,
        bands: true,
        by: TimeKindsBy::Operation,
    };

    /// True where nothing but kinds of time are told apart.
    #[inline]
    fn is_kind_alone(self) -> bool {
        self.by == TimeKindsBy::Kind && !self.roots && !self.bands
    }
}

/// A root operation and a latency band.
type Group = (Option<OperationId>, u64);

/// The group of all requests, where they are not told apart.
const ALL: u32 = 0;

/// What the pieces of a cell add.
#[derive(Debug, Default)]
struct Sums {
    requests: u64,
    pieces: u64,
    critical: u128,
    examples: Exemplars,
}

/// The cells of a batch.
pub(super) struct Cells<'a> {
    table: &'a SpanTable,
    told: Told,
    is_kind_alone: bool,
    /// By operation: the one that stands for all that are not told apart from it;
    /// nothing where no operation is told apart.
    nodes: Option<Vec<u32>>,
    groups: Numbered<Group>,
    /// By group, and by node and kind of time.
    cells: ByNode<Sums>,
    /// What no cell has yet, where kinds of time alone are told apart.
    kinds: Kinds,
}

impl<'a> Cells<'a> {
    pub(super) fn new(table: &'a SpanTable, told: Told) -> Self {
        Self {
            table,
            told,
            is_kind_alone: told.is_kind_alone(),
            nodes: nodes(table, told.by),
            groups: Numbered::default(),
            cells: ByNode::default(),
            kinds: Kinds::default(),
        }
    }

    /// Adds a request whose pieces come one by one and take so long; the answer is
    /// its group.
    pub(super) fn add_request(&mut self, root: Span<'_>, (band, length): (u64, u64)) -> u32 {
        if self.is_kind_alone {
            if !self.kinds.goes_on(length) {
                self.take_kinds();
            }
            return ALL;
        }
        let operation = self.told.roots.then(|| root.operation_id());
        let group = self.groups.number((operation, band));
        self.cell(group, root.row(), TimeKind::OwnWork).requests += 1;
        group
    }

    /// Moves the sums by kind to their cells, which are of one group.
    #[cold]
    fn take_kinds(&mut self) {
        let (requests, sums) = self.kinds.take();
        if requests > 0 {
            let group = self.groups.number((None, 0));
            self.cells.get(group, TimeKind::OwnWork as u32).requests += requests;
        }
        for (node, sum) in (0..).zip(sums).filter(|(_, sum)| sum.pieces > 0) {
            let cell = self.cells.get(ALL, node);
            cell.pieces += sum.pieces;
            cell.critical += u128::from(sum.nano);
        }
    }

    /// Adds a piece of a request of a group.
    // What kinds alone take is less than a call.
    #[inline(always)]
    pub(super) fn add_piece(&mut self, group: u32, piece: Spent) {
        if !self.is_kind_alone {
            self.add_to_cell(group, piece);
        } else if !self.kinds.add(piece.kind, piece.nano) {
            self.offer(piece);
        }
    }

    #[inline(never)]
    fn add_to_cell(&mut self, group: u32, piece: Spent) {
        let (table, nano) = (self.table, piece.nano);
        let sums = self.cell(group, piece.row, piece.kind);
        sums.pieces += 1;
        sums.critical += u128::from(nano);
        sums.examples.offer(table, nano, piece.row);
    }

    /// Offers a piece as an example of its kind.
    #[cold]
    fn offer(&mut self, piece: Spent) {
        let examples = &mut self.cells.get(ALL, piece.kind as u32).examples;
        examples.offer(self.table, piece.nano, piece.row);
        let least = examples.least_from(piece.row);
        self.kinds.set_least(piece.kind, least);
    }

    #[inline]
    fn cell(&mut self, group: u32, row: u32, kind: TimeKind) -> &mut Sums {
        let node = match &self.nodes {
            Some(nodes) => nodes[self.table.columns.operation[row as usize].0 as usize],
            None => 0,
        };
        self.cells.get(group, node * KINDS as u32 + kind as u32)
    }

    /// Adds all of them to a partial.
    pub(super) fn flush(mut self, out: &mut Partial) {
        self.take_kinds();
        let mut names = OperationCodes::new(self.table);
        for (group, node, sums) in self.cells.iter() {
            let (root, band) = self.groups.key(group);
            let root = root.map(|root| names.get(self.table, root, out));
            let [a, b, c] = root.unwrap_or(NO_NAMES);
            let [d, e, f] = names.get(self.table, OperationId(node / KINDS as u32), out);
            let [d, e, f] = match self.told.by {
                TimeKindsBy::Kind => NO_NAMES,
                TimeKindsBy::Service => [d, NO_NAMES[1], NO_NAMES[2]],
                TimeKindsBy::Operation => [d, e, f],
            };
            let kind = TimeKind::ALL[node as usize % KINDS];
            let kind = Key::Code(out.intern(kind.name()));
            let row = out.row(&[a, b, c, Key::U64(band), d, e, f, kind]);
            out.add(row, REQUESTS, sums.requests);
            out.add(row, PIECES, sums.pieces);
            out.add(row, CRITICAL, sums.critical as i128);
            sums.examples.flush(self.table, (row, EXAMPLES), out);
        }
    }
}

const NO_NAMES: [Key<'static>; 3] = [Key::Name(""); 3];

/// By operation: the first one that is not told apart from it.
fn nodes(table: &SpanTable, by: TimeKindsBy) -> Option<Vec<u32>> {
    let all = 0..table.operations.len() as u32;
    let mut first = FxHashMap::default();
    match by {
        TimeKindsBy::Kind => None,
        TimeKindsBy::Operation => Some(all.collect()),
        TimeKindsBy::Service => {
            let first_of = all.map(|id| {
                let service = table.operations.service(OperationId(id));
                *first.entry(service).or_insert(id)
            });
            Some(first_of.collect())
        }
    }
}
