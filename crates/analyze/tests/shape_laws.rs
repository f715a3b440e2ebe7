//! Laws of shape problems over random requests, against naive rules and a naive
//! replay.

mod facts_common;

use facts_common::oracle::{policies, Oracle};
use facts_common::table;
use proptest::prelude::*;
use spanwise_analyze::analyses::ShapeProblems;
use spanwise_analyze::{facts, run, Analysis, Policy};
use spanwise_model::table::Cell;
use spanwise_model::{Span, SpanTable, Table};
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
fn expected(table: &SpanTable, policy: Policy) -> Vec<(String, i64)> {
    let oracle = Oracle::new(table, policy);
    let root = table.trace(0).primary();
    let mut found = Vec::new();
    for name in ["op0", "op1", "op2"] {
        let named = |span: &Span<'_>| {
            span.operation() == name && span.status() != spanwise_model::StatusCode::Error
        };
        let mut calls: Vec<Span<'_>> = root.children().filter(named).collect();
        calls.sort_by_key(|span| (span.start_unix_nano(), span.row()));
        if calls.len() < 2 || !fires(&calls, policy.tolerance_nano as i64) {
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
fn fires(calls: &[Span<'_>], tolerance_nano: i64) -> bool {
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
    total >= 30 && sequential * 100 >= (calls.len() - 1) * 70 && pauses < 2 * total
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn repeated_calls_are_what_naive_rules_find(calls in calls(), policy in policies()) {
        let table = table(&notation(&calls));
        let options = ShapeProblems::default()
            .traces(1)
            .repeated_calls(2)
            .repeated_nano(0)
            .serial_nano(u64::MAX);
        let answer = problems(&table, &policy, &options);
        let found: Vec<(String, i64)> = (0..answer.rows())
            .map(|row| match (answer.cell(row, "operation"), answer.cell(row, "saved_time")) {
                (Cell::Text(name), Cell::Duration(saved)) => (name.to_owned(), saved),
                other => panic!("{other:?}"),
            })
            .collect();
        prop_assert_eq!(found, expected(&table, policy));
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
            .serial_nano(0);
        let answer = problems(&table, &policy, &options);
        let total: i64 = calls.iter().map(|call| call.2).sum();
        for row in 0..answer.rows() {
            let Cell::Duration(saved) = answer.cell(row, "saved_time") else {
                panic!("no duration");
            };
            prop_assert!(0 <= saved && saved <= total.min(300));
        }
    }
}
