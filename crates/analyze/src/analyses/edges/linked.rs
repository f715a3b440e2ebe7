//! From senders to receivers, also of other traces.

use super::Edge;
use crate::analyses::hops::{by_id, Hops};
use crate::facts::families::Times;
use crate::facts::FactColumns;
use rustc_hash::FxHashMap;
use spanwise_model::{Span, SpanId, SpanTable, TraceId};

pub(super) fn edges(table: &SpanTable, traces: &[u32], facts: &FactColumns) -> Vec<Edge> {
    let hops = Hops::new(table);
    let mut times = Times::new(table, facts);
    let mut senders = Senders {
        table,
        traces,
        held: FxHashMap::default(),
    };
    let mut edges = Vec::new();
    for &trace in traces {
        let placed = times.of(table.trace(trace));
        hops.each(table.trace(trace), |hop| {
            let from = hop.inside.or_else(|| senders.find(hop.sender));
            let receiver = Span::new(table, hop.receiver).start_unix_nano();
            let wait = |row: u32| {
                let end = Span::new(table, row).end_unix_nano();
                receiver.saturating_sub(end)
            };
            let both = |sender: u32| placed.is_on_path(sender) && placed.is_on_path(hop.receiver);
            edges.push(Edge {
                from: from.ok_or(hop.sender),
                gap_nano: from.map(wait),
                on_path: hop.inside.is_some_and(both),
                ..Edge::new(0, hop.receiver, hop.relation)
            });
        });
    }
    edges
}

/// Finds spans of other traces by their ids.
struct Senders<'a> {
    table: &'a SpanTable,
    traces: &'a [u32],
    held: FxHashMap<u32, FxHashMap<SpanId, u32>>,
}

impl Senders<'_> {
    fn find(&mut self, (trace, span): (TraceId, SpanId)) -> Option<u32> {
        let table = self.table;
        let at = table.trace_ids.binary_search(&trace).ok()? as u32;
        self.traces.binary_search(&at).ok()?;
        let ids = self
            .held
            .entry(at)
            .or_insert_with(|| by_id(table.trace(at)));
        ids.get(&span).copied()
    }
}
