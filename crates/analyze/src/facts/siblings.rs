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

    /// How long it lasts behind `before`.
    pub(super) fn length_behind(self, before: i64) -> u64 {
        let from = before.max(self.start);
        self.end.saturating_sub(from).max(0) as u64
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
        match self.is_chain(tolerance_nano) {
            true => self.link(tolerance_nano),
            false => self.sort(tolerance_nano),
        }
    }

    /// Takes the blocking children of the span at `row` as they stand.
    pub(super) fn gather(&mut self, table: &SpanTable, timeline: &Timeline, row: u32) {
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
    }

    /// True where each begins when the one before is over, and ends no earlier.
    pub(super) fn is_chain(&self, tolerance_nano: u64) -> bool {
        let mut pairs = self.all.iter().zip(self.all.iter().skip(1));
        pairs.all(|(one, next)| one.end <= next.end && one.is_over(tolerance_nano) <= next.begins())
    }

    /// Puts those that were gathered in their order.
    pub(super) fn sort(&mut self, tolerance_nano: u64) {
        self.sort_all();
        self.find_over(tolerance_nano);
        self.over.sort_unstable();
        self.find_before();
    }

    /// The same, but that nothing is found out of what was over when.
    pub(super) fn sort_all(&mut self) {
        self.all.sort_unstable_by_key(|one| (one.begins(), one.row));
    }

    fn find_over(&mut self, tolerance_nano: u64) {
        let over = |(at, sibling): (u32, &Sibling)| (sibling.is_over(tolerance_nano), at);
        self.over.clear();
        self.over.extend((0..).zip(&self.all).map(over));
    }

    /// What sorting would find of a chain.
    fn link(&mut self, tolerance_nano: u64) {
        self.find_over(tolerance_nano);
        let count = self.all.len() as u32;
        self.before.clear();
        self.before.extend((0..count).map(|at| at.checked_sub(1)));
        self.last = count.checked_sub(1);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_is_what_sorting_finds() {
        let mut state = 5_u64;
        let mut random = move |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) as i64 % below as i64
        };
        let mut chains = 0;
        for _ in 0..5_000 {
            let (mut siblings, mut start) = (Siblings::default(), 0);
            for row in 0..random(6) as u32 {
                let end = start + random(5);
                siblings.all.push(Sibling { start, end, row });
                start = (end + random(4) - 2).max(start);
            }
            if siblings.is_chain(2) {
                siblings.link(2);
                let (over, before) = (siblings.over.clone(), siblings.before.clone());
                let last = siblings.last;
                siblings.sort(2);
                assert_eq!((over, before), (siblings.over, siblings.before));
                assert_eq!(last, siblings.last);
                chains += siblings.all.len();
            }
        }
        assert!(chains > 2_000, "{chains}");
    }
}
