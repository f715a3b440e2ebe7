//! Slack and drag: cases worked out by hand, and the laws that hold them to a
//! naive replay of the trace.

mod facts_common;

use facts_common::oracle::{node, notation, policies, Oracle};
use facts_common::{by_operation, table};
use proptest::prelude::*;
use spanwise_analyze::facts::compute;
use spanwise_analyze::Policy;

/// Slack and drag in milliseconds, such as `R 0 100, A 20 -`.
fn slacks(notation: &str) -> String {
    let table = table(notation);
    let facts = compute(&table, &Policy::default());
    let columns = facts.slack(&table);
    let text = |nano: Option<u64>| nano.map_or("-".to_owned(), |n| (n as f64 / 1e6).to_string());
    by_operation(&table, |row| {
        format!(
            "{} {}",
            text(columns.slack_nano(row)),
            text(columns.drag_nano(row))
        )
    })
}

#[track_caller]
fn check(notation: &str, expected: &str) {
    assert_eq!(slacks(notation), expected, "{notation}");
}

#[test]
fn one_after_the_other_has_no_slack() {
    check(
        "
        s R 0..100
          s A 0..40
          s B 50..90
        ",
        "R 0 100, A 0 40, B 0 40",
    );
}

#[test]
fn the_shorter_of_two_has_the_difference() {
    check(
        "
        s R 0..100
          s A 10..90
          s B 10..60
        ",
        "R 0 100, A 0 30, B 30 -",
    );
}

#[test]
fn equal_ends_save_nothing_alone() {
    check(
        "
        s R 0..100
          s A 0..100
          s B 0..100
          s C 50..100
        ",
        "R 0 100, A 0 0, B 0 0, C 0 0",
    );
}

#[test]
fn slack_of_parents_is_slack_of_children() {
    // G ended 10 before its parent, which ended 30 before the wait was over.
    check(
        "
        s R 0..100
          s A 0..90
          s B 0..60
            s G 10..30
            s H 10..50
        ",
        "R 0 100, A 0 30, B 30 -, H 30 -, G 50 -",
    );
}

#[test]
fn what_follows_in_the_shadow_takes_slack_away() {
    // C began when B was over, so B has no more slack than C.
    check(
        "
        s R 0..100
          s A 0..100
          s B 0..40
          s C 50..90
        ",
        "R 0 100, A 0 10, B 10 -, C 10 -",
    );
}

#[test]
fn a_child_saves_no_more_than_its_parent() {
    check(
        "
        s R 0..100
          s A 0..100
            s G 0..80
          s B 0..95
        ",
        "R 0 100, A 0 5, G 0 5, B 5 -",
    );
}

#[test]
fn a_covered_parent_is_critical_too() {
    check(
        "
        s call 0..100 client
          t serve 0..100 server
        ",
        "call 0 100, serve 0 100",
    );
}

#[test]
fn what_nobody_waits_for_has_none() {
    check(
        "
        s R 0..100
          s log 20..90 follows
            s write 30..80
          s outside 100..150
        ",
        "R 0 100, log - -, write - -, outside - -",
    );
}

#[test]
fn components_end_by_themselves() {
    check(
        "
        s R 0..100
        s lost 10..200 parent=77
          s L 10..150
        ",
        "R 0 100, lost 0 190, L 0 140",
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    /// A component ends later exactly by what a span is delayed beyond its
    /// slack, and sooner by its drag where it takes no time.
    #[test]
    fn slack_and_drag_are_what_a_replay_shows(
        nodes in prop::collection::vec(node(), 1..16),
        policy in policies(),
    ) {
        let table = table(&notation(&nodes));
        let facts = compute(&table, &policy);
        let columns = facts.slack(&table);
        let oracle = Oracle::new(&table, policy);
        for top in table.traces().flat_map(spanwise_model::Trace::tops) {
            let whole = facts.critical_nano[top.subtree().start as usize..top.subtree().end as usize]
                .iter()
                .sum::<u64>() as i64;
            prop_assert_eq!(oracle.replay(top.row(), &|_, nano| nano), whole, "no change");
            for row in top.subtree() {
                let (slack, drag) = (columns.slack_nano(row as usize), columns.drag_nano(row as usize));
                let delayed = |by: i64| {
                    oracle.replay(top.row(), &|at, nano| nano + by * i64::from(at == row)) - whole
                };
                let gone = oracle.replay(top.row(), &|at, nano| nano * i64::from(at != row));
                let (late, saved) = match slack {
                    Some(slack) => ([delayed(slack as i64), delayed(slack as i64 + 7)], whole - gone),
                    None => ([delayed(1_000), 7], 0),
                };
                prop_assert_eq!(late, [0, 7], "row {} slack {:?}", row, slack);
                prop_assert_eq!(saved as u64, drag.unwrap_or(0), "row {} drag {:?}", row, drag);
                prop_assert_eq!(slack == Some(0), drag.is_some());
            }
        }
    }

    #[test]
    fn the_path_has_no_slack(
        nodes in prop::collection::vec(node(), 1..24),
        policy in policies(),
    ) {
        let table = table(&notation(&nodes));
        let facts = compute(&table, &policy);
        let columns = facts.slack(&table);
        for row in 0..table.len() {
            if facts.critical_nano[row] > 0 {
                prop_assert_eq!(columns.slack_nano(row), Some(0), "row {}", row);
            }
        }
    }
}
