//! What was in flight of each instance, slice by slice.

use super::{
    ARRIVALS, COMPLETIONS, LATENCY, LONGEST, OPERATION, REST_OF_ARRIVALS, REST_OF_COMPLETIONS,
    SELF_SQUARED, SELF_TIME, SLICE,
};
use crate::analyses::slices::SLICE_NANO;
use crate::partial::{Partial, Row};

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
    partial: &'a Partial,
    /// Never empty.
    rows: &'a [Row],
}

impl<'a> Series<'a> {
    /// Each slice in which something begins or ends.
    pub(super) fn steps(&self) -> impl Iterator<Item = Step> + '_ {
        self.by_slice().map(|(step, _)| step)
    }

    /// Each step, and how many slices there are between it and the next.
    pub(super) fn with_gaps(&self) -> impl Iterator<Item = (Step, i128)> + '_ {
        let mut steps = self.steps().peekable();
        std::iter::from_fn(move || {
            let step = steps.next()?;
            let next = steps.peek();
            let gap = next.map_or(0, |next| slices_between(step.slice, next.slice));
            Some((step, gap))
        })
    }

    /// The spans that begin in it, by slice and operation.
    pub(super) fn arrivals(&self) -> Vec<Arrivals<'a>> {
        let partial = self.partial;
        let arrivals = self.by_slice().flat_map(|(step, rows)| {
            rows.iter().map(move |&row| Arrivals {
                operation: partial.name(row, OPERATION),
                before: step.before,
                count: partial.number(row, ARRIVALS),
                self_nano: partial.number(row, SELF_TIME),
                self_squared: partial.number(row, SELF_SQUARED),
            })
        });
        arrivals.collect()
    }

    /// The first and the last slice.
    pub(super) fn ends(&self) -> Option<[i64; 2]> {
        let slice = slice_at(self.partial);
        Some([slice(*self.rows.first()?), slice(*self.rows.last()?)])
    }

    /// Each step with its rows.
    fn by_slice(&self) -> impl Iterator<Item = (Step, &'a [Row])> + '_ {
        let slice = slice_at(self.partial);
        let mut before = 0;
        let steps = self.rows.chunk_by(move |&a, &b| slice(a) == slice(b));
        steps.map(move |rows| {
            let mut step = Step::new(slice_at(self.partial)(rows[0]), before);
            rows.iter().for_each(|&row| step.add(self.partial, row));
            before = step.after;
            (step, rows)
        })
    }
}

/// The slice of a row.
fn slice_at(partial: &Partial) -> impl Fn(Row) -> i64 + '_ {
    let word = partial.words_of(SLICE..SLICE + 1);
    move |row| word(row)[0] as i64
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
        let add = |sum: &mut i128, more: i128| *sum = sum.saturating_add(more);
        let (arrivals, completions) = (number(ARRIVALS), number(COMPLETIONS));
        let rests = number(REST_OF_ARRIVALS).saturating_sub(number(REST_OF_COMPLETIONS));
        add(&mut self.after, arrivals.saturating_sub(completions));
        add(&mut self.busy_nano, rests);
        add(&mut self.arrivals, arrivals);
        add(&mut self.completions, completions);
        add(&mut self.latency_nano, number(LATENCY));
        add(&mut self.self_nano, number(SELF_TIME));
        self.longest_nano = self.longest_nano.max(number(LONGEST));
    }
}

/// How many slices lie between two.
pub(super) fn slices_between(first: i64, second: i64) -> i128 {
    (i128::from(second) - i128::from(first) - 1).max(0)
}

/// All series of a partial, of which these are all rows in their order.
pub(super) fn read<'a>(partial: &'a Partial, rows: &'a [Row]) -> Vec<Series<'a>> {
    let side = partial.words_of(0..SLICE);
    let all = rows
        .chunk_by(|&a, &b| side(a) == side(b))
        .map(|rows| Series {
            key: [0, 1, 2].map(|column| partial.name(rows[0], column)),
            partial,
            rows,
        });
    all.collect()
}
