//! What is known about one critical path: kinds of time, what could stand in the
//! place of its spans, and whether it hangs on clocks.

mod facts_common;

use facts_common::oracle::{node, notation, policies};
use facts_common::table;
use proptest::prelude::*;
use spanwise_analyze::facts::critical_path::tiles_of;
use spanwise_analyze::facts::{compute, TypedPath};
use spanwise_analyze::{Clock, ClockModel, ClockOffset, Policy};
use spanwise_model::{Span, SpanTable};
use std::fmt::Write;

/// The path of the last trace of a text.
fn path(text: &str, clock: Clock) -> (SpanTable, TypedPath) {
    let table = table(text);
    let facts = compute(&table, &Policy::default().clock(clock));
    let trace = table.trace(table.trace_count() as u32 - 1);
    let path = TypedPath::of(trace.primary(), &facts);
    (table, path)
}

/// Spans with those that could stand in their place, such as `A: B C`.
fn beside(text: &str) -> String {
    let (table, path) = path(text, Clock::Recorded);
    let name = |row: u32| Span::new(&table, row).operation();
    let mut told = String::new();
    for pair in path.co_critical.chunk_by(|a, b| a.0 == b.0) {
        let others: Vec<&str> = pair.iter().map(|&(_, other)| name(other)).collect();
        let _ = write!(told, "{}: {}; ", name(pair[0].0), others.join(" "));
    }
    told
}

#[test]
fn equal_ends_stand_beside_each_other() {
    let all = "
        s R 0..100
          s A 0..100
            s X 10..100
            s Y 20..100
          s B 0..100
          s C 50..100
          s D 50..90
        ";
    assert_eq!(beside(all), "A: B C; X: Y; ");
    assert_eq!(
        beside("s R 0..100\n  s A 0..50\n  s Z 50..50\n  s B 50..100"),
        ""
    );
}

/// The clock of b is 8 to 12 ms ahead of that of a, this call says.
const COMPARED: &str = "
        shop call 0..10 client @host.name=a
          cart serve 12..18 server @host.name=b
        ";

fn robust(spans: &str, clock: Clock) -> Option<bool> {
    path(&format!("{COMPARED}\ntrace 2\n{spans}"), clock)
        .1
        .robust
}

#[test]
fn a_margin_beyond_what_clocks_leave_open_is_robust() {
    // By the clock of a, y begins from 58 to 62.
    let spans = "
        s r 0..100 @host.name=a
          s x 10..50 @host.name=a
          s y 70..100 @host.name=b
        ";
    assert_eq!(robust(spans, Clock::Corrected), Some(true));
    assert_eq!(
        robust(spans, Clock::Recorded),
        None,
        "clocks are not compared"
    );
}

#[test]
fn a_margin_within_what_clocks_leave_open_is_not() {
    // It begins from 50 to 54: x may have been running still.
    let spans = "
        s r 0..100 @host.name=a
          s x 10..51 @host.name=a
          s y 62..100 @host.name=b
        ";
    assert_eq!(robust(spans, Clock::Corrected), Some(false));
    // Who ended last is as open: x at 90, y from 86 to 90.
    let spans = "
        s r 0..100 @host.name=a
          s x 10..90 @host.name=a
          s y 20..98 @host.name=b
        ";
    assert_eq!(robust(spans, Clock::Corrected), Some(false));
    // What lies outside by 1 may be inside.
    let spans = "
        s r 0..100 @host.name=a
          s y 111..130 @host.name=b
        ";
    assert_eq!(robust(spans, Clock::Corrected), Some(false));
}

#[test]
fn what_was_never_compared_is_not_robust_and_one_clock_is() {
    let spans = |host: &str| {
        format!(
            "
        s r 0..100 @host.name=a
          s x 10..50 @host.name={host}
          s y 60..90 @host.name=a
        "
        )
    };
    assert_eq!(robust(&spans("c"), Clock::Corrected), Some(false));
    assert_eq!(robust(&spans("a"), Clock::Corrected), Some(true));
    assert_eq!(robust(&spans("a"), Clock::Recorded), Some(true));
}

proptest! {
    #[test]
    fn a_typed_path_is_the_path(nodes in prop::collection::vec(node(), 1..24), policy in policies()) {
        let table = table(&notation(&nodes));
        let facts = compute(&table, &policy);
        let trace = table.trace(0);
        for top in trace.tops() {
            let path = TypedPath::of(top, &facts);
            prop_assert_eq!(&path.tiles, &tiles_of(trace, top, &facts));
            let length: u64 = path.tiles.iter().map(|tile| tile.duration_nano()).sum();
            let typed: u64 = path.pieces.iter().map(|piece| piece.duration_nano()).sum();
            prop_assert_eq!(length, typed);
            prop_assert_eq!(path.robust, Some(true), "there is one clock");
            for &(row, other) in &path.co_critical {
                let parent = |row: u32| table.columns.parent[row as usize];
                prop_assert_eq!(parent(row), parent(other));
                let own = path.tiles.iter().filter(|tile| tile.row == row);
                prop_assert!(own.clone().all(|tile| tile.tied));
            }
            let tied = path.tiles.iter().any(|tile| tile.tied);
            prop_assert_eq!(tied, !path.co_critical.is_empty());
        }
    }
}

/// A call or another child of the root: whether it is a call, on which host it
/// runs, when it starts and how long it takes.
type Child = (bool, bool, i64, i64);

/// A request on the clock of a, whose spans on b stand so much later.
fn request(children: &[Child], (ahead, unit): (i64, i64)) -> String {
    let mut text = format!("s r 0ns..{}ns @host.name=a\n", 1_000 * unit);
    for (at, &(is_call, on_b, start, length)) in children.iter().enumerate() {
        let end = start + length;
        let (from, to) = (start + ahead, end + ahead);
        let _ = match (is_call, on_b) {
            (true, _) => writeln!(
                text,
                "  s call{at} {start}ns..{end}ns client @host.name=a\n    t serve{at} {}ns..{}ns server @host.name=b",
                from + length / 4,
                to - length / 4
            ),
            (false, true) => writeln!(text, "  s step{at} {from}ns..{to}ns @host.name=b"),
            (false, false) => writeln!(text, "  s step{at} {start}ns..{end}ns @host.name=a"),
        };
    }
    text
}

/// The spans that the path runs through, by when it first does.
fn names(text: &str) -> Vec<String> {
    let (table, path) = path(text, Clock::Recorded);
    let mut names: Vec<String> = Vec::new();
    for tile in &path.tiles {
        let span = Some(Span::new(&table, tile.row));
        let above = std::iter::successors(span, |span| span.parent());
        let mut chain: Vec<String> = above.map(|span| span.operation().to_owned()).collect();
        chain.reverse();
        chain.retain(|name| !names.contains(name));
        names.extend(chain);
    }
    names
}

/// A path that is robust on corrected clocks runs through the same spans wherever in
/// what is open the clock of b stands.
fn stays_where_clocks_stand(
    children: &[Child],
    (ahead, unit): (i64, i64),
) -> Result<(), TestCaseError> {
    let recorded = request(children, (ahead, unit));
    if path(&recorded, Clock::Corrected).1.robust != Some(true) {
        return Ok(());
    }
    let table = table(&recorded);
    let model = ClockModel::of(&table);
    let open = |name| {
        model
            .clock(name)
            .map_or(0, |clock| clock.open_nano() as i64)
    };
    let offset = |name| model.clock(name).map_or(0, ClockOffset::offset_nano);
    let (open, offset) = (open("a") + open("b"), offset("b") - offset("a"));
    if !children.iter().any(|child| child.0 || child.1) {
        return Ok(());
    }
    let left = ahead - offset;
    let expected = names(&request(children, (left, unit)));
    for share in -4..=4 {
        let moved = request(children, (left + open * share / 4, unit));
        prop_assert_eq!(&names(&moved), &expected, "{} of {}", share, open);
    }
    Ok(())
}

/// What is before a sibling has time only if that begins behind their parent.
#[test]
fn a_sibling_that_may_begin_with_the_parent_is_not_robust() {
    let children = [
        (true, false, 70, 175),
        (false, true, 17, 165),
        (false, true, 0, 44),
    ];
    stays_where_clocks_stand(&children, (0, 1)).expect("the same spans");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_robust_path_is_the_path_wherever_clocks_stand(
        children in prop::collection::vec((any::<bool>(), any::<bool>(), 0..900_i64, 1..200_i64), 1..6),
        ahead in -3_000..3_000_i64,
        unit in prop::sample::select(vec![1, 400, 1_000_000]),
    ) {
        let scaled = |&(call, on_b, start, length): &Child| (call, on_b, start * unit, length * unit);
        let children: Vec<Child> = children.iter().map(scaled).collect();
        stays_where_clocks_stand(&children, (ahead * unit, unit))?;
    }
}
