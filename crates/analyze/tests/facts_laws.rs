//! Laws of facts over random traces, against oracles that follow the words of
//! the definitions nanosecond by nanosecond and pair by pair.

mod facts_common;

use facts_common::oracle::{node, notation, policies, Node, Oracle};
use facts_common::{assert_sums, table};
use proptest::prelude::*;
use spanwise_analyze::facts::critical_path::tiles;
use spanwise_analyze::facts::time_kind::pieces;
use spanwise_analyze::facts::{compute, compute_parallel};
use spanwise_analyze::{fact_flags, FactColumns, Facts, Policy};
use spanwise_model::{IssueKind, SpanTable};
use std::fmt::Write;

/// The flags of errors, pair by pair.
fn error_flags(oracle: &Oracle<'_>, facts: &FactColumns, row: u32) -> u8 {
    let errs = |row: u32| facts.flags[row as usize] & fact_flags::ERRS != 0;
    let own = |row: u32| oracle.own[row as usize];
    let tolerance = oracle.policy.tolerance_nano as i64;
    let healed = |row: u32| {
        let span = oracle.span(row);
        errs(row)
            && span.parent().is_some_and(|parent| {
                parent.children().any(|other| {
                    other.operation_id() == span.operation_id()
                        && !errs(other.row())
                        && own(other.row()).0 > own(row).0
                        && own(other.row()).0 + tolerance >= own(row).1
                })
            })
    };
    let trace = oracle.span(row).trace();
    let children = || {
        trace.spans().filter(move |child| {
            let under = child.parent().is_some_and(|parent| parent.row() == row);
            let mut links = child.links();
            let id = oracle.span(row).id();
            under || (row < child.row() && links.any(|link| link == (trace.id(), id)))
        })
    };
    let mut failed = children().filter(|child| errs(child.row())).peekable();
    let any = failed.peek().is_some();
    let explained =
        failed.any(|child| !healed(child.row()) && own(child.row()).1 <= own(row).1 + tolerance);
    let bits = [
        (errs(row), fact_flags::ERRS),
        (errs(row) && !explained, fact_flags::ORIGIN),
        (errs(row) && any, fact_flags::PROPAGATED),
        (!errs(row) && any, fact_flags::ABSORBED),
        (healed(row), fact_flags::HEALED),
        (oracle.blocking[row as usize], fact_flags::BLOCKING),
    ];
    bits.iter()
        .filter(|bit| bit.0)
        .fold(0, |flags, bit| flags | bit.1)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn facts_are_what_the_definitions_say(
        nodes in prop::collection::vec(node(), 1..24),
        policy in policies(),
    ) {
        let table = table(&notation(&nodes));
        let facts = compute(&table, &policy);
        let oracle = Oracle::new(&table, policy);
        let self_nano: Vec<u64> = (0..table.len()).map(|row| oracle.self_nano(row)).collect();
        prop_assert_eq!(&facts.self_nano, &self_nano);
        prop_assert_eq!(&facts.critical_nano, &oracle.critical());
        for row in 0..table.len() {
            let flags = facts.flags[row] & !fact_flags::ON_PATH;
            prop_assert_eq!(flags, error_flags(&oracle, &facts, row as u32), "row {}", row);
        }
    }

    #[test]
    fn tiles_are_the_root_and_the_sum(
        nodes in prop::collection::vec(node(), 1..24),
        policy in policies(),
    ) {
        let ended: Vec<Node> = nodes
            .into_iter()
            .map(|node| Node { length: node.length.max(0), ..node })
            .collect();
        assert_sums(&table(&notation(&ended)), &policy);
    }

    #[test]
    fn pieces_of_a_kind_are_the_tiles(
        nodes in prop::collection::vec(node(), 1..24),
        policy in policies(),
    ) {
        let table = table(&notation(&nodes));
        let facts = compute(&table, &policy);
        for (trace, top) in table.traces().flat_map(|t| t.tops().map(move |top| (t, top))) {
            let tiles = tiles(trace, top, &policy);
            let tiles = tiles.iter().map(|tile| (tile.row, tile.from_unix_nano, tile.to_unix_nano));
            let pieces = pieces(top, &facts).into_iter();
            let pieces = pieces.map(|piece| (piece.row, piece.from_unix_nano, piece.to_unix_nano));
            prop_assert_eq!(tiles.collect::<Vec<_>>(), pieces.collect::<Vec<_>>());
        }
    }

    #[test]
    fn what_is_not_overlapped_is_self_time(
        nodes in prop::collection::vec(node(), 1..24),
        policy in policies(),
    ) {
        let table = table(&notation(&nodes));
        let facts = compute(&table, &policy);
        let mut clear = vec![0; table.len()];
        for (trace, top) in table.traces().flat_map(|t| t.tops().map(move |top| (t, top))) {
            for tile in tiles(trace, top, &policy).iter().filter(|tile| !tile.overlapped) {
                clear[tile.row as usize] += tile.duration_nano();
            }
        }
        for (row, clear) in clear.iter().enumerate() {
            prop_assert!(*clear <= facts.self_nano[row], "row {}", row);
        }
    }

    #[test]
    fn the_path_inside_a_span_lasts_as_long_as_the_span(
        nodes in prop::collection::vec(node(), 1..16),
    ) {
        let table = table(&notation(&nodes));
        let policy = Policy::default().tolerance_nano(2);
        let oracle = Oracle::new(&table, policy);
        let trace = table.trace(0);
        for span in trace.spans() {
            let inside: u64 = tiles(trace, span, &policy).iter().map(|t| t.duration_nano()).sum();
            let (start, end) = oracle.effective[span.row() as usize].unwrap_or((0, 0));
            prop_assert_eq!(inside, end.abs_diff(start));
        }
    }
}

/// Many traces of pseudo-random shape.
fn many_traces() -> SpanTable {
    let mut text = String::new();
    let mut state = 1_u64;
    let mut random = move |below: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) % below
    };
    for trace in 1..=3_000 {
        let _ = writeln!(text, "trace {trace:x}");
        for span in 1..=1 + random(20) {
            let (start, length) = (random(90), random(60));
            let status = ["", "error"][random(2) as usize];
            let _ = write!(
                text,
                "s{} op 0.{start:02}..{} {status} id={span}",
                random(3),
                start + length
            );
            match random(span) {
                0 => text.push('\n'),
                parent => drop(writeln!(text, " parent={parent}")),
            }
        }
    }
    table(&text)
}

#[test]
fn runs_and_threads_cannot_be_seen() {
    let table = many_traces();
    let policy = Policy::default();
    let alone = compute(&table, &policy);
    let [together, kept] =
        [Facts::NONE, Facts::TIMES].map(|needs| compute_parallel(&table, &policy, needs));
    assert_eq!(alone.slack(&table), kept.slack(&table));
    assert!(alone.issues.count(IssueKind::ClippedChild) > 1_000);
    assert_eq!(alone.self_nano, together.self_nano);
    assert_eq!(alone.critical_nano, together.critical_nano);
    assert_eq!(alone.outcome, together.outcome);
    assert_eq!(alone.flags, together.flags);
    assert_eq!(alone.issues, together.issues);
    assert_eq!(alone.flags.len(), table.len());
}

#[test]
fn no_span_no_facts() {
    let table = SpanTable::default();
    assert!(compute(&table, &Policy::default()).flags.is_empty());
    assert!(compute_parallel(&table, &Policy::default(), Facts::TIMES)
        .flags
        .is_empty());
}
