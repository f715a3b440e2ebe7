//! The critical path, aggregated: which operations, services or call paths
//! the time of requests was spent in.

use super::bands::{band_start, Choice};
use super::columns::{counts, durations, names, nano, ratio, shares};
use super::critical_cells::Cells;
use super::critical_rows::{gather, Sums};
use crate::analysis::{Analysis, Facts, TraceBatch};
use crate::facts::FactColumns;
use crate::partial::{total, Key, KeyType, Merge, Partial, Schema};
use spanwise_model::{ColumnData, Table};

/// What a row of [`CriticalPath`] stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CriticalPathBy {
    /// One row an operation: service, name and kind.
    #[default]
    Operation,
    /// One row a service.
    Service,
    /// One row a call path; see [`crate::call_path`].
    Path,
}

/// Critical time over many requests.
///
/// A *request* is the primary component of a trace under a real root. The
/// critical paths of all other components (orphans, cycles, further roots) are
/// reported as incomplete and stand in no other column.
///
/// | column | meaning |
/// |---|---|
/// | `path`, `parent_path`, `depth` | by path only: the hash of the path and of the one above, and how many stand above |
/// | `service`, `operation`, `kind` | the key; by service the first alone |
/// | `traces` | requests that have it on their critical path |
/// | `spans` | its spans on critical paths |
/// | `critical_time` | sum of its tiles of critical paths |
/// | `share` | `critical_time` as a share of the duration of all chosen requests |
/// | `mean_time` | `critical_time` / `traces` |
/// | `self_time` | sum of the self times of its spans on critical paths |
/// | `errors` | its spans on critical paths that err |
/// | `band_from`, `band_to` | true edges of the chosen latency bands (from inclusive, to exclusive) over the root operations that it has time in |
/// | `incomplete_spans`, `incomplete_time` | spans and time on paths of components that are no request |
///
/// Sorted by `critical_time`, largest first, then by the key.
///
/// ```
/// # use spanwise_analyze::{facts, run, Analysis, Policy};
/// # use spanwise_io::{assemble::assemble, notation::parse};
/// # use spanwise_model::table::Cell;
/// # use spanwise_analyze::analyses::CriticalPath;
/// let spans = assemble(parse("
///     shop GET /cart   0..100
///       cart Get      10..60
///       user Get      20..90
/// "))?;
/// let facts = facts::compute(&spans, &Policy::default());
/// let analysis = CriticalPath::default();
/// let table = analysis.finish(&run(&spans, &[0], &facts, &[&analysis])[0]);
/// assert_eq!(table.cell(0, "service"), Cell::Text("user"));
/// assert_eq!(table.cell(0, "critical_time"), Cell::Duration(70_000_000));
/// assert_eq!(table.cell(1, "share"), Cell::F64(0.3));
/// assert_eq!(table.rows(), 2, "nobody waited for the cart");
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct CriticalPath {
    /// What a row stands for.
    pub by: CriticalPathBy,
    /// Only requests at or above this percentile of the duration within their
    /// root operation, from the edge of the band that holds it: `percentile =
    /// P` is `band = (P, 100)`.
    pub percentile: Option<f64>,
    /// Only requests between two percentiles within their root operation.
    pub band: Option<(f64, f64)>,
    /// Only requests of this root operation: its name, or service and name
    /// with a space between.
    pub root_operation: Option<String>,
}

pub(super) const STATES: &[(&str, Merge)] = &[
    ("requests", Merge::Sum),
    ("traces", Merge::Sum),
    ("spans", Merge::Sum),
    ("critical_time", Merge::Sum),
    ("self_time", Merge::Sum),
    ("errors", Merge::Sum),
];
pub(super) const REQUESTS: usize = 0;
pub(super) const TRACES: usize = 1;
pub(super) const SPANS: usize = 2;
pub(super) const CRITICAL: usize = 3;
pub(super) const SELF: usize = 4;
pub(super) const ERRORS: usize = 5;

/// Where the key proper begins, behind the root operation and its band.
pub(super) const KEY: usize = 4;

macro_rules! keyed {
    ($($key:literal: $kind:ident),*) => {
        Schema {
            keys: &[
                ("root_service", KeyType::Name),
                ("root_operation", KeyType::Name),
                ("root_kind", KeyType::Name),
                ("band", KeyType::U64),
                $(($key, KeyType::$kind)),*
            ],
            states: STATES,
        }
    };
}

const BY_OPERATION: Schema = keyed!("service": Name, "operation": Name, "kind": Name);
const BY_SERVICE: Schema = keyed!("service": Name);
const BY_PATH: Schema = keyed!(
    "path": U128, "parent_path": U128, "depth": U64,
    "service": Name, "operation": Name, "kind": Name
);

impl CriticalPath {
    /// The same analysis with rows of another kind.
    ///
    /// ```
    /// # use spanwise_analyze::{facts, run, Analysis, Policy};
    /// # use spanwise_io::{assemble::assemble, notation::parse};
    /// # use spanwise_model::table::Cell;
    /// # use spanwise_analyze::analyses::{CriticalPath, CriticalPathBy};
    /// let spans = assemble(parse("
    ///     shop GET /cart      0..100
    ///       cart Get         10..60
    ///         cart query     20..50
    /// "))?;
    /// let facts = facts::compute(&spans, &Policy::default());
    /// let analysis = CriticalPath::default().by(CriticalPathBy::Path);
    /// let table = analysis.finish(&run(&spans, &[0], &facts, &[&analysis])[0]);
    /// assert_eq!(table.cell(1, "operation"), Cell::Text("query"));
    /// assert_eq!(table.cell(1, "depth"), Cell::U64(2));
    /// assert_eq!(table.cell(1, "parent_path"), table.cell(2, "path"));
    /// # Ok::<(), spanwise_model::Error>(())
    /// ```
    #[must_use]
    pub fn by(mut self, by: CriticalPathBy) -> Self {
        self.by = by;
        self
    }

    /// Only requests at or above this percentile (0 to 100) of the durations
    /// of their root operation.
    ///
    /// ```
    /// # use spanwise_analyze::{facts, run, Analysis, Policy};
    /// # use spanwise_io::{assemble::assemble, notation::parse};
    /// # use spanwise_model::table::Cell;
    /// # use spanwise_analyze::analyses::CriticalPath;
    /// let spans = assemble(parse("
    ///     trace 1
    ///     shop GET   0..10
    ///     trace 2
    ///     shop GET   0..20
    ///     trace 3
    ///     shop GET   0..90
    /// "))?;
    /// let facts = facts::compute(&spans, &Policy::default());
    /// let analysis = CriticalPath::default().percentile(99.0);
    /// let table = analysis.finish(&run(&spans, &[0, 1, 2], &facts, &[&analysis])[0]);
    /// assert_eq!(table.cell(0, "traces"), Cell::U64(1));
    /// assert_eq!(table.cell(0, "critical_time"), Cell::Duration(90_000_000));
    /// # Ok::<(), spanwise_model::Error>(())
    /// ```
    #[must_use]
    pub fn percentile(mut self, percentile: f64) -> Self {
        self.percentile = Some(percentile);
        self
    }

    /// Only requests between two percentiles (0 to 100, both inclusive) of the
    /// durations of their root operation.
    ///
    /// ```
    /// # use spanwise_analyze::{facts, run, Analysis, Policy};
    /// # use spanwise_io::{assemble::assemble, notation::parse};
    /// # use spanwise_model::table::Cell;
    /// # use spanwise_analyze::analyses::CriticalPath;
    /// let spans = assemble(parse("
    ///     trace 1
    ///     shop GET   0..10
    ///     trace 2
    ///     shop GET   0..20
    ///     trace 3
    ///     shop GET   0..90
    /// "))?;
    /// let facts = facts::compute(&spans, &Policy::default());
    /// let analysis = CriticalPath::default().band(0.0, 50.0);
    /// let table = analysis.finish(&run(&spans, &[0, 1, 2], &facts, &[&analysis])[0]);
    /// assert_eq!(table.cell(0, "traces"), Cell::U64(2));
    /// assert_eq!(table.cell(0, "critical_time"), Cell::Duration(30_000_000));
    /// # Ok::<(), spanwise_model::Error>(())
    /// ```
    #[must_use]
    pub fn band(mut self, low: f64, high: f64) -> Self {
        self.band = Some((low, high));
        self
    }

    /// Only requests of one root operation: its name (`GET /cart`), or service
    /// and name (`shop GET /cart`).
    #[must_use]
    pub fn root_operation(mut self, name: impl Into<String>) -> Self {
        self.root_operation = Some(name.into());
        self
    }
}

impl Analysis for CriticalPath {
    fn name(&self) -> &'static str {
        "critical-path"
    }

    fn schema(&self) -> &Schema {
        match self.by {
            CriticalPathBy::Operation => &BY_OPERATION,
            CriticalPathBy::Service => &BY_SERVICE,
            CriticalPathBy::Path => &BY_PATH,
        }
    }

    fn grouping(&self) -> &'static str {
        match self.by {
            CriticalPathBy::Operation => "operation",
            CriticalPathBy::Service => "service",
            CriticalPathBy::Path => "path",
        }
    }

    fn needs(&self) -> Facts {
        Facts::SELF_TIME | Facts::CRITICAL | Facts::OUTCOME
    }

    fn observe(&self, traces: TraceBatch<'_>, facts: &FactColumns, out: &mut Partial) {
        let mut cells = Cells::new(self.by, traces.table(), out);
        cells.add_all(traces, facts);
        cells.flush();
    }

    fn finish(&self, partial: &Partial) -> Table {
        let choice = Choice {
            percentile: self.percentile,
            band: self.band,
            root_operation: self.root_operation.as_deref(),
        };
        let chosen = choice.bands(partial, REQUESTS);
        self.table(&gather(partial, &chosen))
    }
}

impl CriticalPath {
    fn table(&self, rows: &[Sums<'_>]) -> Table {
        let total = total(rows.iter().map(|row| row.sums[CRITICAL]));
        let sum = |column: usize| rows.iter().map(move |row| row.sums[column]);
        let mean =
            |row: &Sums<'_>| ratio(row.sums[CRITICAL], row.sums[TRACES]).map(|n| n.round() as i64);
        let edge = |pick: fn((u64, u64)) -> u64| {
            let cell = move |row: &Sums<'_>| row.bands.map(|bands| nano(pick(bands).into()));
            ColumnData::Duration(rows.iter().map(cell).collect())
        };
        self.key_columns(rows)
            .with("traces", counts(sum(TRACES)))
            .with("spans", counts(sum(SPANS)))
            .with("critical_time", durations(sum(CRITICAL)))
            .with("share", shares(sum(CRITICAL).map(|part| (part, total))))
            .with(
                "mean_time",
                ColumnData::Duration(rows.iter().map(mean).collect()),
            )
            .with("self_time", durations(sum(SELF)))
            .with("errors", counts(sum(ERRORS)))
            .with("band_from", edge(|(low, _)| band_start(low)))
            .with(
                "band_to",
                edge(|(_, high)| band_start(high.saturating_add(1))),
            )
            .with(
                "incomplete_spans",
                counts(rows.iter().map(|row| row.incomplete_spans)),
            )
            .with(
                "incomplete_time",
                durations(rows.iter().map(|row| row.incomplete_time)),
            )
    }

    fn key_columns(&self, rows: &[Sums<'_>]) -> Table {
        let keys = &self.schema().keys[KEY..];
        keys.iter()
            .enumerate()
            .fold(Table::new(), |table, (at, &(name, kind))| {
                let cells = rows.iter().map(|row| row.key[at]);
                let data = match kind {
                    KeyType::U128 => ColumnData::Text(cells.map(path_text).collect()),
                    KeyType::Name => names(cells.map(|cell| match cell {
                        Key::Name(name) => name,
                        _ => "",
                    })),
                    _ => counts(cells.map(|cell| match cell {
                        Key::U64(n) => n.into(),
                        _ => 0,
                    })),
                };
                table.with(name, data)
            })
    }
}

/// A path as text; none above the top.
fn path_text(cell: Key<'_>) -> Option<String> {
    match cell {
        Key::U128(0) => None,
        Key::U128(id) => Some(format!("{id:032x}")),
        _ => None,
    }
}
