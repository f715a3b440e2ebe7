//! From records to a list of spans.

use super::annotation::is_ambiguous;
use super::tags::{EndpointKeys, LINK, LOCAL, PEER_SERVICE, REMOTE};
use crate::json::write::{push, push_double, push_string};
use crate::json::Cursor;
use spanwise_model::{
    flags, Result, SpanBatch, SpanHead, SpanId, SpanKind, StatusCode, TraceId, Value,
};
use std::io::Write;

/// Writes all records as one line.
pub(super) fn write(batch: &SpanBatch, out: &mut dyn Write) -> Result<()> {
    let mut writer = Writer {
        batch,
        out: String::from("["),
    };
    for record in 0..batch.open_record() {
        writer.out.push_str(if record > 0 { "," } else { "" });
        writer.span(record);
        if writer.out.len() > 1 << 16 {
            out.write_all(writer.out.as_bytes())?;
            writer.out.clear();
        }
    }
    writer.out.push_str("]\n");
    out.write_all(writer.out.as_bytes())?;
    Ok(())
}

struct Writer<'b> {
    batch: &'b SpanBatch,
    out: String,
}

impl Writer<'_> {
    fn span(&mut self, record: u32) {
        let head = self.batch.head(record);
        self.out.push_str("{\"traceId\":");
        self.trace_id(head.trace_id);
        self.out.push_str(",\"id\":");
        self.span_id(head.span_id);
        if !head.parent_id.is_zero() {
            self.out.push_str(",\"parentId\":");
            self.span_id(head.parent_id);
        }
        self.out.push_str(",\"name\":");
        push_string(&mut self.out, self.batch.strings.get(head.name));
        if !matches!(head.kind, SpanKind::Unspecified | SpanKind::Internal) {
            let kind = head.kind.name().to_ascii_uppercase();
            push(&mut self.out, format_args!(",\"kind\":\"{kind}\""));
        }
        self.times(&head);
        if head.flags & flags::SHARED != 0 {
            self.out.push_str(",\"shared\":true");
        }
        self.local_endpoint(&head);
        self.remote_endpoint(record);
        self.annotations(record);
        self.tags(record, &head);
        self.out.push('}');
    }

    fn times(&mut self, head: &SpanHead) {
        let start = head.start_unix_nano.div_euclid(1_000);
        if head.flags & flags::MISSING_START == 0 {
            push(&mut self.out, format_args!(",\"timestamp\":{start}"));
        }
        if let Some(end) = head.end_unix_nano {
            let whole = end.div_euclid(1_000) - start;
            let least = if end > head.start_unix_nano { 1 } else { whole };
            let duration = whole.max(least);
            push(&mut self.out, format_args!(",\"duration\":{duration}"));
        }
    }

    fn local_endpoint(&mut self, head: &SpanHead) {
        let batch = self.batch;
        let service = batch.resources.service(head.resource);
        let attributes = batch.resources.attributes(head.resource);
        let named = attributes.map(|(key, value)| (batch.strings.get(key), value));
        self.endpoint(
            "localEndpoint",
            batch.strings.get(service),
            endpoint(&LOCAL, named),
        );
    }

    fn remote_endpoint(&mut self, record: u32) {
        let batch = self.batch;
        let service = batch.strings.find(PEER_SERVICE);
        let service = service.and_then(|key| batch.attribute_value(record, key)?.as_str());
        let named = batch.named_attributes(record);
        let fields = endpoint(&REMOTE, named);
        self.endpoint("remoteEndpoint", service.unwrap_or_default(), fields);
    }

    fn endpoint<'a>(
        &mut self,
        name: &str,
        service: &str,
        fields: impl Iterator<Item = (&'static str, Value<'a>)>,
    ) {
        let mut mark = '{';
        let mut begin = |out: &mut String, key: &str| {
            if mark == '{' {
                push(out, format_args!(",\"{name}\":"));
            }
            out.push(std::mem::replace(&mut mark, ','));
            push(out, format_args!("\"{key}\":"));
        };
        if !service.is_empty() {
            begin(&mut self.out, "serviceName");
            push_string(&mut self.out, service);
        }
        for (key, value) in fields {
            begin(&mut self.out, key);
            match value {
                Value::Int(port) => push(&mut self.out, format_args!("{port}")),
                other => push_string(&mut self.out, &other.to_text()),
            }
        }
        self.out.push_str(if mark == '{' { "" } else { "}" });
    }

    fn annotations(&mut self, record: u32) {
        let (batch, events) = (self.batch, &self.batch.events);
        let rows = batch.events_of(record);
        if rows.is_empty() {
            return;
        }
        self.out.push_str(",\"annotations\":[");
        for (at, row) in rows.enumerate() {
            let time = events.time_unix_nano[row].div_euclid(1_000);
            let comma = if at > 0 { "," } else { "" };
            push(
                &mut self.out,
                format_args!("{comma}{{\"timestamp\":{time},\"value\":"),
            );
            let name = batch.strings.get(events.name[row]);
            let mut attributes = String::new();
            push_attributes(
                &mut attributes,
                events.attributes.named(row as u32, &batch.strings),
            );
            if attributes == "{}" && !is_ambiguous(name) {
                push_string(&mut self.out, name);
            } else {
                let mut value = String::new();
                push_string(&mut value, name);
                push(&mut value, format_args!(": {attributes}"));
                push_string(&mut self.out, &value);
            }
            self.out.push('}');
        }
        self.out.push(']');
    }

    fn tags(&mut self, record: u32, head: &SpanHead) {
        let batch = self.batch;
        let has = |key: &str| {
            let key = batch.strings.find(key);
            key.is_some_and(|key| batch.attribute_value(record, key).is_some())
        };
        let message = batch.status_messages.get(record).unwrap_or_default();
        let service = batch.strings.get(batch.resources.service(head.resource));
        let mut tags = Tags::new(&mut self.out);
        status_tags(&mut tags, head.status, message, |key| {
            let value = batch.attribute_value(record, batch.strings.find(key)?)?;
            Some(value.to_text().into_owned())
        });
        let (scope, version) = batch.scopes.get(head.scope);
        tags.push_text("otel.scope.name", batch.strings.get(scope));
        tags.push_text("otel.scope.version", batch.strings.get(version));
        tags.push_text(
            "w3c.tracestate",
            batch.trace_states.get(record).unwrap_or_default(),
        );
        for (key, value) in batch.resources.attributes(head.resource) {
            let key = batch.strings.get(key);
            let is_service = key == "service.name" && value == Value::Str(service);
            if endpoint_field(&LOCAL, key, value).is_none() && !has(key) && !is_service {
                tags.push(key, value);
            }
        }
        for (key, value) in batch.named_attributes(record) {
            let peer = key == PEER_SERVICE && matches!(value, Value::Str(name) if !name.is_empty());
            if endpoint_field(&REMOTE, key, value).is_none() && !peer {
                tags.push(key, value);
            }
        }
        for (at, row) in batch.links_of(record).enumerate() {
            tags.push(&format!("{LINK}{at}"), Value::Str(&link(batch, row)));
        }
        tags.end();
    }

    fn trace_id(&mut self, id: TraceId) {
        match self.batch.trace_words.get(&id) {
            Some(word) => push_string(&mut self.out, word),
            None => push(
                &mut self.out,
                format_args!("\"{:0width$x}\"", id.0, width = width(id)),
            ),
        }
    }

    fn span_id(&mut self, id: SpanId) {
        match self.batch.span_words.get(&id) {
            Some(word) => push_string(&mut self.out, word),
            None => push(&mut self.out, format_args!("\"{id}\"")),
        }
    }
}

/// Zipkin writes ids of 64 bits short.
fn width(id: TraceId) -> usize {
    if id.0 >> 64 == 0 {
        16
    } else {
        32
    }
}

/// Status and its text, where an attribute does not already say them.
fn status_tags(
    tags: &mut Tags<'_>,
    status: StatusCode,
    message: &str,
    attribute: impl Fn(&str) -> Option<String>,
) {
    let error = attribute("error");
    let described = attribute("otel.status_description").is_some();
    let message = if described { "" } else { message };
    match (status, error) {
        (StatusCode::Error, None) => {
            tags.push_text("otel.status_code", "ERROR");
            tags.push_text("error", if message.is_empty() { "true" } else { message });
            return;
        }
        (StatusCode::Error, Some(text)) => {
            tags.push_text("otel.status_code", "ERROR");
            if text == message {
                return;
            }
        }
        (StatusCode::Ok, _) => tags.push_text("otel.status_code", "OK"),
        (StatusCode::Unset, _) => {}
    }
    tags.push_text("otel.status_description", message);
}

/// The fields of an endpoint among attributes.
fn endpoint<'a>(
    keys: &'a EndpointKeys,
    attributes: impl Iterator<Item = (&'a str, Value<'a>)> + 'a,
) -> impl Iterator<Item = (&'static str, Value<'a>)> + 'a {
    let mut seen: Vec<&str> = Vec::new();
    attributes.filter_map(move |(key, value)| {
        let field = endpoint_field(keys, key, value)?;
        let new = !seen.contains(&field);
        seen.push(field);
        new.then_some((field, value))
    })
}

/// The field of an endpoint that an attribute is, if it is one.
fn endpoint_field(keys: &EndpointKeys, key: &str, value: Value<'_>) -> Option<&'static str> {
    match value {
        Value::Str(text) if key == keys.address && !text.is_empty() => {
            Some(if text.contains(':') { "ipv6" } else { "ipv4" })
        }
        Value::Int(port) if key == keys.port && port != 0 => Some("port"),
        _ => None,
    }
}

/// A link as the OpenTelemetry Collector writes it.
fn link(batch: &SpanBatch, row: usize) -> String {
    let (trace, span) = (batch.links.trace_id[row], batch.links.span_id[row]);
    let state = batch.links.trace_states.get(row as u32);
    let mut text = format!("{trace}|{span}|{}|", state.unwrap_or_default());
    push_attributes(
        &mut text,
        batch.links.attributes.named(row as u32, &batch.strings),
    );
    push(
        &mut text,
        format_args!("|{}", batch.links.dropped.value(row as u32)),
    );
    text
}

/// Appends attributes as a JSON object.
fn push_attributes<'a>(out: &mut String, pairs: impl Iterator<Item = (&'a str, Value<'a>)>) {
    let mut mark = '{';
    for (key, value) in pairs {
        out.push(std::mem::replace(&mut mark, ','));
        push_string(out, key);
        out.push(':');
        match value {
            Value::Int(_) | Value::Bool(_) => push(out, format_args!("{value}")),
            Value::Double(number) => push_double(out, number),
            Value::Json(json) if is_json(json) => out.push_str(json),
            Value::Empty => out.push_str("null"),
            other => push_string(out, &other.to_text()),
        }
    }
    out.push_str(if mark == '{' { "{}" } else { "}" });
}

fn is_json(text: &str) -> bool {
    let mut cursor = Cursor::new(text, usize::MAX);
    cursor.skip().is_ok() && cursor.is_at_end()
}

/// Appends tags; the object is begun with the first.
struct Tags<'o> {
    out: &'o mut String,
    mark: &'static str,
}

impl<'o> Tags<'o> {
    fn new(out: &'o mut String) -> Self {
        Self {
            out,
            mark: ",\"tags\":{",
        }
    }

    /// A text, unless it is empty.
    fn push_text(&mut self, key: &str, text: &str) {
        if !text.is_empty() {
            self.push(key, Value::Str(text));
        }
    }

    fn push(&mut self, key: &str, value: Value<'_>) {
        self.out.push_str(std::mem::replace(&mut self.mark, ","));
        push_string(self.out, key);
        self.out.push(':');
        push_string(self.out, &value.to_text());
    }

    fn end(self) {
        self.out.push_str(if self.mark == "," { "}" } else { "" });
    }
}
