//! How long things take: log-normal, in whole microseconds.

use crate::random::Random;
use rand_distr::{Distribution, LogNormal};

/// Every time of a simulation is a multiple of this, so that formats of
/// microseconds hold it exactly.
pub(crate) const MICROSECOND: u64 = 1_000;

/// A log-normal distribution of durations.
///
/// ```
/// use spanwise_simulate::Latency;
/// let slow = Latency::millis(5).times(8.0).spread(0.0);
/// assert_eq!((slow.median_nano, slow.spread), (40_000_000, 0.0));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Latency {
    /// Half of all durations are shorter.
    pub median_nano: u64,
    /// The standard deviation of the logarithm; zero makes all durations equal.
    pub spread: f64,
}

impl Latency {
    /// A median in microseconds, with a spread of 0.35: the 99th percentile is
    /// 2.3 times the median.
    #[must_use]
    pub const fn micros(median: u64) -> Self {
        Self {
            median_nano: median * MICROSECOND,
            spread: 0.35,
        }
    }

    /// A median in milliseconds, with the same spread.
    #[must_use]
    pub const fn millis(median: u64) -> Self {
        Self::micros(median * 1_000)
    }

    /// The same median with another spread.
    #[must_use]
    pub const fn spread(mut self, spread: f64) -> Self {
        self.spread = spread;
        self
    }

    /// The distribution with all durations `factor` times as long.
    #[must_use]
    pub fn times(mut self, factor: f64) -> Self {
        self.median_nano = (self.median_nano as f64 * factor) as u64;
        self
    }

    /// One duration, of at least a microsecond.
    pub(crate) fn sample(self, random: &mut Random) -> u64 {
        let median = self.median_nano.max(MICROSECOND) as f64;
        let nano = match LogNormal::new(median.ln(), self.spread) {
            Ok(distribution) if self.spread > 0.0 => distribution.sample(random),
            _ => median,
        };
        ((nano as u64) / MICROSECOND).max(1) * MICROSECOND
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_median() {
        let mut random = Random::stream(5, 0);
        let latency = Latency::millis(10);
        let below = (0..10_000)
            .filter(|_| latency.sample(&mut random) < 10_000_000)
            .count();
        assert!((4_800..5_200).contains(&below), "{below}");
    }

    #[test]
    fn without_spread_all_are_equal() {
        let mut random = Random::stream(5, 0);
        let fixed = Latency::micros(7).spread(0.0);
        assert_eq!(fixed.sample(&mut random), 7_000);
        assert_eq!(fixed.times(0.0).sample(&mut random), 1_000);
    }
}
