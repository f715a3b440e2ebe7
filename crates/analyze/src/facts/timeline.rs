//! When each span ran: its own interval, and the effective one.
//!
//! All other facts read times from here and never from the table's columns,
//! so that a correction of clocks has one place to go.

use crate::clocks::Shifts;
use crate::policy::Policy;
use std::ops::Range;

/// A span of time, nanoseconds since the epoch; the end never stands before
/// the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Interval {
    pub(super) start: i64,
    pub(super) end: i64,
}

impl Interval {
    /// The same interval, later by so much.
    pub(super) fn shifted(self, nano: i64) -> Self {
        Self {
            start: self.start.saturating_add(nano),
            end: self.end.saturating_add(nano),
        }
    }

    pub(super) fn is_empty(self) -> bool {
        self.start == self.end
    }

    pub(super) fn len(self) -> u64 {
        self.end.abs_diff(self.start)
    }

    /// True where `self` shares time with `outer`, or has no length and lies
    /// in or on it.
    pub(super) fn meets(self, outer: Interval) -> bool {
        if self.is_empty() {
            outer.start <= self.start && self.start <= outer.end
        } else {
            self.start.max(outer.start) < self.end.min(outer.end)
        }
    }

    /// True where it has nothing outside of `outer`.
    #[inline]
    pub(super) fn is_in(self, outer: Interval) -> bool {
        outer.start <= self.start && self.end <= outer.end
    }

    /// What of `self` lies in `outer`; `None` where nothing does.
    pub(super) fn cut_to(self, outer: Interval) -> Option<Interval> {
        self.meets(outer).then(|| Interval {
            start: self.start.max(outer.start),
            end: self.end.min(outer.end),
        })
    }
}

/// How times are taken.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules<'a> {
    pub(super) policy: &'a Policy,
    /// What corrects clocks, where the policy says so.
    pub(super) shifts: Option<&'a Shifts>,
}

/// Bits of [`Timeline::marks`].
pub(super) mod marks {
    /// The span blocks its parent, or has none.
    pub(in crate::facts) const BLOCKING: u8 = 1;
    /// Nothing of the span is left in its parent's effective interval.
    pub(in crate::facts) const OFF: u8 = 1 << 1;
    /// The effective interval is shorter than the span's own.
    pub(in crate::facts) const CLIPPED: u8 = 1 << 2;
    /// The children that the span waits for follow one another in the order of rows:
    /// each begins when those before it are over, and one without length later than
    /// that. What is said of such spans needs no sorting; where nobody looked, it is
    /// not set.
    pub(in crate::facts) const SERIAL: u8 = 1 << 3;

    /// True where the span takes time from its parent.
    #[inline]
    pub(in crate::facts) fn blocks(marks: u8) -> bool {
        marks & (BLOCKING | OFF) == BLOCKING
    }

    /// True where the children that the span waits for are known to follow one
    /// another.
    #[inline]
    pub(in crate::facts) fn is_serial(marks: u8) -> bool {
        marks & SERIAL != 0
    }
}

/// Times of a run of rows.
#[derive(Clone, Debug, Default)]
pub(super) struct Timeline {
    /// The row that the first entry stands for.
    pub(super) first: u32,
    /// Starts and ends as recorded, missing ends filled in.
    pub(super) own: Vec<Interval>,
    /// What of it counts: the own interval cut to the parent's effective one.
    pub(super) effective: Vec<Interval>,
    /// See [`marks`].
    pub(super) marks: Vec<u8>,
}

impl Timeline {
    /// The entry of a row.
    #[inline]
    pub(super) fn at(&self, row: u32) -> usize {
        (row - self.first) as usize
    }

    /// The rows that the entries stand for.
    pub(super) fn rows(&self) -> Range<u32> {
        self.first..self.first + self.own.len() as u32
    }

    /// True where the effective times of a row are among these.
    #[inline]
    pub(super) fn holds(&self, row: u32) -> bool {
        (row.wrapping_sub(self.first) as usize) < self.effective.len()
    }

    /// Takes out the effective times, to be kept, and leaves the memory of own ones.
    pub(super) fn take_effective(&mut self) -> Self {
        Self {
            first: self.first,
            own: Vec::new(),
            effective: std::mem::take(&mut self.effective),
            marks: std::mem::take(&mut self.marks),
        }
    }

    /// True where the span at this entry takes time from its parent.
    #[inline]
    pub(super) fn blocks(&self, at: usize) -> bool {
        marks::blocks(self.marks[at])
    }

    /// True where the children that the span at this entry waits for are known to
    /// follow one another.
    #[inline]
    pub(super) fn is_serial(&self, at: usize) -> bool {
        marks::is_serial(self.marks[at])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(start: i64, end: i64) -> Interval {
        Interval { start, end }
    }

    #[test]
    fn touching_is_not_meeting_except_for_points() {
        let outer = of(0, 100);
        assert!(!of(100, 150).meets(outer));
        assert!(!of(-60, 0).meets(outer));
        assert!(of(100, 100).meets(outer) && of(0, 0).meets(outer));
        assert!(!of(101, 101).meets(outer));
        assert!(!of(5, 9).meets(of(5, 5)) && of(5, 5).meets(of(5, 5)));
    }

    #[test]
    fn cutting_keeps_what_is_inside() {
        assert_eq!(of(20, 80).cut_to(of(10, 40)), Some(of(20, 40)));
        assert_eq!(of(40, 80).cut_to(of(10, 40)), None);
        assert_eq!(of(i64::MIN, i64::MAX).len(), u64::MAX);
    }
}
