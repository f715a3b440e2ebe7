use super::*;
use insta::assert_snapshot;
use spanwise_model::{ColumnData, Table};
use unicode_width::UnicodeWidthStr;

fn table() -> Table {
    let names = [Some("frontend"), Some("größe-日本"), None];
    let paths = ["GET /a/very/long/path/that/goes/on", "x\u{1b}[31m", "ok"];
    let lists = vec![vec!["a".to_owned(), "b".to_owned()], vec![], vec![]];
    Table::new()
        .with("service", ColumnData::Name(names.into_iter().collect()))
        .with(
            "operation",
            ColumnData::Text(paths.map(Some).into_iter().collect()),
        )
        .with(
            "count",
            ColumnData::U64([1_234_567, 0, 9].into_iter().collect()),
        )
        .with(
            "change",
            ColumnData::I64([Some(-1_000), None, Some(3)].into_iter().collect()),
        )
        .with(
            "p99",
            ColumnData::Duration([Some(1_234_567), None, Some(0)].into_iter().collect()),
        )
        .with(
            "share",
            ColumnData::F64([0.5, f64::NAN, 0.000_1].into_iter().collect()),
        )
        .with(
            "factor",
            ColumnData::F64([1.5, 1e20, 0.0].into_iter().collect()),
        )
        .with(
            "complete",
            ColumnData::Bool([true, false, true].into_iter().collect()),
        )
        .with(
            "start",
            ColumnData::Time(
                [0, 1_500_000_000, 1]
                    .map(|n| n * 1_000)
                    .into_iter()
                    .collect(),
            ),
        )
        .with(
            "examples",
            ColumnData::TextList(lists.into_iter().collect()),
        )
}

fn text(table: &Table, width: Option<usize>) -> String {
    let mut out = Vec::new();
    let options = TextOptions::default().width(width);
    write(table, &options, &mut out).expect("a vector takes all");
    String::from_utf8(out).expect("text is UTF-8")
}

#[test]
fn every_type_has_its_text() {
    assert_snapshot!(text(&table(), None), @r"
    service     operation                               count  change       p99  share    factor  complete  start                        examples
    frontend    GET /a/very/long/path/that/goes/on  1,234,567  -1,000  1.235 ms  50.0%     1.500  yes       1970-01-01T00:00:00.000000Z  a, b
    größe-日本  x\u{1b}[31m                                 0       -         -      -  1.000e20  no        1970-01-01T00:25:00.000000Z
    -           ok                                          9       3      0 ns  <0.1%         0  yes       1970-01-01T00:00:00.000001Z
    ");
}

#[test]
fn a_narrow_terminal_cuts_texts_then_names_columns() {
    let narrow = text(&table(), Some(80));
    assert_snapshot!(narrow, @r"
    service     operation                   count  change       p99  share    factor
    frontend    GET /a/very/long/path…  1,234,567  -1,000  1.235 ms  50.0%     1.500
    größe-日本  x\u{1b}[31m                     0       -         -      -  1.000e20
    -           ok                              9       3      0 ns  <0.1%         0
    … 3 more columns: complete, start, examples
    ");
    let table_lines = narrow.lines().take(4);
    assert!(table_lines
        .map(UnicodeWidthStr::width)
        .all(|width| width <= 80));
}

#[test]
fn the_narrowest_terminal_still_shows_a_column() {
    assert_eq!(text(&table(), Some(3)).lines().count(), 5);
}

#[test]
fn a_wide_enough_terminal_changes_nothing() {
    assert_eq!(text(&table(), Some(200)), text(&table(), None));
}

#[test]
fn an_empty_table_says_so() {
    let empty = table().head(0);
    assert!(text(&empty, None).ends_with("(no rows)\n"));
    assert_eq!(text(&Table::new(), None), "\n(no rows)\n");
}

#[test]
fn wide_characters_are_cut_by_cells() {
    assert_eq!(cut("日本語", 6), "日本語");
    assert_eq!(cut("日本語", 5), "日本…");
    assert_eq!(cut("日本語", 4), "日…");
    assert_eq!(cut("日本語", 0), "");
}
