//! The ranking of operations by what requests would save, with a curve each.

use super::cohort::{with_quantiles, Cohort};
use super::{percent, CHANGED, DURATION, OPERATION, SAVED};
use crate::analyses::columns::counts;
use crate::partial::{add_to, Partial, Row};
use spanwise_model::table::Names;
use spanwise_model::{ColumnData, Table};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The percent that operations are ranked at.
const RANKED: u64 = 50;

/// What is known about one operation at one speed.
#[derive(Debug, Default)]
struct Point<'a> {
    cohort: Cohort<'a>,
    requests: i128,
    saved: i128,
}

/// By percent, the points of a curve.
type Curve<'a> = BTreeMap<u64, Point<'a>>;

pub(super) fn table(partial: &Partial, rows: &[Row]) -> Table {
    let mut all = Vec::new();
    let mut curves: BTreeMap<[&str; 3], Curve<'_>> = BTreeMap::new();
    for &row in rows {
        let operation = [0, 1, 2].map(|at| partial.name(row, OPERATION + at));
        let histogram = partial.histogram(row, DURATION);
        if operation[2].is_empty() {
            all.push(histogram);
            continue;
        }
        let curve = curves.entry(operation).or_default();
        let point = curve.entry(percent(partial, row)).or_default();
        point.cohort.after.push(histogram);
        add_to(&mut point.requests, partial.number(row, CHANGED));
        add_to(&mut point.saved, partial.number(row, SAVED));
    }
    let mut curves: Vec<_> = curves.into_iter().collect();
    curves
        .iter_mut()
        .for_each(|(_, curve)| complete(curve, &all));
    let ranked = |curve: &Curve<'_>| curve.get(&RANKED).map(|point| point.saved);
    curves.sort_by_key(|(_, curve)| Reverse(ranked(curve)));
    write(&curves)
}

/// Gives every point all requests, and those that it replaces: the point at
/// zero percent, which is dropped.
fn complete<'a>(curve: &mut Curve<'a>, all: &[&'a crate::Histogram]) {
    let before = curve.remove(&0).unwrap_or_default().cohort.after;
    for point in curve.values_mut() {
        point.cohort.all = all.to_vec();
        point.cohort.before.clone_from(&before);
    }
}

fn write(curves: &[([&str; 3], Curve<'_>)]) -> Table {
    let points = || {
        let ranked = (1_u64..).zip(curves);
        ranked.flat_map(|(rank, (operation, curve))| {
            curve
                .iter()
                .map(move |(&percent, point)| (rank, operation, percent, point))
        })
    };
    let name = |at: usize| {
        let names = points().map(|(_, operation, ..)| operation[at]);
        ColumnData::Name(names.collect::<Names>())
    };
    let share = points().map(|(_, _, percent, _)| Some(percent as f64 / 100.0));
    let table = Table::new()
        .with(
            "rank",
            ColumnData::U64(points().map(|point| Some(point.0)).collect()),
        )
        .with("service", name(0))
        .with("operation", name(1))
        .with("kind", name(2))
        .with("speed_up", ColumnData::F64(share.collect()))
        .with(
            "requests",
            counts(points().map(|(.., point)| point.requests)),
        );
    let cohorts: Vec<Cohort<'_>> = points().map(|(.., point)| point.cohort.clone()).collect();
    let saved: Vec<i128> = points().map(|(.., point)| point.saved).collect();
    with_quantiles(table, &cohorts, &saved)
}
