use super::*;
use spanwise_model::{
    flags, AttributeKeep, ErrorKind, IssueKind, SpanBatch, SpanHead, StatusCode, Symbol, Value,
};

/// A field with a length.
pub(super) fn field(number: u32, bytes: &[u8]) -> Vec<u8> {
    let mut out = varint(number << 3 | 2);
    out.extend(varint(bytes.len() as u32));
    out.extend(bytes);
    out
}

fn varint(mut number: u32) -> Vec<u8> {
    let mut out = Vec::new();
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
    out
}

fn span(more: &[u8]) -> Vec<u8> {
    let times = [
        &[0x39][..],
        &5u64.to_le_bytes(),
        &[0x41],
        &9u64.to_le_bytes(),
    ]
    .concat();
    [
        field(1, &[1; 16]),
        field(2, &[2; 8]),
        field(5, b"GET"),
        times,
        more.to_vec(),
    ]
    .concat()
}

fn resource(service: &str) -> Vec<u8> {
    let value = field(2, &field(1, service.as_bytes()));
    field(1, &field(1, &[field(1, b"service.name"), value].concat()))
}

/// A message with these spans.
fn message(spans: &[Vec<u8>]) -> Vec<u8> {
    let spans: Vec<u8> = spans.iter().flat_map(|span| field(2, span)).collect();
    field(1, &[resource("cart"), field(2, &spans)].concat())
}

fn framed(message: &[u8]) -> Vec<u8> {
    [&(message.len() as u32).to_be_bytes(), message].concat()
}

fn read(bytes: &[u8]) -> (SpanBatch, Ended) {
    let mut batch = SpanBatch::default();
    let ended = OtlpProtobuf.read(bytes, &mut batch).expect("no limit");
    (batch, ended)
}

fn attribute(value: &[u8]) -> Vec<u8> {
    field(9, &[field(1, b"k"), field(2, value)].concat())
}

#[test]
fn framings_are_told_apart() {
    let bare = message(&[span(&[])]);
    let varint = [varint(bare.len() as u32), bare.clone()].concat();
    for (bytes, framing) in [
        (bare.clone(), Framing::Bare),
        (framed(&bare), Framing::Fixed),
        (varint, Framing::Varint),
    ] {
        assert_eq!(Framing::of(&bytes), Some(framing));
        let twice = [bytes.clone(), bytes].concat();
        assert_eq!(Framing::of(&twice), Some(framing));
        assert_eq!(read(&twice).0.len(), 2);
    }
}

/// A resource of ten bytes begins `0a 0a` behind the four bytes that would be
/// the length of a frame.
#[test]
fn a_bare_message_that_could_be_framed_is_bare() {
    let resource = field(1, &field(1, &field(1, b"abcdef")));
    let bare = field(
        1,
        &[
            resource,
            field(2, &field(2, &span(&field(5, &[b'x'; 200])))),
        ]
        .concat(),
    );
    assert_eq!(bare[3..5], [0x0a, 0x0a]);
    assert_eq!(Framing::of(&bare), Some(Framing::Bare));
    assert_eq!(Framing::of(&bare[..100]), Some(Framing::Bare));
    let varint = [varint(bare.len() as u32), bare].concat();
    assert_eq!(Framing::of(&varint), Some(Framing::Varint));
    assert_eq!(Framing::of(&varint[..100]), Some(Framing::Varint));
}

#[test]
fn other_bytes_are_not_taken_for_otlp() {
    let zipkin = field(
        1,
        &[field(1, &[7; 16]), field(3, &[8; 8]), field(5, b"get")].concat(),
    );
    let zeros = vec![0; 64];
    for bytes in [
        &b""[..],
        b"{\"resourceSpans\":[]}",
        b"\n\n\n\n",
        b"\n  text",
        &zipkin,
        &zeros,
    ] {
        assert_eq!(Framing::of(bytes), None, "{bytes:?}");
    }
}

#[test]
fn a_resource_behind_its_spans_is_theirs() {
    let scope = field(1, &field(1, b"lib"));
    let spans = field(2, &[field(2, &span(&[])), scope].concat());
    let (batch, _) = read(&field(1, &[spans, resource("cart")].concat()));
    let head = batch.head(0);
    assert_eq!(
        batch.strings.get(batch.resources.service(head.resource)),
        "cart"
    );
    assert_eq!(batch.strings.get(batch.scopes.get(head.scope).0), "lib");
}

#[test]
fn spans_of_the_old_field_are_read() {
    let spans = field(1000, &field(2, &span(&[])));
    let (batch, _) = read(&field(1, &[resource("cart"), spans].concat()));
    assert_eq!(batch.len(), 1);
}

#[test]
fn a_cut_file_keeps_whole_spans() {
    let two = message(&[span(&[]), span(&[])]);
    for bytes in [two.clone(), framed(&two)] {
        let (batch, ended) = read(&bytes[..bytes.len() - 3]);
        assert_eq!((batch.len(), ended), (1, Ended::Truncated));
        assert!(batch.issues.is_empty(), "{:?}", batch.issues);
    }
}

#[test]
fn a_broken_span_does_not_spoil_the_next() {
    let broken = field(9, &[0xff; 4]);
    let bad = [field(1, &[1; 16]), vec![0x4a, 0x7f]].concat();
    let bytes = framed(&message(&[span(&broken), bad, span(&[])]));
    let (batch, ended) = read(&bytes);
    assert_eq!((batch.len(), ended), (2, Ended::Whole));
    assert_eq!(batch.issues.count(IssueKind::MalformedRecord), 2);
}

#[test]
fn a_file_that_begins_with_a_broken_span_is_known() {
    let long_varint = [&[0x90, 0x06][..], &[0xff; 10], &[0x01]].concat();
    let bytes = message(&[span(&long_varint), span(&[])]);
    assert!(OtlpProtobuf.recognises(&bytes));
    let (batch, ended) = read(&bytes);
    assert_eq!((batch.len(), ended), (1, Ended::Whole));
    assert_eq!(batch.issues.count(IssueKind::MalformedRecord), 1);
}

#[test]
fn what_is_odd_becomes_an_issue() {
    let odd = [
        field(4, &[1]),
        vec![0x30, 77],
        field(15, &[0x18, 2]),
        vec![0x50, 3],
        attribute(&field(1, &[0xff])),
        vec![0x9b, 0x06, 0x9c, 0x06],
        field(99, b"later"),
    ]
    .concat();
    let (batch, _) = read(&message(&[span(&odd)]));
    assert_eq!(batch.heads[0].status, StatusCode::Error);
    assert_eq!(batch.heads[0].flags, flags::FORMAT_ERROR);
    for (kind, count) in [
        (IssueKind::IrregularId, 1),
        (IssueKind::UnknownEnum, 1),
        (IssueKind::DroppedAttributes, 3),
        (IssueKind::InvalidUtf8, 1),
    ] {
        assert_eq!(batch.issues.count(kind), count, "{kind}");
    }
    let key = batch.strings.find("k").expect("the key");
    assert_eq!(batch.attribute_value(0, key), Some(Value::Str("\u{fffd}")));
}

#[test]
fn nested_values_are_compact_json() {
    let text = |text: &[u8]| field(1, &field(1, text));
    let array = field(
        5,
        &[text(b"a\""), field(1, &[0x18, 7]), field(1, &[])].concat(),
    );
    let pair = field(1, &[field(1, b"x"), field(2, &array)].concat());
    let (batch, _) = read(&message(&[span(&attribute(&field(6, &pair)))]));
    let key = batch.strings.find("k").expect("the key");
    let expected = Value::Json(r#"{"x":["a\"",7,null]}"#);
    assert_eq!(batch.attribute_value(0, key), Some(expected));
}

#[test]
fn limits_are_errors() {
    let deep = (0..1000).fold(field(1, b"x"), |value, _| field(5, &field(1, &value)));
    let long = field(1, &[b'x'; 2000]);
    for value in [deep, long] {
        let mut batch = SpanBatch::default();
        batch.guard.text_bytes = 1000;
        let bytes = message(&[span(&attribute(&value))]);
        let error = OtlpProtobuf.read(&bytes, &mut batch).expect_err("a limit");
        assert_eq!(error.kind(), ErrorKind::Limit);
        assert_eq!(error.place().record, Some(1));
        assert!(error.place().offset > Some(0));
    }
}

#[test]
fn logs_and_metrics_are_passed_over() {
    let log = [&[0x09][..], &5u64.to_le_bytes(), &[0x10, 9]].concat();
    let metric = [field(1, b"requests"), field(7, b"\x10\x02")].concat();
    let bytes = [log, metric]
        .map(|record| framed(&message(&[record])))
        .concat();
    let (batch, ended) = read(&[bytes, framed(&message(&[span(&[])]))].concat());
    assert_eq!((batch.len(), ended), (1, Ended::Whole));
    assert_eq!(batch.issues.count(IssueKind::SkippedSignal), 2);
}

/// All that a span says behind others, if it is one, and what was wrong.
fn said_behind(others: &[Vec<u8>], span: &[u8], keep: &AttributeKeep) -> Option<String> {
    let mut batch = SpanBatch::new(keep.clone());
    let spans = [others, &[span.to_vec()]].concat();
    let read = OtlpProtobuf.read(&message(&spans), &mut batch);
    read.expect("no limit");
    let record = others.len() as u32;
    if batch.open_record() == record {
        return None;
    }
    let head = batch.head(record);
    let name = batch.strings.get(head.name);
    let rows: Vec<_> = batch.named_attributes(record).collect();
    let evidence = batch.heads[record as usize].evidence;
    let families = batch.evidence.families(evidence);
    let events = (batch.events_of(record).len(), batch.links_of(record).len());
    let issues = batch.issues.total();
    let message = batch.status_messages.get(record);
    let head = SpanHead {
        name: Symbol::EMPTY,
        ..head
    };
    Some(format!(
        "{name} {head:?} {rows:?} {families:?} {events:?} {message:?} {issues}"
    ))
}

/// Changes each byte of a span that stands behind others like it, and expects
/// what it says to be what it says alone.
#[test]
fn a_span_with_a_changed_byte_says_what_it_says_alone() {
    let pair =
        |key: &str, value: &[u8]| field(9, &[field(1, key.as_bytes()), field(2, value)].concat());
    let text = |text: &[u8]| field(1, text);
    let more = [
        pair("http.response.status_code", &[0x18, 0x90, 0x03]),
        pair("user.id", &text(b"someone")),
        pair("server.address", &text(b"cart")),
        pair("note", &text(&[b'x'; 150])),
        field(15, &[0x18, 2]),
        [&[0x85, 0x01][..], &257u32.to_le_bytes()].concat(),
    ];
    let usual = span(&more.concat());
    for keep in [AttributeKeep::None, AttributeKeep::All] {
        for at in 0..usual.len() {
            for change in [1, 0x80, 0x0a] {
                let mut other = usual.clone();
                other[at] ^= change;
                let alone = said_behind(&[span(&[])], &other, &keep);
                let among = said_behind(&vec![usual.clone(); 6], &other, &keep);
                assert_eq!(among, alone, "byte {at} ^ {change}");
            }
        }
    }
}
