use super::*;
use crate::notation;
use spanwise_model::IssueKind;

const METADATA: &str = r#"{"metadata":{"service":{"name":"shop","environment":"prod","agent":{"name":"go","version":"1"}},"system":{"kubernetes":{"pod":{"name":"p"}}},"labels":{"team":"a","none":null}}}"#;

fn read(lines: &[&str]) -> SpanBatch {
    let text = lines.join("\n");
    assert!(ElasticApm.recognises(text.as_bytes()), "{text}");
    let mut batch = SpanBatch::default();
    let ended = ElasticApm.read(text.as_bytes(), &mut batch);
    assert_eq!(ended.expect("within limits"), Ended::Whole);
    batch
}

/// What lines behind metadata are in notation.
fn lines(lines: &[&str]) -> String {
    let batch = read(&[&[METADATA], lines].concat());
    assert!(batch.issues.is_empty(), "{:?}", batch.issues);
    notation::print(&batch)
}

const RESOURCE: &str = "@deployment.environment.name=prod @telemetry.sdk.name=go \
                        @telemetry.sdk.version=\"1\" @k8s.pod.name=p @team=a";

#[test]
fn transactions_and_spans_are_read_with_all_they_have() {
    let text = lines(&[
        r#"{"transaction":{"id":"1","trace_id":"f","name":"GET /","type":"request","timestamp":1000,"duration":2.5,"outcome":"failure","result":"5xx","context":{"request":{"method":"GET","url":{"full":"http://a/"}},"response":{"status_code":500},"tags":{"k":1}}}}"#,
        r#"{"span":{"id":"2","parent_id":"1","trace_id":"f","name":"SELECT","type":"db","subtype":"mysql","timestamp":2000,"duration":1,"sync":true,"context":{"db":{"statement":"select 1"},"destination":{"service":{"resource":"mysql"}}},"links":[{"trace_id":"e","span_id":"3"}]}}"#,
    ]);
    assert_eq!(
        text,
        format!(
            "trace f\n\
             shop GET / 1..3500us server error {RESOURCE} transaction.type=request \
             transaction.result=5xx http.request.method=GET url.full=\"http://a/\" \
             http.response.status_code=500 k=1\n\
             \x20 shop SELECT 2..3 client {RESOURCE} span.type=db span.subtype=mysql \
             span.sync=true db.query.text=\"select 1\" peer.service=mysql link=e/3\n"
        )
    );
}

#[test]
fn errors_are_exceptions_of_their_spans_on_whatever_line_they_stand() {
    let error = |id: &str| {
        format!(
            r#"{{"error":{{"id":"{id}","trace_id":"f","parent_id":"1","timestamp":1500,"exception":{{"type":"IOError","message":"no"}}}}}}"#
        )
    };
    let span =
        r#"{"span":{"id":"1","trace_id":"f","transaction_id":"9","timestamp":1000,"duration":1}}"#;
    let (before, behind) = (error("a"), error("b"));
    let batch = read(&[
        METADATA,
        &before,
        span,
        &behind,
        &error("c").replace("\"1\"", "\"7\""),
    ]);
    assert_eq!(batch.events.time_unix_nano, [1_500_000; 2]);
    let ids = |event| {
        let attributes = batch.events.attributes.named(event, &batch.strings);
        let named: Vec<_> = attributes
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        named.join(" ")
    };
    assert_eq!(
        ids(0),
        "error.id=a exception.type=IOError exception.message=no"
    );
    assert_eq!(
        ids(1),
        "error.id=b exception.type=IOError exception.message=no"
    );
    assert_eq!(batch.issues.count(IssueKind::SkippedSignal), 1);
    assert_eq!(batch.head(0).parent_id, spanwise_model::SpanId(9));
}

#[test]
fn a_record_may_be_of_another_service() {
    let batch = read(&[
        METADATA,
        r#"{"span":{"id":"1","trace_id":"f","duration":1,"span_count":0,"context":{"service":{"name":"other","environment":"test"}}}}"#,
        r#"{"span":{"id":"2","trace_id":"f","duration":1,"context":{"service":null}}}"#,
    ]);
    let text = notation::print(&batch);
    assert!(
        text.contains("@team=a @deployment.environment.name=test"),
        "{text}"
    );
    assert_eq!(batch.services(), 2, "{text}");
}

#[test]
fn old_spans_start_with_their_transaction() {
    let batch = read(&[
        METADATA,
        r#"{"span":{"id":"2","trace_id":"f","transaction_id":"1","start":1.5,"duration":1}}"#,
        r#"{"span":{"id":"3","trace_id":"f","transaction_id":"8","start":1.5,"duration":1}}"#,
        r#"{"transaction":{"id":"1","trace_id":"f","timestamp":1000,"duration":2.5,"type":"job"}}"#,
    ]);
    assert_eq!(batch.head(0).start_unix_nano, 2_500_000);
    assert_eq!(batch.head(0).end_unix_nano, Some(3_500_000));
    let missing = spanwise_model::flags::MISSING_START;
    assert_eq!(batch.head(1).flags & missing, missing);
}

#[test]
fn what_is_no_span_is_counted() {
    let batch = read(&[
        METADATA,
        r#"{"metricset":{"samples":{}}}"#,
        r#"{"span":{"id":"1"}}"#,
        r#"{"x":1,"error":{"trace_id":"f"}}"#,
        r#"{"span":{"id":"1","trace_id":"#,
        r#"{"span":{"id":"1","trace_id":"f","type":"app"}}"#,
    ]);
    assert_eq!(batch.len(), 1);
    assert_eq!(batch.issues.count(IssueKind::SkippedSignal), 2);
    assert_eq!(batch.issues.count(IssueKind::MalformedRecord), 2);
}
