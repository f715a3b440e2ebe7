//! Sums over slices, and the columns made of them.

use super::series::Step;
use crate::analyses::columns::{nano, ratio};
use crate::analyses::slices::{SECOND_NANO, SLICE_NANO};
use spanwise_model::{ColumnData, Table};

/// What slices sum up to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Load {
    pub(super) slices: i64,
    pub(super) arrivals: i64,
    pub(super) completions: i64,
    /// The most in flight at once, at least.
    pub(super) most: i64,
    pub(super) busy_nano: i128,
    pub(super) latency_nano: i128,
    pub(super) self_nano: i128,
    pub(super) longest_nano: i128,
}

impl Load {
    /// Adds a slice in which something begins or ends.
    #[inline]
    pub(super) fn add(&mut self, step: &Step) {
        self.slices = self.slices.saturating_add(1);
        self.arrivals = self.arrivals.saturating_add(step.arrivals);
        self.completions = self.completions.saturating_add(step.completions);
        let mean = slices_within(step.busy_nano);
        self.most = self.most.max(step.before).max(step.after).max(mean);
        self.busy_nano = self.busy_nano.wrapping_add(step.busy_nano);
        self.latency_nano = self.latency_nano.wrapping_add(step.latency_nano);
        self.self_nano = self.self_nano.wrapping_add(step.self_nano);
        self.longest_nano = self.longest_nano.max(step.longest_nano);
    }

    /// Adds so many slices with so many in flight all the time, as many as there
    /// are at an edge of a slice that was added.
    #[inline]
    pub(super) fn add_run(&mut self, slices: i64, in_flight: i64) {
        if slices == 0 {
            return;
        }
        let busy = nano_of_slices(i128::from(in_flight) * i128::from(slices));
        self.slices = self.slices.saturating_add(slices);
        self.busy_nano = self.busy_nano.wrapping_add(busy);
        self.most = self.most.max(in_flight);
    }

    /// All slices together.
    pub(super) fn nano(&self) -> i128 {
        nano_of_slices(self.slices.into())
    }

    pub(super) fn mean_in_flight(&self) -> Option<f64> {
        ratio(self.busy_nano, self.nano())
    }

    /// So many a second.
    pub(super) fn rate(&self, count: i64) -> Option<f64> {
        ratio(count.into(), self.nano()).map(|rate| rate * SECOND_NANO as f64)
    }

    pub(super) fn mean_latency(&self) -> Option<f64> {
        ratio(self.latency_nano, self.arrivals.into())
    }
}

/// So many slices as a time.
#[inline]
pub(super) fn nano_of_slices(count: i128) -> i128 {
    count.wrapping_mul(SLICE_NANO.into())
}

/// A time in slices, rounded up; none where it is negative.
#[inline]
fn slices_within(nano: i128) -> i64 {
    match u64::try_from(nano.max(0)) {
        Ok(nano) => nano.div_ceil(SLICE_NANO) as i64,
        Err(_) => i64::MAX,
    }
}

/// Adds a count of each load.
pub(super) fn with_counts(
    table: Table,
    name: &'static str,
    loads: &[Load],
    of: fn(&Load) -> i64,
) -> Table {
    let counts = loads.iter().map(|load| of(load).max(0) as u64);
    table.with(name, ColumnData::U64(counts.collect()))
}

/// Adds a number of each load.
pub(super) fn with_numbers(
    table: Table,
    name: &'static str,
    loads: &[Load],
    of: fn(&Load) -> Option<f64>,
) -> Table {
    table.with(name, ColumnData::F64(loads.iter().map(of).collect()))
}

/// Adds the mean and the longest duration of the spans that begin.
pub(super) fn with_latency(table: Table, loads: &[Load]) -> Table {
    let longest = |load: &Load| (load.arrivals > 0).then(|| nano(load.longest_nano));
    with_mean(table, "mean_latency", loads, |load| load.latency_nano).with(
        "max_latency",
        ColumnData::Duration(loads.iter().map(longest).collect()),
    )
}

/// Adds a mean a span that begins.
pub(super) fn with_mean(
    table: Table,
    name: &'static str,
    loads: &[Load],
    of: fn(&Load) -> i128,
) -> Table {
    let mean =
        |load: &Load| ratio(of(load), load.arrivals.into()).map(|mean| nano(mean.round() as i128));
    table.with(name, ColumnData::Duration(loads.iter().map(mean).collect()))
}
