//! A row a bucket of time.

use super::load::{with_counts, with_latency, with_numbers, Load};
use super::rows::{Keys, Rows, SeriesKey};
use super::series::{slices_between, Series, Step};
use crate::analyses::slices::{slice_start, Buckets as Width};
use spanwise_model::{ColumnData, Table};

/// Buckets in which something begins or ends, column by column.
pub(super) struct Buckets<'a> {
    width: Width,
    keys: Keys<'a>,
    from: Vec<i64>,
    loads: Vec<Load>,
    after: Vec<u64>,
}

impl Buckets<'_> {
    /// None yet, each to be at least so wide.
    pub(super) fn of_width(nano: u64) -> Self {
        Self {
            width: Width::of_width(nano),
            keys: Keys::default(),
            from: Vec::new(),
            loads: Vec::new(),
            after: Vec::new(),
        }
    }

    /// Adds a bucket whose first slice this is, and its steps.
    fn add_bucket(&mut self, first: i64, steps: &[Step]) {
        let mut load = Load::default();
        let mut last = first.saturating_sub(1);
        let mut in_flight = steps.first().map_or(0, |step| step.before);
        for step in steps {
            load.add_run(slices_between(last, step.slice), in_flight);
            load.add(step);
            (last, in_flight) = (step.slice, step.after);
        }
        load.add_run(slices_between(last, self.end(first)), in_flight);
        self.keys.push();
        self.from.push(slice_start(first));
        self.after.push(in_flight.max(0) as u64);
        self.loads.push(load);
    }

    /// The slice behind the last one of a bucket.
    fn end(&self, first: i64) -> i64 {
        first.saturating_add(self.width.slices())
    }
}

impl<'a> Rows<'a> for Buckets<'a> {
    fn add(&mut self, key: SeriesKey<'a>, series: &Series) {
        self.keys.begin(key);
        let mut rest = series.steps.as_slice();
        while let Some(step) = rest.first() {
            let first = self.width.first(step.slice);
            let end = self.end(first);
            let others = rest.iter().skip(1);
            let count = 1 + others.take_while(|step| step.slice < end).count();
            let (steps, behind) = rest.split_at(count);
            self.add_bucket(first, steps);
            rest = behind;
        }
    }

    fn table(self: Box<Self>) -> Table {
        let loads = &self.loads;
        let from = ColumnData::Time(self.from.into_iter().collect());
        let table = self.keys.table().with("from", from);
        let table = with_counts(table, "arrivals", loads, |load| load.arrivals);
        let table = with_counts(table, "completions", loads, |load| load.completions);
        let table = with_numbers(table, "mean_in_flight", loads, Load::mean_in_flight);
        let table = with_counts(table, "max_in_flight", loads, |load| load.most);
        let after = ColumnData::U64(self.after.into_iter().collect());
        with_latency(table.with("in_flight_end", after), loads)
    }
}
