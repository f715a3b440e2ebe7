//! A row a bucket of time.

use super::load::{keyed, with_counts, with_latency, with_numbers, Load};
use super::series::{slices_between, Series, Step};
use crate::analyses::columns::count;
use crate::analyses::slices::{slice_start, Buckets};
use spanwise_model::{ColumnData, Table};

/// Buckets in which something begins or ends, column by column.
#[derive(Default)]
struct Columns<'a> {
    keys: Vec<&'a [&'a str; 3]>,
    from: Vec<i64>,
    loads: Vec<Load>,
    after: Vec<u64>,
}

/// The bucket that is being read.
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
        load.add(step);
        Self {
            first,
            last: step.slice,
            load,
            after: step.after,
        }
    }

    fn add(&mut self, step: &Step) {
        self.load
            .add_run(slices_between(self.last, step.slice), step.before);
        self.load.add(step);
        (self.last, self.after) = (step.slice, step.after);
    }

    /// Its load with what is left of it.
    fn closed(mut self, buckets: Buckets) -> Load {
        let end = self.first.saturating_add(buckets.slices());
        self.load
            .add_run(slices_between(self.last, end), self.after);
        self.load
    }
}

impl<'a> Columns<'a> {
    /// Adds the buckets of a series.
    fn add(&mut self, series: &'a Series<'a>, buckets: Buckets) {
        let mut open: Option<Bucket> = None;
        for step in series.steps() {
            let first = buckets.first(step.slice);
            match open.as_mut().filter(|bucket| bucket.first == first) {
                Some(bucket) => bucket.add(&step),
                None => {
                    let before = open.replace(Bucket::new(first, &step));
                    self.close(before, (&series.key, buckets));
                }
            }
        }
        self.close(open, (&series.key, buckets));
    }

    fn close(&mut self, open: Option<Bucket>, (key, buckets): (&'a [&'a str; 3], Buckets)) {
        let Some(bucket) = open else { return };
        self.keys.push(key);
        self.from.push(slice_start(bucket.first));
        self.after.push(count(bucket.after));
        self.loads.push(bucket.closed(buckets));
    }
}

pub(super) fn table(all: &[Series<'_>], bucket_nano: u64) -> Table {
    let buckets = Buckets::of_width(bucket_nano);
    let mut rows = Columns::default();
    all.iter().for_each(|series| rows.add(series, buckets));
    let loads = &rows.loads;
    let table = keyed(rows.keys.into_iter())
        .with("from", ColumnData::Time(rows.from.into_iter().collect()));
    let table = with_counts(table, "arrivals", loads, |load| load.arrivals);
    let table = with_counts(table, "completions", loads, |load| load.completions);
    let table = with_numbers(table, "mean_in_flight", loads, Load::mean_in_flight);
    let table = with_counts(table, "max_in_flight", loads, |load| load.most);
    let after = ColumnData::U64(rows.after.into_iter().collect());
    with_latency(table.with("in_flight_end", after), loads)
}
