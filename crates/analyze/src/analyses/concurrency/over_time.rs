//! A row a bucket of time.

use super::load::{with_counts, with_latency, with_numbers, Load};
use super::rows::{Keys, Rows, SeriesKey};
use super::series::{slices_between, Series, Step};
use crate::analyses::columns::count;
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
    fn closed(mut self, width: Width) -> Load {
        let end = self.first.saturating_add(width.slices());
        self.load
            .add_run(slices_between(self.last, end), self.after);
        self.load
    }
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

    fn close(&mut self, bucket: Bucket) {
        self.keys.push();
        self.from.push(slice_start(bucket.first));
        self.after.push(count(bucket.after));
        self.loads.push(bucket.closed(self.width));
    }
}

impl<'a> Rows<'a> for Buckets<'a> {
    fn add(&mut self, key: SeriesKey<'a>, series: &Series) {
        self.keys.begin(key);
        let mut open: Option<Bucket> = None;
        for step in &series.steps {
            let first = self.width.first(step.slice);
            match open.as_mut().filter(|bucket| bucket.first == first) {
                Some(bucket) => bucket.add(step),
                None => {
                    let before = open.replace(Bucket::new(first, step));
                    before.into_iter().for_each(|bucket| self.close(bucket));
                }
            }
        }
        open.into_iter().for_each(|bucket| self.close(bucket));
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
