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
        if parent == NO_PARENT || !timeline.blocks(at) {
            continue;
        }
        let above = timeline.at(parent);
        let from = interval.start.max(covered[above]);
        if interval.end > from {
            self_nano[above] -= interval.end.abs_diff(from);
            covered[above] = interval.end;
        }
    }
}
