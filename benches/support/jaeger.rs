//! Jaeger JSON as typed structs of serde_json, texts borrowed.

use super::text::{Pairs, Text};
use serde::de::{Deserializer, Error, Visitor};
use serde::Deserialize;
use std::fmt;

/// A response of Jaeger's query service.
#[derive(Debug, Deserialize)]
pub(crate) struct Document<'a> {
    #[serde(borrow)]
    data: Vec<Trace<'a>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Trace<'a> {
    #[serde(borrow, rename = "traceID")]
    _trace_id: Text<'a>,
    spans: Vec<Span<'a>>,
    #[serde(rename = "processes")]
    _processes: Pairs<'a, Process<'a>>,
}

#[derive(Debug, Deserialize)]
struct Process<'a> {
    #[serde(borrow, rename = "serviceName")]
    _service: Text<'a>,
    #[serde(default, rename = "tags")]
    _tags: Vec<Tag<'a>>,
}

#[derive(Debug, Deserialize)]
struct Span<'a> {
    #[serde(borrow, rename = "traceID")]
    _trace_id: Text<'a>,
    #[serde(rename = "spanID")]
    _span_id: Text<'a>,
    #[serde(rename = "operationName")]
    _operation: Text<'a>,
    #[serde(default, rename = "references")]
    _references: Vec<Reference<'a>>,
    #[serde(rename = "startTime")]
    _start: u64,
    #[serde(rename = "duration")]
    _duration: u64,
    #[serde(default, rename = "tags")]
    _tags: Vec<Tag<'a>>,
    #[serde(default, rename = "logs")]
    _logs: Vec<Log<'a>>,
    #[serde(default, rename = "processID")]
    _process: Option<Text<'a>>,
}

#[derive(Debug, Deserialize)]
struct Reference<'a> {
    #[serde(borrow, rename = "refType")]
    _kind: Text<'a>,
    #[serde(rename = "traceID")]
    _trace_id: Text<'a>,
    #[serde(rename = "spanID")]
    _span_id: Text<'a>,
}

#[derive(Debug, Deserialize)]
struct Log<'a> {
    #[serde(rename = "timestamp")]
    _time: u64,
    #[serde(borrow, rename = "fields")]
    _fields: Vec<Tag<'a>>,
}

#[derive(Debug, Deserialize)]
struct Tag<'a> {
    #[serde(borrow, rename = "key")]
    _key: Text<'a>,
    #[serde(rename = "type")]
    _kind: Option<Text<'a>>,
    #[serde(rename = "value")]
    _value: Value<'a>,
}

/// A value of a tag; a visitor of its own, because `untagged` buffers.
#[derive(Debug)]
enum Value<'a> {
    Text(#[allow(dead_code, reason = "it is read, not used")] Text<'a>),
    Int(#[allow(dead_code, reason = "it is read, not used")] i64),
    Double(#[allow(dead_code, reason = "it is read, not used")] f64),
    Flag(#[allow(dead_code, reason = "it is read, not used")] bool),
}

impl<'de: 'a, 'a> Deserialize<'de> for Value<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value of a tag")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Value::Text(Text(text.into())))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Value::Text(Text(text.to_owned().into())))
    }

    fn visit_i64<E: Error>(self, n: i64) -> Result<Self::Value, E> {
        Ok(Value::Int(n))
    }

    fn visit_u64<E: Error>(self, n: u64) -> Result<Self::Value, E> {
        Ok(Value::Int(n as i64))
    }

    fn visit_f64<E: Error>(self, n: f64) -> Result<Self::Value, E> {
        Ok(Value::Double(n))
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Self::Value, E> {
        Ok(Value::Flag(flag))
    }
}

/// Reads all documents; how many spans there are.
pub(crate) fn parse(bytes: &[u8]) -> usize {
    let documents = serde_json::Deserializer::from_slice(bytes).into_iter::<Document<'_>>();
    let all: Vec<Document<'_>> = documents.collect::<Result<_, _>>().expect("Jaeger JSON");
    let traces = all.iter().flat_map(|document| &document.data);
    traces.map(|trace| trace.spans.len()).sum()
}
