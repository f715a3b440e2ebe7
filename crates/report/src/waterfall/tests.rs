use super::*;
use insta::assert_snapshot;
use spanwise_io::assemble::assemble;
use spanwise_io::notation::parse;
use spanwise_model::SpanTable;

const SHOP: &str = "
frontend GET /cart        0..100 error http.response.status_code=503 server
  cart GetCart           10..60 server
    redis HGET           20..50
  checkout PlaceOrder    60..95 error server
    payment Charge       65..90 error server status_message=\"card refused\"
  mail Send              90..130
";

fn table(notation: &str) -> SpanTable {
    let batch = parse(notation);
    assert!(batch.issues.is_empty(), "the notation is well-formed");
    assemble(batch).expect("a small table")
}

fn ms(row: u32, from: i64, to: i64) -> Stretch {
    Stretch {
        row,
        from_unix_nano: from * 1_000_000,
        to_unix_nano: to * 1_000_000,
    }
}

/// The path of [`SHOP`], and where its errors are.
fn marks() -> Marks {
    let path = [
        (0, 0, 10),
        (1, 10, 20),
        (2, 20, 50),
        (1, 50, 60),
        (3, 60, 65),
        (4, 65, 90),
    ];
    let path = path.into_iter().chain([(3, 90, 95), (0, 95, 100)]);
    let mut facts = spanwise_analyze::FactColumns::default();
    let (errs, origin) = (
        spanwise_analyze::fact_flags::ERRS,
        spanwise_analyze::fact_flags::ORIGIN,
    );
    facts.flags = vec![errs, 0, 0, errs, errs | origin, 0];
    let table = table(SHOP);
    Marks::new(
        table.trace(0),
        &facts,
        path.map(|(row, from, to)| ms(row, from, to)),
    )
}

fn terminal(table: &SpanTable, marks: &Marks, options: &WaterfallOptions) -> String {
    let mut out = Vec::new();
    text(table.trace(0), marks, options, &mut out).expect("a vector takes all");
    String::from_utf8(out).expect("text is UTF-8")
}

#[test]
fn a_trace_is_a_tree_with_bars() {
    let options = WaterfallOptions::default().width(Some(90));
    assert_snapshot!(terminal(&table(SHOP), &marks(), &options), @r"
    trace 00000000000000000000000000000001 · 100.0 ms · 6 spans · 6 services · 3 errors
                             0                                  130.0 ms   duration   critical
    ! frontend GET /cart     ████░░░░░░░░░░░░░░░░░░░░░░░░░░░███            100.0 ms   15.00 ms
      ├ cart GetCart            ████░░░░░░░░░████                          50.00 ms   20.00 ms
      │ └ redis HGET               ███████████                             30.00 ms   30.00 ms
    ! ├ checkout PlaceOrder                     ███░░░░░░░███              35.00 ms   10.00 ms
    ✗ │ └ payment Charge                          █████████                25.00 ms   25.00 ms
      └ mail Send                                         ░░░░░░░░░░░░░░   40.00 ms
    █ on the critical path   ░ off it   ✗ an error began here   ! an error passed through
    ");
}

#[test]
fn a_large_trace_keeps_its_critical_path_and_says_what_is_hidden() {
    let mut notation = String::from("web GET / 0..1000\n");
    for n in 0..300 {
        notation += &format!(
            "  db SELECT {}..{}\n    db wait {}..{}\n",
            n,
            n + 2,
            n,
            n + 1
        );
    }
    let table = table(&notation);
    let path = Marks::of_path([ms(0, 301, 1_000), ms(599, 299, 301), ms(0, 0, 299)]);
    let options = WaterfallOptions::default().width(Some(80)).rows(4);
    assert_snapshot!(terminal(&table, &path, &options), @r"
    trace 00000000000000000000000000000001 · 1.000 s · 601 spans · 2 services · 0 errors
                          0                            1.000 s   duration   critical
      web GET /           ████████████████████████████████████    1.000 s   998.0 ms
      ├ db SELECT         ░                                      2.000 ms
      │ └ … 1 more span
      ├ db SELECT         ░                                      2.000 ms
      │ └ … 1 more span
      ├ db SELECT                   █                            2.000 ms   2.000 ms
      │ └ … 1 more span
      └ … 594 more spans
    █ on the critical path   ░ off it
    4 of 601 spans shown
    ");
}

#[test]
fn deep_traces_are_folded_at_the_limit() {
    let mut notation = String::new();
    for depth in 0..200 {
        notation += &format!(
            "{:indent$}a call 0..{}\n",
            "",
            1_000 - depth,
            indent = depth
        );
    }
    let table = table(&notation);
    let options = WaterfallOptions::default().depth(3);
    let text = terminal(&table, &Marks::default(), &options);
    assert!(text.contains("… 197 more spans"), "{text}");
    let all = terminal(&table, &Marks::default(), &options.depth(500));
    assert_eq!(
        all.lines().filter(|line| line.contains("a call")).count(),
        200
    );
    assert!(all.contains("⋯199 a call"), "{all}");
}

#[test]
fn a_chain_of_many_thousands_is_drawn_without_recursion() {
    let mut notation = String::from("a call 0..9 id=1\n");
    for id in 2..=60_000 {
        notation += &format!("a call 0..9 id={id:x} parent={:x}\n", id - 1);
    }
    let table = table(&notation);
    let options = WaterfallOptions::default().depth(usize::MAX).rows(100_000);
    let all = terminal(&table, &Marks::default(), &options);
    assert_eq!(all.lines().count(), 60_003);
    let few = svg(table.trace(0), &Marks::default(), &options.rows(10));
    assert!(few.contains("10 of 60,000 spans shown"), "{few}");
}

#[test]
fn components_are_told_apart_and_far_ones_are_pointed_at() {
    let notation = "
web GET / 1000000..1000010
  db SELECT 1000001..1000002
late job 1..2 parent=99
";
    let options = WaterfallOptions::default().width(Some(80));
    assert_snapshot!(terminal(&table(notation), &Marks::default(), &options), @r"
    trace 00000000000000000000000000000001 · 10.00 ms · 3 spans · 3 services · 0 errors · incomplete
                         0                            10.00 ms   duration   critical
      late job (orphan)  ◂                                       1.000 ms
      web GET /          ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░   10.00 ms
      └ db SELECT           ░░░░░                                1.000 ms
    █ on the critical path   ░ off it
    ");
}

#[test]
fn every_line_fits_the_terminal() {
    let options = WaterfallOptions::default();
    for width in [0, 60, 77, 200] {
        let text = terminal(&table(SHOP), &marks(), &options.width(Some(width)));
        let widths = text
            .lines()
            .skip(1)
            .map(unicode_width::UnicodeWidthStr::width);
        assert!(widths.max() <= Some(width.max(60)), "{text}");
    }
}

#[test]
fn a_point_is_a_trace() {
    let text = terminal(
        &table("a b 5..5"),
        &Marks::default(),
        &WaterfallOptions::default(),
    );
    assert!(text.contains('░'), "{text}");
}

#[test]
fn figures_escape_names() {
    let hostile = "\"<script>\" \"a & 'b'\" 0..1 status_message=\"</svg>\"";
    for figure in [svg, html] {
        let figure = figure(
            table(hostile).trace(0),
            &Marks::default(),
            &WaterfallOptions::default(),
        );
        assert!(!figure.contains("<script"), "{figure}");
        assert!(figure.contains("&lt;script&gt;"));
        assert_eq!(
            figure.matches("</svg>").count(),
            figure.matches("<svg").count()
        );
    }
}

#[test]
fn a_figure_names_every_span_and_draws_the_path_strongly() {
    let figure = svg(table(SHOP).trace(0), &marks(), &WaterfallOptions::default());
    assert_eq!(figure.matches("fill-opacity=\".32\"").count(), 6);
    assert_eq!(
        figure.matches("height=\"14\"").count(),
        16,
        "ribbon and lines"
    );
    assert!(figure.contains("card refused"));
    if let Ok(folder) = std::env::var("SPANWISE_FIGURES") {
        std::fs::write(format!("{folder}/shop.svg"), figure).expect("a writable folder");
    }
}
