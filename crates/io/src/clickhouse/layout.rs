//! Which column holds what.

use crate::table::{Field, Unit};

/// The collector's table of traces, for files without a header.
const COLLECTOR: [&str; 22] = [
    "Timestamp",
    "TraceId",
    "SpanId",
    "ParentSpanId",
    "TraceState",
    "SpanName",
    "SpanKind",
    "ServiceName",
    "ResourceAttributes",
    "ScopeName",
    "ScopeVersion",
    "SpanAttributes",
    "Duration",
    "StatusCode",
    "StatusMessage",
    "Events.Timestamp",
    "Events.Name",
    "Events.Attributes",
    "Links.TraceId",
    "Links.SpanId",
    "Links.TraceState",
    "Links.Attributes",
];

/// Columns by which the collector's table and Jaeger's are recognised.
const COLLECTOR_MARKS: [&str; 5] = ["Timestamp", "TraceId", "SpanId", "SpanName", "Duration"];
const JAEGER_MARKS: [&str; 5] = ["id", "trace_id", "start_time", "duration", "service_name"];

/// A column: what it says, or that it is an attribute by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) field: Option<(Field, Option<Unit>)>,
}

impl Column {
    pub(super) fn of(name: &str) -> Self {
        let field = match name {
            // Jaeger calls it so.
            "id" => Some((Field::SpanId, None)),
            name => Field::of(name).filter(|(field, _)| *field != Field::Computed),
        };
        Self {
            name: name.to_owned(),
            field,
        }
    }
}

/// True where these are the names of a table of spans that ClickHouse holds.
pub(super) fn is_span_table(names: &[&str]) -> bool {
    let has = |mark: &&str| names.contains(mark);
    COLLECTOR_MARKS.iter().all(has) || JAEGER_MARKS.iter().all(has)
}

/// The columns of a row without a header, where it seems to be one of the
/// collector's table.
pub(super) fn by_position(cells: &[&str]) -> Option<Vec<Column>> {
    let ([time, trace_id, span_id, ..], true) = (cells, cells.len() == COLLECTOR.len()) else {
        return None;
    };
    let is_id = |text: &str, digits| {
        text.len() == digits && text.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    let mut date = time.get(..10)?.bytes().enumerate();
    let is_time = date.all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    (is_time && is_id(trace_id, 32) && is_id(span_id, 16)).then(|| COLLECTOR.map(Column::of).into())
}
