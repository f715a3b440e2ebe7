//! Edges: what leads to what, in three views.

mod asked;
mod causal;
mod linked;
mod listed;
mod rows;
mod tree;

pub use asked::{AskedSenders, KnownSenders};
pub use listed::EdgeList;

use super::sibling_order::Order;
use crate::facts::FactColumns;
use spanwise_model::{SpanId, SpanTable, Table, TraceId};

/// Which edges [`Edges`] lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EdgeView {
    /// From parents to children.
    #[default]
    Tree,
    /// From what a span may have waited for to the span: the sibling that ended
    /// last of those that were over when it began, else its parent.
    Causal,
    /// From senders to receivers, also of other traces.
    Linked,
}

/// One row an edge between two spans.
///
/// | column | meaning |
/// |---|---|
/// | `from_trace_id`, `from_span_id`, `from_service`, `from_operation` | where it begins; the last two are absent where the span is not there |
/// | `to_trace_id`, `to_span_id`, `to_service`, `to_operation` | where it ends |
/// | `relation` | `child_of`; `follows_from`: the parent is named by FOLLOWS_FROM alone; `then`: a sibling (in the causal view); `link` (in the linked view) |
/// | `gap_time` | from the start of a parent to the start of its child; from the end of a sibling or sender to the start of the other, less than nothing where it began before; absent where the former is not there |
/// | `blocking` | somebody waits for `to`: its parent, or of a top span, the request |
/// | `on_path` | the critical path goes along the edge: through both, in the causal view from the one to the other |
/// | `order` | of `then`: what all chosen traces take this order for; see [`super::SiblingOrder`] |
/// | `instead_span_id` | where they contradict it: the sibling that ended last of those that were over and whose order they do not contradict, so that the path could as well go there; absent where none is left but the parent |
///
/// Times are effective ones under the policy in the tree and the causal view,
/// and as they were recorded in the linked one. The three views are
///
/// - `tree`: every span with its parent;
/// - `causal`: every span with the sibling that it may have waited for, where
///   its parent waits for both, and else with its parent;
/// - `linked`: the hops of [`super::Flows`], with all spans that are there as
///   senders.
///
/// Sorted by the trace and then the preorder of `to`, then as in the source. Of
/// traces that are listed part by part, [`EdgeList`] has the same rows.
///
/// ```
/// # use spanwise_analyze::{facts, Policy};
/// # use spanwise_io::{assemble::assemble, notation::parse};
/// # use spanwise_model::table::Cell;
/// # use spanwise_analyze::analyses::{EdgeView, Edges};
/// let spans = assemble(parse("
///     shop GET /cart   0..100
///       cart Get      10..40
///       user Get      50..90
/// "))?;
/// let facts = facts::compute(&spans, &Policy::default());
/// let causal = Edges::default().view(EdgeView::Causal).table(&spans, &[0], &facts);
/// assert_eq!(causal.cell(1, "from_service"), Cell::Text("cart"));
/// assert_eq!(causal.cell(1, "relation"), Cell::Text("then"));
/// assert_eq!(causal.cell(1, "gap_time"), Cell::Duration(10_000_000));
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Edges {
    /// Which edges are listed.
    pub view: EdgeView,
}

/// The ids of a span.
type Ids = (TraceId, SpanId);

/// The span where an edge begins.
#[derive(Clone, Copy, Debug)]
enum Begin {
    /// At a row.
    Row(u32),
    /// One that is not in the table, with the number of its operation among those
    /// of known senders.
    Elsewhere(Ids, u32),
    /// One that is not there.
    Nowhere(Ids),
}

impl Begin {
    fn row(self) -> Option<u32> {
        match self {
            Self::Row(row) => Some(row),
            Self::Elsewhere(..) | Self::Nowhere(_) => None,
        }
    }
}

/// An edge before it is a row.
#[derive(Clone, Copy, Debug)]
struct Edge {
    from: Begin,
    to: u32,
    relation: &'static str,
    gap_nano: Option<i64>,
    on_path: bool,
    order: Option<Order>,
    instead: Option<u32>,
}

impl Edge {
    fn new(from: u32, to: u32, relation: &'static str) -> Self {
        Self {
            from: Begin::Row(from),
            to,
            relation,
            gap_nano: None,
            on_path: false,
            order: None,
            instead: None,
        }
    }
}

impl Edges {
    /// The same listing in another view.
    #[must_use]
    pub fn view(mut self, view: EdgeView) -> Self {
        self.view = view;
        self
    }

    /// Lists the edges of the traces with these numbers, ascending.
    #[must_use]
    pub fn table(&self, table: &SpanTable, traces: &[u32], facts: &FactColumns) -> Table {
        let edges = match self.view {
            EdgeView::Tree => tree::edges(table, traces, facts),
            EdgeView::Causal => {
                let order = causal::order(table, traces, facts);
                causal::edges(table, traces, facts, &order)
            }
            EdgeView::Linked => {
                let mut senders = linked::Senders::new(table, traces);
                linked::edges(table, traces, facts, |ids| senders.find(ids))
            }
        };
        rows::table((table, facts), &edges, &[])
    }
}
