//! When spans begin and end, and sums of them.

use super::{
    ARRIVALS, COMPLETIONS, LATENCY, LONGEST, REST_OF_ARRIVALS, REST_OF_COMPLETIONS, SELF_SQUARED,
    SELF_TIME, STATES,
};
use crate::analyses::slices::{ordinal, rest_of_slice, slice_at, slice_of};

/// No self time counts as longer in squares, which 128 bits sum.
const LONGEST_SQUARED_NANO: u64 = 1 << 50;

/// A span that begins or ends in a slice. It sorts by the slice and then by the
/// rank of its operation's name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment {
    /// The slice, the rank, what happens, and how long it is from there to the
    /// end of the slice: from the start, and from the end.
    key: u128,
    duration: u64,
    own: u64,
}

/// Bits of what is left of a slice.
const REST_BITS: u32 = 27;

/// Bits below the slice and the rank.
const BELOW: u32 = 2 + 2 * REST_BITS;

/// When a span ran, and its self time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Times {
    pub(super) start: i64,
    pub(super) duration: u64,
    pub(super) own: u64,
}

impl Times {
    fn end(self) -> i64 {
        self.start.saturating_add_unsigned(self.duration)
    }
}

const BEGINS: u128 = 1;
const ENDS: u128 = 1 << 1;

impl Moment {
    /// Hands out the moments of a span: one where it begins and ends in one slice.
    #[inline]
    pub(super) fn each(rank: u32, times: Times, mut give: impl FnMut(Self)) {
        let (began, over) = (slice_of(times.start), slice_of(times.end()));
        if began == over {
            return give(Self::new((began, rank), times, BEGINS | ENDS));
        }
        give(Self::new((began, rank), times, BEGINS));
        give(Self::new((over, rank), times, ENDS));
    }

    fn new((slice, rank): (i64, u32), times: Times, what: u128) -> Self {
        let [start, end] = [times.start, times.end()].map(|nano| u128::from(rest_of_slice(nano)));
        let cell = u128::from(ordinal(slice)) << 32 | u128::from(rank);
        Self {
            key: cell << BELOW | what << (2 * REST_BITS) | start << REST_BITS | end,
            duration: times.duration,
            own: times.own,
        }
    }

    /// The slice and the rank.
    pub(super) fn cell(self) -> u128 {
        self.key >> BELOW
    }

    pub(super) fn slice(self) -> i64 {
        slice_at((self.cell() >> 32) as u64)
    }

    pub(super) fn rank(self) -> u32 {
        self.cell() as u32
    }

    fn is(self, what: u128) -> bool {
        self.key >> (2 * REST_BITS) & what != 0
    }

    /// From the start, and from the end, to the end of the slice.
    fn rests(self) -> [u64; 2] {
        let rest = |at: u32| (self.key >> at) as u64 & ((1 << REST_BITS) - 1);
        [rest(REST_BITS), rest(0)]
    }
}

/// What the spans of one cell add to a row.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sums {
    arrivals: u64,
    completions: u64,
    rest_of_arrivals: u128,
    rest_of_completions: u128,
    latency: u128,
    self_time: u128,
    self_squared: u128,
    longest: Option<u64>,
}

impl Sums {
    pub(super) fn of(moments: &[Moment]) -> Self {
        let mut sums = Self::default();
        moments.iter().for_each(|&moment| sums.add(moment));
        sums
    }

    fn add(&mut self, moment: Moment) {
        let [rest_of_start, rest_of_end] = moment.rests().map(u128::from);
        if moment.is(BEGINS) {
            self.arrivals += 1;
            self.rest_of_arrivals += rest_of_start;
            self.latency += u128::from(moment.duration);
            self.self_time += u128::from(moment.own);
            self.self_squared += u128::from(moment.own.min(LONGEST_SQUARED_NANO)).pow(2);
            self.longest = self.longest.max(Some(moment.duration));
        }
        if moment.is(ENDS) {
            self.completions += 1;
            self.rest_of_completions += rest_of_end;
        }
    }

    /// The numbers of a row.
    pub(super) fn numbers(&self) -> [i128; STATES] {
        let mut numbers = [0; STATES];
        numbers[ARRIVALS] = self.arrivals.into();
        numbers[COMPLETIONS] = self.completions.into();
        numbers[REST_OF_ARRIVALS] = self.rest_of_arrivals as i128;
        numbers[REST_OF_COMPLETIONS] = self.rest_of_completions as i128;
        numbers[LATENCY] = self.latency as i128;
        numbers[SELF_TIME] = self.self_time as i128;
        numbers[SELF_SQUARED] = self.self_squared as i128;
        numbers[LONGEST] = self.longest.map_or(i128::MIN, i128::from);
        numbers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(rank: u32, start: i64, duration: u64) -> Vec<Moment> {
        let times = Times {
            start,
            duration,
            own: 0,
        };
        let mut found = Vec::new();
        Moment::each(rank, times, |moment| found.push(moment));
        found
    }

    #[test]
    fn moments_hold_the_first_and_the_last() {
        for start in [i64::MIN, -1, 0, 1, i64::MAX] {
            for rank in [0, u32::MAX] {
                let [both] = moments(rank, start, 0)[..] else {
                    panic!("one slice");
                };
                assert_eq!((both.slice(), both.rank()), (slice_of(start), rank));
                assert!(both.is(BEGINS) && both.is(ENDS));
                let later = Moment::new((slice_of(start) + 1, 0), TIMES, BEGINS);
                assert!(both < later && both.cell() < later.cell());
            }
        }
    }

    const TIMES: Times = Times {
        start: 0,
        duration: 0,
        own: 0,
    };

    #[test]
    fn spans_of_several_slices_begin_and_end() {
        let [begins, ends] = moments(3, 0, 250_000_000)[..] else {
            panic!("two slices");
        };
        assert_eq!((begins.slice(), ends.slice()), (0, 2));
        assert!(begins.is(BEGINS) && !begins.is(ENDS) && ends.is(ENDS) && !ends.is(BEGINS));
        let [start, end] = [Sums::of(&[begins]), Sums::of(&[ends])];
        assert_eq!(
            (start.arrivals, start.completions, start.rest_of_arrivals),
            (1, 0, 100_000_000)
        );
        assert_eq!(
            (end.arrivals, end.completions, end.rest_of_completions),
            (0, 1, 50_000_000)
        );
    }
}
