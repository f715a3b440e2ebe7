//! Shape problems of requests whose times, order or counts are out of the
//! ordinary.

mod facts_common;

use facts_common::table;
use proptest::prelude::*;
use spanwise_analyze::analyses::ShapeProblems;
use spanwise_analyze::partial::{Key, Partial};
use spanwise_analyze::{facts, run, Analysis, Clock, Policy};
use spanwise_model::table::Cell;
use spanwise_model::Table;
use std::fmt::Write;

fn problems(notation: &str, policy: &Policy, options: &ShapeProblems) -> Table {
    let table = table(notation);
    let traces: Vec<u32> = (0..table.traces().count() as u32).collect();
    let facts = facts::compute(&table, policy);
    options.finish(&run(&table, &traces, &facts, &[options])[0])
}

/// The kinds of problems that one request is enough for.
fn kinds(notation: &str, policy: &Policy) -> Vec<String> {
    let found = problems(notation, policy, &ShapeProblems::default().traces(1));
    let kind = |row| match found.cell(row, "problem") {
        Cell::Text(kind) => kind.to_owned(),
        other => panic!("{other:?}"),
    };
    (0..found.rows()).map(kind).collect()
}

fn queries(root: &str) -> String {
    let mut text = format!("shop GET /cart {root} server\n");
    for (start, end) in [(0, 20), (20, 40), (40, 60), (60, 80), (80, 95)] {
        let _ = writeln!(text, "  shop query {start}..{end} client db.system=mysql");
    }
    text
}

#[test]
fn a_missing_end_is_the_latest_end_below() {
    for root in ["0..100", "0.."] {
        let found = kinds(&queries(root), &Policy::default());
        assert_eq!(found, ["n_plus_1"], "{root}");
    }
}

#[test]
fn calls_at_once_are_so_on_clocks_that_are_corrected() {
    let mut text = String::from("trace 1\nshop warm 0..900 server @host.name=a\n");
    for host in 0..6 {
        let (start, end) = (host * 100 + 2, host * 100 + 62);
        let _ = writeln!(
            text,
            "  shop call{host} 0..64 client @host.name=a\n    user Ping{host} {start}..{end} server @host.name=h{host}"
        );
    }
    text.push_str("trace 2\nshop GET /cart 0..64 server @host.name=a\n");
    for host in 0..6 {
        let (start, end) = (host * 100 + 2, host * 100 + 62);
        let _ = writeln!(text, "  user Get {start}..{end} server @host.name=h{host}");
    }
    let recorded = Policy::default().clock(Clock::Recorded);
    assert_eq!(kinds(&text, &recorded), ["n_plus_1"]);
    let corrected = Policy::default().clock(Clock::Corrected);
    assert!(kinds(&text, &corrected).is_empty());
}

/// A request with calls that a server answers, each behind a lookup of its
/// address.
fn looked_up(calls: usize) -> String {
    let mut text = String::from("shop GET /cart 0..1000 server\n");
    for at in 0..calls {
        let start = at * 10;
        let _ = writeln!(
            text,
            "  shop call{at} {start}..{} client\n    shop dns.lookup {start}..{} internal\n    user Get{at} {}..{} server",
            start + 9,
            start + 1,
            start + 2,
            start + 8,
        );
    }
    text
}

#[test]
fn the_first_child_that_answers_is_the_other_side() {
    let options = ShapeProblems::default().traces(1);
    let found = problems(&looked_up(20), &Policy::default(), &options);
    let row = (0..found.rows())
        .find(|&row| found.cell(row, "problem") == Cell::Text("chatty_edge"))
        .expect("an edge");
    assert_eq!(found.cell(row, "peer"), Cell::Text("user"));
    // A trip is what the client lasts beyond the server: 3 ms of 9.
    assert_eq!(found.cell(row, "saved_time"), Cell::Duration(57_000_000));
}

#[test]
fn any_number_of_calls_may_count_as_chatty() {
    let options = ShapeProblems::default().traces(1).chatty_calls(0);
    let found = problems(&queries("0..100"), &Policy::default(), &options);
    assert_eq!(found.cell(0, "problem"), Cell::Text("n_plus_1"));
}

#[test]
fn the_order_of_calls_that_differ_in_name_alone_is_no_key() {
    let calls = [("read", "write"), ("write", "read")];
    let traces = calls.iter().enumerate().map(|(at, (first, then))| {
        format!(
            "trace {}\nshop GET /cart 0..100 server\n  \
             shop {first} 0..50 client url.template=/item\n  \
             shop {then} 50..100 client url.template=/item\n",
            at + 1
        )
    });
    let text: String = traces.collect();
    let options = ShapeProblems::default().traces(1);
    let found = problems(&text, &Policy::default(), &options);
    assert_eq!(found.rows(), 1);
    assert_eq!(found.cell(0, "problem"), Cell::Text("serial_calls"));
    assert_eq!(found.cell(0, "operation"), Cell::Text("read; write"));
}

/// Numbers that no run counts, and some that one may.
fn state() -> impl Strategy<Value = i128> {
    prop::sample::select(vec![i128::MIN, i128::MAX, -1, 0, 1, 100, i128::MAX / 50])
}

proptest! {
    /// Whatever states a partial holds, it has a table.
    #[test]
    fn any_states_are_judged(numbers in prop::collection::vec(prop::collection::vec(state(), 18), 8)) {
        let options = ShapeProblems::default().traces(1);
        let mut partial = Partial::new(options.name(), options.schema());
        let sums: Vec<usize> = (0..17).filter(|&column| column != 15).collect();
        let kinds = spanwise_analyze::analyses::Problem::ALL;
        for (kind, numbers) in kinds.iter().zip(&numbers) {
            for template in ["", "1s"] {
                let names = [kind.name(), "s", "op", "", "", template];
                let row = partial.row(&names.map(Key::Name));
                for &column in &sums {
                    partial.add(row, column, numbers[column]);
                }
            }
        }
        let all = partial.row(&[Key::Name(""); 6]);
        partial.add(all, 1, numbers[0][0]);
        prop_assert!(options.finish(&partial).rows() <= 2 * kinds.len());
    }
}
