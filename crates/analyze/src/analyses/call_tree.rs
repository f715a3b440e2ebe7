//! The call tree: every chain of operations with its times, over all requests.

use super::bands::{band_start, root_of, rows_within, Bands, Choice, Root};
use super::call_cells::CallCells;
use super::columns::{counts, durations, examples, nano, ratio, shares};
use super::operations::request_root;
use crate::analysis::{Analysis, Facts, TraceBatch};
use crate::facts::FactColumns;
use crate::partial::{add_to, total, Key, KeyType, Merge, Partial, Row, Schema};
use spanwise_model::table::Names;
use spanwise_model::{ColumnData, Table};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The tree of call paths over all requests, as flame graphs draw it: which
/// chain of operations took how long, itself and with all that it called.
///
/// Paths begin at roots of requests; a call of an operation by itself stays on
/// its row, and all that is deeper than 64 rows shares one, `(deeper)`. See
/// [`crate::call_path`].
///
/// | column | meaning |
/// |---|---|
/// | `path`, `parent_path`, `depth` | the hash of the path and of the one above, and how many stand above |
/// | `service`, `operation`, `kind` | the operation at its end |
/// | `calls` | its spans |
/// | `calls_a_request` | `calls` / chosen requests of its root operation |
/// | `inclusive_time` | sum of their durations; calls by itself are in it already |
/// | `exclusive_time` | sum of their self times |
/// | `critical_time` | sum of their tiles of critical paths |
/// | `critical_share` | `critical_time` as a share of the duration of all chosen requests |
/// | `errors` | its spans that err |
/// | `band_from`, `band_to` | true edges of the chosen latency band of its root operation |
/// | `examples` | the 3 longest spans, then by id: `trace/span` |
///
/// Rows stand in the order of the tree: under each path what it calls, longest
/// inclusive time first, then by the key.
///
/// ```
/// # use spanwise_analyze::{facts, run, Analysis, Policy};
/// # use spanwise_io::{assemble::assemble, notation::parse};
/// # use spanwise_model::table::Cell;
/// # use spanwise_analyze::analyses::CallTree;
/// let spans = assemble(parse("
///     shop GET /cart   0..100
///       cart Get      10..60
///       cart Get      60..90
/// "))?;
/// let facts = facts::compute(&spans, &Policy::default());
/// let analysis = CallTree::default();
/// let table = analysis.finish(&run(&spans, &[0], &facts, &[&analysis])[0]);
/// assert_eq!(table.cell(1, "operation"), Cell::Text("Get"));
/// assert_eq!(table.cell(1, "calls"), Cell::U64(2));
/// assert_eq!(table.cell(0, "exclusive_time"), Cell::Duration(20_000_000));
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct CallTree {
    /// Only requests at or above this percentile of their root operation; see
    /// [`super::CriticalPath::percentile`].
    pub percentile: Option<f64>,
    /// Only requests between two percentiles of their root operation.
    pub band: Option<(f64, f64)>,
    /// Only requests of this root operation; see
    /// [`super::CriticalPath::root_operation`].
    pub root_operation: Option<String>,
}

pub(super) const SCHEMA: Schema = Schema {
    keys: &[
        ("root_service", KeyType::Name),
        ("root_operation", KeyType::Name),
        ("root_kind", KeyType::Name),
        ("band", KeyType::U64),
        ("path", KeyType::U128),
        ("parent_path", KeyType::U128),
        ("depth", KeyType::U64),
        ("service", KeyType::Name),
        ("operation", KeyType::Name),
        ("kind", KeyType::Name),
    ],
    states: &[
        ("requests", Merge::Sum),
        ("calls", Merge::Sum),
        ("inclusive_time", Merge::Sum),
        ("exclusive_time", Merge::Sum),
        ("critical_time", Merge::Sum),
        ("errors", Merge::Sum),
        ("examples", Merge::Best(3)),
    ],
};
pub(super) const REQUESTS: usize = 0;
pub(super) const CALLS: usize = 1;
pub(super) const INCLUSIVE: usize = 2;
pub(super) const EXCLUSIVE: usize = 3;
pub(super) const CRITICAL: usize = 4;
pub(super) const ERRORS: usize = 5;
pub(super) const EXAMPLES: usize = 6;

const BAND: usize = 3;
pub(super) const PATH: usize = 4;
pub(super) const PARENT: usize = 5;
const DEPTH: usize = 6;

impl CallTree {
    /// Only requests at or above this percentile (0 to 100) of the durations
    /// of their root operation.
    #[must_use]
    pub fn percentile(mut self, percentile: f64) -> Self {
        self.percentile = Some(percentile);
        self
    }

    /// Only requests between two percentiles (0 to 100, both inclusive).
    #[must_use]
    pub fn band(mut self, low: f64, high: f64) -> Self {
        self.band = Some((low, high));
        self
    }

    /// The chosen rows of a partial, without their bands, and which bands were
    /// chosen.
    pub(super) fn chosen<'a>(&self, partial: &'a Partial) -> (Partial, Bands<'a>) {
        let choice = Choice {
            percentile: self.percentile,
            band: self.band,
            root_operation: self.root_operation.as_deref(),
        };
        let bands = choice.bands(partial, REQUESTS);
        let rows = rows_within(partial, &bands);
        let folded = partial.regrouped(rows, |column, key| match column {
            BAND => Key::U64(0),
            _ => key,
        });
        (folded, bands)
    }
}

impl Analysis for CallTree {
    fn name(&self) -> &'static str {
        "call-tree"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn needs(&self) -> Facts {
        Facts::SELF_TIME | Facts::CRITICAL | Facts::OUTCOME
    }

    fn observe(&self, traces: TraceBatch<'_>, facts: &FactColumns, out: &mut Partial) {
        add(traces, CallCells::new(traces.table(), facts, true), out);
    }

    fn observe_shown(&self, traces: TraceBatch<'_>, facts: &FactColumns, out: &mut Partial) {
        let tells_bands = self.percentile.is_some() || self.band.is_some();
        add(
            traces,
            CallCells::new(traces.table(), facts, tells_bands),
            out,
        );
    }

    fn finish(&self, partial: &Partial) -> Table {
        let (folded, bands) = self.chosen(partial);
        let rows = in_tree_order(&folded, INCLUSIVE);
        let requests = requests_by_root(&folded);
        let folded = &folded;
        let sum = |column| move |&row: &Row| folded.number(row, column);
        let all = total(rows.iter().map(sum(CRITICAL)));
        let a_request = |row: &Row| ratio(sum(CALLS)(row), requests[&root_of(folded, *row)]);
        let edge = |pick: fn((u64, u64)) -> u64| {
            let edge = |row: &Row| {
                bands
                    .get(&root_of(folded, *row))
                    .map(|&band| nano(pick(band).into()))
            };
            ColumnData::Duration(rows.iter().map(edge).collect())
        };
        path_columns(folded, &rows)
            .with("calls", counts(rows.iter().map(sum(CALLS))))
            .with(
                "calls_a_request",
                ColumnData::F64(rows.iter().map(a_request).collect()),
            )
            .with("inclusive_time", durations(rows.iter().map(sum(INCLUSIVE))))
            .with("exclusive_time", durations(rows.iter().map(sum(EXCLUSIVE))))
            .with("critical_time", durations(rows.iter().map(sum(CRITICAL))))
            .with(
                "critical_share",
                shares(rows.iter().map(|row| (sum(CRITICAL)(row), all))),
            )
            .with("errors", counts(rows.iter().map(sum(ERRORS))))
            .with("band_from", edge(|(low, _)| band_start(low)))
            .with(
                "band_to",
                edge(|(_, high)| band_start(high.saturating_add(1))),
            )
            .with("examples", examples(folded, &rows, EXAMPLES))
    }
}

/// Adds the requests of a batch.
fn add(traces: TraceBatch<'_>, mut cells: CallCells<'_>, out: &mut Partial) {
    for trace in traces.traces() {
        if let Some(root) = request_root(trace) {
            cells.add(trace, root);
        }
    }
    cells.flush(out);
}

/// How many requests there are of each root operation.
pub(super) fn requests_by_root(partial: &Partial) -> BTreeMap<Root<'_>, i128> {
    let mut requests = BTreeMap::new();
    for row in 0..partial.len() {
        let of_root = requests.entry(root_of(partial, row)).or_default();
        add_to(of_root, partial.number(row, REQUESTS));
    }
    requests
}

/// The hash in a key.
pub(super) fn hash_at(partial: &Partial, row: Row, column: usize) -> u128 {
    match partial.key(row, column) {
        Key::U128(hash) => hash,
        _ => 0,
    }
}

/// Rows as the tree has them: under each path those that it calls, the largest
/// number in `column` first, then by the key.
pub(super) fn in_tree_order(partial: &Partial, column: usize) -> Vec<Row> {
    let mut rows = partial.sorted_rows();
    // The last of a stack comes first, so the order is turned round.
    rows.sort_by_key(|&row| Reverse(partial.number(row, column)));
    rows.reverse();
    let mut below: BTreeMap<u128, Vec<Row>> = BTreeMap::new();
    for row in rows {
        let parent = hash_at(partial, row, PARENT);
        below.entry(parent).or_default().push(row);
    }
    let mut open = below.remove(&0).unwrap_or_default();
    let mut order = Vec::with_capacity(partial.len());
    while let Some(row) = open.pop() {
        order.push(row);
        let children = below.remove(&hash_at(partial, row, PATH));
        open.extend(children.into_iter().flatten());
    }
    order
}

/// The columns that name a path.
pub(super) fn path_columns(partial: &Partial, rows: &[Row]) -> Table {
    let hash = |column: usize| {
        let text = |&row: &Row| match hash_at(partial, row, column) {
            0 => None,
            hash => Some(format!("{hash:032x}")),
        };
        ColumnData::Text(rows.iter().map(text).collect())
    };
    let depth = |&row: &Row| match partial.key(row, DEPTH) {
        Key::U64(depth) => Some(depth),
        _ => None,
    };
    let name = |column: usize| {
        let names = rows.iter().map(|&row| partial.name(row, column));
        ColumnData::Name(names.collect::<Names>())
    };
    Table::new()
        .with("path", hash(PATH))
        .with("parent_path", hash(PARENT))
        .with("depth", ColumnData::U64(rows.iter().map(depth).collect()))
        .with("service", name(7))
        .with("operation", name(8))
        .with("kind", name(9))
}
