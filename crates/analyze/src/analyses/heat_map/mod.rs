//! Heat maps: how many spans were how slow when.

mod grain;
mod observe;
mod shown;

use super::operations::request_root;
use super::slices::{Buckets, SECOND_NANO};
use crate::analysis::{Analysis, Facts, TraceBatch, Whole};
use crate::facts::FactColumns;
use crate::partial::{KeyType, Merge, Partial, Schema};
use grain::Grain;
use observe::Spans;
use spanwise_model::{Span, Table};

/// Which spans [`HeatMap`] counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HeatMapBy {
    /// All spans, by their operation.
    #[default]
    Operation,
    /// Requests: the roots of primary components, by root operation.
    Request,
}

/// A latency heat map: how many spans of an operation began in a bucket of time
/// and lasted as long as a band of latencies says, and how many of them err.
/// Spans without an end are left out.
///
/// There is a row for each cell of the map that is not empty.
///
/// | column | meaning |
/// |---|---|
/// | `service`, `operation`, `kind` | the operation |
/// | `from` | when the bucket begins |
/// | `latency_from`, `latency_to` | the band: durations from the first on and below the second |
/// | `count` | spans |
/// | `errors` | those of them that err |
///
/// Sorted by the operation, by time and by band.
///
/// ```
/// # use spanwise_analyze::{facts, run, Analysis, Policy};
/// # use spanwise_io::{assemble::assemble, notation::parse};
/// # use spanwise_model::table::Cell;
/// # use spanwise_analyze::analyses::HeatMap;
/// let spans = assemble(parse("
///     trace 1
///     shop GET /cart    0..10
///     trace 2
///     shop GET /cart   20..31
///     trace 3
///     shop GET /cart   40..640 error
/// "))?;
/// let facts = facts::compute(&spans, &Policy::default());
/// let analysis = HeatMap::default().bands(1);
/// let map = analysis.finish(&run(&spans, &[0, 1, 2], &facts, &[&analysis])[0]);
/// assert_eq!(map.cell(0, "count"), Cell::U64(2), "between 2^23 and 2^24 nanoseconds");
/// assert_eq!(map.cell(0, "latency_to"), Cell::Duration(1 << 24));
/// assert_eq!(map.cell(1, "errors"), Cell::U64(1));
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HeatMap {
    /// Which spans are counted.
    pub by: HeatMapBy,
    /// How wide a bucket of time is, in nanoseconds; a whole number of tenths of
    /// a second, rounded up. A second where nothing else is said.
    pub bucket_nano: u64,
    /// How many bands an octave is cut into: 1, 2, 4, 8 or 16, rounded down. Two
    /// where nothing else is said.
    pub bands: u32,
}

impl Default for HeatMap {
    fn default() -> Self {
        Self {
            by: HeatMapBy::default(),
            bucket_nano: SECOND_NANO,
            bands: 2,
        }
    }
}

impl HeatMap {
    /// The same map of other spans.
    #[must_use]
    pub fn by(mut self, by: HeatMapBy) -> Self {
        self.by = by;
        self
    }

    /// The same map in buckets so many nanoseconds wide.
    #[must_use]
    pub fn bucket(mut self, nano: u64) -> Self {
        self.bucket_nano = nano;
        self
    }

    /// The same map with so many bands an octave.
    #[must_use]
    pub fn bands(mut self, bands: u32) -> Self {
        self.bands = bands;
        self
    }
}

const SCHEMA: Schema = Schema {
    keys: &[
        ("service", KeyType::Name),
        ("operation", KeyType::Name),
        ("kind", KeyType::Name),
        ("slice", KeyType::I64),
        ("band", KeyType::U64),
    ],
    states: &[("count", Merge::Sum), ("errors", Merge::Sum)],
};
const SLICE: usize = 3;
const BAND: usize = 4;
const COUNT: usize = 0;
const ERRORS: usize = 1;

impl Analysis for HeatMap {
    fn name(&self) -> &'static str {
        "heat-map"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn needs(&self) -> Facts {
        Facts::OUTCOME
    }

    fn grouping(&self) -> &'static str {
        match self.by {
            HeatMapBy::Operation => "operation",
            HeatMapBy::Request => "request",
        }
    }

    fn observe(&self, traces: TraceBatch<'_>, facts: &FactColumns, out: &mut Partial) {
        self.spans(traces, facts, Grain::fine()).put(out);
    }

    fn whole(&self) -> Option<&dyn Whole> {
        Some(self)
    }

    fn finish(&self, partial: &Partial) -> Table {
        let (buckets, bits) = self.shown();
        shown::map(partial, buckets, bits)
    }
}

impl HeatMap {
    /// The buckets that are shown, and the bands, of which an octave has so many
    /// powers of two.
    fn shown(&self) -> (Buckets, u32) {
        let buckets = Buckets::of_width(self.bucket_nano);
        (buckets, self.bands.clamp(1, 16).ilog2())
    }

    /// The spans that are counted.
    fn spans<'a>(&self, traces: TraceBatch<'a>, facts: &'a FactColumns, grain: Grain) -> Spans<'a> {
        let mut spans = Spans::new(traces.table(), facts, grain);
        match self.by {
            HeatMapBy::Operation => traces.runs().for_each(|rows| spans.add(rows)),
            HeatMapBy::Request => {
                let roots = traces.traces().filter_map(request_root).map(Span::row);
                roots.for_each(|row| spans.add(row..row + 1));
            }
        }
        spans
    }
}

impl Whole for HeatMap {
    fn table(&self, traces: TraceBatch<'_>, facts: &FactColumns) -> Table {
        let (buckets, bits) = self.shown();
        self.spans(traces, facts, Grain::new(buckets, bits)).table()
    }
}
