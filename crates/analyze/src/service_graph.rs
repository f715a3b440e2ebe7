//! The graph of services: who calls whom, as a graph of petgraph.
//!
//! It is read from the table of [`crate::analyses::Dependencies`], so it is
//! small and needs no spans. Cycles are strongly connected components.

// The module is public with the feature `petgraph` alone.
#![cfg_attr(not(feature = "petgraph"), allow(unreachable_pub))]

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use rustc_hash::FxHashMap;
use spanwise_model::table::Cell;
use spanwise_model::Table;

/// A node of the graph of services.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ServiceNode {
    /// The name.
    pub name: String,
    /// `service`, `database`, `queue`, `external` or `unknown`.
    pub kind: String,
}

/// An edge of the graph of services.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceCalls {
    /// The kind of connection.
    pub connection: String,
    /// How many calls there were.
    pub calls: u64,
    /// How many of them erred.
    pub errors: u64,
}

/// The graph of a table of dependencies: an edge a row, nodes in the order in
/// which they first stand there.
#[must_use]
pub fn service_graph(dependencies: &Table) -> DiGraph<ServiceNode, ServiceCalls> {
    let mut graph = DiGraph::new();
    let mut nodes: FxHashMap<ServiceNode, NodeIndex> = FxHashMap::default();
    for row in 0..dependencies.rows() {
        let ends = [("caller", "caller_kind"), ("callee", "callee_kind")].map(|(name, kind)| {
            let node = ServiceNode {
                name: text(dependencies, row, name),
                kind: text(dependencies, row, kind),
            };
            *nodes
                .entry(node)
                .or_insert_with_key(|node| graph.add_node(node.clone()))
        });
        let calls = ServiceCalls {
            connection: text(dependencies, row, "connection"),
            calls: count(dependencies, row, "calls"),
            errors: count(dependencies, row, "errors"),
        };
        graph.add_edge(ends[0], ends[1], calls);
    }
    graph
}

/// The cycle that each edge of the graph belongs to, in the order of edges.
///
/// Cycles are strongly connected components of at least two nodes, numbered
/// from 1 by their smallest node. Unknown nodes stand for many and close no
/// cycle; a service that calls itself is none either.
pub(crate) fn cycles(graph: &DiGraph<ServiceNode, ServiceCalls>) -> Vec<Option<u64>> {
    let known = graph.filter_map(
        |_, node| (node.kind != "unknown").then_some(node),
        |_, _| Some(()),
    );
    let mut groups: Vec<Vec<&ServiceNode>> = kosaraju_scc(&known)
        .into_iter()
        .filter(|group| group.len() > 1)
        .map(|group| group.into_iter().map(|node| known[node]).collect())
        .collect();
    groups.iter_mut().for_each(|group| group.sort_unstable());
    groups.sort_unstable();
    let numbered = groups.iter().zip(1u64..);
    let of: FxHashMap<&ServiceNode, u64> = numbered
        .flat_map(|(group, number)| group.iter().map(move |&node| (node, number)))
        .collect();
    let cycle = |edge| {
        let (from, to) = graph.edge_endpoints(edge)?;
        let number = of.get(&graph[from])?;
        (of.get(&graph[to]) == Some(number)).then_some(*number)
    };
    graph.edge_indices().map(cycle).collect()
}

fn text(table: &Table, row: usize, column: &str) -> String {
    match table.cell(row, column) {
        Cell::Text(text) => text.to_owned(),
        _ => String::new(),
    }
}

fn count(table: &Table, row: usize, column: &str) -> u64 {
    match table.cell(row, column) {
        Cell::U64(n) => n,
        _ => 0,
    }
}
