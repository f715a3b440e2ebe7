//! Edges as a listing, which may see traces part by part.

use super::asked::Answers;
use super::{causal, linked, rows, tree, Edge, EdgeView};
use crate::facts::FactColumns;
use crate::listing::{Listing, RowOrder, Rows};
use crate::partial::Partial;
use spanwise_model::SpanTable;

/// The edges of traces that are listed part by part; see [`super::Edges`] for the
/// columns.
///
/// Rows of one trace say something of others: which order of siblings all of them
/// take for learnt, and where senders are. That must be known before the first
/// row is told, so partials of all chosen traces bring it along.
///
/// ```
/// # use spanwise_analyze::{facts, run, Listing, Policy};
/// # use spanwise_io::{assemble::assemble, notation::parse};
/// # use spanwise_analyze::analyses::{AskedSenders, EdgeList, EdgeView, Edges, KnownSenders};
/// let spans = assemble(parse("
///     trace 1
///     shop send 0..10 producer id=5
///     trace 2
///     mail process 50..80 consumer link=1/5
/// "))?;
/// let facts = facts::compute(&spans, &Policy::default());
/// let partial = |analysis| run(&spans, &[0, 1], &facts, &[analysis]).swap_remove(0);
/// let known = partial(&KnownSenders::of(&partial(&AskedSenders)));
/// let list = EdgeList::linked(&known);
/// let edges = Edges::default().view(EdgeView::Linked);
/// let listed = list.rows(&spans, &[1], &facts).into_table();
/// assert_eq!(listed, edges.table(&spans, &[0, 1], &facts));
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct EdgeList(Known);

/// What each view knows of all traces.
#[derive(Clone, Debug)]
enum Known {
    Tree,
    Causal(Box<Partial>),
    Linked(Answers),
}

impl EdgeList {
    /// From parents to children, which are of one trace.
    #[must_use]
    pub fn tree() -> Self {
        Self(Known::Tree)
    }

    /// From what spans may have waited for, where a partial of
    /// [`super::super::SiblingOrder`] tells what all traces say about that.
    #[must_use]
    pub fn causal(order: Partial) -> Self {
        Self(Known::Causal(Box::new(order)))
    }

    /// From senders to receivers, where a partial of [`super::KnownSenders`] tells
    /// of those of other traces.
    #[must_use]
    pub fn linked(senders: &Partial) -> Self {
        Self(Known::Linked(Answers::read(senders)))
    }

    fn view(&self) -> EdgeView {
        match self.0 {
            Known::Tree => EdgeView::Tree,
            Known::Causal(_) => EdgeView::Causal,
            Known::Linked(_) => EdgeView::Linked,
        }
    }
}

impl Listing for EdgeList {
    fn name(&self) -> &'static str {
        "edges"
    }

    fn asked(&self) -> String {
        format!("edges {:?}", self.view())
    }

    fn rows(&self, table: &SpanTable, traces: &[u32], facts: &FactColumns) -> Rows {
        let (edges, operations) = match &self.0 {
            Known::Tree => (tree::edges(table, traces, facts), &[][..]),
            Known::Causal(order) => (causal::edges(table, traces, facts, order), &[][..]),
            Known::Linked(known) => {
                let edges = linked::edges(table, traces, facts, |ids| known.find(ids));
                (edges, &known.operations[..])
            }
        };
        Rows {
            order: order(table, traces, &edges),
            table: rows::table((table, facts), &edges, operations),
            ..Rows::default()
        }
    }
}

/// Where the rows of edges stand, which come by trace.
fn order(table: &SpanTable, traces: &[u32], edges: &[Edge]) -> Vec<RowOrder> {
    let (mut order, mut edges) = (Vec::with_capacity(edges.len()), edges.iter().peekable());
    for &trace in traces {
        let (rows, of_trace) = (table.rows(trace), table.trace_ids[trace as usize]);
        while edges.next_if(|edge| rows.contains(&edge.to)).is_some() {
            order.push(RowOrder::of_trace(of_trace));
        }
    }
    order
}
