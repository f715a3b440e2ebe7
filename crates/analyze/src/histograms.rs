//! Several latency distributions that are counted together.
//!
//! The counts of a distribution begin with its smallest value, and those of all
//! distributions that are as far behind theirs stand beside each other. What is
//! counted together mostly stands alike, so that one place is read and not one a
//! distribution.

use crate::histogram::{bucket, Histogram, BITS};

/// Distributions of which each has one value of every time that is counted. The
/// widest of them says how much room all take.
#[derive(Clone, Debug)]
pub(crate) struct Histograms<const N: usize> {
    /// By distribution: the bucket that its counts begin with.
    first: [u32; N],
    /// By distribution: how many buckets lie between the outer ones, which hold
    /// the smallest and the largest value.
    inner: [u32; N],
    /// By distance to the first bucket, and by distribution; nothing behind the
    /// bucket of its largest value.
    counts: Vec<[u32; N]>,
    count: u32,
    min: [u64; N],
    max: [u64; N],
}

impl<const N: usize> Default for Histograms<N> {
    fn default() -> Self {
        Self {
            first: [0; N],
            inner: [0; N],
            counts: Vec::new(),
            count: 0,
            min: [0; N],
            max: [0; N],
        }
    }
}

impl<const N: usize> Histograms<N> {
    /// Counts a value of each distribution. That is done fewer than 2^32 times, for
    /// a table has no more rows.
    #[inline]
    pub(crate) fn add(&mut self, nanos: [u64; N]) {
        let places: [u32; N] =
            std::array::from_fn(|n| bucket(nanos[n], BITS).wrapping_sub(self.first[n]));
        let is_inner = (0..N).all(|n| places[n].wrapping_sub(1) < self.inner[n]);
        if !is_inner {
            return self.add_outer(nanos);
        }
        for (n, place) in places.into_iter().enumerate() {
            self.counts[place as usize][n] += 1;
        }
        self.count += 1;
    }

    /// The same where a value may be the smallest or the largest.
    #[cold]
    fn add_outer(&mut self, nanos: [u64; N]) {
        if self.counts.is_empty() {
            (self.min, self.max) = (nanos, nanos);
            self.first = nanos.map(|nano| bucket(nano, BITS));
        }
        for (n, nano) in nanos.into_iter().enumerate() {
            self.min[n] = self.min[n].min(nano);
            self.max[n] = self.max[n].max(nano);
            self.cover(n);
            let place = bucket(nano, BITS) - self.first[n];
            self.counts[place as usize][n] += 1;
        }
        self.count += 1;
    }

    /// Makes room for the smallest and the largest value of a distribution.
    fn cover(&mut self, n: usize) {
        let low = bucket(self.min[n], BITS);
        let length = self.length(n);
        self.counts.resize(length.max(self.counts.len()), [0; N]);
        let before = (self.first[n] - low) as usize;
        if before > 0 {
            for at in (0..length).rev() {
                let source = at.checked_sub(before);
                self.counts[at][n] = source.map_or(0, |source| self.counts[source][n]);
            }
            self.first[n] = low;
        }
        self.inner[n] = (length as u32).saturating_sub(2);
    }

    /// How many buckets a distribution has.
    fn length(&self, n: usize) -> usize {
        (bucket(self.max[n], BITS) - bucket(self.min[n], BITS) + 1) as usize
    }

    /// How often something was counted.
    pub(crate) fn count(&self) -> u64 {
        self.count.into()
    }

    /// One of the distributions.
    pub(crate) fn of(&self, n: usize) -> Histogram {
        if self.count == 0 {
            return Histogram::default();
        }
        let counts = self.counts[..self.length(n)].iter();
        let counts = counts.map(|counts| counts[n].into()).collect();
        Histogram::of_counts((self.first[n], counts), (self.min[n], self.max[n]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_what_it_would_be_by_itself() {
        let mut state = 9_u64;
        let mut random = move || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) >> (state >> 59)
        };
        for count in 0..200 {
            let mut together = Histograms::<3>::default();
            let mut apart: [Histogram; 3] = Default::default();
            for _ in 0..count {
                let nanos = [random(), random() + 70_000, u64::MAX - random()];
                together.add(nanos);
                let both = apart.iter_mut().zip(nanos);
                both.for_each(|(histogram, nano)| histogram.add(nano));
            }
            assert_eq!([0, 1, 2].map(|n| together.of(n)), apart);
            assert_eq!(together.count(), count);
        }
    }

    #[test]
    fn distributions_far_apart_take_no_room_between() {
        let mut together = Histograms::<2>::default();
        [0, 1, 0]
            .into_iter()
            .for_each(|nano| together.add([nano, u64::MAX]));
        assert_eq!(together.counts, [[2, 3], [1, 0]]);
    }
}
