//! Call paths: the operations from a top span down to a span.
//!
//! A path is named by a hash of 128 bits that is chained from its parent's, so
//! that paths need no texts and take space linear in distinct nodes. The hash
//! is the same in every run and on every machine. A call of an operation by
//! itself stays on its node (*direct recursion folds*), and what lies deeper
//! than [`MAX_DEPTH`] nodes shares one node under its ancestor at that depth.

use rustc_hash::FxHashMap;
use spanwise_model::id::hash_words;
use spanwise_model::{OperationId, SpanTable, Trace};

/// The depth (from 0) of the deepest nodes that have a name.
pub const MAX_DEPTH: u32 = 63;

/// The name of the node for all that is deeper.
pub const DEEPER: &str = "(deeper)";

const TOP: u32 = u32::MAX;

/// A node of the tree of call paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathNode {
    /// The hash of the path.
    pub id: u128,
    /// The hash of the path above; zero at the top.
    pub parent: u128,
    /// How many nodes stand above.
    pub depth: u32,
    /// The operation; none for the node of all that is deeper.
    pub operation: Option<OperationId>,
}

/// The tree of call paths of some traces of one table.
///
/// ```
/// # use spanwise_analyze::call_path::CallPaths;
/// # use spanwise_io::{assemble::assemble, notation::parse};
/// let spans = assemble(parse("
///     shop GET /cart      0..100
///       cart Get         10..50
///         cart Get       20..40
///       cart Get         60..90
/// "))?;
/// let (mut paths, mut nodes) = (CallPaths::default(), Vec::new());
/// paths.add(spans.trace(0), &mut nodes);
/// assert_eq!(nodes, [0, 1, 1, 1], "one path, and a call by itself folds");
/// assert_eq!(paths.nodes()[1].parent, paths.nodes()[0].id);
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct CallPaths {
    nodes: Vec<PathNode>,
    /// By (parent's node, operation).
    index: FxHashMap<(u32, u32), u32>,
    /// The last calls, each where its parent's node and its operation say, so that
    /// most are not looked for.
    recent: Vec<Recent>,
}

/// A parent's node, an operation, and the node of both.
type Recent = (u32, OperationId, u32);

/// How many calls are held, a power of two.
const RECENT: usize = 1 << 11;

/// No call.
const NOBODY: Recent = (TOP, OperationId(u32::MAX), 0);

/// Where a call is held, if it is.
#[inline]
fn slot(above: u32, operation: OperationId) -> usize {
    above.wrapping_mul(37).wrapping_add(operation.0) as usize % RECENT
}

impl CallPaths {
    /// The nodes.
    #[must_use]
    pub fn nodes(&self) -> &[PathNode] {
        &self.nodes
    }

    /// Adds a trace; `out` gets the node of each of its rows.
    pub fn add(&mut self, trace: Trace<'_>, out: &mut Vec<u32>) {
        let (table, rows) = (trace.table(), trace.rows());
        let first = rows.start;
        let range = rows.start as usize..rows.end as usize;
        let parents = table.columns.parent[range.clone()].iter();
        if self.recent.is_empty() {
            self.recent.resize(RECENT, NOBODY);
        }
        out.clear();
        out.resize(range.len(), TOP);
        let spans = parents.zip(&table.columns.operation[range]);
        for (at, (parent, &operation)) in spans.enumerate() {
            // No row stands where a parent would that is none.
            let above = out.get(parent.wrapping_sub(first) as usize);
            let above = above.copied().unwrap_or(TOP);
            out[at] = self.below(table, above, operation);
        }
    }

    /// The node of a call below a node.
    #[inline]
    fn below(&mut self, table: &SpanTable, above: u32, operation: OperationId) -> u32 {
        match self.recent.get(slot(above, operation)) {
            Some(&(parent, held, node)) if (parent == above) & (held == operation) => node,
            _ => self.find(table, above, operation),
        }
    }

    #[cold]
    fn find(&mut self, table: &SpanTable, above: u32, operation: OperationId) -> u32 {
        let node = self.child(table, above, operation);
        self.recent[slot(above, operation)] = (above, operation, node);
        node
    }

    fn child(&mut self, table: &SpanTable, above: u32, operation: OperationId) -> u32 {
        let parent = self.nodes.get(above as usize).copied();
        let folds = |node: &PathNode| node.operation.is_none_or(|held| held == operation);
        if parent.is_some_and(|node| folds(&node)) {
            return above;
        }
        let named = parent.is_none_or(|node| node.depth < MAX_DEPTH);
        let operation = named.then_some(operation);
        let key = (above, operation.map_or(u32::MAX, |id| id.0));
        if let Some(&node) = self.index.get(&key) {
            return node;
        }
        let node = self.nodes.len() as u32;
        let parent_id = parent.map_or(0, |node| node.id);
        self.nodes.push(PathNode {
            id: path_id(table, parent_id, operation),
            parent: parent_id,
            depth: parent.map_or(0, |node| node.depth + 1),
            operation,
        });
        self.index.insert(key, node);
        node
    }
}

/// The hash of a path: of its parent's hash, and of service, name and kind
/// with zero bytes between.
fn path_id(table: &SpanTable, parent: u128, operation: Option<OperationId>) -> u128 {
    let mut bytes = parent.to_le_bytes().to_vec();
    match operation {
        Some(id) => {
            let operations = &table.operations;
            let (service, name) = (operations.service(id), operations.name(id));
            let kind = operations.kind(id).name();
            bytes.extend_from_slice(table.text(service).as_bytes());
            bytes.push(0);
            bytes.extend_from_slice(table.text(name).as_bytes());
            bytes.push(0);
            bytes.extend_from_slice(kind.as_bytes());
        }
        None => bytes.extend_from_slice(DEEPER.as_bytes()),
    }
    hash_words(&bytes)
}
