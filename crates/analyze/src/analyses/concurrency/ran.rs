//! When a span ran, and sums over spans.

use super::blocks::Blocks;
use super::{
    ARRIVALS, COMPLETIONS, LATENCY, LONGEST, REST_OF_ARRIVALS, REST_OF_COMPLETIONS, SELF_SQUARED,
    SELF_TIME, STATES,
};
use crate::analyses::slices::slice_of;

/// No self time counts as longer in squares, which 128 bits sum.
const LONGEST_SQUARED_NANO: u64 = 1 << 50;

/// When the span at a row ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ran {
    pub(super) start: i64,
    pub(super) duration: u64,
    pub(super) row: u32,
}

impl Ran {
    #[inline]
    pub(super) fn end(&self) -> i64 {
        self.start.saturating_add_unsigned(self.duration)
    }

    /// The slices in which it begins and ends.
    #[inline]
    pub(super) fn slices(&self) -> [i64; 2] {
        [slice_of(self.start), slice_of(self.end())]
    }
}

/// The same in as little room as may be. It is two words, so that it stands in
/// registers: what is written to memory in parts and then read as a whole is waited
/// for.
#[derive(Clone, Copy, Debug, Default)]
struct Held {
    start: i64,
    /// The row, and the duration, or [`LONG`], as the lower half.
    row_and_nano: u64,
}

/// Stands for durations of so much and more, which are read again.
const LONG: u32 = u32::MAX;

impl Held {
    #[inline]
    fn of(ran: Ran) -> Self {
        let nano = u32::try_from(ran.duration).unwrap_or(LONG);
        Self {
            start: ran.start,
            row_and_nano: u64::from(ran.row) << 32 | u64::from(nano),
        }
    }

    #[inline]
    fn row(self) -> u32 {
        (self.row_and_nano >> 32) as u32
    }

    /// The duration, or [`LONG`].
    #[inline]
    fn nano(self) -> u32 {
        self.row_and_nano as u32
    }
}

/// The spans of one side of an instance, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Side(Blocks<Held>);

impl Side {
    /// Adds a span if it is one of this side.
    #[inline]
    pub(super) fn push_if(&mut self, is_one: bool, ran: Ran) {
        self.0.push_if(is_one, Held::of(ran));
    }

    /// True where there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.len() == 0
    }

    /// All of them, by the durations of rows, between the first start and the last
    /// end of all sides.
    pub(super) fn among<'a>(&'a self, duration_nano: &'a [u64], between: [i64; 2]) -> Spans<'a> {
        Spans {
            side: self,
            duration_nano,
            between,
        }
    }
}

/// The spans of a side.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spans<'a> {
    side: &'a Side,
    duration_nano: &'a [u64],
    /// None of them begins before or ends behind these.
    pub(super) between: [i64; 2],
}

impl<'a> Spans<'a> {
    pub(super) fn len(self) -> usize {
        self.side.0.len()
    }

    #[inline]
    pub(super) fn iter(self) -> impl Iterator<Item = Ran> + 'a {
        self.side.0.iter().map(move |held| Ran {
            start: held.start,
            duration: match held.nano() {
                LONG => self.duration_nano[held.row() as usize],
                nano => nano.into(),
            },
            row: held.row(),
        })
    }

    /// When the first begins and the last ends; where there is none, the other
    /// way round.
    pub(super) fn ends(self) -> [i64; 2] {
        let none = [i64::MAX, i64::MIN];
        self.iter().fold(none, |[first, last], ran| {
            [first.min(ran.start), last.max(ran.end())]
        })
    }
}

/// What the spans of one cell add to a row.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sums {
    pub(super) arrivals: u32,
    pub(super) completions: u32,
    pub(super) rest_of_arrivals: u64,
    pub(super) rest_of_completions: u64,
    pub(super) longest: u64,
    pub(super) latency: u128,
}

impl Sums {
    /// True where nothing begins or ends.
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.arrivals | self.completions == 0
    }

    /// Adds a span that begins in this slice so long before it is over.
    #[inline]
    pub(super) fn begin(&mut self, rest: u64, duration: u64) {
        self.arrivals += 1;
        self.rest_of_arrivals += rest;
        self.longest = self.longest.max(duration);
        self.latency += u128::from(duration);
    }

    /// Adds a span that ends in this slice so long before it is over.
    #[inline]
    pub(super) fn end(&mut self, rest: u64) {
        self.completions += 1;
        self.rest_of_completions += rest;
    }
}

/// What their self times add.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct OwnSums {
    pub(super) time: u128,
    squared: u128,
}

impl OwnSums {
    /// Adds the self time of a span.
    #[inline]
    pub(super) fn add(&mut self, own_nano: u64) {
        let own = u128::from(own_nano.min(LONGEST_SQUARED_NANO));
        self.time += u128::from(own_nano);
        self.squared += own * own;
    }
}

/// All that a cell adds.
#[derive(Clone, Copy, Debug)]
pub(super) struct AllSums<'a> {
    pub(super) sums: &'a Sums,
    /// Nothing where no self times are told.
    pub(super) own: OwnSums,
}

impl AllSums<'_> {
    /// The state of a column of partials.
    #[inline]
    pub(super) fn number(&self, column: usize) -> i128 {
        match column {
            ARRIVALS => self.sums.arrivals.into(),
            COMPLETIONS => self.sums.completions.into(),
            REST_OF_ARRIVALS => self.sums.rest_of_arrivals.into(),
            REST_OF_COMPLETIONS => self.sums.rest_of_completions.into(),
            LATENCY => self.sums.latency as i128,
            SELF_TIME => self.own.time as i128,
            SELF_SQUARED => self.own.squared as i128,
            LONGEST if self.sums.arrivals > 0 => self.sums.longest.into(),
            _ => i128::MIN,
        }
    }

    /// The states of a row.
    #[inline]
    pub(super) fn numbers(&self) -> [i128; STATES] {
        std::array::from_fn(|column| self.number(column))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_last_as_long_as_they_did() {
        let mut side = Side::default();
        let durations = [0, 7, u64::from(LONG) - 1, LONG.into(), u64::MAX];
        let all = (0..).zip(durations).map(|(row, duration)| Ran {
            start: -5,
            duration,
            row,
        });
        all.clone().for_each(|ran| side.push_if(true, ran));
        let spans = side.among(&durations, [i64::MIN, i64::MAX]);
        assert!(spans.iter().eq(all));
        assert_eq!(spans.ends(), [-5, i64::MAX]);
    }
}
