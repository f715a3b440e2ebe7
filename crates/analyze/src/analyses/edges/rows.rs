//! From edges to rows of a table.

use super::Edge;
use crate::analyses::columns::{symbols, words};
use crate::analyses::sibling_order::Order;
use crate::facts::{fact_flags, FactColumns};
use spanwise_model::table::{Names, Texts};
use spanwise_model::{
    ColumnData, OperationId, Span, SpanId, SpanTable, Symbol, Table, Trace, TraceId,
};

/// Digits of ids.
const TRACE_DIGITS: usize = 32;
const SPAN_DIGITS: usize = 16;

/// The table of some edges.
pub(super) fn table(table: &SpanTable, facts: &FactColumns, edges: &[Edge]) -> Table {
    let rows = Rows { table, edges };
    let from = edges.iter().map(|edge| edge.from.ok());
    let to = edges.iter().map(|edge| Some(edge.to));
    let blocking = |edge: &Edge| {
        let flags = facts.flags[edge.to as usize];
        Some(flags & fact_flags::BLOCKING != 0)
    };
    let gaps = edges.iter().map(|edge| edge.gap_nano);
    let instead = edges.iter().map(|edge| edge.instead);
    let listed = rows.ends(Table::new(), "from", (rows.senders(), from));
    let receivers = edges.iter().map(|edge| Ok(edge.to)).collect();
    rows.ends(listed, "to", (receivers, to))
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

/// The row of a span, or its ids alone.
type End = Result<u32, (TraceId, SpanId)>;

/// Edges of a table.
#[derive(Clone, Copy)]
struct Rows<'a> {
    table: &'a SpanTable,
    edges: &'a [Edge],
}

impl Rows<'_> {
    fn senders(self) -> Vec<End> {
        self.edges.iter().map(|edge| edge.from).collect()
    }

    fn id(self, row: u32) -> SpanId {
        self.table.columns.span_id[row as usize]
    }

    /// The columns of one end: ids, and the operation where the span is there.
    fn ends(
        self,
        columns: Table,
        end: &str,
        (ends, rows): (Vec<End>, impl Iterator<Item = Option<u32>> + Clone),
    ) -> Table {
        let operations = &self.table.operations;
        let named = |name: &dyn Fn(OperationId) -> Symbol| {
            let operation = |row: u32| self.table.columns.operation[row as usize];
            let names = rows.clone().map(|row| row.map(|row| name(operation(row))));
            symbols(self.table, names)
        };
        let ids = ends.iter().map(|end| match *end {
            Ok(row) => Some(self.id(row)),
            Err((_, id)) => Some(id),
        });
        columns
            .with(format!("{end}_trace_id"), self.trace_ids(&ends))
            .with(format!("{end}_span_id"), self.span_ids(ids))
            .with(
                format!("{end}_service"),
                named(&|id| operations.service(id)),
            )
            .with(format!("{end}_operation"), named(&|id| operations.name(id)))
    }

    /// Ids of traces, each of which is written out once for all edges in a row.
    fn trace_ids(self, ends: &[End]) -> ColumnData {
        let store = &self.table.store;
        let mut texts = Texts::with_room(ends.len(), ends.len() * TRACE_DIGITS);
        let mut trace: Option<Trace<'_>> = None;
        let mut held: Option<(TraceId, String)> = None;
        for &end in ends {
            let id = match end {
                Err((id, _)) => id,
                Ok(row) => {
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
