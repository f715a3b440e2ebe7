//! Where the values of owners end, four bytes each.
//!
//! All ends but those of a very large arena fit into 32 bits. Ends only grow,
//! so it is enough to list the owners at which the part above 32 bits does.

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// How many bits of an end are held for each owner.
const LOW_BITS: u32 = if cfg!(test) { 8 } else { 32 };

/// Ascending ends of owners that lie one behind the other.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Ends {
    low: Vec<u32>,
    /// The owners from which on the part above is larger by one.
    steps: Vec<u32>,
}

impl Ends {
    /// How many owners there are.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.low.len()
    }

    /// Appends an owner's end.
    #[inline]
    pub(super) fn push(&mut self, end: usize) {
        let (low, high) = (end & ((1 << LOW_BITS) - 1), end >> LOW_BITS);
        if self.steps.len() < high {
            self.steps.resize(high, self.low.len() as u32);
        }
        self.low.push(low as u32);
    }

    /// Takes the last owner back.
    pub(super) fn pop(&mut self) {
        self.low.pop();
        let last = self.low.len() as u32;
        self.steps
            .truncate(self.steps.partition_point(|&at| at < last));
    }

    /// Where the values of an owner stand; nowhere for one that is not there.
    #[inline]
    pub(super) fn range(&self, owner: u32) -> Range<usize> {
        let at = owner as usize;
        if at >= self.low.len() {
            return 0..0;
        }
        let start = if at == 0 { 0 } else { self.end(at - 1) };
        start..self.end(at)
    }

    /// The end of the last owner.
    #[inline]
    pub(super) fn last(&self) -> usize {
        match self.low.len() {
            0 => 0,
            len => self.end(len - 1),
        }
    }

    #[inline]
    fn end(&self, at: usize) -> usize {
        let low = self.low[at] as usize;
        if self.steps.is_empty() {
            return low;
        }
        let high = self.steps.partition_point(|&first| first as usize <= at);
        high << LOW_BITS | low
    }

    /// Appends the owners of `other`, whose values stand so much further on.
    pub(super) fn absorb(&mut self, other: &Self, further: usize) {
        self.low.reserve(other.len());
        (0..other.len()).for_each(|at| self.push(other.end(at) + further));
    }

    /// Makes room for so many more owners.
    pub(super) fn reserve(&mut self, owners: usize) {
        self.low.reserve_exact(owners);
    }

    /// Gives back the room that no owner takes.
    pub(super) fn shrink(&mut self) {
        self.low.shrink_to_fit();
    }

    /// Bytes held on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        (self.low.capacity() + self.steps.capacity()) * 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_of_any_size_come_back() {
        let lengths = [3, 0, 250, 3, 0, 2000, 1, 255, 256, 0, 1];
        let (mut ends, mut end) = (Ends::default(), 0);
        let mut ranges = Vec::new();
        for (owner, length) in lengths.into_iter().enumerate() {
            ends.push(end + 70_000);
            ends.pop();
            ends.push(end + length);
            ranges.push(end..end + length);
            end += length;
            assert_eq!((ends.len(), ends.last()), (owner + 1, end));
        }
        let mut all = ends.clone();
        all.absorb(&ends, end);
        for (owner, range) in (0..).zip(ranges) {
            assert_eq!(ends.range(owner), range);
            let moved = range.start + end..range.end + end;
            assert_eq!(all.range(owner + lengths.len() as u32), moved);
        }
        assert_eq!(ends.range(11), 0..0, "none such");
    }
}
