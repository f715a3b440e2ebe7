//! Exports of vendors that are read in pieces hold what they hold when they are
//! read at once.

use spanwise::analyses::{IssueList, SpanList, Summary};
use spanwise::{Input, ReadOptions, Table, Traces};
use std::fmt::Write;

/// How many traces an export has.
const TRACES: u64 = 120;

/// The texts of all traces with commas between.
fn list(item: impl Fn(u64) -> String) -> String {
    (1..=TRACES).map(item).collect::<Vec<_>>().join(",")
}

/// A line for each.
fn lines(item: impl Fn(u64) -> String) -> String {
    (1..=TRACES).map(|at| item(at) + "\n").collect()
}

/// A chunk of which one span says what holds for all, and one is no span.
fn datadog(at: u64) -> String {
    format!(
        r#"[{{"trace_id":{at},"span_id":1,"service":"a","name":"n","start":{at},"duration":9,"meta":{{"runtime-id":"r{at}","_dd.p.tid":"{at:x}"}}}},{{"trace_id":{at},"span_id":2,"parent_id":1,"service":"b","start":{at},"duration":3}},{{"trace_id":{at}}}]"#
    )
}

fn segment(at: u64) -> String {
    let span = |id: u64, parent: i64| {
        format!(
            r#"{{"spanId":{id},"parentSpanId":{parent},"operationName":"o{id}","startTime":{at},"endTime":{},"spanType":"Entry","logs":[{{"time":{at},"data":[{{"key":"event","value":"error"}}]}}]}}"#,
            at + 9
        )
    };
    format!(
        r#"{{"traceId":"t{at}","traceSegmentId":"s{at}","spans":[{},{},{{"x":1}}],"service":"shop","serviceInstance":"i{at}"}}"#,
        span(1, 0),
        span(0, -1)
    )
}

/// Rows, some over two lines and some that are no spans.
fn table() -> String {
    let header = "SpanId,TraceId,ParentSpan,StartTime,EndTime,URL,SpanType,Service,IsError\n";
    let rows = |at: u64| {
        let mut rows = format!("s{at}.0,t{at},-1,{at},{},/a,Entry,shop,True", at + 5);
        let _ = write!(
            rows,
            "\ns{at}.1,t{at},s{at}.0,{at},{},\"/b\n\"\"c\"\"\",Exit,shop,",
            at + 4
        );
        if at.is_multiple_of(7) {
            rows.push_str("\nbroken,row");
        }
        rows
    };
    format!("{header}{}", lines(rows))
}

/// Segments whose subsegments come before them, in other lines.
fn xray(at: u64) -> String {
    let trace = format!("1-{at:08x}-{at:024x}");
    [
        r#"{"format":"json","version":1}"#.to_owned(),
        format!(
            r#"{{"trace_id":"{trace}","id":"3","parent_id":"2","type":"subsegment","name":"s","start_time":{at}.2,"end_time":{at}.3}}"#
        ),
        format!(
            r#"{{"trace_id":"{trace}","id":"1","name":"shop","start_time":{at}.1,"end_time":{at}.9,"subsegments":[{{"id":"2","name":"db","namespace":"remote","start_time":{at}.2,"end_time":{at}.4}}]}}"#
        ),
        format!(r#"{{"trace_id":"{trace}","name":"no id"}}"#),
    ]
    .join("\n")
}

fn xray_answer(at: u64) -> String {
    let trace = format!("1-{at:08x}-{at:024x}");
    let document = format!(
        r#"{{\"trace_id\":\"{trace}\",\"id\":\"{at:x}\",\"name\":\"shop\",\"start_time\":{at},\"end_time\":{at}.5}}"#
    );
    format!(
        r#"{{"Id":"{trace}","LimitExceeded":{},"Segments":[{{"Id":"{at:x}","Document":"{document}"}}]}}"#,
        at.is_multiple_of(5)
    )
}

const METADATA: &str =
    r#"{"metadata":{"service":{"name":"shop","agent":{"name":"go","version":"1"}}}}"#;

/// A span with its error on a line far away.
fn elastic() -> String {
    let span = |at: u64| {
        format!(
            r#"{{"span":{{"id":"{at:x}","trace_id":"{at:x}","parent_id":"f","name":"n","timestamp":{at},"duration":1}}}}"#
        )
    };
    let error = |at: u64| {
        format!(
            r#"{{"error":{{"id":"e","trace_id":"{at:x}","parent_id":"{at:x}","timestamp":{at}}}}}"#
        )
    };
    format!("{METADATA}\n{}{}", lines(error), lines(span))
}

/// Spans whose ends all come behind all beginnings.
fn chrome() -> String {
    let event = |phase: &str, at: u64| {
        format!(
            r#"{{"ph":"{phase}","name":"n{at}","pid":1,"tid":{},"ts":{at}}}"#,
            at % 5
        )
    };
    format!(
        "[{},{}",
        list(|at| event("B", at)),
        list(|at| event("E", at + TRACES))
    )
    .replace("\"E\",\"name\":\"n", "\"E\",\"was\":\"n")
}

fn exports() -> Vec<(&'static str, String)> {
    vec![
        ("datadog-json", format!("[{}]", list(datadog))),
        (
            "datadog-json",
            format!("[\n{}\n]", list(datadog).replace("}],[{", "}],\n[{")),
        ),
        ("datadog-json", lines(datadog)),
        ("skywalking-json", format!("[{}]", list(segment))),
        ("skywalking-json", lines(segment)),
        ("skywalking-csv", table()),
        ("xray-json", lines(xray)),
        (
            "xray-json",
            format!(r#"{{"Traces":[{}]}}"#, list(xray_answer)),
        ),
        ("elastic-apm", elastic()),
        ("chrome-trace", chrome()),
    ]
}

/// Everything that is read.
fn told(traces: &Traces) -> (Summary, [Table; 2], String) {
    let spans = traces.spans(&SpanList::default());
    let issues = traces.issues(&IssueList::default());
    let text = traces.table().to_string();
    (traces.summary(), [spans, issues], text)
}

#[test]
fn every_export_is_read_in_pieces_as_at_once() {
    for (format, text) in exports() {
        let read = |options: ReadOptions| {
            let traces = spanwise::read_with([Input::bytes(&text)], &options);
            told(&traces.expect(format))
        };
        let whole = spanwise::read_with([Input::bytes(&text)], &ReadOptions::default());
        let whole = whole.expect(format);
        assert_eq!(whole.table().sources[0].format, format, "{}", &text[..80]);
        assert!(whole.summary().spans >= TRACES, "{format}");
        let whole = told(&whole);
        for size in [1, 300, 2_000, 20_000] {
            for threads in [1, 2] {
                let options = ReadOptions::default().piece_bytes(size).threads(threads);
                let pieces = read(options);
                assert!(pieces == whole, "{format} by {size} in {threads} threads");
            }
        }
    }
}

#[test]
fn a_scan_finds_what_a_read_finds() {
    for (format, text) in exports() {
        let options = ReadOptions::default().piece_bytes(1_000);
        let traces = spanwise::read_with([Input::bytes(&text)], &options).expect(format);
        let scan = spanwise::scan([Input::bytes(&text)]).read_options(options);
        let scanned = scan.memory_bytes(1).summary().expect(format);
        assert_eq!(scanned, traces.summary(), "{format}");
    }
}

/// How many spans are read of bytes that are said to be of a format.
fn spans(format: &str, bytes: &[u8]) -> u64 {
    let options = ReadOptions::default().format(format);
    let traces = spanwise::read_with([Input::bytes(bytes)], &options);
    traces.map_or(0, |traces| traces.summary().spans)
}

#[test]
fn of_a_cut_or_damaged_export_no_more_is_read_than_of_the_whole() {
    for (format, text) in exports() {
        let whole = spans(format, text.as_bytes());
        let mut before = 0;
        for at in (1..text.len()).step_by(text.len() / 23) {
            let read = spans(format, &text.as_bytes()[..at]);
            assert!(read >= before && read <= whole, "{format} up to {at}");
            before = read;
            let mut damaged = text.clone().into_bytes();
            damaged[at] ^= 0x15;
            assert!(spans(format, &damaged) <= whole + 1, "{format}, {at}");
        }
    }
}
