//! Families whose children come one after the other: all that they say but
//! lengths follows from their operations, so it is found out once for those that
//! are alike.

use super::cells::{Cells, Layout};
use super::classes::{Class, Classes};
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
    steps: Vec<Step>,
    pub(super) layout: Layout,
    /// By place of a child: its class, where that is compared.
    pub(super) of: Vec<Option<u8>>,
}

/// The plans of a batch, each where its operations say, so that none is looked
/// for.
#[derive(Debug, Default)]
pub(super) struct Plans(Vec<Plan>);

impl Plans {
    /// The place for a plan of these operations.
    pub(super) fn place(&mut self, parent: OperationId, operations: &[OperationId]) -> &mut Plan {
        if self.0.is_empty() {
            self.0.resize(HELD, Plan::default());
        }
        let mut hasher = FxHasher::default();
        hasher.write_u32(parent.0);
        operations.iter().for_each(|one| hasher.write_u32(one.0));
        &mut self.0[hasher.finish() as usize % HELD]
    }
}

impl Plan {
    /// True where it is one of these operations.
    #[inline]
    pub(super) fn is_of(&self, parent: OperationId, operations: &[OperationId]) -> bool {
        self.parent == parent && self.operations == operations
    }

    /// Becomes the plan of families with these operations, which stand in
    /// classes.
    pub(super) fn make(
        &mut self,
        (parent, operations): (OperationId, &[OperationId]),
        classes: &Classes,
        cells: &mut Cells<'_>,
    ) {
        self.parent = parent;
        self.operations.clear();
        self.operations.extend_from_slice(operations);
        self.of.clone_from(&classes.of);
        let all = classes.all.iter().map(|class| class.operation);
        self.layout.take(parent, all);
        self.steps.clear();
        for (at, &class) in classes.all.iter().enumerate() {
            if class.count > 1 {
                self.again(classes, at, cells);
            }
            for (behind, &other) in classes.all.iter().enumerate().skip(at + 1) {
                let cell = cells.number(&mut self.layout, [at, behind]);
                self.pair(cell, (class, other));
            }
        }
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

    /// Adds a family to cells.
    pub(super) fn add(&self, table: &SpanTable, family: &Family<'_>, cells: &mut Cells<'_>) {
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
