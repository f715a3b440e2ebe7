use super::*;
use proptest::prelude::*;
use spanwise_model::batch::Placement;
use spanwise_model::{flags, SpanHead, SpanId, SpanKind, StatusCode, TraceId, Value};

fn round(text: &str) -> String {
    let batch = parse(text);
    assert!(batch.issues.is_empty(), "{text}: {:?}", batch.issues);
    let printed = print(&batch);
    assert_eq!(print(&parse(&printed)), printed);
    printed
}

fn details(text: &str) -> Vec<String> {
    let batch = parse(text);
    let rows = batch.issues.iter();
    rows.flat_map(|(_, _, row)| row.examples.iter().map(ToString::to_string))
        .collect()
}

fn column<T>(batch: &SpanBatch, of: impl Fn(&Placement) -> T) -> Vec<T> {
    batch.placements.iter().map(of).collect()
}

fn attribute<'a>(batch: &'a SpanBatch, record: u32, key: &str) -> Option<Value<'a>> {
    batch.attribute_value(record, batch.strings.find(key)?)
}

#[test]
fn indentation_is_parenthood() {
    let batch = parse("a 0..100\n  b 10..60\n      c 20..50\n   d 55..58\n  e 70..80\nf 0..1");
    let parents: Vec<u64> = batch
        .placements
        .iter()
        .map(|place| &place.parent_id)
        .map(|id| id.0)
        .collect();
    assert_eq!(parents, [0, 1, 2, 2, 1, 0]);
    assert_eq!(batch.placements[2].start_unix_nano, 20_000_000);
    assert_eq!(batch.placements[2].end_unix_nano, 50_000_000);
}

#[test]
fn words_between_are_the_operation() {
    let batch =
        parse("cart  GET  /cart/1..2 or 3..4   0..1\n\"my svc\" \"two  blanks\" 0..1\nx 5..6");
    let names: Vec<&str> = batch
        .heads
        .iter()
        .map(|head| &head.name)
        .map(|&n| batch.strings.get(n))
        .collect();
    assert_eq!(names, ["GET /cart/1..2 or 3..4", "two  blanks", ""]);
    let service = batch.resources.service(batch.heads[1].resource);
    assert_eq!(batch.strings.get(service), "my svc");
}

#[test]
fn times_are_exact() {
    let batch = parse("a -60..-10\na 1.5us..2s\na 0.000001ms..1µs\na 10..\na ..5\na ..\n");
    assert_eq!(
        column(&batch, |place| place.start_unix_nano),
        [-60_000_000, 1_500, 1, 10_000_000, 0, 0]
    );
    assert_eq!(
        column(&batch, |place| place.end_unix_nano)[..3],
        [-10_000_000, 2_000_000_000, 1_000]
    );
    let missing: Vec<bool> = batch
        .heads
        .iter()
        .map(|head| &head.flags)
        .map(|f| f & flags::MISSING_END != 0)
        .collect();
    assert_eq!(missing, [false, false, false, true, false, true]);
    assert!(batch.heads[4].flags & flags::MISSING_START != 0);
}

#[test]
fn marks_set_the_fixed_fields() {
    let batch = parse("a 0..1 error server follows shared id=ff parent=9 flags=101 scope=lib@2\nb 0..1 ok consumer");
    let head = batch.head(0);
    assert_eq!(
        (head.status, head.kind),
        (StatusCode::Error, SpanKind::Server)
    );
    assert_eq!((head.span_id, head.parent_id), (SpanId(255), SpanId(9)));
    let set = flags::FORMAT_ERROR | flags::FOLLOWS_FROM | flags::SHARED | 0x101;
    assert_eq!(head.flags, set);
    let (name, version) = batch.scopes.get(head.scope);
    assert_eq!(
        (batch.strings.get(name), batch.strings.get(version)),
        ("lib", "2")
    );
    assert_eq!(batch.head(1).status, StatusCode::Ok);
}

#[test]
fn values_have_types() {
    let batch = parse(
        r#"a 0..1 i=5 d=0.5 b=true s=word q="5" x="two \"words\"" e= h=hex"00ff" j=json"[1]" "id"=7"#,
    );
    assert!(batch.issues.is_empty());
    for (key, value) in [
        ("i", Value::Int(5)),
        ("d", Value::Double(0.5)),
        ("b", Value::Bool(true)),
        ("s", Value::Str("word")),
        ("q", Value::Str("5")),
        ("x", Value::Str("two \"words\"")),
        ("e", Value::Empty),
        ("h", Value::Bytes(&[0, 255])),
        ("j", Value::Json("[1]")),
        ("id", Value::Int(7)),
    ] {
        assert_eq!(attribute(&batch, 0, key), Some(value), "{key}");
    }
}

#[test]
fn links_events_and_resources_are_read() {
    let batch = parse(
        r#"a 0..9 link=7/8 link=5{k=1} event=exception@3{exception.type=Timeout,"b c"="d,}e"} event=now @k8s.pod.name=p1"#,
    );
    assert!(batch.issues.is_empty());
    assert_eq!(batch.links.trace_id, [TraceId(7), TraceId(1)]);
    assert_eq!(batch.links.span_id, [SpanId(8), SpanId(5)]);
    assert_eq!(batch.events.time_unix_nano, [3_000_000, 0]);
    let pairs: Vec<_> = batch.events.attributes.named(0, &batch.strings).collect();
    assert_eq!(
        pairs,
        [
            ("exception.type", Value::Str("Timeout")),
            ("b c", Value::Str("d,}e"))
        ]
    );
    let resource = batch.heads[0].resource;
    assert_eq!(batch.resources.attributes(resource).count(), 1);
}

#[test]
fn traces_are_numbered_or_named() {
    let batch = parse("a 0..1\ntrace ab\na 0..1\ntrace req-1\na 0..1\ntrace\na 0..1");
    assert_eq!(batch.trace_ids[0], TraceId(1));
    assert_eq!(batch.trace_ids[1], TraceId(0xab));
    let word = batch.trace_ids[2];
    assert_eq!(
        batch.trace_words.get(&word).map(AsRef::as_ref),
        Some("req-1")
    );
    assert_eq!(batch.trace_ids[3], TraceId(3));
    assert!(batch
        .placements
        .iter()
        .map(|place| &place.span_id)
        .all(|&id| id == SpanId(1)));
}

#[test]
fn a_bad_line_is_an_issue_and_the_rest_is_read() {
    let text = "a 0..1\nno interval here\n  b 0..1 bogus\n# fine\n0..1\n c 0..1 x=\"open\n  d 0..1 # comment 3..4\n";
    assert_eq!(parse(text).len(), 2);
    assert_eq!(
        details(text),
        [
            "record 2, offset 7: no interval such as 0..100",
            "record 3, offset 24: unknown mark bogus",
            "record 5, offset 46: no service before the interval",
        ]
    );
    assert_eq!(parse(text).issues.total(), 4);
}

#[test]
fn bad_utf8_is_replaced() {
    let mut batch = SpanBatch::default();
    Notation.read(b"a \xff 0..1", &mut batch).expect("read");
    assert_eq!(batch.len(), 1);
    assert_eq!(batch.issues.count(IssueKind::InvalidUtf8), 1);
}

#[test]
fn writing_nests_where_it_can() {
    assert_eq!(
        round("a x 0..100\n b y 0.5..60 error k=v\n  c 1us..2ns\n d 7.."),
        "trace 1\na x 0..100\n  b y 500us..60 error k=v\n    c 1us..2ns\n  d 7..\n"
    );
    assert_eq!(
        round("a 0..1 parent=9\n b 0..1 id=9\ntrace 2\nb 0..1 parent=1"),
        "trace 1\na 0..1 parent=9\n  b 0..1 id=9\ntrace 2\nb 0..1 parent=1\n"
    );
}

#[test]
fn a_deep_chain_is_written_in_linear_space() {
    let mut batch = SpanBatch::default();
    for n in 0..20_000 {
        let head = SpanHead {
            trace_id: TraceId(1),
            span_id: SpanId(n + 1),
            parent_id: SpanId(n),
            ..SpanHead::default()
        };
        batch.close(head).expect("room");
    }
    let text = print(&batch);
    assert!(text.len() < 20_000 * 200, "{}", text.len());
    let parents = |batch| column(batch, |place| place.parent_id);
    assert_eq!(parents(&parse(&text)), parents(&batch));
}

#[test]
fn notation_is_recognised_and_other_texts_are_not() {
    for text in ["# c\n\na GET /x 0..1", "trace 1\na 0..1\n", "  a 0..1\r\n"] {
        assert!(Notation.recognises(text.as_bytes()), "{text}");
    }
    for text in [
        "",
        "{\"a\": 0..1}",
        "[1, 2]",
        "hello world",
        "trace enabled\nfoo",
        "a,b\n1..2,3",
        "PAR1\0\x01",
    ] {
        assert!(!Notation.recognises(text.as_bytes()), "{text}");
    }
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{0,6}",
        "[ -~\n\t\"\\\\µ]{0,8}",
        Just("0..1".to_owned()),
        Just("true".to_owned()),
        Just("-1.5e3".to_owned()),
        Just("hex\"00\"".to_owned()),
    ]
}

#[derive(Debug, Clone)]
enum Any {
    Text(String),
    Json(String),
    Int(i64),
    Double(f64),
    Bytes(Vec<u8>),
    Bool(bool),
    Empty,
}

impl Any {
    fn value(&self) -> Value<'_> {
        match self {
            Self::Text(text) => Value::Str(text),
            Self::Json(text) => Value::Json(text),
            Self::Int(n) => Value::Int(*n),
            Self::Double(n) => Value::Double(*n),
            Self::Bytes(bytes) => Value::Bytes(bytes),
            Self::Bool(flag) => Value::Bool(*flag),
            Self::Empty => Value::Empty,
        }
    }
}

fn any_value() -> impl Strategy<Value = Any> {
    prop_oneof![
        word().prop_map(Any::Text),
        word().prop_map(Any::Json),
        any::<i64>().prop_map(Any::Int),
        any::<f64>()
            .prop_filter("NaN is never equal", |n| !n.is_nan())
            .prop_map(Any::Double),
        any::<Vec<u8>>().prop_map(Any::Bytes),
        any::<bool>().prop_map(Any::Bool),
        Just(Any::Empty),
    ]
}

type Pairs = Vec<(String, Any)>;
type Spec = (
    (String, String, u64, u64),
    (i64, Option<i64>, usize, u32),
    [Pairs; 4],
    [String; 6],
);

fn spec() -> impl Strategy<Value = Spec> {
    let pairs = || prop::collection::vec((word(), any_value()), 0..3);
    let keyed = pairs().prop_map(|p| p.into_iter().map(|(k, v)| (format!("{k}id"), v)).collect());
    (
        (word(), word(), 0..4u64, 0..4u64),
        (any::<i64>(), any::<Option<i64>>(), 0..6usize, 0..=0xffffu32),
        [
            pairs().boxed(),
            pairs().boxed(),
            pairs().boxed(),
            keyed.boxed(),
        ],
        [word(), word(), word(), word(), word(), word()].map(Strategy::boxed),
    )
}

fn build(specs: &[Spec]) -> SpanBatch {
    let mut batch = SpanBatch::default();
    for ((service, name, id, parent), (start, end, kind, bits), lists, words) in specs {
        for (key, value) in &lists[0] {
            let key = batch.strings.intern(key);
            batch.resources.push(key, value.value());
        }
        for (key, value) in &lists[1] {
            batch.event_attribute(key, value.value());
        }
        batch.event(*start, &words[0]);
        for (key, value) in &lists[2] {
            batch.link_attribute(key, value.value());
        }
        let target = batch.trace_id(&words[1]);
        batch.link(target, SpanId(*id));
        for (key, value) in &lists[3] {
            batch.attribute(key, value.value());
        }
        batch.status_message(&words[2]);
        batch.trace_state(&words[3]);
        let (scope, version) = (
            batch.strings.intern(&words[4]),
            batch.strings.intern(&words[5]),
        );
        let (name, service) = (batch.strings.intern(name), batch.strings.intern(service));
        let head = SpanHead {
            trace_id: TraceId(u128::from(*id / 3)),
            span_id: SpanId(*id),
            parent_id: SpanId(*parent),
            start_unix_nano: *start,
            end_unix_nano: *end,
            name,
            kind: SpanKind::ALL[*kind],
            status: StatusCode::Unset,
            flags: *bits | (*bits & 7) << 16,
            scope: batch.scopes.intern(scope, version),
            resource: batch.resources.close(service),
        };
        batch.close(head).expect("room");
    }
    batch
}

fn listing(batch: &SpanBatch) -> Vec<String> {
    let strings = &batch.strings;
    let one = |record: u32| {
        let head = batch.head(record);
        let scope = batch.scopes.get(head.scope);
        let resource = batch.resources.attributes(head.resource);
        let links = batch.links_of(record).map(|row| {
            let pairs: Vec<_> = batch.links.attributes.named(row as u32, strings).collect();
            format!(
                "{} {} {pairs:?}",
                batch.links.trace_id[row], batch.links.span_id[row]
            )
        });
        let events = batch.events_of(record).map(|row| {
            let pairs: Vec<_> = batch.events.attributes.named(row as u32, strings).collect();
            let name = strings.get(batch.events.name[row]);
            format!("{name:?} {} {pairs:?}", batch.events.time_unix_nano[row])
        });
        format!(
            "{} {} {} {} {:?} {:?} {:?} {:x} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
            head.trace_id,
            head.span_id,
            head.parent_id,
            head.start_unix_nano,
            head.end_unix_nano,
            strings.get(head.name),
            head.kind,
            head.flags,
            (strings.get(scope.0), strings.get(scope.1)),
            strings.get(batch.resources.service(head.resource)),
            resource
                .map(|(key, value)| (strings.get(key), value))
                .collect::<Vec<_>>(),
            batch.named_attributes(record).collect::<Vec<_>>(),
            batch.status_messages.get(record),
            batch.trace_states.get(record),
            links.collect::<Vec<_>>(),
            events.collect::<Vec<_>>(),
        )
    };
    (0..batch.open_record()).map(one).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn whatever_is_written_is_read_back(specs in prop::collection::vec(spec(), 0..8)) {
        let batch = build(&specs);
        let text = print(&batch);
        let read = parse(&text);
        prop_assert!(read.issues.is_empty(), "{text}\n{:?}", read.issues);
        prop_assert_eq!(listing(&read), listing(&batch), "{}", text);
    }

    #[test]
    fn no_text_makes_it_panic(text in "([ a-z0-9.\"{}=@/#\n\\\\]|\\.\\.|PC)*") {
        let _ = print(&parse(&text));
    }
}
