//! How much slower an instance is at first than it is later.

use super::series::{Arrivals, Series};
use rustc_hash::FxHashMap;

/// So many spans are the first ones, and the rest of the slice of the last; they
/// begin in so many slices or more.
const FIRST: i64 = 20;
const SLICES: usize = 5;

/// From this slowdown on, an instance was cold.
const COLD: f64 = 3.0;

/// Most of the first spans of a cold instance were slower by this, so that no
/// single long one makes it cold.
const SLOW: f64 = 2.0;

/// The self times of the first spans against those of later ones of the same
/// operations; spans whose operation does not come again are left out.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct WarmUp {
    own_nano: i128,
    expected_nano: f64,
    spans: i128,
    /// Of them, those that were slow with the others of their slice.
    slow: i128,
}

impl WarmUp {
    pub(super) fn of(series: &Series) -> Self {
        let (first, later) = series.arrivals.split_at(first_arrivals(series));
        let mut sums: FxHashMap<u64, (i128, i128)> = FxHashMap::default();
        for one in later {
            let (count, nano) = sums.entry(one.operation).or_default();
            *count = count.saturating_add(one.count);
            *nano = nano.saturating_add(one.self_nano);
        }
        let mut warm_up = Self::default();
        for one in first {
            if let Some(&(count, nano)) = sums.get(&one.operation).filter(|sums| sums.0 > 0) {
                warm_up.add(one, nano as f64 / count as f64);
            }
        }
        warm_up
    }

    fn add(&mut self, one: &Arrivals, mean_nano: f64) {
        let expected = one.count as f64 * mean_nano;
        self.own_nano = self.own_nano.saturating_add(one.self_nano);
        self.expected_nano += expected;
        self.spans = self.spans.saturating_add(one.count);
        if one.self_nano as f64 >= SLOW * expected {
            self.slow = self.slow.saturating_add(one.count);
        }
    }

    /// How many times as long the first spans took.
    pub(super) fn times(&self) -> Option<f64> {
        let is_known = self.expected_nano > 0.0;
        is_known.then(|| self.own_nano as f64 / self.expected_nano)
    }

    /// True where the first spans were slow, most of them.
    pub(super) fn is_cold(&self) -> bool {
        let most = self.slow.saturating_mul(2) >= self.spans;
        most && self.times().is_some_and(|times| times >= COLD)
    }
}

/// How many of the arrivals are those of the first spans.
fn first_arrivals(series: &Series) -> usize {
    let begun = series.steps.iter().filter(|step| step.arrivals > 0);
    let spans = begun.enumerate().fold(0_i64, |spans, (at, step)| {
        let is_first = spans < FIRST || at < SLICES;
        spans.saturating_add(if is_first { step.arrivals } else { 0 })
    });
    let mut seen = 0_i128;
    let is_first = |count: i128| {
        let before = seen;
        seen = seen.saturating_add(count);
        before < i128::from(spans)
    };
    let counts = series.arrivals.iter().map(|one| one.count);
    counts.map(is_first).take_while(|&first| first).count()
}
