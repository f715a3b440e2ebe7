//! What a heat map tells apart of times and durations.

use crate::analyses::bands::{band_of, BITS};
use crate::analyses::slices::{ordinal, slice_at, slice_of, slice_start, Buckets};
use crate::histogram::{bucket, bucket_start};
use std::ops::Range;

/// Buckets of time and bands of durations. Both in one are a *place*: a number
/// that sorts by time and then by band.
#[derive(Clone, Debug)]
pub(super) struct Grain {
    buckets: Buckets,
    /// An octave has `2^bits` bands.
    bits: u32,
    /// How many bits the number of a band has.
    band_bits: u32,
    /// The bucket that was asked for last: its times, and what of a place it is.
    last: (Range<i64>, u64),
}

impl Grain {
    /// All that partials tell apart.
    pub(super) fn fine() -> Self {
        Self::new(Buckets::of_width(0), BITS)
    }

    /// Buckets, and bands of which an octave has `2^bits`.
    pub(super) fn new(buckets: Buckets, bits: u32) -> Self {
        Self {
            buckets,
            bits,
            band_bits: bucket(u64::MAX, bits).ilog2() + 1,
            last: (0..0, 0),
        }
    }

    /// An octave has so many powers of two of bands.
    pub(super) fn bits(&self) -> u32 {
        self.bits
    }

    /// The place of a span.
    #[inline]
    pub(super) fn place(&mut self, start: i64, duration: u64) -> u64 {
        if !self.last.0.contains(&start) {
            self.last = self.bucket(start);
        }
        self.last.1 | u64::from(bucket(duration, self.bits))
    }

    /// The bucket of a time, but for the last nanosecond of all time.
    fn bucket(&self, start: i64) -> (Range<i64>, u64) {
        let number = self.buckets.number(slice_of(start));
        let from = slice_start(self.buckets.first_of(number));
        let to = slice_start(self.buckets.first_of(number.saturating_add(1)));
        (from..to, ordinal(number) << self.band_bits)
    }

    /// The first slice of the bucket of a place, and its band.
    pub(super) fn shown(&self, place: u64) -> (i64, u32) {
        let number = slice_at(place >> self.band_bits);
        let band = place & ((1 << self.band_bits) - 1);
        (self.buckets.first_of(number), band as u32)
    }

    /// The slice and the band in partials that stand for a place.
    pub(super) fn cell(&self, place: u64) -> (i64, u64) {
        let (slice, band) = self.shown(place);
        (slice, band_of(bucket_start(band, self.bits)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyses::bands::band_start;

    #[test]
    fn places_hold_the_first_and_the_last() {
        for (width, bits) in [(0, BITS), (1_000_000_000, 1), (u64::MAX, 0)] {
            let buckets = Buckets::of_width(width);
            let mut grain = Grain::new(buckets, bits);
            let mut bucket_before = 0;
            for nano in [i64::MIN, -1, 0, 1, 999_999_999, i64::MAX] {
                let mut before = bucket_before;
                for duration in [0, 1, 12_345_678, u64::MAX] {
                    let place = grain.place(nano, duration);
                    let (slice, band) = grain.cell(place);
                    assert_eq!(slice, buckets.first(slice_of(nano)));
                    let coarse = bucket(band_start(band), bits);
                    assert_eq!(coarse, bucket(duration, bits));
                    assert!(before <= place && place < 1 << 63, "in the order of time");
                    before = place;
                }
                bucket_before = grain.place(nano, 0);
            }
        }
    }

    #[test]
    fn a_fine_grain_is_that_of_partials() {
        let mut grain = Grain::fine();
        for (nano, duration) in [(-1, 0), (7, 1), (99_999_999, 77), (1 << 40, 1 << 50)] {
            let place = grain.place(nano, duration);
            assert_eq!(grain.cell(place), (slice_of(nano), band_of(duration)));
        }
    }
}
