//! Kinds of time, aggregated: what critical paths are made of.

mod cells;
mod kinds;

use super::bands::{band_of, rows_within, Choice};
use super::columns::{counts, durations, examples, key_columns, nano, ratio, shares};
use super::operations::request_root;
use crate::analysis::{Analysis, Facts, TraceBatch};
use crate::facts::time_kind::Pieces;
use crate::facts::FactColumns;
use crate::partial::{total, Key, KeyType, Merge, Partial, Row, Schema};
use cells::{Cells, Told};
use spanwise_model::{ColumnData, Table};
use std::cmp::Reverse;

/// What a row of [`TimeKinds`] stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TimeKindsBy {
    /// One row a kind of time.
    #[default]
    Kind,
    /// One row a kind of time of a service.
    Service,
    /// One row a kind of time of an operation.
    Operation,
}

/// What the critical paths of requests are made of: work, networks, queues,
/// waits, and what nobody knows.
///
/// Each piece of a critical path has one kind of time, so that the column
/// `critical_time` sums to the duration of all chosen requests:
///
/// | kind | meaning |
/// |---|---|
/// | `own_work` | a span without a child on the path |
/// | `gap` | a span with children, while none of them ran: its own code, or something that has no span |
/// | `call` | a client or producer under which nothing was recorded |
/// | `network_request`, `network_response` | between a client and its server, where their clocks are one or are compared |
/// | `network` | both ways, where clocks are not compared (`--clock corrected` compares them) |
/// | `clock_uncertain` | one way or the other, for all that is known about their clocks |
/// | `queue` | from a producer to a consumer |
/// | `retry_backoff` | from an attempt that failed to the next of the same operation |
/// | `connection` | waiting for a connection: from a pool, for a name, a handshake |
///
/// | column | meaning |
/// |---|---|
/// | `service`, `operation`, `kind` | the span that the time is given to; by service the first alone, by kind none |
/// | `time_kind` | the kind of time |
/// | `critical_time` | sum of the pieces |
/// | `share` | of the duration of all chosen requests |
/// | `mean_time` | `critical_time` a chosen request |
/// | `pieces` | how many there are |
/// | `examples` | the 3 longest pieces, then by id: `trace/span` |
///
/// Sorted by `critical_time`, largest first, then by the key.
///
/// ```
/// # use spanwise_analyze::{facts, run, Analysis, Policy};
/// # use spanwise_io::{assemble::assemble, notation::parse};
/// # use spanwise_model::table::Cell;
/// # use spanwise_analyze::analyses::TimeKinds;
/// let spans = assemble(parse("
///     shop cart.Get   0..100 client @host.name=a
///       cart Get     10..70  server @host.name=a
/// "))?;
/// let facts = facts::compute(&spans, &Policy::default());
/// let analysis = TimeKinds::default();
/// let table = analysis.finish(&run(&spans, &[0], &facts, &[&analysis])[0]);
/// assert_eq!(table.cell(0, "time_kind"), Cell::Text("own_work"));
/// assert_eq!(table.cell(1, "time_kind"), Cell::Text("network_response"));
/// assert_eq!(table.cell(1, "critical_time"), Cell::Duration(30_000_000));
/// assert_eq!(table.cell(2, "share"), Cell::F64(0.1));
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct TimeKinds {
    /// What a row stands for.
    pub by: TimeKindsBy,
    /// Only requests at or above this percentile of their root operation; see
    /// [`super::CriticalPath::percentile`].
    pub percentile: Option<f64>,
    /// Only requests between two percentiles of their root operation.
    pub band: Option<(f64, f64)>,
    /// Only requests of this root operation; see
    /// [`super::CriticalPath::root_operation`].
    pub root_operation: Option<String>,
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
        ("time_kind", KeyType::Name),
    ],
    states: &[
        ("requests", Merge::Sum),
        ("pieces", Merge::Sum),
        ("critical_time", Merge::Sum),
        ("examples", Merge::Best(3)),
    ],
};
const REQUESTS: usize = 0;
const PIECES: usize = 1;
const CRITICAL: usize = 2;
const EXAMPLES: usize = 3;

/// Where the key proper begins, behind the root operation and its band.
const KEY: usize = 4;
const TIME_KIND: usize = 7;

impl TimeKinds {
    /// The same analysis with rows of another kind.
    #[must_use]
    pub fn by(mut self, by: TimeKindsBy) -> Self {
        self.by = by;
        self
    }

    /// Only requests at or above this percentile (0 to 100) of the durations
    /// of their root operation.
    #[must_use]
    pub fn percentile(mut self, percentile: f64) -> Self {
        self.percentile = Some(percentile);
        self
    }

    /// The columns of the key that are shown.
    fn shown(&self) -> &'static [usize] {
        match self.by {
            TimeKindsBy::Kind => &[TIME_KIND],
            TimeKindsBy::Service => &[KEY, TIME_KIND],
            TimeKindsBy::Operation => &[KEY, 5, 6, TIME_KIND],
        }
    }
}

impl Analysis for TimeKinds {
    fn name(&self) -> &'static str {
        "time-kinds"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn needs(&self) -> Facts {
        Facts::CRITICAL | Facts::OUTCOME | Facts::TIMES
    }

    fn observe(&self, traces: TraceBatch<'_>, facts: &FactColumns, out: &mut Partial) {
        add(traces, facts, Told::ALL, out);
    }

    fn observe_shown(&self, traces: TraceBatch<'_>, facts: &FactColumns, out: &mut Partial) {
        let bands = self.percentile.is_some() || self.band.is_some();
        let told = Told {
            roots: bands || self.root_operation.is_some(),
            bands,
            by: self.by,
        };
        add(traces, facts, told, out);
    }

    fn finish(&self, partial: &Partial) -> Table {
        let choice = Choice {
            percentile: self.percentile,
            band: self.band,
            root_operation: self.root_operation.as_deref(),
        };
        let bands = choice.bands(partial, REQUESTS);
        let shown = self.shown();
        let rows = rows_within(partial, &bands);
        let folded = partial.regrouped(rows, |column, key| match key {
            _ if shown.contains(&column) => key,
            Key::U64(_) => Key::U64(0),
            _ => Key::Name(""),
        });
        self.table(&folded)
    }
}

/// Adds the requests of a batch.
fn add(traces: TraceBatch<'_>, facts: &FactColumns, told: Told, out: &mut Partial) {
    let table = traces.table();
    let mut pieces = Pieces::new(table, facts);
    let mut cells = Cells::new(table, told);
    for root in traces.traces().filter_map(request_root) {
        let length = facts.path_nano(root);
        let band = if told.bands { band_of(length) } else { 0 };
        let group = cells.add_request(root, (band, length));
        pieces.each(root, |piece| cells.add_piece(group, piece));
    }
    cells.flush(out);
}

impl TimeKinds {
    fn table(&self, partial: &Partial) -> Table {
        let mut rows = partial.sorted_rows();
        let sum = |column| move |&row: &Row| partial.number(row, column);
        let requests = total(rows.iter().map(sum(REQUESTS)));
        let all = total(rows.iter().map(sum(CRITICAL)));
        rows.retain(|&row| partial.number(row, PIECES) > 0);
        rows.sort_by_key(|&row| Reverse(partial.number(row, CRITICAL)));
        let mean = |row: &Row| {
            let mean = ratio(sum(CRITICAL)(row), requests);
            mean.map(|mean| nano(mean.round() as i128))
        };
        key_columns(partial, &rows, SCHEMA.keys)
            .select(
                &self
                    .shown()
                    .iter()
                    .map(|&at| SCHEMA.keys[at].0)
                    .collect::<Vec<_>>(),
            )
            .with("critical_time", durations(rows.iter().map(sum(CRITICAL))))
            .with(
                "share",
                shares(rows.iter().map(|row| (sum(CRITICAL)(row), all))),
            )
            .with(
                "mean_time",
                ColumnData::Duration(rows.iter().map(mean).collect()),
            )
            .with("pieces", counts(rows.iter().map(sum(PIECES))))
            .with("examples", examples(partial, &rows, EXAMPLES))
    }
}
