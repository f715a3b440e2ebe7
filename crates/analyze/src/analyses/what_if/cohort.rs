//! Quantiles of a cohort of requests of which some are replaced, and how sure
//! they are.

use crate::analyses::columns::{durations, nano, ratio, some_durations};
use crate::analyses::confidence::DEVIATIONS;
use crate::histogram::{share_bucket, Histogram};
use spanwise_model::{ColumnData, Table};

/// The quantiles that are told.
const QUANTILES: [(&str, f64); 3] = [("p50", 0.5), ("p95", 0.95), ("p99", 0.99)];

/// Durations of requests: of all, of those that are replaced, and of those that
/// replace them.
#[derive(Clone, Debug, Default)]
pub(super) struct Cohort<'a> {
    pub(super) all: Vec<&'a Histogram>,
    pub(super) before: Vec<&'a Histogram>,
    pub(super) after: Vec<&'a Histogram>,
}

impl Cohort<'_> {
    /// The same cohort of which all are replaced.
    pub(super) fn replaced(mut self) -> Self {
        self.before.clone_from(&self.all);
        self
    }

    /// How many requests there are.
    pub(super) fn count(&self) -> i128 {
        self.all.iter().map(|one| i128::from(one.count())).sum()
    }

    /// True where the requests are the same as those of another cohort.
    fn is_of_same(&self, other: &Self) -> bool {
        let mut pairs = self.all.iter().zip(&other.all);
        self.all.len() == other.all.len() && pairs.all(|(a, b)| std::ptr::eq(*a, *b))
    }

    fn whole(&self) -> Histogram {
        sum(&[(&self.all, 1)])
    }

    fn changed(&self) -> Histogram {
        sum(&[(&self.all, 1), (&self.before, -1), (&self.after, 1)])
    }
}

/// The sum of histograms that count, or count less than nothing.
fn sum(parts: &[(&Vec<&Histogram>, i128)]) -> Histogram {
    let signed = parts
        .iter()
        .flat_map(|&(histograms, sign)| histograms.iter().map(move |&histogram| (histogram, sign)));
    let sum = Histogram::signed_sum(&signed);
    let (Some(first), Some(last)) = (sum.min(), sum.max()) else {
        return sum;
    };
    let added = || {
        let added = parts.iter().filter(|part| part.1 > 0);
        added.flat_map(|part| part.0.iter())
    };
    // The extremes are exact where they were not among what is taken away.
    let near = |edge: u64| move |nano: &u64| share_bucket(edge, *nano);
    let min = added()
        .filter_map(|one| one.min())
        .filter(near(first))
        .min();
    let max = added().filter_map(|one| one.max()).filter(near(last)).max();
    let (min, max) = (min.unwrap_or(first), max.unwrap_or(last));
    sum.with_range(min, max.max(min))
}

/// The quantile, and the interval that holds the true one at 95 % confidence:
/// between the ranks that are two deviations away.
fn interval(durations: &Histogram, q: f64) -> [Option<u64>; 3] {
    let count = durations.count() as f64;
    let reach = DEVIATIONS * (q * (1.0 - q) / count.max(1.0)).sqrt();
    [q, q - reach, q + reach].map(|q| durations.quantile(q))
}

/// Adds what cohorts save and their quantiles before and after.
pub(super) fn with_quantiles(table: Table, cohorts: &[Cohort<'_>], saved: &[i128]) -> Table {
    let mean = |(cohort, &saved): (&Cohort<'_>, &i128)| {
        ratio(saved, cohort.count()).map(|mean| nano(mean.round() as i128))
    };
    let table = table
        .with("saved_time", durations(saved.iter().copied()))
        .with(
            "mean_saved",
            ColumnData::Duration(cohorts.iter().zip(saved).map(mean).collect()),
        );
    let before = before(cohorts);
    let after: Vec<_> = cohorts
        .iter()
        .map(|cohort| {
            let changed = cohort.changed();
            QUANTILES.map(|(_, q)| interval(&changed, q))
        })
        .collect();
    (0..).zip(QUANTILES).fold(table, |table, (at, (name, _))| {
        let before = before.iter().map(|cells: &[_; 3]| cells[at]);
        let column = |cell: usize| some_durations(after.iter().map(|cells| cells[at][cell]));
        table
            .with(format!("{name}_before"), some_durations(before))
            .with(name, column(0))
            .with(format!("{name}_from"), column(1))
            .with(format!("{name}_to"), column(2))
    })
}

/// The quantiles of all requests of each cohort, found once for those that follow
/// each other with the same ones.
fn before(cohorts: &[Cohort<'_>]) -> Vec<[Option<u64>; QUANTILES.len()]> {
    let mut held: Option<(&Cohort<'_>, _)> = None;
    let cells = cohorts.iter().map(|cohort| match held {
        Some((last, cells)) if cohort.is_of_same(last) => cells,
        _ => {
            let whole = cohort.whole();
            let cells = QUANTILES.map(|(_, q)| whole.quantile(q));
            held = Some((cohort, cells));
            cells
        }
    });
    cells.collect()
}
