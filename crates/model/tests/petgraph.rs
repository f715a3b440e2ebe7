//! petgraph's algorithms on a trace, without a copy.

#![cfg(feature = "petgraph")]

use petgraph::algo::{dijkstra, dominators, is_cyclic_directed, toposort};
use petgraph::visit::{Bfs, Dfs, EdgeFiltered, NodeFiltered, Reversed};
use spanwise_model::trace_table::{Columns, NO_PARENT};
use spanwise_model::{OperationId, SpanId, SpanTable, StatusCode, TraceId};

/// Two traces; the second is 2 ─ 3 ─ 4, 2 ─ 5.
fn table() -> SpanTable {
    let rows = 6;
    SpanTable {
        trace_ids: vec![TraceId(1), TraceId(2)],
        trace_ends: vec![2, 6],
        columns: Columns {
            span_id: (0..rows).map(SpanId).collect(),
            parent: vec![NO_PARENT, 0, NO_PARENT, 2, 3, 2],
            subtree_end: vec![2, 2, 6, 5, 5, 6],
            start_unix_nano: vec![0; 6],
            duration_nano: vec![1; 6],
            operation: vec![OperationId(0); 6],
            status: vec![StatusCode::Unset; 6],
            flags: vec![0; 6],
            resource: vec![Default::default(); 6],
            scope: vec![Default::default(); 6],
            record: (0..6).collect(),
            evidence: vec![Default::default(); 6],
        },
        ..SpanTable::default()
    }
}

#[test]
fn orders_and_searches_visit_each_span_once() {
    let table = table();
    let trace = table.trace(1);
    assert!(!is_cyclic_directed(trace));
    let order = toposort(trace, None).expect("a tree has no cycle");
    assert_eq!(order[0], 2);
    assert!(order.iter().position(|&r| r == 3) < order.iter().position(|&r| r == 4));
    let mut dfs = Dfs::new(trace, 3);
    let below: Vec<u32> = std::iter::from_fn(|| dfs.next(trace)).collect();
    assert_eq!(below, [3, 4]);
    let mut bfs = Bfs::new(trace, 2);
    assert_eq!(std::iter::from_fn(|| bfs.next(trace)).count(), 4);
}

#[test]
fn adaptors_compose() {
    let table = table();
    let trace = table.trace(1);
    let up = dijkstra(Reversed(trace), 4, None, |_| 1);
    assert_eq!((up[&2], up.len()), (2, 3));
    let without = NodeFiltered::from_fn(trace, |row| row != 3);
    let depth = dijkstra(&without, 2, None, |_| 1);
    assert!(!depth.contains_key(&4) && depth.contains_key(&5));
    let cut = EdgeFiltered::from_fn(trace, |edge| petgraph::visit::EdgeRef::target(&edge) != 5);
    assert!(!dijkstra(&cut, 2, None, |_| 1).contains_key(&5));
    let dominators = dominators::simple_fast(trace, 2);
    assert_eq!(dominators.immediate_dominator(4), Some(3));
}
