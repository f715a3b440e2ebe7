//! Bottlenecks as a table.

use super::column;
use super::contrast::{Cohort, Contrast, FAST, SLOW};
use crate::analyses::bands::band_start;
use crate::analyses::columns::{counts, durations, examples, names, nano};
use crate::partial::{Partial, Row};
use spanwise_model::{ColumnData, Table};

/// The table of what was found; `both` holds its rows by cohort.
pub(super) fn of(both: &Partial, found: &[Contrast<'_>]) -> Table {
    let root = |at: usize| names(found.iter().map(move |one| one.root[at]));
    let operation = |at: usize| names(found.iter().map(move |one| one.operation[at]));
    let bound = |at: usize| times(found, |one| Some(one.excess_interval()?[at]));
    let mean = |cohort: usize| times(found, |one| Some(one.cohorts[cohort].mean()));
    let of_cohort = |cohort: usize, of: fn(&Cohort) -> Option<f64>| {
        numbers(found, |one| of(&one.cohorts[cohort]))
    };
    let requests = |cohort: usize| {
        let requests = found.iter().map(|one| one.cohorts[cohort].requests);
        counts(requests)
    };
    let edge = |cohort: usize, bands: u64| {
        let start = |one: &Contrast<'_>| band_start(one.edges[cohort].saturating_add(bands));
        durations(found.iter().map(|one| start(one).into()))
    };
    let rows: Vec<Row> = found.iter().map(|one| one.row).collect();
    Table::new()
        .with("root_service", root(0))
        .with("root_operation", root(1))
        .with("root_kind", root(2))
        .with("service", operation(0))
        .with("operation", operation(1))
        .with("kind", operation(2))
        .with("excess_time", durations(found.iter().map(Contrast::excess)))
        .with("mean_excess", times(found, |one| Some(one.mean_excess())))
        .with("excess_from", bound(0))
        .with("excess_to", bound(1))
        .with("slow_mean", mean(SLOW))
        .with("fast_mean", mean(FAST))
        .with("times", numbers(found, Contrast::times))
        .with("slow_share", of_cohort(SLOW, Cohort::share))
        .with("fast_share", of_cohort(FAST, Cohort::share))
        .with("slow_calls", of_cohort(SLOW, Cohort::calls_a_request))
        .with("fast_calls", of_cohort(FAST, Cohort::calls_a_request))
        .with("slow_errors", of_cohort(SLOW, Cohort::errors_a_request))
        .with("fast_errors", of_cohort(FAST, Cohort::errors_a_request))
        .with("slow_requests", requests(SLOW))
        .with("fast_requests", requests(FAST))
        .with("slow_from", edge(SLOW, 0))
        .with("fast_to", edge(FAST, 1))
        .with("examples", examples(both, &rows, column::EXAMPLES))
}

fn numbers<'a>(found: &[Contrast<'a>], of: impl Fn(&Contrast<'a>) -> Option<f64>) -> ColumnData {
    ColumnData::F64(found.iter().map(of).collect())
}

/// Durations in nanoseconds, rounded.
fn times(found: &[Contrast<'_>], of: impl Fn(&Contrast<'_>) -> Option<f64>) -> ColumnData {
    let rounded = |one| of(one).map(|time| nano(time.round() as i128));
    ColumnData::Duration(found.iter().map(rounded).collect())
}
