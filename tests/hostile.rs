//! Broken and hostile input: it costs no more than its size, loses nothing that
//! can be read, and never panics.
//!
//! Where a square would creep in, the sizes here make it take minutes.

use spanwise::analyses::{CriticalPath, Dependencies, Errors, Hotspots, SpanList};
use spanwise::model::{IssueKind, SpanHead};
use spanwise::{
    flags, ErrorKind, Format, Input, ReadOptions, SpanBatch, SpanId, SpanTable, Table, TraceId,
    Traces,
};
use spanwise_io::read::{read_batch, read_table};
use std::fmt::Write;

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

fn read(document: impl AsRef<[u8]>) -> SpanTable {
    read_table(&[Input::bytes(document)], &ReadOptions::default()).expect("spans")
}

/// The texts of `count` items with commas between.
fn list(count: u64, item: impl Fn(u64) -> String) -> String {
    let mut list = String::new();
    for at in 0..count {
        let comma = if at > 0 { "," } else { "" };
        write!(list, "{comma}{}", item(at)).expect("a string takes every text");
    }
    list
}

/// A document of OTLP with these spans.
fn otlp(spans: &str) -> String {
    format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{spans}]}}]}}]}}"#)
}

fn analyse(traces: &Traces) -> Vec<Table> {
    traces.run(&[
        &Hotspots::default(),
        &CriticalPath::default(),
        &Errors::default(),
        &Dependencies::default(),
    ])
}

/// Trace ids that a hash by multiplication with this well-known factor, and
/// without a key, cannot tell apart.
#[test]
fn ids_made_to_collide_cost_no_more_than_others() {
    const FACTOR: u64 = 0xf135_7aea_2e62_a9c5;
    let spans = list(200_000, |low| {
        let high = 1u64.wrapping_sub(low.wrapping_mul(FACTOR));
        format!(r#"{{"traceId":"{high:016x}{low:016x}","spanId":"1"}}"#)
    });
    assert_eq!(read(otlp(&spans)).trace_count(), 200_000);
}

#[test]
fn a_resource_may_stand_there_many_times() {
    let spans = list(100_000, |id| format!(r#"{{"spanId":"{:x}"}}"#, id + 1));
    for key in ["resource", "scope"] {
        let again = list(100_000, |_| format!(r#""{key}":{{}}"#));
        let scope = format!(r#""scopeSpans":[{{"spans":[{spans}]"#);
        let document = match key {
            "scope" => format!(r#"{{"resourceSpans":[{{{scope},{again}}}]}}]}}"#),
            _ => format!(r#"{{"resourceSpans":[{{{scope}}}],{again}}}]}}"#),
        };
        assert_eq!(read(document).len(), 100_000, "{key}");
    }
}

#[test]
fn every_span_may_have_a_process_of_its_own() {
    let spans = list(100_000, |id| {
        let id = id + 1;
        format!(
            r#"{{"traceID":"1","spanID":"{id:x}","operationName":"o","processID":"p{id}","startTime":1,"duration":1}}"#
        )
    });
    let processes = list(100_000, |id| {
        let id = id + 1;
        format!(r#""p{id}":{{"serviceName":"s{id}"}}"#)
    });
    let document =
        format!(r#"{{"data":[{{"traceID":"1","spans":[{spans}],"processes":{{{processes}}}}}]}}"#);
    let table = read(document);
    let named = table.trace(0).spans();
    assert!(named
        .map(spanwise::model::Span::service)
        .all(|service| service.starts_with('s')));
}

#[test]
fn resources_that_are_no_number_are_one() {
    let document = list(50_000, |id| {
        format!(
            r#"{{"resource":{{"attributes":[{{"key":"load","value":{{"doubleValue":"NaN"}}}}]}},"scopeSpans":[{{"spans":[{{"traceId":"1","spanId":"{:x}"}}]}}]}}"#,
            id + 1
        )
    });
    let batch = read_batch(
        &[Input::bytes(format!(r#"{{"resourceSpans":[{document}]}}"#))],
        &ReadOptions::default(),
    );
    let batch = batch.expect("spans");
    assert_eq!((batch.len(), batch.resources.len()), (50_000, 1));
}

/// Issues of one file must not be looked at again for every other one.
#[test]
fn many_small_files_do_not_pay_for_the_issues_of_each_other() {
    let services = list(20_000, |id| {
        format!(
            r#"{{"resource":{{"attributes":[{{"key":"service.name","value":{{"stringValue":"s{id}"}}}}]}},"scopeSpans":[{{"spans":[{{"traceId":"1","spanId":"{:x}","droppedEventsCount":1}}]}}]}}"#,
            id + 1
        )
    });
    let first = Input::Bytes {
        name: "a".into(),
        bytes: format!(r#"{{"resourceSpans":[{services}]}}"#)
            .into_bytes()
            .into(),
    };
    let others = (0..20_000).map(|number| Input::Bytes {
        name: format!("b{number}"),
        bytes: format!("a b 0..1 id={}", number + 100_000)
            .into_bytes()
            .into(),
    });
    let inputs: Vec<Input> = std::iter::once(first).chain(others).collect();
    let batch = read_batch(&inputs, &ReadOptions::default()).expect("spans");
    assert_eq!(batch.len(), 40_000);
    assert_eq!(batch.issues.count(IssueKind::DroppedEvents), 20_000);
}

const SPANS: u64 = 1_000_000;

/// A trace of a million spans without flaw but for what `shape` does to each.
fn trace(shape: impl Fn(u64, &mut SpanHead)) -> Traces {
    let mut batch = SpanBatch::default();
    for id in 1..=SPANS {
        let mut head = SpanHead {
            trace_id: TraceId(1),
            span_id: SpanId(id),
            parent_id: SpanId(id - 1),
            start_unix_nano: id as i64,
            end_unix_nano: Some(3 * SPANS as i64 - id as i64),
            ..SpanHead::default()
        };
        shape(id, &mut head);
        batch.close(head).expect("room");
    }
    Traces::from_batch(batch).expect("room")
}

#[test]
fn a_million_spans_without_ends() {
    let down = trace(|_, head| head.end_unix_nano = None);
    let up = trace(|id, head| {
        head.end_unix_nano = None;
        head.start_unix_nano = (SPANS - id) as i64;
        head.parent_id = SpanId((id + 1) % (SPANS + 1));
    });
    for traces in [down, up] {
        analyse(&traces);
        assert_eq!(traces.table().issues.count(IssueKind::MissingEnd), SPANS);
        assert_eq!(traces.spans(&SpanList::default()).rows() as u64, SPANS);
    }
}

#[test]
fn a_million_spans_without_starts() {
    let traces = trace(|_, head| head.flags |= flags::MISSING_START);
    analyse(&traces);
    let issues = &traces.table().issues;
    assert_eq!(issues.count(IssueKind::MissingStart), SPANS);
}

#[test]
fn a_cycle_of_a_million_spans() {
    let traces = trace(|id, head| head.parent_id = SpanId(id % SPANS + 1));
    analyse(&traces);
    assert_eq!(traces.table().issues.count(IssueKind::Cycle), 1);
    let traces = trace(|id, head| head.parent_id = SpanId(id));
    analyse(&traces);
    assert_eq!(traces.table().issues.count(IssueKind::Cycle), SPANS);
}

#[test]
fn a_million_spans_of_one_id() {
    let different = trace(|_, head| head.span_id = SpanId(7));
    assert_eq!(different.table().len() as u64, SPANS);
    let half_of_them = trace(|id, head| {
        head.parent_id = SpanId(7);
        if id % 2 == 0 {
            head.span_id = SpanId(7);
        }
    });
    analyse(&half_of_them);
    assert_eq!(half_of_them.table().len() as u64, SPANS);
    let same = trace(|_, head| {
        *head = SpanHead {
            trace_id: TraceId(1),
            span_id: SpanId(7),
            ..SpanHead::default()
        };
    });
    assert_eq!(same.table().len(), 1);
    let folded = same.table().issues.count(IssueKind::DuplicateId);
    assert_eq!(folded, SPANS - 1);
}

/// A few spans with everything that a span may have.
const SMALL: &str = "
shop GET /cart      0..100 server error status_message=\"no\" k=v
  cart Get         10..60 client peer.service=redis n=5 f=0.5 b=true
    redis HGET     20..50
trace 2
shop GET /          0..20
";

/// The small trace in every format that is written.
fn written() -> Vec<(&'static dyn Format, Vec<u8>)> {
    let batch = read_batch(&[Input::bytes(SMALL)], &ReadOptions::default()).expect("spans");
    let write = |format: &&'static dyn Format| {
        let (write, mut out) = (format.writer()?, Vec::new());
        write(&batch, &mut out).expect("memory");
        Some((*format, out))
    };
    spanwise::formats().iter().filter_map(write).collect()
}

/// How many spans there are in `bytes`, all of which can be analysed.
fn spans_in(format: &dyn Format, bytes: &[u8]) -> u64 {
    let mut batch = SpanBatch::default();
    format.read(bytes, &mut batch).expect("no limit is reached");
    let traces = Traces::from_batch(batch).expect("room");
    analyse(&traces);
    traces.table().records.spans
}

#[test]
fn a_file_cut_anywhere_keeps_what_stands_before_the_cut() {
    for (format, bytes) in written() {
        let mut before = 0;
        for end in 0..=bytes.len() {
            let spans = spans_in(format, &bytes[..end]);
            // A line of notation may be one with half its last word, and none
            // with more of it.
            let at_least = before - u64::from(format.name() == "notation" && before > 0);
            assert!(
                (at_least..=4).contains(&spans),
                "{}, {end} bytes",
                format.name()
            );
            before = spans;
        }
        assert_eq!(before, 4, "{}", format.name());
    }
}

#[test]
fn any_byte_may_be_wrong() {
    for (format, mut bytes) in written() {
        // Of a long file some hundred bytes must do.
        let step = match format.is_one_document() {
            true => bytes.len().div_ceil(400),
            false => 1,
        };
        for at in (0..bytes.len()).step_by(step) {
            let right = bytes[at];
            for wrong in [0xff, b'"', right ^ 1] {
                bytes[at] = wrong;
                assert!(
                    spans_in(format, &bytes) <= 8,
                    "{}, byte {at}",
                    format.name()
                );
            }
            bytes[at] = right;
        }
    }
}

#[test]
fn half_a_trace_in_each_of_two_formats_is_one_trace() {
    let jaeger = format!(
        r#"{{"data":[{{"traceID":"{TRACE}","spans":[
            {{"traceID":"{TRACE}","spanID":"1","operationName":"root","startTime":1000000,"duration":1000,"processID":"p"}},
            {{"traceID":"{TRACE}","spanID":"3","references":[{{"refType":"CHILD_OF","traceID":"{TRACE}","spanID":"2"}}],
              "operationName":"leaf","startTime":1000020,"duration":100,"processID":"p"}}],
            "processes":{{"p":{{"serviceName":"shop"}}}}}}]}}"#
    );
    let otlp = otlp(&format!(
        r#"{{"traceId":"{TRACE}","spanId":"0000000000000002","parentSpanId":"0000000000000001","name":"middle",
            "startTimeUnixNano":"1000010000","endTimeUnixNano":"1000500000"}}"#
    ));
    let inputs = [Input::bytes(jaeger), Input::bytes(otlp)];
    let table = read_table(&inputs, &ReadOptions::default()).expect("spans");
    assert_eq!((table.trace_count(), table.len()), (1, 3));
    assert_eq!((table.records.orphans, table.records.roots), (0, 1));
    let parent = &table.columns.parent;
    assert_eq!(parent[1..], [0, 1], "root, middle, leaf");
}

#[test]
fn numbers_beyond_all_bounds_are_issues() {
    for (start, end) in [
        ("1e400", "1e401"),
        ("\"18446744073709551617\"", "-5"),
        ("-1e400", "1e400"),
        ("-9223372036854775808", "9223372036854775807"),
        ("0.00000001", "1e-400"),
        ("\"0x10\"", "[]"),
    ] {
        let span = format!(
            r#"{{"traceId":"{TRACE}","spanId":"1","name":"a","startTimeUnixNano":{start},"endTimeUnixNano":{end}}}"#
        );
        let child = r#","parentSpanId":"1","spanId":"2""#;
        let child = span.replace(r#","spanId":"1""#, child);
        let table = read(otlp(&format!("{span},{child}")));
        assert_eq!(table.len(), 2, "{start}");
        analyse(&Traces::new(table));
    }
}

#[test]
fn nothing_where_something_is_expected_is_told() {
    for document in [
        r#"{"resourceSpans":null}"#,
        r#"{"resourceSpans":[null,{"scopeSpans":null},{"scopeSpans":[null,{"spans":null},{"spans":[null]}]}]}"#,
        r#"{"data":[{"traceID":"1","spans":null,"processes":null}]}"#,
        r#"{"data":{}}"#,
        r#"{"data":[]}"#,
        r#"{"batches":[]}"#,
        r#"{"traces":[{"traceID":"2f3e0cee77ae5dc9c17ade3689eb2e54","rootServiceName":"shop","durationMs":557}],"metrics":{}}"#,
        "[]",
        "{}",
        "null",
        " \n\t ",
        "",
    ] {
        let read = read_table(&[Input::bytes(document)], &ReadOptions::default());
        let error = read.expect_err(document);
        let kinds = [ErrorKind::NoSpans, ErrorKind::Format];
        assert!(kinds.contains(&error.kind()), "{document}: {error}");
    }
}
