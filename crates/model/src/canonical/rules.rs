//! How fields are read that are not simply the value of their best key.

use super::{CanonicalValue, Reader};
use crate::attributes::Value;
use crate::head::{flags, SpanKind, StatusCode};
use crate::semconv::GRPC_NAMES;
use crate::span::Span;
use std::borrow::Cow;

type Answer<'a> = Option<CanonicalValue<'a>>;

fn text(value: Value<'_>) -> CanonicalValue<'_> {
    CanonicalValue::Text(value.to_text())
}

/// The best key's value as a text.
pub(super) fn best_text<'a>(reader: &Reader, span: Span<'a>) -> Answer<'a> {
    reader.best(span).map(text)
}

/// The first value that is a whole number, in whatever type it is written.
pub(super) fn best_number<'a>(reader: &Reader, span: Span<'a>) -> Answer<'a> {
    let number = reader.said(span).find_map(|(_, value)| value.as_int());
    number.map(CanonicalValue::Number)
}

/// No span alone says it.
pub(super) fn of_trace<'a>(_: &Reader, _: Span<'a>) -> Answer<'a> {
    None
}

/// The service; the name that SDKs give where nobody named one is none.
pub(super) fn service<'a>(reader: &Reader, span: Span<'a>) -> Answer<'a> {
    let service = span.service();
    let named = !service.is_empty() && !service.starts_with("unknown_service");
    if named {
        return Some(CanonicalValue::Text(service.into()));
    }
    best_text(reader, span)
}

/// The instance that the resource names, else the pod of an Envoy whose node is
/// named `sidecar~10.0.0.7~cart-1.shop~shop.svc.cluster.local`.
pub(super) fn instance<'a>(reader: &Reader, span: Span<'a>) -> Answer<'a> {
    let node = || {
        let node = reader.best(span)?.to_text();
        let pod = node.split('~').nth(2).map(str::to_owned);
        Some(pod.map_or(node, Cow::Owned))
    };
    span.instance().or_else(node).map(CanonicalValue::Text)
}

/// On what Envoy received, `peer.address` is the client.
fn is_client_of_proxy(span: Span<'_>, key: &str) -> bool {
    let proxy = || span.attribute("component").and_then(Value::as_str) == Some("proxy");
    key == "peer.address" && span.kind() == SpanKind::Server && proxy()
}

/// The address of the host that was talked to, without its port.
pub(super) fn peer_address<'a>(reader: &Reader, span: Span<'a>) -> Answer<'a> {
    let mut said = reader.said(span);
    let found = said.find(|&(key, _)| !is_client_of_proxy(span, key));
    found.map(|(_, value)| CanonicalValue::Text(host(value.to_text())))
}

/// The port, as it stands or behind the address.
pub(super) fn peer_port<'a>(reader: &Reader, span: Span<'a>) -> Answer<'a> {
    let port = reader.said(span).find_map(|(key, value)| {
        if key.ends_with("port") {
            return value.as_int();
        }
        let text = value.to_text();
        let ours = !is_client_of_proxy(span, key);
        ours.then(|| split(&text).1?.parse().ok()).flatten()
    });
    port.map(CanonicalValue::Number)
}

pub(super) fn client_address<'a>(reader: &Reader, span: Span<'a>) -> Answer<'a> {
    let ours = |key: &str| key != "peer.address" || is_client_of_proxy(span, key);
    let found = reader.said(span).find(|&(key, _)| ours(key));
    found.map(|(_, value)| CanonicalValue::Text(host(value.to_text())))
}

/// Host and port of an address.
fn split(address: &str) -> (&str, Option<&str>) {
    if let Some((host, rest)) = address.strip_prefix('[').and_then(|a| a.split_once(']')) {
        return (host, rest.strip_prefix(':'));
    }
    match address.split_once(':') {
        Some((host, port)) if !port.contains(':') => (host, Some(port)),
        _ => (address, None),
    }
}

fn host(address: Cow<'_, str>) -> Cow<'_, str> {
    match address {
        Cow::Borrowed(address) => Cow::Borrowed(split(address).0),
        Cow::Owned(address) => Cow::Owned(split(&address).0.to_owned()),
    }
}

/// The path of a target such as `/cart?id=7`.
pub(super) fn url_path<'a>(reader: &Reader, span: Span<'a>) -> Answer<'a> {
    part(reader, span, |target| {
        Some(target.split_once('?').map_or(target, |parts| parts.0))
    })
}

/// The query of such a target.
pub(super) fn url_query<'a>(reader: &Reader, span: Span<'a>) -> Answer<'a> {
    let (key, value) = reader.said(span).next()?;
    if key == "url.query" {
        return Some(text(value));
    }
    part(reader, span, |target| {
        target.split_once('?').map(|parts| parts.1)
    })
}

fn part<'a>(reader: &Reader, span: Span<'a>, cut: fn(&str) -> Option<&str>) -> Answer<'a> {
    let value = reader.best(span)?;
    let part = match value {
        Value::Str(target) => Cow::Borrowed(cut(target)?),
        other => Cow::Owned(cut(&other.to_text())?.to_owned()),
    };
    Some(CanonicalValue::Text(part))
}

/// How many attempts went before; some count the first attempt as one.
pub(super) fn resends<'a>(reader: &Reader, span: Span<'a>) -> Answer<'a> {
    let number = reader.said(span).find_map(|(key, value)| {
        let counts_itself = key.ends_with("attempt-count");
        Some(value.as_int()? - i64::from(counts_itself))
    });
    number
        .filter(|count| *count >= 0)
        .map(CanonicalValue::Number)
}

/// The system under its newest name.
pub(super) fn rpc_system<'a>(reader: &Reader, span: Span<'a>) -> Answer<'a> {
    let system = reader.best(span)?.to_text();
    Some(CanonicalValue::Text(match &*system {
        "apache_dubbo" => "dubbo".into(),
        "connect_rpc" => "connectrpc".into(),
        _ => system,
    }))
}

/// The method with its service, `shop.Cart/Get`.
pub(super) fn rpc_method<'a>(reader: &Reader, span: Span<'a>) -> Answer<'a> {
    let of = |key| Some(reader.at(span, key)?.to_text());
    let method = match (of("rpc.method"), of("rpc.service"), of("grpc.path")) {
        (Some(method), Some(service), _) if !method.contains('/') => {
            Cow::Owned(format!("{service}/{method}"))
        }
        (Some(method), ..) => method,
        (None, _, path) => path?.trim_start_matches('/').to_owned().into(),
    };
    Some(CanonicalValue::Text(method))
}

/// The status by name, which some write as a number.
pub(super) fn rpc_status<'a>(reader: &Reader, span: Span<'a>) -> Answer<'a> {
    let status = reader.best(span)?;
    let name = status.as_int().and_then(|number| {
        let place = usize::try_from(number).ok()?;
        GRPC_NAMES.get(place).copied()
    });
    Some(name.map_or_else(|| text(status), |name| CanonicalValue::Text(name.into())))
}

/// How long the caller would wait.
pub(super) fn deadline<'a>(reader: &Reader, span: Span<'a>) -> Answer<'a> {
    let nano = reader.said(span).find_map(|(key, value)| {
        let text = value.to_text();
        let text = text.trim().trim_matches(['[', ']', '"']);
        if key.ends_with("-ms") {
            return text.parse::<i64>().ok()?.checked_mul(1_000_000);
        }
        timeout(text)
    });
    nano.map(CanonicalValue::Duration)
}

/// A timeout as gRPC writes it, `250m`, or Linkerd, `250ms`.
fn timeout(text: &str) -> Option<i64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let nano = match &text[digits..] {
        "H" | "h" => 3_600_000_000_000,
        "M" => 60_000_000_000,
        "S" | "s" => 1_000_000_000,
        "m" | "ms" => 1_000_000,
        "u" | "us" => 1_000,
        "n" | "ns" => 1,
        _ => return None,
    };
    text[..digits].parse::<i64>().ok()?.checked_mul(nano)
}

/// The keys in an event that tells of an exception.
fn of_exception<'a>(span: Span<'a>, key: &str) -> Option<Value<'a>> {
    let store = &span.table().store;
    let key = store.strings.find(key)?;
    let rows = store.events_of(span.record()).rev();
    rows.filter_map(|row| store.events.attributes.get(row as u32, key))
        .next()
}

/// The class of the error: as it stands, else of the exception, else what the
/// keys behind say.
pub(super) fn error_type<'a>(reader: &Reader, span: Span<'a>) -> Answer<'a> {
    let named = ["error.type", "exception.type"];
    let own = named.iter().find_map(|key| reader.at(span, key));
    let found = own.or_else(|| of_exception(span, "exception.type"));
    let found = found.or_else(|| {
        let flags = |value: &Value<'_>| *value != Value::Str("-");
        reader.best(span).filter(flags)
    });
    found.map(text)
}

/// The text of the error: of the status, else of the exception, else what the
/// keys say.
pub(super) fn error_text<'a>(reader: &Reader, span: Span<'a>) -> Answer<'a> {
    if let Some(message) = span.status_message() {
        return Some(CanonicalValue::Text(message.into()));
    }
    let told = |key: &str, value: Value<'_>| key != "error" || value.as_bool().is_none();
    let own = reader.said(span).find(|&(key, value)| told(key, value));
    let own = own.map(|(_, value)| value);
    own.or_else(|| of_exception(span, "exception.message"))
        .map(text)
}

/// OpenTelemetry's status, of the span itself or as an attribute.
pub(super) fn status<'a>(reader: &Reader, span: Span<'a>) -> Answer<'a> {
    let said = || {
        let value = reader.at(span, "otel.status_code")?;
        StatusCode::from_name(value.as_str()?)
    };
    let error = || span.flags() & flags::FORMAT_ERROR != 0;
    let status = match span.status() {
        StatusCode::Unset => said().unwrap_or(if error() {
            StatusCode::Error
        } else {
            StatusCode::Unset
        }),
        set => set,
    };
    Some(CanonicalValue::Text(match status {
        StatusCode::Unset => return None,
        StatusCode::Ok => "OK".into(),
        StatusCode::Error => "ERROR".into(),
    }))
}

/// The function with its namespace.
pub(super) fn function<'a>(reader: &Reader, span: Span<'a>) -> Answer<'a> {
    let of = |key| Some(reader.at(span, key)?.to_text());
    if let Some(name) = of("code.function.name") {
        return Some(CanonicalValue::Text(name));
    }
    let function = of("code.function")?;
    Some(CanonicalValue::Text(match of("code.namespace") {
        Some(namespace) => format!("{namespace}.{function}").into(),
        None => function,
    }))
}

/// Whether the parent is of another process, where the source says it.
pub(super) fn parent_is_remote<'a>(_: &Reader, span: Span<'a>) -> Answer<'a> {
    let said = span.flags() & flags::HAS_IS_REMOTE != 0;
    said.then(|| CanonicalValue::Flag(span.flags() & flags::IS_REMOTE != 0))
}
