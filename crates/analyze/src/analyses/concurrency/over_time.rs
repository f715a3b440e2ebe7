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

/// The bucket that is being read, whose load is the last one.
#[derive(Clone, Copy)]
struct Bucket {
    first: i64,
    /// The last slice that was added, and what is in flight behind it.
    last: i64,
    after: i64,
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

    /// Begins the bucket of a step.
    fn begin(&mut self, step: &Step) -> Bucket {
        let first = self.width.first(step.slice);
        self.keys.push();
        self.from.push(slice_start(first));
        self.loads.push(Load::default());
        Bucket {
            first,
            last: first.saturating_sub(1),
            after: step.before,
        }
    }

    /// Adds to the last load what is in flight behind the last slice of its
    /// bucket, up to a slice.
    #[inline]
    fn add_run(&mut self, bucket: Bucket, to: i64) -> Option<&mut Load> {
        let load = self.loads.last_mut()?;
        load.add_run(slices_between(bucket.last, to), bucket.after);
        Some(load)
    }

    /// Adds what is left of a bucket.
    fn close(&mut self, bucket: Bucket) {
        let end = bucket.first.saturating_add(self.width.slices());
        self.add_run(bucket, end);
        self.after.push(bucket.after.max(0) as u64);
    }
}

impl<'a> Rows<'a> for Buckets<'a> {
    fn add(&mut self, key: SeriesKey<'a>, series: &Series) {
        self.keys.begin(key);
        let width = self.width.slices();
        let mut open: Option<Bucket> = None;
        for step in &series.steps {
            let held = open.filter(|bucket| step.slice < bucket.first.saturating_add(width));
            let bucket = held.unwrap_or_else(|| {
                open.into_iter().for_each(|bucket| self.close(bucket));
                self.begin(step)
            });
            if let Some(load) = self.add_run(bucket, step.slice) {
                load.add(step);
            }
            open = Some(Bucket {
                last: step.slice,
                after: step.after,
                ..bucket
            });
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
