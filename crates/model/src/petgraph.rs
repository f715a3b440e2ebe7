//! A trace as a graph of petgraph: parents point to their children.
//!
//! [`Trace`] implements petgraph's visit traits, so that its algorithms and
//! adaptors (toposort, dominators, dijkstra, filters, `Reversed`) run on a
//! trace without a copy. Nodes are rows of the span table. Hot paths of this
//! project use the columns.

use crate::trace::Trace;
use crate::trace_table::NO_PARENT;
use petgraph::visit::{
    Data, EdgeRef, GraphBase, GraphProp, GraphRef, IntoEdgeReferences, IntoEdges,
    IntoEdgesDirected, IntoNeighbors, IntoNeighborsDirected, IntoNodeIdentifiers,
    IntoNodeReferences, NodeCompactIndexable, NodeCount, NodeIndexable, NodeRef, VisitMap,
    Visitable,
};
use petgraph::{Directed, Direction};
use std::ops::Range;

/// The edge from a parent to its child; it is named by the child's row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParentEdge {
    parent: u32,
    child: u32,
}

impl EdgeRef for ParentEdge {
    type NodeId = u32;
    type EdgeId = u32;
    type Weight = ();

    fn source(&self) -> u32 {
        self.parent
    }
    fn target(&self) -> u32 {
        self.child
    }
    fn weight(&self) -> &() {
        &()
    }
    fn id(&self) -> u32 {
        self.child
    }
}

/// A row as a node whose weight is itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowNode(u32);

impl NodeRef for RowNode {
    type NodeId = u32;
    type Weight = u32;

    fn id(&self) -> u32 {
        self.0
    }
    fn weight(&self) -> &u32 {
        &self.0
    }
}

/// Which rows of a trace were visited.
#[derive(Clone, Debug, Default)]
pub struct RowSet {
    first: u32,
    seen: Vec<bool>,
}

impl VisitMap<u32> for RowSet {
    fn visit(&mut self, row: u32) -> bool {
        !std::mem::replace(&mut self.seen[(row - self.first) as usize], true)
    }
    fn is_visited(&self, row: &u32) -> bool {
        self.seen[(row - self.first) as usize]
    }
    fn unvisit(&mut self, row: u32) -> bool {
        std::mem::replace(&mut self.seen[(row - self.first) as usize], false)
    }
}

/// The neighbours of a row in one direction.
#[derive(Clone, Debug)]
pub struct Neighbors<'a> {
    ends: &'a [u32],
    rows: Range<u32>,
    parent: Option<u32>,
}

impl Iterator for Neighbors<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        if let Some(parent) = self.parent.take() {
            return Some(parent);
        }
        let row = self.rows.start;
        (row < self.rows.end).then(|| {
            self.rows.start = self.ends[row as usize];
            row
        })
    }
}

impl GraphBase for Trace<'_> {
    type NodeId = u32;
    type EdgeId = u32;
}

impl GraphRef for Trace<'_> {}

impl Data for Trace<'_> {
    type NodeWeight = u32;
    type EdgeWeight = ();
}

impl GraphProp for Trace<'_> {
    type EdgeType = Directed;
}

impl<'a> IntoNeighbors for Trace<'a> {
    type Neighbors = Neighbors<'a>;

    fn neighbors(self, row: u32) -> Neighbors<'a> {
        self.neighbors_directed(row, Direction::Outgoing)
    }
}

impl<'a> IntoNeighborsDirected for Trace<'a> {
    type NeighborsDirected = Neighbors<'a>;

    fn neighbors_directed(self, row: u32, direction: Direction) -> Neighbors<'a> {
        let columns = &self.table().columns;
        let parent = columns.parent[row as usize];
        match direction {
            Direction::Outgoing => Neighbors {
                ends: &columns.subtree_end,
                rows: row + 1..columns.subtree_end[row as usize],
                parent: None,
            },
            Direction::Incoming => Neighbors {
                ends: &columns.subtree_end,
                rows: 0..0,
                parent: (parent != NO_PARENT).then_some(parent),
            },
        }
    }
}

impl<'a> IntoEdgeReferences for Trace<'a> {
    type EdgeRef = ParentEdge;
    type EdgeReferences = Box<dyn Iterator<Item = ParentEdge> + 'a>;

    fn edge_references(self) -> Self::EdgeReferences {
        let parents = &self.table().columns.parent;
        Box::new(self.rows().filter_map(move |child| {
            let parent = parents[child as usize];
            (parent != NO_PARENT).then_some(ParentEdge { parent, child })
        }))
    }
}

impl<'a> IntoEdges for Trace<'a> {
    type Edges = Box<dyn Iterator<Item = ParentEdge> + 'a>;

    fn edges(self, parent: u32) -> Self::Edges {
        Box::new(
            self.neighbors(parent)
                .map(move |child| ParentEdge { parent, child }),
        )
    }
}

impl<'a> IntoEdgesDirected for Trace<'a> {
    type EdgesDirected = Box<dyn Iterator<Item = ParentEdge> + 'a>;

    fn edges_directed(self, row: u32, direction: Direction) -> Self::EdgesDirected {
        Box::new(
            self.neighbors_directed(row, direction)
                .map(move |other| match direction {
                    Direction::Outgoing => ParentEdge {
                        parent: row,
                        child: other,
                    },
                    Direction::Incoming => ParentEdge {
                        parent: other,
                        child: row,
                    },
                }),
        )
    }
}

impl IntoNodeIdentifiers for Trace<'_> {
    type NodeIdentifiers = Range<u32>;

    fn node_identifiers(self) -> Range<u32> {
        self.rows()
    }
}

impl<'a> IntoNodeReferences for Trace<'a> {
    type NodeRef = RowNode;
    type NodeReferences = std::iter::Map<Range<u32>, fn(u32) -> RowNode>;

    fn node_references(self) -> Self::NodeReferences {
        self.rows().map(RowNode)
    }
}

impl NodeCount for Trace<'_> {
    fn node_count(&self) -> usize {
        self.len()
    }
}

impl NodeIndexable for Trace<'_> {
    fn node_bound(&self) -> usize {
        self.len()
    }
    fn to_index(&self, row: u32) -> usize {
        (row - self.rows().start) as usize
    }
    fn from_index(&self, index: usize) -> u32 {
        self.rows().start + index as u32
    }
}

impl NodeCompactIndexable for Trace<'_> {}

impl Visitable for Trace<'_> {
    type Map = RowSet;

    fn visit_map(&self) -> RowSet {
        RowSet {
            first: self.rows().start,
            seen: vec![false; self.len()],
        }
    }

    fn reset_map(&self, map: &mut RowSet) {
        *map = self.visit_map();
    }
}
