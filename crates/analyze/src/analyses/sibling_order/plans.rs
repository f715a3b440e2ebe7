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

/// One thing that a family adds to a cell.
#[derive(Clone, Copy, Debug)]
struct Step {
    cell: u32,
    /// Places of two children.
    first: u32,
    second: u32,
    adds: Adds,
}

#[derive(Clone, Copy, Debug)]
enum Adds {
    /// The second began when the first alone was over.
    Lag,
    /// Two operations stand in this way.
    Pair(Relation),
    /// One operation comes so often.
    Again(u32),
}

/// What families with these operations add.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan {
    parent: OperationId,
    /// Those of the children.
    operations: Vec<OperationId>,
    /// What they add where they come one after the other.
    steps: Vec<Step>,
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
}

impl Plan {
    /// True where it is one of these operations.
    #[inline]
    pub(super) fn is_of(&self, parent: OperationId, operations: &[OperationId]) -> bool {
        self.parent == parent && self.operations == operations
    }

    /// Becomes the plan of families with these operations, of which this is one.
    pub(super) fn make(
        &mut self,
        (parent, operations): (OperationId, &[OperationId]),
        (table, known): (&SpanTable, &mut Known),
        family: &Family<'_>,
    ) {
        self.parent = parent;
        self.operations.clear();
        self.operations.extend_from_slice(operations);
        self.steps.clear();
        self.classes.fill(table, family, known);
        let all = self.classes.all.iter().map(|class| class.operation);
        self.layout.take(parent, all);
    }

    /// Finds out what children add that come one after the other.
    fn find_steps(&mut self, cells: &mut Cells<'_>) {
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
        let step = |adds| Step {
            cell,
            first,
            second,
            adds,
        };
        if first + 1 == second {
            self.steps.push(step(Adds::Lag));
        }
        let relation = match first < second {
            true => Relation::Sequence,
            false => Relation::Turns,
        };
        self.steps.push(step(Adds::Pair(relation)));
    }

    /// One operation behind itself.
    fn again(&mut self, classes: &Classes, at: usize, cells: &mut Cells<'_>) {
        let (class, cell) = (classes.all[at], cells.number(&mut self.layout, [at, at]));
        let behind = classes.places(class).skip(1);
        for (first, second) in classes.places(class).zip(behind) {
            if first + 1 == second {
                self.steps.push(Step {
                    cell,
                    first,
                    second,
                    adds: Adds::Lag,
                });
            }
        }
        self.steps.push(Step {
            cell,
            first: class.first,
            second: class.latest,
            adds: Adds::Again(class.count),
        });
    }

    /// Adds children that come one after the other to cells.
    pub(super) fn add(&mut self, table: &SpanTable, family: &Family<'_>, cells: &mut Cells<'_>) {
        if self.steps.is_empty() {
            self.find_steps(cells);
        }
        for step in &self.steps {
            let (first, second) = (family.member(step.first), family.member(step.second));
            let cell = cells.value(step.cell);
            match step.adds {
                Adds::Lag => cell.add(lag(first, second)),
                Adds::Pair(relation) => {
                    let between = second.start.abs_diff(first.end);
                    cell.count(table, relation, (family.parent, between));
                }
                Adds::Again(calls) => {
                    let calls = (family.parent, calls.into());
                    cell.count(table, Relation::Sequence, calls);
                }
            }
        }
    }
}
