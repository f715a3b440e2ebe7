//! Concurrency: how much each instance has in flight, and what that does to it.

mod blocks;
mod cells;
mod instances;
mod levels;
mod load;
mod observe;
mod over_time;
mod places;
mod ran;
mod rows;
mod series;
mod warm_up;

use super::slices::SECOND_NANO;
use crate::analysis::{Analysis, Facts, TraceBatch, Whole};
use crate::facts::FactColumns;
use crate::partial::{KeyType, Merge, Partial, Schema};
use observe::{Spans, Told};
use series::Series;
use spanwise_model::Table;

/// What a row of [`Concurrency`] stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ConcurrencyBy {
    /// One row a bucket of time of an instance.
    #[default]
    Time,
    /// One row an instance.
    Instance,
    /// One row a number in flight of an instance, by powers of two.
    Level,
}

/// How many requests each instance of a service has in flight over time, how
/// many calls it waits for, and how its latency depends on that.
///
/// Two *sides* of an instance are counted. `serving` are its requests: server
/// and consumer spans, and spans whose parent is of another instance or
/// missing. `calling` are its client and producer spans: calls that it waits
/// for, such as those that share a pool of connections. Spans without an end
/// are left out. Times are those of the instance's own clock. Only spans that
/// were recorded are counted: of a sample, a sample is in flight.
///
/// Time is cut into slices of 100 ms. What is kept of a slice are sums over the
/// spans that begin or end in it, two updates a span however long it lasts:
/// with `n` in flight as the slice begins, the time spent in it is
/// `n · 100 ms`, and what is left of the slice when a span begins, less what is
/// left when one ends. A span is in flight behind its start and up to its end.
///
/// By time there is a row for each bucket in which something begins or ends;
/// until the next row the number in flight is that of `in_flight_end`.
///
/// | column | meaning |
/// |---|---|
/// | `service`, `instance`, `side` | whose requests or calls; the instance is empty where none is named |
/// | `from` | when the bucket begins |
/// | `arrivals`, `completions` | spans that begin and end in it |
/// | `mean_in_flight` | time spent in the bucket by all spans / its width |
/// | `max_in_flight` | at least so many were in flight at once: the most at an edge of a slice, or in the mean of a slice, rounded up |
/// | `in_flight_end` | in flight at its end |
/// | `mean_latency`, `max_latency` | of the spans that begin in it, however long they last |
///
/// Sorted by the key and by time.
///
/// By instance there is one row, from the first slice to the last, so that
/// Little's law is an identity: `mean_in_flight` is `arrival_rate ·
/// mean_latency`.
///
/// | column | meaning |
/// |---|---|
/// | `service`, `instance`, `side` | as before |
/// | `from`, `to` | the first slice's start and the last one's end |
/// | `arrivals`, `arrival_rate` | spans, and spans a second |
/// | `mean_in_flight`, `max_in_flight`, `mean_latency`, `max_latency` | as before, over the whole time |
/// | `mean_self_time` | mean time of their own |
/// | `correlation` | Pearson's, over all spans, between how many are in flight as the slice of its start begins and its self time, both about the means of its operation; with 200 spans or more |
/// | `ceiling_share` | of the edges of slices at which something is in flight, the share at which the most are |
/// | `warm_up` | the self time of its first spans (20 or more, of whole slices, 5 or more) as a multiple of what later ones of the same operations take; with 200 spans or more |
/// | `hints` | `queueing`: spans take the longer themselves the more are in flight, a correlation of 0.3 or more; `ceiling`: a limit may cap what is in flight, two or more, a ceiling share of 0.2 or more; `cold_start`: the instance, by its own clock, begins 10 s or more after the first one with as many spans, its requests have a `warm_up` of 3 or more, and most of the first ones are in slices twice as slow as later; each with 200 spans or more |
///
/// Sorted by the key.
///
/// By level there is a row for each power of two of the number in flight as a
/// slice begins: latency against load, and its knee.
///
/// | column | meaning |
/// |---|---|
/// | `service`, `instance`, `side` | as before |
/// | `in_flight_from`, `in_flight_to` | the level: 0, 1, 2 to 3, 4 to 7 and so on |
/// | `time` | how long all slices of the level are together |
/// | `arrivals`, `throughput` | spans that begin in them; spans that end in them, a second |
/// | `mean_latency`, `max_latency`, `mean_self_time` | of the spans that begin in them |
/// | `slowdown` | `mean_latency` / that of the lowest level |
/// | `knee` | the level with the largest power, `throughput` / `mean_latency` (Kleinrock 1979): beyond it more load buys more waiting than work; none where there is but one level |
///
/// Sorted by the key and by level.
///
/// ```
/// # use spanwise_analyze::{facts, run, Analysis, Policy};
/// # use spanwise_io::{assemble::assemble, notation::parse};
/// # use spanwise_model::table::Cell;
/// # use spanwise_analyze::analyses::{Concurrency, ConcurrencyBy};
/// let spans = assemble(parse("
///     trace 1
///     shop GET /cart   0..600
///     trace 2
///     shop GET /cart 200..400
/// "))?;
/// let facts = facts::compute(&spans, &Policy::default());
/// let finish = |analysis: Concurrency| {
///     analysis.finish(&run(&spans, &[0, 1], &facts, &[&analysis])[0])
/// };
/// let halves = finish(Concurrency::default().bucket(500_000_000));
/// assert_eq!(halves.cell(0, "mean_in_flight"), Cell::F64(1.4));
/// assert_eq!(halves.cell(0, "max_in_flight"), Cell::U64(2));
/// assert_eq!(halves.cell(0, "in_flight_end"), Cell::U64(1));
/// assert_eq!(halves.cell(1, "completions"), Cell::U64(1));
/// let instance = finish(Concurrency::default().by(ConcurrencyBy::Instance));
/// assert_eq!(instance.cell(0, "mean_latency"), Cell::Duration(400_000_000));
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Concurrency {
    /// What a row stands for.
    pub by: ConcurrencyBy,
    /// How wide a bucket is, in nanoseconds; a whole number of slices of 100 ms,
    /// rounded up. A second where nothing else is said.
    pub bucket_nano: u64,
}

impl Default for Concurrency {
    fn default() -> Self {
        Self {
            by: ConcurrencyBy::default(),
            bucket_nano: SECOND_NANO,
        }
    }
}

impl Concurrency {
    /// The same analysis with rows of another kind.
    #[must_use]
    pub fn by(mut self, by: ConcurrencyBy) -> Self {
        self.by = by;
        self
    }

    /// The same analysis in buckets so many nanoseconds wide.
    #[must_use]
    pub fn bucket(mut self, nano: u64) -> Self {
        self.bucket_nano = nano;
        self
    }
}

const SCHEMA: Schema = Schema {
    keys: &[
        ("service", KeyType::Name),
        ("instance", KeyType::Name),
        ("side", KeyType::Name),
        ("slice", KeyType::I64),
        ("operation", KeyType::Name),
    ],
    states: &[
        ("arrivals", Merge::Sum),
        ("completions", Merge::Sum),
        ("rest_of_arrivals", Merge::Sum),
        ("rest_of_completions", Merge::Sum),
        ("latency", Merge::Sum),
        ("self_time", Merge::Sum),
        ("self_time_squared", Merge::Sum),
        ("longest", Merge::Max),
    ],
};
const ARRIVALS: usize = 0;
const COMPLETIONS: usize = 1;
const REST_OF_ARRIVALS: usize = 2;
const REST_OF_COMPLETIONS: usize = 3;
const LATENCY: usize = 4;
const SELF_TIME: usize = 5;
const SELF_SQUARED: usize = 6;
const LONGEST: usize = 7;
/// How many there are.
const STATES: usize = 8;

/// The columns of the key that hold the slice and the operation.
const SLICE: usize = 3;
const OPERATION: usize = 4;

impl Analysis for Concurrency {
    fn name(&self) -> &'static str {
        "concurrency"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn needs(&self) -> Facts {
        Facts::SELF_TIME
    }

    fn observe(&self, traces: TraceBatch<'_>, facts: &FactColumns, out: &mut Partial) {
        observe::all(traces, facts, out);
    }

    fn whole(&self) -> Option<&dyn Whole> {
        Some(self)
    }

    fn finish(&self, partial: &Partial) -> Table {
        let mut rows = rows::none(self);
        rows::add_all(rows.as_mut(), partial, Series::new(self.told().operations));
        rows.table()
    }
}

impl Whole for Concurrency {
    fn table(&self, traces: TraceBatch<'_>, facts: &FactColumns) -> Table {
        let mut spans = Spans::new(traces.table(), facts, self.told());
        spans.add_all(traces);
        let mut rows = rows::none(self);
        spans.show(rows.as_mut());
        rows.table()
    }
}

impl Concurrency {
    /// What its table reads.
    fn told(&self) -> Told {
        Told {
            operations: self.by == ConcurrencyBy::Instance,
            self_times: self.by != ConcurrencyBy::Time,
        }
    }
}
