//! The writer: one ExportTraceServiceRequest a line, as the specification
//! spells it (ids in hexadecimal, 64-bit numbers as text, camel case).

use crate::json::nested::{self, Sink};
use crate::json::write::{push, push_bytes, push_double, push_string};
use crate::otlp::groups::{resource_attributes, Groups};
use spanwise_model::{flags, ResourceId, Result, ScopeId, SpanBatch, StatusCode, Symbol, Value};
use std::io::Write;

/// How many bytes are gathered before they are written.
const FLUSH_BYTES: usize = 1 << 16;

/// Writes all records.
pub(super) fn write(batch: &SpanBatch, out: &mut dyn Write) -> Result<()> {
    let groups = Groups::new(batch);
    let mut writer = Writer {
        batch,
        out,
        text: String::new(),
    };
    for records in groups.requests() {
        writer.request(&groups, records)?;
        writer.flush()?;
    }
    Ok(())
}

struct Writer<'a> {
    batch: &'a SpanBatch,
    out: &'a mut dyn Write,
    text: String,
}

impl<'a> Writer<'a> {
    fn flush(&mut self) -> Result<()> {
        self.out.write_all(self.text.as_bytes())?;
        self.text.clear();
        Ok(())
    }

    fn request(&mut self, groups: &Groups<'_>, records: &[u32]) -> Result<()> {
        self.text.push_str("{\"resourceSpans\":[");
        for (nth, (resource, records)) in groups.by_resource(records).enumerate() {
            self.comma(nth);
            self.resource(resource);
            for (nth, (scope, records)) in groups.by_scope(records).enumerate() {
                self.comma(nth);
                self.scope(scope);
                for (nth, &record) in records.iter().enumerate() {
                    self.comma(nth);
                    self.span(record);
                    if self.text.len() >= FLUSH_BYTES {
                        self.flush()?;
                    }
                }
                self.text.push_str("]}");
            }
            self.text.push_str("]}");
        }
        self.text.push_str("]}\n");
        Ok(())
    }

    fn comma(&mut self, nth: usize) {
        if nth > 0 {
            self.text.push(',');
        }
    }

    fn resource(&mut self, id: ResourceId) {
        self.text.push_str("{\"resource\":{\"attributes\":[");
        for (nth, (key, value)) in resource_attributes(self.batch, id).enumerate() {
            self.attribute(nth, key, value);
        }
        self.text.push_str("]},\"scopeSpans\":[");
    }

    fn scope(&mut self, id: ScopeId) {
        let (name, version) = self.batch.scopes.get(id);
        self.text.push_str("{\"scope\":{");
        for (nth, (key, symbol)) in [("name", name), ("version", version)]
            .into_iter()
            .filter(|(_, symbol)| *symbol != Symbol::EMPTY)
            .enumerate()
        {
            self.comma(nth);
            push(&mut self.text, format_args!("\"{key}\":"));
            push_string(&mut self.text, self.batch.strings.get(symbol));
        }
        let mut attributes = self.batch.scopes.attributes(id).peekable();
        if attributes.peek().is_some() && (name, version) == Default::default() {
            self.text.push_str("\"name\":\"\"");
        }
        let strings = &self.batch.strings;
        self.attributes(attributes.map(|(key, value)| (strings.get(key), value)));
        self.text.push_str("},\"spans\":[");
    }

    fn span(&mut self, record: u32) {
        let head = self.batch.head(record);
        let text = &mut self.text;
        push(text, format_args!("{{\"traceId\":\"{}\"", head.trace_id));
        push(text, format_args!(",\"spanId\":\"{}\"", head.span_id));
        if !head.parent_id.is_zero() {
            push(
                text,
                format_args!(",\"parentSpanId\":\"{}\"", head.parent_id),
            );
        }
        if let Some(state) = self.batch.trace_states.get(record) {
            text.push_str(",\"traceState\":");
            push_string(text, state);
        }
        if head.flags & flags::OTLP != 0 {
            push(
                text,
                format_args!(",\"flags\":{}", head.flags & flags::OTLP),
            );
        }
        text.push_str(",\"name\":");
        push_string(text, self.batch.strings.get(head.name));
        push(text, format_args!(",\"kind\":{}", head.kind as u8));
        if head.flags & flags::MISSING_START == 0 {
            let start = head.start_unix_nano.max(0);
            push(text, format_args!(",\"startTimeUnixNano\":\"{start}\""));
        }
        if let Some(end) = head.end_unix_nano {
            let end = end.max(0);
            push(text, format_args!(",\"endTimeUnixNano\":\"{end}\""));
        }
        let attributes = self.batch.named_attributes(record);
        self.attributes(attributes);
        let dropped = self.batch.dropped.value(record);
        self.dropped("Attributes", dropped.attributes);
        self.events(record);
        self.dropped("Events", dropped.events);
        self.links(record);
        self.dropped("Links", dropped.links);
        self.status(record, head.status);
        self.text.push('}');
    }

    fn attributes(&mut self, attributes: impl Iterator<Item = (&'a str, Value<'a>)>) {
        let mut attributes = attributes.enumerate().peekable();
        if attributes.peek().is_none() {
            return;
        }
        self.text.push_str(",\"attributes\":[");
        for (nth, (key, value)) in attributes {
            self.attribute(nth, key, value);
        }
        self.text.push(']');
    }

    fn attribute(&mut self, nth: usize, key: &str, value: Value<'_>) {
        self.comma(nth);
        self.text.push_str("{\"key\":");
        push_string(&mut self.text, key);
        self.text.push_str(",\"value\":");
        any_value(&mut self.text, value);
        self.text.push('}');
    }

    /// How many of these the source dropped.
    fn dropped(&mut self, what: &str, count: u32) {
        if count > 0 {
            push(
                &mut self.text,
                format_args!(",\"dropped{what}Count\":{count}"),
            );
        }
    }

    fn events(&mut self, record: u32) {
        let (events, strings) = (&self.batch.events, &self.batch.strings);
        for (nth, row) in self.batch.events_of(record).enumerate() {
            self.text
                .push_str(if nth == 0 { ",\"events\":[" } else { "," });
            let time = events.time_unix_nano[row].max(0);
            push(
                &mut self.text,
                format_args!("{{\"timeUnixNano\":\"{time}\",\"name\":"),
            );
            push_string(&mut self.text, strings.get(events.name[row]));
            self.attributes(events.attributes.named(row as u32, strings));
            self.dropped("Attributes", events.dropped.value(row as u32));
            self.text.push('}');
        }
        self.end_list(self.batch.events_of(record).is_empty());
    }

    fn links(&mut self, record: u32) {
        let (links, strings) = (&self.batch.links, &self.batch.strings);
        for (nth, row) in self.batch.links_of(record).enumerate() {
            self.text
                .push_str(if nth == 0 { ",\"links\":[" } else { "," });
            let (trace, span) = (links.trace_id[row], links.span_id[row]);
            let ids = format_args!("{{\"traceId\":\"{trace}\",\"spanId\":\"{span}\"");
            push(&mut self.text, ids);
            if let Some(state) = links.trace_states.get(row as u32) {
                self.text.push_str(",\"traceState\":");
                push_string(&mut self.text, state);
            }
            self.attributes(links.attributes.named(row as u32, strings));
            self.dropped("Attributes", links.dropped.value(row as u32));
            self.text.push('}');
        }
        self.end_list(self.batch.links_of(record).is_empty());
    }

    fn end_list(&mut self, empty: bool) {
        if !empty {
            self.text.push(']');
        }
    }

    fn status(&mut self, record: u32, code: StatusCode) {
        let message = self.batch.status_messages.get(record);
        if code == StatusCode::Unset && message.is_none() {
            return;
        }
        push(
            &mut self.text,
            format_args!(",\"status\":{{\"code\":{}", code as u8),
        );
        if let Some(message) = message {
            self.text.push_str(",\"message\":");
            push_string(&mut self.text, message);
        }
        self.text.push('}');
    }
}

/// Appends an AnyValue.
fn any_value(text: &mut String, value: Value<'_>) {
    let from = text.len();
    match value {
        Value::Json(json) => {
            if nested::walk(json, &mut Json { text }).is_err() {
                text.truncate(from);
                any_value(text, Value::Str(json));
            }
        }
        value => Json { text }.plain(value),
    }
}

/// Takes the parts of a value as OTLP JSON.
struct Json<'t> {
    text: &'t mut String,
}

impl Sink for Json<'_> {
    fn open(&mut self, map: bool) {
        let name = if map { "kvlistValue" } else { "arrayValue" };
        push(self.text, format_args!("{{\"{name}\":{{\"values\":["));
    }

    fn item(&mut self, first: bool, key: Option<&str>) {
        if !first {
            self.text.push(',');
        }
        if let Some(key) = key {
            self.text.push_str("{\"key\":");
            push_string(self.text, key);
            self.text.push_str(",\"value\":");
        }
    }

    fn plain(&mut self, value: Value<'_>) {
        let text = &mut *self.text;
        match value {
            Value::Empty => return text.push_str("{}"),
            Value::Str(string) | Value::Json(string) => {
                text.push_str("{\"stringValue\":");
                push_string(text, string);
            }
            Value::Int(number) => push(text, format_args!("{{\"intValue\":\"{number}\"")),
            Value::Double(number) => {
                text.push_str("{\"doubleValue\":");
                push_double(text, number);
            }
            Value::Bool(flag) => push(text, format_args!("{{\"boolValue\":{flag}")),
            Value::Bytes(bytes) => {
                text.push_str("{\"bytesValue\":");
                push_bytes(text, bytes);
            }
        }
        text.push('}');
    }

    fn end_item(&mut self, map: bool) {
        if map {
            self.text.push('}');
        }
    }

    fn close(&mut self, _map: bool) {
        self.text.push_str("]}}");
    }
}
