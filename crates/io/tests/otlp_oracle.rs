//! OTLP against the generated messages of opentelemetry-proto.

mod common;

use common::lines;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest as Request;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::common::v1::{
    AnyValue, ArrayValue, InstrumentationScope, KeyValue, KeyValueList,
};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::span::{Event, Link};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use prost::Message;
use spanwise_io::format::{Ended, Format};
use spanwise_io::otlp::{OtlpJson, OtlpProtobuf};
use spanwise_model::SpanBatch;

fn any() -> impl Strategy<Value = AnyValue> {
    let leaf = prop_oneof![
        "\\PC{0,12}".prop_map(Any::StringValue),
        prop::bool::ANY.prop_map(Any::BoolValue),
        prop::num::i64::ANY.prop_map(Any::IntValue),
        prop::num::f64::NORMAL.prop_map(Any::DoubleValue),
        vec(prop::num::u8::ANY, 0..5).prop_map(Any::BytesValue),
    ];
    let nested = leaf.prop_recursive(3, 12, 3, |item| {
        let some = item.prop_map(|value| AnyValue { value: Some(value) });
        prop_oneof![
            vec(some.clone(), 0..3).prop_map(|values| Any::ArrayValue(ArrayValue { values })),
            vec(("\\PC{1,6}", of(some)), 0..3).prop_map(|pairs| {
                let pair = |(key, value)| key_value(key, value);
                Any::KvlistValue(KeyValueList {
                    values: pairs.into_iter().map(pair).collect(),
                })
            }),
        ]
    });
    of(nested).prop_map(|value| AnyValue { value })
}

fn key_value(key: String, value: Option<AnyValue>) -> KeyValue {
    KeyValue {
        key,
        value,
        ..KeyValue::default()
    }
}

fn attributes() -> impl Strategy<Value = Vec<KeyValue>> {
    let key = prop_oneof!["[a-z]{1,4}\\.[a-z]{1,4}", "\\PC{1,6}"];
    vec((key, any()), 0..4).prop_map(|pairs| {
        let pair = |(key, value)| key_value(key, Some(value));
        pairs.into_iter().map(pair).collect()
    })
}

fn id(bytes: usize) -> impl Strategy<Value = Vec<u8>> {
    vec(1..=u8::MAX, bytes)
}

fn event() -> impl Strategy<Value = Event> {
    (0..1u64 << 62, "\\PC{0,8}", attributes()).prop_map(|(time, name, attributes)| Event {
        time_unix_nano: time,
        name,
        attributes,
        dropped_attributes_count: 0,
    })
}

fn link() -> impl Strategy<Value = Link> {
    (id(16), id(8), attributes()).prop_map(|(trace_id, span_id, attributes)| Link {
        trace_id,
        span_id,
        attributes,
        ..Link::default()
    })
}

fn span() -> impl Strategy<Value = Span> {
    let ids = (id(16), id(8), prop_oneof![Just(Vec::new()), id(8)]);
    let times = (1u64..1 << 62, 0u64..1 << 62);
    let texts = ("\\PC{0,8}", "[a-z]{0,4}");
    let parts = (attributes(), vec(event(), 0..3), vec(link(), 0..3));
    let status = of((0..3i32, "\\PC{0,5}"));
    (ids, times, texts, parts, status, 0..6i32, 0u32..1 << 16).prop_map(
        |(ids, times, texts, parts, status, kind, flags)| Span {
            trace_id: ids.0,
            span_id: ids.1,
            parent_span_id: ids.2,
            start_time_unix_nano: times.0,
            end_time_unix_nano: times.1,
            name: texts.0,
            trace_state: texts.1,
            attributes: parts.0,
            events: parts.1,
            links: parts.2,
            status: status.map(|(code, message)| Status { code, message }),
            kind,
            flags,
            ..Span::default()
        },
    )
}

fn resource_spans() -> impl Strategy<Value = ResourceSpans> {
    let scope = of(("[a-z]{0,3}", "[0-9]{0,2}", attributes()));
    let scopes = vec((scope, vec(span(), 1..4)), 1..3);
    (attributes(), of("[a-z]{1,5}"), scopes).prop_map(|(mut attributes, service, scopes)| {
        let text = |text| AnyValue {
            value: Some(Any::StringValue(text)),
        };
        let service = service.map(|name| key_value("service.name".into(), Some(text(name))));
        attributes.extend(service);
        let scope = |(name, version, attributes)| InstrumentationScope {
            name,
            version,
            attributes,
            dropped_attributes_count: 0,
        };
        let scope_spans = |(named, spans): (Option<_>, Vec<Span>)| ScopeSpans {
            scope: named.map(scope),
            spans,
            ..ScopeSpans::default()
        };
        ResourceSpans {
            resource: Some(Resource {
                attributes,
                ..Resource::default()
            }),
            scope_spans: scopes.into_iter().map(scope_spans).collect(),
            ..ResourceSpans::default()
        }
    })
}

fn request() -> impl Strategy<Value = Request> {
    vec(resource_spans(), 1..3).prop_map(|resource_spans| Request { resource_spans })
}

fn read(format: &dyn Format, bytes: &[u8]) -> SpanBatch {
    let mut batch = SpanBatch::default();
    assert_eq!(
        format.read(bytes, &mut batch).expect("readable"),
        Ended::Whole
    );
    batch
}

fn write(format: &dyn Format, batch: &SpanBatch) -> Vec<u8> {
    let mut bytes = Vec::new();
    format.write(batch, &mut bytes).expect("writable");
    bytes
}

fn sorted(batch: &SpanBatch) -> Vec<String> {
    let mut lines = lines(batch);
    lines.sort();
    lines
}

/// The request that a file of frames of four bytes holds.
fn decode_frames(mut bytes: &[u8]) -> Request {
    let mut request = Request::default();
    while let Some((length, rest)) = bytes.split_first_chunk::<4>() {
        let (frame, rest) = rest.split_at(u32::from_be_bytes(*length) as usize);
        let decoded = Request::decode(frame).expect("a message");
        request.resource_spans.extend(decoded.resource_spans);
        bytes = rest;
    }
    request
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Bare, framed by four bytes and framed by varints, a request reads alike.
    #[test]
    fn every_framing_reads_alike(request in request()) {
        let bare = request.encode_to_vec();
        let expected = lines(&read(&OtlpProtobuf, &bare));
        let spans = request.resource_spans.iter().flat_map(|r| &r.scope_spans);
        prop_assert_eq!(expected.len(), spans.map(|scope| scope.spans.len()).sum::<usize>());
        let mut fixed = (bare.len() as u32).to_be_bytes().to_vec();
        fixed.extend(&bare);
        prop_assert_eq!(&lines(&read(&OtlpProtobuf, &fixed)), &expected);
        let varint = request.encode_length_delimited_to_vec();
        prop_assert_eq!(&lines(&read(&OtlpProtobuf, &varint)), &expected);
    }

    /// What is written is what the generated messages decode, and reads as
    /// what was written.
    #[test]
    fn protobuf_is_written_as_it_is_read(request in request()) {
        let batch = read(&OtlpProtobuf, &request.encode_to_vec());
        let written = write(&OtlpProtobuf, &batch);
        prop_assert_eq!(sorted(&read(&OtlpProtobuf, &written)), sorted(&batch));
        let decoded = decode_frames(&written);
        prop_assert_eq!(sorted(&read(&OtlpProtobuf, &decoded.encode_to_vec())), sorted(&batch));
    }

    /// Both formats say the same.
    #[test]
    fn json_says_what_protobuf_says(request in request()) {
        let batch = read(&OtlpProtobuf, &request.encode_to_vec());
        let written = write(&OtlpJson, &batch);
        prop_assert!(OtlpJson.recognises(&written));
        let again = read(&OtlpJson, &written);
        prop_assert!(again.issues.is_empty(), "{:?}", again.issues);
        prop_assert_eq!(sorted(&again), sorted(&batch));
    }

    /// No cut makes a reader fail, and what stands before it is read.
    #[test]
    fn a_cut_file_keeps_what_came_before(request in request(), cut in 0.0..1.0f64) {
        let batch = read(&OtlpProtobuf, &request.encode_to_vec());
        for format in [&OtlpProtobuf as &dyn Format, &OtlpJson] {
            let bytes = write(format, &batch);
            let whole = lines(&read(format, &bytes)).len();
            let mut part = SpanBatch::default();
            let cut = &bytes[..(bytes.len() as f64 * cut) as usize];
            format.read(cut, &mut part).expect("never an error");
            prop_assert!(part.len() <= whole);
        }
    }

    /// No bytes make a reader fail or invent spans without bound.
    #[test]
    fn damaged_files_are_survived(
        request in request(),
        damage in vec((prop::num::usize::ANY, prop::num::u8::ANY), 1..6),
    ) {
        let batch = read(&OtlpProtobuf, &request.encode_to_vec());
        for format in [&OtlpProtobuf as &dyn Format, &OtlpJson] {
            let mut bytes = write(format, &batch);
            for &(at, byte) in &damage {
                let length = bytes.len();
                bytes[at % length] = byte;
            }
            let mut damaged = SpanBatch::default();
            format.read(&bytes, &mut damaged).expect("never an error");
            prop_assert!(damaged.len() <= bytes.len());
        }
    }
}

#[cfg(feature = "otlp")]
proptest! {
    #[test]
    fn messages_read_as_their_bytes(request in request()) {
        let mut batch = SpanBatch::default();
        spanwise_io::otlp::from_otlp(&request, &mut batch).expect("few spans");
        prop_assert_eq!(lines(&batch), lines(&read(&OtlpProtobuf, &request.encode_to_vec())));
    }
}

/// The columns against the fields of the messages, one by one.
#[test]
fn fields_arrive_in_their_columns() {
    let text = |text: &str| AnyValue {
        value: Some(Any::StringValue(text.into())),
    };
    let span = Span {
        trace_id: vec![1; 16],
        span_id: vec![2; 8],
        parent_span_id: vec![3; 8],
        name: "GET".into(),
        kind: 2,
        start_time_unix_nano: 10,
        end_time_unix_nano: 30,
        attributes: vec![key_value("http.route".into(), Some(text("/cart")))],
        events: vec![Event {
            time_unix_nano: 20,
            name: "exception".into(),
            ..Event::default()
        }],
        links: vec![Link {
            trace_id: vec![4; 16],
            span_id: vec![5; 8],
            ..Link::default()
        }],
        status: Some(Status {
            code: 2,
            message: "bad".into(),
        }),
        flags: 0x301,
        trace_state: "a=b".into(),
        ..Span::default()
    };
    let request = Request {
        resource_spans: vec![ResourceSpans {
            resource: Some(Resource {
                attributes: vec![key_value("service.name".into(), Some(text("shop")))],
                ..Resource::default()
            }),
            scope_spans: vec![ScopeSpans {
                scope: Some(InstrumentationScope {
                    name: "lib".into(),
                    version: "1".into(),
                    ..InstrumentationScope::default()
                }),
                spans: vec![span],
                ..ScopeSpans::default()
            }],
            ..ResourceSpans::default()
        }],
    };
    let batch = read(&OtlpProtobuf, &request.encode_to_vec());
    assert_eq!(
        lines(&batch),
        [
            "01010101010101010101010101010101 0202020202020202 0303030303030303 10..Some(30) \
             \"GET\" Server Error 10301 service=\"shop\" scope=\"lib\"/\"1\" Some(\"bad\") \
             Some(\"a=b\") resource.\"service.name\"=Str(\"shop\") \"http.route\"=Str(\"/cart\") \
             event 20 \"exception\" link 04040404040404040404040404040404/0505050505050505"
        ]
    );
}
