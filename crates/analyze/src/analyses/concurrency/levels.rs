//! A row a level of load: latency against what is in flight, and its knee.

use super::load::{with_counts, with_latency, with_mean, with_numbers, Load};
use super::rows::{Keys, Rows, SeriesKey};
use super::series::Series;
use crate::analyses::columns::{counts, durations};
use spanwise_model::{ColumnData, Table};
use std::collections::BTreeMap;

/// A level of one series.
struct Level {
    number: u32,
    load: Load,
    slowdown: Option<f64>,
    is_knee: bool,
}

/// The levels of all series.
#[derive(Default)]
pub(super) struct Levels<'a> {
    keys: Keys<'a>,
    rows: Vec<Level>,
}

impl<'a> Rows<'a> for Levels<'a> {
    fn add(&mut self, key: SeriesKey<'a>, series: &Series) {
        self.keys.begin(key);
        for level in levels(series) {
            self.keys.push();
            self.rows.push(level);
        }
    }

    fn table(self: Box<Self>) -> Table {
        let rows = &self.rows;
        let loads: Vec<Load> = rows.iter().map(|row| row.load).collect();
        let slowdown = rows.iter().map(|row| row.slowdown);
        let knee = rows.iter().map(|row| Some(row.is_knee));
        let from = rows.iter().map(|row| lowest(row.number));
        let to = rows.iter().map(|row| lowest(row.number + 1) - 1);
        let table = self.keys.table();
        let table = table
            .with("in_flight_from", counts(from))
            .with("in_flight_to", counts(to))
            .with("time", durations(loads.iter().map(Load::nano)));
        let table = with_counts(table, "arrivals", &loads, |load| load.arrivals);
        let table = with_numbers(table, "throughput", &loads, throughput);
        let table = with_latency(table, &loads);
        with_mean(table, "mean_self_time", &loads, |load| load.self_nano)
            .with("slowdown", ColumnData::F64(slowdown.collect()))
            .with("knee", ColumnData::Bool(knee.collect()))
    }
}

/// The level of a number in flight: 0, 1, 2 to 3, 4 to 7 and so on.
fn level(in_flight: i64) -> u32 {
    in_flight.checked_ilog2().map_or(0, |log| log + 1)
}

/// The smallest number of a level; zero is a level of its own.
fn lowest(level: u32) -> i128 {
    match level {
        0 => 0,
        1..=127 => 1 << (level - 1),
        _ => i128::MAX,
    }
}

fn throughput(load: &Load) -> Option<f64> {
    load.rate(load.completions)
}

fn levels(series: &Series) -> Vec<Level> {
    let mut loads: BTreeMap<u32, Load> = BTreeMap::new();
    for (step, gap) in series.with_gaps() {
        loads.entry(level(step.before)).or_default().add(step);
        if gap > 0 {
            let between = loads.entry(level(step.after)).or_default();
            between.add_run(gap, step.after);
        }
    }
    let lowest = loads.values().find_map(Load::mean_latency);
    let knee = knee(&loads);
    let levels = loads.iter().map(|(&number, &load)| Level {
        number,
        load,
        slowdown: slowdown(&load, lowest),
        is_knee: knee == Some(number),
    });
    levels.collect()
}

fn slowdown(load: &Load, lowest: Option<f64>) -> Option<f64> {
    let lowest = lowest.filter(|&nano| nano > 0.0)?;
    load.mean_latency().map(|latency| latency / lowest)
}

/// The level with the largest power, the lowest of equals.
fn knee(loads: &BTreeMap<u32, Load>) -> Option<u32> {
    let power = |load: &Load| {
        let latency = load.mean_latency().filter(|&nano| nano > 0.0)?;
        throughput(load).map(|rate| rate / latency)
    };
    let powers = loads
        .iter()
        .filter_map(|(&level, load)| Some((level, power(load)?)));
    let powers: Vec<(u32, f64)> = powers.collect();
    let best = powers.iter().rev().max_by(|a, b| a.1.total_cmp(&b.1))?;
    (powers.len() > 1).then_some(best.0)
}
