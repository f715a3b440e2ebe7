//! Small exports of formats that are only read, as their tools write them.

/// Fuzz targets with an export each.
pub(crate) const SAMPLES: [(&str, &str); 9] = [
    ("datadog_json", DATADOG),
    ("elastic_apm", ELASTIC),
    ("chrome_trace", CHROME),
    ("chrome_trace", CHROME_LIST),
    ("skywalking_json", SKYWALKING),
    ("skywalking_json", SEGMENT),
    ("skywalking_csv", TABLE),
    ("xray_json", XRAY),
    ("xray_json", XRAY_ANSWER),
];

const DATADOG: &str = r#"[[{"name":"web.request","service":"shop","resource":"GET /","trace_id":1,"span_id":2,"parent_id":0,"type":"web","error":1,"start":1000,"duration":500,"meta":{"_dd.p.tid":"6a","runtime-id":"r","span.kind":"server","error.type":"E","error.message":"m","error.stack":"s","_dd.span_links":"[{\"trace_id\":\"0000000000000000000000000000000a\",\"span_id\":\"000000000000000b\"}]"},"metrics":{"process_id":7.0}},
{"name":"sql","service":"db","trace_id":1,"span_id":3,"parent_id":2,"start":1100,"duration":100,"span_events":[{"time_unix_nano":5,"name":"e","attributes":{"k":1}}],"span_links":[{"trace_id":1,"trace_id_high":2,"span_id":9}]}],
[{"trace_id":0,"span_id":1}]]"#;

const ELASTIC: &str = r#"{"metadata":{"service":{"name":"shop","agent":{"name":"go","version":"1"}},"labels":{"a":null}}}
{"transaction":{"id":"1","trace_id":"f","name":"GET","type":"request","timestamp":1000,"duration":2.5,"outcome":"failure","context":{"request":{"method":"GET"},"service":{"name":"other"}}}}
{"span":{"id":"2","parent_id":"1","transaction_id":"1","trace_id":"f","name":"q","type":"db","start":1.5,"duration":1,"otel":{"span_kind":"CLIENT","attributes":{"k":[1]}},"links":[{"trace_id":"a","span_id":"b"}]}}
{"error":{"id":"9","trace_id":"f","parent_id":"2","timestamp":1500,"exception":{"type":"E","message":"m"}}}
{"metricset":{"samples":{}}}
"#;

const CHROME: &str = r#"{"traceEvents":[
{"ph":"M","name":"process_name","pid":1,"args":{"name":"p"}},
{"ph":"M","name":"thread_name","pid":1,"tid":2,"args":{"name":"t"}},
{"ph":"X","name":"a","cat":"c","pid":1,"tid":2,"ts":1,"dur":10,"args":{"k":{"v":[1]}}},
{"ph":"s","name":"f","cat":"c","id":1,"pid":1,"tid":2,"ts":2},
{"ph":"f","name":"f","cat":"c","id":1,"bp":"e","pid":1,"tid":3,"ts":6},
{"ph":"B","name":"b","pid":1,"tid":3,"ts":5},{"ph":"I","name":"i","pid":1,"tid":3,"ts":5},
{"ph":"E","name":"b","pid":1,"tid":3,"ts":7},
{"ph":"b","name":"n","cat":"c","id":"0x1","pid":1,"tid":2,"ts":1},
{"ph":"n","name":"m","cat":"c","id":"0x1","pid":1,"tid":2,"ts":2},
{"ph":"e","name":"n","cat":"c","id2":{"local":"1"},"pid":1,"tid":2,"ts":3}]}"#;

const CHROME_LIST: &str = r#"[{"ph":"B","name":"a","pid":0,"tid":0,"ts":0},{"ph":"B","name":"b","pid":0,"tid":0,"ts":1},
{"ph":"E","name":"a","pid":0,"tid":0,"ts":2},{"ph":"E","name":"c","pid":0,"tid":0,"ts":3},"#;

const SKYWALKING: &str = r#"{"data":{"trace":{"spans":[{"traceId":"t","segmentId":"s","spanId":0,"parentSpanId":-1,"refs":[{"traceId":"t","parentSegmentId":"r","parentSpanId":1}],"serviceCode":"a","serviceInstanceName":"i","startTime":1,"endTime":2,"endpointName":"e","type":"Entry","layer":"MQ","isError":true,"peer":"p","tags":[{"key":"k","value":"v"}],"logs":[{"time":1,"data":[{"key":"event","value":"error"},{"key":"stack","value":"x"}]}],"attachedEvents":[{"event":"v","startTime":{"seconds":1,"nanos":2},"tags":[]}]}]}}}"#;

const SEGMENT: &str = r#"[{"traceId":"t","traceSegmentId":"s","spans":[{"spanId":1,"parentSpanId":0,"operationName":"o","startTime":"1","endTime":"2","spanType":"Exit","componentId":1},{"spanId":0,"parentSpanId":-1,"startTime":1,"endTime":3,"spanType":0}],"service":"a","serviceInstance":"i"}]"#;

const TABLE: &str = "StartTime,EndTime,URL,SpanType,Service,SpanId,TraceId,Peer,ParentSpan,Component,IsError\n1,9,\"/a\nb\",Entry,front,s.1.0,t,front,-1,MVC,True\n2,8,/b,Exit,front,s.1.1,t,back,s.1.0,Rest,False\n3,7\n";

const XRAY: &str = r#"{"format":"json","version":1}
{"trace_id":"1-00000001-00000000000000000000000a","id":"1","name":"shop","start_time":1.5,"end_time":2.5,"fault":true,"cause":{"exceptions":[{"id":"a","type":"T","message":"m","stack":[{"path":"p","line":1,"label":"l"}]}]},"http":{"request":{"method":"GET"},"response":{"status":500}},"aws":{"ec2":{"instance_id":"i"}},"service":{"version":"1"},"origin":"AWS::EC2::Instance","annotations":{"k":1},"metadata":{"d":{"k":[1]}},"subsegments":[{"id":"2","name":"db","namespace":"remote","start_time":1.6,"end_time":1.7,"sql":{"url":"u"},"subsegments":[{"id":"3","name":"x","start_time":1.6}]}],"links":[{"trace_id":"1-00000001-00000000000000000000000b","id":"9","attributes":{"k":"v"}}]}
{"trace_id":"1-00000001-00000000000000000000000a","id":"4","parent_id":"2","type":"subsegment","name":"s","start_time":1.6,"in_progress":true}
"#;

const XRAY_ANSWER: &str = r#"{"Traces":[{"Id":"1-00000001-00000000000000000000000a","LimitExceeded":true,"Segments":[{"Id":"1","Document":"{\"id\":\"1\",\"name\":\"a\",\"start_time\":1,\"end_time\":2}"},{"Id":"2","Document":"{\"id\":"}]}],"UnprocessedTraceIds":["x"]}"#;
