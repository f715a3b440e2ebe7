use super::*;
use crate::{guess, read_table, Input, ReadOptions};
use spanwise_model::{IssueKind, SpanTable, Value};

fn read_as(text: &str, format: &str) -> SpanBatch {
    let found = guess(text.as_bytes()).map(Format::name);
    assert_eq!(found, Some(format), "{text}");
    let mut batch = SpanBatch::default();
    let format = crate::by_name(format).expect("a format");
    let ended = format.read(text.as_bytes(), &mut batch).expect("no limit");
    assert_eq!(ended, Ended::Whole);
    batch
}

fn attributes(batch: &SpanBatch, record: u32) -> Vec<String> {
    let all = batch.named_attributes(record);
    all.map(|(key, value)| format!("{key}={value:?}")).collect()
}

/// The text of a batch's table, which says all that tables of spans hold.
fn table(batch: SpanBatch) -> String {
    crate::assemble::assemble(batch)
        .map(|table: SpanTable| table.to_string())
        .expect("small")
}

const NAMES: &str = "Timestamp,TraceId,SpanId,ParentSpanId,TraceState,SpanName,SpanKind,\
    ServiceName,ResourceAttributes,ScopeName,ScopeVersion,SpanAttributes,Duration,StatusCode,\
    StatusMessage,Events.Timestamp,Events.Name,Events.Attributes,Links.TraceId,Links.SpanId,\
    Links.TraceState,Links.Attributes";

const ROW: &str = r#""2024-10-30 12:24:00.218138154","0af7651916cd43dd8448eb211c80319c","b7ad6b7169203331","00f067aa0ba902b7","k=v","GET ""/cart""","Server","cart","{'service.name':'cart','host.name':'it\'s'}","lib","1.2","{'http.route':'/cart','n':'7'}",1500,"Error","b,ad","['2024-10-30 12:24:00.218138200']","['exception']","[{'exception.type':'Oops\n'}]","['0af7651916cd43dd8448eb211c80319d']","['b7ad6b7169203332']","['']","[{'l':'1'}]""#;

/// The row of TSV that says the same.
fn tabs(text: &str) -> String {
    let mut reader = csv::ReaderBuilder::new();
    let mut reader = reader.has_headers(false).from_reader(text.as_bytes());
    let rows = reader.records().map(|row| row.expect("a row"));
    let lines = rows.map(|row| row.iter().collect::<Vec<_>>().join("\t") + "\n");
    lines.collect()
}

fn check_row(batch: &SpanBatch) {
    let head = batch.head(0);
    assert_eq!(
        head.trace_id.to_string(),
        "0af7651916cd43dd8448eb211c80319c"
    );
    assert_eq!(head.parent_id.to_string(), "00f067aa0ba902b7");
    assert_eq!(head.start_unix_nano, 1_730_291_040_218_138_154);
    assert_eq!(head.end_unix_nano, Some(1_730_291_040_218_139_654));
    assert_eq!(batch.strings.get(head.name), "GET \"/cart\"");
    assert_eq!((head.kind.name(), head.status.name()), ("server", "error"));
    assert_eq!(batch.status_messages.get(0), Some("b,ad"));
    assert_eq!(batch.trace_states.get(0), Some("k=v"));
    assert_eq!(
        attributes(batch, 0),
        [r#"http.route=Str("/cart")"#, r#"n=Str("7")"#]
    );
    let service = batch.resources.service(head.resource);
    assert_eq!(batch.strings.get(service), "cart");
    let host = batch.strings.find("host.name").expect("a key");
    let resource = batch.resources.attributes(head.resource);
    let host = resource
        .filter(|(key, _)| *key == host)
        .map(|(_, value)| value)
        .next();
    assert_eq!(host, Some(Value::Str("it's")));
    let (name, version) = batch.scopes.get(head.scope);
    assert_eq!(
        (batch.strings.get(name), batch.strings.get(version)),
        ("lib", "1.2")
    );
    assert_eq!((batch.events_of(0), batch.links_of(0)), (0..1, 0..1));
    assert_eq!(batch.events.time_unix_nano[0], 1_730_291_040_218_138_200);
    let event: Vec<_> = batch.events.attributes.named(0, &batch.strings).collect();
    assert_eq!(event, [("exception.type", Value::Str("Oops\n"))]);
    assert_eq!(batch.links.span_id[0].to_string(), "b7ad6b7169203332");
    assert_eq!(batch.links.attributes.of(0).count(), 1);
    assert_eq!(batch.issues.total(), 0, "{:?}", batch.issues);
}

#[test]
fn every_way_of_writing_a_row_is_read() {
    let named = format!("{NAMES}\n{ROW}\n");
    check_row(&read_as(&named, "clickhouse-csv"));
    check_row(&read_as(&format!("{ROW}\n"), "clickhouse-csv"));
    check_row(&read_as(&tabs(&named), "clickhouse-tsv"));
    check_row(&read_as(&tabs(&format!("{ROW}\n")), "clickhouse-tsv"));
    let types = ["DateTime64(9)", "String"].join(",") + &",String".repeat(20);
    check_row(&read_as(
        &tabs(&format!("{NAMES}\n{types}\n{ROW}\n")),
        "clickhouse-tsv",
    ));
}

const OBJECT: &str = r#"{"Timestamp":"2024-10-30 12:24:00.218138154","TraceId":"0af7651916cd43dd8448eb211c80319c","SpanId":"b7ad6b7169203331","ParentSpanId":"00f067aa0ba902b7","TraceState":"k=v","SpanName":"GET \"\/cart\"","SpanKind":"Server","ServiceName":"cart","ResourceAttributes":{"service":{"name":"cart"},"host.name":"it's"},"ScopeName":"lib","ScopeVersion":"1.2","SpanAttributes":{"http":{"route":"\/cart"},"n":"7"},"Duration":"1500","StatusCode":"Error","StatusMessage":"b,ad","Events.Timestamp":["2024-10-30 12:24:00.218138200"],"Events.Name":["exception"],"Events.Attributes":[{"exception":{"type":"Oops\n"}}],"Links.TraceId":["0af7651916cd43dd8448eb211c80319d"],"Links.SpanId":["b7ad6b7169203332"],"Links.TraceState":[""],"Links.Attributes":[{"l":"1"}]}"#;

#[test]
fn objects_are_read_in_lines_lists_and_documents() {
    for text in [
        format!("{OBJECT}\n"),
        format!("{OBJECT}\n{OBJECT}\n"),
        format!("[\n{OBJECT},\n{OBJECT}\n]\n"),
        format!("{{\"meta\":[{{\"name\":\"TraceId\"}}],\"data\":[{OBJECT}],\"rows\":1}}"),
    ] {
        check_row(&read_as(&text, "clickhouse-json"));
    }
}

#[test]
fn columns_of_json_in_tabs_are_read() {
    let names = "Timestamp\tTraceId\tSpanId\tSpanName\tDuration\tSpanAttributes\tEvents.Name\tEvents.Attributes\n";
    let row = "2024-10-30 12:24:00\ta\tb\tGET\t1\t{\"a\":{\"b\":1,\"c\":[1,\"x\\\\n\"]},\"d\":true}\t['e']\t['{\"k\":2}']\n";
    let batch = read_as(&format!("{names}{row}"), "clickhouse-tsv");
    assert_eq!(
        attributes(&batch, 0),
        ["a.b=Int(1)", r#"a.c=Json("[1,\"x\\n\"]")"#, "d=Bool(true)"]
    );
    let event: Vec<_> = batch.events.attributes.named(0, &batch.strings).collect();
    assert_eq!(event, [("k", Value::Int(2))]);
}

#[test]
fn the_tables_of_jaeger_are_read() {
    let json = r#"{"id":"b7ad6b7169203331","trace_id":"0af7651916cd43dd8448eb211c80319c","trace_state":"","parent_span_id":"","name":"GET","kind":"server","start_time":"2024-10-30 12:24:00.000000001","status_code":"Error","status_message":"","duration":7,"bool_attributes.key":["b"],"bool_attributes.value":[true],"double_attributes.key":["d"],"double_attributes.value":[1],"int_attributes.key":["i"],"int_attributes.value":["5"],"str_attributes.key":["s"],"str_attributes.value":["5"],"complex_attributes.key":["@bytes@y","@slice@l"],"complex_attributes.value":["AQI=","eyJhcnJheVZhbHVlIjp7InZhbHVlcyI6W3siaW50VmFsdWUiOiIxIn1dfX0="],"events.name":["e"],"events.timestamp":["2024-10-30 12:24:00.000000002"],"events.str_attributes":[[{"key":"k","value":"v"}]],"events.double_attributes":[[["x",2]]],"links.trace_id":[],"links.span_id":[],"service_name":"cart","resource_str_attributes.key":["service.name","host.name"],"resource_str_attributes.value":["cart","h"],"scope_name":"lib","scope_version":"","scope_str_attributes.key":["z"],"scope_str_attributes.value":["z"],"flags":1,"dropped_events_count":3}"#;
    let batch = read_as(&format!("{json}\n"), "clickhouse-json");
    assert_eq!(
        attributes(&batch, 0),
        [
            "b=Bool(true)",
            "d=Double(1.0)",
            "i=Int(5)",
            r#"s=Str("5")"#,
            "y=Bytes([1, 2])",
            r#"l=Json("[1]")"#
        ]
    );
    let event: Vec<_> = batch.events.attributes.named(0, &batch.strings).collect();
    assert_eq!(event, [("k", Value::Str("v")), ("x", Value::Double(2.0))]);
    let head = batch.head(0);
    assert_eq!(batch.resources.attributes(head.resource).count(), 2);
    assert_eq!(head.flags, 1 | spanwise_model::flags::FORMAT_ERROR);
    assert_eq!(batch.issues.count(IssueKind::DroppedEvents), 3);
}

#[test]
fn bad_rows_are_issues_with_their_places() {
    let text = format!("{NAMES}\n{ROW}\nshort,row\n{ROW}\n");
    let table = read_table(&[Input::bytes(text.clone())], &ReadOptions::default()).expect("spans");
    let malformed: Vec<_> = table
        .issues
        .iter()
        .filter(|(kind, ..)| *kind == IssueKind::MalformedRecord)
        .collect();
    assert_eq!(malformed.len(), 1);
    let place = format!("{malformed:?}");
    assert!(place.contains("record: Some(3)"), "{place}");
    assert!(
        place.contains(&format!("offset: Some({})", NAMES.len() + ROW.len() + 2)),
        "{place}"
    );
    let cut = &text[..NAMES.len() + ROW.len() + 6];
    let table = read_table(&[Input::bytes(cut)], &ReadOptions::default()).expect("a span");
    assert_eq!(
        (table.len(), table.issues.count(IssueKind::TruncatedFile)),
        (1, 1)
    );
}

/// Reads a text cut at every place where it can be.
fn read_in_pieces(text: &str, format: &dyn Format, size: usize) -> SpanBatch {
    let (mut all, mut rest, mut records) = (SpanBatch::default(), text.as_bytes().to_vec(), 0);
    let (mut offset, mut shown) = (0, size);
    loop {
        let cut = (rest.len() > shown).then(|| format.cut(&rest[..shown], Cutting::Thorough));
        if matches!(cut, Some(None)) {
            shown *= 2;
            continue;
        }
        let cut = cut.flatten();
        let end = cut.as_ref().map_or(rest.len(), |cut| cut.end);
        let mut batch = SpanBatch::default();
        batch.goes_on = cut.is_some();
        format.read(&rest[..end], &mut batch).expect("no limit");
        batch.issues.move_in_file(offset, records);
        all.absorb(batch).expect("few");
        let Some(cut) = cut else { return all };
        offset += cut.next as i64 - cut.opening.len() as i64;
        records += cut.records;
        rest = [&cut.opening, &rest[cut.next..]].concat();
        shown = size;
    }
}

#[test]
fn pieces_say_what_the_whole_says() {
    let rows: String = (0..40)
        .map(|nth| ROW.replace("b7ad6b7169203331", &format!("b7ad6b71692033{nth:02}")) + "\n")
        .collect();
    let quoted = rows.replace("b,ad", "b\n\nad");
    let names = NAMES.to_owned() + ",Extra\n";
    let commas = names.clone() + &quoted.replace("]\"\n", "]\",x\n") + "bad\n" + &names;
    for (text, format) in [
        (tabs(&(NAMES.to_owned() + "\n" + &rows)), "clickhouse-tsv"),
        (commas, "clickhouse-csv"),
        (quoted + "bad\n" + &rows, "clickhouse-csv"),
        (tabs(&rows), "clickhouse-tsv"),
    ] {
        let format = crate::by_name(format).expect("a format");
        let mut whole = SpanBatch::default();
        format.read(text.as_bytes(), &mut whole).expect("no limit");
        assert!(whole.len() >= 40);
        for size in [1, 700, 5000] {
            let pieces = read_in_pieces(&text, format, size);
            assert_eq!(pieces.issues, whole.issues, "{size}");
            assert_eq!(table(pieces), table(whole.clone()), "{size}");
        }
    }
}

#[test]
fn other_tables_are_not_taken() {
    for text in [
        "StartTime,EndTime,URL,SpanType,Service,SpanId,TraceId,Peer,ParentSpan,Component,IsError\n",
        "a,b,c\n1,2,3\n",
        "{\"traceId\":\"a\",\"spanId\":\"b\",\"name\":\"x\"}",
        "[{\"traceId\":\"a\",\"id\":\"b\",\"timestamp\":1,\"duration\":2,\"name\":\"x\"}]",
        "{}",
        "",
        "{\"data\":[{\"traceID\":\"a\",\"spans\":[]}]}",
    ] {
        let named = guess(text.as_bytes()).map_or("", Format::name);
        assert!(!named.starts_with("clickhouse"), "{text}");
    }
}

#[test]
fn the_same_span_in_three_formats_is_one_table() {
    let texts = [
        (format!("{NAMES}\n{ROW}\n"), "clickhouse-csv"),
        (tabs(&format!("{NAMES}\n{ROW}\n")), "clickhouse-tsv"),
        (format!("{OBJECT}\n"), "clickhouse-json"),
    ];
    let tables = texts.map(|(text, format)| table(read_as(&text, format)));
    assert_eq!(tables[0], tables[1]);
    assert_eq!(tables[0], tables[2]);
}
