//! From senders to receivers, also of other traces.

use super::{Begin, Edge};
use crate::analyses::hops::{by_id, Hops};
use crate::facts::families::Times;
use crate::facts::FactColumns;
use rustc_hash::FxHashMap;
use spanwise_model::{Span, SpanId, SpanTable, TraceId};

/// The edges of some traces; `find` knows senders of other traces.
pub(super) fn edges(
    table: &SpanTable,
    traces: &[u32],
    facts: &FactColumns,
    mut find: impl FnMut((TraceId, SpanId)) -> Option<Sender>,
) -> Vec<Edge> {
    let hops = Hops::new(table);
    let mut times = Times::new(table, facts);
    let mut edges = Vec::new();
    for &trace in traces {
        let placed = times.of(table.trace(trace));
        hops.each(table.trace(trace), |hop| {
            let inside = hop.inside.map(|row| Sender::of(table, row));
            let sender = inside.or_else(|| find(hop.sender));
            let receiver = Span::new(table, hop.receiver).start_unix_nano();
            let wait = |sender: Sender| receiver.saturating_sub(sender.end_unix_nano);
            let both = |sender: u32| placed.is_on_path(sender) && placed.is_on_path(hop.receiver);
            edges.push(Edge {
                from: sender.map_or(Begin::Nowhere(hop.sender), |sender| sender.begin),
                gap_nano: sender.map(wait),
                on_path: hop.inside.is_some_and(both),
                ..Edge::new(0, hop.receiver, hop.relation)
            });
        });
    }
    edges
}

/// Where an edge begins, and when that span ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sender {
    pub(super) begin: Begin,
    pub(super) end_unix_nano: i64,
}

impl Sender {
    /// The span at a row.
    fn of(table: &SpanTable, row: u32) -> Self {
        Self {
            begin: Begin::Row(row),
            end_unix_nano: Span::new(table, row).end_unix_nano(),
        }
    }
}

/// Finds spans of other traces of a table by their ids.
pub(super) struct Senders<'a> {
    table: &'a SpanTable,
    traces: &'a [u32],
    held: FxHashMap<u32, FxHashMap<SpanId, u32>>,
}

impl<'a> Senders<'a> {
    /// Those of the traces with these numbers, ascending.
    pub(super) fn new(table: &'a SpanTable, traces: &'a [u32]) -> Self {
        Self {
            table,
            traces,
            held: FxHashMap::default(),
        }
    }

    pub(super) fn find(&mut self, (trace, span): (TraceId, SpanId)) -> Option<Sender> {
        let table = self.table;
        let at = table.trace_ids.binary_search(&trace).ok()? as u32;
        self.traces.binary_search(&at).ok()?;
        let ids = self
            .held
            .entry(at)
            .or_insert_with(|| by_id(table.trace(at)));
        ids.get(&span).map(|&row| Sender::of(table, row))
    }
}
