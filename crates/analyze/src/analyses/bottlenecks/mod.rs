//! Bottlenecks: what slow requests wait for and fast ones do not.

mod contrast;
mod observe;
mod table;

use super::bands::{Bands, Choice};
use crate::analysis::{Analysis, Facts, TraceBatch, Whole};
use crate::facts::FactColumns;
use crate::partial::{KeyType, Merge, Partial, Schema};
use contrast::{cohort_of, cohorts, contrasts, Cohort, Contrast, SLOW};
use observe::Requests;
use spanwise_model::Table;

/// Operations that slow requests spend far more time in than fast ones do, by
/// critical time.
///
/// Requests of one root operation are two cohorts: the *slow* ones, at or above
/// a percentile of their duration (90), and the *fast* ones, at or below another
/// (50). Each operation has a *time* in each request, the sum of its tiles of the
/// critical path, which is nothing in a request whose path it is not on. Because
/// tiles sum to the duration of their root, the excess of all operations sums to
/// what slow requests last longer than fast ones.
///
/// An operation is a bottleneck where
///
/// - slow requests spend at least a share of their time in it (0.2),
/// - and at least so many times as long as fast ones (2),
/// - the difference of the cohorts is sure: its interval holds no zero,
/// - and each cohort has enough requests (30).
///
/// Percentiles choose whole latency bands, whose edges are told. Where one band
/// holds both percentiles, nobody is slow. Requests without an end are left out.
///
/// | column | meaning |
/// |---|---|
/// | `root_service`, `root_operation`, `root_kind` | whose requests |
/// | `service`, `operation`, `kind` | what they wait for |
/// | `excess_time` | what all slow requests would save if it took as long as in fast ones, no other path taken into account |
/// | `mean_excess` | the same of one slow request: `slow_mean` - `fast_mean` |
/// | `excess_from`, `excess_to` | the interval that holds the true `mean_excess` at 95 % confidence (Welch's, with the normal distribution) |
/// | `slow_mean`, `fast_mean` | its time in a request of either cohort |
/// | `times` | `slow_mean` / `fast_mean`; none where fast requests have no time in it |
/// | `slow_share`, `fast_share` | its share of the duration of either cohort |
/// | `slow_calls`, `fast_calls` | its spans on the path of a request of either: more calls, or longer ones? |
/// | `slow_errors`, `fast_errors` | those of them that err, a request |
/// | `slow_requests`, `fast_requests` | how many there are of either |
/// | `slow_from`, `fast_to` | slow requests last at least so long, fast ones less than this |
/// | `examples` | the 3 slow requests with the most time in it, then by id: `trace/span` of the span of it with the most critical time |
///
/// Sorted by `excess_time`, largest first, then by the key.
///
/// The interval tells that there is a difference, not why: cohorts are chosen by
/// how long requests last, so that in requests that merely vary the operation that
/// varies most is a bottleneck. A root operation that does different things (a route
/// for all, a small and a large tenant) has slow requests that are just others; their
/// operations then show as calls that fast requests do not make.
///
/// ```
/// # use spanwise_analyze::{facts, run, Analysis, Policy};
/// # use spanwise_io::{assemble::assemble, notation::parse};
/// # use spanwise_model::table::Cell;
/// # use spanwise_analyze::analyses::Bottlenecks;
/// let request = |id: usize, query: usize| {
///     format!("trace {id}\nshop GET 0..{}\n  db query 5..{query}\n", query + 5)
/// };
/// let text: String = (1..=20).map(|id| request(id, if id > 17 { 95 } else { 15 })).collect();
/// let spans = assemble(parse(&text))?;
/// let facts = facts::compute(&spans, &Policy::default());
/// let analysis = Bottlenecks::default().requests(3);
/// let traces: Vec<u32> = (0..20).collect();
/// let table = analysis.finish(&run(&spans, &traces, &facts, &[&analysis])[0]);
/// assert_eq!(table.rows(), 1);
/// assert_eq!(table.cell(0, "operation"), Cell::Text("query"));
/// assert_eq!(table.cell(0, "mean_excess"), Cell::Duration(80_000_000));
/// assert_eq!(table.cell(0, "times"), Cell::F64(9.0));
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Bottlenecks {
    /// Slow are requests at or above this percentile (0 to 100): 90.
    pub slow_percentile: f64,
    /// Fast are requests at or below this percentile (0 to 100): 50.
    pub fast_percentile: f64,
    /// Slow requests spend so much of their time in a bottleneck: 0.2.
    pub share: f64,
    /// And so many times as long as fast ones: 2.
    pub times: f64,
    /// Each cohort has so many requests: 30.
    pub requests: u64,
    /// Only requests of this root operation; see
    /// [`super::CriticalPath::root_operation`].
    pub root_operation: Option<String>,
}

impl Default for Bottlenecks {
    fn default() -> Self {
        Self {
            slow_percentile: 90.0,
            fast_percentile: 50.0,
            share: 0.2,
            times: 2.0,
            requests: 30,
            root_operation: None,
        }
    }
}

const SCHEMA: Schema = Schema {
    keys: &[
        ("root_service", KeyType::Name),
        ("root_operation", KeyType::Name),
        ("root_kind", KeyType::Name),
        ("band", KeyType::U64),
        ("service", KeyType::Name),
        ("operation", KeyType::Name),
        ("kind", KeyType::Name),
    ],
    states: &[
        ("requests", Merge::Sum),
        ("calls", Merge::Sum),
        ("errors", Merge::Sum),
        ("time", Merge::Sum),
        ("squares", Merge::Sum),
        ("examples", Merge::Best(3)),
    ],
};

/// Columns of states.
mod column {
    pub(super) const REQUESTS: usize = 0;
    pub(super) const CALLS: usize = 1;
    pub(super) const ERRORS: usize = 2;
    pub(super) const TIME: usize = 3;
    pub(super) const SQUARES: usize = 4;
    pub(super) const EXAMPLES: usize = 5;
}

impl Bottlenecks {
    /// Slow are requests at or above this percentile (0 to 100) of the durations
    /// of their root operation.
    #[must_use]
    pub fn slow_percentile(mut self, percentile: f64) -> Self {
        self.slow_percentile = percentile;
        self
    }

    /// Fast are requests at or below this percentile (0 to 100).
    #[must_use]
    pub fn fast_percentile(mut self, percentile: f64) -> Self {
        self.fast_percentile = percentile;
        self
    }

    /// Slow requests spend this share (0 to 1) of their time in a bottleneck.
    #[must_use]
    pub fn share(mut self, share: f64) -> Self {
        self.share = share;
        self
    }

    /// Slow requests spend so many times as long in it as fast ones.
    #[must_use]
    pub fn times(mut self, times: f64) -> Self {
        self.times = times;
        self
    }

    /// Each cohort has so many requests.
    #[must_use]
    pub fn requests(mut self, requests: u64) -> Self {
        self.requests = requests;
        self
    }

    /// Only requests of one root operation: its name (`GET /cart`), or service
    /// and name (`shop GET /cart`).
    #[must_use]
    pub fn root_operation(mut self, name: impl Into<String>) -> Self {
        self.root_operation = Some(name.into());
        self
    }

    /// Requests between two percentiles.
    fn requests_within(&self, band: (f64, f64)) -> Choice<'_> {
        Choice {
            percentile: None,
            band: Some(band),
            root_operation: self.root_operation.as_deref(),
        }
    }

    /// The bands of slow and of fast requests, by root operation.
    fn bands<'a>(&self, partial: &'a Partial) -> [Bands<'a>; 2] {
        let slow = self.requests_within((self.slow_percentile, 100.0));
        let fast = self.requests_within((0.0, self.fast_percentile));
        [slow, fast].map(|choice| choice.bands(partial, column::REQUESTS))
    }

    /// The table of rows by cohort.
    fn shown(&self, both: &Partial, bands: &[Bands<'_>; 2]) -> Table {
        let mut found = contrasts(both, bands);
        found.retain(|contrast| self.holds(contrast));
        table::of(both, &found)
    }

    /// True where an operation is a bottleneck.
    fn holds(&self, contrast: &Contrast<'_>) -> bool {
        let enough = |cohort: &Cohort| cohort.requests >= i128::from(self.requests);
        let often = |times| times >= self.times;
        let beyond_chance = |[from, _]: [f64; 2]| from > 0.0;
        contrast.cohorts.iter().all(enough)
            && contrast.cohorts[SLOW].share() >= Some(self.share)
            && contrast.times().is_none_or(often)
            && contrast.excess_interval().is_some_and(beyond_chance)
    }
}

impl Analysis for Bottlenecks {
    fn name(&self) -> &'static str {
        "bottlenecks"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn needs(&self) -> Facts {
        Facts::CRITICAL | Facts::OUTCOME
    }

    fn observe(&self, traces: TraceBatch<'_>, facts: &FactColumns, out: &mut Partial) {
        Requests::of(traces, facts).add_all(out);
    }

    fn whole(&self) -> Option<&dyn Whole> {
        Some(self)
    }

    fn finish(&self, partial: &Partial) -> Table {
        let bands = self.bands(partial);
        self.shown(&cohorts(partial, &bands), &bands)
    }
}

impl Whole for Bottlenecks {
    /// Which requests are slow or fast is known before anything is summed, so that
    /// there is no cell for each band.
    fn table(&self, traces: TraceBatch<'_>, facts: &FactColumns) -> Table {
        let requests = Requests::of(traces, facts);
        let mut counted = self.empty();
        let rows = requests.count(&mut counted);
        let bands = self.bands(&counted);
        let cohorts = rows.into_iter().map(|row| cohort_of(&counted, row, &bands));
        let cohorts: Vec<Option<usize>> = cohorts.collect();
        let mut both = self.empty();
        requests.add_cohorts(&cohorts, &mut both);
        self.shown(&both, &bands)
    }
}
