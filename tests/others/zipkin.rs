//! Zipkin's other encodings, from its second version in JSON.

use super::list;
use serde_json::{json, Map, Value};

/// What begins and ends a span of a kind, in version 1.
fn core(kind: &str) -> Option<(&'static str, Option<&'static str>)> {
    Some(match kind {
        "CLIENT" => ("cs", Some("cr")),
        "SERVER" => ("sr", Some("ss")),
        "PRODUCER" => ("ms", None),
        "CONSUMER" => ("mr", None),
        _ => return None,
    })
}

/// What names the other side of a span of a kind.
fn address(kind: &str) -> &'static str {
    match kind {
        "SERVER" => "ca",
        "PRODUCER" | "CONSUMER" => "ma",
        _ => "sa",
    }
}

/// A span of version 1: annotations and binary annotations with their endpoints.
struct First<'a> {
    span: &'a Value,
    annotations: Vec<(i64, &'a str, &'a Value)>,
    tags: Vec<(&'a str, &'a str, &'a Value)>,
    address: Option<(&'static str, &'a Value)>,
}

impl<'a> First<'a> {
    fn of(span: &'a Value) -> Self {
        let (kind, local) = (
            span["kind"].as_str().unwrap_or_default(),
            &span["localEndpoint"],
        );
        let start = span["timestamp"].as_i64().unwrap_or_default();
        let end = start + span["duration"].as_i64().unwrap_or_default();
        let mut annotations = Vec::new();
        if let Some((begins, ends)) = core(kind) {
            annotations.push((start, begins, local));
            annotations.extend(ends.map(|ends| (end, ends, local)));
        }
        for event in list(&span["annotations"]) {
            let text = event["value"].as_str().expect("a text");
            annotations.push((event["timestamp"].as_i64().expect("a time"), text, local));
        }
        let tags = span["tags"].as_object().into_iter().flatten();
        let tags = tags.map(|(key, value)| (key.as_str(), value.as_str().expect("a text"), local));
        let mut tags: Vec<_> = tags.collect();
        if core(kind).is_none() {
            tags.push(("lc", "", local));
        }
        let remote = Some(&span["remoteEndpoint"]).filter(|it| it.is_object());
        Self {
            span,
            annotations,
            tags,
            address: remote.map(|remote| (address(kind), remote)),
        }
    }
}

fn spans(document: &Value) -> impl Iterator<Item = First<'_>> {
    list(document).iter().map(First::of)
}

/// Version 1 in JSON.
pub(super) fn first_version(document: &Value) -> Vec<u8> {
    let spans = spans(document).map(|first| {
        let mut span = Map::new();
        for key in ["traceId", "id", "parentId", "name", "timestamp", "duration"] {
            if !first.span[key].is_null() {
                span.insert(key.into(), first.span[key].clone());
            }
        }
        let note = |&(time, value, endpoint): &(i64, &str, &Value)| {
            json!({"timestamp": time, "value": value, "endpoint": endpoint})
        };
        let tag = |&(key, value, endpoint): &(&str, &str, &Value)| {
            json!({"key": key, "value": value, "endpoint": endpoint})
        };
        let address = |(key, endpoint)| json!({"key": key, "value": true, "endpoint": endpoint});
        let binary = first.tags.iter().map(tag);
        let binary: Vec<Value> = first.address.map(address).into_iter().chain(binary).collect();
        let notes: Vec<Value> = first.annotations.iter().map(note).collect();
        span.insert("annotations".into(), json!(notes));
        span.insert("binaryAnnotations".into(), json!(binary));
        Value::Object(span)
    });
    let spans: Vec<Value> = spans.collect();
    json!(spans).to_string().into_bytes()
}

/// Version 1 in JSON, with the names and numbers of its thrift.
pub(super) fn first_version_as_thrift(document: &Value) -> Vec<u8> {
    let spans = spans(document).map(|first| {
        let (high, low) = trace_id(first.span);
        let mut span = json!({"trace_id": low, "trace_id_high": high, "id": id(&first.span["id"])});
        if !first.span["parentId"].is_null() {
            span["parent_id"] = json!(id(&first.span["parentId"]));
        }
        for key in ["name", "timestamp", "duration"] {
            if !first.span[key].is_null() {
                span[key] = first.span[key].clone();
            }
        }
        let note = |&(time, value, endpoint): &(i64, &str, &Value)| {
            json!({"timestamp": time, "value": value, "host": host(endpoint)})
        };
        let tag = |&(key, value, endpoint): &(&str, &str, &Value)| {
            let value = base64(value.as_bytes());
            json!({"key": key, "value": value, "annotation_type": "STRING", "host": host(endpoint)})
        };
        let address = |(key, endpoint)| {
            json!({"key": key, "value": base64(&[1]), "annotation_type": "BOOL",
                "host": host(endpoint)})
        };
        let binary = first.tags.iter().map(tag);
        let binary: Vec<Value> = first.address.map(address).into_iter().chain(binary).collect();
        span["annotations"] = first.annotations.iter().map(note).collect();
        span["binary_annotations"] = json!(binary);
        span
    });
    let spans: Vec<Value> = spans.collect();
    json!(spans).to_string().into_bytes()
}

fn host(endpoint: &Value) -> Value {
    let mut host = json!({"ipv4": ipv4(endpoint) as i32, "port": port(endpoint) as i16});
    if let Some(service) = endpoint["serviceName"].as_str() {
        host["service_name"] = json!(service);
    }
    host
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().enumerate();
        let bits = bits.fold(0u32, |bits, (at, &byte)| {
            bits | u32::from(byte) << (16 - 8 * at)
        });
        for digit in 0..4 {
            let sextet = (bits >> (18 - 6 * digit) & 63) as usize;
            let is_there = digit <= chunk.len();
            text.push(if is_there {
                char::from(DIGITS[sextet])
            } else {
                '='
            });
        }
    }
    text
}

fn id(text: &Value) -> i64 {
    u64::from_str_radix(text.as_str().expect("an id"), 16).expect("digits") as i64
}

fn trace_id(span: &Value) -> (i64, i64) {
    let text = span["traceId"].as_str().expect("an id");
    let id = u128::from_str_radix(text, 16).expect("digits");
    ((id >> 64) as i64, id as i64)
}

fn ipv4(endpoint: &Value) -> u32 {
    let text = endpoint["ipv4"].as_str().unwrap_or("0.0.0.0");
    let address: std::net::Ipv4Addr = text.parse().expect("an address");
    address.to_bits()
}

fn port(endpoint: &Value) -> u16 {
    endpoint["port"].as_u64().unwrap_or(0) as u16
}

/// Version 1 in thrift's binary protocol.
pub(super) fn thrift(document: &Value) -> Vec<u8> {
    let spans: Vec<Vec<u8>> = spans(document).map(|first| thrift_span(&first)).collect();
    elements(&spans)
}

fn thrift_span(first: &First<'_>) -> Vec<u8> {
    let (high, low) = trace_id(first.span);
    let mut out = long(1, low);
    out.extend(text(
        3,
        first.span["name"].as_str().unwrap_or_default().as_bytes(),
    ));
    out.extend(long(4, id(&first.span["id"])));
    if !first.span["parentId"].is_null() {
        out.extend(long(5, id(&first.span["parentId"])));
    }
    let note = |&(time, value, endpoint): &(i64, &str, &Value)| {
        let end = thrift_host(3, endpoint);
        [long(1, time), text(2, value.as_bytes()), end].concat()
    };
    let notes: Vec<Vec<u8>> = first.annotations.iter().map(note).collect();
    out.extend([[15, 0, 6].to_vec(), elements(&notes)].concat());
    let binary = |key: &str, value: &[u8], kind: u8, endpoint: &Value| {
        let kind = [8, 0, 3, 0, 0, 0, kind];
        let ends = [kind.to_vec(), thrift_host(4, endpoint)].concat();
        [text(1, key.as_bytes()), text(2, value), ends].concat()
    };
    let address = first
        .address
        .map(|(key, endpoint)| binary(key, &[1], 0, endpoint));
    let tags = first.tags.iter();
    let tags = tags.map(|&(key, value, endpoint)| binary(key, value.as_bytes(), 6, endpoint));
    let binary: Vec<Vec<u8>> = address.into_iter().chain(tags).collect();
    out.extend([[15, 0, 8].to_vec(), elements(&binary)].concat());
    for (number, key) in [(10, "timestamp"), (11, "duration")] {
        out.extend(
            first.span[key]
                .as_i64()
                .map(|it| long(number, it))
                .unwrap_or_default(),
        );
    }
    [out, long(12, high), vec![0]].concat()
}

/// A list of structs.
fn elements(structs: &[Vec<u8>]) -> Vec<u8> {
    let count = (structs.len() as u32).to_be_bytes();
    [[12].to_vec(), count.to_vec(), structs.concat()].concat()
}

fn thrift_host(number: u8, endpoint: &Value) -> Vec<u8> {
    let service = endpoint["serviceName"].as_str().unwrap_or_default();
    let mut out = vec![12, 0, number, 8, 0, 1];
    out.extend(ipv4(endpoint).to_be_bytes());
    out.extend([6, 0, 2]);
    out.extend(port(endpoint).to_be_bytes());
    // The end of the endpoint, and of the annotation that it is in.
    [out, text(3, service.as_bytes()), vec![0, 0]].concat()
}

fn long(number: u8, value: i64) -> Vec<u8> {
    [&[10, 0, number][..], &value.to_be_bytes()].concat()
}

fn text(number: u8, text: &[u8]) -> Vec<u8> {
    [
        &[11, 0, number][..],
        &(text.len() as u32).to_be_bytes(),
        text,
    ]
    .concat()
}

/// Version 2 in protobuf.
pub(super) fn protobuf(document: &Value) -> Vec<u8> {
    let spans = list(document).iter();
    spans
        .flat_map(|span| message(1, &protobuf_span(span)))
        .collect()
}

fn protobuf_span(span: &Value) -> Vec<u8> {
    let mut out = message(1, &hex(&span["traceId"]));
    out.extend(message(3, &hex(&span["id"])));
    out.extend(message(2, &hex(&span["parentId"])));
    let kinds = ["CLIENT", "SERVER", "PRODUCER", "CONSUMER"];
    let kind = kinds.iter().position(|kind| span["kind"] == *kind);
    out.extend(kind.map(|at| number(4, at as u64 + 1)).unwrap_or_default());
    out.extend(message(
        5,
        span["name"].as_str().unwrap_or_default().as_bytes(),
    ));
    out.extend(fixed(6, &span["timestamp"]));
    out.extend(number(7, span["duration"].as_u64().unwrap_or(0)));
    for (at, key) in [(8, "localEndpoint"), (9, "remoteEndpoint")] {
        if span[key].is_object() {
            out.extend(message(at, &protobuf_endpoint(&span[key])));
        }
    }
    for event in list(&span["annotations"]) {
        let value = message(2, event["value"].as_str().expect("a text").as_bytes());
        out.extend(message(
            10,
            &[fixed(1, &event["timestamp"]), value].concat(),
        ));
    }
    for (key, value) in span["tags"].as_object().into_iter().flatten() {
        let value = message(2, value.as_str().expect("a text").as_bytes());
        out.extend(message(11, &[message(1, key.as_bytes()), value].concat()));
    }
    out
}

fn protobuf_endpoint(endpoint: &Value) -> Vec<u8> {
    let service = endpoint["serviceName"].as_str().unwrap_or_default();
    let mut out = message(1, service.as_bytes());
    if endpoint["ipv4"].is_string() {
        out.extend(message(2, &ipv4(endpoint).to_be_bytes()));
    }
    [out, number(4, port(endpoint).into())].concat()
}

fn hex(text: &Value) -> Vec<u8> {
    let digits = text.as_str().unwrap_or_default().as_bytes();
    let byte = |pair: &[u8]| {
        let pair = std::str::from_utf8(pair).expect("digits");
        u8::from_str_radix(pair, 16).expect("digits")
    };
    digits.chunks(2).map(byte).collect()
}

fn varint(mut number: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
    out
}

fn message(field: u64, bytes: &[u8]) -> Vec<u8> {
    if bytes.is_empty() {
        return Vec::new();
    }
    [
        varint(field << 3 | 2),
        varint(bytes.len() as u64),
        bytes.to_vec(),
    ]
    .concat()
}

fn number(field: u64, number: u64) -> Vec<u8> {
    if number == 0 {
        return Vec::new();
    }
    [varint(field << 3), varint(number)].concat()
}

fn fixed(field: u64, number: &Value) -> Vec<u8> {
    let Some(number) = number.as_u64() else {
        return Vec::new();
    };
    [varint(field << 3 | 1), number.to_le_bytes().to_vec()].concat()
}
