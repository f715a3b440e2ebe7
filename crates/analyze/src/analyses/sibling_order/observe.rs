//! From families to pairs of operations.
//!
//! The children of one parent are taken by operation, and each two operations
//! are held against each other as wholes: all spans of the one, all spans of
//! the other. Each pair takes one merge of two sorted lists, and only so many
//! operations of a parent are looked at, so the cost is linear in children.

use super::cells::{Cell, Cells};
use super::waits::Lag;
use super::OPERATIONS;
use crate::facts::families::{Family, Moment};
use crate::partial::Partial;
use spanwise_model::{OperationId, SpanTable};

/// How two operations stood to each other below one parent, the one that began
/// first first.
/// How the spans of two operations stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    /// All of the first were over before one of the second began.
    Sequence,
    /// One of the first and one of the second ran at the same time.
    Overlap,
    /// They took turns.
    Turns,
}

/// The children of one operation.
#[derive(Clone, Debug)]
struct Class {
    operation: OperationId,
    /// Where they stand in the list of places.
    places: std::ops::Range<usize>,
    /// When all of them are over.
    over: Moment,
    /// The place of the one that ended last.
    last: u32,
}

/// Adds families to a partial.
pub(super) struct Observer<'a> {
    table: &'a SpanTable,
    cells: Cells<'a>,
    classes: Vec<Class>,
    /// Places of children, by operation.
    places: Vec<(OperationId, u32)>,
}

impl<'a> Observer<'a> {
    pub(super) fn new(table: &'a SpanTable) -> Self {
        Self {
            table,
            cells: Cells::new(table),
            classes: Vec::new(),
            places: Vec::new(),
        }
    }

    /// Adds the children of one parent; `time` is what a row has on the
    /// critical path with all below it.
    pub(super) fn add(&mut self, family: &Family<'_>, time: impl Fn(u32) -> u64) {
        self.classify(family);
        let classes = std::mem::take(&mut self.classes);
        for (at, first) in classes.iter().enumerate() {
            self.repeated(family, first);
            for second in &classes[at + 1..] {
                self.pair(family, first, second);
            }
        }
        self.path(family, &classes, time);
        self.classes = classes;
    }

    /// Puts children into classes, in the order in which these begin.
    fn classify(&mut self, family: &Family<'_>) {
        let operations = &self.table.columns.operation;
        let places = (0..).zip(family.members);
        self.places.clear();
        self.places
            .extend(places.map(|(at, one)| (operations[one.row as usize], at)));
        self.places.sort_unstable();
        self.classes.clear();
        let mut from = 0;
        for run in self.places.chunk_by(|a, b| a.0 == b.0) {
            let over = run.iter().map(|&(_, at)| family.is_over(at));
            let ends = |&(_, at): &&(OperationId, u32)| (family.member(*at).end, *at);
            self.classes.push(Class {
                operation: run[0].0,
                places: from..from + run.len(),
                over: over.max().unwrap_or_default(),
                last: run.iter().max_by_key(ends).map_or(0, |one| one.1),
            });
            from += run.len();
        }
        self.classes
            .sort_unstable_by_key(|class| self.places[class.places.start].1);
        self.classes.truncate(OPERATIONS);
    }

    /// One operation against another that begins later.
    fn pair(&mut self, family: &Family<'_>, first: &Class, second: &Class) {
        let begins = self.places[second.places.start].1;
        let relation = if first.over <= family.member(begins).begins() {
            Relation::Sequence
        } else {
            self.meet(family, first, second)
        };
        let between = family
            .member(begins)
            .start
            .abs_diff(family.member(first.last).end);
        let lag = match relation {
            Relation::Sequence => self.lag(family, (first.last, begins)),
            _ => None,
        };
        let table = self.table;
        let cell = self.cell(family, first.operation, second.operation);
        lag.into_iter().for_each(|lag| cell.add(lag));
        cell.count(table, relation, (family.parent, between));
    }

    /// Whether any of the one runs while one of the other does.
    fn meet(&self, family: &Family<'_>, first: &Class, second: &Class) -> Relation {
        let [mut a, mut b] = [first, second].map(|class| {
            let places = self.places[class.places.clone()].iter();
            places.map(|&(_, at)| at).peekable()
        });
        let never = (i64::MIN, false);
        let (mut over_a, mut over_b) = (never, never);
        while let Some(&next) = a.peek().into_iter().chain(b.peek()).min() {
            let (over, others) = if a.next_if_eq(&next).is_some() {
                (&mut over_a, over_b)
            } else {
                b.next();
                (&mut over_b, over_a)
            };
            if family.member(next).begins() < others {
                return Relation::Overlap;
            }
            *over = family.is_over(next).max(*over);
        }
        Relation::Turns
    }

    /// One operation against itself.
    fn repeated(&mut self, family: &Family<'_>, class: &Class) {
        if class.places.len() < 2 {
            return;
        }
        let (mut over, mut serial) = ((i64::MIN, false), true);
        for at in class.places.clone() {
            let place = self.places[at].1;
            serial &= over <= family.member(place).begins();
            over = family.is_over(place).max(over);
        }
        let relation = match serial {
            true => Relation::Sequence,
            false => Relation::Overlap,
        };
        for at in class.places.clone().skip(1).filter(|_| serial) {
            if let Some(lag) = self.lag(family, (self.places[at - 1].1, self.places[at].1)) {
                let cell = self.cell(family, class.operation, class.operation);
                cell.add(lag);
            }
        }
        let (table, calls) = (self.table, class.places.len() as u64);
        let cell = self.cell(family, class.operation, class.operation);
        cell.count(table, relation, (family.parent, calls));
    }

    /// What the second of two children says about waiting for the first, where
    /// the first is the last thing that it may have waited for.
    fn lag(&self, family: &Family<'_>, (first, second): (u32, u32)) -> Option<Lag> {
        let (before, behind) = (family.member(first), family.member(second));
        let direct = family.before[second as usize];
        let same = |at: u32| self.operation(family.member(at).row) == self.operation(before.row);
        let gap = behind.start.saturating_sub(before.end);
        direct.is_some_and(same).then(|| {
            Lag::of(
                before.end.abs_diff(before.start),
                behind.start.abs_diff(before.start),
            )
            .behind_gap(u64::try_from(gap).unwrap_or_default())
        })
    }

    /// Adds the time of children on the critical path to the pairs that they
    /// are there by: with the child that the path goes on with.
    fn path(&mut self, family: &Family<'_>, classes: &[Class], time: impl Fn(u32) -> u64) {
        let known = |id: OperationId| classes.iter().any(|class| class.operation == id);
        let mut held: Option<u32> = None;
        let rows = family.members.iter().map(|one| one.row);
        for row in rows.filter(|&row| time(row) > 0) {
            let Some(before) = held.replace(row) else {
                continue;
            };
            let [first, second] = [before, row].map(|row| self.operation(row));
            if known(first) && known(second) {
                let nano = time(before);
                self.cell(family, first, second).path_time += u128::from(nano);
            }
        }
    }

    fn operation(&self, row: u32) -> OperationId {
        self.table.columns.operation[row as usize]
    }

    fn cell(&mut self, family: &Family<'_>, first: OperationId, second: OperationId) -> &mut Cell {
        let parent = self.operation(family.parent);
        self.cells.get([parent, first, second])
    }

    /// Adds all pairs to a partial.
    pub(super) fn flush(&self, out: &mut Partial) {
        self.cells.flush(out);
    }
}
