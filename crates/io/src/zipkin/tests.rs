use super::*;
use crate::notation;
use proptest::prelude::*;
use spanwise_model::{flags, IssueKind, SpanId, SpanKind, StatusCode, TraceId};

fn read(text: &str) -> SpanBatch {
    let mut batch = SpanBatch::default();
    let ended = ZipkinJson.read(text.as_bytes(), &mut batch);
    assert_eq!(ended.expect("within limits"), Ended::Whole);
    batch
}

/// A span with these fields.
fn one(fields: &str) -> SpanBatch {
    read(&format!(r#"[{{"traceId":"1","id":"2",{fields}}}]"#))
}

/// What a span with these fields is in notation, behind its trace.
fn line(fields: &str) -> String {
    let batch = one(fields);
    assert!(batch.issues.is_empty(), "{:?}", batch.issues);
    let text = notation::print(&batch);
    text.trim_start_matches("trace 1\n").trim_end().to_owned()
}

fn span_ids(batch: &SpanBatch) -> Vec<SpanId> {
    batch.placements.iter().map(|place| place.span_id).collect()
}

fn written(batch: &SpanBatch) -> String {
    let mut out = Vec::new();
    ZipkinJson.write(batch, &mut out).expect("memory");
    String::from_utf8(out).expect("text")
}

/// What notation becomes on the way through Zipkin's JSON.
fn through(text: &str) -> String {
    let batch = notation::parse(text);
    assert!(batch.issues.is_empty(), "{:?}", batch.issues);
    let read = read(&written(&batch));
    assert!(read.issues.is_empty(), "{:?}", read.issues);
    notation::print(&read)
}

#[test]
fn a_span_is_read_with_all_it_has() {
    let text = line(
        r#""parentId":"3","name":"get","kind":"CLIENT","timestamp":1000000,"duration":2500,
        "localEndpoint":{"serviceName":"frontend","ipv4":"10.0.0.1","port":8080},
        "remoteEndpoint":{"serviceName":"cart","ipv6":"::1","port":9000},
        "annotations":[{"timestamp":1001000,"value":"hit"}],
        "tags":{"http.path":"/api","n":"25"},"debug":true,"shared":false"#,
    );
    assert_eq!(
        text,
        "frontend get 1s..1002500us client id=2 parent=3 @network.local.address=10.0.0.1 \
         @network.local.port=8080 peer.service=cart network.peer.address=::1 \
         network.peer.port=9000 http.path=\"/api\" n=\"25\" event=hit@1001"
    );
}

#[test]
fn every_list_of_spans_is_read() {
    let span = |n: u8| format!(r#"{{"traceId":"1","id":"{n}"}}"#);
    let (a, b, c) = (span(1), span(2), span(3));
    for text in [
        format!("[{a},{b},{c}]"),
        format!("[[{a}],[{b},{c}]]"),
        format!("[{a},{b}]\n[{c}]\n"),
        format!("{a}\n{b}\n{c}"),
    ] {
        assert_eq!(
            span_ids(&read(&text)),
            [SpanId(1), SpanId(2), SpanId(3)],
            "{text}"
        );
    }
}

#[test]
fn core_annotations_stand_in_for_missing_times() {
    let both = r#""annotations":[{"timestamp":30,"value":"ss"},{"timestamp":10,"value":"sr"},{"timestamp":5,"value":"x"}]"#;
    let batch = one(both);
    assert_eq!(batch.heads[0].kind, SpanKind::Server);
    assert_eq!(batch.placements[0].start_unix_nano, 10_000);
    assert_eq!(batch.placements[0].end_unix_nano, 30_000);
    let batch = one(r#""annotations":[{"timestamp":7,"value":"cs"}]"#);
    assert_eq!(batch.heads[0].kind, SpanKind::Client);
    assert!(batch.heads[0].flags & flags::MISSING_END != 0);
    let batch = one(
        r#""kind":"PRODUCER","annotations":[{"timestamp":9,"value":"b"},{"timestamp":7,"value":"a"}]"#,
    );
    assert_eq!(batch.placements[0].start_unix_nano, 7_000);
    assert_eq!(batch.heads[0].flags, flags::MISSING_END);
    let batch = one(r#""timestamp":1,"duration":1,"annotations":[{"timestamp":7,"value":"cs"}]"#);
    assert_eq!(
        (
            batch.placements[0].start_unix_nano,
            batch.placements[0].end_unix_nano
        ),
        (1_000, 2_000)
    );
}

#[test]
fn what_is_missing_is_flagged() {
    assert_eq!(line(r#""name":"x""#), "\"\" x .. id=2");
    assert_eq!(line(r#""timestamp":"5""#), "\"\" 5us.. id=2");
    assert_eq!(line(r#""timestamp":0,"duration":0"#), "\"\" 0..0 id=2");
    let batch = read(
        r#"[{"traceId":"1"},{"id":"1"},{"traceId":"0","id":"1"},{"traceId":"1","id":"0000"},{"x":1},
        {"traceId":"1","id":"w"}]"#,
    );
    assert_eq!(batch.len(), 1);
    assert_eq!(batch.issues.count(IssueKind::MalformedRecord), 5);
    assert_eq!(batch.issues.count(IssueKind::IrregularId), 1);
}

#[test]
fn a_tag_error_is_an_error_unless_it_is_false() {
    for (value, status, message) in [
        ("\"true\"", StatusCode::Error, None),
        ("\"\"", StatusCode::Error, None),
        ("\"timed out\"", StatusCode::Error, Some("timed out")),
        ("true", StatusCode::Error, None),
        ("\"false\"", StatusCode::Unset, None),
    ] {
        let batch = one(&format!(r#""tags":{{"error":{value}}}"#));
        assert!(batch.heads[0].flags & flags::FORMAT_ERROR != 0, "{value}");
        assert_eq!(batch.heads[0].status, status, "{value}");
        assert_eq!(batch.status_messages.get(0), message, "{value}");
        assert_eq!(batch.attributes(0).count(), 1, "{value}");
    }
}

#[test]
fn tags_of_opentelemetry_are_taken_as_fixed_fields() {
    assert_eq!(
        line(
            r#""timestamp":0,"duration":0,"tags":{"otel.status_code":"ERROR","error":"e",
            "otel.status_description":"d","otel.library.name":"lib","otel.scope.version":"1",
            "w3c.tracestate":"a=b","otlp.link.0":"ab|cd||{\"k\":1}|0","otlp.link.1":"odd"}"#
        ),
        "\"\" 0..0 error status_message=d trace_state=\"a=b\" id=2 scope=lib@1 error=e \
         otel.status_description=d otlp.link.1=odd link=ab/cd{k=1}"
    );
    let batch = one(r#""tags":{"otel.status_code":"ERROR"}"#);
    assert_eq!(batch.heads[0].status, StatusCode::Error);
    assert_eq!(batch.heads[0].flags & flags::FORMAT_ERROR, 0);
}

#[test]
fn annotations_of_opentelemetry_have_attributes() {
    for (value, event) in [
        (
            r#"\"na\\\"me\": {\"k\":1,\"l\":[1, 2]}"#,
            r#"event="na\"me"@1us{k=1,l=json"[1,2]"}"#,
        ),
        (r#"\"name\":{}"#, "event=name@1us"),
        (r#"name|{\"k\":\"v\"}|0"#, "event=name@1us{k=v}"),
        (
            r#"\"name\": {\"k\":1} x"#,
            r#"event="\"name\": {\"k\":1} x"@1us"#,
        ),
        (r#"\"name\": {\"k\":"#, r#"event="\"name\": {\"k\":"@1us"#),
        (r#"\"open"#, r#"event="\"open"@1us"#),
        (r#"a|b|{}|x"#, r#"event="a|b|{}|x"@1us"#),
    ] {
        let annotation = format!(r#"{{"timestamp":1,"value":"{value}"}}"#);
        let text = line(&format!(
            r#""timestamp":0,"duration":0,"annotations":[{annotation}]"#
        ));
        assert_eq!(text, format!(r#""" 0..0 id=2 {event}"#));
    }
}

#[test]
fn ids_are_compared_as_numbers() {
    let batch = read(
        r#"[{"traceId":"000000000000000000000000000000AB","id":"0F"},{"traceId":"ab","id":"f"}]"#,
    );
    assert_eq!(batch.trace_ids, [TraceId(0xab); 2]);
    assert_eq!(span_ids(&batch), [SpanId(15); 2]);
}

#[test]
fn the_first_version_and_other_formats_are_not_recognised() {
    let yes = [
        r#"[{"traceId":"1","id":"2","name":"x""#,
        r#"[[{"id":"2","parentId":"3","traceId":"1"}]]"#,
        "{\"traceId\":\"1\",\"id\":\"2\",\"tags\":{}}\n",
        r#"[{"traceId":"1","id":"2","localEndpoint":{},"annotations":[{"endpoint":{},"value":"sr"}]}]"#,
    ];
    for text in yes {
        assert!(ZipkinJson.recognises(text.as_bytes()), "{text}");
    }
    let no = [
        "",
        "[]",
        r#"[{"traceId":"1","id":"2","name":"x","binaryAnnotations":[]}]"#,
        r#"[{"traceId":"1","id":"2","name":"x"},{"traceId":"1","id":"3","binaryAnnotations":[]}]"#,
        r#"[{"traceId":"1","id":"2","annotations":[{"value":"sr","endpoint":{}}]}]"#,
        r#"[{"traceId":"1","spanId":"2","name":"x"}]"#,
        r#"{"traceID":"1","spans":[{"spanID":"2","operationName":"x"}]}"#,
        r#"{"resourceSpans":[]}"#,
    ];
    for text in no {
        assert!(!ZipkinJson.recognises(text.as_bytes()), "{text}");
    }
}

#[test]
fn what_is_written_is_read_back() {
    let text = "trace ab\n\
        a GET /x 0..100 client error status_message=bad scope=lib@2 @network.local.address=10.0.0.1 \
        peer.service=b network.peer.port=80 error=bad k=v\n  \
        b y 10..20 server shared trace_state=s e=\"\" event=hit@11{n=1,s=\"a \\\"b\\\"\"} event=plain@12 event=\"\\\"odd\\\": {}\"@13\n  \
        b z 5.. ok link=cd/7{k=v}\n  \
        b w ..\n";
    assert_eq!(through(text), notation::print(&notation::parse(text)));
}

#[test]
fn what_zipkin_cannot_hold_is_rounded_or_dropped() {
    assert_eq!(
        through(
            "a 1999ns..2001ns internal n=5 b=true @pod=p1\na 1ns..2ns\na 5ns..5ns\n a 3..1 follows"
        ),
        "trace 1\na 1us..2us pod=p1 n=\"5\" b=\"true\"\na 0..1us\na 0..0\n  a 3..1\n"
    );
    assert!(through("a 0..1 error status_message=bad error=true").contains(" status_message=bad "));
    let text = written(&notation::parse("a 0..1 error"));
    assert!(
        text.contains(r#""tags":{"otel.status_code":"ERROR","error":"true"}"#),
        "{text}"
    );
}

#[test]
fn broken_json_in_a_value_does_not_break_the_document() {
    let batch = notation::parse("a 0..1 event=e@0{k=json\"{broken\"}");
    let again = read(&written(&batch));
    assert_eq!(again.len(), 1);
    assert!(again.issues.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn any_span_comes_back(
        (service, name, key, value) in ("\\PC{0,6}", "\\PC{0,8}", "\\PC{0,5}", "\\PC{0,8}"),
        (event, message, start, length) in ("\\PC{0,9}", "\\PC{0,5}", any::<i32>(), 0..1_000_000u32),
    ) {
        use spanwise_model::{SpanHead, Value};
        let mut batch = SpanBatch::default();
        batch.attribute(&format!("x{key}"), Value::Str(&value));
        batch.event_attribute(&key, Value::Str(&value));
        batch.event(i64::from(start) * 1_000, &event);
        batch.event(i64::from(start) * 1_000, &message);
        let (name, service) = (batch.strings.intern(&name), batch.strings.intern(&service));
        let start = i64::from(start) * 1_000;
        let head = SpanHead {
            trace_id: TraceId(1),
            span_id: SpanId(1),
            start_unix_nano: start,
            end_unix_nano: Some(start + i64::from(length) * 1_000),
            name,
            resource: batch.resources.close(service),
            ..SpanHead::default()
        };
        batch.close(head).expect("room");
        let again = read(&written(&batch));
        prop_assert_eq!(notation::print(&again), notation::print(&batch));
    }

    #[test]
    fn no_text_makes_it_panic(text in "(\\{|\\}|\\[|\\]|,|:|\"(traceId|id|tags|annotations|value|timestamp|localEndpoint|port)\"|1|null|x|\n| )*") {
        let mut batch = SpanBatch::default();
        let _ = ZipkinJson.read(text.as_bytes(), &mut batch);
        let _ = ZipkinJson.recognises(text.as_bytes());
    }
}

/// Each endpoint stands there twice, so that the second one is found by its
/// text; the members of the spans stand in changing order.
#[test]
fn endpoints_and_members_that_come_again_are_read_alike() {
    let endpoints = [
        (r#"{"serviceName":"a}b","port":1}"#, "a}b"),
        (r#"{"serviceName":"a"}"#, "a"),
        (r#"{"serviceName":"\u0061\u007d"}"#, "a}"),
        (r#"{ "port" : "7" , "serviceName" : "a" }"#, "a"),
        (r#"{"serviceName":"\ud800"}"#, "\u{fffd}"),
        ("{}", ""),
    ];
    let twice = || endpoints.iter().chain(&endpoints);
    let spans = twice().enumerate().map(|(at, (endpoint, _))| {
        let (id, endpoint) = (
            format!("{:x}", at + 1),
            format!(r#""localEndpoint":{endpoint}"#),
        );
        match at % 3 {
            0 => format!(r#"{{"traceId":"1","id":"{id}",{endpoint},"x":[{{}}],"name":"n"}}"#),
            1 => format!(r#"{{"id":"{id}",{endpoint},"name":"n","traceId" : "1"}}"#),
            _ => format!(r#"{{{endpoint},"name":"n","traceId":"1","id":"{id}"}}"#),
        }
    });
    let batch = read(&format!("[{}]", spans.collect::<Vec<_>>().join(",")));
    let service = |head: &spanwise_model::batch::Head| {
        batch.strings.get(batch.resources.service(head.resource))
    };
    let services: Vec<&str> = batch.heads.iter().map(service).collect();
    let expected: Vec<&str> = twice().map(|&(_, service)| service).collect();
    assert_eq!(services, expected);
    assert_eq!(span_ids(&batch), (1..=12).map(SpanId).collect::<Vec<_>>());
    assert!(batch
        .heads
        .iter()
        .all(|head| batch.strings.get(head.name) == "n"));
    let flaws = batch.issues.count(IssueKind::InvalidUtf8);
    assert_eq!(flaws, 2, "a flawed endpoint is read again each time");
    let resources = |at: usize| batch.heads[at].resource;
    assert!((0..6).all(|at| resources(at) == resources(at + 6)));
}

/// A field of bytes in protobuf.
fn bytes(number: u8, bytes: &[u8]) -> Vec<u8> {
    [&[number << 3 | 2, bytes.len() as u8][..], bytes].concat()
}

/// A span in protobuf with this id and these other fields.
fn protobuf_span(id: u8, fields: &[u8]) -> Vec<u8> {
    let ids = [
        bytes(1, &[0, 0, 0, 0, 0, 0, 0, 1]),
        bytes(3, &[0, 0, 0, 0, 0, 0, 0, id]),
    ];
    bytes(1, &[ids.concat(), fields.to_vec()].concat())
}

fn read_protobuf(bytes: &[u8]) -> SpanBatch {
    let mut batch = SpanBatch::default();
    let ended = ZipkinProtobuf.read(bytes, &mut batch);
    assert_eq!(ended.expect("within limits"), Ended::Whole);
    batch
}

#[test]
fn a_span_in_protobuf_is_read_with_all_it_has() {
    let local = [
        bytes(1, b"shop"),
        bytes(2, &[10, 0, 0, 1]),
        vec![4 << 3, 80],
    ]
    .concat();
    let remote = [bytes(1, b"cart"), bytes(3, &[0; 16])].concat();
    let event = [&[1 << 3 | 1][..], &7u64.to_le_bytes(), &bytes(2, b"hit")].concat();
    let fields = [
        bytes(2, &[0, 0, 0, 0, 0, 0, 0, 9]),
        vec![4 << 3, 2],
        bytes(5, b"get"),
        [&[6 << 3 | 1][..], &5u64.to_le_bytes()].concat(),
        vec![7 << 3, 3],
        bytes(8, &local),
        bytes(9, &remote),
        bytes(10, &event),
        bytes(11, &[bytes(1, b"error"), bytes(2, b"full")].concat()),
        vec![12 << 3, 1, 13 << 3, 1],
    ];
    let file = protobuf_span(2, &fields.concat());
    assert!(ZipkinProtobuf.recognises(&file));
    let batch = read_protobuf(&file);
    assert!(batch.issues.is_empty(), "{:?}", batch.issues);
    assert_eq!(
        notation::print(&batch),
        "trace 1\nshop get 5us..8us server error shared status_message=full id=2 parent=9 \
         @network.local.address=10.0.0.1 @network.local.port=80 peer.service=cart error=full \
         event=hit@7us\n"
    );
}

#[test]
fn a_malformed_span_in_protobuf_does_not_touch_the_others() {
    let broken = bytes(1, &[0xff; 12]);
    let without = bytes(1, &bytes(5, b"get"));
    let file = [
        protobuf_span(2, &[]),
        broken,
        without,
        protobuf_span(3, &[4 << 3, 9]),
    ]
    .concat();
    let batch = read_protobuf(&file);
    assert_eq!(batch.len(), 2);
    assert_eq!(batch.issues.count(IssueKind::MalformedRecord), 2);
    assert_eq!(batch.issues.count(IssueKind::UnknownEnum), 1);
    let issues = format!("{:?}", batch.issues);
    assert!(
        issues.contains("record: Some(2)") && issues.contains("record: Some(3)"),
        "{issues}"
    );
}

#[test]
fn protobuf_is_cut_behind_spans_and_told_from_others() {
    let spans = [protobuf_span(2, &[]), protobuf_span(3, &[])];
    let file = spans.concat();
    let cut = ZipkinProtobuf.cut(&file[..file.len() - 1], Cutting::Cheap);
    let cut = cut.expect("a whole span");
    assert_eq!(
        (cut.end, cut.next, cut.records),
        (spans[0].len(), spans[0].len(), 1)
    );
    let mut batch = SpanBatch::default();
    let ended = ZipkinProtobuf.read(&file[..file.len() - 1], &mut batch);
    assert_eq!((ended.ok(), batch.len()), (Some(Ended::Truncated), 1));
    for other in [
        &b""[..],
        b"\x0a",
        &bytes(1, &bytes(1, b"12345678")),
        &bytes(2, &spans[0]),
    ] {
        assert!(!ZipkinProtobuf.recognises(other), "{other:?}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_protobuf_panic(tail in prop::collection::vec(any::<u8>(), 0..200)) {
        for file in [tail.clone(), [protobuf_span(2, &[]), tail].concat()] {
            ZipkinProtobuf.recognises(&file);
            ZipkinProtobuf.cut(&file, Cutting::Cheap);
            let mut batch = SpanBatch::default();
            ZipkinProtobuf.read(&file, &mut batch).expect("no limit is reached");
            prop_assert!(batch.len() <= file.len());
        }
    }
}
