//! Slack and drag, aggregated: what could be slower unnoticed, and what would
//! make requests faster.

use super::by::By;
use super::columns::{counts, durations, examples, key_columns, nano, ratio, shares};
use super::columns::{quantiles, SPAN_OPERATION};
use super::exemplars::Exemplars;
use super::operations::{operation_key, request_root};
use crate::analysis::{Analysis, Facts, TraceBatch};
use crate::facts::{FactColumns, TraceSlack};
use crate::histogram::Histogram;
use crate::partial::{total, Merge, Partial, Row, Schema};
use spanwise_model::{ColumnData, OperationId, SpanTable, Table};
use std::cmp::Reverse;

/// Slack and drag of every operation or service, over the spans of requests.
///
/// The *slack* of a span is how much later it could have ended without its
/// request ending later. Its *drag* is how much sooner the request would have
/// ended if the span had taken no time, with all that is below it: as long as
/// the span where nothing runs beside it, less where something does. See
/// [`FactColumns::slack`] for the model in which both are exact.
///
/// | column | meaning |
/// |---|---|
/// | `service`, `operation`, `kind` | the key; by service the first alone |
/// | `calls` | spans that requests wait for |
/// | `critical_calls` | those of them without slack |
/// | `slack_p10`, `slack_p50`, `slack_p90` | quantiles of the slack of calls, within 1 % |
/// | `drag` | sum of the drags of its critical calls: what each alone would save |
/// | `drag_share` | `drag` as a share of the duration of all requests |
/// | `mean_drag` | `drag` / `critical_calls` |
/// | `unawaited` | spans that nobody waits for, and those below them |
/// | `examples` | the 3 spans with the largest drag, then by id: `trace/span` |
///
/// Drags of spans inside or beside each other do not add up: two equal calls at
/// once save nothing alone and everything together. Spans of incomplete traces
/// are left out, as in the critical path.
///
/// Sorted by `drag`, largest first, then by the key.
///
/// ```
/// # use spanwise_analyze::{facts, run, Analysis, Policy};
/// # use spanwise_io::{assemble::assemble, notation::parse};
/// # use spanwise_model::table::Cell;
/// # use spanwise_analyze::analyses::Slack;
/// let spans = assemble(parse("
///     shop GET /cart   0..100
///       cart Get      10..90
///       user Get      10..60
/// "))?;
/// let facts = facts::compute(&spans, &Policy::default());
/// let analysis = Slack::default();
/// let table = analysis.finish(&run(&spans, &[0], &facts, &[&analysis])[0]);
/// assert_eq!(table.cell(1, "service"), Cell::Text("cart"));
/// assert_eq!(table.cell(1, "drag"), Cell::Duration(30_000_000), "then the user is awaited");
/// assert_eq!(table.cell(2, "slack_p50"), Cell::Duration(30_000_000));
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Slack {
    /// What a row stands for.
    pub by: By,
}

const SCHEMA: Schema = Schema {
    keys: SPAN_OPERATION,
    states: &[
        ("calls", Merge::Sum),
        ("critical_calls", Merge::Sum),
        ("drag", Merge::Sum),
        ("unawaited", Merge::Sum),
        ("request_time", Merge::Sum),
        ("slack", Merge::Histogram),
        ("examples", Merge::Best(3)),
    ],
};
const CALLS: usize = 0;
const CRITICAL: usize = 1;
const DRAG: usize = 2;
const UNAWAITED: usize = 3;
const REQUEST_TIME: usize = 4;
const SLACK: usize = 5;
const EXAMPLES: usize = 6;

impl Slack {
    /// The same analysis with rows of another kind.
    #[must_use]
    pub fn by(mut self, by: By) -> Self {
        self.by = by;
        self
    }
}

impl Analysis for Slack {
    fn name(&self) -> &'static str {
        "slack"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn needs(&self) -> Facts {
        Facts::NONE
    }

    fn observe(&self, traces: TraceBatch<'_>, facts: &FactColumns, out: &mut Partial) {
        let table = traces.table();
        let mut slacks = TraceSlack::default();
        let mut tallies = vec![Tally::default(); table.operations.len()];
        for trace in traces.traces() {
            let Some(root) = request_root(trace) else {
                continue;
            };
            let (slack, first) = slacks.of(table, facts, trace.index());
            let rows = root.subtree().start as usize..root.subtree().end as usize;
            let at = (root.row() - first) as usize;
            let spans = table.columns.operation[rows].iter().zip(root.subtree());
            for ((id, row), numbers) in spans.zip(slack.from(at)) {
                tallies[id.0 as usize].add(table, row, numbers);
            }
            let duration = slack.drag_nano(at);
            let duration = duration.unwrap_or_default();
            tallies[root.operation_id().0 as usize].request_time += u128::from(duration);
        }
        for (id, tally) in (0..).map(OperationId).zip(&tallies) {
            if tally.calls() + tally.unawaited > 0 {
                let row = out.row(&operation_key(table, id));
                tally.flush(table, row, out);
            }
        }
    }

    fn finish(&self, partial: &Partial) -> Table {
        let partial = &self.by.fold(partial);
        let mut rows = partial.sorted_rows();
        rows.sort_by_key(|&row| Reverse(partial.number(row, DRAG)));
        let sum = |column| move |&row: &Row| partial.number(row, column);
        let requests = total(rows.iter().map(sum(REQUEST_TIME)));
        let quantile = |q| quantiles(partial, &rows, SLACK, q);
        let mean = |row: &Row| {
            let mean = ratio(sum(DRAG)(row), sum(CRITICAL)(row));
            mean.map(|mean| nano(mean.round() as i128))
        };
        let keys = &SCHEMA.keys[..self.by.key_columns()];
        key_columns(partial, &rows, keys)
            .with("calls", counts(rows.iter().map(sum(CALLS))))
            .with("critical_calls", counts(rows.iter().map(sum(CRITICAL))))
            .with("slack_p10", quantile(0.1))
            .with("slack_p50", quantile(0.5))
            .with("slack_p90", quantile(0.9))
            .with("drag", durations(rows.iter().map(sum(DRAG))))
            .with(
                "drag_share",
                shares(rows.iter().map(|row| (sum(DRAG)(row), requests))),
            )
            .with(
                "mean_drag",
                ColumnData::Duration(rows.iter().map(mean).collect()),
            )
            .with("unawaited", counts(rows.iter().map(sum(UNAWAITED))))
            .with("examples", examples(partial, &rows, EXAMPLES))
    }
}

/// What the spans of an operation add.
#[derive(Clone, Default)]
struct Tally {
    /// The slack of those that have no drag.
    slack: Histogram,
    /// How many have drag: the slack of these is zero.
    critical: u64,
    unawaited: u64,
    drag: u128,
    request_time: u128,
    examples: Exemplars,
}

impl Tally {
    #[inline]
    fn add(&mut self, table: &SpanTable, row: u32, numbers: (Option<u64>, Option<u64>)) {
        match numbers {
            (None, _) => self.unawaited += 1,
            (Some(slack), Some(drag)) => {
                debug_assert_eq!(slack, 0, "on the path there is none");
                self.critical += 1;
                self.drag += u128::from(drag);
                self.examples.offer(table, drag, row);
            }
            (Some(nano), None) => self.slack.add(nano),
        }
    }

    fn calls(&self) -> u64 {
        self.slack.count() + self.critical
    }

    fn flush(&self, table: &SpanTable, row: Row, out: &mut Partial) {
        out.add(row, CALLS, self.calls());
        out.record_all(row, SLACK, &self.slack);
        out.record_all(row, SLACK, &Histogram::of_equal(0, self.critical));
        out.add(row, CRITICAL, self.critical);
        out.add(row, UNAWAITED, self.unawaited);
        out.add(row, DRAG, self.drag as i128);
        out.add(row, REQUEST_TIME, self.request_time as i128);
        self.examples.flush(table, (row, EXAMPLES), out);
    }
}
