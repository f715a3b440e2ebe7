//! Hotspots: where time is spent, by operation or service.

use super::by::By;
use super::columns::{counts, durations, key_columns, quantiles, shares, SPAN_OPERATION};
use super::operations::request_root;
use crate::analysis::{Analysis, Facts, TraceBatch};
use crate::facts::{fact_flags, FactColumns};
use crate::partial::{total, KeyType, Merge, Partial, Row, Schema};
use spanwise_model::{flags, Span, SpanTable, Table, Trace};
use std::cmp::Reverse;
use std::ops::Range;

/// Time and errors of every operation or service, over all spans.
///
/// | column | meaning |
/// |---|---|
/// | `service`, `operation`, `kind` | the key; by service the first alone |
/// | `calls` | spans |
/// | `total_time` | sum of durations, nested spans counted in each |
/// | `self_time` | sum of self times: no blocking child was running |
/// | `self_share` | `self_time` as a share of that of all rows |
/// | `p50`, `p90`, `p95`, `p99` | quantiles of the duration, within 1 %; unfinished spans are left out |
/// | `max` | the longest duration, exactly |
/// | `errors` | spans that err |
/// | `error_share` | `errors` / `calls` |
/// | `critical_time` | time on the critical paths of requests (primary components under a real root) |
/// | `critical_share` | `critical_time` as a share of that of all rows |
/// | `unfinished` | spans without an end; they have no duration |
///
/// Sorted by `self_time`, largest first, then by the key.
///
/// ```
/// # use spanwise_analyze::{facts, run, Analysis, Policy};
/// # use spanwise_io::{assemble::assemble, notation::parse};
/// # use spanwise_model::table::Cell;
/// # use spanwise_analyze::analyses::Hotspots;
/// let spans = assemble(parse("
///     shop GET /cart   0..100
///       cart Get      10..60
///       cart Get      30..90
/// "))?;
/// let facts = facts::compute(&spans, &Policy::default());
/// let analysis = Hotspots::default();
/// let table = analysis.finish(&run(&spans, &[0], &facts, &[&analysis])[0]);
/// assert_eq!(table.cell(0, "operation"), Cell::Text("Get"));
/// assert_eq!(table.cell(0, "calls"), Cell::U64(2));
/// assert_eq!(table.cell(0, "self_time"), Cell::Duration(110_000_000));
/// assert_eq!(table.cell(1, "self_time"), Cell::Duration(20_000_000));
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hotspots {
    /// What a row stands for.
    pub by: By,
}

const STATES: &[(&str, Merge)] = &[
    ("calls", Merge::Sum),
    ("total_time", Merge::Sum),
    ("self_time", Merge::Sum),
    ("errors", Merge::Sum),
    ("critical_time", Merge::Sum),
    ("unfinished", Merge::Sum),
    ("latency", Merge::Histogram),
];
const CALLS: usize = 0;
const TOTAL: usize = 1;
const SELF: usize = 2;
const ERRORS: usize = 3;
const CRITICAL: usize = 4;
const UNFINISHED: usize = 5;
pub(super) const LATENCY: usize = 6;

const BY_OPERATION: Schema = Schema {
    keys: SPAN_OPERATION,
    states: STATES,
};
const BY_SERVICE: Schema = Schema {
    keys: &[("service", KeyType::Name)],
    states: STATES,
};

/// Sums over a batch, which adds them to its partial when it is through.
struct Tallies<'a> {
    by: By,
    table: &'a SpanTable,
    out: &'a mut Partial,
    /// By operation.
    tallies: Vec<Option<Tally>>,
}

/// Sums of one operation, and its row.
#[derive(Clone, Copy)]
struct Tally {
    row: Row,
    sums: [u128; LATENCY],
}

impl<'a> Tallies<'a> {
    fn new(by: By, table: &'a SpanTable, out: &'a mut Partial) -> Self {
        Self {
            by,
            table,
            out,
            tallies: vec![None; table.operations.len()],
        }
    }

    fn add(&mut self, trace: Trace<'_>, facts: &FactColumns) {
        let rows = trace.rows();
        let request = request_root(trace).map_or(rows.end..rows.end, Span::subtree);
        self.add_rows(rows.start..request.start, facts, false);
        self.add_rows(request.clone(), facts, true);
        self.add_rows(request.end..rows.end, facts, false);
    }

    /// Adds rows of a trace, which are of its request or not.
    #[inline]
    fn add_rows(&mut self, rows: Range<u32>, facts: &FactColumns, of_request: bool) {
        let columns = &self.table.columns;
        for at in rows.start as usize..rows.end as usize {
            let operation = columns.operation[at];
            let tally = &mut self.tallies[operation.0 as usize];
            let Tally { row, sums } = tally.get_or_insert_with(|| Tally {
                row: self.by.row(self.table, operation, self.out),
                sums: [0; LATENCY],
            });
            let duration = columns.duration_nano[at];
            let finished = columns.flags[at] & flags::MISSING_END == 0;
            sums[CALLS] += 1;
            sums[TOTAL] += u128::from(duration);
            sums[SELF] += u128::from(facts.self_nano[at]);
            sums[ERRORS] += u128::from(facts.flags[at] & fact_flags::ERRS != 0);
            sums[UNFINISHED] += u128::from(!finished);
            if of_request {
                sums[CRITICAL] += u128::from(facts.critical_nano[at]);
            }
            if finished {
                self.out.record(*row, LATENCY, duration);
            }
        }
    }

    fn flush(self) {
        for Tally { row, sums } in self.tallies.into_iter().flatten() {
            for (column, sum) in sums.into_iter().enumerate() {
                self.out.add(row, column, sum as i128);
            }
        }
    }
}

impl Hotspots {
    /// The same analysis with rows of another kind.
    #[must_use]
    pub fn by(mut self, by: By) -> Self {
        self.by = by;
        self
    }
}

impl Analysis for Hotspots {
    fn name(&self) -> &'static str {
        "hotspots"
    }

    fn schema(&self) -> &Schema {
        match self.by {
            By::Operation => &BY_OPERATION,
            By::Service => &BY_SERVICE,
        }
    }

    fn grouping(&self) -> &'static str {
        self.by.name()
    }

    fn needs(&self) -> Facts {
        Facts::SELF_TIME | Facts::CRITICAL | Facts::OUTCOME
    }

    fn observe(&self, traces: TraceBatch<'_>, facts: &FactColumns, out: &mut Partial) {
        let mut tallies = Tallies::new(self.by, traces.table(), out);
        for trace in traces.traces() {
            tallies.add(trace, facts);
        }
        tallies.flush();
    }

    fn finish(&self, partial: &Partial) -> Table {
        let mut rows = partial.sorted_rows();
        rows.sort_by_key(|&row| Reverse(partial.number(row, SELF)));
        let sum = |column| move |&row: &Row| partial.number(row, column);
        let all = |column| total(rows.iter().map(sum(column)));
        let share =
            |part: usize, whole: i128| shares(rows.iter().map(move |row| (sum(part)(row), whole)));
        let quantile = |q| quantiles(partial, &rows, LATENCY, q);
        let error_share = |row: &Row| (sum(ERRORS)(row), sum(CALLS)(row));
        key_columns(partial, &rows, self.schema().keys)
            .with("calls", counts(rows.iter().map(sum(CALLS))))
            .with("total_time", durations(rows.iter().map(sum(TOTAL))))
            .with("self_time", durations(rows.iter().map(sum(SELF))))
            .with("self_share", share(SELF, all(SELF)))
            .with("p50", quantile(0.5))
            .with("p90", quantile(0.9))
            .with("p95", quantile(0.95))
            .with("p99", quantile(0.99))
            .with("max", quantile(1.0))
            .with("errors", counts(rows.iter().map(sum(ERRORS))))
            .with("error_share", shares(rows.iter().map(error_share)))
            .with("critical_time", durations(rows.iter().map(sum(CRITICAL))))
            .with("critical_share", share(CRITICAL, all(CRITICAL)))
            .with("unfinished", counts(rows.iter().map(sum(UNFINISHED))))
    }
}
