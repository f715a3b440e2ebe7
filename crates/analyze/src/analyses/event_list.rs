//! The listings of events and links.

use super::attribute_columns::with_attributes;
use super::columns::names;
use crate::facts::FactColumns;
use crate::listing::{Listing, RowOrder, Rows};
use spanwise_model::table::Cell;
use spanwise_model::{Attributes, ColumnData, Span, SpanTable, Table, TraceId, Value};

/// One row an event of a span: `trace_id`, `span_id`, `service`, `operation`,
/// `time`, `event`, then the chosen attributes of the event.
///
/// Sorted by trace id, then in the preorder of spans, then as in the source.
///
/// ```
/// # use spanwise_analyze::analyses::EventList;
/// # use spanwise_io::{assemble::assemble, notation::parse};
/// # use spanwise_model::table::Cell;
/// let spans = assemble(parse("shop GET 0..9 event=retry@5{attempt=2}"))?;
/// let table = EventList::default().attributes(["attempt"]).table(&spans, &[0]);
/// assert_eq!(table.cell(0, "event"), Cell::Text("retry"));
/// assert_eq!(table.cell(0, "time"), Cell::Time(5_000_000));
/// assert_eq!(table.cell(0, "attempt"), Cell::I64(2));
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventList {
    /// Attributes that get a column each; those of exceptions unless said.
    pub attributes: Vec<String>,
}

impl Default for EventList {
    fn default() -> Self {
        let keys = ["exception.type", "exception.message"];
        Self {
            attributes: keys.map(str::to_owned).to_vec(),
        }
    }
}

/// One row a link of a span: `trace_id`, `span_id`, `service`, `operation`,
/// `linked_trace_id`, `linked_span_id`, `found` (whether the linked trace is one
/// of these), then the chosen attributes of the link.
///
/// Sorted by trace id, then in the preorder of spans, then as in the source.
///
/// ```
/// # use spanwise_analyze::analyses::LinkList;
/// # use spanwise_io::{assemble::assemble, notation::parse};
/// # use spanwise_model::table::Cell;
/// let spans = assemble(parse("mail process 0..9 consumer link=1/5{messaging.offset=7}"))?;
/// let table = LinkList::default().attributes(["messaging.offset"]).table(&spans, &[0]);
/// assert_eq!(table.cell(0, "linked_span_id"), Cell::Text("0000000000000005"));
/// assert_eq!(table.cell(0, "found"), Cell::Bool(true), "the trace, not the span");
/// assert_eq!(table.cell(0, "messaging.offset"), Cell::I64(7));
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LinkList {
    /// Attributes that get a column each.
    pub attributes: Vec<String>,
}

impl EventList {
    /// The same listing with a column for each of these attributes and no
    /// others.
    #[must_use]
    pub fn attributes(mut self, keys: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.attributes = keys.into_iter().map(Into::into).collect();
        self
    }

    /// Lists the events of the traces with these numbers.
    #[must_use]
    pub fn table(&self, table: &SpanTable, traces: &[u32]) -> Table {
        self.listed(table, traces).into_table()
    }

    fn listed(&self, table: &SpanTable, traces: &[u32]) -> Rows {
        let store = &table.store;
        let events = owned(table, traces, |record| store.events_of(record));
        let times = events
            .iter()
            .map(|&(_, at)| store.events.time_unix_nano[at]);
        let texts = events
            .iter()
            .map(|&(_, at)| table.text(store.events.name[at]));
        let listed = owners(table, &events)
            .with("time", ColumnData::Time(times.collect()))
            .with("event", names(texts));
        with_attributes(listed, order(table, &events), &self.attributes, |key| {
            cells(table, &store.events.attributes, &events, key)
        })
    }
}

impl LinkList {
    /// The same listing with a column for each of these attributes.
    #[must_use]
    pub fn attributes(mut self, keys: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.attributes.extend(keys.into_iter().map(Into::into));
        self
    }

    /// Lists the links of the traces with these numbers.
    #[must_use]
    pub fn table(&self, table: &SpanTable, traces: &[u32]) -> Table {
        self.listed(table, traces).into_table()
    }

    fn listed(&self, table: &SpanTable, traces: &[u32]) -> Rows {
        let store = &table.store;
        let links = owned(table, traces, |record| store.links_of(record));
        let trace_ids = || links.iter().map(|&(_, at)| store.links.trace_id[at]);
        let span_ids = links.iter().map(|&(_, at)| store.links.span_id[at]);
        let is_chosen = |at: usize| traces.binary_search(&(at as u32)).is_ok();
        let found =
            trace_ids().map(|id| Some(table.trace_ids.binary_search(&id).is_ok_and(is_chosen)));
        let traces = trace_ids().map(|id| Some(store.trace_text(id)));
        let spans = span_ids.map(|id| Some(store.span_text(id)));
        let listed = owners(table, &links)
            .with("linked_trace_id", ColumnData::Text(traces.collect()))
            .with("linked_span_id", ColumnData::Text(spans.collect()))
            .with("found", ColumnData::Bool(found.collect()));
        with_attributes(listed, order(table, &links), &self.attributes, |key| {
            cells(table, &store.links.attributes, &links, key)
        })
    }
}

impl Listing for EventList {
    fn name(&self) -> &'static str {
        "events"
    }

    fn asked(&self) -> String {
        format!("events {:?}", self.attributes)
    }

    fn rows(&self, table: &SpanTable, traces: &[u32], _: &FactColumns) -> Rows {
        self.listed(table, traces)
    }
}

impl Listing for LinkList {
    fn name(&self) -> &'static str {
        "links"
    }

    fn asked(&self) -> String {
        format!("links {:?}", self.attributes)
    }

    fn rows(&self, table: &SpanTable, traces: &[u32], _: &FactColumns) -> Rows {
        self.listed(table, traces)
    }

    fn asks_of_other_traces(&self) -> bool {
        true
    }

    fn settle(&self, rows: Table, is_there: &dyn Fn(TraceId) -> bool) -> Table {
        let found = |row| match rows.cell(row, "linked_trace_id") {
            Cell::Text(text) => Some(is_there(TraceId::from_text(text))),
            _ => None,
        };
        let found = (0..rows.rows()).map(found).collect();
        rows.replaced("found", ColumnData::Bool(found))
    }
}

/// Events or links with the spans that own them.
fn owned(
    table: &SpanTable,
    traces: &[u32],
    of: impl Fn(u32) -> std::ops::Range<usize>,
) -> Vec<(u32, usize)> {
    let rows = traces.iter().flat_map(|&trace| table.rows(trace));
    rows.flat_map(|row| {
        let owned = of(table.columns.record[row as usize]);
        owned.map(move |at| (row, at))
    })
    .collect()
}

/// Who owns each: trace, span, service and operation.
fn owners(table: &SpanTable, owned: &[(u32, usize)]) -> Table {
    let spans = || owned.iter().map(|&(row, _)| Span::new(table, row));
    let traces = spans().map(|span| Some(span.trace().id_text()));
    let ids = spans().map(|span| Some(span.id_text()));
    Table::new()
        .with("trace_id", ColumnData::Text(traces.collect()))
        .with("span_id", ColumnData::Text(ids.collect()))
        .with("service", names(spans().map(Span::service)))
        .with("operation", names(spans().map(Span::operation)))
}

/// Where the rows of each stand: by trace.
fn order(table: &SpanTable, owned: &[(u32, usize)]) -> Vec<RowOrder> {
    let trace = |&(row, _): &(u32, usize)| Span::new(table, row).trace().id();
    let traces = owned.iter().map(trace);
    traces.map(RowOrder::of_trace).collect()
}

fn cells<'a>(
    table: &SpanTable,
    attributes: &'a Attributes,
    owned: &[(u32, usize)],
    key: &str,
) -> Vec<Option<Value<'a>>> {
    let key = table.store.strings.find(key);
    let cell = |&(_, at): &(u32, usize)| attributes.get(at as u32, key?);
    owned.iter().map(cell).collect()
}
