//! OTLP JSON as typed structs of serde_json, texts borrowed.

use super::text::Text;
use serde::de::IgnoredAny;
use serde::Deserialize;

/// An export request.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request<'a> {
    #[serde(borrow)]
    resource_spans: Vec<ResourceSpans<'a>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResourceSpans<'a> {
    #[serde(borrow, default, rename = "resource")]
    _resource: Resource<'a>,
    scope_spans: Vec<ScopeSpans<'a>>,
}

#[derive(Debug, Default, Deserialize)]
struct Resource<'a> {
    #[serde(borrow, default, rename = "attributes")]
    _attributes: Vec<KeyValue<'a>>,
}

#[derive(Debug, Deserialize)]
struct ScopeSpans<'a> {
    #[serde(borrow, default, rename = "scope")]
    _scope: Scope<'a>,
    spans: Vec<Span<'a>>,
}

#[derive(Debug, Default, Deserialize)]
struct Scope<'a> {
    #[serde(borrow, default, rename = "name")]
    _name: Text<'a>,
    #[serde(default, rename = "version")]
    _version: Text<'a>,
}

#[derive(Debug, Deserialize)]
struct Span<'a> {
    #[serde(borrow, rename = "traceId")]
    _trace_id: Text<'a>,
    #[serde(rename = "spanId")]
    _span_id: Text<'a>,
    #[serde(default, rename = "parentSpanId")]
    _parent_id: Option<Text<'a>>,
    #[serde(default, rename = "traceState")]
    _trace_state: Option<Text<'a>>,
    #[serde(default, rename = "flags")]
    _flags: u32,
    #[serde(rename = "name")]
    _name: Text<'a>,
    #[serde(default, rename = "kind")]
    _kind: i32,
    #[serde(rename = "startTimeUnixNano")]
    _start: Text<'a>,
    #[serde(rename = "endTimeUnixNano")]
    _end: Text<'a>,
    #[serde(default, rename = "attributes")]
    _attributes: Vec<KeyValue<'a>>,
    #[serde(default, rename = "events")]
    _events: Vec<Event<'a>>,
    #[serde(default, rename = "links")]
    _links: Vec<Link<'a>>,
    #[serde(default, rename = "status")]
    _status: Status<'a>,
}

#[derive(Debug, Deserialize)]
struct Event<'a> {
    #[serde(borrow, rename = "timeUnixNano")]
    _time: Text<'a>,
    #[serde(rename = "name")]
    _name: Text<'a>,
    #[serde(default, rename = "attributes")]
    _attributes: Vec<KeyValue<'a>>,
}

#[derive(Debug, Deserialize)]
struct Link<'a> {
    #[serde(borrow, rename = "traceId")]
    _trace_id: Text<'a>,
    #[serde(rename = "spanId")]
    _span_id: Text<'a>,
    #[serde(default, rename = "attributes")]
    _attributes: Vec<KeyValue<'a>>,
}

#[derive(Debug, Default, Deserialize)]
struct Status<'a> {
    #[serde(borrow, default, rename = "message")]
    _message: Option<Text<'a>>,
    #[serde(default, rename = "code")]
    _code: i32,
}

#[derive(Debug, Deserialize)]
struct KeyValue<'a> {
    #[serde(borrow, rename = "key")]
    _key: Text<'a>,
    #[serde(rename = "value")]
    _value: AnyValue<'a>,
}

#[derive(Debug, Deserialize)]
enum AnyValue<'a> {
    #[serde(borrow, rename = "stringValue")]
    Text(#[allow(dead_code, reason = "it is read, not used")] Text<'a>),
    #[serde(rename = "intValue")]
    Int(#[allow(dead_code, reason = "it is read, not used")] Text<'a>),
    #[serde(rename = "doubleValue")]
    Double(#[allow(dead_code, reason = "it is read, not used")] f64),
    #[serde(rename = "boolValue")]
    Flag(#[allow(dead_code, reason = "it is read, not used")] bool),
    #[serde(rename = "arrayValue")]
    Array(#[allow(dead_code, reason = "it is read, not used")] IgnoredAny),
    #[serde(rename = "kvlistValue")]
    Map(#[allow(dead_code, reason = "it is read, not used")] IgnoredAny),
}

/// Reads all requests; how many spans there are.
pub(crate) fn parse(bytes: &[u8]) -> usize {
    let requests = serde_json::Deserializer::from_slice(bytes).into_iter::<Request<'_>>();
    let all: Vec<Request<'_>> = requests.collect::<Result<_, _>>().expect("OTLP JSON");
    let resources = all.iter().flat_map(|request| &request.resource_spans);
    let scopes = resources.flat_map(|resource| &resource.scope_spans);
    scopes.map(|scope| scope.spans.len()).sum()
}
