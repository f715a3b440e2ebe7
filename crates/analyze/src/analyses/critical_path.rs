//! The critical path, aggregated: which operations, services or call paths
//! the time of requests was spent in.

use super::bands::{band_at, band_of, band_start, root_of, Choice, Root};
use super::columns::{counts, durations, names, nano, ratio, shares};
use super::operations::{operation_names, request_root};
use crate::analysis::{Analysis, Facts, TraceBatch};
use crate::call_path::{CallPaths, DEEPER};
use crate::facts::{fact_flags, FactColumns};
use crate::partial::{Key, KeyType, Merge, Partial, Row, Schema};
use rustc_hash::FxHashMap;
use spanwise_model::{ColumnData, OperationId, Span, SpanTable, Symbol, Table, Trace};
use std::cmp::Reverse;
use std::collections::BTreeMap;

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

const STATES: &[(&str, Merge)] = &[
    ("requests", Merge::Sum),
    ("traces", Merge::Sum),
    ("spans", Merge::Sum),
    ("critical_time", Merge::Sum),
    ("self_time", Merge::Sum),
    ("errors", Merge::Sum),
];
const REQUESTS: usize = 0;
const TRACES: usize = 1;
const SPANS: usize = 2;
const CRITICAL: usize = 3;
const SELF: usize = 4;
const ERRORS: usize = 5;

/// Where the key proper begins, behind the root operation and its band.
const KEY: usize = 4;

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
        for trace in traces.traces() {
            cells.add(trace, facts);
        }
        cells.flush();
    }

    fn finish(&self, partial: &Partial) -> Table {
        let choice = Choice {
            percentile: self.percentile,
            band: self.band,
            root_operation: self.root_operation.as_deref(),
        };
        let chosen = choice.bands(partial, REQUESTS);
        let rows = sorted(self.gather(partial, &chosen));
        self.table(&rows)
    }
}

/// A root operation (none for what is no request) and a band.
type Group = (Option<OperationId>, u64);

/// The cells of a batch, found and summed without touching the partial.
struct Cells<'a> {
    by: CriticalPathBy,
    table: &'a SpanTable,
    out: &'a mut Partial,
    /// The names of operations, as codes of the partial.
    names: FxHashMap<OperationId, [Key<'static>; 3]>,
    groups: Vec<Group>,
    group_index: FxHashMap<Group, u32>,
    cells: Vec<CellSums>,
    /// By group and node.
    cell_index: FxHashMap<(u32, u32), u32>,
    paths: CallPaths,
    nodes: Vec<u32>,
}

/// A cell, and what the batch adds to it.
struct CellSums {
    group: u32,
    node: u32,
    /// The trace that was counted last.
    counted: u32,
    sums: [u128; STATES.len()],
}

impl<'a> Cells<'a> {
    fn new(by: CriticalPathBy, table: &'a SpanTable, out: &'a mut Partial) -> Self {
        Self {
            by,
            table,
            out,
            names: FxHashMap::default(),
            groups: Vec::new(),
            group_index: FxHashMap::default(),
            cells: Vec::new(),
            cell_index: FxHashMap::default(),
            paths: CallPaths::default(),
            nodes: Vec::new(),
        }
    }

    fn add(&mut self, trace: Trace<'_>, facts: &FactColumns) {
        if self.by == CriticalPathBy::Path {
            self.paths.add(trace, &mut self.nodes);
        }
        let first = trace.rows().start;
        let root = request_root(trace);
        let request = root.map_or(0..0, Span::subtree);
        let of_request = root.map(|root| self.group_of(root, facts));
        if let Some(group) = of_request {
            self.cell(group, request.start, first).sums[REQUESTS] += 1;
        }
        for row in trace.rows() {
            let at = row as usize;
            if facts.flags[at] & fact_flags::ON_PATH == 0 {
                continue;
            }
            let group = of_request.filter(|_| request.contains(&row));
            let group = group.unwrap_or_else(|| self.group((None, 0)));
            let cell = self.cell(group, row, first);
            let is_first = std::mem::replace(&mut cell.counted, trace.index()) != trace.index();
            cell.sums[TRACES] += u128::from(is_first);
            cell.sums[SPANS] += 1;
            cell.sums[CRITICAL] += u128::from(facts.critical_nano[at]);
            cell.sums[SELF] += u128::from(facts.self_nano[at]);
            cell.sums[ERRORS] += u128::from(facts.flags[at] & fact_flags::ERRS != 0);
        }
    }

    /// The group of a request: its root operation, and the band of its
    /// duration, which is the sum of its tiles.
    fn group_of(&mut self, root: Span<'_>, facts: &FactColumns) -> u32 {
        let rows = root.subtree();
        let tiles = facts.critical_nano[rows.start as usize..rows.end as usize].iter();
        let duration = tiles.fold(0, |sum: u64, &nano| sum.saturating_add(nano));
        self.group((Some(root.operation_id()), band_of(duration)))
    }

    fn group(&mut self, group: Group) -> u32 {
        let next = self.groups.len() as u32;
        let at = *self.group_index.entry(group).or_insert(next);
        if at == next {
            self.groups.push(group);
        }
        at
    }

    fn cell(&mut self, group: u32, row: u32, first: u32) -> &mut CellSums {
        let operation = self.table.columns.operation[row as usize];
        let node = match self.by {
            CriticalPathBy::Operation => operation.0,
            CriticalPathBy::Service => self.table.operations.service(operation).0,
            CriticalPathBy::Path => self.nodes[(row - first) as usize],
        };
        let next = self.cells.len() as u32;
        let at = *self.cell_index.entry((group, node)).or_insert(next);
        if at == next {
            self.cells.push(CellSums {
                group,
                node,
                counted: u32::MAX,
                sums: [0; STATES.len()],
            });
        }
        &mut self.cells[at as usize]
    }

    /// Adds all cells to the partial.
    fn flush(mut self) {
        for cell in std::mem::take(&mut self.cells) {
            let row = self.row(cell.group, cell.node);
            for (column, sum) in cell.sums.into_iter().enumerate() {
                self.out.add(row, column, sum as i128);
            }
        }
    }

    fn row(&mut self, group: u32, node: u32) -> Row {
        let (root, band) = self.groups[group as usize];
        let root = root.map_or([Key::Name(""); 3], |root| self.names(root));
        let [a, b, c] = root;
        let start = [a, b, c, Key::U64(band)];
        match self.by {
            CriticalPathBy::Operation => {
                let [d, e, f] = self.names(OperationId(node));
                self.out.row(&[start.as_slice(), &[d, e, f]].concat())
            }
            CriticalPathBy::Service => {
                let service = Key::Name(self.table.text(Symbol(node)));
                self.out.row(&[start.as_slice(), &[service]].concat())
            }
            CriticalPathBy::Path => {
                let node = self.paths.nodes()[node as usize];
                let deeper = [Key::Name(""), Key::Name(DEEPER), Key::Name("")];
                let [d, e, f] = node.operation.map_or(deeper, |id| self.names(id));
                let (id, parent) = (Key::U128(node.id), Key::U128(node.parent));
                let path = [id, parent, Key::U64(node.depth.into()), d, e, f];
                self.out.row(&[start.as_slice(), &path].concat())
            }
        }
    }

    fn names(&mut self, operation: OperationId) -> [Key<'static>; 3] {
        let (table, out) = (self.table, &mut self.out);
        let names = self.names.entry(operation);
        *names.or_insert_with(|| {
            operation_names(table, operation).map(|name| Key::Code(out.intern(name)))
        })
    }
}

/// One row of the table.
#[derive(Default)]
struct Sums<'a> {
    key: Vec<Key<'a>>,
    sums: [i128; STATES.len()],
    incomplete_spans: i128,
    incomplete_time: i128,
    bands: Option<(u64, u64)>,
}

impl CriticalPath {
    fn gather<'a>(
        &self,
        partial: &'a Partial,
        chosen: &BTreeMap<Root<'_>, (u64, u64)>,
    ) -> BTreeMap<Vec<Key<'a>>, Sums<'a>> {
        let mut rows: BTreeMap<Vec<Key<'a>>, Sums<'a>> = BTreeMap::new();
        let columns = KEY..self.schema().keys.len();
        for row in 0..partial.len() {
            let (root, band) = (root_of(partial, row), band_at(partial, row));
            let incomplete = root[2].is_empty();
            let bands = chosen.get(&root).copied();
            if !incomplete && bands.is_none_or(|(low, high)| band < low || high < band) {
                continue;
            }
            let key: Vec<Key<'a>> = columns.clone().map(|c| partial.key(row, c)).collect();
            let sums = rows.entry(key).or_default();
            match bands {
                Some(bands) => sums.add(partial, row, bands),
                None => {
                    sums.incomplete_spans += partial.number(row, SPANS);
                    sums.incomplete_time += partial.number(row, CRITICAL);
                }
            }
        }
        rows
    }

    fn table(&self, rows: &[Sums<'_>]) -> Table {
        let total: i128 = rows.iter().map(|row| row.sums[CRITICAL]).sum();
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

impl Sums<'_> {
    fn add(&mut self, partial: &Partial, row: Row, (low, high): (u64, u64)) {
        for (column, sum) in self.sums.iter_mut().enumerate() {
            *sum += partial.number(row, column);
        }
        let (from, to) = self.bands.unwrap_or((low, high));
        self.bands = Some((from.min(low), to.max(high)));
    }
}

fn sorted<'a>(rows: BTreeMap<Vec<Key<'a>>, Sums<'a>>) -> Vec<Sums<'a>> {
    let keyed = rows.into_iter().map(|(key, sums)| Sums { key, ..sums });
    let mut rows: Vec<Sums<'a>> = keyed.collect();
    rows.retain(|row| row.sums[SPANS] > 0 || row.incomplete_spans > 0);
    rows.sort_by_key(|row| Reverse(row.sums[CRITICAL]));
    rows
}

/// A path as text; none above the top.
fn path_text(cell: Key<'_>) -> Option<String> {
    match cell {
        Key::U128(0) => None,
        Key::U128(id) => Some(format!("{id:032x}")),
        _ => None,
    }
}
