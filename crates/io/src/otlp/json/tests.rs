use super::*;
use spanwise_model::{flags, ErrorKind, IssueKind, SpanId, SpanKind, StatusCode, TraceId, Value};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

fn read(text: &str) -> (SpanBatch, Ended) {
    let mut batch = SpanBatch::default();
    let ended = OtlpJson
        .read(text.as_bytes(), &mut batch)
        .expect("no limit");
    (batch, ended)
}

/// A document whose one span has `fields` behind its ids.
fn document(fields: &str) -> String {
    format!(
        r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{"traceId":"{TRACE}","spanId":"b7ad6b7169203331",{fields}}}]}}]}}]}}"#
    )
}

/// The one span with `fields`.
fn span(fields: &str) -> SpanBatch {
    let (batch, ended) = read(&document(fields));
    assert_eq!(
        (batch.len(), ended),
        (1, Ended::Whole),
        "{fields}: {:?}",
        batch.issues
    );
    batch
}

fn value(any: &str) -> String {
    let batch = span(&format!(r#""attributes":[{{"key":"k","value":{any}}}]"#));
    let key = batch.strings.find("k").expect("the key");
    format!("{:?}", batch.attribute_value(0, key).expect("an attribute"))
}

fn starts(batch: &SpanBatch) -> Vec<i64> {
    let starts = batch.placements.iter().map(|place| place.start_unix_nano);
    starts.collect()
}

fn count(batch: &SpanBatch, kind: IssueKind) -> u64 {
    batch.issues.count(kind)
}

#[test]
fn times_are_read_as_text_number_and_exponent() {
    for time in [
        "\"1700000000123456789\"",
        "1700000000123456789",
        "1.700000000123456789e18",
        "\"1700000000123456789.4\"",
    ] {
        let batch = span(&format!(
            r#""startTimeUnixNano":{time},"endTimeUnixNano":{time}"#
        ));
        assert_eq!(starts(&batch), [1_700_000_000_123_456_789], "{time}");
        assert!(batch.issues.is_empty(), "{time}");
    }
}

#[test]
fn ends_and_starts_may_be_missing() {
    let end = |fields: &str| {
        let head = span(fields).head(0);
        (
            head.start_unix_nano,
            head.end_unix_nano,
            head.flags & flags::MISSING_START != 0,
        )
    };
    assert_eq!(end(r#""startTimeUnixNano":"5""#), (5, None, false));
    assert_eq!(
        end(r#""startTimeUnixNano":"5","endTimeUnixNano":"0""#),
        (5, None, false)
    );
    assert_eq!(
        end(r#""startTimeUnixNano":0,"endTimeUnixNano":0"#),
        (0, Some(0), false)
    );
    assert_eq!(
        end(r#""startTimeUnixNano":0,"endTimeUnixNano":9"#),
        (0, Some(9), false)
    );
    let late = 1_700_000_000_000_000_000;
    assert_eq!(
        end(r#""endTimeUnixNano":"1700000000000000000""#),
        (late, Some(late), true)
    );
}

#[test]
fn times_out_of_range_are_clamped() {
    let batch = span(r#""startTimeUnixNano":"18446744073709551615""#);
    assert_eq!(starts(&batch), [i64::MAX]);
    assert_eq!(count(&batch, IssueKind::TimeOutOfRange), 1);
}

#[test]
fn enums_are_numbers_names_and_numbers_as_text() {
    for kind in ["3", "\"3\"", "\"SPAN_KIND_CLIENT\"", "\"client\""] {
        assert_eq!(
            span(&format!(r#""kind":{kind}"#)).heads[0].kind,
            SpanKind::Client
        );
    }
    for code in ["2", "\"2\"", "\"STATUS_CODE_ERROR\"", "\"Error\""] {
        let batch = span(&format!(r#""status":{{"code":{code}}}"#));
        assert_eq!(batch.heads[0].status, StatusCode::Error);
        assert_eq!(batch.heads[0].flags, flags::FORMAT_ERROR);
    }
    let batch = span(r#""kind":9,"status":{"code":"WORSE"}"#);
    assert_eq!(batch.heads[0].kind, SpanKind::Unspecified);
    assert_eq!(count(&batch, IssueKind::UnknownEnum), 1);
}

#[test]
fn values_of_every_type_are_read() {
    for (any, expected) in [
        (r#"{"stringValue":"a\tb"}"#, r#"Str("a\tb")"#),
        (r#"{"string_value":"x"}"#, r#"Str("x")"#),
        (r#"{"intValue":"-5"}"#, "Int(-5)"),
        (r#"{"intValue":5}"#, "Int(5)"),
        (r#"{"intValue":42.0}"#, "Int(42)"),
        (
            r#"{"intValue":"9223372036854775807"}"#,
            "Int(9223372036854775807)",
        ),
        (r#"{"doubleValue":0.5}"#, "Double(0.5)"),
        (r#"{"doubleValue":"NaN"}"#, "Double(NaN)"),
        (r#"{"doubleValue":"-Infinity"}"#, "Double(-inf)"),
        (r#"{"doubleValue":7}"#, "Double(7.0)"),
        (r#"{"boolValue":true}"#, "Bool(true)"),
        (r#"{"boolValue":"false"}"#, "Bool(false)"),
        (r#"{"bytesValue":"AQI="}"#, "Bytes([1, 2])"),
        (r#"{"bytesValue":"_-8"}"#, "Bytes([255, 239])"),
        (r#"{"stringValue":"x","intValue":null}"#, r#"Str("x")"#),
        ("{}", "Empty"),
        ("null", "Empty"),
        (r#""bare""#, r#"Str("bare")"#),
        ("7", "Int(7)"),
        (r#"{"arrayValue":{}}"#, r#"Json("[]")"#),
        (r#"{"arrayValue":{"values":null}}"#, r#"Json("[]")"#),
        (
            r#"{"arrayValue":{"values":[{"intValue":"1"},{},{"arrayValue":{"values":[{"stringValue":"\""}]}}]}}"#,
            r#"Json("[1,null,[\"\\\"\"]]")"#,
        ),
        (
            r#"{"kvlistValue":{"values":[{"key":"a","value":{"doubleValue":1}},{"value":{"boolValue":true},"key":"b"},{"key":"c"}]}}"#,
            r#"Json("{\"a\":1.0,\"b\":true,\"c\":null}")"#,
        ),
    ] {
        assert_eq!(value(any), expected, "{any}");
    }
}

#[test]
fn malformed_fields_leave_the_span() {
    for fields in [
        r#""attributes":[{"key":"k","value":{"intValue":"many"}}]"#,
        r#""attributes":[{"value":{"intValue":"1"}}]"#,
        r#""attributes":["k"]"#,
        r#""startTimeUnixNano":"yesterday""#,
        r#""name":["GET"]"#,
    ] {
        assert_eq!(
            count(&span(fields), IssueKind::MalformedRecord),
            1,
            "{fields}"
        );
    }
}

#[test]
fn null_stands_for_nothing_anywhere() {
    let batch = span(
        r#""parentSpanId":null,"name":null,"kind":null,"startTimeUnixNano":null,
        "attributes":null,"events":null,"links":null,"status":null,"traceState":null"#,
    );
    assert!(batch.issues.is_empty(), "{:?}", batch.issues);
    let (batch, _) = read(r#"{"resourceSpans":[{"resource":null,"scopeSpans":null}]}"#);
    assert!(batch.issues.is_empty());
}

#[test]
fn a_resource_behind_its_spans_is_theirs() {
    let (batch, _) = read(
        r#"{"resourceSpans":[
        {"scopeSpans":[{"spans":[{"traceId":"01","spanId":"01"}],"scope":{"name":"lib"}}],
         "resource":{"attributes":[{"value":{"stringValue":"cart"},"key":"service.name"}]}},
        {"scopeSpans":[{"spans":[{"traceId":"01","spanId":"02"}]}]}]}"#,
    );
    let services: Vec<_> = batch
        .heads
        .iter()
        .map(|head| &head.resource)
        .map(|&id| batch.resources.service(id))
        .collect();
    let services: Vec<_> = services
        .into_iter()
        .map(|service| batch.strings.get(service))
        .collect();
    assert_eq!(services, ["cart", ""]);
    let (scope, _) = batch.scopes.get(batch.heads[0].scope);
    assert_eq!(batch.strings.get(scope), "lib");
}

#[test]
fn attributes_of_a_scope_that_breaks_off_fall_to_no_other() {
    let policy = r#"[{"key":"tailsampling.policy","value":{"stringValue":"errors"}}]"#;
    let broken = format!(
        r#"{{"resourceSpans":[{{"scopeSpans":[{{"scope":{{"attributes":{policy}, nonsense"#
    );
    let clean =
        document("\"kind\":1").replace(r#"{"spans":"#, r#"{"scope":{"name":"clean"},"spans":"#);
    let (batch, _) = read(&format!("{broken}\n{clean}\n"));
    assert_eq!(batch.len(), 1);
    assert_eq!(batch.scopes.attributes(batch.heads[0].scope).count(), 0);
    assert!(batch.scopes.are_bare());
}

#[test]
fn old_and_snake_case_keys_are_known() {
    let (batch, _) = read(
        r#"{"resource_spans":[{"instrumentationLibrarySpans":[
        {"instrumentationLibrary":{"name":"old","version":"2"},"spans":[
        {"trace_id":"0af7651916cd43dd8448eb211c80319c","span_id":"b7ad6b7169203331",
         "parent_span_id":"00f067aa0ba902b7","start_time_unix_nano":1,"end_time_unix_nano":2,
         "trace_state":"a=b","dropped_events_count":3,
         "events":[{"time_unix_nano":"1","name":"e"}]}]}]}]}"#,
    );
    let head = batch.head(0);
    assert_eq!(head.parent_id, SpanId(0x00f0_67aa_0ba9_02b7));
    assert_eq!((head.start_unix_nano, head.end_unix_nano), (1, Some(2)));
    assert_eq!(batch.trace_states.get(0), Some("a=b"));
    assert_eq!(count(&batch, IssueKind::DroppedEvents), 3);
    let (name, version) = batch.scopes.get(head.scope);
    assert_eq!(
        (batch.strings.get(name), batch.strings.get(version)),
        ("old", "2")
    );
}

#[test]
fn envelopes_lists_and_lines_are_documents() {
    let one = document("\"kind\":1");
    let batches = one.replace("resourceSpans", "batches");
    for (text, spans) in [
        (format!("{{\"result\":{one}}}\n{{\"result\":{one}}}"), 2),
        (format!("{{\"data\":{one}}}"), 1),
        (format!("{{\"trace\":{one},\"metrics\":{{}}}}"), 1),
        (batches, 1),
        (format!("[{one},{one}, null]"), 2),
        (format!("{one}{one}"), 2),
        (format!("\n{one}\r\n\r\n{one}\r\n"), 2),
        (one.replace(',', ",\n  ").replace('{', "{\n"), 1),
    ] {
        let (batch, ended) = read(&text);
        assert_eq!((batch.len(), ended), (spans, Ended::Whole), "{text}");
        assert!(batch.issues.is_empty(), "{text}");
        assert!(
            OtlpJson.recognises(text.as_bytes()) || text.starts_with("{\n\"batches"),
            "{text}"
        );
    }
}

#[test]
fn lines_of_other_signals_are_counted() {
    let one = document("\"kind\":1");
    let text = format!("{{\"resourceLogs\":[]}}\n{one}\n{{\"resourceMetrics\":[{{}}]}}\n");
    let (batch, _) = read(&text);
    assert_eq!(
        (batch.len(), count(&batch, IssueKind::SkippedSignal)),
        (1, 2)
    );
    assert!(OtlpJson.recognises(text.as_bytes()));
}

#[test]
fn a_broken_line_does_not_spoil_the_next() {
    let one = document("\"kind\":1");
    let half = &one[..one.len() / 2];
    for broken in [
        half,
        "{\"resourceSpans\":[1 2]}",
        "oops",
        "{\"resourceSpans\":[{\"a\":nope}]}",
    ] {
        let (batch, ended) = read(&format!("{one}\n{broken}\n{one}\n{one}"));
        assert_eq!((batch.len(), ended), (3, Ended::Whole), "{broken}");
        assert_eq!(count(&batch, IssueKind::MalformedRecord), 1, "{broken}");
        let (_, _, row) = batch.issues.iter().next().expect("an issue");
        let example = row.examples.first().expect("an example").to_string();
        assert!(example.starts_with("record 2, offset "), "{example}");
    }
}

#[test]
fn spans_before_a_break_are_read_once() {
    let one = document("\"kind\":1");
    let (batch, _) = read(&format!("[\n{one},\n{one},\n{{\"resourceSpans\":[}}\n]\n"));
    assert_eq!(batch.len(), 2);
    // Once as the end of the list, once as a line by itself.
    assert_eq!(count(&batch, IssueKind::MalformedRecord), 2);
}

#[test]
fn a_cut_document_keeps_whole_spans() {
    let span = format!(r#"{{"traceId":"{TRACE}","spanId":"b7ad6b7169203331"}}"#);
    let start = r#"{"resourceSpans":[{"scopeSpans":[{"spans":["#;
    let (batch, ended) = read(&format!("{start}{span},{span},{}", &span[..20]));
    assert_eq!((batch.len(), ended), (2, Ended::Truncated));
    assert_eq!(batch.resources.len(), 1);
}

#[test]
fn bad_text_does_not_lose_its_span() {
    let batch =
        span(r#""name":"a\ud800b","attributes":[{"key":"k","value":{"stringValue":"\udfff"}}]"#);
    assert_eq!(batch.strings.get(batch.heads[0].name), "a\u{fffd}b");
    assert_eq!(count(&batch, IssueKind::InvalidUtf8), 1);
    let mut bytes = document("\"name\":\"X\"").into_bytes();
    let at = bytes
        .iter()
        .position(|&byte| byte == b'X')
        .expect("the name");
    bytes[at] = 0xff;
    let mut batch = SpanBatch::default();
    OtlpJson.read(&bytes, &mut batch).expect("no limit");
    assert_eq!(batch.strings.get(batch.heads[0].name), "\u{fffd}");
    assert_eq!(count(&batch, IssueKind::InvalidUtf8), 1);
}

#[test]
fn word_ids_are_kept_for_display() {
    let (batch, _) = read(
        r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"req-17","spanId":"first"}]}]}]}"#,
    );
    let id = batch.trace_ids[0];
    assert_eq!(batch.trace_words[&id].as_ref(), "req-17");
    assert_eq!(count(&batch, IssueKind::IrregularId), 1);
    assert_ne!(id, TraceId(0));
}

#[test]
fn spans_without_ids_are_told() {
    let (batch, _) = read(r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"x"},null]}]}]}"#);
    assert_eq!(
        (batch.len(), count(&batch, IssueKind::MalformedRecord)),
        (0, 2)
    );
}

#[test]
fn limits_are_errors() {
    let deep = format!("{{\"resourceSpans\":{}", "[".repeat(1_000_000));
    let nested = r#"{"arrayValue":{"values":["#.repeat(1_000);
    let nested = document(&format!(r#""attributes":[{{"key":"k","value":{nested}"#));
    let long = document(&format!("\"name\":\"{}\"", "x".repeat(2000)));
    let value = format!(
        r#""attributes":[{{"key":"k","value":{{"stringValue":"{}"}}}}]"#,
        "x".repeat(2000)
    );
    for text in [deep, nested, long, document(&value)] {
        let mut batch = SpanBatch::default();
        batch.guard.text_bytes = 1000;
        let error = OtlpJson
            .read(text.as_bytes(), &mut batch)
            .expect_err("a limit");
        assert_eq!(error.kind(), ErrorKind::Limit, "{error}");
    }
}

#[test]
fn writing_and_reading_give_the_same() {
    let text = document(
        r#""name":"GET","kind":2,"startTimeUnixNano":"5","endTimeUnixNano":"9",
        "attributes":[{"key":"k","value":{"kvlistValue":{"values":[{"key":"z","value":{"arrayValue":{"values":[{"intValue":"1"},{}]}}},{"key":"a","value":{}}]}}}]"#,
    );
    let (batch, _) = read(&text);
    let mut written = Vec::new();
    OtlpJson.write(&batch, &mut written).expect("writable");
    let (again, _) = read(std::str::from_utf8(&written).expect("UTF-8"));
    assert_eq!(again.head(0), batch.head(0));
    let key = again.strings.find("k").expect("the key");
    assert_eq!(
        again.attribute_value(0, key),
        Some(Value::Json(r#"{"z":[1,null],"a":null}"#))
    );
}

#[test]
fn other_json_is_not_taken_for_otlp() {
    for head in [
        "",
        "[]",
        "{}",
        "hello",
        r#"{"data":[{"traceID":"1","spans":[]}]}"#,
        r#"[{"traceId":"1","id":"2"}]"#,
        r#"{"a":"resourceSpans"}"#,
    ] {
        assert!(!OtlpJson.recognises(head.as_bytes()), "{head}");
    }
    assert!(OtlpJson.recognises(b"{\"a\":\"cut off\n{\"resourceSpans\" : ["));
}
