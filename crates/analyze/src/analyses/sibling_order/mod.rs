//! The order of siblings, learnt from many traces: which waits for which.

mod cells;
mod classes;
mod learnt;
mod observe;
mod plans;
#[cfg(test)]
mod tests;
mod waits;

pub use learnt::{LearntOrder, Order, OrderCounts};
pub use waits::Waits;

use super::columns::{counts, durations, names, some_durations, words};
use crate::analysis::{Analysis, Facts, TraceBatch};
use crate::facts::FactColumns;
use crate::partial::{Exemplar, KeyType, Merge, Partial, Schema};
use learnt::Pair;
use observe::Observer;
use spanwise_model::{ColumnData, Table};
use std::cmp::Reverse;
use std::ops::Range;

/// The order of siblings, learnt from many traces.
///
/// A single trace says that one span was over before another began, and never
/// whether the other waited for it. Many traces do: what runs at the same time
/// elsewhere does not wait; and what waits begins the later the longer the
/// other lasts.
///
/// Two operations are compared wherever one parent waits for spans of both, as
/// wholes: all spans of the one, all spans of the other, by effective
/// intervals and within the tolerance of the policy. An operation that a parent
/// calls again and again is compared with itself too. Below one parent, the 12
/// operations that begin first are compared, each with each; what begins behind
/// them is not.
///
/// | column | meaning |
/// |---|---|
/// | `parent_service`, `parent_operation`, `parent_kind` | the parent |
/// | `first_service`, `first_operation`, `first_kind`; `second_…` | the two siblings, the one first that is first more often |
/// | `parents` | parents that waited for both |
/// | `before` | of these: the first were all over before one of the second began |
/// | `after` | the second were all over before one of the first began |
/// | `overlapped` | one of the first and one of the second ran at the same time |
/// | `interleaved` | they took turns, never at the same time |
/// | `violated_share` | the share of the last three among `parents` |
/// | `violated_to` | how large that share may be: the upper end of its score interval at 95 % confidence, near 4 / `parents` where none was seen |
/// | `gap_p50`, `gap_p95` | from the end of the first to the start of the second, where no other sibling ended in between |
/// | `waits` | how much later the second begins where the first lasts longer, from the start of the first: the slope of the least squares over the same cases, 1 where it waits and 0 where it does not; absent with fewer than 5 of them, or where the first always lasts the same |
/// | `waits_from`, `waits_to` | three standard errors to either side |
/// | `order` | `concurrent`: at the same time at least once; `either_way`: not always in one order; `unsettled`: `violated_to` is above a half; `coincidental`: always in one order, but `waits_to` is below a half; else `sequential` |
/// | `path_time` | time of the one on critical paths, with all that is below it, where the path goes on with the other: it is there by this order alone |
/// | `examples` | parents of `before`, 3 with the longest gap, of an operation with itself with the most calls: `trace/span` |
/// | `contradictions` | parents with another order, 3 likewise |
///
/// Sorted by `path_time`, largest first, then by the parent, the first and the
/// second.
///
/// Partials hold a row for each order that two operations of a parent operation
/// had: of one parent at most 66, and 12 of operations with themselves. Where
/// names of siblings hold ids, each of their parents adds as many, so rows grow
/// with the number of such names and not with that of traces alone.
///
/// ```
/// # use spanwise_analyze::{facts, run, Analysis, Policy};
/// # use spanwise_io::{assemble::assemble, notation::parse};
/// # use spanwise_model::table::Cell;
/// # use spanwise_analyze::analyses::SiblingOrder;
/// let spans = assemble(parse("
///     trace 1
///     shop GET /cart   0..100
///       cart Get      10..40
///       user Get      50..90
///     trace 2
///     shop GET /cart   0..100
///       cart Get      10..60
///       user Get      50..90
/// "))?;
/// let facts = facts::compute(&spans, &Policy::default());
/// let analysis = SiblingOrder::default();
/// let table = analysis.finish(&run(&spans, &[0, 1], &facts, &[&analysis])[0]);
/// assert_eq!(table.cell(0, "first_service"), Cell::Text("cart"));
/// assert_eq!(table.cell(0, "before"), Cell::U64(1));
/// assert_eq!(table.cell(0, "order"), Cell::Text("concurrent"));
/// assert_eq!(table.cell(0, "path_time"), Cell::Duration(30_000_000), "of the first trace");
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SiblingOrder {}

/// How many operations below one parent are compared.
pub(super) const OPERATIONS: usize = 12;

const SCHEMA: Schema = Schema {
    keys: &[
        ("parent_service", KeyType::Name),
        ("parent_operation", KeyType::Name),
        ("parent_kind", KeyType::Name),
        ("first_service", KeyType::Name),
        ("first_operation", KeyType::Name),
        ("first_kind", KeyType::Name),
        ("second_service", KeyType::Name),
        ("second_operation", KeyType::Name),
        ("second_kind", KeyType::Name),
    ],
    states: &[
        ("sequences", Merge::Sum),
        ("overlaps", Merge::Sum),
        ("turns", Merge::Sum),
        ("gap", Merge::Histogram),
        ("path_time", Merge::Sum),
        ("examples", Merge::Best(EXAMPLE_COUNT)),
        ("overlap_examples", Merge::Best(EXAMPLE_COUNT)),
        ("count", Merge::Sum),
        ("lasted", Merge::Sum),
        ("behind", Merge::Sum),
        ("lasted_lasted", Merge::Sum),
        ("lasted_behind", Merge::Sum),
        ("behind_behind", Merge::Sum),
    ],
};
const SEQUENCES: usize = 0;
const OVERLAPS: usize = 1;
const TURNS: usize = 2;
const GAP: usize = 3;
const PATH_TIME: usize = 4;
const EXAMPLES: usize = 5;
const OVERLAP_EXAMPLES: usize = 6;
/// The terms of the least squares.
const SUMS: Range<usize> = 7..13;

const EXAMPLE_COUNT: usize = 3;

impl Analysis for SiblingOrder {
    fn name(&self) -> &'static str {
        "sibling-order"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn needs(&self) -> Facts {
        Facts::CRITICAL | Facts::TIMES
    }

    fn observe(&self, traces: TraceBatch<'_>, facts: &FactColumns, out: &mut Partial) {
        let observer = Observer::new(traces.table());
        observe::all(observer, traces, (facts, out));
    }

    fn finish(&self, partial: &Partial) -> Table {
        let mut pairs = learnt::pairs(partial);
        pairs.sort_by_key(|pair| {
            let names = [pair.parent, pair.first, pair.second];
            (Reverse(pair.path_time(partial)), names)
        });
        table(partial, &pairs)
    }
}

fn table(partial: &Partial, pairs: &[Pair<'_>]) -> Table {
    let count = |of: fn(&OrderCounts) -> u64| counts(pairs.iter().map(|p| of(&p.counts).into()));
    let share = |of: fn(OrderCounts) -> Option<f64>| {
        ColumnData::F64(pairs.iter().map(|pair| of(pair.counts)).collect())
    };
    let gap = |q: f64| {
        let gaps = pairs.iter().map(|pair| pair.gaps(partial));
        some_durations(gaps.map(|gaps| gaps?.quantile(q)))
    };
    let waits = |of: fn(Waits) -> f64| {
        let waits = pairs.iter().map(|pair| pair.waits(partial));
        ColumnData::F64(waits.map(|waits| waits.map(of)).collect())
    };
    named(pairs)
        .with("parents", count(|counts| counts.parents()))
        .with("before", count(|counts| counts.before))
        .with("after", count(|counts| counts.after))
        .with("overlapped", count(|counts| counts.overlapped))
        .with("interleaved", count(|counts| counts.interleaved))
        .with("violated_share", share(OrderCounts::violated_share))
        .with("violated_to", share(OrderCounts::violated_to))
        .with("gap_p50", gap(0.5))
        .with("gap_p95", gap(0.95))
        .with("waits", waits(|waits| waits.slope))
        .with("waits_from", waits(|waits| waits.from))
        .with("waits_to", waits(|waits| waits.to))
        .with(
            "order",
            words(pairs.iter().map(|pair| pair.order(partial)), Order::name),
        )
        .with(
            "path_time",
            durations(pairs.iter().map(|pair| pair.path_time(partial))),
        )
        .with("examples", examples(partial, pairs, kept))
        .with("contradictions", examples(partial, pairs, contradicting))
}

/// The three operations of each pair.
fn named(pairs: &[Pair<'_>]) -> Table {
    let columns = SCHEMA.keys.iter().enumerate();
    columns.fold(Table::new(), |table, (at, &(name, _))| {
        let cells = pairs.iter().map(|pair| match at / 3 {
            0 => pair.parent[at],
            1 => pair.first[at - 3],
            _ => pair.second[at - 6],
        });
        table.with(name, names(cells))
    })
}

/// Examples of the order.
fn kept<'a>(partial: &'a Partial, pair: &Pair<'_>) -> Vec<&'a Exemplar> {
    let row = pair.rows[0].into_iter();
    row.flat_map(|row| partial.exemplars(row, EXAMPLES))
        .collect()
}

/// Examples of all other orders.
fn contradicting<'a>(partial: &'a Partial, pair: &Pair<'_>) -> Vec<&'a Exemplar> {
    let overlaps = pair.rows.iter().flatten();
    let overlaps = overlaps.flat_map(|&row| partial.exemplars(row, OVERLAP_EXAMPLES));
    let turned = pair.rows[1].into_iter();
    let turned = turned.flat_map(|row| partial.exemplars(row, EXAMPLES));
    overlaps.chain(turned).collect()
}

/// The best of some examples, as `trace/span`.
fn examples<'a>(
    partial: &'a Partial,
    pairs: &[Pair<'_>],
    of: fn(&'a Partial, &Pair<'_>) -> Vec<&'a Exemplar>,
) -> ColumnData {
    let texts = pairs.iter().map(|pair| {
        let mut found = of(partial, pair);
        found.sort_by_key(|one| (Reverse(one.value), &one.trace_id, &one.span_id));
        found.truncate(EXAMPLE_COUNT);
        let text = |one: &&Exemplar| format!("{}/{}", one.trace_id, one.span_id);
        found.iter().map(text).collect::<Vec<String>>()
    });
    ColumnData::TextList(texts.collect())
}
