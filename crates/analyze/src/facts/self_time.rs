//! Self time: the effective duration minus the union of the blocking
//! children's effective intervals.
//!
//! Children stand in the order of their starts, and cutting both to one
//! parent keeps that order. So the union of siblings is one sweep with the
//! furthest covered end, and since every row only looks at its parent, all
//! parents sweep in one loop over the rows. The sweep also sees which children
//! follow one another ([`marks::SERIAL`]).

use super::timeline::{marks, Interval, Timeline};
use spanwise_model::trace_table::NO_PARENT;
use spanwise_model::SpanTable;

/// Nothing is covered yet.
const NOTHING: i64 = i64::MIN;

/// Writes the self times of the timeline's rows, and marks spans whose children
/// follow one another. `parents` are their parents' rows; `covered` is scratch.
pub(super) fn fill(
    timeline: &mut Timeline,
    parents: &[u32],
    covered: &mut Vec<i64>,
    self_nano: &mut [u64],
) {
    let lengths = timeline.effective.iter().map(|interval| interval.len());
    let lengths = self_nano.iter_mut().zip(lengths);
    lengths.for_each(|(nano, length)| *nano = length);
    sweep(timeline, parents, covered, |above, nano| {
        self_nano[above] -= nano;
    });
}

impl Timeline {
    /// Marks spans whose children follow one another; whoever begins before one that
    /// stands in an earlier row is over does not, so that corrected clocks change
    /// nothing about what that means. `covered` is scratch.
    pub(super) fn mark_serial(&mut self, table: &SpanTable, covered: &mut Vec<i64>) {
        let rows = self.rows();
        let parents = &table.columns.parent[rows.start as usize..rows.end as usize];
        sweep(self, parents, covered, |_, _| ());
    }
}

/// Tells of each span what its children cover, piece by piece.
#[inline]
fn sweep(
    timeline: &mut Timeline,
    parents: &[u32],
    covered: &mut Vec<i64>,
    mut cover: impl FnMut(usize, u64),
) {
    covered.clear();
    covered.resize(parents.len(), NOTHING);
    for (at, &parent) in parents.iter().enumerate() {
        timeline.marks[at] |= marks::SERIAL;
        if parent == NO_PARENT || !timeline.blocks(at) {
            continue;
        }
        let (interval, above) = (timeline.effective[at], timeline.at(parent));
        if !follows(interval, covered[above]) {
            timeline.marks[above] &= !marks::SERIAL;
        }
        if let Some(nano) = take(interval, &mut covered[above]) {
            cover(above, nano);
        }
    }
}

/// True where a child begins when all before it are over; one without length only
/// behind that moment, where no other may stand beside it.
#[inline]
fn follows(interval: Interval, covered: i64) -> bool {
    interval.start > covered || (interval.start == covered && !interval.is_empty())
}

/// What an interval covers behind what is covered, which it adds to.
#[inline]
fn take(interval: Interval, covered: &mut i64) -> Option<u64> {
    let from = interval.start.max(*covered);
    *covered = interval.end.max(*covered);
    (interval.end > from).then(|| interval.end.abs_diff(from))
}

/// The self times where corrected clocks have changed the order of siblings.
pub(super) fn fill_in_any_order(
    timeline: &Timeline,
    parents: &[u32],
    covered: &mut Vec<i64>,
    self_nano: &mut [u64],
) {
    covered.clear();
    covered.resize(parents.len(), NOTHING);
    for (nano, interval) in self_nano.iter_mut().zip(&timeline.effective) {
        *nano = interval.len();
    }
    let mut order: Vec<u32> = (0..parents.len() as u32).collect();
    order.retain(|&at| parents[at as usize] != NO_PARENT && timeline.blocks(at as usize));
    order.sort_unstable_by_key(|&at| (timeline.effective[at as usize].start, at));
    for at in order {
        let above = timeline.at(parents[at as usize]);
        if let Some(nano) = take(timeline.effective[at as usize], &mut covered[above]) {
            self_nano[above] -= nano;
        }
    }
}
