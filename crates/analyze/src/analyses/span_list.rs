//! The listing of spans.

use super::attribute_columns::{attribute, with_attributes};
use super::canonical_columns::{with_canonical, Choice};
use super::columns::{some_durations, symbols, words};
use super::peers::Peers;
use crate::facts::{fact_flags, slack_of, FactColumns, Outcome, SlackColumns};
use crate::listing::{Listing, RowOrder, Rows};
use spanwise_model::table::{Names, Texts};
use spanwise_model::{
    flags, ColumnData, OperationId, ResourceId, Result, Span, SpanId, SpanKind, SpanTable,
    StatusCode, Symbol, Table,
};

/// Hexadecimal digits of an id.
const TRACE_DIGITS: usize = 32;
const SPAN_DIGITS: usize = 16;

/// One row a span, with what is known about it.
///
/// | column | meaning |
/// |---|---|
/// | `trace_id`, `span_id`, `parent_span_id` | ids; the parent's also where the parent is missing |
/// | `service`, `operation`, `kind` | the operation |
/// | `start`, `duration` | as the source has them; no duration where the end is missing |
/// | `self_time` | time in which no blocking child ran |
/// | `critical_time` | its share of its component's critical path |
/// | `slack` | how much later it could have ended without its component ending later; none where nobody waits for it |
/// | `drag` | how much sooner its component would have ended if it had taken no time; none where it has slack |
/// | `percentile` | where peers are given ([`SpanList::among`]): the share of them that lasted no longer, in percent; none where the end is missing |
/// | `outcome`, `errs` | how it ended, and whether that is an error for its kind |
/// | `origin` | whether an error began here |
/// | `status`, `status_message`, `status_error` | as the source has them; the last is the format's own error flag |
/// | `instance`, `scope` | what emitted it, and by which library |
///
/// then the chosen attributes, each from the span, else from its resource, and
/// the chosen canonical fields, each under its newest name whatever the source
/// calls it.
/// Sorted by trace id, and within a trace in preorder.
///
/// ```
/// # use spanwise_analyze::{facts, Policy};
/// # use spanwise_io::{assemble::assemble, notation::parse};
/// # use spanwise_model::table::Cell;
/// # use spanwise_analyze::analyses::SpanList;
/// let spans = assemble(parse("
///     shop GET /cart   0..100 http.route=/cart
///       cart Get      10..60 @k8s.pod.name=cart-1
/// "))?;
/// let facts = facts::compute(&spans, &Policy::default());
/// let list = SpanList::default().attributes(["http.route", "k8s.pod.name"]);
/// let table = list.table(&spans, &[0], &facts);
/// assert_eq!(table.cell(0, "self_time"), Cell::Duration(50_000_000));
/// assert_eq!(table.cell(0, "http.route"), Cell::Text("/cart"));
/// assert_eq!(table.cell(1, "k8s.pod.name"), Cell::Text("cart-1"));
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SpanList {
    /// Attributes that get a column each.
    pub attributes: Vec<String>,
    pub(super) canonical: Choice,
    /// Among whom spans get a percentile.
    pub peers: Option<Peers>,
}

impl SpanList {
    /// The same listing with a column for each of these attributes.
    #[must_use]
    pub fn attributes(mut self, keys: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.attributes.extend(keys.into_iter().map(Into::into));
        self
    }

    /// The same listing with a column for each of these canonical fields; see
    /// [`spanwise_model::canonical::FIELDS`].
    ///
    /// ```
    /// # use spanwise_analyze::analyses::SpanList;
    /// assert!(SpanList::default().canonical(["http.response.status_code"]).is_ok());
    /// let error = SpanList::default().canonical(["http.status_code"]).expect_err("an old name");
    /// assert!(error.to_string().contains("its canonical name is http.response.status_code"));
    /// ```
    ///
    /// # Errors
    ///
    /// [`spanwise_model::ErrorKind::Usage`] where there is no field of a name.
    pub fn canonical(mut self, names: impl IntoIterator<Item = impl AsRef<str>>) -> Result<Self> {
        self.canonical = Choice::named(names)?;
        Ok(self)
    }

    /// The same listing with a column for each canonical field that some listed
    /// span says something of.
    #[must_use]
    pub fn all_canonical(mut self) -> Self {
        self.canonical = Choice::Said;
        self
    }

    /// The same listing with a column that says where each span stands among
    /// these peers; see [`Peers::percentile`].
    #[must_use]
    pub fn among(mut self, peers: Peers) -> Self {
        self.peers = Some(peers);
        self
    }

    /// Lists the spans of the traces with these numbers.
    #[must_use]
    pub fn table(&self, table: &SpanTable, traces: &[u32], facts: &FactColumns) -> Table {
        let listed = self.unordered(table, traces, facts).into_table();
        self.canonical.without_empty(listed)
    }

    /// The rows without where each stands among those of other traces.
    fn unordered(&self, table: &SpanTable, traces: &[u32], facts: &FactColumns) -> Rows {
        let rows = rows_of(table, traces);
        let listed = Listed {
            table,
            facts,
            rows: &rows,
        };
        let columns = listed.operations(ids(table, traces, &rows));
        let columns = listed.times(columns, &slack_of(table, traces, facts));
        let columns = match &self.peers {
            Some(peers) => columns.with("percentile", listed.percentiles(peers)),
            None => columns,
        };
        let columns = listed.emitters(listed.outcomes(columns));
        let columns = with_canonical(columns, self, table, &rows);
        with_attributes(columns, Vec::new(), &self.attributes, |key| {
            rows.iter().map(|&row| attribute(table, row, key)).collect()
        })
    }
}

/// The spans of a listing, and the columns that say of them what is known.
#[derive(Clone, Copy)]
struct Listed<'a> {
    table: &'a SpanTable,
    facts: &'a FactColumns,
    rows: &'a [u32],
}

impl<'a> Listed<'a> {
    fn spans(self) -> impl ExactSizeIterator<Item = Span<'a>> {
        let table = self.table;
        self.rows.iter().map(move |&row| Span::new(table, row))
    }

    fn operations(self, columns: Table) -> Table {
        let operations = &self.table.operations;
        let named = |name: &dyn Fn(OperationId) -> Symbol| {
            let names = self.spans().map(|span| Some(name(span.operation_id())));
            symbols(self.table, names)
        };
        columns
            .with("service", named(&|id| operations.service(id)))
            .with("operation", named(&|id| operations.name(id)))
            .with("kind", words(self.spans().map(Span::kind), SpanKind::name))
    }

    fn times(self, columns: Table, slack: &SlackColumns) -> Table {
        let starts = self.spans().map(Span::start_unix_nano).collect();
        let nano = |column: &[u64]| {
            let cells = self.rows.iter().map(|&row| Some(column[row as usize]));
            some_durations(cells)
        };
        let places = || 0..self.rows.len();
        columns
            .with("start", ColumnData::Time(starts))
            .with("duration", some_durations(self.spans().map(duration)))
            .with("self_time", nano(&self.facts.self_nano))
            .with("critical_time", nano(&self.facts.critical_nano))
            .with(
                "slack",
                some_durations(places().map(|at| slack.slack_nano(at))),
            )
            .with(
                "drag",
                some_durations(places().map(|at| slack.drag_nano(at))),
            )
    }

    fn percentiles(self, peers: &Peers) -> ColumnData {
        let peers = peers.of_operations(self.table);
        let percentile = |span: Span<'_>| {
            let peers = peers[span.operation_id().0 as usize]?;
            peers
                .share_up_to(duration(span)?)
                .map(|share| 100.0 * share)
        };
        ColumnData::F64(self.spans().map(percentile).collect())
    }

    fn outcomes(self, columns: Table) -> Table {
        let of_rows = || self.rows.iter().map(|&row| row as usize);
        let outcomes = of_rows().map(|row| self.facts.outcome[row]);
        let fact = |flag: u8| {
            let cells = of_rows().map(|row| self.facts.flags[row] & flag != 0);
            ColumnData::Bool(cells.collect())
        };
        let messages = self.spans().map(Span::status_message).collect();
        let errors = self.spans().map(status_error).collect();
        columns
            .with("outcome", words(outcomes, Outcome::name))
            .with("errs", fact(fact_flags::ERRS))
            .with("origin", fact(fact_flags::ORIGIN))
            .with(
                "status",
                words(self.spans().map(Span::status), StatusCode::name),
            )
            .with("status_message", ColumnData::Text(messages))
            .with("status_error", ColumnData::Bool(errors))
    }

    fn emitters(self, columns: Table) -> Table {
        let scopes = self.rows.iter().map(|&row| {
            let scope = self.table.columns.scope[row as usize];
            Some(self.table.store.scopes.get(scope).0)
        });
        columns
            .with("instance", instances(self.rows, self.table))
            .with("scope", symbols(self.table, scopes))
    }
}

impl Listing for SpanList {
    fn name(&self) -> &'static str {
        "spans"
    }

    fn asked(&self) -> String {
        let Self {
            attributes,
            canonical,
            peers,
        } = self;
        format!("spans {attributes:?} {canonical:?} {peers:?}")
    }

    fn rows(&self, table: &SpanTable, traces: &[u32], facts: &FactColumns) -> Rows {
        let order = traces.iter().flat_map(|&trace| {
            let order = RowOrder::of_trace(table.trace_ids[trace as usize]);
            std::iter::repeat_n(order, table.rows(trace).len())
        });
        Rows {
            order: order.collect(),
            ..self.unordered(table, traces, facts)
        }
    }
}

fn rows_of(table: &SpanTable, traces: &[u32]) -> Vec<u32> {
    let of_trace = |&trace: &u32| table.rows(trace);
    let mut rows = Vec::with_capacity(traces.iter().map(of_trace).map(|rows| rows.len()).sum());
    rows.extend(traces.iter().flat_map(of_trace));
    rows
}

fn ids(table: &SpanTable, traces: &[u32], rows: &[u32]) -> Table {
    let store = &table.store;
    let mut of_traces = Texts::with_room(rows.len(), rows.len() * TRACE_DIGITS);
    for trace in traces.iter().map(|&index| table.trace(index)) {
        store.show_trace(trace.id(), |id| {
            trace.rows().for_each(|_| of_traces.push(Some(id)));
        });
    }
    let spans = || rows.iter().map(|&row| Span::new(table, row));
    let own = span_ids(table, spans().map(|span| Some(span.id())));
    let parents = spans().map(Span::parent_id);
    Table::new()
        .with("trace_id", ColumnData::Text(of_traces))
        .with("span_id", own)
        .with("parent_span_id", span_ids(table, parents))
}

fn span_ids(table: &SpanTable, ids: impl ExactSizeIterator<Item = Option<SpanId>>) -> ColumnData {
    let mut texts = Texts::with_room(ids.len(), ids.len() * SPAN_DIGITS);
    for id in ids {
        match id {
            Some(id) => table.store.show_span(id, |id| texts.push(Some(id))),
            None => texts.push(None),
        }
    }
    ColumnData::Text(texts)
}

fn duration(span: Span<'_>) -> Option<u64> {
    (span.flags() & flags::MISSING_END == 0).then(|| span.duration_nano())
}

fn status_error(span: Span<'_>) -> Option<bool> {
    Some(span.flags() & flags::FORMAT_ERROR != 0)
}

fn instances(rows: &[u32], table: &SpanTable) -> ColumnData {
    let store = &table.store;
    let resources = (0..store.resources.len() as u32).map(ResourceId);
    let instances: Vec<_> = resources
        .map(|id| store.resources.instance(id, &store.strings))
        .collect();
    let number = |&row: &u32| {
        let resource = table.columns.resource[row as usize].0;
        let instance = instances.get(resource as usize)?;
        instance.as_ref().map(|_| resource)
    };
    let text = |resource: u32| instances[resource as usize].as_deref().unwrap_or_default();
    ColumnData::Name(Names::of_numbers(rows.iter().map(number), text))
}
