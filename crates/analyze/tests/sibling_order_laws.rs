//! The order of siblings over random traces, against pairs looked at one by
//! one.

mod facts_common;

use facts_common::oracle::{is_over, node, notation, policies, Oracle};
use facts_common::table;
use proptest::prelude::*;
use spanwise_analyze::analyses::{EdgeView, Edges, SiblingOrder};
use spanwise_analyze::{facts, run, Analysis};
use spanwise_model::table::Cell;
use spanwise_model::{Span, SpanTable, Table};
use std::collections::BTreeMap;

/// Before, after, overlapped, interleaved.
type Counts = [u64; 4];

/// A blocking child: when it ran, and its row.
type Child = (i64, i64, u32);

/// What two operations below one parent are to each other.
fn relation(first: &[Child], second: &[Child], tolerance: i64) -> usize {
    let over = |a: &Child, b: &Child| is_over(*a, *b, tolerance);
    let pairs = || {
        first
            .iter()
            .flat_map(|a| second.iter().map(move |b| (a, b)))
    };
    if pairs().all(|(a, b)| over(a, b)) {
        0
    } else if pairs().all(|(a, b)| over(b, a)) {
        1
    } else if pairs().any(|(a, b)| !over(a, b) && !over(b, a)) {
        2
    } else {
        3
    }
}

/// What an operation that is called again and again is to itself.
fn to_itself(children: &[Child], tolerance: i64) -> usize {
    let other = |a: &Child, b: &Child| a.2 != b.2;
    let apart = |a: &Child, b: &Child| is_over(*a, *b, tolerance) || is_over(*b, *a, tolerance);
    let mut pairs = children
        .iter()
        .flat_map(|a| children.iter().map(move |b| (a, b)));
    if pairs.all(|(a, b)| !other(a, b) || apart(a, b)) {
        0
    } else {
        2
    }
}

fn expected(oracle: &Oracle<'_>, table: &SpanTable) -> BTreeMap<[String; 3], Counts> {
    let tolerance = oracle.policy.tolerance_nano as i64;
    let name = |row: u32| {
        let span = Span::new(table, row);
        format!("{} {}", span.operation(), span.kind().name())
    };
    let mut counts: BTreeMap<[String; 3], Counts> = BTreeMap::new();
    for parent in 0..table.len() as u32 {
        if oracle.effective[parent as usize].is_none() {
            continue;
        }
        let mut classes: BTreeMap<String, Vec<Child>> = BTreeMap::new();
        for child in oracle.blockers(parent as usize) {
            classes.entry(name(child.2)).or_default().push(child);
        }
        for (at, (first, ours)) in classes.iter().enumerate() {
            if ours.len() > 1 {
                let key = [name(parent), first.clone(), first.clone()];
                counts.entry(key).or_default()[to_itself(ours, tolerance)] += 1;
            }
            for (second, theirs) in classes.iter().skip(at + 1) {
                let key = [name(parent), first.clone(), second.clone()];
                counts.entry(key).or_default()[relation(ours, theirs, tolerance)] += 1;
            }
        }
    }
    counts
}

fn number(table: &Table, row: usize, column: &str) -> u64 {
    match table.cell(row, column) {
        Cell::U64(n) => n,
        other => panic!("no number: {other:?}"),
    }
}

fn found(table: &Table) -> BTreeMap<[String; 3], Counts> {
    let row = |row: usize| {
        let name = |of: &str| {
            let text = |column: String| match table.cell(row, &column) {
                Cell::Text(text) => text.to_owned(),
                other => panic!("no text: {other:?}"),
            };
            format!(
                "{} {}",
                text(format!("{of}_operation")),
                text(format!("{of}_kind"))
            )
        };
        let columns = ["before", "after", "overlapped", "interleaved"];
        let mut counts = columns.map(|column| number(table, row, column));
        let (mut first, mut second) = (name("first"), name("second"));
        if second < first {
            std::mem::swap(&mut first, &mut second);
            counts.swap(0, 1);
        }
        ([name("parent"), first, second], counts)
    };
    (0..table.rows()).map(row).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn orders_are_what_looking_at_all_pairs_finds(
        nodes in prop::collection::vec(node(), 1..24),
        policy in policies(),
    ) {
        let table = table(&notation(&nodes));
        let facts = facts::compute(&table, &policy);
        let analysis = SiblingOrder::default();
        let answer = analysis.finish(&run(&table, &[0], &facts, &[&analysis])[0]);
        let oracle = Oracle::new(&table, policy);
        prop_assert_eq!(found(&answer), expected(&oracle, &table));
    }

    #[test]
    fn path_time_is_that_of_children_with_another_behind_them(
        nodes in prop::collection::vec(node(), 1..24),
        policy in policies(),
    ) {
        let table = table(&notation(&nodes));
        let facts = facts::compute(&table, &policy);
        let analysis = SiblingOrder::default();
        let answer = analysis.finish(&run(&table, &[0], &facts, &[&analysis])[0]);
        let time = |row: u32| -> u64 {
            let rows = Span::new(&table, row).subtree();
            rows.map(|row| facts.critical_nano[row as usize]).sum()
        };
        let oracle = Oracle::new(&table, policy);
        let of_parent = |parent: usize| -> u64 {
            let mut children = oracle.blockers(parent);
            children.retain(|child| time(child.2) > 0);
            children.sort_by_key(|child| child.1);
            children.pop();
            children.iter().map(|child| time(child.2)).sum()
        };
        let parents = (0..table.len()).filter(|&row| oracle.effective[row].is_some());
        let expected: u64 = parents.map(of_parent).sum();
        let sum = |row| match answer.cell(row, "path_time") {
            Cell::Duration(nano) => nano as u64,
            other => panic!("no duration: {other:?}"),
        };
        prop_assert_eq!((0..answer.rows()).map(sum).sum::<u64>(), expected);
    }

    #[test]
    fn causal_edges_come_from_the_last_that_was_over(
        nodes in prop::collection::vec(node(), 1..24),
        policy in policies(),
    ) {
        let table = table(&notation(&nodes));
        let facts = facts::compute(&table, &policy);
        let causal = Edges::default().view(EdgeView::Causal).table(&table, &[0], &facts);
        let oracle = Oracle::new(&table, policy);
        let mut edges = BTreeMap::new();
        for row in 0..causal.rows() {
            let id = |column| match causal.cell(row, column) {
                Cell::Text(id) => u64::from_str_radix(id, 16).expect("digits"),
                other => panic!("no id: {other:?}"),
            };
            let from = (id("from_span_id"), causal.cell(row, "relation") == Cell::Text("then"));
            prop_assert_eq!(edges.insert(id("to_span_id"), from), None, "one edge a span");
        }
        let id = |row: u32| Span::new(&table, row).id().0;
        let tolerance = policy.tolerance_nano as i64;
        for child in (0..table.len() as u32).map(|row| Span::new(&table, row)) {
            let Some(parent) = child.parent() else {
                prop_assert!(!edges.contains_key(&child.id().0));
                continue;
            };
            let (from, then) = edges[&child.id().0];
            let siblings = match oracle.effective[parent.row() as usize] {
                Some(_) => oracle.blockers(parent.row() as usize),
                None => Vec::new(),
            };
            let own = siblings.iter().find(|one| one.2 == child.row());
            let before = siblings.iter().filter(|one| own.is_some_and(|own| is_over(**one, *own, tolerance)));
            match before.map(|one| one.1).max() {
                Some(last) => {
                    let one = siblings.iter().find(|one| id(one.2) == from);
                    prop_assert!(then && one.is_some_and(|one| one.1 == last));
                }
                None => prop_assert_eq!((from, then), (parent.id().0, false)),
            }
        }
    }
}
