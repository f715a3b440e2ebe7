//! What a span says does not depend on the spans before it: readers that
//! recognise attributes by what was read before find the same as those that
//! see each span alone.

use proptest::prelude::*;
use spanwise_io::by_name;
use spanwise_model::{
    AttributeKeep, SpanBatch, SpanHead, SpanId, SpanKind, StatusCode, TraceId, Value,
};

const FORMATS: [&str; 4] = ["otlp-protobuf", "jaeger-json", "otlp-json", "zipkin-json"];

/// Keys that analyses read and keys that they do not, fields in disguise, and
/// one that is longer than what is compared at once.
const KEYS: [&str; 10] = [
    "http.response.status_code",
    "server.address",
    "user.id",
    "error",
    "app.a.key.that.is.longer.than.the.words.which.are.compared.at.once.and.some.more",
    "http.route",
    "otel.status_description",
    "w3c.tracestate",
    "thread.id",
    "é",
];

const TEXTS: [&str; 6] = ["", "a", "200", "a \"quoted\" text\n", "ü", "true"];

fn value(which: usize) -> Value<'static> {
    const LONG: &str = match std::str::from_utf8(&[b'x'; 300]) {
        Ok(text) => text,
        Err(_) => "",
    };
    match which {
        0..6 => Value::Str(TEXTS[which]),
        6 => Value::Str(LONG),
        7 => Value::Int(503),
        8 => Value::Bool(true),
        9 => Value::Double(0.5),
        10 => Value::Json("[1,\"x\"]"),
        _ => Value::Int(-1),
    }
}

/// A span: its name, its kind, its attributes.
type Span = (usize, usize, Vec<(usize, usize)>);

fn add(batch: &mut SpanBatch, number: usize, (name, kind, attributes): &Span) {
    for (key, which) in attributes {
        batch.attribute(KEYS[*key], value(*which));
    }
    let head = SpanHead {
        trace_id: TraceId(7),
        span_id: SpanId(number as u64 + 1),
        parent_id: SpanId(number as u64 % 3),
        start_unix_nano: 1_000_000 * (number as i64 % 2),
        end_unix_nano: Some(2_000_000 + number as i64),
        name: batch.strings.intern(["GET", "a name", ""][*name]),
        kind: SpanKind::ALL[*kind],
        ..SpanHead::default()
    };
    batch.close(head).expect("room");
}

/// All that a record says.
fn said(batch: &SpanBatch, record: u32) -> String {
    let row = |(key, value): (&str, Value<'_>)| format!("{key}={value:?}");
    let rows: Vec<_> = batch.named_attributes(record).map(row).collect();
    let head = &batch.heads[record as usize];
    let sets = batch.evidence.attributes();
    let evidence: Vec<_> = sets
        .named(head.evidence.0, &batch.strings)
        .map(row)
        .collect();
    let families = batch.evidence.families(head.evidence);
    let (status, kind): (StatusCode, SpanKind) = (head.status, head.kind);
    let texts = (
        batch.status_messages.get(record),
        batch.trace_states.get(record),
    );
    let (name, flags) = (batch.strings.get(head.name), head.flags);
    let place = &batch.placements[record as usize];
    format!(
        "{name} {kind:?} {status:?} {flags} {rows:?} {evidence:?} {families:?} {texts:?} {place:?}"
    )
}

fn read(format: &str, spans: &[(usize, &Span)], keep: &AttributeKeep) -> SpanBatch {
    let format = by_name(format).expect("a format");
    let (mut batch, mut bytes) = (SpanBatch::default(), Vec::new());
    spans
        .iter()
        .for_each(|(number, span)| add(&mut batch, *number, span));
    let write = format.writer().expect("it is written");
    write(&batch, &mut bytes).expect("memory");
    let mut back = SpanBatch::new(keep.clone());
    format.read(&bytes, &mut back).expect("our own");
    back
}

fn check(spans: &[Span], keep: &AttributeKeep) {
    for format in FORMATS {
        let numbered: Vec<_> = spans.iter().enumerate().collect();
        let all = read(format, &numbered, keep);
        assert_eq!(all.len(), spans.len());
        for record in 0..all.open_record() {
            let number = all.head(record).span_id.0 as usize - 1;
            let alone = read(format, &[(number, &spans[number])], keep);
            assert_eq!(said(&all, record), said(&alone, 0), "{format}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_span_among_others_says_what_it_says_alone(
        kinds in proptest::collection::vec(
            (0..3usize, 0..6usize, proptest::collection::vec((0..KEYS.len(), 0..12usize), 0..5)),
            1..5,
        ),
        order in proptest::collection::vec(0..100usize, 40),
    ) {
        let spans: Vec<Span> = order.iter().map(|at| kinds[at % kinds.len()].clone()).collect();
        let some = AttributeKeep::Keys(vec!["user.id".into(), "é".into()]);
        for keep in [AttributeKeep::All, AttributeKeep::None, some] {
            check(&spans, &keep);
        }
    }
}
