//! Whether the second of two siblings waits for the first, or merely comes
//! later.
//!
//! A sibling that waits begins the later the longer the other lasts; one that
//! does not begins when it would have begun anyway. So how long behind the
//! first one's start the second begins is held against how long the first
//! lasted, and the slope of the least squares is one or nought. Only cases count
//! in which nothing else ended in between: where a sibling waits for several,
//! the shorter ones never show. Sums of whole numbers are all that this takes,
//! so partials can hold it.

/// Terms longer than this count as long as this: 39 hours, so that no sum of
/// squares overflows.
const LONGEST_NANO: u64 = 1 << 47;

/// So many observations are needed at least.
const ENOUGH: i128 = 5;

/// How much the first one's durations must vary, as a share of their mean.
const VARIES: f64 = 1e-3;

/// How many standard errors the interval reaches to either side.
const ERRORS: f64 = 3.0;

/// How many sums there are.
pub(super) const TERMS: usize = 6;

/// One observation: how long the first lasted, and how long behind its start
/// the second began.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lag {
    lasted: u64,
    behind: u64,
    /// From the end of the first to the start of the second.
    pub(super) gap_nano: u64,
}

impl Lag {
    pub(super) fn of(lasted_nano: u64, behind_nano: u64) -> Self {
        Self {
            lasted: lasted_nano.min(LONGEST_NANO),
            behind: behind_nano.min(LONGEST_NANO),
            gap_nano: 0,
        }
    }

    /// The same with so much between the two.
    pub(super) fn behind_gap(self, gap_nano: u64) -> Self {
        Self { gap_nano, ..self }
    }

    /// What it adds to the sums.
    pub(super) fn terms(self) -> [i128; TERMS] {
        let Self { lasted, behind, .. } = self;
        let product = |one: u64, other: u64| i128::from(one) * i128::from(other);
        [
            1,
            lasted.into(),
            behind.into(),
            product(lasted, lasted),
            product(lasted, behind),
            product(behind, behind),
        ]
    }
}

/// How much later the second begins where the first lasts longer.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Waits {
    /// The slope of the least squares: one where the second waits for the
    /// first, nought where it does not.
    pub slope: f64,
    /// Three standard errors below.
    pub from: f64,
    /// Three standard errors above.
    pub to: f64,
}

impl Waits {
    /// The slope of these sums; nothing where there are fewer than five
    /// observations, or where the first always lasts the same.
    pub(super) fn of(sums: [i128; TERMS]) -> Option<Self> {
        let count = sums[0];
        if count < ENOUGH {
            return None;
        }
        let [n, x, y, xx, xy, yy] = sums.map(|sum| sum as f64);
        let (mean_x, mean_y) = (x / n, y / n);
        let (spread_x, spread_y) = (xx / n - mean_x * mean_x, yy / n - mean_y * mean_y);
        let together = xy / n - mean_x * mean_y;
        if spread_x <= (VARIES * mean_x).powi(2) {
            return None;
        }
        let slope = together / spread_x;
        let rest = (spread_y - slope * together).max(0.0);
        let error = (rest / (spread_x * (n - 2.0))).sqrt();
        Some(Self {
            slope,
            from: slope - ERRORS * error,
            to: slope + ERRORS * error,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(pairs: impl IntoIterator<Item = (u64, u64)>) -> Option<Waits> {
        let mut sums = [0; TERMS];
        for (lasted, behind) in pairs {
            let terms = Lag::of(lasted, behind).terms();
            sums.iter_mut()
                .zip(terms)
                .for_each(|(sum, term)| *sum += term);
        }
        Waits::of(sums)
    }

    #[test]
    fn who_waits_begins_when_the_other_is_over() {
        let found = waits((1..=9).map(|n| (n * 1_000_000, n * 1_000_000 + 50)));
        let found = found.expect("nine that differ");
        assert!((found.slope - 1.0).abs() < 1e-9, "{found:?}");
        assert!(found.to - found.from < 1e-3, "{found:?}");
    }

    #[test]
    fn who_does_not_wait_begins_when_it_would_anyway() {
        let found = waits((1..=9).map(|n| (n * 1_000_000, 50_000_000)));
        assert!(found.expect("nine that differ").slope.abs() < 1e-9);
    }

    #[test]
    fn too_few_and_too_equal_say_nothing() {
        assert_eq!(waits((1..=4).map(|n| (n, n))), None);
        assert_eq!(waits((1..=9).map(|n| (1_000_000, n))), None);
    }

    #[test]
    fn the_longest_do_not_overflow() {
        let found = waits((1..=9).map(|n| (u64::MAX / n, u64::MAX)));
        assert_eq!(found, None, "all are as long as can be");
    }
}
