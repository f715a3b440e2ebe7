//! Self time: the effective duration minus the union of the blocking
//! children's effective intervals.
//!
//! Children stand in the order of their starts, and cutting both to one
//! parent keeps that order. So the union of siblings is one sweep with the
//! furthest covered end, and since every row only looks at its parent, all
//! parents sweep in one loop over the rows.

use super::timeline::Timeline;
use spanwise_model::trace_table::NO_PARENT;

/// Writes the self times of the timeline's rows. `parents` are their parents'
/// rows; `covered` is scratch.
pub(super) fn fill(
    timeline: &Timeline,
    parents: &[u32],
    covered: &mut Vec<i64>,
    self_nano: &mut [u64],
) {
    covered.clear();
    for (at, &parent) in parents.iter().enumerate() {
        let interval = timeline.effective[at];
        self_nano[at] = interval.len();
        covered.push(interval.start);
        if parent != NO_PARENT {
            cover(timeline, (at, parent), covered, self_nano);
        }
    }
}

/// The same where corrected clocks have changed the order of siblings.
pub(super) fn fill_in_any_order(
    timeline: &Timeline,
    parents: &[u32],
    covered: &mut Vec<i64>,
    self_nano: &mut [u64],
) {
    covered.clear();
    let starts = timeline.effective.iter().map(|interval| interval.start);
    covered.extend(starts);
    for (nano, interval) in self_nano.iter_mut().zip(&timeline.effective) {
        *nano = interval.len();
    }
    let mut order: Vec<u32> = (0..parents.len() as u32).collect();
    order.retain(|&at| parents[at as usize] != NO_PARENT);
    order.sort_unstable_by_key(|&at| (timeline.effective[at as usize].start, at));
    for at in order {
        let parent = parents[at as usize];
        cover(timeline, (at as usize, parent), covered, self_nano);
    }
}

/// Takes what a child covers, and its earlier siblings do not, from its
/// parent's self time.
#[inline]
fn cover(
    timeline: &Timeline,
    (at, parent): (usize, u32),
    covered: &mut [i64],
    self_nano: &mut [u64],
) {
    if !timeline.blocks(at) {
        return;
    }
    let (interval, above) = (timeline.effective[at], timeline.at(parent));
    let from = interval.start.max(covered[above]);
    if interval.end > from {
        self_nano[above] -= interval.end.abs_diff(from);
        covered[above] = interval.end;
    }
}
