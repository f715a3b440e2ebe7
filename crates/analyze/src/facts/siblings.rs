//! The order of siblings: which of the spans that one parent waits for had
//! ended when another of them began.
//!
//! It is the rule of the critical path's walk, asked of all siblings at once:
//! one that ended by the start of another (or within the tolerance behind it)
//! may be what the other waited for. The walk follows the latest of these;
//! slack and replay hold on to all of them, because nothing in a single trace
//! says which ones the later sibling really needed. The order is an interval
//! order, so two sorted lists tell it and no pair is ever looked at.

use super::timeline::Timeline;
use spanwise_model::SpanTable;

/// A blocking child, by its effective interval.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sibling {
    pub(crate) start: i64,
    pub(crate) end: i64,
    pub(crate) row: u32,
}

/// A moment between siblings: at one instant those without length come first.
pub(crate) type Moment = (i64, bool);

impl Sibling {
    fn is_point(self) -> bool {
        self.start == self.end
    }

    /// When it begins.
    pub(crate) fn begins(self) -> Moment {
        (self.start, !self.is_point())
    }

    /// The first moment at which another may begin behind it.
    pub(super) fn is_over(self, tolerance_nano: u64) -> Moment {
        if self.is_point() {
            return (self.end, true);
        }
        let by = self.end.saturating_sub_unsigned(tolerance_nano);
        (by.max(self.start.saturating_add(1)), false)
    }
}

/// The blocking children of one span, in their order.
#[derive(Debug, Default)]
pub(super) struct Siblings {
    /// By when they begin.
    pub(super) all: Vec<Sibling>,
    /// Moments at which they are over with their places in `all`, ascending.
    pub(super) over: Vec<(Moment, u32)>,
    /// Which of those that were over when each began ended last.
    pub(super) before: Vec<Option<u32>>,
    /// Which of all ended last.
    pub(super) last: Option<u32>,
}

impl Siblings {
    /// Takes the blocking children of the span at `row`.
    pub(super) fn fill(
        &mut self,
        (table, timeline): (&SpanTable, &Timeline),
        row: u32,
        tolerance_nano: u64,
    ) {
        self.gather(table, timeline, row);
        let over = |(at, sibling): (u32, &Sibling)| (sibling.is_over(tolerance_nano), at);
        self.over.clear();
        self.over.extend((0..).zip(&self.all).map(over));
        self.over.sort_unstable();
        self.find_before();
    }

    fn gather(&mut self, table: &SpanTable, timeline: &Timeline, row: u32) {
        let ends = &table.columns.subtree_end;
        let (mut child, end) = (row + 1, ends[row as usize]);
        self.all.clear();
        while child < end {
            let at = timeline.at(child);
            if timeline.blocks(at) {
                let interval = timeline.effective[at];
                self.all.push(Sibling {
                    start: interval.start,
                    end: interval.end,
                    row: child,
                });
            }
            child = ends[child as usize];
        }
        self.all.sort_unstable_by_key(|one| (one.begins(), one.row));
    }

    fn find_before(&mut self) {
        let mut over = self.over.iter().peekable();
        let ends = |at: u32| (self.all[at as usize].end, at);
        let later = |held: Option<u32>, at: u32| match held {
            Some(held) if ends(held) > ends(at) => Some(held),
            _ => Some(at),
        };
        self.before.clear();
        let mut latest = None;
        for sibling in &self.all {
            while let Some(&(_, at)) = over.next_if(|over| over.0 <= sibling.begins()) {
                latest = later(latest, at);
            }
            self.before.push(latest);
        }
        self.last = over.fold(latest, |latest, &(_, at)| later(latest, at));
    }

    /// The latest end of those that were over when the one at `place` began.
    pub(super) fn end_before(&self, place: usize) -> Option<i64> {
        self.before[place].map(|at| self.all[at as usize].end)
    }

    /// The place of the first sibling that may have waited for the one at
    /// `place`; all from there on may.
    pub(super) fn first_behind(&self, place: usize, tolerance_nano: u64) -> usize {
        let over = self.all[place].is_over(tolerance_nano);
        self.all.partition_point(|other| other.begins() < over)
    }
}
