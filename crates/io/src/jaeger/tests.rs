use super::*;
use crate::notation;
use proptest::prelude::*;
use spanwise_model::{flags, IssueKind, SpanId, StatusCode, TraceId};

fn read(text: &str) -> SpanBatch {
    let mut batch = SpanBatch::default();
    let ended = JaegerJson.read(text.as_bytes(), &mut batch);
    assert_eq!(ended.expect("within limits"), Ended::Whole);
    batch
}

/// A trace with one span that has these fields.
fn one(fields: &str) -> SpanBatch {
    read(&format!(
        r#"{{"data":[{{"traceID":"1","spans":[{{"traceID":"1","spanID":"2",{fields}}}],
            "processes":{{"p1":{{"serviceName":"cart","tags":[]}}}}}}]}}"#
    ))
}

fn written(batch: &SpanBatch) -> String {
    let mut out = Vec::new();
    JaegerJson.write(batch, &mut out).expect("memory");
    String::from_utf8(out).expect("text")
}

/// What notation becomes on the way through Jaeger's JSON.
fn through(text: &str) -> String {
    let batch = notation::parse(text);
    assert!(batch.issues.is_empty(), "{:?}", batch.issues);
    let read = read(&written(&batch));
    let odd_ids = read.issues.count(IssueKind::IrregularId);
    assert_eq!(read.issues.total(), odd_ids, "{:?}", read.issues);
    notation::print(&read)
}

#[test]
fn a_span_is_read_with_all_it_has() {
    let batch = one(
        r#""flags":1,"operationName":"GET","references":[],"startTime":1000000,"duration":2500,
        "tags":[{"key":"span.kind","type":"string","value":"server"},
                {"key":"http.status_code","type":"int64","value":200}],
        "logs":[{"timestamp":1001000,"fields":[{"key":"event","value":"hit"},{"key":"n","value":1}]}],
        "processID":"p1","warnings":null"#,
    );
    assert!(batch.issues.is_empty());
    assert_eq!(
        notation::print(&batch),
        "trace 1\ncart GET 1s..1002500us server flags=1 id=2 http.status_code=200 event=hit@1001{n=1}\n"
    );
}

#[test]
fn tags_take_the_type_that_they_name() {
    let batch = one(r#""processID":"p1","startTime":0,"duration":0,"tags":[
        {"key":"a","type":"int64","value":"9223372036854775222"},
        {"key":"b","type":"float64","value":1},
        {"key":"c","type":"bool","value":"true"},
        {"value":"AAAwOQ==","type":"BINARY","key":"d"},
        {"key":"e","type":"string","value":5},
        {"key":"f","value":{"x":[1, 2]}},
        {"key":"g","vType":"int64","value":"many"},
        {"key":"h","type":"string","value":null}, 7, null]"#);
    assert_eq!(
        notation::print(&batch),
        "trace 1\ncart 0..0 id=2 a=9223372036854775222 b=1.0 c=true d=hex\"00003039\" e=\"5\" \
         f=json\"{\\\"x\\\":[1,2]}\" g=many h=\n"
    );
}

#[test]
fn tags_that_are_fixed_fields_are_taken_as_such() {
    let batch = one(r#""processID":"p1","startTime":0,"duration":0,"tags":[
        {"key":"span.kind","value":"CLIENT"},{"key":"error","value":"true"},
        {"key":"otel.status_code","value":"ERROR"},{"key":"otel.status_description","value":"no"},
        {"key":"otel.library.name","value":"lib"},{"key":"otel.library.version","value":"2"},
        {"key":"w3c.tracestate","value":"a=b"}]"#);
    assert_eq!(
        notation::print(&batch),
        "trace 1\ncart 0..0 client error status_message=no trace_state=\"a=b\" id=2 scope=lib@2 \
         error=\"true\" otel.status_description=no\n"
    );
}

#[test]
fn an_error_tag_wins_over_a_status_of_ok() {
    for tags in [
        r#"{"key":"error","value":true},{"key":"otel.status_code","value":"OK"}"#,
        r#"{"key":"otel.status_code","value":"OK"},{"key":"error","value":true}"#,
    ] {
        let batch = one(&format!(r#""tags":[{tags}]"#));
        assert_eq!(batch.heads[0].status, StatusCode::Error);
        assert!(batch.heads[0].flags & flags::FORMAT_ERROR != 0);
    }
    let batch =
        one(r#""tags":[{"key":"error","value":false},{"key":"otel.status_code","value":"OK"}]"#);
    assert_eq!(batch.heads[0].status, StatusCode::Ok);
}

#[test]
fn the_parent_is_the_first_child_of_in_the_trace() {
    let refs = |list: &str| one(&format!(r#""parentSpanID":"9","references":[{list}]"#));
    let child = r#"{"refType":"CHILD_OF","traceID":"1","spanID":"3"}"#;
    let nameless = r#"{"refType":"CHILD_OF","spanID":"4"}"#;
    let follows = r#"{"refType":"FOLLOWS_FROM","traceID":"01","spanID":"5"}"#;
    let other = r#"{"refType":"CHILD_OF","traceID":"ff","spanID":"6"}"#;
    for (list, parent, links, by_follows) in [
        (format!("{other},{follows},{child},{nameless}"), 3, 3, false),
        (format!("{nameless},{child}"), 4, 1, false),
        (format!("{other},{follows}"), 5, 1, true),
        (other.to_owned(), 9, 1, false),
        (String::new(), 9, 0, false),
    ] {
        let batch = refs(&list);
        assert_eq!(batch.placements[0].parent_id, SpanId(parent), "{list}");
        assert_eq!(batch.links.span_id.len(), links, "{list}");
        let flag = batch.heads[0].flags & flags::FOLLOWS_FROM != 0;
        assert_eq!(flag, by_follows, "{list}");
    }
    assert_eq!(refs(other).links.trace_id, [TraceId(0xff)]);
}

#[test]
fn copies_of_spans_within_references_are_skipped_at_any_depth() {
    let mut copy = String::from("null");
    for _ in 0..500 {
        copy = format!(r#"{{"spanID":"7","references":[{{"spanID":"8","span":{copy}}}]}}"#);
    }
    let batch = one(&format!(
        r#""references":[{{"refType":"CHILD_OF","spanID":"3","span":{copy}}}]"#
    ));
    assert_eq!((batch.len(), batch.placements[0].parent_id), (1, SpanId(3)));
}

#[test]
fn processes_are_found_wherever_they_stand() {
    let batch = read(
        r#"[{"processes":{"p1":{"serviceName":"a"}},"spans":[{"spanID":"1","processID":"p1"}],"traceID":"1"},
        {"traceID":"2","spans":[{"spanID":"1","processID":"p1"},{"spanID":"2","processID":"p2"},
          {"spanID":"3","processID":"p9"},{"spanID":"4"},
          {"spanID":"5","process":{"serviceName":"own","tags":[{"key":"ip","value":"::1"}]}}],
         "processes":{"p1":{"serviceName":"b","tags":[]},"p2":{"tags":{},"serviceName":"c"}}}]"#,
    );
    let service = |record: usize| {
        let resource = batch.heads[record].resource;
        batch.strings.get(batch.resources.service(resource))
    };
    let services: Vec<&str> = (0..6).map(service).collect();
    assert_eq!(services, ["a", "b", "c", "", "", "own"]);
    let traces: Vec<u128> = batch.trace_ids.iter().map(|id| id.0).collect();
    assert_eq!(traces, [1, 2, 2, 2, 2, 2]);
}

#[test]
fn equal_processes_are_one_resource() {
    let trace = |n: u8| {
        format!(
            r#"{{"traceID":"{n}","spans":[{{"traceID":"{n}","spanID":"1","processID":"p1"}}],
            "processes":{{"p1":{{"serviceName":"a","tags":[{{"key":"ip","value":"x"}}]}}}}}}"#
        )
    };
    let batch = read(&format!("[{},{}]", trace(1), trace(2)));
    assert_eq!(batch.heads[0].resource, batch.heads[1].resource);
}

/// Ways to write a span, as Jaeger's own server does and otherwise.
fn ways() -> Vec<String> {
    let trace = "0000000000000000000000000000000a";
    let heads = [
        r#""flags":1,"operationName":"GET","references":[]"#,
        r#""operationName":"GET","references":[{"refType":"CHILD_OF","traceID":"T","spanID":"00000000000000b1"}]"#,
        r#""flags":10,"operationName":"a \"b\"","references":[]"#,
        r#""flags":0,"operationName":"é","references":[{"refType":"FOLLOWS_FROM","traceID":"T","spanID":"00000000000000b1"}]"#,
        r#""operationName":"GET","references":[{"refType":"CHILD_OF","traceID":"000000000000000000000000000000ff","spanID":"00000000000000b1"}]"#,
        r#""operationName":"GET","references":[{"refType":"CHILD_OF","traceID":"T","spanID":"00000000000000b1"},{"refType":"CHILD_OF","traceID":"T","spanID":"00000000000000b2"}]"#,
        r#""operationName":"GET","references":[{"refType":"CHILD_OF","traceID":"a word of as many letters as ids","spanID":"00000000000000b1"}]"#,
    ];
    let times = [
        r#","startTime":1767225600052701,"duration":37339"#,
        r#","startTime":5,"duration":1.5"#,
        r#","startTime":1767225600052701123456,"duration":0"#,
        r#","duration":7,"startTime":123456789"#,
    ];
    let tails = [
        r#","logs":[],"processID":"p1","warnings":null"#,
        r#","logs":[],"processID":"p2","warnings":null"#,
        r#","logs":[{"timestamp":1,"fields":[]}],"processID":"p1","warnings":null"#,
        r#","logs":[],"processID":"p\u0031","warnings":["x"]"#,
        r#","processID":"p2","processID":"p1""#,
        r#","logs":[],"flags":1,"processID":"p2""#,
        "",
    ];
    let mut ways = Vec::new();
    for (nth, head) in heads.iter().enumerate() {
        for time in times {
            let tags = format!(r#","tags":[{{"key":"k","value":{nth}}}]"#);
            let tail = tails[ways.len() % tails.len()];
            let ids = format!(r#""traceID":"{trace}","spanID":"00000000000000b{nth}","#);
            let span = format!("{{{ids}{head}{time}{tags}{tail}}}");
            ways.push(span.replace("\"T\"", &format!("\"{trace}\"")));
        }
    }
    ways
}

/// All that is told of the spans of one trace, one by one.
fn told(spans: &[&String]) -> Vec<String> {
    let spans: Vec<&str> = spans.iter().map(|span| span.as_str()).collect();
    let batch = read(&format!(
        r#"{{"data":[{{"traceID":"a","spans":[{}],"processes":{{"p1":{{"serviceName":"cart"}},"p2":{{"serviceName":"user"}}}}}}]}}"#,
        spans.join(",")
    ));
    let told = |record: u32| {
        let head = batch.head(record);
        let service = batch.strings.get(batch.resources.service(head.resource));
        let name = batch.strings.get(head.name);
        let count = |of: &[u32]| of.iter().filter(|&&at| at == record).count();
        let (links, events) = (count(&batch.links.record), count(&batch.events.record));
        let place = batch.placements[record as usize];
        let (trace, flags) = (head.trace_id, head.flags);
        format!("{trace} {place:?} {flags} {name} {service} {links} {events}")
    };
    (0..batch.open_record()).map(told).collect()
}

#[test]
fn the_usual_way_to_write_a_span_says_what_others_say() {
    let ways = ways();
    let alone: Vec<Vec<String>> = ways.iter().map(|way| told(&[way])).collect();
    for (first, others) in ways.iter().zip(&alone) {
        for (second, more) in ways.iter().zip(&alone) {
            let spans = [first, second, second, first];
            let expected = [others, more, more, others].map(|told| told[0].clone());
            assert_eq!(told(&spans), expected, "{first} {second}");
        }
    }
}

#[test]
fn times_are_read_digit_by_digit() {
    let batch = one(r#""startTime":1695947455229123.789,"duration":"0.5""#);
    assert_eq!(
        batch.placements[0].start_unix_nano,
        1_695_947_455_229_123_789
    );
    assert_eq!(batch.placements[0].end_unix_nano, 1_695_947_455_229_124_289);
    let batch = one(r#""startTime":1.695947455229e15,"duration":-5"#);
    assert_eq!(
        batch.placements[0].start_unix_nano,
        1_695_947_455_229_000_000
    );
    assert!(batch.placements[0].end_unix_nano < batch.placements[0].start_unix_nano);
    let batch = one(r#""startTime":null,"duration":[]"#);
    let missing = flags::MISSING_START | flags::MISSING_END;
    assert_eq!(batch.heads[0].flags & missing, missing);
    let batch = one(r#""startTime":99999999999999999999,"duration":1"#);
    assert_eq!(batch.issues.count(IssueKind::TimeOutOfRange), 1);
}

#[test]
fn odd_ids_are_read_and_said() {
    let batch = read(
        r#"{"spans":[{"traceID":"00AB","spanID":"0F"},{"traceID":"ab","spanID":"req-1"},
        {"traceID":"ab","spanID":12},{"traceID":"ab","spanID":""},{"traceID":"ab"}]}"#,
    );
    assert_eq!(batch.trace_ids, [TraceId(0xab); 3]);
    assert_eq!(batch.placements[0].span_id, SpanId(15));
    assert_eq!(batch.placements[2].span_id, SpanId(0x12));
    assert_eq!(batch.span_words.len(), 1);
    assert_eq!(batch.issues.count(IssueKind::IrregularId), 1);
    assert_eq!(batch.issues.count(IssueKind::MalformedRecord), 2);
}

#[test]
fn a_refusal_of_the_server_is_said() {
    let batch = read(r#"{"data":null,"total":0,"errors":[{"code":404,"msg":"trace not found"}]}"#);
    assert!(batch.is_empty());
    let examples: Vec<String> = batch
        .issues
        .iter()
        .flat_map(|(_, _, row)| row.examples.iter().map(ToString::to_string))
        .collect();
    assert_eq!(
        examples,
        ["record 1, offset 0: the server answered 404 trace not found"]
    );
}

#[test]
fn a_cut_trace_keeps_its_whole_spans() {
    let text = r#"{"data":[{"traceID":"1","spans":[{"traceID":"1","spanID":"1","processID":"p1",
        "tags":[{"key":"k","value":1}]},{"traceID":"1","spanID":"2","tags":[{"key":"lost","value"#;
    let mut batch = SpanBatch::default();
    let ended = JaegerJson.read(text.as_bytes(), &mut batch);
    assert_eq!(ended.expect("within limits"), Ended::Truncated);
    assert_eq!(notation::print(&batch), "trace 1\n\"\" .. k=1\n");
}

#[test]
fn what_stands_before_and_behind_a_bad_line_is_read() {
    let line = |n: u8| {
        format!(
            r#"{{"data":[{{"traceID":"{n}","spans":[{{"traceID":"{n}","spanID":"1","processID":"p1"}}],"processes":{{"p1":{{"serviceName":"s{n}"}}}}}}]}}"#
        )
    };
    let text = format!("{}\n{}\n{}\n", line(1), &line(2)[..90], line(3));
    let batch = read(&text);
    assert_eq!(batch.issues.count(IssueKind::MalformedRecord), 1);
    let traces: Vec<u128> = batch.trace_ids.iter().map(|id| id.0).collect();
    assert_eq!(traces, [1, 2, 3]);
    let last = batch.resources.service(batch.heads[2].resource);
    assert_eq!(batch.strings.get(last), "s3");
}

#[test]
fn other_formats_are_not_recognised() {
    let yes = [
        r#"{"data":[{"traceID":"1","spans":[{"traceID":"1","spanID":"2","operationName":"x""#,
        r#"{"spans":[{"operationName":"x","spanID":"2"}]}"#,
        r#"[{"traceID":"1","processes":{"p1":{"serviceName":"a"}}}]"#,
        r#"{"data":[],"total":0,"limit":0,"offset":0,"errors":null}"#,
        "\n {\"data\":null,\"total\":0,\"errors\":[{\"code\":404}]}",
    ];
    for text in yes {
        assert!(JaegerJson.recognises(text.as_bytes()), "{text}");
    }
    let no = [
        "",
        "[]",
        "{}",
        r#"{"data":["frontend","cart"],"total":2,"limit":0}"#,
        r#"{"data":null,"errors":[{"message":"graphql"}]}"#,
        r#"{"traces":[{"traceID":"1","rootServiceName":"a","spanSet":{"spans":[{"spanID":"1"}]}}]}"#,
        r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"spanId":"1","name":"x"}]}]}]}"#,
        r#"{"traceID":"1","spanID":"2","operationName":"x","process":{"serviceName":"a"}}"#,
    ];
    for text in no {
        assert!(!JaegerJson.recognises(text.as_bytes()), "{text}");
    }
}

#[test]
fn what_is_written_is_read_back() {
    let text = "trace ab\n\
        a GET /x 0..100 client error flags=1 scope=lib@2 @pod=p1 error=true n=1 d=2.5 e= h=hex\"00ff\"\n  \
        b y 1500ns..2001us server ok status_message=fine otel.status_description=fine event=log@7{k=v} event=hit@8{event=x,event=y}\n    \
        c z 5.. follows link=cd/7{opentracing.ref_type=follows_from} link=1{opentracing.ref_type=follows_from}\n";
    let expected = notation::print(&notation::parse(text));
    assert_eq!(through(text), expected);
}

#[test]
fn traces_are_written_together_and_words_stay_words() {
    let text =
        "trace req-1\na 0..1 id=span-1\ntrace 2\na 0..1\ntrace req-1\nb 1..2 id=x-2 parent=span-1";
    assert_eq!(
        through(text),
        "trace req-1\na 0..1 id=span-1\n  b 1..2 id=x-2\ntrace 2\na 0..1\n"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn any_span_comes_back(
        (service, name, key, value) in ("\\PC{0,6}", "\\PC{0,8}", "[a-z]{1,4}\\PC{0,3}", "\\PC{0,8}"),
        (start, length, n, d) in (any::<i32>(), 0..1_000_000u32, any::<i64>(), any::<f64>()),
    ) {
        use spanwise_model::{SpanHead, Value};
        let mut batch = SpanBatch::default();
        batch.attribute(&format!("x{key}"), Value::Str(&value));
        batch.attribute("n", Value::Int(n));
        batch.attribute("d", Value::Double(d));
        let (name, service) = (batch.strings.intern(&name), batch.strings.intern(&service));
        let head = SpanHead {
            trace_id: TraceId(1),
            span_id: SpanId(1),
            start_unix_nano: start.into(),
            end_unix_nano: Some(i64::from(start) + i64::from(length)),
            name,
            resource: batch.resources.close(service),
            ..SpanHead::default()
        };
        batch.close(head).expect("room");
        let again = read(&written(&batch));
        prop_assert_eq!(notation::print(&again), notation::print(&batch));
    }

    #[test]
    fn no_text_makes_it_panic(text in "(\\{|\\}|\\[|\\]|,|:|\"(data|spans|traceID|spanID|tags|key|value|logs|processes|references|startTime)\"|1|null|x|\n| )*") {
        let mut batch = SpanBatch::default();
        let _ = JaegerJson.read(text.as_bytes(), &mut batch);
        let _ = JaegerJson.recognises(text.as_bytes());
    }
}

/// A stored document with one span that has these fields, in notation.
fn stored(fields: &str) -> String {
    let text = format!(r#"{{"traceID":"1","spanID":"2",{fields}}}"#);
    let mut batch = SpanBatch::default();
    let ended = JaegerElasticsearch.read(text.as_bytes(), &mut batch);
    assert_eq!(ended.expect("within limits"), Ended::Whole);
    assert!(batch.issues.is_empty(), "{:?}", batch.issues);
    let text = notation::print(&batch);
    text.trim_start_matches("trace 1\n").trim_end().to_owned()
}

#[test]
fn stored_tags_are_members_or_elements() {
    let text = stored(
        r#""operationName":"GET","startTime":1000000,"startTimeMillis":1000,"duration":5,
        "tag":{"span@kind":"client","http@status_code":200,"ok":true,"rate":0.5,"otel@status_code":"ERROR"},
        "tags":[{"key":"blob","type":"binary","value":"00ff"},{"key":"odd","type":"binary","value":"0ff"},
                {"key":"n","type":"int64","value":"7"}],
        "logs":[{"timestamp":1000001,"fields":[{"key":"event","type":"string","value":"hit"}]}],
        "process":{"serviceName":"cart","tag":{"host@name":"a"},"tags":[{"key":"ip","type":"string","value":"::1"}]}"#,
    );
    assert_eq!(
        text,
        "cart GET 1s..1000005us client error id=2 @host.name=a @ip=::1 http.status_code=200 \
         ok=true rate=0.5 blob=hex\"00ff\" odd=0ff n=7 event=hit@1000001us"
    );
}

#[test]
fn milliseconds_count_where_there_are_no_microseconds() {
    let ends = r#""duration":5,"process":{"serviceName":"cart"}"#;
    for start in [
        r#""startTimeMillis":3,"#,
        r#""startTime":null,"startTimeMillis":3,"#,
        r#""startTimeMillis":9,"startTime":3000,"#,
        r#""startTime":3000,"startTimeMillis":9,"#,
    ] {
        assert_eq!(
            stored(&format!("{start}{ends}")),
            "cart 3..3005us id=2",
            "{start}"
        );
    }
}

#[test]
fn stored_spans_without_ids_are_malformed() {
    for text in [
        r#"{"traceID":"1","operationName":"x"}"#,
        r#"{"spanID":"1","operationName":"x"}"#,
    ] {
        let mut batch = SpanBatch::default();
        let ended = JaegerElasticsearch.read(text.as_bytes(), &mut batch);
        assert_eq!(ended.ok(), Some(Ended::Whole));
        let malformed = batch.issues.count(IssueKind::MalformedRecord);
        assert_eq!((batch.len(), malformed), (0, 1), "{text}");
    }
}
