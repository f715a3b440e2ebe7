//! The listing of traces.

use super::columns::{counts, durations, some_durations, symbols};
use super::trace_row::{TraceRow, TraceRows};
use crate::facts::FactColumns;
use crate::listing::{Listing, RowOrder, Rows};
use crate::runner;
use spanwise_model::table::{Names, Texts};
use spanwise_model::{flags, ColumnData, OperationId, SpanTable, Symbol, Table};

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

impl TraceList {
    /// Lists the traces with these numbers.
    #[must_use]
    pub fn table(&self, table: &SpanTable, traces: &[u32], facts: &FactColumns) -> Table {
        self.rows(table, traces, facts).into_table()
    }
}

impl Listing for TraceList {
    fn name(&self) -> &'static str {
        "traces"
    }

    fn rows(&self, table: &SpanTable, traces: &[u32], facts: &FactColumns) -> Rows {
        let scratch = || TraceRows::new(table, facts);
        let mut rows = runner::rows(traces, scratch, TraceRows::read);
        runner::sort(&mut rows, order);
        Rows {
            table: listed(table, &rows),
            order: rows.iter().map(order).collect(),
            kinds: Vec::new(),
        }
    }
}

/// The longest first.
fn order(row: &TraceRow<'_>) -> RowOrder {
    RowOrder {
        rank: u64::MAX - row.top.duration_nano(),
        trace_id: row.trace.id(),
    }
}

fn listed(table: &SpanTable, rows: &[TraceRow<'_>]) -> Table {
    let operations = &table.operations;
    let critical = |name: &dyn Fn(OperationId) -> Symbol| {
        let cell = |row: &TraceRow<'_>| row.critical.map(|(id, _)| name(id));
        symbols(table, rows.iter().map(cell))
    };
    let top = |name: &dyn Fn(OperationId) -> Symbol| {
        let cell = |row: &TraceRow<'_>| Some(name(row.top.operation_id()));
        symbols(table, rows.iter().map(cell))
    };
    let count = |of: fn(&TraceRow<'_>) -> usize| counts(rows.iter().map(|row| of(row) as i128));
    let critical_time = |row: &TraceRow<'_>| Some(row.critical?.1);
    runner::columns(&[
        ("trace_id", &|| ColumnData::Text(ids(table, rows))),
        ("service", &|| top(&|id| operations.service(id))),
        ("operation", &|| top(&|id| operations.name(id))),
        ("start", &|| {
            let starts = rows.iter().map(|row| row.top.start_unix_nano());
            ColumnData::Time(starts.collect())
        }),
        ("duration", &|| some_durations(rows.iter().map(duration))),
        ("extent", &|| {
            durations(rows.iter().map(|row| row.extent_nano))
        }),
        ("spans", &|| count(|row| row.trace.len())),
        ("services", &|| count(|row| row.services)),
        ("errors", &|| count(|row| row.errors)),
        ("critical_service", &|| {
            critical(&|id| operations.service(id))
        }),
        ("critical_operation", &|| {
            critical(&|id| operations.name(id))
        }),
        ("critical_time", &|| {
            some_durations(rows.iter().map(critical_time))
        }),
        ("components", &|| count(|row| row.components)),
        ("complete", &|| {
            let complete = rows.iter().map(|row| Some(row.reasons.is_empty()));
            ColumnData::Bool(complete.collect())
        }),
        ("incomplete", &|| ColumnData::Name(incomplete(rows))),
    ])
}

fn ids(table: &SpanTable, rows: &[TraceRow<'_>]) -> Texts {
    let mut ids = Texts::with_room(rows.len(), rows.len() * 32);
    for row in rows {
        let store = &table.store;
        store.show_trace(row.trace.id(), |text| ids.push(Some(text)));
    }
    ids
}

fn incomplete(rows: &[TraceRow<'_>]) -> Names {
    let reasons: Vec<String> = rows.iter().map(|row| row.reasons.join(", ")).collect();
    let reasons = reasons.iter().map(String::as_str);
    reasons
        .map(|text| Some(text).filter(|text| !text.is_empty()))
        .collect()
}

fn duration(row: &TraceRow<'_>) -> Option<u64> {
    (row.top.flags() & flags::MISSING_END == 0).then(|| row.top.duration_nano())
}
