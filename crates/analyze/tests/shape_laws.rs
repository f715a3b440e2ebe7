//! Laws of shape problems over random requests, against naive rules and a naive
//! replay.

mod facts_common;

use facts_common::oracle::{node, policies, Oracle};
use facts_common::table;
use proptest::prelude::*;
use spanwise_analyze::analyses::ShapeProblems;
use spanwise_analyze::{facts, run, Analysis, Policy};
use spanwise_model::table::Cell;
use spanwise_model::trace::TopKind;
use spanwise_model::{Span, SpanKind, SpanTable, Table};
use std::fmt::Write;

/// A call: its name, start, length, and whether it fails.
type Call = (u8, i64, i64, bool);

fn calls() -> impl Strategy<Value = Vec<Call>> {
    // Calls of one after the other, and calls anywhere.
    let row = prop::collection::vec(
        (0..2_u8, -3..4_i64, 0..40_i64, prop::bool::weighted(0.1)),
        0..8,
    );
    let row = row.prop_map(|calls| {
        let mut over = 0;
        let placed = calls.into_iter().map(|(name, pause, length, errs)| {
            let start = (over + pause).max(0);
            over = start + length;
            (name, start, length, errs)
        });
        placed.collect::<Vec<Call>>()
    });
    let free = prop::collection::vec(
        (0..3_u8, 0..250_i64, 0..40_i64, prop::bool::weighted(0.1)),
        0..8,
    );
    (row, free).prop_map(|(row, free)| [row, free].concat())
}

fn notation(calls: &[Call]) -> String {
    let mut text = String::from("s root 0ns..300ns server\n");
    for (name, start, length, errs) in calls {
        let error = if *errs { "error" } else { "" };
        let _ = writeln!(
            text,
            "  s op{name} {start}ns..{}ns client {error}",
            start + length
        );
    }
    text
}

fn problems(table: &SpanTable, policy: &Policy, options: &ShapeProblems) -> Table {
    let facts = facts::compute(table, policy);
    options.finish(&run(table, &[0], &facts, &[options])[0])
}

/// By name of the calls: what would be saved.
fn expected(table: &SpanTable, policy: Policy, floor_nano: i64) -> Vec<(String, i64)> {
    let oracle = Oracle::new(table, policy);
    let root = table.trace(0).primary();
    let mut found = Vec::new();
    for name in ["op0", "op1", "op2"] {
        let named = |span: &Span<'_>| {
            span.operation() == name && span.status() != spanwise_model::StatusCode::Error
        };
        let mut calls: Vec<Span<'_>> = root.children().filter(named).collect();
        calls.sort_by_key(|span| (span.start_unix_nano(), span.row()));
        if calls.len() < 2 || !fires(&calls, policy.tolerance_nano as i64, floor_nano) {
            continue;
        }
        let longest = calls.iter().map(|span| span.duration_nano()).max();
        let kept = calls
            .iter()
            .find(|span| Some(span.duration_nano()) == longest);
        let kept = kept.map(|span| span.row());
        let dropped = |row: u32| calls.iter().any(|span| span.row() == row) && Some(row) != kept;
        let changed = |row: u32, nano: i64| if dropped(row) { 0 } else { nano };
        let before = oracle.replay(root.row(), &|_, nano| nano);
        let after = oracle.replay(root.row(), &changed);
        found.push((name.to_owned(), before - after));
    }
    found.sort_by_key(|(name, saved)| (-saved, name.clone()));
    found
}

/// The rule of repeated calls, as its docs say it.
fn fires(calls: &[Span<'_>], tolerance_nano: i64, floor_nano: i64) -> bool {
    let total: i64 = calls.iter().map(|span| span.duration_nano() as i64).sum();
    let (mut sequential, mut pauses) = (0, 0);
    for at in 1..calls.len() {
        let over = calls[..at].iter().map(|span| span.end_unix_nano()).max();
        let pause = calls[at].start_unix_nano() - over.unwrap_or(0);
        if pause >= -tolerance_nano {
            sequential += 1;
            pauses += pause.max(0);
        }
    }
    total >= floor_nano.max(30) && sequential * 100 >= (calls.len() - 1) * 70 && pauses < 2 * total
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn repeated_calls_are_what_naive_rules_find(
        calls in calls(),
        policy in policies(),
        floor_nano in prop::sample::select(vec![0_i64, 60, 120]),
    ) {
        let table = table(&notation(&calls));
        let options = ShapeProblems::default()
            .traces(1)
            .repeated_calls(2)
            .repeated_nano(floor_nano as u64)
            .saved_nano(u64::MAX);
        let answer = problems(&table, &policy, &options);
        let found: Vec<(String, i64)> = (0..answer.rows())
            .map(|row| match (answer.cell(row, "operation"), answer.cell(row, "saved_time")) {
                (Cell::Text(name), Cell::Duration(saved)) => (name.to_owned(), saved),
                other => panic!("{other:?}"),
            })
            .collect();
        prop_assert_eq!(found, expected(&table, policy, floor_nano));
    }

    /// Nothing saves more than the calls but the longest last, nor more than the
    /// request does.
    #[test]
    fn no_saving_is_a_sum(calls in calls(), policy in policies()) {
        let table = table(&notation(&calls));
        let options = ShapeProblems::default()
            .traces(1)
            .repeated_calls(3)
            .repeated_nano(0)
            .saved_nano(0);
        let answer = problems(&table, &policy, &options);
        let total: i64 = calls.iter().map(|call| call.2).sum();
        for row in 0..answer.rows() {
            let Cell::Duration(saved) = answer.cell(row, "saved_time") else {
                panic!("no duration");
            };
            prop_assert!(0 <= saved && saved <= total.min(300));
        }
    }

    /// Of calls at once, what would be saved had the late ones lasted the median.
    #[test]
    fn tails_are_what_naive_rules_find(
        lengths in prop::collection::vec(1..100_i64, 5..9),
        policy in policies(),
    ) {
        let calls = lengths.iter().map(|&length| (0, 0, length, false));
        let table = table(&notation(&calls.collect::<Vec<Call>>()));
        let options = ShapeProblems::default().traces(1).repeated_nano(u64::MAX).saved_nano(1);
        let answer = problems(&table, &policy, &options);
        let mut sorted = lengths.clone();
        sorted.sort_unstable();
        let (median, longest) = (sorted[(sorted.len() - 1) / 2], sorted[sorted.len() - 1]);
        if longest < 3 * median {
            prop_assert_eq!(answer.rows(), 0);
            return Ok(());
        }
        let oracle = Oracle::new(&table, policy);
        let capped = |row: u32, nano: i64| match row {
            0 => nano,
            _ if nano >= 3 * median => median,
            _ => nano,
        };
        let saved = oracle.replay(0, &|_, nano| nano) - oracle.replay(0, &capped);
        prop_assert_eq!(answer.rows(), usize::from(saved > 0));
        if saved > 0 {
            prop_assert_eq!(answer.cell(0, "problem"), Cell::Text("fanout_tail"));
            prop_assert_eq!(answer.cell(0, "saved_time"), Cell::Duration(saved));
        }
    }

    /// Calls back are those to a service that some span above the caller has.
    #[test]
    fn cycles_are_what_a_walk_up_finds(nodes in prop::collection::vec(node(), 1..20)) {
        // Each operation is a service of its own.
        let text = facts_common::oracle::notation(&nodes);
        let text = ["0", "1", "2"].iter().fold(text, |text, name| {
            text.replace(&format!("s op{name}"), &format!("s{name} op{name}"))
        });
        let table = table(&text);
        let top = table.trace(0).primary();
        let rows = top.subtree().filter(|_| top.top_kind() == TopKind::Root);
        let expected = rows.filter(|&row| is_back(Span::new(&table, row))).count();
        let options = ShapeProblems::default()
            .traces(1)
            .repeated_nano(u64::MAX)
            .saved_nano(u64::MAX);
        let answer = problems(&table, &Policy::default(), &options);
        let calls = (0..answer.rows()).map(|row| match answer.cell(row, "calls") {
            Cell::U64(calls) => calls as usize,
            other => panic!("{other:?}"),
        });
        prop_assert_eq!(calls.sum::<usize>(), expected);
    }
}

/// True where a span's service is above its parent, and not the parent's.
fn is_back(span: Span<'_>) -> bool {
    let Some(parent) = span.parent() else {
        return false;
    };
    let message = parent.kind() == SpanKind::Producer || span.kind() == SpanKind::Consumer;
    let mut above = std::iter::successors(parent.parent(), |span| span.parent());
    let elsewhere = span.service() != parent.service();
    elsewhere && !message && above.any(|other| other.service() == span.service())
}
