//! A row an instance: its load as a whole, and what hints at waiting.

use super::load::{keyed, with_counts, with_latency, with_mean, with_numbers, Load};
use super::series::Series;
use crate::analyses::columns::ratio;
use crate::analyses::slices::slice_start;
use spanwise_model::{ColumnData, Table};
use std::collections::BTreeMap;

/// With fewer spans nothing is hinted.
const FEWEST: i128 = 200;
/// From this correlation of load and self time on, spans queue.
const QUEUEING: f64 = 0.3;
/// From this share of time at the most on, the most may be a limit.
const CEILING: f64 = 0.2;

/// What hints at waiting in a series.
#[derive(Clone, Copy, Debug, Default)]
struct Signs {
    correlation: Option<f64>,
    ceiling_share: Option<f64>,
    most: i128,
    is_enough: bool,
}

impl Signs {
    fn of(series: &Series<'_>, load: &Load) -> Self {
        let is_enough = load.arrivals >= FEWEST;
        let (most, ceiling_share) = ceiling(series);
        Self {
            correlation: correlation(series).filter(|_| is_enough),
            ceiling_share,
            most,
            is_enough,
        }
    }

    fn hints(&self) -> Vec<String> {
        let queueing = self.correlation.is_some_and(|found| found >= QUEUEING);
        let capped = self.ceiling_share.is_some_and(|share| share >= CEILING);
        let ceiling = capped && self.most > 1 && self.is_enough;
        let hints = [(queueing, "queueing"), (ceiling, "ceiling")];
        let found = hints.iter().filter(|hint| hint.0);
        found.map(|hint| hint.1.to_owned()).collect()
    }
}

pub(super) fn table(all: &[Series<'_>]) -> Table {
    let loads: Vec<Load> = all.iter().map(whole).collect();
    let signs = all
        .iter()
        .zip(&loads)
        .map(|(series, load)| Signs::of(series, load));
    let signs: Vec<Signs> = signs.collect();
    let ends = || all.iter().filter_map(Series::ends);
    let from = ends().map(|[first, _]| Some(slice_start(first)));
    let to = ends().map(|[_, last]| Some(slice_start(last.saturating_add(1))));
    let table = keyed(all.iter().map(|series| &series.key))
        .with("from", ColumnData::Time(from.collect()))
        .with("to", ColumnData::Time(to.collect()));
    let table = with_counts(table, "arrivals", &loads, |load| load.arrivals);
    let table = with_numbers(table, "arrival_rate", &loads, |load| {
        load.rate(load.arrivals)
    });
    let table = with_numbers(table, "mean_in_flight", &loads, Load::mean_in_flight);
    let table = with_counts(table, "max_in_flight", &loads, |load| load.most);
    let table = with_latency(table, &loads);
    let table = with_mean(table, "mean_self_time", &loads, |load| load.self_nano);
    let number = |of: fn(&Signs) -> Option<f64>| ColumnData::F64(signs.iter().map(of).collect());
    table
        .with("correlation", number(|signs| signs.correlation))
        .with("ceiling_share", number(|signs| signs.ceiling_share))
        .with(
            "hints",
            ColumnData::TextList(signs.iter().map(Signs::hints).collect()),
        )
}

/// The load from the first slice to the last.
fn whole(series: &Series<'_>) -> Load {
    let mut load = Load::default();
    for (step, gap) in series.with_gaps() {
        load.add(&step);
        load.add_run(gap, step.after);
    }
    load
}

/// The most in flight at an edge of slices, and the share of the edges with
/// anything in flight that have as many.
fn ceiling(series: &Series<'_>) -> (i128, Option<f64>) {
    let most = series.steps().map(|step| step.after).max().unwrap_or(0);
    let (mut busy, mut full) = (0_i128, 0_i128);
    for (step, gap) in series.with_gaps() {
        if step.after > 0 {
            busy = busy.saturating_add(gap + 1);
        }
        if step.after > 0 && step.after == most {
            full = full.saturating_add(gap + 1);
        }
    }
    (most, ratio(full, busy))
}

/// Pearson's correlation, over all spans, of how many are in flight as their
/// slice begins and their self time, both about the means of their operation.
fn correlation(series: &Series<'_>) -> Option<f64> {
    let arrivals = series.arrivals();
    let mut means: BTreeMap<&str, [f64; 3]> = BTreeMap::new();
    for one in &arrivals {
        let sums = means.entry(one.operation).or_default();
        let count = one.count as f64;
        sums[0] += count;
        sums[1] += count * one.before as f64;
        sums[2] += one.self_nano as f64;
    }
    let (mut both, mut loads, mut owns) = (0.0, 0.0, 0.0);
    for one in arrivals.iter().filter(|one| one.count > 0) {
        let [all, load, own] = means[one.operation];
        let (count, own) = (one.count as f64, own / all);
        let off = one.before as f64 - load / all;
        both += off * (one.self_nano as f64 - count * own);
        loads += count * off * off;
        owns += one.self_squared as f64 - count * own * own;
    }
    let found = both / (loads * owns).sqrt();
    (loads > 0.0 && owns > 0.0 && found.is_finite()).then(|| found.clamp(-1.0, 1.0))
}
