//! From edges to rows of a table.

use super::{Begin, Edge};
use crate::analyses::columns::words;
use crate::analyses::sibling_order::Order;
use crate::facts::{fact_flags, FactColumns};
use spanwise_model::table::{Names, Texts};
use spanwise_model::{
    ColumnData, OperationId, Span, SpanId, SpanTable, Symbol, Table, Trace, TraceId,
};

/// Digits of ids.
const TRACE_DIGITS: usize = 32;
const SPAN_DIGITS: usize = 16;

/// The table of some edges; some may begin at a span of one of the operations
/// besides, which are told by service and name.
pub(super) fn table(
    (table, facts): (&SpanTable, &FactColumns),
    edges: &[Edge],
    operations: &[[String; 2]],
) -> Table {
    let rows = Rows {
        table,
        edges,
        operations,
    };
    let blocking = |edge: &Edge| {
        let flags = facts.flags[edge.to as usize];
        Some(flags & fact_flags::BLOCKING != 0)
    };
    let gaps = edges.iter().map(|edge| edge.gap_nano);
    let instead = edges.iter().map(|edge| edge.instead);
    let from = edges.iter().map(|edge| edge.from);
    let to = edges.iter().map(|edge| Begin::Row(edge.to));
    let listed = rows.ends(Table::new(), "from", from);
    rows.ends(listed, "to", to)
        .with(
            "relation",
            words(edges.iter().map(|edge| edge.relation), |name| name),
        )
        .with("gap_time", ColumnData::Duration(gaps.collect()))
        .with(
            "blocking",
            ColumnData::Bool(edges.iter().map(blocking).collect()),
        )
        .with(
            "on_path",
            ColumnData::Bool(edges.iter().map(|edge| Some(edge.on_path)).collect()),
        )
        .with("order", ColumnData::Name(orders(edges)))
        .with(
            "instead_span_id",
            rows.span_ids(instead.map(|row| row.map(|row| rows.id(row)))),
        )
}

/// Edges of a table.
#[derive(Clone, Copy)]
struct Rows<'a> {
    table: &'a SpanTable,
    edges: &'a [Edge],
    /// Service and name of operations of other tables.
    operations: &'a [[String; 2]],
}

impl Rows<'_> {
    fn id(self, row: u32) -> SpanId {
        self.table.columns.span_id[row as usize]
    }

    /// The columns of one end: ids, and the operation where the span is there.
    fn ends(self, columns: Table, end: &str, ends: impl Iterator<Item = Begin> + Clone) -> Table {
        let of = &self.table.operations;
        let ids = ends.clone().map(|end| match end {
            Begin::Row(row) => Some(self.id(row)),
            Begin::Elsewhere((_, id), _) | Begin::Nowhere((_, id)) => Some(id),
        });
        let services = self.names(ends.clone(), |id| of.service(id), |[service, _]| service);
        let names = self.names(ends.clone(), |id| of.name(id), |[_, name]| name);
        columns
            .with(format!("{end}_trace_id"), self.trace_ids(ends))
            .with(format!("{end}_span_id"), self.span_ids(ids))
            .with(format!("{end}_service"), services)
            .with(format!("{end}_operation"), names)
    }

    /// What operations are called, those of this table and others.
    fn names(
        self,
        ends: impl Iterator<Item = Begin>,
        own: impl Fn(OperationId) -> Symbol,
        other: impl Fn(&[String; 2]) -> &String,
    ) -> ColumnData {
        let texts = self.table.store.strings.len() as u32;
        let operation = |row: u32| self.table.columns.operation[row as usize];
        let numbers = ends.map(|end| match end {
            Begin::Row(row) => Some(own(operation(row)).0),
            Begin::Elsewhere(_, number) => Some(texts + number),
            Begin::Nowhere(_) => None,
        });
        ColumnData::Name(Names::of_numbers(numbers, |number| {
            match number.checked_sub(texts) {
                Some(number) => other(&self.operations[number as usize]),
                None => self.table.text(Symbol(number)),
            }
        }))
    }

    /// Ids of traces, each of which is written out once for all edges in a row.
    fn trace_ids(self, ends: impl Iterator<Item = Begin>) -> ColumnData {
        let (store, count) = (&self.table.store, self.edges.len());
        let mut texts = Texts::with_room(count, count * TRACE_DIGITS);
        let mut trace: Option<Trace<'_>> = None;
        let mut held: Option<(TraceId, String)> = None;
        for end in ends {
            let id = match end {
                Begin::Elsewhere((id, _), _) | Begin::Nowhere((id, _)) => id,
                Begin::Row(row) => {
                    let same = trace.filter(|trace| trace.rows().contains(&row));
                    let found = same.unwrap_or_else(|| Span::new(self.table, row).trace());
                    trace.insert(found).id()
                }
            };
            let written = held.take().filter(|held| held.0 == id);
            let write = || (id, store.show_trace(id, str::to_owned));
            let (_, text) = held.insert(written.unwrap_or_else(write));
            texts.push(Some(text));
        }
        ColumnData::Text(texts)
    }

    fn span_ids(self, ids: impl Iterator<Item = Option<SpanId>>) -> ColumnData {
        let mut texts = Texts::with_room(self.edges.len(), self.edges.len() * SPAN_DIGITS);
        for id in ids {
            match id {
                Some(id) => self.table.store.show_span(id, |id| texts.push(Some(id))),
                None => texts.push(None),
            }
        }
        ColumnData::Text(texts)
    }
}

/// The names of orders.
fn orders(edges: &[Edge]) -> Names {
    let mut seen: Vec<Order> = Vec::new();
    let numbers = edges.iter().map(|edge| {
        let order = edge.order?;
        let place = seen.iter().position(|&held| held == order);
        let place = place.unwrap_or_else(|| {
            seen.push(order);
            seen.len() - 1
        });
        Some(place as u32)
    });
    let numbers: Vec<Option<u32>> = numbers.collect();
    Names::of_numbers(numbers, |number| seen[number as usize].name())
}
