use super::*;
use crate::notation;
use proptest::prelude::*;
use spanwise_model::{flags, IssueKind};

fn read(text: &str) -> SpanBatch {
    let mut batch = SpanBatch::default();
    let ended = DataPrepper.read(text.as_bytes(), &mut batch);
    assert_eq!(ended.expect("within limits"), Ended::Whole);
    batch
}

/// What a document with these fields is in notation, behind its trace.
fn line(fields: &str) -> String {
    let batch = read(&format!(r#"{{"traceId":"1","spanId":"2",{fields}}}"#));
    assert!(batch.issues.is_empty(), "{:?}", batch.issues);
    let text = notation::print(&batch);
    text.trim_start_matches("trace 1\n").trim_end().to_owned()
}

const WHOLE: &str =
    "cart GET 1s..2s server error status_message=no trace_state=\"a=b\" id=2 parent=3 \
    scope=lib@1.2 @service.name=cart @host.name=h http.method=GET n=5 link=4/5{a.b=1} \
    event=hit@1500{k.l=v}";

#[test]
fn keys_with_dots_are_read_as_objects_are() {
    let plain = r#""parentSpanId":"3","traceState":"a=b","name":"GET","kind":"SPAN_KIND_SERVER",
        "startTime":"1970-01-01T00:00:01Z","endTime":"1970-01-01T00:00:02.000Z","durationInNanos":1000000000,
        "serviceName":"cart","traceGroup":"GET","traceGroupFields.statusCode":2,
        "events":[{"name":"hit","time":"1970-01-01T00:00:01.5Z","attributes":{"k@l":"v"},"droppedAttributesCount":0}],
        "links":[{"traceId":"4","spanId":"5","attributes":{"a@b":1}}],"#;
    let dotted = r#""resource.attributes.service@name":"cart","resource.attributes.host@name":"h",
        "span.attributes.http@method":"GET","span.attributes.n":5,"status.code":2,"status.message":"no",
        "instrumentationLibrary.name":"lib","instrumentationLibrary.version":"1.2""#;
    let nested = r#""resource":{"attributes":{"service@name":"cart","host@name":"h"},"schemaUrl":"u"},
        "attributes":{"http.method":"GET","n":5},"status":{"code":"ERROR","message":"no"},
        "instrumentationScope":{"name":"lib","version":"1.2"}"#;
    let exporter = r#""resource":{"service.name":"cart","host.name":"h"},
        "attributes":{"http.method":"GET","n":5},"status":{"code":"Error","message":"no"},
        "scope":{"name":"lib","version":"1.2"}"#;
    for fields in [dotted, nested, exporter] {
        assert_eq!(line(&format!("{plain}{fields}")), WHOLE);
    }
}

#[test]
fn times_are_dates_and_the_duration_stands_in_for_the_end() {
    for (fields, expected) in [
        (
            r#""startTime":"1970-01-01T00:00:00.000000001Z","durationInNanos":5"#,
            "\"\" 1ns..6ns id=2",
        ),
        (
            r#""startTime":"1970-01-01T01:00:00+01:00","endTime":"1970-01-01 00:00:00.5","name":"""#,
            "\"\" 0..500 id=2",
        ),
    ] {
        assert_eq!(line(fields), expected);
    }
    let bad =
        read(r#"{"traceId":"1","spanId":"2","startTime":"noon","endTime":"2500-01-01T00:00:00Z"}"#);
    assert_eq!(bad.issues.count(IssueKind::MalformedRecord), 1);
    assert_eq!(bad.issues.count(IssueKind::TimeOutOfRange), 1);
    assert!(bad.heads[0].flags & flags::MISSING_START != 0);
}

#[test]
fn enums_are_names_or_numbers() {
    for (fields, expected) in [
        (r#""kind":3,"status.code":1"#, (3, 1, 0)),
        (
            r#""kind":"Client","status.code":"STATUS_CODE_OK""#,
            (3, 1, 0),
        ),
        (r#""kind":"","status.code":"""#, (0, 0, 0)),
        (
            r#""kind":"SPAN_KIND_UNSPECIFIED","status.code":0"#,
            (0, 0, 0),
        ),
        (r#""kind":"odd","status.code":9"#, (0, 0, 1)),
    ] {
        let batch = read(&format!(r#"{{"traceId":"1","spanId":"2",{fields}}}"#));
        let head = batch.heads[0];
        let unknown = batch.issues.count(IssueKind::UnknownEnum);
        assert_eq!(
            (head.kind as u8, head.status as u8, unknown),
            expected,
            "{fields}"
        );
    }
}

#[test]
fn what_was_dropped_is_counted() {
    let batch = read(
        r#"{"traceId":"1","spanId":"2","serviceName":"cart","droppedAttributesCount":2,
        "droppedEventsCount":3,"droppedLinksCount":-1,
        "events":[{"name":"e","droppedAttributesCount":4}]}"#,
    );
    let counts = [
        IssueKind::DroppedAttributes,
        IssueKind::DroppedEvents,
        IssueKind::DroppedLinks,
    ]
    .map(|kind| batch.issues.count(kind));
    assert_eq!(counts, [6, 3, 0]);
    let dropped = batch.dropped.value(0);
    assert_eq!(
        (dropped.attributes, dropped.events, dropped.links),
        (6, 3, 0)
    );
}

#[test]
fn each_invalid_line_is_an_issue_with_its_number() {
    let line = |id: usize| format!(r#"{{"traceId":"1","spanId":"{id}","name":"x"}}"#);
    let invalid = [3, 4, 9, 20];
    let lines = (1..=20).map(|number| match invalid.contains(&number) {
        true => line(number).replace("\"x\"", "\"x\\\""),
        false => line(number),
    });
    let lines: Vec<String> = lines.collect();
    let batch = read(&(lines.join("\n") + "\n{}\n"));
    assert_eq!(batch.len(), 16);
    assert_eq!(batch.issues.count(IssueKind::MalformedRecord), 4);
    let rows = batch
        .issues
        .iter()
        .find(|row| row.0 == IssueKind::MalformedRecord);
    let examples: Vec<String> = rows
        .expect("issues")
        .2
        .examples
        .iter()
        .map(ToString::to_string)
        .collect();
    for (example, number) in examples.iter().zip(invalid) {
        assert!(
            example.starts_with(&format!("record {number}, ")),
            "{example}"
        );
    }
}

#[test]
fn attributes_of_a_document_that_is_refused_fall_to_no_other() {
    let batch = read(
        "{\"traceId\":\"1\",\"resource.attributes.a\":1,\"span.attributes.b\":2,\"events\":[{\"name\":\"e\"}]}\n\
         {\"traceId\":\"1\",\"spanId\":\"2\",\"resource.attributes.c\":3}\n",
    );
    assert_eq!(notation::print(&batch), "trace 1\n\"\" .. id=2 @c=3\n");
    assert_eq!(batch.issues.count(IssueKind::MalformedRecord), 1);
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in r#"(\{|\}|\[|\]|,|:|"(traceId|spanId|events|resource|attributes|status|code|hits|_source|startTime)"|1|null|"[a-z@.]{0,4}"|\n){0,60}"#) {
        let mut batch = SpanBatch::default();
        let _ = DataPrepper.recognises(text.as_bytes());
        DataPrepper.read(text.as_bytes(), &mut batch).expect("no limit is reached");
        prop_assert!(batch.len() <= text.len());
    }
}
