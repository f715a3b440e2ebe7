//! What was in flight of one side of an instance, slice by slice.

use super::load::nano_of_slices;
use super::ran::AllSums;
use super::{
    ARRIVALS, COMPLETIONS, LATENCY, LONGEST, REST_OF_ARRIVALS, REST_OF_COMPLETIONS, SELF_SQUARED,
    SELF_TIME,
};
use crate::analyses::slices::SLICE_NANO;

/// A slice in which something begins or ends. Partials that were made up may
/// hold any numbers, so that counts saturate and times wrap round.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) slice: i64,
    /// In flight as it begins, and as it ends.
    pub(super) before: i64,
    pub(super) after: i64,
    pub(super) arrivals: i64,
    pub(super) completions: i64,
    /// Time that all spans spent in it.
    pub(super) busy_nano: i128,
    /// Of the spans that begin in it.
    pub(super) latency_nano: i128,
    pub(super) self_nano: i128,
    pub(super) longest_nano: i128,
}

/// Spans of one operation that begin in one slice.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrivals {
    /// A number for the operation.
    pub(super) operation: u64,
    /// In flight of their instance as the slice begins.
    pub(super) before: i64,
    pub(super) count: i128,
    pub(super) self_nano: i128,
    pub(super) self_squared: i128,
}

/// The slices of one side of an instance in which something begins or ends, in
/// the order of time. Its memory is kept from one side to the next.
#[derive(Debug)]
pub(super) struct Series {
    pub(super) steps: Vec<Step>,
    /// The spans that begin, by slice and operation, where they are asked for.
    pub(super) arrivals: Vec<Arrivals>,
    tells_arrivals: bool,
}

impl Series {
    /// No slices.
    pub(super) fn new(tells_arrivals: bool) -> Self {
        Self {
            steps: Vec::new(),
            arrivals: Vec::new(),
            tells_arrivals,
        }
    }

    pub(super) fn clear(&mut self) {
        self.steps.clear();
        self.arrivals.clear();
    }

    /// Adds what an operation does in a slice, which is the last one or one
    /// behind it. `number` tells the state of a column.
    #[inline]
    pub(super) fn add(&mut self, slice: i64, operation: u64, number: impl Fn(usize) -> i128) {
        let last = self.steps.last();
        if last.is_none_or(|step| step.slice != slice) {
            let before = last.map_or(0, |step| step.after);
            self.steps.push(Step::new(slice, before));
        }
        let Some(step) = self.steps.last_mut() else {
            return;
        };
        step.add(&number);
        if self.tells_arrivals {
            self.arrivals.push(Arrivals {
                operation,
                before: step.before,
                count: number(ARRIVALS),
                self_nano: number(SELF_TIME),
                self_squared: number(SELF_SQUARED),
            });
        }
    }

    /// The same of sums over spans.
    #[inline]
    pub(super) fn add_sums(&mut self, slice: i64, operation: u64, sums: AllSums<'_>) {
        let last = self.steps.last();
        if self.tells_arrivals || last.is_some_and(|step| step.slice == slice) {
            return self.add(slice, operation, |column| sums.number(column));
        }
        let before = last.map_or(0, |step| step.after);
        self.steps.push(Step::of(slice, before, sums));
    }

    /// Each step, and how many slices there are between it and the next.
    pub(super) fn with_gaps(&self) -> impl Iterator<Item = (&Step, i64)> {
        let next = self.steps.iter().skip(1).map(Some).chain([None]);
        self.steps.iter().zip(next).map(|(step, next)| {
            let gap = next.map_or(0, |next| slices_between(step.slice, next.slice));
            (step, gap)
        })
    }

    /// The first and the last slice.
    pub(super) fn ends(&self) -> Option<[i64; 2]> {
        Some([self.steps.first()?.slice, self.steps.last()?.slice])
    }
}

impl Step {
    #[inline]
    fn new(slice: i64, before: i64) -> Self {
        Self {
            slice,
            before,
            after: before,
            busy_nano: nano_of_slices(before.into()),
            arrivals: 0,
            completions: 0,
            latency_nano: 0,
            self_nano: 0,
            longest_nano: 0,
        }
    }

    /// The step of a slice with these sums. Spans are fewer than 2^32, so that 64
    /// bits hold what is left of slices.
    #[inline]
    fn of(slice: i64, before: i64, AllSums { sums, own }: AllSums<'_>) -> Self {
        let (arrivals, completions) = (sums.arrivals.into(), sums.completions.into());
        let left = sums.rest_of_arrivals as i64 - sums.rest_of_completions as i64;
        Self {
            slice,
            before,
            after: before + arrivals - completions,
            busy_nano: (before * SLICE_NANO as i64 + left).into(),
            arrivals,
            completions,
            latency_nano: sums.latency as i128,
            self_nano: own.time as i128,
            longest_nano: sums.longest.into(),
        }
    }

    #[inline]
    fn add(&mut self, number: impl Fn(usize) -> i128) {
        let count = |column: usize| {
            let count = number(column);
            count.clamp(i64::MIN.into(), i64::MAX.into()) as i64
        };
        let add = |sum: &mut i128, more: i128| *sum = sum.wrapping_add(more);
        let (arrivals, completions) = (count(ARRIVALS), count(COMPLETIONS));
        let more = arrivals.saturating_sub(completions);
        self.after = self.after.saturating_add(more);
        self.arrivals = self.arrivals.saturating_add(arrivals);
        self.completions = self.completions.saturating_add(completions);
        add(&mut self.busy_nano, number(REST_OF_ARRIVALS));
        add(
            &mut self.busy_nano,
            number(REST_OF_COMPLETIONS).wrapping_neg(),
        );
        add(&mut self.latency_nano, number(LATENCY));
        add(&mut self.self_nano, number(SELF_TIME));
        self.longest_nano = self.longest_nano.max(number(LONGEST));
    }
}

/// How many slices lie between two.
#[inline]
pub(super) fn slices_between(first: i64, second: i64) -> i64 {
    second.saturating_sub(first).saturating_sub(1).max(0)
}
