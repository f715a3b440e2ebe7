//! Tables of small traces in notation, each with one thing missing.

use super::*;
use crate::facts::compute;
use crate::{runner, Policy};
use spanwise_io::{assemble::assemble, notation::parse};
use spanwise_model::table::Cell;
use spanwise_model::{flags, SpanBatch};

fn of_batch(batch: SpanBatch, by: CompletenessBy) -> Table {
    let table = assemble(batch).expect("few spans");
    let facts = compute(&table, &Policy::default());
    let traces: Vec<u32> = (0..table.trace_count() as u32).collect();
    let analysis = Completeness::default().by(by);
    analysis.finish(&runner::run(&table, &traces, &facts, &[&analysis])[0])
}

fn edges(notation: &str) -> Table {
    of_batch(parse(notation), CompletenessBy::Edge)
}

fn services(notation: &str) -> Table {
    of_batch(parse(notation), CompletenessBy::Service)
}

/// The row of an edge, as `column=value` of what is neither zero nor absent.
fn row(table: &Table, names: [&str; 2]) -> String {
    let is = |row: usize| {
        ["caller", "callee"].map(|name| table.cell(row, name)) == names.map(Cell::Text)
    };
    let row = (0..table.rows()).find(|&row| is(row));
    let Some(row) = row else {
        return String::from("none");
    };
    told(table, row, &["caller", "callee", "undermines", "sampling"])
}

fn told(table: &Table, row: usize, without: &[&str]) -> String {
    let columns = table.columns().iter().map(|column| column.name.as_ref());
    let said = columns
        .filter(|name| !without.contains(name))
        .filter_map(|name| match table.cell(row, name) {
            Cell::U64(0) | Cell::Null => None,
            Cell::U64(n) => Some(format!("{name}={n}")),
            Cell::F64(n) => Some(format!("{name}={n:.2}")),
            Cell::Text(text) => Some(format!("{name}={text}")),
            _ => Some(format!("{name}=?")),
        });
    said.collect::<Vec<_>>().join(" ")
}

const WHOLE: &str = "
    trace 1
    shop GET /     100..200 server
      shop cart.Get 110..150 client
        cart Get    115..145 server
          cart HGET 120..130 client db.system=redis";

#[test]
fn a_whole_call_lacks_nothing_and_a_leaf_is_no_call() {
    let table = edges(WHOLE);
    assert_eq!(table.rows(), 1);
    assert_eq!(
        row(&table, ["shop", "cart"]),
        "calls=1 matched=1 matched_share=1.00"
    );
    assert_eq!(table.cell(0, "undermines"), Cell::Null);
}

#[test]
fn a_client_whose_server_is_gone_is_known_by_its_operation() {
    let text =
        format!("{WHOLE}\n trace 2\n shop GET / 100..200 server\n   shop cart.Get 110..150 client");
    let found = row(&edges(&text), ["shop", "cart"]);
    assert_eq!(
        found,
        "calls=2 matched=1 missing_server=1 matched_share=0.50"
    );
}

#[test]
fn a_client_whose_server_is_gone_is_known_by_its_peer() {
    for peer in ["cart", "cart:8080", "cart.shop.svc.cluster.local:80"] {
        let text = format!("{WHOLE}\n trace 2\n mail Ask 110..150 client server.address={peer}");
        let found = row(&edges(&text), ["mail", "cart"]);
        assert!(
            found.starts_with("calls=1 missing_server=1 matched_share=0.00"),
            "{found}"
        );
    }
    let text = format!("{WHOLE}\n trace 2\n mail Ask 110..150 client server.address=bank.example");
    assert_eq!(
        edges(&text).rows(),
        1,
        "nobody knows that a bank makes spans"
    );
}

#[test]
fn a_host_that_never_shows_a_span_is_a_leaf_though_the_operation_is_known() {
    for (peer, rows) in [("bank.example", 0), ("10.0.0.7", 1)] {
        let text =
            format!("{WHOLE}\n trace 2\n shop cart.Get 110..150 client server.address={peer}");
        let table = edges(&text);
        let missing = (0..table.rows()).map(|row| table.cell(row, "missing_server"));
        let missing = missing.filter(|cell| *cell == Cell::U64(1)).count();
        assert_eq!(missing, rows, "{peer}");
    }
}

#[test]
fn what_x_ray_calls_traced_makes_spans_though_none_is_here() {
    for (mark, rows) in [("true", 1), ("false", 0)] {
        let text = format!("shop Ask 1..2 client peer.service=bank aws.xray.traced={mark}");
        let table = edges(&text);
        assert_eq!(table.rows(), rows);
        let expected = if rows == 0 {
            "none"
        } else {
            "calls=1 missing_server=1"
        };
        assert!(row(&table, ["shop", "bank"]).starts_with(expected));
    }
}

#[test]
fn a_server_whose_client_is_gone_is_an_orphan_of_the_edge() {
    let text = format!("{WHOLE}\n trace 2\n cart Get 110..150 server parent=77");
    let found = row(&edges(&text), ["shop", "cart"]);
    assert!(
        found.starts_with("calls=2 matched=1 missing_client=1"),
        "{found}"
    );
    let unknown = "trace 2\n cart Get 110..150 server parent=77";
    let found = row(&edges(unknown), ["", "cart"]);
    assert!(found.starts_with("calls=1 missing_client=1"), "{found}");
}

#[test]
fn a_root_that_others_call_lost_its_context() {
    let text = format!("{WHOLE}\n trace 2\n cart Get 110..150 server");
    let found = row(&edges(&text), ["shop", "cart"]);
    assert_eq!(found, "calls=1 matched=1 matched_share=1.00 lost_context=1");
    let mut batch = parse("cart Get 110..150 server");
    assert_eq!(of_batch(batch.clone(), CompletenessBy::Edge).rows(), 0);
    batch.heads[0].flags |= flags::HAS_IS_REMOTE | flags::IS_REMOTE;
    let table = of_batch(batch, CompletenessBy::Edge);
    assert_eq!(row(&table, ["", "cart"]), "lost_context=1");
}

#[test]
fn a_server_outside_its_client_is_told() {
    let text = "shop Ask 100..200 client\n  cart Get 90..150 server";
    let found = row(&edges(text), ["shop", "cart"]);
    assert_eq!(
        found,
        "calls=1 matched=1 matched_share=1.00 outside_caller=1"
    );
}

#[test]
fn what_a_service_lacks_is_counted() {
    let table = services(
        "
        trace 1
        shop GET 0..100 server
          shop open 10..
        trace 2
        shop work 0..10 parent=77
        shop GET  0..20 server parent=78",
    );
    let found = told(&table, 0, &["undermines"]);
    assert_eq!(
        found,
        "service=shop spans=4 roots=1 orphans=2 local_orphans=1 rootless_traces=1 \
         missing_end=1 sampling=unknown"
    );
    let Cell::Text(words) = table.cell(0, "undermines") else {
        panic!("words");
    };
    for word in ["self time", "callers", "percentiles", "quantiles"] {
        assert!(words.contains(word), "{words}");
    }
}

#[test]
fn what_was_dropped_or_came_twice_is_counted() {
    let mut batch = SpanBatch::default();
    for pass in 0..3 {
        let mut more = parse("shop GET 0..100 server");
        if pass == 2 {
            more.placements[0].end_unix_nano += 1;
        }
        batch.absorb(more).expect("few spans");
    }
    let table = of_batch(batch, CompletenessBy::Service);
    let found = told(&table, 0, &["undermines", "sampling"]);
    assert!(found.starts_with("service=shop spans=2"), "{found}");
    assert!(found.ends_with("duplicates=1 conflicts=1"), "{found}");

    let mut batch = SpanBatch::default();
    batch.event_dropped(2);
    batch.event(5, "e");
    batch.note_dropped(spanwise_model::batch::Dropped {
        attributes: 3,
        events: 4,
        links: 5,
    });
    batch.close(parse("shop GET 0..100").head(0)).expect("room");
    let table = of_batch(batch, CompletenessBy::Service);
    let found = told(&table, 0, &["undermines", "sampling", "service"]);
    assert_eq!(
        found,
        "spans=1 roots=1 dropped_attributes=5 dropped_events=4 dropped_links=5"
    );
}

#[test]
fn sampling_is_known_unknown_mixed_or_biased() {
    let knowledge = |marks: [&str; 2]| {
        let text = format!(
            "trace 1\n shop GET 0..9 server {}\n trace 2\n shop GET 0..9 server {}",
            marks[0], marks[1]
        );
        let table = services(&text);
        let estimate = table.cell(0, "estimated_spans");
        let Cell::Text(known) = table.cell(0, "sampling") else {
            panic!("a text");
        };
        format!("{known} {estimate:?}")
    };
    assert_eq!(
        knowledge(["SampleRate=2", "SampleRate=8"]),
        "known F64(10.0)"
    );
    assert_eq!(knowledge(["", ""]), "unknown Null");
    assert_eq!(knowledge(["SampleRate=2", ""]), "mixed Null");
    assert_eq!(
        knowledge(["SampleRate=2", "sampler.type=lowerbound"]),
        "biased Null"
    );
}

#[test]
fn rates_that_differ_inside_a_trace_are_mixed() {
    let table = services("shop GET 0..9 SampleRate=2\n  shop work 1..2 SampleRate=4");
    assert_eq!(table.cell(0, "sampling"), Cell::Text("mixed"));
    assert_eq!(table.cell(0, "estimated_spans"), Cell::F64(6.0));
}

#[test]
fn what_is_cut_at_the_ends_of_the_window_is_told() {
    let mut text = String::from(WHOLE);
    for (trace, start) in [(2, 100), (3, 109), (4, 500), (5, 1_095)] {
        let end = start + 5;
        text += &format!("\n trace {trace}\n shop cart.Get {start}..{end} client");
    }
    let found = row(&edges(&text), ["shop", "cart"]);
    assert!(
        found.contains("missing_server=4") && found.ends_with("at_edge=3"),
        "{found}"
    );
}
