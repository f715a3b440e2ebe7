//! What slow requests have of an operation, held against what fast ones have.

use super::column::{CALLS, ERRORS, REQUESTS, SQUARES, TIME};
use crate::analyses::bands::{band_at, root_of, Bands, Root};
use crate::analyses::columns::ratio;
use crate::analyses::confidence::DEVIATIONS;
use crate::partial::{add_to, Key, Partial, Row};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The column of the key that says which band, then which cohort.
const BAND: usize = 3;

/// The numbers of the cohorts.
pub(super) const SLOW: usize = 0;
pub(super) const FAST: usize = 1;

/// What a cohort has of an operation.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cohort {
    /// How many requests the cohort has.
    pub(super) requests: i128,
    /// How long all of them lasted together, in nanoseconds.
    nano: i128,
    calls: i128,
    errors: i128,
    time: i128,
    squares: i128,
}

impl Cohort {
    /// The time in one request, in nanoseconds.
    pub(super) fn mean(&self) -> f64 {
        self.a_request(self.time).unwrap_or_default()
    }

    /// The calls in one request.
    pub(super) fn calls_a_request(&self) -> Option<f64> {
        self.a_request(self.calls)
    }

    /// The calls in one request that err.
    pub(super) fn errors_a_request(&self) -> Option<f64> {
        self.a_request(self.errors)
    }

    fn a_request(&self, sum: i128) -> Option<f64> {
        ratio(sum, self.requests)
    }

    /// The time as a share of the duration of all requests.
    pub(super) fn share(&self) -> Option<f64> {
        ratio(self.time, self.nano)
    }

    /// The variance of [`Cohort::mean`], which a single request does not tell, nor
    /// squares beyond what a sum holds.
    fn variance_of_mean(&self) -> Option<f64> {
        let count = self.requests as f64;
        let is_told = self.requests > 1 && self.squares < i128::MAX;
        is_told.then(|| self.scaled_squares().max(0.0) / (count * count * (count - 1.0)))
    }

    /// `n sum(x²) - sum(x)²`: exact, or where that is too large for whole numbers
    /// as near as floating point comes.
    fn scaled_squares(&self) -> f64 {
        let exact = || {
            let scaled = self.requests.checked_mul(self.squares)?;
            scaled.checked_sub(self.time.checked_mul(self.time)?)
        };
        let near = || {
            let (count, sum) = (self.requests as f64, self.time as f64);
            count * self.squares as f64 - sum * sum
        };
        exact().map_or_else(near, |exact| exact as f64)
    }
}

/// An operation in the slow and in the fast requests of a root operation.
#[derive(Debug)]
pub(super) struct Contrast<'a> {
    pub(super) root: Root<'a>,
    pub(super) operation: [&'a str; 3],
    /// The row of the slow requests.
    pub(super) row: Row,
    pub(super) cohorts: [Cohort; 2],
    /// The first band of the slow requests and the last one of the fast.
    pub(super) edges: [u64; 2],
}

impl Contrast<'_> {
    /// How much longer a slow request is in it, in nanoseconds.
    pub(super) fn mean_excess(&self) -> f64 {
        self.cohorts[SLOW].mean() - self.cohorts[FAST].mean()
    }

    /// The same of all slow requests.
    pub(super) fn excess(&self) -> i128 {
        let requests = self.cohorts[SLOW].requests as f64;
        (self.mean_excess() * requests).round() as i128
    }

    /// How many times as long a slow request is in it.
    pub(super) fn times(&self) -> Option<f64> {
        let [slow, fast] = self.cohorts.each_ref().map(Cohort::mean);
        (fast > 0.0).then(|| slow / fast)
    }

    /// Between what the true mean excess lies at 95 % confidence, in nanoseconds.
    pub(super) fn excess_interval(&self) -> Option<[f64; 2]> {
        let [slow, fast] = self.cohorts.each_ref().map(Cohort::variance_of_mean);
        let reach = DEVIATIONS * (slow? + fast?).sqrt();
        let mean = self.mean_excess();
        Some([mean - reach, mean + reach])
    }
}

/// The rows of a partial by cohort instead of by band. Root operations one of
/// whose bands would be both slow and fast are left out.
pub(super) fn cohorts(partial: &Partial, bands: &[Bands<'_>; 2]) -> Partial {
    let [slow, fast] = [SLOW, FAST].map(|cohort| {
        let is_in = move |&row: &Row| cohort_of(partial, row, bands) == Some(cohort);
        let rows = (0..partial.len()).filter(is_in);
        partial.regrouped(rows, move |column, key| match column {
            BAND => Key::U64(cohort as u64),
            _ => key,
        })
    });
    let mut both = slow;
    both.absorb(&fast);
    both
}

/// The cohort of a row; none where its requests are neither slow nor fast.
pub(super) fn cohort_of(
    partial: &Partial,
    row: Row,
    [slow, fast]: &[Bands<'_>; 2],
) -> Option<usize> {
    let (root, band) = (root_of(partial, row), band_at(partial, row));
    let (&(first, _), &(_, last)) = (slow.get(&root)?, fast.get(&root)?);
    if first <= last {
        return None;
    }
    let places = [(SLOW, band >= first), (FAST, band <= last)];
    places
        .into_iter()
        .find_map(|(cohort, is_in)| is_in.then_some(cohort))
}

/// The contrasts of all operations that slow requests have time in, the largest
/// excess first, then by the key. `both` holds rows by cohort.
pub(super) fn contrasts<'a>(both: &'a Partial, bands: &[Bands<'_>; 2]) -> Vec<Contrast<'a>> {
    let (wholes, fast) = (wholes(both), fast_rows(both));
    let slow = both.sorted_rows().into_iter();
    let slow = slow.filter(|&row| band_at(both, row) == SLOW as u64);
    let contrasts = slow.filter_map(|row| {
        let (root, operation) = (root_of(both, row), operation_of(both, row));
        let edges = [bands[SLOW].get(&root)?.0, bands[FAST].get(&root)?.1];
        let whole = wholes.get(&root)?;
        let rows = [Some(row), fast.get(&(root, operation)).copied()];
        let cohorts = [SLOW, FAST].map(|cohort| of_row(both, rows[cohort], whole[cohort]));
        Some(Contrast {
            root,
            operation,
            row,
            cohorts,
            edges,
        })
    });
    let mut contrasts: Vec<Contrast<'a>> = contrasts.collect();
    contrasts.sort_by_key(|contrast| Reverse(contrast.excess()));
    contrasts
}

/// What a row adds to what its cohort is as a whole.
fn of_row(both: &Partial, row: Option<Row>, whole: Cohort) -> Cohort {
    let number = |column| row.map_or(0, |row| both.number(row, column));
    Cohort {
        calls: number(CALLS),
        errors: number(ERRORS),
        time: number(TIME),
        squares: number(SQUARES),
        ..whole
    }
}

/// How many requests the cohorts of each root operation have, and how long all of
/// them lasted.
fn wholes(both: &Partial) -> BTreeMap<Root<'_>, [Cohort; 2]> {
    let mut wholes: BTreeMap<Root<'_>, [Cohort; 2]> = BTreeMap::new();
    for row in 0..both.len() {
        let cohorts = wholes.entry(root_of(both, row)).or_default();
        let cohort = &mut cohorts[usize::from(band_at(both, row) == FAST as u64)];
        add_to(&mut cohort.requests, both.number(row, REQUESTS));
        add_to(&mut cohort.nano, both.number(row, TIME));
    }
    wholes
}

/// The rows of fast requests by root and operation.
fn fast_rows(both: &Partial) -> BTreeMap<(Root<'_>, [&str; 3]), Row> {
    let fast = (0..both.len()).filter(|&row| band_at(both, row) == FAST as u64);
    let keyed = fast.map(|row| ((root_of(both, row), operation_of(both, row)), row));
    keyed.collect()
}

fn operation_of(partial: &Partial, row: Row) -> [&str; 3] {
    [4, 5, 6].map(|column| partial.name(row, column))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::partial::total;

    /// A cohort of requests with these times.
    fn cohort(times: &[i128]) -> Cohort {
        Cohort {
            requests: times.len() as i128,
            time: total(times.iter().copied()),
            squares: total(times.iter().map(|time| time.saturating_mul(*time))),
            ..Cohort::default()
        }
    }

    /// By the definition: the sum of squares about the mean over n (n - 1).
    fn by_differences(times: &[i128]) -> f64 {
        let count = times.len() as f64;
        let mean = times.iter().sum::<i128>() as f64 / count;
        let squares = times.iter().map(|&time| (time as f64 - mean).powi(2));
        squares.sum::<f64>() / (count * (count - 1.0))
    }

    #[test]
    fn the_variance_is_that_of_the_definition_however_long_times_are() {
        // Thirty of the last are longer than half a century, and thirty times the
        // sum of their squares is more than whole numbers hold.
        for factor in [1, 1_000_000, 17_000_000_000_000_000] {
            for times in [[60, 80, 100], [0, 0, 7], [5; 3]] {
                let times = times.map(|time| time * factor).repeat(10);
                let found = cohort(&times).variance_of_mean().expect("several");
                let (expected, most) = (by_differences(&times), 100.0 * factor as f64);
                assert!((found - expected).abs() <= 1e-13 * most * most, "{times:?}");
            }
        }
        assert_eq!(cohort(&[3]).variance_of_mean(), None);
        assert_eq!(cohort(&[i128::MAX, 3]).variance_of_mean(), None);
    }
}
