//! What was in flight of each instance, slice by slice.

use super::{
    ARRIVALS, COMPLETIONS, LATENCY, LONGEST, OPERATION, REST_OF_ARRIVALS, REST_OF_COMPLETIONS,
    SELF_SQUARED, SELF_TIME, SLICE,
};
use crate::analyses::slices::SLICE_NANO;
use crate::partial::{Key, Partial, Row};

/// A slice in which something begins or ends. Partials that were made up may
/// hold any numbers, so that sums saturate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) slice: i64,
    /// In flight as it begins, and as it ends.
    pub(super) before: i128,
    pub(super) after: i128,
    /// Time that all spans spent in it.
    pub(super) busy_nano: i128,
    pub(super) arrivals: i128,
    pub(super) completions: i128,
    /// Of the spans that begin in it.
    pub(super) latency_nano: i128,
    pub(super) self_nano: i128,
    pub(super) longest_nano: i128,
}

/// Spans of one operation that begin in one slice.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrivals<'a> {
    pub(super) operation: &'a str,
    /// In flight of their instance as the slice begins.
    pub(super) before: i128,
    pub(super) count: i128,
    pub(super) self_nano: i128,
    pub(super) self_squared: i128,
}

/// The slices of one side of an instance, in the order of time.
#[derive(Debug)]
pub(super) struct Series<'a> {
    /// Service, instance and side.
    pub(super) key: [&'a str; 3],
    /// Never empty.
    pub(super) steps: Vec<Step>,
    partial: &'a Partial,
    rows: Vec<Row>,
}

impl<'a> Series<'a> {
    /// Each step, and how many slices there are between it and the next.
    pub(super) fn with_gaps(&self) -> impl Iterator<Item = (&Step, i128)> {
        let next = self.steps.iter().skip(1).map(Some);
        let pairs = self.steps.iter().zip(next.chain([None]));
        pairs.map(|(step, next)| {
            let gap = next.map_or(0, |next| slices_between(step.slice, next.slice));
            (step, gap)
        })
    }

    /// The spans that begin in it, by slice and operation.
    pub(super) fn arrivals(&self) -> Vec<Arrivals<'a>> {
        let partial = self.partial;
        let mut steps = self.steps.iter();
        let mut step = steps.next();
        let arrivals = self.rows.iter().map(|&row| {
            let slice = slice_at(partial, row);
            while step.is_some_and(|step| step.slice != slice) {
                step = steps.next();
            }
            Arrivals {
                operation: partial.name(row, OPERATION),
                before: step.map_or(0, |step| step.before),
                count: partial.number(row, ARRIVALS),
                self_nano: partial.number(row, SELF_TIME),
                self_squared: partial.number(row, SELF_SQUARED),
            }
        });
        arrivals.collect()
    }

    /// Adds a row, which is of the last slice or of a later one.
    fn add(&mut self, row: Row) {
        let slice = slice_at(self.partial, row);
        let before = self.steps.last().map_or(0, |step| step.after);
        if self.steps.last().is_none_or(|step| step.slice != slice) {
            self.steps.push(Step::new(slice, before));
        }
        if let Some(step) = self.steps.last_mut() {
            step.add(self.partial, row);
        }
    }
}

fn slice_at(partial: &Partial, row: Row) -> i64 {
    match partial.key(row, SLICE) {
        Key::I64(slice) => slice,
        _ => 0,
    }
}

impl Step {
    fn new(slice: i64, before: i128) -> Self {
        Self {
            slice,
            before,
            after: before,
            busy_nano: before.saturating_mul(SLICE_NANO.into()),
            arrivals: 0,
            completions: 0,
            latency_nano: 0,
            self_nano: 0,
            longest_nano: 0,
        }
    }

    fn add(&mut self, partial: &Partial, row: Row) {
        let number = |column| partial.number(row, column);
        let less = |column, other| number(column).saturating_sub(number(other));
        let add = |sum: &mut i128, more: i128| *sum = sum.saturating_add(more);
        add(&mut self.after, less(ARRIVALS, COMPLETIONS));
        add(
            &mut self.busy_nano,
            less(REST_OF_ARRIVALS, REST_OF_COMPLETIONS),
        );
        add(&mut self.arrivals, number(ARRIVALS));
        add(&mut self.completions, number(COMPLETIONS));
        add(&mut self.latency_nano, number(LATENCY));
        add(&mut self.self_nano, number(SELF_TIME));
        self.longest_nano = self.longest_nano.max(number(LONGEST));
    }
}

/// How many slices lie between two.
pub(super) fn slices_between(first: i64, second: i64) -> i128 {
    (i128::from(second) - i128::from(first) - 1).max(0)
}

/// All series of a partial, sorted by key.
pub(super) fn read(partial: &Partial) -> Vec<Series<'_>> {
    let rows = partial.sorted_rows();
    let side = |row: Row| &partial.words(row)[..SLICE];
    let all = rows.chunk_by(|&a, &b| side(a) == side(b)).map(|rows| {
        let mut series = Series {
            key: [0, 1, 2].map(|column| partial.name(rows[0], column)),
            steps: Vec::new(),
            partial,
            rows: rows.to_vec(),
        };
        rows.iter().for_each(|&row| series.add(row));
        series
    });
    all.collect()
}
