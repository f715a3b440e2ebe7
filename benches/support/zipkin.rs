//! Zipkin v2 JSON as typed structs of serde_json, texts borrowed.

use super::text::{Pairs, Text};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Span<'a> {
    #[serde(borrow, rename = "traceId")]
    _trace_id: Text<'a>,
    #[serde(rename = "id")]
    _id: Text<'a>,
    #[serde(default, rename = "parentId")]
    _parent_id: Option<Text<'a>>,
    #[serde(default, rename = "name")]
    _name: Option<Text<'a>>,
    #[serde(default, rename = "kind")]
    _kind: Option<Text<'a>>,
    #[serde(default, rename = "timestamp")]
    _timestamp: Option<u64>,
    #[serde(default, rename = "duration")]
    _duration: Option<u64>,
    #[serde(default, rename = "shared")]
    _shared: bool,
    #[serde(default, rename = "localEndpoint")]
    _local: Option<Endpoint<'a>>,
    #[serde(default, rename = "remoteEndpoint")]
    _remote: Option<Endpoint<'a>>,
    #[serde(default, rename = "annotations")]
    _annotations: Vec<Annotation<'a>>,
    #[serde(default, rename = "tags")]
    _tags: Pairs<'a, Text<'a>>,
}

#[derive(Debug, Deserialize)]
struct Endpoint<'a> {
    #[serde(borrow, default, rename = "serviceName")]
    _service: Option<Text<'a>>,
    #[serde(default, rename = "ipv4")]
    _ipv4: Option<Text<'a>>,
    #[serde(default, rename = "ipv6")]
    _ipv6: Option<Text<'a>>,
    #[serde(default, rename = "port")]
    _port: Option<u16>,
}

#[derive(Debug, Deserialize)]
struct Annotation<'a> {
    #[serde(rename = "timestamp")]
    _time: u64,
    #[serde(borrow, rename = "value")]
    _value: Text<'a>,
}

/// Reads all documents; how many spans there are.
pub(crate) fn parse(bytes: &[u8]) -> usize {
    let documents = serde_json::Deserializer::from_slice(bytes).into_iter::<Vec<Span<'_>>>();
    let all: Vec<Vec<Span<'_>>> = documents.collect::<Result<_, _>>().expect("Zipkin JSON");
    all.iter().map(Vec::len).sum()
}
