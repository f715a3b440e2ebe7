//! Families of the same operations: their classes are the same, and where their
//! children come one after the other, so is all that they say but lengths. So it
//! is found out once for those that are alike.

use super::cells::{Cells, Layout};
use super::classes::{Class, Classes, Known};
use super::observe::{lag, Relation};
use crate::facts::families::Family;
use rustc_hash::FxHasher;
use spanwise_model::{OperationId, SpanTable};
use std::hash::Hasher;

/// How many plans are held, a power of two.
const HELD: usize = 1024;

/// Two children of which the second began when the first alone was over.
#[derive(Clone, Copy, Debug)]
struct Next {
    cell: u32,
    first: u32,
    second: u32,
}

/// Two operations, or one that comes again, of which a family may be an example.
#[derive(Clone, Copy, Debug)]
struct Shown {
    cell: u32,
    /// The places of the last child of the one and of the first of the other.
    first: u32,
    second: u32,
    relation: Relation,
    /// How often one operation comes again.
    calls: Option<u32>,
    /// What is worth less is no example.
    least: u64,
}

/// What families with these operations add.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan {
    parent: OperationId,
    /// Those of the children.
    operations: Vec<OperationId>,
    /// What they add where they come one after the other.
    next: Vec<Next>,
    shown: Vec<Shown>,
    /// How many of them did that cells do not know of yet.
    count: u64,
    pub(super) layout: Layout,
    pub(super) classes: Classes,
}

/// The plans of a batch, each where its operations say, so that none is looked
/// for.
#[derive(Debug, Default)]
pub(super) struct Plans(Vec<Plan>);

impl Plans {
    /// Where a plan of these operations stands.
    pub(super) fn place(&mut self, parent: OperationId, operations: &[OperationId]) -> usize {
        if self.0.is_empty() {
            self.0.resize(HELD, Plan::default());
        }
        let mut hasher = FxHasher::default();
        hasher.write_u32(parent.0);
        operations.iter().for_each(|one| hasher.write_u32(one.0));
        hasher.finish() as usize % HELD
    }

    /// The plan that stands there.
    #[inline]
    pub(super) fn at(&mut self, place: usize) -> &mut Plan {
        &mut self.0[place]
    }

    /// Tells cells of all families.
    pub(super) fn settle(&mut self, cells: &mut Cells<'_>) {
        self.0.iter_mut().for_each(|plan| plan.settle(cells));
    }
}

impl Plan {
    /// True where it is one of these operations.
    #[inline]
    pub(super) fn is_of(&self, parent: OperationId, operations: &[OperationId]) -> bool {
        self.parent == parent && self.operations == operations
    }

    /// Becomes the plan of families with these operations, of which this is one; it
    /// is [settled](Self::settle).
    pub(super) fn make(
        &mut self,
        (parent, operations): (OperationId, &[OperationId]),
        (table, known): (&SpanTable, &mut Known),
        family: &Family<'_>,
    ) {
        self.parent = parent;
        self.operations.clear();
        self.operations.extend_from_slice(operations);
        self.next.clear();
        self.shown.clear();
        self.classes.fill(table, family, known);
        let all = self.classes.all.iter().map(|class| class.operation);
        self.layout.take(parent, all);
    }

    /// Finds out what children add that come one after the other.
    fn find_cells(&mut self, cells: &mut Cells<'_>) {
        let classes = std::mem::take(&mut self.classes);
        for (at, &class) in classes.all.iter().enumerate() {
            if class.count > 1 {
                self.again(&classes, at, cells);
            }
            for (behind, &other) in classes.all.iter().enumerate().skip(at + 1) {
                let cell = cells.number(&mut self.layout, [at, behind]);
                self.pair(cell, (class, other));
            }
        }
        self.classes = classes;
    }

    /// One operation behind another.
    fn pair(&mut self, cell: u32, (class, other): (Class, Class)) {
        let (first, second) = (class.latest, other.first);
        if first + 1 == second {
            self.next.push(Next {
                cell,
                first,
                second,
            });
        }
        let relation = match first < second {
            true => Relation::Sequence,
            false => Relation::Turns,
        };
        self.shown.push(Shown {
            cell,
            first,
            second,
            relation,
            calls: None,
            least: 0,
        });
    }

    /// One operation behind itself.
    fn again(&mut self, classes: &Classes, at: usize, cells: &mut Cells<'_>) {
        let (class, cell) = (classes.all[at], cells.number(&mut self.layout, [at, at]));
        let behind = classes.places(class).skip(1);
        let pairs = classes.places(class).zip(behind);
        let pairs = pairs.filter(|(first, second)| first + 1 == *second);
        self.next.extend(pairs.map(|(first, second)| Next {
            cell,
            first,
            second,
        }));
        self.shown.push(Shown {
            cell,
            first: class.first,
            second: class.latest,
            relation: Relation::Sequence,
            calls: Some(class.count),
            least: 0,
        });
    }

    /// Adds children that come one after the other to cells.
    pub(super) fn add(&mut self, table: &SpanTable, family: &Family<'_>, cells: &mut Cells<'_>) {
        if self.shown.is_empty() {
            self.find_cells(cells);
        }
        self.count += 1;
        for next in &self.next {
            let (first, second) = (family.member(next.first), family.member(next.second));
            cells.value(next.cell).add(lag(first, second));
        }
        for shown in &mut self.shown {
            let (first, second) = (family.member(shown.first), family.member(shown.second));
            let between = second.start.abs_diff(first.end);
            let value = shown.calls.map_or(between, u64::from);
            if value >= shown.least {
                let cell = cells.value(shown.cell);
                shown.least = cell.offer(table, shown.relation, (family.parent, value));
            }
        }
    }

    /// Tells cells how many families there were.
    pub(super) fn settle(&mut self, cells: &mut Cells<'_>) {
        let count = std::mem::take(&mut self.count);
        for shown in &self.shown {
            cells.value(shown.cell).count(shown.relation, count);
        }
    }
}
