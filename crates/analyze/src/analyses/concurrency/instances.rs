//! A row an instance: its load as a whole, and what hints at waiting.

use super::load::{with_counts, with_latency, with_mean, with_numbers, Load};
use super::places::Role;
use super::rows::{Keys, Rows, SeriesKey};
use super::series::Series;
use super::warm_up::WarmUp;
use crate::analyses::columns::ratio;
use crate::analyses::slices::slice_start;
use rustc_hash::FxHashMap;
use spanwise_model::{ColumnData, Table};

/// With fewer spans nothing is hinted.
const FEWEST: i64 = 200;
/// From this correlation of load and self time on, spans queue.
const QUEUEING: f64 = 0.3;
/// From this share of time at the most on, the most may be a limit.
const CEILING: f64 = 0.2;
/// An instance that begins so many slices after the input was started meanwhile,
/// for all that spans tell: ten seconds.
const LATE: i64 = 100;

/// What hints at waiting in a series.
#[derive(Clone, Copy, Debug, Default)]
struct Signs {
    correlation: Option<f64>,
    ceiling_share: Option<f64>,
    most: i64,
    warm_up: WarmUp,
    is_enough: bool,
}

impl Signs {
    fn of(series: &Series, load: &Load) -> Self {
        let is_enough = load.arrivals >= FEWEST;
        let (most, ceiling_share) = ceiling(series);
        Self {
            correlation: correlation(series).filter(|_| is_enough),
            ceiling_share,
            most,
            warm_up: WarmUp::of(series),
            is_enough,
        }
    }

    /// How many times as long the first spans took as later ones.
    fn warm_up(&self) -> Option<f64> {
        self.warm_up.times().filter(|_| self.is_enough)
    }

    /// The hints of an instance that begins late or not.
    fn hints(&self, is_late: bool) -> Vec<String> {
        let queueing = self.correlation.is_some_and(|found| found >= QUEUEING);
        let capped = self.ceiling_share.is_some_and(|share| share >= CEILING);
        let ceiling = capped && self.most > 1 && self.is_enough;
        let cold = is_late && self.is_enough && self.warm_up.is_cold();
        let hints = [
            (queueing, "queueing"),
            (ceiling, "ceiling"),
            (cold, "cold_start"),
        ];
        let found = hints.iter().filter(|hint| hint.0);
        found.map(|hint| hint.1.to_owned()).collect()
    }
}

/// The rows of instances.
#[derive(Default)]
pub(super) struct Instances<'a> {
    keys: Keys<'a>,
    /// The last series, and when its instance began, whatever side of it.
    last: Option<(SeriesKey<'a>, i64)>,
    /// When instances began; none for rows of calls.
    begun: Vec<Option<i64>>,
    ends: Vec<[i64; 2]>,
    loads: Vec<Load>,
    signs: Vec<Signs>,
}

impl<'a> Rows<'a> for Instances<'a> {
    fn add(&mut self, key: SeriesKey<'a>, series: &Series) {
        let Some(ends) = series.ends() else { return };
        let load = whole(series);
        self.keys.begin(key);
        self.keys.push();
        let begun = self.begin(key, ends[0]);
        let serves = key[2] == Role::Serving.name();
        self.begun.push(serves.then_some(begun));
        self.ends.push(ends);
        self.signs.push(Signs::of(series, &load));
        self.loads.push(load);
    }

    fn table(self: Box<Self>) -> Table {
        let (loads, signs) = (&self.loads, &self.signs);
        let from = self.ends.iter().map(|ends| Some(slice_start(ends[0])));
        let to = self.ends.iter().map(|ends| ends[1].saturating_add(1));
        let to = to.map(|slice| Some(slice_start(slice)));
        let late = self.late();
        let table = self.keys.table();
        let table = table
            .with("from", ColumnData::Time(from.collect()))
            .with("to", ColumnData::Time(to.collect()));
        let table = with_counts(table, "arrivals", loads, |load| load.arrivals);
        let rate = |load: &Load| load.rate(load.arrivals);
        let table = with_numbers(table, "arrival_rate", loads, rate);
        let table = with_numbers(table, "mean_in_flight", loads, Load::mean_in_flight);
        let table = with_counts(table, "max_in_flight", loads, |load| load.most);
        let table = with_latency(table, loads);
        let table = with_mean(table, "mean_self_time", loads, |load| load.self_nano);
        let number =
            |of: fn(&Signs) -> Option<f64>| ColumnData::F64(signs.iter().map(of).collect());
        let hints = signs.iter().zip(late);
        let hints = hints.map(|(signs, late)| signs.hints(late)).collect();
        table
            .with("correlation", number(|signs| signs.correlation))
            .with("ceiling_share", number(|signs| signs.ceiling_share))
            .with("warm_up", number(Signs::warm_up))
            .with("hints", ColumnData::TextList(hints))
    }
}

impl<'a> Instances<'a> {
    /// When the instance of a series began, of which this side begins now; its
    /// sides follow each other.
    fn begin(&mut self, key: SeriesKey<'a>, first: i64) -> i64 {
        let other = self.last.filter(|(last, _)| last[..2] == key[..2]);
        let begun = other.map_or(first, |(_, other)| first.min(other));
        self.last = Some((key, begun));
        begun
    }

    /// Which rows are of instances that began late, by those with enough spans.
    fn late(&self) -> Vec<bool> {
        let rows = self.ends.iter().zip(&self.signs);
        let enough = rows.filter(|(_, signs)| signs.is_enough);
        let input = enough.map(|(ends, _)| ends[0]).min().unwrap_or(0);
        let is_late = |begun: i64| begun.saturating_sub(input) >= LATE;
        let late = self.begun.iter().map(|begun| begun.is_some_and(is_late));
        late.collect()
    }
}

/// The load from the first slice to the last.
fn whole(series: &Series) -> Load {
    let mut load = Load::default();
    for (step, gap) in series.with_gaps() {
        load.add(step);
        load.add_run(gap, step.after);
    }
    load
}

/// The most in flight at an edge of slices, and the share of the edges with
/// anything in flight that have as many.
fn ceiling(series: &Series) -> (i64, Option<f64>) {
    let most = series
        .steps
        .iter()
        .map(|step| step.after)
        .max()
        .unwrap_or(0);
    let (mut busy, mut full) = (0_i64, 0_i64);
    for (step, gap) in series.with_gaps() {
        if step.after > 0 {
            busy = busy.saturating_add(gap.saturating_add(1));
        }
        if step.after > 0 && step.after == most {
            full = full.saturating_add(gap.saturating_add(1));
        }
    }
    (most, ratio(full.into(), busy.into()))
}

/// Pearson's correlation, over all spans, of how many are in flight as their
/// slice begins and their self time, both about the means of their operation.
fn correlation(series: &Series) -> Option<f64> {
    let arrivals = &series.arrivals;
    let mut means: FxHashMap<u64, [f64; 3]> = FxHashMap::default();
    for one in arrivals {
        let sums = means.entry(one.operation).or_default();
        let count = one.count as f64;
        sums[0] += count;
        sums[1] += count * one.before as f64;
        sums[2] += one.self_nano as f64;
    }
    let (mut both, mut loads, mut owns) = (0.0, 0.0, 0.0);
    for one in arrivals.iter().filter(|one| one.count > 0) {
        let [all, load, own] = means[&one.operation];
        let (count, own) = (one.count as f64, own / all);
        let off = one.before as f64 - load / all;
        both += off * (one.self_nano as f64 - count * own);
        loads += count * off * off;
        owns += one.self_squared as f64 - count * own * own;
    }
    let found = both / (loads * owns).sqrt();
    (loads > 0.0 && owns > 0.0 && found.is_finite()).then(|| found.clamp(-1.0, 1.0))
}
