//! The listing of traces.

use super::columns::{counts, durations, names, some_durations};
use crate::facts::{fact_flags, FactColumns};
use rustc_hash::FxHashMap;
use spanwise_model::keyed::HashState;
use spanwise_model::trace::TopKind;
use spanwise_model::{flags, ColumnData, OperationId, Span, SpanTable, Symbol, Table, Trace};
use std::cmp::Reverse;
use std::collections::HashSet;

/// One row a trace.
///
/// | column | meaning |
/// |---|---|
/// | `trace_id` | the id |
/// | `service`, `operation` | of the primary component's top span |
/// | `start`, `duration` | of that span; no duration where its end is missing |
/// | `extent` | from the first start to the last end of all spans |
/// | `spans`, `services` | spans, and distinct services that have a name |
/// | `errors` | spans that err |
/// | `critical_service`, `critical_operation`, `critical_time` | the operation with the most time on the primary component's critical path, and that time |
/// | `components` | how many parts the trace has fallen into |
/// | `complete` | one component under a root, no end missing |
/// | `incomplete` | why it is not: `no_root`, `several_roots`, `orphans`, `cycle`, `missing_end` |
///
/// Sorted by `duration`, longest first, then by id.
///
/// ```
/// # use spanwise_analyze::{facts, Policy};
/// # use spanwise_io::{assemble::assemble, notation::parse};
/// # use spanwise_model::table::Cell;
/// # use spanwise_analyze::analyses::TraceList;
/// let spans = assemble(parse("
///     shop GET /cart   0..100
///       cart Get      10..80
///     lost work       30..40 parent=77
/// "))?;
/// let facts = facts::compute(&spans, &Policy::default());
/// let table = TraceList::default().table(&spans, &[0], &facts);
/// assert_eq!(table.cell(0, "critical_operation"), Cell::Text("Get"));
/// assert_eq!(table.cell(0, "components"), Cell::U64(2));
/// assert_eq!(table.cell(0, "incomplete"), Cell::Text("orphans"));
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TraceList {}

struct Row<'a> {
    trace: Trace<'a>,
    top: Span<'a>,
    services: usize,
    errors: usize,
    critical: Option<(OperationId, u64)>,
    components: usize,
    reasons: Vec<&'static str>,
}

impl TraceList {
    /// Lists the traces with these numbers.
    #[must_use]
    pub fn table(&self, table: &SpanTable, traces: &[u32], facts: &FactColumns) -> Table {
        let listed = traces.iter().map(|&trace| row(table.trace(trace), facts));
        let mut rows: Vec<Row<'_>> = listed.collect();
        rows.sort_by_key(|row| (Reverse(row.top.duration_nano()), row.trace.id()));
        let operations = &table.operations;
        let critical = |name: &dyn Fn(OperationId) -> Symbol| {
            let cell = |row: &Row<'_>| row.critical.map(|(id, _)| table.text(name(id)));
            ColumnData::Name(rows.iter().map(cell).collect())
        };
        let reasons: Vec<String> = rows.iter().map(|row| row.reasons.join(", ")).collect();
        let incomplete = reasons
            .iter()
            .map(|text| Some(text.as_str()).filter(|text| !text.is_empty()));
        let start = rows.iter().map(|row| row.top.start_unix_nano());
        let complete = rows.iter().map(|row| Some(row.reasons.is_empty()));
        Table::new()
            .with(
                "trace_id",
                ColumnData::Text(rows.iter().map(|row| Some(row.trace.id_text())).collect()),
            )
            .with("service", names(rows.iter().map(|row| row.top.service())))
            .with(
                "operation",
                names(rows.iter().map(|row| row.top.operation())),
            )
            .with("start", ColumnData::Time(start.collect()))
            .with("duration", some_durations(rows.iter().map(duration)))
            .with("extent", durations(rows.iter().map(extent)))
            .with(
                "spans",
                counts(rows.iter().map(|row| row.trace.len() as i128)),
            )
            .with(
                "services",
                counts(rows.iter().map(|row| row.services as i128)),
            )
            .with("errors", counts(rows.iter().map(|row| row.errors as i128)))
            .with("critical_service", critical(&|id| operations.service(id)))
            .with("critical_operation", critical(&|id| operations.name(id)))
            .with(
                "critical_time",
                some_durations(rows.iter().map(|row| Some(row.critical?.1))),
            )
            .with(
                "components",
                counts(rows.iter().map(|row| row.components as i128)),
            )
            .with("complete", ColumnData::Bool(complete.collect()))
            .with("incomplete", ColumnData::Name(incomplete.collect()))
    }
}

fn duration(row: &Row<'_>) -> Option<u64> {
    (row.top.flags() & flags::MISSING_END == 0).then(|| row.top.duration_nano())
}

fn extent(row: &Row<'_>) -> i128 {
    let (start, end) = row.trace.extent_unix_nano();
    i128::from(end) - i128::from(start)
}

fn row<'a>(trace: Trace<'a>, facts: &FactColumns) -> Row<'a> {
    let services: HashSet<&str, HashState> = trace
        .spans()
        .map(Span::service)
        .filter(|name| !name.is_empty())
        .collect();
    let errs = |row: &u32| facts.flags[*row as usize] & fact_flags::ERRS != 0;
    let top = trace.primary();
    Row {
        trace,
        top,
        services: services.len(),
        errors: trace.rows().filter(errs).count(),
        critical: most_critical(top, facts),
        components: trace.tops().count(),
        reasons: reasons(trace),
    }
}

/// The operation with the most critical time; of equal ones the first by name.
fn most_critical(top: Span<'_>, facts: &FactColumns) -> Option<(OperationId, u64)> {
    let table = top.table();
    let mut times: FxHashMap<OperationId, u64> = FxHashMap::default();
    for row in top.subtree() {
        let at = row as usize;
        if facts.flags[at] & fact_flags::ON_PATH != 0 {
            let time = times.entry(table.columns.operation[at]).or_default();
            *time = time.saturating_add(facts.critical_nano[at]);
        }
    }
    let operations = &table.operations;
    let name = |id: OperationId| {
        let (service, name) = (operations.service(id), operations.name(id));
        (table.text(service), table.text(name), operations.kind(id))
    };
    times
        .into_iter()
        .min_by_key(|&(id, time)| (Reverse(time), name(id)))
}

/// Why a trace is not complete.
fn reasons(trace: Trace<'_>) -> Vec<&'static str> {
    let count = |kind| trace.tops().filter(|top| top.top_kind() == kind).count();
    let roots = count(TopKind::Root);
    let unfinished = trace
        .spans()
        .any(|span| span.flags() & flags::MISSING_END != 0);
    let all = [
        (roots == 0, "no_root"),
        (roots > 1, "several_roots"),
        (count(TopKind::Orphan) > 0, "orphans"),
        (count(TopKind::CycleHead) > 0, "cycle"),
        (unfinished, "missing_end"),
    ];
    all.iter()
        .filter(|(holds, _)| *holds)
        .map(|&(_, name)| name)
        .collect()
}
