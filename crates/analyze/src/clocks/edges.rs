//! What the calls between two clocks agree on: offset, width and drift.

use super::agreement::{agreement, Agreement};
use super::Bound;

/// A minute, in which clocks count as steady.
pub(crate) const MINUTE_NANO: i64 = 60_000_000_000;

/// Calls of a minute from which an offset is told for it alone.
const MINUTE_CALLS: usize = 8;

/// Minutes from which a drift is told.
const DRIFT_MINUTES: usize = 3;

/// Calls between two clocks, in both directions: bounds of how far the second
/// is ahead of the first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Edge {
    /// The sample, by minute.
    pub(crate) bounds: Vec<(i64, Bound)>,
    /// Calls, and those of them that say nothing.
    pub(crate) calls: i128,
    pub(crate) impossible: i128,
}

/// A line: how far a clock is ahead at a minute, and by how much more with
/// each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) minute: i64,
    pub(crate) offset_nano: i64,
    pub(crate) drift_nano: i64,
}

/// What calls agree on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Estimate {
    /// Through the middle of what they agree on.
    pub(crate) line: Line,
    /// What they agree on at the minute of the line.
    pub(crate) agreed: Agreement,
    /// How many calls were asked.
    pub(crate) asked: usize,
}

impl Edge {
    /// What the calls agree on at a minute; nothing where all say nothing.
    pub(crate) fn estimate(&self, minute: i64) -> Option<Estimate> {
        let drift_nano = self.drift_nano();
        let level = |&(at, bound): &(i64, Bound)| {
            let gone = drift_nano.saturating_mul(at - minute);
            (
                bound.from.saturating_sub(gone),
                bound.to.saturating_sub(gone),
            )
        };
        let agreed = agreement(self.bounds.iter().map(level))?;
        let line = Line {
            minute,
            offset_nano: agreed.middle(),
            drift_nano,
        };
        Some(Estimate {
            line,
            agreed,
            asked: self.bounds.len(),
        })
    }

    /// Nanoseconds a minute: the median slope between the first and the second
    /// half of the minutes; zero where it is no more than one minute leaves open.
    fn drift_nano(&self) -> i64 {
        let mut bounds = self.bounds.clone();
        bounds.sort_unstable_by_key(|(minute, bound)| (*minute, bound.from, bound.to));
        let minutes: Vec<(i64, Agreement)> = bounds
            .chunk_by(|a, b| a.0 == b.0)
            .filter(|calls| calls.len() >= MINUTE_CALLS)
            .filter_map(|calls| {
                let intervals = calls.iter().map(|(_, bound)| (bound.from, bound.to));
                Some((calls[0].0, agreement(intervals)?))
            })
            .collect();
        let half = minutes.len().div_ceil(2);
        let pairs = minutes.iter().zip(minutes.iter().skip(half));
        let slope = |(a, b): (&(i64, Agreement), &(i64, Agreement))| {
            (b.1.middle() - a.1.middle()) / (b.0 - a.0)
        };
        let open = minutes.iter().map(|(_, agreed)| agreed.width() as i64);
        let (slope, open) = (median(pairs.map(slope)), median(open));
        let told = minutes.last().map_or(0, |last| last.0 - minutes[0].0);
        let sure = minutes.len() >= DRIFT_MINUTES && slope.saturating_mul(told).abs() > open;
        if sure {
            slope
        } else {
            0
        }
    }
}

/// The middle one, the lower of two; zero where there is none.
fn median(values: impl Iterator<Item = i64>) -> i64 {
    let mut values: Vec<i64> = values.collect();
    values.sort_unstable();
    let middle = values.len().saturating_sub(1) / 2;
    values.get(middle).copied().unwrap_or_default()
}

impl Bound {
    /// What it says about the first clock, seen from the second.
    pub(crate) fn turned(self) -> Self {
        Self {
            from: -self.to,
            to: -self.from,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Minutes of calls with an offset and drift, each with its own network.
    fn edge(minutes: i64, offset: i64, drift: i64) -> Edge {
        let call = |minute: i64, at: i64| {
            let ahead = offset + drift * minute;
            let bound = Bound {
                from: ahead - 1_000 - at * 37 % 500,
                to: ahead + 1_000 + at * 91 % 700,
            };
            (minute, bound)
        };
        let calls = (0..minutes).flat_map(|minute| (0..20).map(move |at| call(minute, at)));
        Edge {
            bounds: calls.collect(),
            ..Edge::default()
        }
    }

    #[test]
    fn an_offset_is_what_calls_agree_on() {
        let found = edge(1, 5_000_000, 0).estimate(0).expect("calls");
        assert_eq!(found.line.offset_nano, 5_000_000);
        assert_eq!((found.agreed.agreeing, found.asked), (20, 20));
    }

    #[test]
    fn a_drift_shows_over_minutes() {
        let line = edge(10, -3_000, 40_000).estimate(0).expect("calls").line;
        assert_eq!((line.offset_nano, line.drift_nano), (-3_000, 40_000));
        let steady = edge(10, -3_000, 10).estimate(0).expect("calls").line;
        assert_eq!(steady.drift_nano, 0, "within what a minute leaves open");
    }
}
