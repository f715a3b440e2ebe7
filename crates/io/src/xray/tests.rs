use super::*;
use crate::assemble::{assemble, inherit_services};
use crate::notation;
use spanwise_model::batch::Dropped;
use spanwise_model::{flags, IssueKind, SpanId, TraceId};

fn read(text: &str) -> SpanBatch {
    assert!(XRayJson.recognises(text.as_bytes()), "{text}");
    let mut batch = SpanBatch::default();
    let ended = XRayJson.read(text.as_bytes(), &mut batch);
    assert_eq!(ended.expect("within limits"), Ended::Whole);
    batch
}

/// What a text is in notation.
fn lines(text: &str) -> String {
    let batch = read(text);
    assert!(batch.issues.is_empty(), "{:?}", batch.issues);
    notation::print(&batch)
}

const TRACE: &str = r#""trace_id":"1-00000001-00000000000000000000000a""#;
fn trace_line() -> String {
    format!("trace {:x}\n", 1u128 << 96 | 0xa)
}

#[test]
fn a_segment_is_read_with_all_that_is_nested_in_it() {
    let text = lines(&format!(
        r#"{{"id":"1","name":"shop","start_time":1.5,"end_time":1.6000000019E0,
        "http":{{"request":{{"method":"GET","url":"http://a/","x_forwarded_for":true}},"response":{{"status":200,"content_length":"7"}}}},
        "subsegments":[{{"id":"2","name":"db","namespace":"remote","start_time":1.51,"end_time":1.52,
          "sql":{{"url":"jdbc:x","sanitized_query":"select 1","database_type":"MySQL","driver_version":"2"}},
          "precursor_ids":["9"],
          "subsegments":[{{"id":"3","name":"wait","start_time":1.511,"end_time":1.512}}]}}],
        "annotations":{{"tier":"gold","n":2}},"metadata":{{"default":{{"k":{{"a":1}}}}}},"user":"u",
        "aws":{{"ec2":{{"instance_id":"i"}},"operation":"Get","xray":{{"sdk":"X","sampling_rule_name":"r"}}}},
        "service":{{"version":"7","runtime":"CPython"}},"origin":"AWS::EC2::Instance",{TRACE}}}"#
    ));
    let resource = "@host.id=i @telemetry.sdk.name=X @service.version=\"7\" \
                    @process.runtime.name=CPython @aws.xray.origin=AWS::EC2::Instance \
                    @cloud.provider=aws @cloud.platform=aws_ec2";
    let expected = format!(
        "{}shop shop 1500..1600000001ns server {resource} aws.operation=Get \
         aws.xray.sampling_rule_name=r http.request.method=GET url.full=\"http://a/\" \
         aws.xray.x_forwarded_for=true http.response.status_code=200 \
         http.response.body.size=7 tier=gold n=2 aws.xray.metadata.default.k=json\"{{\\\"a\\\":1}}\" \
         user.id=u\n\
         \x20 shop db 1510..1520 client {resource} peer.service=db aws.xray.namespace=remote \
         db.connection_string=jdbc:x db.query.text=\"select 1\" db.system.name=MySQL \
         sql.driver_version=\"2\" aws.xray.precursor_ids=json\"[\\\"9\\\"]\"\n\
         \x20   shop wait 1511..1512 internal {resource}\n",
        trace_line()
    );
    assert_eq!(text, expected);
}

#[test]
fn failures_are_flags_and_exceptions() {
    let batch = read(&format!(
        r#"{{{TRACE},"id":"1","name":"a","start_time":1,"end_time":2,"error":true,"throttle":true,"fault":false,
        "cause":{{"working_directory":"/srv","paths":[],"exceptions":[{{"id":"e","type":"T","message":"m","remote":true,
        "stack":[{{"path":"a.py","line":3,"label":"f"}},{{"path":"b.py","line":4,"label":"g"}}]}}]}},
        "subsegments":[{{"id":"2","name":"b","start_time":1,"end_time":2,"cause":"0123456789abcdef"}},
        {{"id":"3","name":"c","start_time":1,"end_time":2,"fault":true,"cause":200}}]}}"#
    ));
    let text = notation::print(&batch);
    assert!(text.contains("aws.xray.flags=\"throttle error\""), "{text}");
    assert!(
        text.contains("aws.xray.cause.working_directory=\"/srv\""),
        "{text}"
    );
    assert!(
        text.contains(
            "event=exception@2s{aws.xray.exception.id=e,exception.type=T,exception.message=m,\
             aws.xray.exception.remote=true,\
             exception.stacktrace=\"at f (a.py:3)\\nat g (b.py:4)\"}"
        ),
        "{text}"
    );
    assert!(text.contains("aws.xray.cause=0123456789abcdef"), "{text}");
    assert_eq!(
        batch.issues.count(IssueKind::MalformedRecord),
        1,
        "a cause that is none"
    );
    let errors = batch
        .heads
        .iter()
        .filter(|head| head.flags & flags::FORMAT_ERROR != 0);
    assert_eq!(errors.count(), 2);
}

fn subsegment(id: u32, parent: u32) -> String {
    format!(
        r#"{{{TRACE},"id":"{id}","parent_id":"{parent}","type":"subsegment","name":"s","start_time":1,"end_time":2}}"#
    )
}

fn segment(id: u32, name: &str, more: &str) -> String {
    format!(r#"{{{TRACE},"id":"{id}","name":"{name}","start_time":1{more}}}"#)
}

#[test]
fn subsegments_on_their_own_have_the_service_of_their_segment() {
    let text = [
        r#"{"format":"json","version":1}"#.to_owned(),
        subsegment(3, 2),
        subsegment(2, 1),
        subsegment(8, 9),
        subsegment(9, 8),
        subsegment(7, 7),
        segment(1, "shop", r#","end_time":5"#),
    ];
    let mut batch = read(&text.join("\n"));
    assert_eq!(batch.services(), 1, "of the segment alone");
    inherit_services(&mut batch);
    let services = batch.heads.iter().map(|head| {
        let service = batch.resources.service(head.resource);
        batch.strings.get(service)
    });
    assert_eq!(
        services.collect::<Vec<_>>(),
        ["shop", "shop", "", "", "", "shop"]
    );
}

#[test]
fn what_is_in_progress_gives_way_to_what_is_finished() {
    let begun = segment(1, "shop", r#","in_progress":true"#);
    let ended = segment(1, "shop", r#","end_time":3"#);
    for text in [format!("{begun}\n{ended}"), format!("{ended}\n{begun}")] {
        let table = assemble(read(&text)).expect("room");
        assert_eq!(table.len(), 1);
        assert!(table.trace(0).primary().flags() & flags::MISSING_END == 0);
    }
    let batch = read(&begun);
    assert_eq!(batch.head(0).end_unix_nano, None);
}

#[test]
fn documents_stand_in_answers_as_texts_or_as_they_are() {
    let inner = r#"{\"id\":\"1\",\"name\":\"a\",\"start_time\":1,\"end_time\":2}"#;
    for text in [
        format!(
            r#"{{"Traces":[{{"Id":"1-00000001-00000000000000000000000a","Segments":[{{"Id":"1","Document":"{inner}"}}]}}]}}"#
        ),
        format!(
            r#"{{"Traces":[{{"Segments":[{{"Document":"{inner}"}}],"Id":"1-00000001-00000000000000000000000a"}}]}}"#
        ),
        format!(
            r#"[{{"Id":"1-00000001-00000000000000000000000a","Segments":[{{"Id":"1","Document":{}}}]}}]"#,
            inner.replace('\\', "")
        ),
        format!("[[{}]]", segment(1, "a", r#","end_time":2"#)),
    ] {
        let batch = read(&text);
        assert!(batch.issues.is_empty(), "{text}: {:?}", batch.issues);
        assert_eq!(batch.trace_ids, [TraceId(1 << 96 | 0xa)], "{text}");
        assert_eq!(batch.placements[0].span_id, SpanId(1));
    }
}

#[test]
fn what_an_answer_lacks_is_told_with_its_place() {
    let batch = read(
        "{\"Traces\":[{\"Id\":\"1-00000001-a\",\"LimitExceeded\":true,\"Segments\":[\n\
         {\"Id\":\"1\",\"Document\":\"{\\\"id\\\":\\\"1\\\",\"},\n\
         {\"Id\":\"2\",\"Document\":\"{\\\"id\\\":\\\"2\\\",\\\"name\\\":\\\"b\\\",\\\"start_time\\\":1}\"}]}],\n\
         \"UnprocessedTraceIds\":[\"1-00000001-b\"]}",
    );
    assert_eq!(batch.len(), 1);
    assert_eq!(batch.issues.count(IssueKind::MalformedRecord), 1);
    assert_eq!(batch.issues.count(IssueKind::PartialAnswer), 2);
    let told = format!("{:?}", batch.issues);
    assert!(told.contains("a document that is not JSON"), "{told}");
    let none = read(&format!(
        r#"[{{"id":"1","name":"a","start_time":1,"annotations":{{}}, "subsegments":[]}},{}]"#,
        segment(0, "x", "")
    ));
    assert_eq!(
        (none.len(), none.issues.count(IssueKind::MalformedRecord)),
        (0, 2)
    );
}

#[test]
fn of_an_answer_that_breaks_off_the_segments_before_are_read() {
    let inner = r#"{\"id\":\"1\",\"name\":\"a\",\"start_time\":1}"#;
    let text = format!(
        r#"{{"Traces":[{{"Id":"1-00000001-a","Segments":[{{"Id":"1","Document":"{inner}"}},{{"Id":"2","Docu"#
    );
    let mut batch = SpanBatch::default();
    let ended = XRayJson.read(text.as_bytes(), &mut batch);
    assert_eq!(ended.expect("within limits"), Ended::Truncated);
    assert_eq!((batch.len(), batch.issues.total()), (1, 0));
}

#[test]
fn subsegments_may_be_nested_as_deep_as_allowed() {
    let nested = |depth: usize| {
        let mut text = r#"{"id":"1","name":"a","start_time":1}"#.to_owned();
        for id in 2..=depth {
            text = format!(r#"{{"id":"{id:x}","name":"a","start_time":1,"subsegments":[{text}]}}"#);
        }
        text.replacen('{', &format!("{{{TRACE},"), 1)
    };
    assert_eq!(read(&nested(64)).len(), 64);
    let error = XRayJson.read(nested(65).as_bytes(), &mut SpanBatch::default());
    assert_eq!(error.expect_err("too deep").limit(), Some("depth"));
}

/// What notation becomes on the way through X-Ray's documents.
fn through(text: &str) -> String {
    let batch = notation::parse(text);
    assert!(batch.issues.is_empty(), "{:?}", batch.issues);
    let mut out = Vec::new();
    XRayJson.write(&batch, &mut out).expect("memory");
    let read = read(&String::from_utf8(out).expect("text"));
    assert!(read.issues.is_empty(), "{:?}", read.issues);
    notation::print(&read)
}

#[test]
fn all_of_a_span_is_read_again() {
    let text = "\
trace 1000000000000000000000001
shop \"GET /cart\" 1..100 server error id=1 @host.name=h http.status_code=500 n=1.5 e= event=exception@5{exception.type=E,exception.message=m} scope=lib@2 status_message=\"no \\\"way\\\"\" trace_state=a=b flags=301
  shop call 10..20 client peer.service=cart http.method=GET list=json\"[1,{\\\"a\\\":null}]\" link=ab/cd{k=v}
    cart serve 11..19 consumer follows
  shop work 30.. ok
  shop other ..40 producer shared
  \"\" bare 50..60 unspecified flagged
";
    let text = text.replace(" unspecified", "");
    assert_eq!(through(&text), notation::print(&notation::parse(&text)));
}

/// What X-Ray cannot hold, and what becomes of it.
#[test]
fn words_and_values_that_json_lacks_become_others() {
    let read = through("trace word\nshop a 0..1 server id=other b=hex\"00ff\" nan=NaN\n");
    let trace = TraceId::from_word(b"word");
    assert!(
        read.starts_with(&format!("trace {:x}\n", trace.0)),
        "{read}"
    );
    assert!(
        read.contains(&format!("id={:x}", SpanId::from_word(b"other").0)),
        "{read}"
    );
    assert!(
        read.contains("b=AP8=") || read.contains("b=\"AP8=\""),
        "{read}"
    );
    assert!(
        read.contains("nan=NaN") || read.contains("nan=\"NaN\""),
        "{read}"
    );
}

#[test]
fn other_tools_find_what_x_ray_has_a_field_for() {
    let batch = notation::parse(
        "shop serve 0..1 server error http.method=GET http.status_code=429 http.url=u\n\
         \x20 shop query 0..1 client db.statement=\"select 1\" db.system=mysql peer.service=db:1 event=exception{exception.type=E,exception.message=m}",
    );
    let mut out = Vec::new();
    XRayJson.write(&batch, &mut out).expect("memory");
    let text = String::from_utf8(out).expect("text");
    let native: Vec<_> = text
        .lines()
        .map(|line| line.split(",\"metadata\"").next())
        .collect();
    assert_eq!(
        native,
        [
            Some(
                r#"{"trace_id":"1-00000000-000000000000000000000001","id":"0000000000000001","name":"shop","start_time":0.000000000,"end_time":0.001000000,"error":true,"throttle":true,"http":{"request":{"method":"GET","url":"u"},"response":{"status":429}}"#
            ),
            Some(
                r#"{"trace_id":"1-00000000-000000000000000000000001","id":"0000000000000002","parent_id":"0000000000000001","name":"db:1","type":"subsegment","namespace":"remote","start_time":0.000000000,"end_time":0.001000000,"sql":{"sanitized_query":"select 1","database_type":"mysql"},"cause":{"working_directory":"","exceptions":[{"type":"E","message":"m"}]}"#
            )
        ]
    );
}

#[test]
fn what_a_source_dropped_and_states_of_links_are_kept() {
    let dropped = Dropped {
        attributes: 1,
        events: 2,
        links: 3,
    };
    let mut batch = SpanBatch::default();
    batch.note_dropped(dropped);
    batch.event_dropped(4);
    batch.event(1, "e");
    batch.link_dropped(5);
    batch.link_state("a=b");
    batch.link(TraceId(2), SpanId(3));
    let head = spanwise_model::SpanHead {
        trace_id: TraceId(1),
        span_id: SpanId(1),
        flags: flags::HALF,
        ..spanwise_model::SpanHead::default()
    };
    batch.close(head).expect("room");
    let mut out = Vec::new();
    XRayJson.write(&batch, &mut out).expect("memory");
    let read = read(&String::from_utf8(out).expect("text"));
    assert_eq!(read.dropped.value(0), dropped);
    assert_eq!(read.events.dropped.value(0), 4);
    assert_eq!(read.links.dropped.value(0), 5);
    assert_eq!(read.links.trace_states.get(0), Some("a=b"));
    assert_eq!(read.heads[0].flags & flags::HALF, 0, "X-Ray cannot hold it");
}

proptest::proptest! {
    #[test]
    fn spans_of_any_time_are_read_again(start: i64, end: i64) {
        let mut batch = SpanBatch::default();
        let head = spanwise_model::SpanHead {
            trace_id: TraceId(1),
            span_id: SpanId(1),
            start_unix_nano: start,
            end_unix_nano: Some(end),
            ..spanwise_model::SpanHead::default()
        };
        batch.close(head).expect("room");
        let mut out = Vec::new();
        XRayJson.write(&batch, &mut out).expect("memory");
        let read = read(&String::from_utf8(out).expect("text"));
        let times = (read.head(0).start_unix_nano, read.head(0).end_unix_nano);
        proptest::prop_assert_eq!(times, (start, Some(end)));
    }
}
