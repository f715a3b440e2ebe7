use super::*;
use crate::notation;
use spanwise_model::IssueKind;

fn read_as(format: &dyn Format, text: &str) -> SpanBatch {
    let mut batch = SpanBatch::default();
    let ended = format.read(text.as_bytes(), &mut batch);
    assert_eq!(ended.expect("within limits"), Ended::Whole);
    batch
}

/// What a text of JSON is in notation.
fn lines(text: &str) -> String {
    assert!(SkyWalkingJson.recognises(text.as_bytes()), "{text}");
    let batch = read_as(&SkyWalkingJson, text);
    assert!(batch.issues.is_empty(), "{:?}", batch.issues);
    notation::print(&batch)
}

#[test]
fn an_answer_is_read_with_all_it_has() {
    let text = lines(
        r#"{"data":{"trace":{"spans":[
        {"traceId":"t.1","segmentId":"s1","spanId":0,"parentSpanId":-1,"refs":[],
         "serviceCode":"shop","serviceInstanceName":"shop-1","startTime":10,"endTime":30,
         "endpointName":"GET:/cart","type":"Entry","peer":"","component":"Tomcat","isError":true,
         "layer":"Http","tags":[{"key":"http.status_code","value":"500"}],
         "logs":[{"time":20,"data":[{"key":"event","value":"error"},
           {"key":"error.kind","value":"java.io.IOException"},{"key":"message","value":"no"}]}]},
        {"traceId":"t.1","segmentId":"s2","spanId":0,"parentSpanId":-1,
         "refs":[{"traceId":"t.1","parentSegmentId":"s1","parentSpanId":0,"type":"CROSS_PROCESS"},
                 {"traceId":"t.2","parentSegmentId":"s9","parentSpanId":3,"type":"CROSS_THREAD"}],
         "serviceCode":"queue","startTime":12,"endTime":14,"endpointName":"poll","type":"Entry",
         "layer":"MQ","peer":"broker:1"}]}}}"#,
    );
    assert_eq!(
        text,
        "trace t.1\n\
         shop GET:/cart 10..30 server error id=s1.0 @service.instance.id=shop-1 \
         component=Tomcat skywalking.layer=Http http.status_code=\"500\" \
         event=exception@20{exception.type=java.io.IOException,exception.message=no}\n\
         \x20 queue poll 12..14 consumer id=s2.0 skywalking.layer=MQ peer.address=broker:1 \
         link=t.2/s9.3\n"
    );
}

#[test]
fn a_segment_names_its_service_behind_its_spans() {
    let text = lines(
        r#"[{"traceId":"t","traceSegmentId":"a","spans":[
        {"spanId":1,"parentSpanId":0,"operationName":"SELECT","startTime":"2","endTime":"3",
         "spanType":"Exit","spanLayer":"Database","componentId":33,"peer":"db:3306"},
        {"spanId":0,"parentSpanId":-1,"operationName":"GET","startTime":"1","endTime":"4",
         "spanType":0,"spanLayer":3}],"service":"shop","serviceInstance":"i"}]"#,
    );
    assert_eq!(
        text,
        "trace t\n\
         shop SELECT 2..3 client id=a.1 parent=a.0 @service.instance.id=i \
         skywalking.layer=Database component.id=33 peer.address=db:3306\n\
         shop GET 1..4 server id=a.0 @service.instance.id=i skywalking.layer=\"3\"\n"
    );
}

#[test]
fn events_of_profilers_are_read() {
    let text = lines(
        r#"{"segmentId":"s","spanId":1,"parentSpanId":-1,"traceId":"t","startTime":1,
        "attachedEvents":[{"event":"read","startTime":{"seconds":1,"nanos":5},
        "endTime":{"seconds":2,"nanos":0},"summary":[{"key":"bytes","value":"9"}]}]}"#,
    );
    assert!(
        text.contains("event=read@1000000005ns{bytes=\"9\",end_unix_nano=2000000000}"),
        "{text}"
    );
}

#[test]
fn of_what_breaks_off_the_spans_before_are_read() {
    let span = |id: u32| {
        format!(
            r#"{{"traceId":"t","segmentId":"s","spanId":{id},"parentSpanId":-1,"startTime":1}}"#
        )
    };
    for text in [
        format!(
            r#"{{"data":{{"trace":{{"spans":[{},{},{{"traceId":"#,
            span(0),
            span(1)
        ),
        format!(
            r#"{{"traceId":"t","traceSegmentId":"s","spans":[{},{},"#,
            span(0),
            span(1)
        ),
    ] {
        let mut batch = SpanBatch::default();
        let ended = SkyWalkingJson.read(text.as_bytes(), &mut batch);
        assert_eq!(ended.expect("within limits"), Ended::Truncated);
        assert_eq!(batch.len(), 2, "{text}");
    }
}

#[test]
fn spans_without_ids_are_refused() {
    let batch = read_as(
        &SkyWalkingJson,
        r#"{"spans":[{"segmentId":"s","spanId":1},{"traceId":"t"},{"traceId":"t","spanId":1}]}"#,
    );
    assert_eq!(batch.issues.count(IssueKind::MalformedRecord), 2);
    assert_eq!(batch.len(), 1);
}

const TABLE: &str = "\
StartTime,EndTime,URL,SpanType,Service,SpanId,TraceId,Peer,ParentSpan,Component,IsError
1,9,{POST}/a,Entry,front,s.1.0,t.1,front,-1,SpringMVC,True
2,8,\"/b\nc\",Exit,front,s.1.1,t.1,back,s.1.0,RestTemplate,False
3,7,/b,Entry,back,s.2.0,t.1,,s.1.1,SpringMVC,False
";

#[test]
fn a_table_is_read() {
    assert!(SkyWalkingCsv.recognises(TABLE.as_bytes()));
    let batch = read_as(&SkyWalkingCsv, TABLE);
    assert!(batch.issues.is_empty(), "{:?}", batch.issues);
    assert_eq!(
        notation::print(&batch),
        "trace t.1\n\
         front {POST}/a 1..9 server error id=s.1.0 peer.address=front component=SpringMVC\n\
         \x20 front \"/b\\nc\" 2..8 client id=s.1.1 peer.address=back component=RestTemplate\n\
         \x20   back /b 3..7 server id=s.2.0 component=SpringMVC\n"
    );
}

#[test]
fn rows_that_are_no_spans_are_told_with_their_place() {
    let text = format!("{TABLE}1,2\n1,2,x,Entry,a,,t,,-1,c,no\n1,2,x,Odd,a,i,t,,-1,c,no\n");
    let batch = read_as(&SkyWalkingCsv, &text);
    assert_eq!(batch.len(), 4);
    assert_eq!(batch.issues.count(IssueKind::MalformedRecord), 2);
    assert_eq!(batch.issues.count(IssueKind::UnknownEnum), 1);
    let place = format!(
        "{:?}",
        batch.issues.iter().next().expect("issues").2.examples
    );
    assert!(place.contains("record: Some(6)"), "{place}");
}

#[test]
fn a_table_that_is_cut_off_is_truncated() {
    let mut batch = SpanBatch::default();
    let cut = &TABLE.as_bytes()[..TABLE.len() - 30];
    let ended = SkyWalkingCsv.read(cut, &mut batch).expect("within limits");
    assert_eq!((ended, batch.len()), (Ended::Truncated, 2));
}

#[test]
fn tables_fall_into_tables() {
    let cut = SkyWalkingCsv.cut(TABLE.as_bytes(), Cutting::Thorough);
    let cut = cut.expect("three rows");
    let (piece, rest) = TABLE.split_at(cut.end);
    assert_eq!(read_as(&SkyWalkingCsv, piece).len(), 2);
    let rest = [&cut.opening[..], rest.as_bytes()].concat();
    let rest = String::from_utf8(rest).expect("text");
    assert!(SkyWalkingCsv.recognises(rest.as_bytes()));
    assert_eq!(read_as(&SkyWalkingCsv, &rest).len(), 1);
    // Of five lines four stand before the rest, of which its header is one.
    assert_eq!((cut.next, cut.records), (cut.end, 3));
    assert_eq!(SkyWalkingCsv.cut(rest.as_bytes(), Cutting::Thorough), None);
}
