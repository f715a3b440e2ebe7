//! Tables from trace notation, and facts as text.
#![allow(dead_code, missing_docs, reason = "each test uses a part")]

pub(crate) mod oracle;

use spanwise_analyze::facts::critical_path::{tiles, Tile};
use spanwise_analyze::facts::{compute, fact_flags, FactColumns};
use spanwise_analyze::Policy;
use spanwise_io::assemble::assemble;
use spanwise_io::notation::parse;
use spanwise_model::{IssueKind, Span, SpanTable};
use std::fmt::Write;

/// The table of a text in trace notation, which must be faultless.
pub(crate) fn table(notation: &str) -> SpanTable {
    let batch = parse(notation);
    assert!(
        batch.issues.is_empty(),
        "{notation}\n{:?}",
        batch.issues.iter().collect::<Vec<_>>()
    );
    assemble(batch).expect("few spans")
}

pub(crate) fn facts(table: &SpanTable) -> FactColumns {
    compute(table, &Policy::default())
}

/// Nanoseconds as milliseconds, without trailing zeros.
fn milliseconds(nano: i64) -> String {
    (nano as f64 / 1e6).to_string()
}

/// Tiles such as `R 0-40 overlapped; B 40-90`, by operation.
pub(crate) fn tile_text(table: &SpanTable, tiles: &[Tile]) -> String {
    let mut text = String::new();
    for tile in tiles {
        let separator = if text.is_empty() { "" } else { "; " };
        let (from, to) = (
            milliseconds(tile.from_unix_nano),
            milliseconds(tile.to_unix_nano),
        );
        let name = Span::new(table, tile.row).operation();
        let _ = write!(text, "{separator}{name} {from}-{to}");
        for (flag, word) in [
            (tile.tied, " tied"),
            (tile.overlapped, " overlapped"),
            (tile.clipped, " clipped"),
        ] {
            text.push_str(if flag { word } else { "" });
        }
    }
    text
}

/// The critical path of the first trace's primary component.
pub(crate) fn path(notation: &str, policy: &Policy) -> String {
    let table = table(notation);
    let trace = table.trace(0);
    tile_text(&table, &tiles(trace, trace.primary(), policy))
}

/// Checks the path, and that the facts tell the same as the tiles.
#[track_caller]
pub(crate) fn check_path(notation: &str, expected: &str) {
    assert_eq!(path(notation, &Policy::default()), expected, "{notation}");
    assert_sums(&table(notation), &Policy::default());
}

/// Every component's tiles follow one another, are the component's top span,
/// and sum to the facts.
#[track_caller]
pub(crate) fn assert_sums(table: &SpanTable, policy: &Policy) {
    let facts = compute(table, policy);
    let mut critical = vec![0; table.len()];
    let mut touched = vec![false; table.len()];
    for (trace, top) in table
        .traces()
        .flat_map(|t| t.tops().map(move |top| (t, top)))
    {
        let tiles = tiles(trace, top, policy);
        let first = tiles.first().expect("the path is never empty");
        assert_eq!(first.from_unix_nano, top.start_unix_nano());
        for pair in tiles.windows(2) {
            assert_eq!(pair[0].to_unix_nano, pair[1].from_unix_nano);
        }
        for tile in &tiles {
            assert!(tile.from_unix_nano <= tile.to_unix_nano);
            assert!(top.subtree().contains(&tile.row), "inside the component");
            critical[tile.row as usize] += tile.duration_nano();
            touched[tile.row as usize] = true;
        }
    }
    assert_eq!(critical, facts.critical_nano);
    for (row, touched) in touched.iter().enumerate() {
        assert_eq!(facts.flags[row] & fact_flags::ON_PATH != 0, *touched);
    }
}

/// Issues of the facts, such as `clipped_child 1, clock_offset 1`.
pub(crate) fn issue_text(facts: &FactColumns) -> String {
    let counts = IssueKind::ALL
        .iter()
        .map(|&kind| (kind, facts.issues.count(kind)))
        .filter(|row| row.1 > 0)
        .map(|(kind, count)| format!("{kind} {count}"));
    counts.collect::<Vec<_>>().join(", ")
}

/// One fact of each span by operation, such as `R 20, A 40`.
pub(crate) fn by_operation<T: std::fmt::Display>(
    table: &SpanTable,
    of: impl Fn(usize) -> T,
) -> String {
    let cells = (0..table.len()).map(|row| {
        let name = Span::new(table, row as u32).operation();
        format!("{name} {}", of(row))
    });
    cells.collect::<Vec<_>>().join(", ")
}

/// Self times in milliseconds.
pub(crate) fn self_text(notation: &str) -> String {
    let table = table(notation);
    let facts = facts(&table);
    by_operation(&table, |row| milliseconds(facts.self_nano[row] as i64))
}

/// The flags about errors of each span that has any, such as
/// `R errs origin, A healed`.
pub(crate) fn error_text(notation: &str) -> String {
    let table = table(notation);
    let facts = facts(&table);
    let mut cells = Vec::new();
    for row in 0..table.len() {
        let flags = facts.flags[row];
        let words: String = [
            (fact_flags::ERRS, " errs"),
            (fact_flags::ORIGIN, " origin"),
            (fact_flags::PROPAGATED, " propagated"),
            (fact_flags::ABSORBED, " absorbed"),
            (fact_flags::HEALED, " healed"),
        ]
        .iter()
        .filter(|(flag, _)| flags & flag != 0)
        .map(|(_, word)| *word)
        .collect();
        if !words.is_empty() {
            cells.push(format!(
                "{}{words}",
                Span::new(&table, row as u32).operation()
            ));
        }
    }
    cells.join(", ")
}

/// The outcome of the only span of a text, and whether it errs.
pub(crate) fn outcome(notation: &str) -> String {
    let table = table(notation);
    let facts = facts(&table);
    let errs = facts.flags[0] & fact_flags::ERRS != 0;
    format!(
        "{}{}",
        facts.outcome[0].name(),
        if errs { " errs" } else { "" }
    )
}
