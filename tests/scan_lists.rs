//! Listings within any memory are what listings of everything are.

use spanwise::analyses::{EdgeView, Edges, EventList, LinkList, SpanList, TraceList};
use spanwise::model::table::Cell;
use spanwise::report::{csv, json, text, Parts};
use spanwise::simulate::{Fault, FaultKind, Limit, Simulation};
use spanwise::{ErrorKind, Input, Listing, Query, ReadOptions, RowOptions, Scan, Table, Traces};
use std::sync::OnceLock;

/// A simulated incident in two formats, and spans whose attributes are of
/// different types from trace to trace, which link to each other.
fn inputs() -> Vec<Input> {
    let mut inputs = Vec::new();
    for (seed, name) in [(3, "jaeger-json"), (4, "otlp-protobuf")] {
        let simulation = Simulation::default()
            .seed(seed)
            .limit(Limit::Spans(400))
            .fault(Fault::new(FaultKind::Error));
        let format = spanwise::format(name).expect("a format");
        let mut bytes = Vec::new();
        for batch in simulation.run().expect("the shop is sound") {
            format.write(&batch, &mut bytes).expect("memory");
        }
        let name = name.to_owned();
        inputs.push(Input::Bytes {
            name,
            bytes: bytes.into(),
        });
    }
    let mut notation = String::new();
    for number in 1..200 {
        let value = match number % 5 {
            0 => "1.5".to_owned(),
            1 => format!("{number}"),
            2 => "true".to_owned(),
            3 => "text".to_owned(),
            _ => "7".to_owned(),
        };
        let other = number * 7 % 300;
        notation += &format!(
            "trace {number:x}\nmail process {number}..{} consumer mixed={value} whole={number} some={}.5 link={other:x}/1 event=e@{number}{{attempt={value}}}\n",
            2 * number,
            number % 3,
        );
    }
    inputs.push(Input::bytes(notation));
    inputs
}

fn traces() -> &'static Traces {
    static TRACES: OnceLock<Traces> = OnceLock::new();
    let read = || spanwise::read_with(inputs(), &ReadOptions::default()).expect("spans");
    TRACES.get_or_init(read)
}

fn written(parts: &impl Parts) -> Vec<String> {
    let mut all = Vec::new();
    let options = text::TextOptions::default().width(Some(120));
    let mut out = Vec::new();
    csv::write(parts, &mut out).expect("memory");
    all.push(std::mem::take(&mut out));
    json::write(parts, &mut out).expect("memory");
    all.push(std::mem::take(&mut out));
    text::write(parts, &options, &mut out).expect("memory");
    all.push(out);
    let text = |bytes| String::from_utf8(bytes).expect("text");
    all.into_iter().map(text).collect()
}

/// Asserts that a listing is the same within any memory, in any order.
fn check<L: Listing + Clone>(listing: &L, sorts: &[&str]) {
    check_against(&traces().list(listing), |_| listing.clone(), sorts);
}

/// Asserts that a listing, which is made of a scan, has these rows within any
/// memory, in any order.
fn check_against<L: Listing>(whole: &Table, listing: impl Fn(&Scan) -> L, sorts: &[&str]) {
    assert!(whole.rows() > 100, "{}", whole.rows());
    let orders = sorts.iter().map(|&key| Some(key)).chain([None]);
    for key in orders {
        for limit in [None, Some(17)] {
            let mut options = RowOptions::default();
            options.sort = key.map(str::to_owned);
            options.limit = limit;
            let expected = written(&wanted(whole, &options));
            for memory in [Some(1 << 30), Some(100_000), None] {
                let mut scan = spanwise::scan(inputs());
                if let Some(bytes) = memory {
                    let read = ReadOptions::default().piece_bytes(7_000);
                    scan = scan.memory_bytes(bytes).read_options(read);
                }
                let listing = listing(&scan);
                let listed = scan.list(&listing, &options).expect("spans");
                let what = format!("{} by {key:?}, {limit:?} in {memory:?}", listing.name());
                for (found, expected) in written(&listed).iter().zip(&expected) {
                    assert!(found == expected, "{what}:\n{found}\n{expected}");
                }
                assert_eq!(listed.found().summary(), traces().summary(), "{what}");
            }
        }
    }
}

fn wanted(whole: &Table, options: &RowOptions) -> Table {
    let sorted = match &options.sort {
        Some(key) => whole.sorted_by(key).expect("a column"),
        None => whole.clone(),
    };
    sorted.head(options.limit.unwrap_or(usize::MAX))
}

#[test]
fn traces_are_listed_within_any_memory() {
    check(&TraceList::default(), &["-errors", "operation", "start"]);
}

#[test]
fn spans_are_listed_within_any_memory() {
    check(&SpanList::default(), &["-duration"]);
}

#[test]
fn queries_are_answered_within_any_memory() {
    let calls = "a: {} > b: { duration > 0s }";
    let order = "a: {} ~ then b: { kind = client or has(> {}) } within 1s";
    for expression in [calls, order, "{ not has(> {}) }"] {
        let query = Query::parse(expression).expect("an expression");
        let prefix = if expression.contains("b:") { "b." } else { "" };
        let query = query.attributes(["mixed", "http.route"]);
        check(
            &query,
            &[&format!("-{prefix}duration"), &format!("{prefix}mixed")],
        );
    }
}

#[test]
fn attributes_have_the_type_of_all_their_values() {
    let list = SpanList::default().attributes(["mixed", "whole", "some", "http.route", "none"]);
    check(&list, &["mixed", "-whole", "some"]);
}

#[test]
fn events_are_listed_within_any_memory() {
    check(
        &EventList::default().attributes(["attempt"]),
        &["attempt", "-time"],
    );
}

#[test]
fn links_know_the_traces_of_all_parts() {
    let found = traces().links(&LinkList::default());
    let flags: Vec<_> = (0..found.rows())
        .map(|row| found.cell(row, "found"))
        .collect();
    assert!(flags.iter().any(|flag| *flag != flags[0]), "some are there");
    check(&LinkList::default(), &["found", "-linked_trace_id"]);
}

#[test]
fn percentiles_are_those_among_all_spans() {
    let whole = traces().spans(&SpanList::default().among(traces().peers()));
    let list = |scan: &Scan| SpanList::default().among(scan.peers().expect("spans"));
    check_against(&whole, list, &["-percentile"]);
}

#[test]
fn edges_are_listed_within_any_memory() {
    for view in [EdgeView::Tree, EdgeView::Causal, EdgeView::Linked] {
        let edges = Edges::default().view(view);
        let whole = traces().edges(&edges);
        let list = |scan: &Scan| scan.edge_list(&edges).expect("spans");
        check_against(&whole, list, &["-gap_time", "from_operation"]);
    }
}

#[test]
fn edges_tell_of_other_parts_what_the_views_say() {
    let edges = |view| {
        let scan = spanwise::scan(inputs()).memory_bytes(100_000);
        scan.edges(&Edges::default().view(view)).expect("spans")
    };
    let said = |table: &Table, column: &str| {
        let cells = (0..table.rows()).filter(|&row| table.cell(row, column) != Cell::Null);
        cells.count()
    };
    let linked = edges(EdgeView::Linked);
    let there = said(&linked, "from_service");
    assert!(there > 50 && there < linked.rows(), "{there}");
    assert_eq!(said(&linked, "gap_time"), there);
    assert!(said(&edges(EdgeView::Causal), "order") > 50);
}

#[test]
fn standard_input_is_not_read_twice() {
    let scan = spanwise::scan([Input::Stdin]);
    let linked = Edges::default().view(EdgeView::Linked);
    for error in [scan.peers().err(), scan.edge_list(&linked).err()] {
        assert_eq!(error.map(|error| error.kind()), Some(ErrorKind::Usage));
    }
    assert!(
        scan.edge_list(&Edges::default()).is_ok(),
        "one pass is enough"
    );
}

/// A document of one span, as collectors write it on a line.
fn line(trace: u64, span: u64) -> String {
    let (start, end) = (trace % 7, 9 + trace % 100);
    let span = format!(
        r#"{{"traceId":"{trace:x}","spanId":"{span:x}","name":"GET","startTimeUnixNano":"{start}","endTimeUnixNano":"{end}"}}"#
    );
    format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{span}]}}]}}]}}"#) + "\n"
}

/// A scan of lines that are read one by one, each of whole traces.
fn complete(input: &Input) -> spanwise::Scan {
    let read = ReadOptions::default().piece_bytes(200);
    let scan = spanwise::scan([input.clone()]).read_options(read);
    scan.assembly(spanwise::Assembly::Complete)
}

#[test]
fn many_runs_are_merged_in_several_passes() {
    let input = Input::bytes((1..300).map(|n| line(n, n)).collect::<String>());
    let whole = spanwise::read_with([input.clone()], &ReadOptions::default()).expect("spans");
    let list = TraceList::default();
    let by_start = RowOptions::default().sort("start");
    let listed = complete(&input).list(&list, &by_start).expect("spans");
    let expected = whole.list(&list).sorted_by("start").expect("a column");
    assert_eq!(written(&listed), written(&expected));
}

#[test]
fn what_cannot_be_sorted_by_is_named() {
    let scan = spanwise::scan([Input::bytes("mail process 0..9 link=1/5")]).memory_bytes(1);
    let options = RowOptions::default().sort("size");
    for listing in [&TraceList::default() as &dyn Listing, &LinkList::default()] {
        let error = scan
            .list(listing, &options)
            .err()
            .map(|error| error.to_string());
        let error = error.unwrap_or_default();
        assert!(error.contains("no column size; there are"), "{error}");
    }
}

#[test]
fn cut_traces_are_refused_where_they_are_said_to_be_whole() {
    let cut = Input::bytes((1..9).map(|n| line(n % 4 + 1, n)).collect::<String>());
    let error = complete(&cut).traces(&TraceList::default()).err();
    assert_eq!(
        error.map(|error| error.kind()),
        Some(spanwise::ErrorKind::Merge)
    );
    assert!(complete(&cut).summary().is_err(), "whatever is asked");
    let whole = Input::bytes((1..9).map(|n| line(n, n)).collect::<String>());
    assert_eq!(complete(&whole).summary().expect("spans").traces, 8);
}
