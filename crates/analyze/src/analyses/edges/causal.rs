//! From what a span may have waited for to the span.
//!
//! Whose order other traces contradict is known by operation, so among those
//! that were over it is enough to remember the latest of each operation.

use super::{tree, Edge};
use crate::analyses::operations::operation_names;
use crate::analyses::sibling_order::{LearntOrder, Order, SiblingOrder, OPERATIONS};
use crate::analysis::{Analysis, TraceBatch};
use crate::facts::families::{Families, Family, Moment, Times};
use crate::facts::FactColumns;
use crate::partial::Partial;
use rustc_hash::FxHashMap;
use spanwise_model::{OperationId, SpanTable};

/// What these traces say about the order of siblings.
pub(super) fn order(table: &SpanTable, traces: &[u32], facts: &FactColumns) -> Partial {
    let mut partial = SiblingOrder::default().empty();
    SiblingOrder::default().observe(TraceBatch::new(table, traces), facts, &mut partial);
    partial
}

/// The edges of some traces, where a partial of [`SiblingOrder`] tells the order
/// of siblings.
pub(super) fn edges(
    table: &SpanTable,
    traces: &[u32],
    facts: &FactColumns,
    order: &Partial,
) -> Vec<Edge> {
    let mut orders = Orders {
        table,
        learnt: LearntOrder::read(order),
        held: FxHashMap::default(),
    };
    let mut families = Families::new(table, facts);
    let mut times = Times::new(table, facts);
    let mut edges = Vec::new();
    for &trace in traces {
        let first = edges.len();
        let rows = table.rows(trace);
        let placed = times.of(table.trace(trace));
        edges.extend(
            rows.clone()
                .filter_map(|row| tree::edge(table, &placed, row)),
        );
        // By row of the trace: where its edge stands.
        let mut places = vec![usize::MAX; rows.len()];
        for (at, edge) in edges.iter().enumerate().skip(first) {
            places[(edge.to - rows.start) as usize] = at;
        }
        families.each(table.trace(trace), |family| {
            siblings(family, &mut orders, |edge| {
                let on_path = edge.from.row().is_some_and(|from| placed.is_on_path(from));
                let on_path = on_path && placed.is_on_path(edge.to);
                edges[places[(edge.to - rows.start) as usize]] = Edge { on_path, ..edge };
            });
        });
    }
    edges
}

/// Hands out the edges between siblings.
fn siblings(family: &Family<'_>, orders: &mut Orders<'_>, mut give: impl FnMut(Edge)) {
    let mut over: Vec<(Moment, u32)> = (0..family.members.len() as u32)
        .map(|at| (family.is_over(at), at))
        .collect();
    over.sort_unstable();
    let mut over = over.into_iter().peekable();
    // Of each operation, the one that ended last of those that are over.
    let mut latest: Vec<(OperationId, u32)> = Vec::new();
    for (at, member) in family.members.iter().enumerate() {
        while let Some((_, behind)) = over.next_if(|over| over.0 <= member.begins()) {
            remember(
                family,
                &mut latest,
                (orders.operation(family, behind), behind),
            );
        }
        let Some(before) = family.before(at as u32) else {
            continue;
        };
        let to = orders.operation(family, at as u32);
        let order = orders.of(family, orders.operation(family, before), to);
        let instead = order.filter(|order| order.is_contradicted()).and_then(|_| {
            let others = latest.iter().filter(|held| held.1 != before);
            let kept = others.filter(|held| {
                let order = orders.of(family, held.0, to);
                order.is_some_and(|order| !order.is_contradicted())
            });
            kept.map(|held| held.1)
                .max_by_key(|&at| (family.member(at).end, at))
        });
        let from = family.member(before);
        give(Edge {
            gap_nano: Some(member.start.saturating_sub(from.end)),
            order,
            instead: instead.map(|at| family.member(at).row),
            ..Edge::new(from.row, member.row, "then")
        });
    }
}

fn remember(
    family: &Family<'_>,
    latest: &mut Vec<(OperationId, u32)>,
    (operation, at): (OperationId, u32),
) {
    let ends = |at: u32| (family.member(at).end, at);
    let has_room = latest.len() < OPERATIONS;
    match latest.iter_mut().find(|held| held.0 == operation) {
        Some(held) if ends(held.1) < ends(at) => held.1 = at,
        None if has_room => latest.push((operation, at)),
        _ => {}
    }
}

/// What is learnt, by numbers.
struct Orders<'a> {
    table: &'a SpanTable,
    learnt: LearntOrder<'a>,
    held: FxHashMap<[OperationId; 3], Option<Order>>,
}

impl Orders<'_> {
    fn operation(&self, family: &Family<'_>, at: u32) -> OperationId {
        self.table.columns.operation[family.member(at).row as usize]
    }

    fn of(
        &mut self,
        family: &Family<'_>,
        first: OperationId,
        second: OperationId,
    ) -> Option<Order> {
        let parent = self.table.columns.operation[family.parent as usize];
        let (table, learnt) = (self.table, &self.learnt);
        *self.held.entry([parent, first, second]).or_insert_with(|| {
            let [parent, first, second] =
                [parent, first, second].map(|id| operation_names(table, id));
            learnt.of(parent, first, second).map(|known| known.1)
        })
    }
}
