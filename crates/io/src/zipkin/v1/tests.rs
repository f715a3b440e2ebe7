use super::*;
use crate::assemble::assemble;
use crate::notation;
use crate::zipkin::ZipkinJson;
use proptest::prelude::*;
use spanwise_model::{flags, IssueKind, TraceId};

fn read_as(format: &dyn Format, bytes: &[u8]) -> SpanBatch {
    let mut batch = SpanBatch::default();
    let ended = format.read(bytes, &mut batch);
    assert_eq!(ended.expect("within limits"), Ended::Whole);
    batch
}

fn read(text: &str) -> SpanBatch {
    assert!(ZipkinV1Json.recognises(text.as_bytes()), "{text}");
    assert!(!ZipkinJson.recognises(text.as_bytes()), "{text}");
    read_as(&ZipkinV1Json, text.as_bytes())
}

/// What a span with these fields is in notation, behind its trace.
fn lines(fields: &str) -> String {
    let batch = read(&format!(r#"[{{"traceId":"1","id":"2",{fields}}}]"#));
    assert!(batch.issues.is_empty(), "{:?}", batch.issues);
    let text = notation::print(&batch);
    text.trim_start_matches("trace 1\n").trim_end().to_owned()
}

/// An annotation of a service.
fn note(time: i64, value: &str, service: &str) -> String {
    format!(r#"{{"timestamp":{time},"value":"{value}","endpoint":{{"serviceName":"{service}"}}}}"#)
}

/// A binary annotation of a service.
fn tag(key: &str, value: &str, service: &str) -> String {
    format!(r#"{{"key":"{key}","value":{value},"endpoint":{{"serviceName":"{service}"}}}}"#)
}

fn fields(notes: &[String], tags: &[String]) -> String {
    let (notes, tags) = (notes.join(","), tags.join(","));
    format!(r#""name":"get","annotations":[{notes}],"binaryAnnotations":[{tags}]"#)
}

#[test]
fn annotations_say_whose_the_span_is() {
    for (notes, expected) in [
        (
            [("cs", 1), ("cr", 9)].as_slice(),
            "a get 1us..9us client id=2",
        ),
        (&[("ss", 9), ("sr", 1)], "a get 1us..9us server id=2"),
        (&[("ms", 4)], "a get 4us.. producer id=2"),
        (&[("mr", 4)], "a get 4us.. consumer id=2"),
        (&[("cr", 9)], "a get 9us.. client id=2"),
        (&[("odd", 4)], "a get 4us.. id=2 event=odd@4us"),
    ] {
        let notes: Vec<String> = notes
            .iter()
            .map(|&(it, time)| note(time, it, "a"))
            .collect();
        assert_eq!(lines(&fields(&notes, &[])), expected);
    }
}

#[test]
fn what_the_span_says_of_its_time_counts() {
    let notes = [note(1, "cs", "a"), note(9, "cr", "a")];
    let text = format!(r#""timestamp":2,"duration":3,{}"#, fields(&notes, &[]));
    assert_eq!(lines(&text), "a get 2us..5us client id=2");
}

/// A record of both sides of a call.
fn both() -> String {
    let notes = [
        note(1, "cs", "shop"),
        note(9, "cr", "shop"),
        note(3, "sr", "cart"),
        note(7, "ss", "cart"),
        note(4, "hit", "cart"),
    ];
    let tags = [
        tag("sa", "true", "cart"),
        tag("ca", "true", "shop"),
        tag("path", "\"/x\"", "shop"),
        tag("error", "\"full\"", "cart"),
    ];
    fields(&notes, &tags)
}

#[test]
fn a_record_of_both_sides_is_two_spans_and_counts_once() {
    let text = format!(r#"[{{"traceId":"1","id":"2",{}}}]"#, both());
    let batch = read(&text);
    assert_eq!(
        notation::print(&batch),
        "trace 1\nshop get 1us..9us client id=2 peer.service=cart path=\"/x\"\n\
         cart get 3us..7us server error shared status_message=full peer.service=shop \
         error=full event=hit@4us\n"
    );
    let table = assemble(batch).expect("room");
    assert_eq!((table.len(), table.records.spans), (2, 1));
    assert_eq!((table.records.roots, table.records.errors), (1, 1));
    let trace = table.trace(0);
    let parents: Vec<bool> = trace.spans().map(|span| span.parent().is_some()).collect();
    assert_eq!(parents, [false, true], "the server is under the client");
}

#[test]
fn an_error_of_both_sides_counts_once() {
    let twice = both().replace("\"path\"", "\"error\"");
    let orphan = format!(r#"[{{"traceId":"1","id":"2","parentId":"7",{twice}}}]"#);
    let batch = read(&orphan);
    assert!(batch
        .heads
        .iter()
        .all(|head| head.flags & flags::FORMAT_ERROR != 0));
    let table = assemble(batch).expect("room");
    let counts = table.records;
    assert_eq!(
        (counts.spans, counts.errors, counts.orphans, counts.roots),
        (1, 1, 1, 0)
    );
}

#[test]
fn addresses_name_the_other_side() {
    let server = [note(1, "sr", "a")];
    for (notes, tags, expected) in [
        (
            &server[..],
            [tag("ca", "true", "b")].as_slice(),
            "a get 1us.. server id=2 peer.service=b",
        ),
        (
            &server,
            &[tag("ca", "true", "a")],
            "a get 1us.. server id=2",
        ),
        (
            &server,
            &[tag("ca", "\"text\"", "b")],
            "a get 1us.. server id=2 ca=text",
        ),
        (
            &[],
            &[tag("sa", "true", "b"), tag("ca", "true", "a")],
            "a get .. client id=2 peer.service=b",
        ),
        (
            &[],
            &[tag("sa", "true", "b"), tag("lc", "\"job\"", "a")],
            "a get .. id=2 peer.service=b lc=job",
        ),
        (&[], &[tag("lc", "\"\"", "a")], "a get .. id=2"),
        (
            &[note(1, "ms", "a")],
            &[tag("ma", "true", "kafka")],
            "a get 1us.. producer id=2 peer.service=kafka",
        ),
    ] {
        assert_eq!(lines(&fields(notes, tags)), expected);
    }
}

#[test]
fn endpoints_are_known_by_all_they_say() {
    let text = r#""name":"x","annotations":[{"timestamp":1,"value":"cs","endpoint":
        {"serviceName":"a","ipv4":"10.0.0.1","ipv6":"::1","port":80}}],"binaryAnnotations":[]"#;
    assert_eq!(
        lines(text),
        "a x 1us.. client id=2 @network.local.address=10.0.0.1 @network.local.address=::1 \
         @network.local.port=80"
    );
}

#[test]
fn values_take_the_type_that_they_name() {
    let tags = r#""annotations":[],"binaryAnnotations":[
        {"key":"a","value":"12","type":"I64"},{"key":"b","value":7},{"key":"c","value":"1.5","type":"DOUBLE"},
        {"key":"d","value":true},{"key":"e","value":"AAE=","type":"BYTES"},{"key":"f","value":"many","type":"I16"},
        {"key":"g","value":3,"type":"DOUBLE"},{"key":"h","value":{"x":[1]}},{"key":"i"}]"#;
    assert_eq!(
        lines(tags),
        "\"\" .. id=2 a=12 b=7 c=1.5 d=true e=hex\"0001\" f=many g=3.0 h=json\"{\\\"x\\\":[1]}\" i="
    );
}

#[test]
fn an_annotation_error_is_an_error() {
    let batch = read(&format!(
        r#"[{{"traceId":"1","id":"2",{}}}]"#,
        fields(&[note(1, "error", "a")], &[])
    ));
    assert_eq!(
        notation::print(&batch),
        "trace 1\na get 1us.. error id=2 event=error@1us\n"
    );
    assert!(batch.heads[0].flags & flags::FORMAT_ERROR != 0);
}

#[test]
fn thrift_in_json_has_numbers_for_ids_and_base64_for_values() {
    let batch = read(
        r#"[{"trace_id":-1,"trace_id_high":2,"id":-2,"parent_id":3,"name":"x","timestamp":1,"duration":2,
        "annotations":[{"timestamp":1,"value":"sr","host":{"ipv4":-1407254524,"port":-1,"service_name":"a",
            "ipv6":"AAAAAAAAAAAAAAAAAAAAAQ=="}}],
        "binary_annotations":[{"key":"s","annotation_type":"STRING","value":"aGk="},
            {"key":"n","annotation_type":"I64","value":"AAAAAAAAAMgAAA=="},
            {"key":"b","annotation_type":"BOOL","value":"AQ=="},
            {"key":"d","annotation_type":5,"value":"P/gAAAAAAAA="},
            {"key":"x","annotation_type":"I32","value":"AAE="}]}]"#,
    );
    assert!(batch.issues.is_empty(), "{:?}", batch.issues);
    assert_eq!(
        notation::print(&batch),
        "trace 2ffffffffffffffff\na x 1us..3us server id=fffffffffffffffe parent=3 \
         @network.local.address=172.31.0.4 @network.local.address=::1 @network.local.port=65535 \
         s=hi n=200 b=true d=1.5 x=hex\"0001\"\n"
    );
}

#[test]
fn a_record_of_version_2_among_them_is_read_as_one() {
    let second = r#"{"traceId":"1","id":"3","name":"new","kind":"CLIENT","timestamp":1,"duration":1,
        "localEndpoint":{"serviceName":"b"},"tags":{"k":"v"}}"#;
    let first = format!(
        r#"{{"traceId":"1","id":"2",{}}}"#,
        fields(&[note(1, "cs", "a")], &[])
    );
    let batch = read(&format!("[{first},{second}]"));
    let text = notation::print(&batch);
    assert!(text.ends_with("b new 1us..2us client id=3 k=v\n"), "{text}");
    let alone = read_as(&ZipkinJson, second.as_bytes());
    assert!(text.ends_with(notation::print(&alone).trim_start_matches("trace 1\n")));
}

#[test]
fn x_rays_annotations_are_not_zipkins() {
    let segment = r#"{"trace_id":"1-5759e988-bd862e3fe1be46a994272793","id":"53995c3f42cd8ad8","name":"x",
        "start_time":1.0,"end_time":2.0,"annotations":{"host":"a","endpoint":"b"}}"#;
    assert_eq!(probe::version(segment.as_bytes()), None);
}

/// A field of eight bytes.
fn long(number: u8, value: i64) -> Vec<u8> {
    [&[10, 0, number][..], &value.to_be_bytes()].concat()
}

/// A field of a text.
fn text(number: u8, text: &[u8]) -> Vec<u8> {
    let length = (text.len() as u32).to_be_bytes();
    [&[11, 0, number][..], &length, text].concat()
}

/// A span with this id.
fn span(id: i64) -> Vec<u8> {
    let fields = [long(1, 1), text(3, b"get"), long(4, id), long(10, 1)];
    [&fields.concat()[..], &[2, 0, 9, 1, 0]].concat()
}

/// A span with this id, and a map of texts that no span has.
fn odd_span(id: i64) -> Vec<u8> {
    let map = [
        &[13, 0, 77, 11, 11, 0, 0, 0, 1][..],
        &[0; 4],
        &[0, 0, 0, 1, b'v'],
    ];
    [map.concat(), span(id)].concat()
}

fn thrift_list(count: u32, spans: &[Vec<u8>]) -> Vec<u8> {
    [&[12][..], &count.to_be_bytes(), &spans.concat()].concat()
}

#[test]
fn thrift_lists_may_follow_each_other_or_be_missing() {
    let lists = [
        thrift_list(2, &[span(2), odd_span(3)]),
        thrift_list(0, &[]),
        thrift_list(1, &[span(4)]),
    ];
    for (bytes, ids) in [(lists.concat(), vec![2, 3, 4]), (span(5), vec![5])] {
        assert!(ZipkinThrift.recognises(&bytes));
        let batch = read_as(&ZipkinThrift, &bytes);
        assert!(batch.issues.is_empty(), "{:?}", batch.issues);
        let ids_of = (0..batch.len() as u32).map(|record| batch.head(record).span_id.0);
        let found: Vec<u64> = ids_of.collect();
        assert_eq!(found, ids);
        assert!(batch.trace_ids.iter().all(|&id| id == TraceId(1)));
    }
}

#[test]
fn thrift_that_is_none_is_told_where_it_stands() {
    let bytes = [thrift_list(2, &[span(2), vec![99]]), vec![0; 40]].concat();
    let batch = read_as(&ZipkinThrift, &bytes);
    assert_eq!(batch.len(), 1);
    let issues = format!("{:?}", batch.issues);
    assert!(issues.contains("record: Some(2)"), "{issues}");
    let without_id = [long(1, 1), vec![0]].concat();
    let batch = read_as(&ZipkinThrift, &thrift_list(2, &[without_id, span(3)]));
    assert_eq!(
        (batch.len(), batch.issues.count(IssueKind::MalformedRecord)),
        (1, 1)
    );
    let batch = read_as(
        &ZipkinThrift,
        &[thrift_list(1, &[span(2)]), b"rest".to_vec()].concat(),
    );
    assert_eq!(
        (batch.len(), batch.issues.count(IssueKind::MalformedRecord)),
        (1, 1)
    );
}

#[test]
fn thrift_is_cut_behind_spans() {
    let first = thrift_list(3, &[span(2), span(3), span(4)]);
    let bytes = [first.clone(), thrift_list(1, &[span(5)])].concat();
    for end in 0..bytes.len() {
        let Some(cut) = ZipkinThrift.cut(&bytes[..end], Cutting::Thorough) else {
            assert!(end < 5 + span(2).len());
            continue;
        };
        let mut batch = SpanBatch::default();
        batch.goes_on = true;
        ZipkinThrift
            .read(&bytes[..cut.end], &mut batch)
            .expect("within limits");
        batch.goes_on = false;
        assert_eq!(batch.len() as u64, cut.records);
        let rest = [&cut.opening, &bytes[cut.next..]].concat();
        ZipkinThrift.read(&rest, &mut batch).expect("within limits");
        assert!(batch.issues.is_empty(), "{:?} at {end}", batch.issues);
        assert_eq!(batch.len(), 4, "at {end}");
    }
    assert_eq!(ZipkinThrift.cut(&bytes, Cutting::Cheap), None);
}

#[test]
fn thrift_of_other_kinds_is_not_recognised() {
    let other = [long(1, 1), text(2, b"x"), long(4, 1)].concat();
    for bytes in [
        vec![],
        vec![12, 0, 0, 0, 0],
        thrift_list(1, &[other]),
        thrift_list(1, &[long(1, 1)]),
        b"\x0c\x00\x00\x00\x01\x00".to_vec(),
        b"[{\"traceId\":1}]".to_vec(),
    ] {
        assert!(!ZipkinThrift.recognises(&bytes), "{bytes:?}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_thrift_panic(bytes in prop::collection::vec(prop_oneof![0u8..16, any::<u8>()], 0..200)) {
        for bytes in [bytes.clone(), thrift_list(3, &[span(2), bytes])] {
            ZipkinThrift.recognises(&bytes);
            ZipkinThrift.cut(&bytes, Cutting::Thorough);
            let mut batch = SpanBatch::default();
            ZipkinThrift.read(&bytes, &mut batch).expect("no limit is reached");
            prop_assert!(batch.len() <= bytes.len());
        }
    }

    #[test]
    fn no_text_makes_json_panic(text in r#"(\{|\}|\[|\]|,|:|"(traceId|id|annotations|binaryAnnotations|endpoint|value|key|tags|cs|sr|error)"|1|true|null|"[a-z]{0,3}"|\n){0,60}"#) {
        let mut batch = SpanBatch::default();
        ZipkinV1Json.recognises(text.as_bytes());
        ZipkinV1Json.read(text.as_bytes(), &mut batch).expect("no limit is reached");
        prop_assert!(batch.len() <= text.len());
    }
}
