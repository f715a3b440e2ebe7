//! Every row of the table of names, and the rules behind it.

use super::*;
use crate::{SpanBatch, SpanHead, SpanKind, Value};

/// What a field says of one span with these attributes.
fn said(name: &str, kind: SpanKind, attributes: &[(&str, Value<'_>)]) -> String {
    let mut batch = SpanBatch::default();
    for &(key, value) in attributes {
        batch.attribute(key, value);
    }
    let head = SpanHead {
        kind,
        span_id: crate::SpanId(1),
        ..SpanHead::default()
    };
    batch.close(head).expect("room");
    let table = one_row(batch);
    match Span::new(&table, 0).canonical(name) {
        None => String::from("-"),
        Some(CanonicalValue::Text(text)) => text.into_owned(),
        Some(CanonicalValue::Number(number)) => format!("#{number}"),
        Some(CanonicalValue::Duration(nano)) => format!("{nano}ns"),
        Some(CanonicalValue::Flag(flag)) => flag.to_string(),
    }
}

/// A table of one record; assembly is another crate's.
fn one_row(batch: SpanBatch) -> crate::SpanTable {
    let mut table = crate::SpanTable::default();
    let head = batch.heads[0];
    let columns = &mut table.columns;
    columns.span_id = vec![crate::SpanId(1)];
    columns.parent = vec![crate::trace_table::NO_PARENT];
    columns.subtree_end = vec![1];
    columns.start_unix_nano = vec![0];
    columns.duration_nano = vec![0];
    let service = batch.resources.service(head.resource);
    columns.operation = vec![table.operations.intern(service, head.name, head.kind)];
    columns.status = vec![head.status];
    columns.flags = vec![head.flags];
    columns.resource = vec![head.resource];
    columns.scope = vec![head.scope];
    columns.record = vec![0];
    columns.evidence = vec![head.evidence];
    table.trace_ids = vec![crate::TraceId(1)];
    table.trace_ends = vec![1];
    table.store = batch;
    table
}

fn client(name: &str, attributes: &[(&str, &str)]) -> String {
    let pairs: Vec<_> = attributes
        .iter()
        .map(|&(key, text)| (key, Value::Str(text)))
        .collect();
    said(name, SpanKind::Client, &pairs)
}

#[test]
fn every_name_of_every_field_is_found_and_the_best_one_wins() {
    for field in FIELDS {
        let simple = matches!(field.holds, Holds::Text | Holds::Number);
        let helpers = ["peer.address", "rpc.service", "code.namespace"];
        for (rank, key) in field.keys.iter().enumerate() {
            if !simple || helpers.contains(key) {
                continue;
            }
            let text = match field.holds {
                Holds::Number => "7",
                _ => "seven",
            };
            let alone = client(field.name, &[(key, text)]);
            let needs_more = field.name == "network.peer.port" && !key.ends_with("port")
                || field.name == "url.query" && *key != "url.query"
                || *key == "otel.status_code";
            assert_eq!(alone == "-", needs_more, "{} by {key}", field.name);
            if let (Some(better), false) = (field.keys[..rank].first(), needs_more) {
                let other = if text == "7" { "8" } else { "eight" };
                let both = client(field.name, &[(key, text), (better, other)]);
                assert!(
                    both.contains(other.trim_start_matches('#')),
                    "{better} before {key}: {both}"
                );
            }
        }
    }
}

#[test]
fn names_are_of_one_field_each() {
    for (at, field) in FIELDS.iter().enumerate() {
        assert!(FIELDS[..at].iter().all(|other| other.name != field.name));
        assert_eq!(CanonicalField::named(field.name), Some(field));
    }
}

#[test]
fn numbers_are_read_in_every_type() {
    let name = "http.response.status_code";
    for value in [Value::Int(503), Value::Double(503.0), Value::Str("503")] {
        let found = said(name, SpanKind::Client, &[("http.status_code", value)]);
        assert_eq!(found, "#503");
    }
    assert_eq!(client(name, &[("http.status_code", "x")]), "-");
    let both = [
        ("http.response.status_code", "x"),
        ("http.status_code", "404"),
    ];
    assert_eq!(client(name, &both), "#404");
}

/// A field, attributes, and what they say of it.
type Said = (
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static str,
);

const IN_PARTS: &[Said] = &[
    (
        "rpc.method",
        &[("rpc.service", "shop.Cart"), ("rpc.method", "Get")],
        "shop.Cart/Get",
    ),
    (
        "rpc.method",
        &[
            ("rpc.service", "shop.Cart"),
            ("rpc.method", "shop.Cart/Get"),
        ],
        "shop.Cart/Get",
    ),
    (
        "rpc.method",
        &[("grpc.path", "/shop.Cart/Get")],
        "shop.Cart/Get",
    ),
    (
        "rpc.status_code",
        &[("rpc.grpc.status_code", "4")],
        "DEADLINE_EXCEEDED",
    ),
    (
        "rpc.status_code",
        &[("rpc.response.status_code", "UNAVAILABLE")],
        "UNAVAILABLE",
    ),
    (
        "rpc.system.name",
        &[("rpc.system", "apache_dubbo")],
        "dubbo",
    ),
    ("url.path", &[("http.target", "/cart?id=7")], "/cart"),
    ("url.query", &[("http.target", "/cart?id=7")], "id=7"),
    ("url.query", &[("http.target", "/cart")], "-"),
    (
        "network.peer.address",
        &[("upstream_address", "10.0.0.1:80")],
        "10.0.0.1",
    ),
    (
        "network.peer.port",
        &[("upstream_address", "10.0.0.1:80")],
        "#80",
    ),
    (
        "network.peer.address",
        &[("http.remote", "[fe80::1]:80")],
        "fe80::1",
    ),
    (
        "network.peer.port",
        &[("http.remote", "[fe80::1]:80")],
        "#80",
    ),
    (
        "network.peer.address",
        &[("peer.ipv6", "fe80::1")],
        "fe80::1",
    ),
    (
        "code.function.name",
        &[("code.namespace", "shop"), ("code.function", "get")],
        "shop.get",
    ),
    (
        "http.request.resend_count",
        &[("x-envoy-attempt-count", "3")],
        "#2",
    ),
    ("http.request.resend_count", &[("retry.count", "3")], "#3"),
    ("rpc.deadline", &[("grpc.timeout", "250m")], "250000000ns"),
    ("rpc.deadline", &[("grpc.timeout", "2S")], "2000000000ns"),
    (
        "rpc.deadline",
        &[("x-envoy-expected-rq-timeout-ms", "15")],
        "15000000ns",
    ),
    (
        "rpc.deadline",
        &[("http.request.header.l5d-timeout", "[\"9s\"]")],
        "9000000000ns",
    ),
    ("rpc.deadline", &[("grpc.timeout", "soon")], "-"),
    ("error.type", &[("response_flags", "UO")], "UO"),
    ("error.type", &[("response_flags", "-")], "-"),
    (
        "error.message",
        &[("error", "true"), ("grpc.message", "no cart")],
        "no cart",
    ),
    ("error.message", &[("error", "no cart")], "no cart"),
    (
        "otel.status_code",
        &[("otel.status_code", "ERROR")],
        "ERROR",
    ),
];

#[test]
fn what_is_written_in_parts_is_one() {
    for &(name, attributes, expected) in IN_PARTS {
        let found = client(name, attributes);
        assert_eq!(found, expected, "{name} of {attributes:?}");
    }
}

#[test]
fn the_peer_of_what_a_proxy_received_is_the_client() {
    let proxy = [
        ("component", Value::Str("proxy")),
        ("peer.address", Value::Str("10.0.0.9:5000")),
    ];
    assert_eq!(said("client.address", SpanKind::Server, &proxy), "10.0.0.9");
    assert_eq!(said("network.peer.address", SpanKind::Server, &proxy), "-");
    assert_eq!(said("client.address", SpanKind::Client, &proxy), "-");
    assert_eq!(
        said("network.peer.address", SpanKind::Client, &proxy),
        "10.0.0.9"
    );
}
