//! From families to pairs of operations.
//!
//! The children of one parent are taken by operation, and each two operations
//! are held against each other as wholes: all spans of the one, all spans of
//! the other. Each pair takes one merge of two sorted lists, and only so many
//! operations of a parent are looked at, so the cost is linear in children.

use super::cells::{Cells, Layout};
use super::classes::{Classes, Known};
use super::plans::Plans;
use super::waits::Lag;
use crate::analysis::TraceBatch;
use crate::facts::families::{Families, Family, PathTimes, Sibling};
use crate::facts::FactColumns;
use crate::partial::Partial;
use spanwise_model::{OperationId, SpanTable};

/// How the spans of two operations stand to each other below one parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    /// All of the first were over before one of the second began.
    Sequence,
    /// One of the first and one of the second ran at the same time.
    Overlap,
    /// They took turns.
    Turns,
}

/// So many children has a family that is planned at most.
const PLANNED: usize = 64;

/// Adds families to a partial.
pub(super) struct Observer<'a> {
    table: &'a SpanTable,
    cells: Cells<'a>,
    plans: Plans,
    /// Those of a family's children.
    operations: Vec<OperationId>,
    /// Families of more children have no plan.
    planned: usize,
    known: Known,
    /// Those of the family that is looked at, where it is compared.
    classes: Classes,
    layout: Layout,
}

/// Adds the traces of a batch to a partial.
pub(super) fn all(
    mut observer: Observer<'_>,
    traces: TraceBatch<'_>,
    (facts, out): (&FactColumns, &mut Partial),
) {
    let table = traces.table();
    let mut families = Families::new(table, facts);
    let mut times = PathTimes::default();
    for trace in traces.traces().filter(|trace| trace.len() > 2) {
        times.fill(trace, facts);
        families.each(trace, |family| {
            observer.add(family, |row| times.of(table, row));
        });
    }
    observer.plans.settle(&mut observer.cells);
    observer.cells.flush(out);
}

impl<'a> Observer<'a> {
    pub(super) fn new(table: &'a SpanTable) -> Self {
        Self {
            table,
            cells: Cells::new(table),
            known: Known::new(table),
            classes: Classes::default(),
            plans: Plans::default(),
            operations: Vec::new(),
            planned: PLANNED,
            layout: Layout::default(),
        }
    }

    /// Compares the children of each family.
    #[cfg(test)]
    pub(super) fn without_plans(table: &'a SpanTable) -> Self {
        Self {
            planned: 0,
            ..Self::new(table)
        }
    }

    /// Adds the children of one parent; `time` is what a row has on the
    /// critical path with all below it.
    fn add(&mut self, family: &Family<'_>, time: impl Fn(u32) -> u64) {
        let (table, parent) = (self.table, self.operation(family.parent));
        if family.members.len() > self.planned {
            self.classes.fill(table, family, &mut self.known);
            let operations = self.classes.all.iter().map(|class| class.operation);
            self.layout.take(parent, operations);
            return self.compare(family, time);
        }
        let place = self.plan(family, parent);
        let plan = self.plans.at(place);
        if family.is_chain {
            plan.add(table, family, &mut self.cells);
            let to = (&mut plan.layout, &mut self.cells);
            return path(family, (&plan.classes.of, time), to);
        }
        plan.classes.time(family);
        Compared {
            table,
            family,
            classes: &plan.classes,
            layout: &mut plan.layout,
            cells: &mut self.cells,
        }
        .compare(time);
    }

    /// Adds a family whose classes and layout are there.
    fn compare(&mut self, family: &Family<'_>, time: impl Fn(u32) -> u64) {
        Compared {
            table: self.table,
            family,
            classes: &self.classes,
            layout: &mut self.layout,
            cells: &mut self.cells,
        }
        .compare(time);
    }

    /// Where the plan of a family stands.
    fn plan(&mut self, family: &Family<'_>, parent: OperationId) -> usize {
        let operations = &self.table.columns.operation;
        let members = family.members.iter();
        self.operations.clear();
        self.operations
            .extend(members.map(|member| operations[member.row as usize]));
        let place = self.plans.place(parent, &self.operations);
        let plan = self.plans.at(place);
        if !plan.is_of(parent, &self.operations) {
            let operations = (parent, &self.operations[..]);
            plan.settle(&mut self.cells);
            plan.make(operations, (self.table, &mut self.known), family);
        }
        place
    }

    fn operation(&self, row: u32) -> OperationId {
        self.table.columns.operation[row as usize]
    }
}

/// A family whose operations are held against each other.
struct Compared<'x, 'a> {
    table: &'a SpanTable,
    family: &'x Family<'x>,
    classes: &'x Classes,
    layout: &'x mut Layout,
    cells: &'x mut Cells<'a>,
}

impl Compared<'_, '_> {
    /// Adds a family.
    fn compare(mut self, time: impl Fn(u32) -> u64) {
        for at in 0..self.classes.all.len() {
            self.repeated(at);
            for behind in at + 1..self.classes.all.len() {
                self.pair(at, behind);
            }
        }
        let to = (self.layout, self.cells);
        path(self.family, (&self.classes.of, time), to);
    }

    /// One operation against another that begins later.
    fn pair(&mut self, at: usize, behind: usize) {
        let family = self.family;
        let [first, second] = [at, behind].map(|at| self.classes.all[at]);
        let begins = family.member(second.first);
        let relation = if first.over <= begins.begins() {
            Relation::Sequence
        } else {
            match self.classes.meet(self.family, first, second) {
                true => Relation::Overlap,
                false => Relation::Turns,
            }
        };
        let lag = match relation {
            Relation::Sequence => self.waits((first.last, second.first)),
            _ => None,
        };
        let between = begins.start.abs_diff(family.member(first.last).end);
        let cell = self.cells.get(self.layout, [at, behind]);
        lag.into_iter().for_each(|lag| cell.add(lag));
        cell.count(relation, 1);
        cell.offer(self.table, relation, (family.parent, between));
    }

    /// One operation against itself.
    fn repeated(&mut self, at: usize) {
        let (family, class) = (self.family, self.classes.all[at]);
        if class.count < 2 {
            return;
        }
        let (mut over, mut serial) = ((i64::MIN, false), true);
        for place in self.classes.places(class) {
            serial &= over <= family.member(place).begins();
            over = family.is_over(place).max(over);
        }
        let relation = match serial {
            true => Relation::Sequence,
            false => Relation::Overlap,
        };
        let pairs = self.classes.places(class).skip(1);
        let pairs = self.classes.places(class).zip(pairs);
        for pair in pairs.filter(|_| serial) {
            if let Some(lag) = self.waits(pair) {
                self.cells.get(self.layout, [at, at]).add(lag);
            }
        }
        let cell = self.cells.get(self.layout, [at, at]);
        cell.count(relation, 1);
        cell.offer(self.table, relation, (family.parent, class.count.into()));
    }

    /// What the second of two children says about waiting for the first, where
    /// the first is the last thing that it may have waited for.
    fn waits(&self, (first, second): (u32, u32)) -> Option<Lag> {
        let direct = self.family.before(second)?;
        let is_same = self.classes.of[direct as usize] == self.classes.of[first as usize];
        is_same.then(|| lag(self.family.member(first), self.family.member(second)))
    }
}

/// How long the second of two children begins behind the first.
#[inline]
pub(super) fn lag(first: Sibling, second: Sibling) -> Lag {
    let gap = second.start.saturating_sub(first.end);
    let lasted = first.end.abs_diff(first.start);
    let lag = Lag::of(lasted, second.start.abs_diff(first.start));
    lag.behind_gap(u64::try_from(gap).unwrap_or_default())
}

/// Adds the time of children on the critical path to the pairs that they are
/// there by: with the child that the path goes on with.
fn path(
    family: &Family<'_>,
    (of, time): (&[Option<u8>], impl Fn(u32) -> u64),
    (layout, cells): (&mut Layout, &mut Cells<'_>),
) {
    if time(family.parent) == 0 {
        return;
    }
    let times = family.members.iter().map(|member| time(member.row));
    let mut on_path = of.iter().zip(times).filter(|&(_, nano)| nano > 0);
    let Some(mut held) = on_path.next() else {
        return;
    };
    for next in on_path {
        if let (Some(first), Some(second)) = (*held.0, *next.0) {
            let cell = cells.get(layout, [first.into(), second.into()]);
            cell.path_time += u128::from(held.1);
        }
        held = next;
    }
}
