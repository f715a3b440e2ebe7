//! From families to pairs of operations.
//!
//! The children of one parent are taken by operation, and each two operations
//! are held against each other as wholes: all spans of the one, all spans of
//! the other. Each pair takes one merge of two sorted lists, and only so many
//! operations of a parent are looked at, so the cost is linear in children.

use super::waits::Lag;
use super::{
    EXAMPLES, GAP, OPERATIONS, OVERLAPS, OVERLAP_EXAMPLES, PATH_TIME, SEQUENCES, SUMS, TURNS,
};
use crate::analyses::operations::operation_key;
use crate::facts::families::{Family, Moment};
use crate::partial::{Partial, Row};
use rustc_hash::FxHashMap;
use spanwise_model::{OperationId, Span, SpanTable};

/// How two operations stood to each other below one parent, the one that began
/// first first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
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
    out: &'a mut Partial,
    /// By parent and two children.
    rows: FxHashMap<[OperationId; 3], Row>,
    classes: Vec<Class>,
    /// Places of children, by operation.
    places: Vec<(OperationId, u32)>,
}

impl<'a> Observer<'a> {
    pub(super) fn new(table: &'a SpanTable, out: &'a mut Partial) -> Self {
        Self {
            table,
            out,
            rows: FxHashMap::default(),
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
        let row = self.row(family, first.operation, second.operation);
        let column = match relation {
            Relation::Sequence => {
                self.lag(family, row, (first.last, begins));
                SEQUENCES
            }
            Relation::Overlap => OVERLAPS,
            Relation::Turns => TURNS,
        };
        let between = family
            .member(begins)
            .start
            .abs_diff(family.member(first.last).end);
        self.count(family, row, column, between);
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
        let row = self.row(family, class.operation, class.operation);
        let (mut over, mut serial) = ((i64::MIN, false), true);
        for at in class.places.clone() {
            let place = self.places[at].1;
            serial &= over <= family.member(place).begins();
            over = family.is_over(place).max(over);
        }
        let calls = class.places.len() as u64;
        if !serial {
            return self.count(family, row, OVERLAPS, calls);
        }
        for at in class.places.clone().skip(1) {
            self.lag(family, row, (self.places[at - 1].1, self.places[at].1));
        }
        self.count(family, row, SEQUENCES, calls);
    }

    /// What the second of two children says about waiting for the first, where
    /// the first is the last thing that it may have waited for.
    fn lag(&mut self, family: &Family<'_>, row: Row, (first, second): (u32, u32)) {
        let (before, behind) = (family.member(first), family.member(second));
        let direct = family.before[second as usize];
        let same = |at: u32| self.operation(family.member(at).row) == self.operation(before.row);
        if !direct.is_some_and(same) {
            return;
        }
        let gap = behind.start.saturating_sub(before.end);
        self.out
            .record(row, GAP, u64::try_from(gap).unwrap_or_default());
        let lag = Lag::of(
            before.end.abs_diff(before.start),
            behind.start.abs_diff(before.start),
        );
        for (column, term) in SUMS.zip(lag.terms()) {
            self.out.add(row, column, term);
        }
    }

    /// Counts the parent, which may be an example of this value.
    fn count(&mut self, family: &Family<'_>, row: Row, column: usize, value: u64) {
        self.out.add(row, column, 1_u8);
        let examples = match column {
            SEQUENCES => EXAMPLES,
            _ => OVERLAP_EXAMPLES,
        };
        let value = i64::try_from(value).unwrap_or(i64::MAX);
        self.out.offer(row, examples, value, || {
            let span = Span::new(self.table, family.parent);
            let (trace, span) = (span.trace().id_text(), span.id_text());
            (trace.into_owned(), span.into_owned())
        });
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
                let into = self.row(family, first, second);
                self.out.add(into, PATH_TIME, time(before));
            }
        }
    }

    fn operation(&self, row: u32) -> OperationId {
        self.table.columns.operation[row as usize]
    }

    fn row(&mut self, family: &Family<'_>, first: OperationId, second: OperationId) -> Row {
        let (table, out) = (self.table, &mut *self.out);
        let parent = table.columns.operation[family.parent as usize];
        *self
            .rows
            .entry([parent, first, second])
            .or_insert_with_key(|ids| {
                let keys = ids.iter().flat_map(|&id| operation_key(table, id));
                out.row(&keys.collect::<Vec<_>>())
            })
    }
}
