//! Latency distributions: log-scale histograms of integers.
//!
//! Each octave is cut into 64 buckets, so the midpoint of a bucket is never
//! more than 1 % away from a value in it; values below 128 have a bucket of
//! their own. The counts stand in a dense window from the first to the last
//! bucket in use, which makes merging an addition of slices and equal content
//! equal bytes: no scale is ever chosen, so nothing depends on order.

/// 64 buckets an octave.
pub(crate) const BITS: u32 = 6;

/// No honest histogram counts more values than this.
const MOST_READ: u64 = 1 << 48;

/// The bucket of a value where each octave has `2^bits` of them. Values below
/// `2^(bits + 1)` have a bucket of their own.
#[must_use]
pub(crate) fn bucket(value: u64, bits: u32) -> u32 {
    // Of the smallest values the bit is set that says that nothing is shifted.
    let shift = (value | 1 << bits).ilog2() - bits;
    (shift << bits) + (value >> shift) as u32
}

/// The smallest value of a bucket; beyond the last bucket, the largest value.
#[must_use]
pub(crate) fn bucket_start(bucket: u32, bits: u32) -> u64 {
    if bucket < 1 << bits {
        return u64::from(bucket);
    }
    let shift = (bucket >> bits) - 1;
    let head = u64::from(bucket - (shift << bits));
    if shift + bits > 63 {
        return u64::MAX;
    }
    head << shift
}

/// A distribution of durations in nanoseconds.
///
/// ```
/// use spanwise_analyze::Histogram;
/// let mut latency = Histogram::default();
/// (1..=100).for_each(|ms| latency.add(ms * 1_000_000));
/// let median = latency.quantile(0.5).expect("values");
/// assert!(median.abs_diff(50_000_000) <= 500_000);
/// assert_eq!(latency.quantile(1.0), Some(100_000_000));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram {
    /// The bucket of `counts[0]`.
    first: u32,
    /// Counts from the first to the last bucket in use; neither is zero.
    counts: Vec<u64>,
    count: u64,
    min: u64,
    max: u64,
}

/// A histogram without values.
pub(crate) static EMPTY: Histogram = Histogram {
    first: 0,
    counts: Vec::new(),
    count: 0,
    min: 0,
    max: 0,
};

impl Histogram {
    /// Counts a value.
    #[inline]
    pub fn add(&mut self, nano: u64) {
        let at = bucket(nano, BITS).wrapping_sub(self.first) as usize;
        let inner = match self.counts.as_mut_slice() {
            [_, inner @ .., _] => inner.get_mut(at.wrapping_sub(1)),
            _ => None,
        };
        match inner {
            Some(count) => {
                *count += 1;
                self.count += 1;
            }
            None => self.add_outer(nano),
        }
    }

    /// Counts a value that may be the smallest or the largest: those stand in the
    /// outer buckets.
    #[cold]
    fn add_outer(&mut self, nano: u64) {
        let bucket = bucket(nano, BITS);
        let at = bucket.wrapping_sub(self.first) as usize;
        match self.counts.get_mut(at) {
            Some(count) => *count += 1,
            None => self.add_outside(bucket, nano),
        }
        self.min = self.min.min(nano);
        self.max = self.max.max(nano);
        self.count += 1;
    }

    /// Counts the first value of a bucket outside of the window.
    fn add_outside(&mut self, bucket: u32, nano: u64) {
        self.grow(bucket, bucket);
        self.counts[(bucket - self.first) as usize] = 1;
        if self.count == 0 {
            (self.min, self.max) = (nano, nano);
        }
    }

    /// A histogram of buckets, each given by a value in it and its count (as
    /// [`Histogram::buckets`] lists them), and of the smallest and largest
    /// value. `None` where that cannot be: the count of a bucket is zero or
    /// stands twice, more than 2^48 values were counted, or the outer buckets
    /// are not those of the smallest and largest value.
    ///
    /// ```
    /// use spanwise_analyze::Histogram;
    /// let mut latency = Histogram::default();
    /// [3, 900, 70_000].into_iter().for_each(|nano| latency.add(nano));
    /// let same = Histogram::of_buckets(latency.buckets(), 3, 70_000);
    /// assert_eq!(same, Some(latency));
    /// assert_eq!(Histogram::of_buckets([(3, 1), (3, 1)], 3, 3), None);
    /// ```
    #[must_use]
    pub fn of_buckets(
        buckets: impl IntoIterator<Item = (u64, u64)>,
        min: u64,
        max: u64,
    ) -> Option<Self> {
        let mut histogram = Self::default();
        for (value, count) in buckets {
            let bucket = bucket(value, BITS);
            histogram.cover(bucket, bucket);
            let held = &mut histogram.counts[(bucket - histogram.first) as usize];
            let is_new = std::mem::replace(held, count) == 0;
            histogram.count = histogram.count.checked_add(count)?;
            if count == 0 || !is_new || histogram.count > MOST_READ {
                return None;
            }
        }
        let outer = (bucket(min, BITS), bucket(max, BITS));
        let last = (histogram.first + histogram.counts.len() as u32).checked_sub(1)?;
        (histogram.min, histogram.max) = (min, max);
        (min <= max && outer == (histogram.first, last)).then_some(histogram)
    }

    /// A histogram of counts from the bucket of its smallest value to that of its
    /// largest.
    pub(crate) fn of_counts((first, counts): (u32, Vec<u64>), (min, max): (u64, u64)) -> Self {
        let last = first + counts.len() as u32 - 1;
        debug_assert!(bucket(min, BITS) == first && bucket(max, BITS) == last);
        Self {
            first,
            count: counts.iter().sum(),
            counts,
            min,
            max,
        }
    }

    /// A histogram of so many equal values.
    pub(crate) fn of_equal(nano: u64, count: u64) -> Self {
        match count {
            0 => Self::default(),
            _ => Self::of_counts((bucket(nano, BITS), vec![count]), (nano, nano)),
        }
    }

    /// Counts all values of `other`.
    pub fn merge(&mut self, other: &Self) {
        let Some(span) = (other.counts.len() as u32).checked_sub(1) else {
            return;
        };
        self.cover(other.first, other.first + span);
        let at = (other.first - self.first) as usize;
        for (ours, theirs) in self.counts[at..].iter_mut().zip(&other.counts) {
            *ours = ours.saturating_add(*theirs);
        }
        self.extend_range(other.min, other.max);
        self.count = self.count.saturating_add(other.count);
    }

    /// How many values were counted.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// True where no value was counted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The smallest value, exactly.
    #[must_use]
    pub fn min(&self) -> Option<u64> {
        (self.count > 0).then_some(self.min)
    }

    /// The largest value, exactly.
    #[must_use]
    pub fn max(&self) -> Option<u64> {
        (self.count > 0).then_some(self.max)
    }

    /// The quantile `q` (0 to 1) by nearest rank: the midpoint of the bucket
    /// that holds the `ceil(q · count)`-th smallest value, kept within the
    /// smallest and largest value that were counted. Off by 1 % at most; the
    /// first and the last rank are exact.
    #[must_use]
    pub fn quantile(&self, q: f64) -> Option<u64> {
        let rank = nearest_rank(q, self.count)?;
        if rank == 1 || rank == self.count {
            return Some(if rank == 1 { self.min } else { self.max });
        }
        let mut seen = 0;
        let at = self.counts.iter().position(|count| {
            seen += count;
            seen >= rank
        })?;
        let bucket = self.first + at as u32;
        let start = bucket_start(bucket, BITS);
        let width = bucket_start(bucket + 1, BITS) - start;
        Some((start + width / 2).clamp(self.min, self.max))
    }

    /// The share of the values that are no larger than this one, or that share
    /// its bucket. `None` where there are no values.
    ///
    /// ```
    /// use spanwise_analyze::Histogram;
    /// let mut latency = Histogram::default();
    /// [10, 20, 30, 40].into_iter().for_each(|nano| latency.add(nano));
    /// assert_eq!(latency.share_up_to(30), Some(0.75));
    /// assert_eq!(latency.share_up_to(9), Some(0.0));
    /// ```
    #[must_use]
    pub fn share_up_to(&self, nano: u64) -> Option<f64> {
        let last = bucket(nano, BITS);
        let numbered = (self.first..).zip(&self.counts);
        let below = numbered.take_while(|&(bucket, _)| bucket <= last);
        let count: u64 = below.map(|(_, count)| count).sum();
        (self.count > 0).then(|| count as f64 / self.count as f64)
    }

    /// Buckets in use: the smallest value of each, and its count.
    pub fn buckets(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        let numbered = (self.first..).zip(&self.counts);
        numbered
            .filter(|(_, &count)| count > 0)
            .map(|(bucket, &count)| (bucket_start(bucket, BITS), count))
    }

    /// The sum of histograms that count, or count less than nothing, without the
    /// buckets of which nothing is left. For the smallest and the largest value
    /// stand those that the outer buckets begin with. No values where there are
    /// more than an honest histogram counts.
    pub(crate) fn signed_sum<'a>(parts: &(impl Iterator<Item = (&'a Self, i128)> + Clone)) -> Self {
        let used = parts.clone().filter(|(one, _)| !one.counts.is_empty());
        let first = used.clone().map(|(one, _)| one.first).min().unwrap_or(0);
        let mut sums = Vec::new();
        for (one, sign) in used {
            let at = (one.first - first) as usize;
            let end = at + one.counts.len();
            sums.resize(end.max(sums.len()), 0_i128);
            for (sum, &count) in sums[at..end].iter_mut().zip(&one.counts) {
                *sum += sign * i128::from(count);
            }
        }
        let is_left = |sum: &i128| *sum > 0;
        let (Some(low), Some(high)) = (
            sums.iter().position(is_left),
            sums.iter().rposition(is_left),
        ) else {
            return Self::default();
        };
        let count: i128 = sums.iter().filter(|sum| is_left(sum)).sum();
        if count > i128::from(MOST_READ) {
            return Self::default();
        }
        let [low_bucket, high_bucket] = [low, high].map(|at| first + at as u32);
        let left = sums[low..=high].iter().map(|&sum| sum.max(0) as u64);
        Self {
            first: low_bucket,
            counts: left.collect(),
            count: count as u64,
            min: bucket_start(low_bucket, BITS),
            max: bucket_start(high_bucket, BITS),
        }
    }

    /// The same counts with another smallest and largest value, of the same outer
    /// buckets.
    pub(crate) fn with_range(mut self, min: u64, max: u64) -> Self {
        debug_assert!(share_bucket(self.min, min) && share_bucket(self.max, max));
        (self.min, self.max) = (min, max);
        self
    }

    /// Appends a canonical encoding: equal content gives equal bytes.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        for n in [self.count, self.min, self.max, u64::from(self.first)] {
            out.extend_from_slice(&n.to_le_bytes());
        }
        out.extend_from_slice(&(self.counts.len() as u64).to_le_bytes());
        for count in &self.counts {
            out.extend_from_slice(&count.to_le_bytes());
        }
    }

    /// Makes the window hold the buckets from `low` to `high`.
    #[inline]
    fn cover(&mut self, low: u32, high: u32) {
        let end = self.first + self.counts.len() as u32;
        if low < self.first || high >= end {
            self.grow(low, high);
        }
    }

    #[cold]
    fn grow(&mut self, low: u32, high: u32) {
        if self.counts.is_empty() {
            self.first = low;
        }
        let before = self.first.saturating_sub(low) as usize;
        self.counts.splice(..0, std::iter::repeat_n(0, before));
        self.first -= before as u32;
        let length = (high - self.first + 1) as usize;
        self.counts.resize(self.counts.len().max(length), 0);
    }

    #[inline]
    fn extend_range(&mut self, min: u64, max: u64) {
        if self.count == 0 {
            (self.min, self.max) = (min, max);
        }
        self.min = self.min.min(min);
        self.max = self.max.max(max);
    }
}

/// The 1-based rank of quantile `q` among `count` values, by nearest rank.
/// `None` where there are no values or `q` is no number.
#[must_use]
pub(crate) fn nearest_rank(q: f64, count: u64) -> Option<u64> {
    if count == 0 || q.is_nan() {
        return None;
    }
    let rank = (q.clamp(0.0, 1.0) * count as f64).ceil() as u64;
    Some(rank.clamp(1, count))
}

/// True where a histogram counts both values as one.
pub(crate) fn share_bucket(one: u64, other: u64) -> bool {
    bucket(one, BITS) == bucket(other, BITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[u64]) -> Histogram {
        let mut histogram = Histogram::default();
        values.iter().for_each(|&value| histogram.add(value));
        histogram
    }

    /// Values around every power of two, and some between.
    fn magnitudes() -> impl Iterator<Item = u64> {
        (0..64).flat_map(|bit| {
            let power = 1u64 << bit;
            let inner = (1..100).map(move |n| power + (power >> 7).saturating_mul(n));
            [power - 1, power].into_iter().chain(inner)
        })
    }

    #[test]
    fn every_value_lies_in_its_bucket() {
        for bits in [4, 6] {
            for value in magnitudes().chain([u64::MAX]) {
                let at = bucket(value, bits);
                assert!(bucket_start(at, bits) <= value, "{value} in {at}");
                let next = bucket_start(at + 1, bits);
                assert!(value < next || next == u64::MAX, "{value} in {at}");
            }
        }
    }

    #[test]
    fn a_midpoint_is_within_one_percent() {
        for value in magnitudes() {
            let start = bucket_start(bucket(value, BITS), BITS);
            let width = bucket_start(bucket(value, BITS) + 1, BITS) - start;
            let off = (start + width / 2).abs_diff(value);
            assert!(u128::from(off) * 100 <= u128::from(value), "{value}: {off}");
            assert!(value >= 128 || off == 0, "{value} is exact");
        }
    }

    #[test]
    fn quantiles_are_nearest_ranks() {
        let values: Vec<u64> = (1..=40).collect();
        let histogram = of(&values);
        for (q, expected) in [(0.0, 1), (0.025, 1), (0.5, 20), (0.51, 21), (1.0, 40)] {
            assert_eq!(histogram.quantile(q), Some(expected), "{q}");
        }
        assert_eq!(Histogram::default().quantile(0.5), None);
        assert_eq!(of(&[1_000_003]).quantile(0.5), Some(1_000_003));
        assert_eq!(of(&[u64::MAX, 0]).quantile(1.0), Some(u64::MAX));
    }

    #[test]
    fn the_outer_values_are_exact() {
        let values = [700, 701, 3, 900, 702, 901, 2, 70_000, 69_999, 700];
        for count in 1..=values.len() {
            let (values, histogram) = (&values[..count], of(&values[..count]));
            assert_eq!(histogram.min(), values.iter().copied().min());
            assert_eq!(histogram.max(), values.iter().copied().max());
            let counted: u64 = histogram.buckets().map(|bucket| bucket.1).sum();
            assert_eq!((histogram.count(), counted), (count as u64, count as u64));
        }
    }

    #[test]
    fn merging_is_counting_in_any_order() {
        let (low, high) = (of(&[3, 900]), of(&[70_000, 5]));
        let (mut one, mut other) = (low.clone(), high.clone());
        one.merge(&high);
        other.merge(&low);
        assert_eq!(one, of(&[900, 70_000, 5, 3]));
        assert_eq!(one, other);
        one.merge(&Histogram::default());
        assert_eq!(one, other);
        let mut empty = Histogram::default();
        empty.merge(&other);
        assert_eq!(empty, other);
    }
}
