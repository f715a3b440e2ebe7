//! A row a bucket of time.

use super::load::{keyed, with_counts, with_latency, with_numbers, Load};
use super::series::{slices_between, Series, Step};
use crate::analyses::columns::counts;
use crate::analyses::slices::{slice_start, Buckets};
use spanwise_model::{ColumnData, Table};

/// A bucket in which something begins or ends.
struct Bucket {
    first: i64,
    /// The last slice that was added.
    last: i64,
    load: Load,
    after: i128,
}

impl Bucket {
    fn new(first: i64, step: &Step) -> Self {
        let mut load = Load::default();
        load.add_run(
            slices_between(first.saturating_sub(1), step.slice),
            step.before,
        );
        let mut bucket = Self {
            first,
            last: step.slice,
            load,
            after: step.before,
        };
        bucket.load.add(step);
        bucket.after = step.after;
        bucket
    }

    fn add(&mut self, step: &Step) {
        self.load
            .add_run(slices_between(self.last, step.slice), step.before);
        self.load.add(step);
        (self.last, self.after) = (step.slice, step.after);
    }

    /// Adds what is left of it.
    fn close(&mut self, buckets: Buckets) {
        let end = self.first.saturating_add(buckets.slices());
        self.load
            .add_run(slices_between(self.last, end), self.after);
    }
}

pub(super) fn table(all: &[Series<'_>], bucket_nano: u64) -> Table {
    let buckets = Buckets::of_width(bucket_nano);
    let (mut keys, mut rows) = (Vec::new(), Vec::new());
    for series in all {
        let found = buckets_of(series, buckets);
        keys.extend(std::iter::repeat_n(&series.key, found.len()));
        rows.extend(found);
    }
    let loads: Vec<Load> = rows.iter().map(|row| row.load).collect();
    let from = rows.iter().map(|row| Some(slice_start(row.first)));
    let table = keyed(keys.into_iter()).with("from", ColumnData::Time(from.collect()));
    let table = with_counts(table, "arrivals", &loads, |load| load.arrivals);
    let table = with_counts(table, "completions", &loads, |load| load.completions);
    let table = with_numbers(table, "mean_in_flight", &loads, Load::mean_in_flight);
    let table = with_counts(table, "max_in_flight", &loads, |load| load.most);
    let table = table.with("in_flight_end", counts(rows.iter().map(|row| row.after)));
    with_latency(table, &loads)
}

fn buckets_of(series: &Series<'_>, buckets: Buckets) -> Vec<Bucket> {
    let mut found: Vec<Bucket> = Vec::new();
    for step in series.steps() {
        let first = buckets.first(step.slice);
        match found.last_mut().filter(|bucket| bucket.first == first) {
            Some(bucket) => bucket.add(&step),
            None => found.push(Bucket::new(first, &step)),
        }
    }
    found.iter_mut().for_each(|bucket| bucket.close(buckets));
    found
}
