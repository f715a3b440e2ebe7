use super::*;
use crate::notation;
use spanwise_model::IssueKind;

fn read(text: &str) -> SpanBatch {
    let (batch, ended) = read_to(text);
    assert_eq!(ended, Ended::Whole);
    batch
}

fn read_to(text: &str) -> (SpanBatch, Ended) {
    assert!(ChromeTrace.recognises(text.as_bytes()), "{text}");
    let mut batch = SpanBatch::default();
    let ended = ChromeTrace.read(text.as_bytes(), &mut batch);
    (batch, ended.expect("within limits"))
}

/// Events on one thread, each `phase name time`, or for `X` `… duration`.
fn events(events: &str) -> String {
    let event = |event: &str| {
        let mut words = event.split_whitespace();
        let mut word = || words.next().unwrap_or_default();
        let (phase, name, time, duration) = (word(), word(), word(), word());
        let name = match name {
            "-" => String::new(),
            name => format!(r#","name":"{name}""#),
        };
        let duration = match duration {
            "" => String::new(),
            duration => format!(r#","dur":{duration}"#),
        };
        format!(r#"{{"ph":"{phase}","pid":1,"tid":2,"ts":{time}{duration}{name}}}"#)
    };
    let all: Vec<_> = events.split(", ").map(event).collect();
    format!("[{}]", all.join(","))
}

/// What is read: each span as `name start..end`, in parentheses those within.
fn nesting(batch: &SpanBatch) -> String {
    let text = notation::print(batch);
    let lines = text.lines().filter(|line| !line.starts_with("trace"));
    let line = |line: &str| {
        let indent = line.len() - line.trim_start().len();
        let words: Vec<_> = line.split_whitespace().collect();
        let words: Vec<_> = words
            .into_iter()
            .filter(|word| *word != "\"\"")
            .take(2)
            .collect();
        format!("{}{}", " ".repeat(indent / 2), words.join(" "))
    };
    lines.map(line).collect::<Vec<_>>().join(", ")
}

#[test]
fn spans_nest_as_they_run() {
    for (text, expected) in [
        ("B a 0, B b 1000, E b 2000, E a 3000", "a 0..3,  b 1..2"),
        ("B a 0, B b 1000, E - 2000, E - 3000", "a 0..3,  b 1..2"),
        ("X b 1000 1000, X a 0 3000", "a 0..3,  b 1..2"),
        (
            "X a 0 3000, X b 0 3000, X c 3000 1000",
            "a 0..3,  b 0..3, c 3..4",
        ),
        // Out of order in the file.
        ("E a 3000, B a 0, E b 2000, B b 1000", "a 0..3,  b 1..2"),
        // An end closes its own name, whatever else is open.
        ("B a 0, B b 1000, E a 2000, E b 2000", "a 0..2,  b 1..2"),
        ("B a 0, B a 1000, E a 2000, E a 3000", "a 0..3,  a 1..2"),
        // One begins within the other and ends behind it.
        ("X a 0 2000, X b 1000 2000", "a 0..2,  b 1..3"),
        ("B a 0, X b 1000 0, E a 2000", "a 0..2,  b 1..1"),
    ] {
        let batch = read(&events(text));
        assert!(batch.issues.is_empty(), "{text}: {:?}", batch.issues);
        let mut told: Vec<_> = nesting(&batch).split(", ").map(str::to_owned).collect();
        let mut expected: Vec<_> = expected.split(", ").map(str::to_owned).collect();
        told.sort();
        expected.sort();
        assert_eq!(told, expected, "{text}");
    }
}

#[test]
fn broken_nestings_are_issues() {
    for (text, expected, odd) in [
        ("B a 0, E b 1000", "a 0..1", 1),
        ("B a 0, E a 1000, E b 2000", "a 0..1", 1),
        ("E a 0", "", 1),
        (
            "B a 0, B b 1000, E c 500, E b 2000, E a 3000",
            "a 0..3,  b 1..2",
            1,
        ),
        ("B a 0, B b 1000, E b 2000", "a 0..,  b 1..2", 0),
        ("E c 1000, B c 1000", "c 1..1", 1),
    ] {
        let batch = read(&events(text));
        assert_eq!(nesting(&batch), expected, "{text}");
        assert_eq!(
            batch.issues.count(IssueKind::MalformedRecord),
            odd,
            "{text}"
        );
    }
}

#[test]
fn what_is_known_of_processes_threads_and_arguments_is_kept() {
    let batch = read(
        r#"{"displayTimeUnit":"ms","traceEvents":[
        {"ph":"M","name":"process_name","pid":7,"args":{"name":"Renderer"}},
        {"ph":"M","name":"thread_name","pid":7,"tid":9,"args":{"name":"Main"}},
        {"ph":"X","name":"Layout","cat":"blink","pid":7,"tid":9,"ts":"1000.5","dur":2,"args":{"n":1,"data":{"a":[]}}},
        {"ph":"I","name":"mark","pid":7,"tid":9,"ts":1001,"s":"t","args":{"why":"x"}},
        {"ph":"I","name":"late","pid":7,"tid":9,"ts":5000},
        {"ph":"P","name":"sample","pid":7,"tid":9,"ts":1}],"samples":[]}"#,
    );
    let text = notation::print(&batch);
    assert!(
        text.contains("Renderer Layout 1000500ns..1002500ns internal id="),
        "{text}"
    );
    assert!(
        text.contains(
            "@process.pid=7 cat=blink n=1 data=json\"{\\\"a\\\":[]}\" thread.id=9 \
             thread.name=Main event=mark@1001us{why=x}"
        ),
        "{text}"
    );
    assert_eq!(batch.issues.count(IssueKind::SkippedSignal), 2);
}

#[test]
fn what_runs_on_no_thread_is_a_track_of_its_own() {
    let batch = read(
        r#"[{"ph":"b","cat":"net","id":"0x1","name":"request","pid":1,"tid":1,"ts":0},
        {"ph":"B","name":"task","pid":1,"tid":1,"ts":1},
        {"ph":"b","cat":"net","id":"0x1","name":"dns","pid":1,"tid":2,"ts":1000},
        {"ph":"n","cat":"net","id":"0x1","name":"sent","pid":1,"tid":2,"ts":1500},
        {"ph":"E","name":"task","pid":1,"tid":1,"ts":2},
        {"ph":"e","cat":"net","id":"0x1","name":"dns","pid":1,"tid":2,"ts":2000},
        {"ph":"e","cat":"net","id":"0x1","name":"request","pid":1,"tid":1,"ts":3000},
        {"ph":"b","cat":"net","name":"no id","pid":1,"tid":1,"ts":1}]"#,
    );
    let nested = nesting(&batch);
    assert!(nested.contains("request 0..3,  dns 1..2"), "{nested}");
    assert_eq!(batch.len(), 3);
    assert_eq!(batch.events.record.len(), 1);
    assert_eq!(batch.issues.count(IssueKind::MalformedRecord), 1);
}

#[test]
fn flows_are_links() {
    let flow = |phase: &str, thread: u32, time: u32, more: &str| {
        format!(r#"{{"ph":"{phase}","cat":"f","id":1,"pid":1,"tid":{thread},"ts":{time}{more}}}"#)
    };
    let slice = |thread: u32, time: u32| {
        format!(r#"{{"ph":"X","name":"s{thread}","pid":1,"tid":{thread},"ts":{time},"dur":10}}"#)
    };
    let text = [
        slice(1, 0),
        flow("s", 1, 5, ""),
        slice(2, 20),
        flow("t", 2, 25, ""),
        flow("f", 3, 35, ""),
        slice(3, 40),
        flow("f", 4, 99, r#","bp":"e""#),
    ];
    let batch = read(&format!("[{}]", text.join(",")));
    let ids: Vec<_> = batch.placements.iter().map(|it| it.span_id).collect();
    assert_eq!(batch.links.record, [1, 2]);
    assert_eq!(batch.links.span_id, ids[..2]);
    assert_eq!(batch.issues.count(IssueKind::SkippedSignal), 1);
}

#[test]
fn a_list_may_lack_its_end_but_an_event_may_not() {
    let whole = events("B a 0, E a 1000");
    let open = whole.trim_end_matches(']');
    for text in [
        format!("{open}\n"),
        format!("{open},\n\n"),
        format!("{open},\n]"),
    ] {
        let batch = read(&text);
        assert!(batch.issues.is_empty(), "{text}: {:?}", batch.issues);
        assert_eq!(batch.len(), 1, "{text}");
    }
    let (batch, ended) = read_to(&format!("{open},{{\"ph\":\"B\",\"ts"));
    assert_eq!((batch.len(), ended), (1, Ended::Truncated));
    let (batch, ended) = read_to(&format!("{{\"traceEvents\":{open}"));
    assert_eq!((batch.len(), ended), (1, Ended::Truncated));
}

#[test]
fn ids_are_those_of_what_a_span_is() {
    let ids = |text: &str| {
        let batch = read(&events(text));
        let mut ids: Vec<_> = batch.placements.iter().map(|it| it.span_id).collect();
        ids.sort_unstable();
        ids
    };
    let forward = ids("X a 0 1, X b 5 1, X b 5 1");
    assert_eq!(forward, ids("X b 5 1, X a 0 1, X b 5 1"));
    assert!(forward.windows(2).all(|pair| pair[0] != pair[1]));
}
