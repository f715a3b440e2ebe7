//! Comparison: what changed between a healthy time and an incident, and what
//! it cost the requests.

use super::columns::{counts, nano, ratio, some_durations};
use super::operations::{operation_key, request_root};
use crate::analysis::{Analysis, Facts, TraceBatch};
use crate::facts::{fact_flags, FactColumns};
use crate::histogram::Histogram;
use crate::partial::{add_to, total, Key, KeyType, Merge, Partial, Row, Schema};
use rustc_hash::FxHashMap;
use spanwise_model::{
    flags, ColumnData, Error, ErrorKind, OperationId, Result, Span, SpanTable, Table, Trace,
};
use std::collections::BTreeMap;

/// Half-open spans of time, nanoseconds since the epoch: from, to.
pub type Window = (i64, i64);

/// Which cohort the traces that [`Compare`] observes belong to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cohort {
    /// All to the baseline.
    #[default]
    Baseline,
    /// All to the incident.
    Incident,
    /// To the window that the start of their primary top span lies in; to the
    /// baseline where both hold it, and to none where neither does.
    Windows {
        /// The window of the baseline.
        baseline: Window,
        /// The window of the incident.
        incident: Window,
    },
}

/// Two cohorts of traces, operation by operation.
///
/// Observe each side with its own [`Cohort`], merge the partials and finish;
/// or observe one input with two windows.
///
/// *Per request* means: for each root operation the sum under its requests
/// over the number of its requests, then the mean of these over the root
/// operations that both cohorts have, each weighted by its requests in the
/// incident. So a changed mix of requests is no change. Since the tiles of a
/// critical path sum to its root's duration, `change_critical_time` sums over
/// all rows to the change of the mean duration of a request, and says for each
/// operation what of that change it caused.
///
/// | column | meaning |
/// |---|---|
/// | `service`, `operation`, `kind` | the key |
/// | `change` | `appeared`, `vanished`, or `both` where it is in both cohorts |
/// | `*_calls`, `*_error_share` | spans, and the share of them that errs |
/// | `*_calls_per_request` | its spans per request |
/// | `*_self_time` | its self time per request |
/// | `*_critical_time` | its critical time per request |
/// | `*_p50`, `*_p95`, `*_p99` | quantiles of its duration |
///
/// each with `baseline_`, `incident_` and (incident minus baseline) `change_`.
/// A cohort that does not have the operation has nulls for shares and
/// quantiles. Sorted by `change_critical_time`, largest first, then by the
/// key.
///
/// ```
/// # use spanwise_analyze::{facts, run, Analysis, Policy};
/// # use spanwise_io::{assemble::assemble, notation::parse};
/// # use spanwise_model::table::Cell;
/// # use spanwise_analyze::analyses::Compare;
/// let spans = assemble(parse("
///     trace 1
///     shop GET      0..50
///     trace 2
///     shop GET    100..180
///       shop query 110..170
/// "))?;
/// let facts = facts::compute(&spans, &Policy::default());
/// let analysis = Compare::default().windows((0, 100_000_000), (100_000_000, 200_000_000));
/// let table = analysis.finish(&run(&spans, &[0, 1], &facts, &[&analysis])[0]);
/// assert_eq!(table.cell(0, "change"), Cell::Text("appeared"));
/// assert_eq!(table.cell(0, "change_critical_time"), Cell::Duration(60_000_000));
/// assert_eq!(table.cell(1, "change_critical_time"), Cell::Duration(-30_000_000));
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Compare {
    /// Which cohort the observed traces belong to.
    pub cohort: Cohort,
}

const SCHEMA: Schema = Schema {
    keys: &[
        ("cohort", KeyType::U64),
        ("root_service", KeyType::Name),
        ("root_operation", KeyType::Name),
        ("root_kind", KeyType::Name),
        ("service", KeyType::Name),
        ("operation", KeyType::Name),
        ("kind", KeyType::Name),
    ],
    states: &[
        ("requests", Merge::Sum),
        ("calls", Merge::Sum),
        ("errors", Merge::Sum),
        ("self_time", Merge::Sum),
        ("critical_time", Merge::Sum),
        ("latency", Merge::Histogram),
    ],
};
/// The column of the key that says which cohort.
const COHORT: usize = 0;
const REQUESTS: usize = 0;
const CALLS: usize = 1;
const ERRORS: usize = 2;
const SELF: usize = 3;
const CRITICAL: usize = 4;
const LATENCY: usize = 5;

impl Compare {
    /// The same analysis of traces of a cohort.
    ///
    /// ```
    /// # use spanwise_analyze::{analyses::{Cohort, Compare}, facts, run, Analysis, Policy};
    /// # use spanwise_io::{assemble::assemble, notation::parse};
    /// # use spanwise_model::table::Cell;
    /// let side = |cohort, notation| {
    ///     let spans = assemble(parse(notation))?;
    ///     let facts = facts::compute(&spans, &Policy::default());
    ///     let compare = Compare::default().cohort(cohort);
    ///     let partial = run(&spans, &[0], &facts, &[&compare]).swap_remove(0);
    ///     Ok::<_, spanwise_model::Error>(partial)
    /// };
    /// let mut both = side(Cohort::Baseline, "shop GET 0..50")?;
    /// both.merge(&side(Cohort::Incident, "shop GET 0..80")?)?;
    /// let table = Compare::default().finish(&both);
    /// assert_eq!(table.cell(0, "change_critical_time"), Cell::Duration(30_000_000));
    /// # Ok::<(), spanwise_model::Error>(())
    /// ```
    #[must_use]
    pub fn cohort(mut self, cohort: Cohort) -> Self {
        self.cohort = cohort;
        self
    }

    /// The same analysis of two windows of time.
    #[must_use]
    pub fn windows(self, baseline: Window, incident: Window) -> Self {
        self.cohort(Cohort::Windows { baseline, incident })
    }

    /// Compares what two partials hold, whatever cohort their traces belonged
    /// to when they were taken. The two may hold the same traces.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Merge`] where one of them is of another analysis.
    pub fn between(baseline: &Partial, incident: &Partial) -> Result<Table> {
        if !baseline.is_like(&Self::default().empty()) {
            let message = format!("a partial of {}, not of compare", baseline.analysis());
            return Err(Error::new(ErrorKind::Merge, message));
        }
        let mut both = baseline.with_key(COHORT, Key::U64(0));
        match incident.is_like(baseline) {
            true => both.merge(&incident.with_key(COHORT, Key::U64(1)))?,
            false => both.merge(incident)?,
        }
        Ok(Self::default().finish(&both))
    }

    fn cohort_of(&self, trace: Trace<'_>) -> Option<u64> {
        match self.cohort {
            Cohort::Baseline => Some(0),
            Cohort::Incident => Some(1),
            Cohort::Windows { baseline, incident } => {
                let start = trace.primary().start_unix_nano();
                let within = |(from, to): Window| from <= start && start < to;
                let found = [baseline, incident].into_iter().position(within)?;
                Some(found as u64)
            }
        }
    }
}

impl Analysis for Compare {
    fn name(&self) -> &'static str {
        "compare"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn needs(&self) -> Facts {
        Facts::SELF_TIME | Facts::CRITICAL | Facts::OUTCOME
    }

    fn observes(&self) -> String {
        format!("{:?}", self.cohort)
    }

    fn cohort(&self) -> u64 {
        u64::from(self.cohort == Cohort::Incident)
    }

    fn observe(&self, traces: TraceBatch<'_>, facts: &FactColumns, out: &mut Partial) {
        let mut cells = Cells {
            table: traces.table(),
            out,
            rows: FxHashMap::default(),
        };
        for trace in traces.traces() {
            if let Some(cohort) = self.cohort_of(trace) {
                cells.add(trace, cohort, facts);
            }
        }
    }

    fn finish(&self, partial: &Partial) -> Table {
        let rows = sorted(gather(partial));
        table(&rows)
    }
}

/// The cells of a batch, found without hashing names.
struct Cells<'a> {
    table: &'a SpanTable,
    out: &'a mut Partial,
    /// By cohort, root operation (none outside requests) and operation.
    rows: FxHashMap<(u64, Option<OperationId>, OperationId), Row>,
}

impl Cells<'_> {
    fn add(&mut self, trace: Trace<'_>, cohort: u64, facts: &FactColumns) {
        let root = request_root(trace);
        let request = root.map_or(0..0, Span::subtree);
        let root = root.map(Span::operation_id);
        if let Some(root) = root {
            let row = self.row(cohort, Some(root), root);
            self.out.add(row, REQUESTS, 1);
        }
        let columns = &self.table.columns;
        for span in trace.rows() {
            let at = span as usize;
            let root = root.filter(|_| request.contains(&span));
            let row = self.row(cohort, root, columns.operation[at]);
            let errs = facts.flags[at] & fact_flags::ERRS != 0;
            self.out.add(row, CALLS, 1);
            self.out.add(row, ERRORS, errs);
            self.out.add(row, SELF, facts.self_nano[at]);
            self.out.add(row, CRITICAL, facts.critical_nano[at]);
            if columns.flags[at] & flags::MISSING_END == 0 {
                self.out.record(row, LATENCY, columns.duration_nano[at]);
            }
        }
    }

    fn row(&mut self, cohort: u64, root: Option<OperationId>, operation: OperationId) -> Row {
        let (table, out) = (self.table, &mut self.out);
        let row = self.rows.entry((cohort, root, operation));
        *row.or_insert_with(|| {
            let none = [Key::Name(""); 3];
            let [a, b, c] = root.map_or(none, |root| operation_key(table, root));
            let [d, e, f] = operation_key(table, operation);
            out.row(&[Key::U64(cohort), a, b, c, d, e, f])
        })
    }
}

type Operation<'a> = [&'a str; 3];

/// One operation in one cohort.
#[derive(Default)]
struct Side {
    calls: i128,
    errors: i128,
    calls_per_request: f64,
    self_nano: f64,
    critical_nano: f64,
    latency: Histogram,
}

/// One operation in both cohorts.
struct Pair<'a> {
    operation: Operation<'a>,
    sides: [Side; 2],
}

impl Pair<'_> {
    fn change(&self) -> f64 {
        self.sides[1].critical_nano - self.sides[0].critical_nano
    }
}

/// How many requests each root operation had in both cohorts.
fn requests(partial: &Partial) -> BTreeMap<Operation<'_>, [i128; 2]> {
    let mut requests: BTreeMap<Operation<'_>, [i128; 2]> = BTreeMap::new();
    for row in 0..partial.len() {
        let count = partial.number(row, REQUESTS);
        if count > 0 {
            let sides = requests.entry(root(partial, row)).or_default();
            add_to(&mut sides[side(partial, row)], count);
        }
    }
    requests
}

fn gather(partial: &Partial) -> Vec<Pair<'_>> {
    let requests = requests(partial);
    let shared = |counts: &&[i128; 2]| counts[0] > 0 && counts[1] > 0;
    let total = total(requests.values().filter(shared).map(|counts| counts[1]));
    let mut pairs: BTreeMap<Operation<'_>, [Side; 2]> = BTreeMap::new();
    for row in partial.sorted_rows() {
        let operation = [4, 5, 6].map(|column| partial.name(row, column));
        let at = side(partial, row);
        let side = &mut pairs.entry(operation).or_default()[at];
        add_to(&mut side.calls, partial.number(row, CALLS));
        add_to(&mut side.errors, partial.number(row, ERRORS));
        side.latency.merge(partial.histogram(row, LATENCY));
        if let Some(counts) = requests.get(&root(partial, row)).filter(shared) {
            let weight = counts[1] as f64 / total as f64 / counts[at] as f64;
            side.calls_per_request += weight * partial.number(row, CALLS) as f64;
            side.self_nano += weight * partial.number(row, SELF) as f64;
            side.critical_nano += weight * partial.number(row, CRITICAL) as f64;
        }
    }
    let pair = |(operation, sides)| Pair { operation, sides };
    pairs.into_iter().map(pair).collect()
}

fn root(partial: &Partial, row: Row) -> Operation<'_> {
    [1, 2, 3].map(|column| partial.name(row, column))
}

fn side(partial: &Partial, row: Row) -> usize {
    usize::from(partial.key(row, COHORT) == Key::U64(1))
}

fn sorted(mut pairs: Vec<Pair<'_>>) -> Vec<Pair<'_>> {
    pairs.retain(|pair| pair.sides.iter().any(|side| side.calls > 0));
    pairs.sort_by(|a, b| b.change().total_cmp(&a.change()));
    pairs
}

fn table(pairs: &[Pair<'_>]) -> Table {
    let name =
        |at: usize| ColumnData::Name(pairs.iter().map(|pair| Some(pair.operation[at])).collect());
    let change = |pair: &Pair<'_>| match pair.sides.each_ref().map(|side| side.calls > 0) {
        [true, true] => Some("both"),
        [true, false] => Some("vanished"),
        _ => Some("appeared"),
    };
    let calls = |at: usize| counts(pairs.iter().map(move |pair| pair.sides[at].calls));
    let more = pairs.iter().map(|pair| {
        Some(nano(
            pair.sides[1].calls.saturating_sub(pair.sides[0].calls),
        ))
    });
    let start = Table::new()
        .with("service", name(0))
        .with("operation", name(1))
        .with("kind", name(2))
        .with(
            "change",
            ColumnData::Name(pairs.iter().map(change).collect()),
        )
        .with("baseline_calls", calls(0))
        .with("incident_calls", calls(1))
        .with("change_calls", ColumnData::I64(more.collect()));
    let shares = with_numbers(start, pairs, "error_share", |side| {
        ratio(side.errors, side.calls)
    });
    let rates = with_numbers(shares, pairs, "calls_per_request", |side| {
        Some(side.calls_per_request)
    });
    let selfs = with_times(rates, pairs, "self_time", |side| Some(side.self_nano));
    let critical = with_times(selfs, pairs, "critical_time", |side| {
        Some(side.critical_nano)
    });
    let quantiles = [("p50", 0.5), ("p95", 0.95), ("p99", 0.99)];
    quantiles.into_iter().fold(critical, |table, (name, q)| {
        with_quantiles(table, pairs, name, q)
    })
}

/// Three columns of numbers: baseline, incident and change.
fn with_numbers(
    table: Table,
    pairs: &[Pair<'_>],
    name: &str,
    number: impl Fn(&Side) -> Option<f64>,
) -> Table {
    let cells = |at: usize| pairs.iter().map(|pair| number(&pair.sides[at])).collect();
    let change = pairs.iter().map(|pair| {
        let [before, after] = pair.sides.each_ref().map(&number);
        Some(after? - before?)
    });
    table
        .with(format!("baseline_{name}"), ColumnData::F64(cells(0)))
        .with(format!("incident_{name}"), ColumnData::F64(cells(1)))
        .with(format!("change_{name}"), ColumnData::F64(change.collect()))
}

/// Three columns of durations, rounded to nanoseconds.
fn with_times(
    table: Table,
    pairs: &[Pair<'_>],
    name: &str,
    time: impl Fn(&Side) -> Option<f64>,
) -> Table {
    let round = |n: f64| n.round() as i64;
    let cells = |at: usize| {
        let cells = pairs.iter().map(|pair| time(&pair.sides[at]).map(round));
        ColumnData::Duration(cells.collect())
    };
    let change = pairs.iter().map(|pair| {
        let [before, after] = pair.sides.each_ref().map(&time);
        Some(round(after? - before?))
    });
    table
        .with(format!("baseline_{name}"), cells(0))
        .with(format!("incident_{name}"), cells(1))
        .with(
            format!("change_{name}"),
            ColumnData::Duration(change.collect()),
        )
}

fn with_quantiles(table: Table, pairs: &[Pair<'_>], name: &str, q: f64) -> Table {
    let quantile = |pair: &Pair<'_>, at: usize| pair.sides[at].latency.quantile(q);
    let cells = |at: usize| some_durations(pairs.iter().map(move |pair| quantile(pair, at)));
    let change = pairs.iter().map(|pair| {
        let (before, after) = (quantile(pair, 0)?, quantile(pair, 1)?);
        Some(nano(i128::from(after) - i128::from(before)))
    });
    table
        .with(format!("baseline_{name}"), cells(0))
        .with(format!("incident_{name}"), cells(1))
        .with(
            format!("change_{name}"),
            ColumnData::Duration(change.collect()),
        )
}
