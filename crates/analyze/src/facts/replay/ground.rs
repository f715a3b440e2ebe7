//! What replays read of a component.

use crate::facts::timeline::{Interval, Timeline};
use spanwise_model::SpanTable;

/// What a component is made of.
pub(super) struct Ground<'a> {
    pub(super) table: &'a SpanTable,
    pub(super) timeline: &'a Timeline,
    /// The row of its top span.
    pub(super) first: u32,
    pub(super) tolerance_nano: u64,
}

impl Ground<'_> {
    /// When a span ran, as far as its parent's time holds it.
    #[inline]
    pub(super) fn interval(&self, row: u32) -> Interval {
        self.timeline.effective[self.timeline.at(row)]
    }
}
