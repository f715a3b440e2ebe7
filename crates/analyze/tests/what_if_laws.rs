//! Laws of what-if over random traces, against a naive replay.

mod facts_common;

use facts_common::oracle::{node, notation, policies, Oracle};
use facts_common::table;
use proptest::prelude::*;
use spanwise_analyze::analyses::{Change, Selection, WhatIf};
use spanwise_analyze::{facts, run, Analysis, Policy};
use spanwise_model::table::Cell;
use spanwise_model::trace::TopKind;
use spanwise_model::{Span, SpanTable, Table};

fn what_if(table: &SpanTable, policy: &Policy, analysis: &WhatIf) -> Table {
    let facts = facts::compute(table, policy);
    analysis.finish(&run(table, &[0], &facts, &[analysis])[0])
}

fn saved(table: &Table, row: usize) -> i64 {
    match table.cell(row, "saved_time") {
        Cell::Duration(nano) => nano,
        other => panic!("no duration: {other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_change_saves_what_a_naive_replay_does(
        nodes in prop::collection::vec(node(), 1..20),
        policy in policies(),
        thousandths in prop::sample::select(vec![0, 300, 1_000, 2_500]),
    ) {
        let table = table(&notation(&nodes));
        let top = table.trace(0).primary();
        let selection = Selection::default().operation("op0");
        let analysis = WhatIf::default().change(Change::OwnTime(thousandths), selection);
        let answer = what_if(&table, &policy, &analysis);
        if top.top_kind() != TopKind::Root {
            prop_assert_eq!(answer.rows(), 0);
            return Ok(());
        }
        let oracle = Oracle::new(&table, policy);
        // In thousandths of a nanosecond; what is less than nothing stays.
        let own = |row: u32, nano: i64| match Span::new(&table, row).operation() {
            "op0" if nano > 0 => nano * i64::from(thousandths),
            _ => nano * 1_000,
        };
        let before = oracle.replay(top.row(), &|_, nano| nano);
        let after = oracle.replay_own(top.row(), &|_, nano| nano, &own) / 1_000;
        prop_assert_eq!(saved(&answer, 0), before - after);
        if thousandths == 1_000 {
            prop_assert_eq!(before, after, "no change changes nothing");
        }
    }

    #[test]
    fn a_timeout_saves_what_a_naive_replay_does(
        nodes in prop::collection::vec(node(), 1..20),
        policy in policies(),
        most in 0..20_u64,
    ) {
        let table = table(&notation(&nodes));
        let top = table.trace(0).primary();
        let selection = Selection::default().operation("op1");
        let answer = what_if(&table, &policy, &WhatIf::default().change(Change::Cap(most), selection));
        if top.top_kind() == TopKind::Root {
            let oracle = Oracle::new(&table, policy);
            let cut = |row: u32, nano: i64| match Span::new(&table, row).operation() {
                "op1" => nano.min(most as i64),
                _ => nano,
            };
            let before = oracle.replay(top.row(), &|_, nano| nano);
            prop_assert_eq!(saved(&answer, 0), before - oracle.replay(top.row(), &cut));
        }
    }

    #[test]
    fn more_speed_never_saves_less(
        nodes in prop::collection::vec(node(), 1..24),
        policy in policies(),
    ) {
        let table = table(&notation(&nodes));
        let ranking = what_if(&table, &policy, &WhatIf::default());
        for row in 1..ranking.rows() {
            if ranking.cell(row, "rank") == ranking.cell(row - 1, "rank") {
                prop_assert!(saved(&ranking, row) >= saved(&ranking, row - 1));
            }
        }
    }

    #[test]
    fn the_ranking_is_what_single_changes_find(
        nodes in prop::collection::vec(node(), 1..20),
        policy in policies(),
    ) {
        let table = table(&notation(&nodes));
        let ranking = what_if(&table, &policy, &WhatIf::default());
        for row in 0..ranking.rows() {
            let Cell::Text(operation) = ranking.cell(row, "operation") else {
                panic!("a name");
            };
            let Cell::F64(speed_up) = ranking.cell(row, "speed_up") else {
                panic!("a share");
            };
            let kinds = (0..table.len() as u32).map(|row| Span::new(&table, row));
            let mut kinds = kinds.filter(|span| span.operation() == operation);
            let first = kinds.next().map(Span::operation_id);
            if kinds.any(|span| Some(span.operation_id()) != first) {
                continue;
            }
            let left = 1_000 - (speed_up * 1_000.0).round() as u32;
            let selection = Selection::default().operation(operation);
            let single = WhatIf::default().change(Change::OwnTime(left), selection);
            let single = what_if(&table, &policy, &single);
            prop_assert_eq!(saved(&ranking, row), saved(&single, 0));
        }
    }

    #[test]
    fn what_is_on_no_path_saves_nothing(
        nodes in prop::collection::vec(node(), 1..20),
        policy in policies(),
    ) {
        let table = table(&notation(&nodes));
        let facts = facts::compute(&table, &policy);
        let slack = facts.slack(&table);
        for operation in ["op0", "op1", "op2"] {
            let is_it = |row: &usize| Span::new(&table, *row as u32).operation() == operation;
            let critical = (0..table.len()).filter(is_it).any(|row| {
                slack.slack_nano(row) == Some(0)
            });
            let selection = Selection::default().operation(operation);
            let gone = what_if(&table, &policy, &WhatIf::default().change(Change::OwnTime(0), selection));
            if !critical && gone.rows() > 0 {
                prop_assert_eq!(saved(&gone, 0), 0);
            }
        }
    }

    #[test]
    fn without_errors_none_are_removed_and_more_never_save_less(
        nodes in prop::collection::vec(node(), 1..24),
        policy in policies(),
    ) {
        let text = notation(&nodes);
        let (healthy, failing) = (table(&text.replace("error", "")), table(&text));
        let removed = |table: &SpanTable, change, selection| {
            let answer = what_if(table, &policy, &WhatIf::default().change(change, selection));
            (answer.rows() > 0).then(|| saved(&answer, 0))
        };
        let all = Selection::default();
        let nothing = removed(&healthy, Change::RemoveErrors, all.clone());
        prop_assert!(nothing.unwrap_or(0) == 0);
        let every = removed(&failing, Change::RemoveErrors, all.clone());
        prop_assert_eq!(every, removed(&failing, Change::DropRetries, all));
        let some = removed(&failing, Change::RemoveErrors, Selection::default().operation("op1"));
        prop_assert!(Some(0) <= some || some.is_none());
        prop_assert!(some <= every);
    }
}

/// What waits for a span and begins by the tolerance before its end hides time of it:
/// `op1` has none on the critical path, and what waits for it would begin sooner all the
/// same.
#[test]
fn time_that_the_tolerance_hides_is_saved() {
    let text = "s R 0ns..22ns\n  s op1 9ns..21ns\n    s C 9ns..19ns\n  s op2 19ns..22ns";
    let (table, policy) = (table(text), Policy::default().tolerance_nano(2));
    let facts = facts::compute(&table, &policy);
    assert_eq!(facts.critical_nano, [9, 0, 10, 3]);
    assert_eq!(facts.slack(&table).slack_nano(1), Some(0));
    let selection = Selection::default().operation("op1");
    let gone = WhatIf::default().change(Change::OwnTime(0), selection);
    assert_eq!(saved(&what_if(&table, &policy, &gone), 0), 2);
}

#[test]
fn no_change_saves_nothing_however_long_ago() {
    let (first, last) = (i64::MIN, i64::MAX);
    for text in [
        format!("s R {first}ns..{last}ns\n  s A {}ns..{last}ns", last - 10),
        format!("s R {first}ns..{last}ns\n  s A {first}ns..{first}ns\n  s A 0ns..{last}ns"),
    ] {
        let (table, policy) = (table(&text), Policy::default());
        let same = WhatIf::default().change(Change::OwnTime(1_000), Selection::default());
        assert_eq!(saved(&what_if(&table, &policy, &same), 0), 0, "{text}");
        let whole =
            WhatIf::default().change(Change::OwnTime(0), Selection::default().operation("A"));
        let own = if text.contains(&(last - 10).to_string()) {
            10
        } else {
            i64::MAX
        };
        assert_eq!(saved(&what_if(&table, &policy, &whole), 0), own, "{text}");
    }
}
