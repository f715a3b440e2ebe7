//! From parents to children.

use super::Edge;
use crate::facts::families::{Placed, Times};
use crate::facts::FactColumns;
use spanwise_model::trace_table::NO_PARENT;
use spanwise_model::{flags, SpanTable};

pub(super) fn edges(table: &SpanTable, traces: &[u32], facts: &FactColumns) -> Vec<Edge> {
    let mut times = Times::new(table, facts);
    let mut edges = Vec::new();
    for &trace in traces {
        let placed = times.of(table.trace(trace));
        let children = table.rows(trace);
        edges.extend(children.filter_map(|row| edge(table, &placed, row)));
    }
    edges
}

/// From the parent of a span to the span.
pub(super) fn edge(table: &SpanTable, placed: &Placed<'_>, row: u32) -> Option<Edge> {
    let parent = table.columns.parent[row as usize];
    if parent == NO_PARENT {
        return None;
    }
    let relation = match table.columns.flags[row as usize] & flags::FOLLOWS_FROM {
        0 => "child_of",
        _ => "follows_from",
    };
    Some(Edge {
        gap_nano: Some(placed.start(row).saturating_sub(placed.start(parent))),
        on_path: placed.is_on_path(parent) && placed.is_on_path(row),
        ..Edge::new(parent, row, relation)
    })
}
