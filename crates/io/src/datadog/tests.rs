use super::*;
use crate::notation;
use spanwise_model::{flags, IssueKind, SpanId, TraceId};

fn read(text: &str) -> SpanBatch {
    let mut batch = SpanBatch::default();
    let ended = DatadogJson.read(text.as_bytes(), &mut batch);
    assert_eq!(ended.expect("within limits"), Ended::Whole);
    batch
}

/// What a chunk of spans is in notation.
fn lines(spans: &str) -> String {
    let batch = read(&format!("[[{spans}]]"));
    assert!(batch.issues.is_empty(), "{:?}", batch.issues);
    notation::print(&batch)
}

#[test]
fn a_span_is_read_with_all_it_has() {
    let text = lines(
        r#"{"name":"web.request","service":"shop","resource":"GET /cart","trace_id":10,
        "span_id":11,"parent_id":12,"type":"web","error":0,"start":1000000,"duration":2000000,
        "meta":{"span.kind":"server","http.status_code":"200","env":"prod","runtime-id":"r1",
        "language":"python"},"metrics":{"process_id":7.0,"_sampling_priority_v1":1},
        "meta_struct":{"appsec":{"a":[1,2]}}}"#,
    );
    assert_eq!(
        text,
        "trace a\nshop GET /cart 1..3 server id=b parent=c @service.instance.id=r1 \
         @deployment.environment.name=prod @telemetry.sdk.language=python @process.pid=7 \
         span.type=web span.kind=server http.status_code=\"200\" env=prod runtime-id=r1 \
         language=python process_id=7.0 _sampling_priority_v1=1 appsec=json\"{\\\"a\\\":[1,2]}\" \
         operation.name=web.request\n"
    );
}

#[test]
fn what_one_span_says_of_trace_and_process_holds_for_its_chunk() {
    let batch = read(
        r#"[[{"trace_id":1,"span_id":1,"service":"a","meta":{"runtime-id":"r","_dd.p.tid":"0f"}},
             {"trace_id":1,"span_id":2,"parent_id":1,"service":"b"}],
            [{"trace_id":1,"span_id":3,"service":"a"}]]"#,
    );
    let ids: Vec<_> = batch.trace_ids.iter().map(|id| id.0).collect();
    assert_eq!(ids, [0xf << 64 | 1, 0xf << 64 | 1, 1]);
    let instances = batch.heads.iter().map(|head| {
        let instance = batch.resources.instance(head.resource, &batch.strings);
        instance.map(|value| value.to_string())
    });
    let instances: Vec<_> = instances.collect();
    assert_eq!(
        instances,
        [Some("r".to_owned()), Some("r".to_owned()), None]
    );
}

#[test]
fn a_failure_is_a_status_and_an_exception() {
    let batch = read(
        r#"[[{"trace_id":1,"span_id":1,"error":1,"start":5,"duration":2,
        "meta":{"error.type":"IOError","error.message":"no","error.stack":"at x"}}]]"#,
    );
    let head = batch.head(0);
    assert_eq!(head.flags & flags::FORMAT_ERROR, flags::FORMAT_ERROR);
    assert_eq!(batch.status_messages.get(0), Some("no"));
    assert_eq!(batch.events.time_unix_nano, [7]);
    let event: Vec<_> = batch.events.attributes.named(0, &batch.strings).collect();
    let texts: Vec<_> = event.iter().map(|(_, value)| value.to_string()).collect();
    assert_eq!(texts, ["IOError", "no", "at x"]);
    assert_eq!(batch.strings.get(batch.events.name[0]), "exception");
}

#[test]
fn links_and_events_stand_in_lists_or_in_texts() {
    let batch = read(
        r#"[[{"trace_id":1,"span_id":1,
          "span_links":[{"trace_id":2,"trace_id_high":1,"span_id":3,"attributes":{"k":"v"}}],
          "span_events":[{"time_unix_nano":9,"name":"e","attributes":{"n":1}}],
          "meta":{"_dd.span_links":"[{\"trace_id\":\"000000000000000000000000000000ff\",\"span_id\":\"00000000000000aa\"}]",
          "events":"[{\"name\":\"f\",\"time_unix_nano\":10}]"}},
         {"trace_id":1,"span_id":2,"meta":{"_dd.span_links":"[{\"trace_id\":", "events":"many"}}]]"#,
    );
    assert_eq!(batch.links.trace_id, [TraceId(1 << 64 | 2), TraceId(0xff)]);
    assert_eq!(batch.links.span_id, [SpanId(3), SpanId(0xaa)]);
    assert_eq!(batch.events.time_unix_nano, [9, 10]);
    let kept: Vec<_> = batch.named_attributes(1).map(|(key, _)| key).collect();
    assert_eq!(
        kept,
        ["_dd.span_links", "events"],
        "what is no list is kept"
    );
}

#[test]
fn a_span_without_ids_is_refused_and_others_are_read() {
    let batch = read(
        r#"[[{"span_id":1},{"trace_id":1},{"trace_id":1,"span_id":0},{"trace_id":0,"span_id":2}]]"#,
    );
    assert_eq!(batch.issues.count(IssueKind::MalformedRecord), 3);
    assert_eq!(batch.len(), 1);
    assert_eq!(batch.trace_text(batch.trace_ids[0]), "0");
}

#[test]
fn a_file_is_cut_between_chunks_only() {
    let chunks = br#"[[{"trace_id":1,"span_id":1},{"trace_id":1,"span_id":2}],[{"trace_id":2,"#;
    let cut = DatadogJson
        .cut(chunks, Cutting::Thorough)
        .expect("two chunks");
    assert_eq!(&chunks[cut.next..cut.next + 14], br#"[{"trace_id":2"#);
    let flat = br#"[{"trace_id":1,"span_id":1},{"trace_id":1,"span_id":2},{"trace_id":2,"#;
    assert_eq!(DatadogJson.cut(flat, Cutting::Thorough), None);
}
