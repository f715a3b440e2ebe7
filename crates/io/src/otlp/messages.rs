//! From the types of opentelemetry-proto, for programs that hold them already.
//!
//! Files are not read this way: building the messages costs more than reading
//! them.

use super::draft::{Draft, Surroundings};
use crate::json::write::{push, push_bytes, push_double, push_string};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use spanwise_model::{
    Example, Guard, IssueKind, Result, SpanBatch, SpanId, Symbol, TraceId, Value,
};
use std::slice::Iter;

/// Appends the spans of a request to `batch`.
///
/// ```
/// # use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
/// use spanwise_model::SpanBatch;
/// let mut batch = SpanBatch::default();
/// spanwise_io::otlp::from_otlp(&ExportTraceServiceRequest::default(), &mut batch)?;
/// assert!(batch.is_empty());
/// # Ok::<(), spanwise_model::Error>(())
/// ```
///
/// # Errors
///
/// [`spanwise_model::ErrorKind::Limit`] where the batch's guard is exceeded.
pub fn from_otlp(request: &ExportTraceServiceRequest, batch: &mut SpanBatch) -> Result<()> {
    let mut reader = Reader {
        batch,
        text: String::new(),
    };
    request
        .resource_spans
        .iter()
        .try_for_each(|spans| reader.resource_spans(spans))
}

struct Reader<'b> {
    batch: &'b mut SpanBatch,
    /// Room for arrays and maps.
    text: String,
}

impl Reader<'_> {
    fn resource_spans(&mut self, spans: &ResourceSpans) -> Result<()> {
        let mut draft = Draft::default();
        let mut service = Symbol::EMPTY;
        if let Some(resource) = &spans.resource {
            draft.dropped_attributes = resource.dropped_attributes_count.into();
            for attribute in &resource.attributes {
                service = self.resource_attribute(attribute)?.unwrap_or(service);
            }
        }
        let resource = self.batch.resources.close(service);
        if !draft.is_clean() {
            draft.report(self.batch, service, &example("resource"));
        }
        let around = Surroundings {
            resource,
            service,
            ..Surroundings::default()
        };
        let mut scopes = spans.scope_spans.iter();
        scopes.try_for_each(|scope| self.scope_spans(scope, around))
    }

    /// Answers the service where the attribute names it.
    fn resource_attribute(&mut self, attribute: &KeyValue) -> Result<Option<Symbol>> {
        let key = self.batch.strings.intern(&attribute.key);
        let value = value(attribute.value.as_ref(), &self.batch.guard, &mut self.text)?;
        self.batch.resources.push(key, value);
        let names_service = attribute.key == "service.name";
        Ok(names_service.then(|| self.batch.strings.intern(&value.to_text())))
    }

    fn scope_spans(&mut self, spans: &ScopeSpans, mut around: Surroundings) -> Result<()> {
        if let Some(scope) = &spans.scope {
            let name = self.batch.strings.intern(&scope.name);
            let version = self.batch.strings.intern(&scope.version);
            for attribute in &scope.attributes {
                let key = self.batch.strings.intern(&attribute.key);
                let guard = &self.batch.guard;
                let value = value(attribute.value.as_ref(), guard, &mut self.text)?;
                self.batch.scopes.push(key, value);
            }
            around.scope = self.batch.scopes.intern(name, version);
        }
        spans
            .spans
            .iter()
            .try_for_each(|span| self.span(span, &around))
    }

    fn span(&mut self, span: &Span, around: &Surroundings) -> Result<()> {
        let mut draft = Draft::default();
        draft.trace_id = self.trace_id(&span.trace_id, &mut draft);
        draft.span_id = self.span_id(&span.span_id, &mut draft);
        draft.parent_id = self.span_id(&span.parent_span_id, &mut draft);
        draft.name = self.batch.strings.intern(&span.name);
        draft.kind_number(span.kind.into());
        draft.start = draft.time(span.start_time_unix_nano);
        draft.end = draft.time(span.end_time_unix_nano);
        draft.flags = span.flags;
        draft.dropped_attributes = span.dropped_attributes_count.into();
        draft.dropped_events = span.dropped_events_count.into();
        draft.dropped_links = span.dropped_links_count.into();
        self.batch.trace_state(&span.trace_state);
        if let Some(status) = &span.status {
            draft.status_number(status.code.into());
            self.batch.status_message(&status.message);
        }
        for attribute in &span.attributes {
            let value = value(attribute.value.as_ref(), &self.batch.guard, &mut self.text)?;
            self.batch.attribute(&attribute.key, value);
        }
        self.events(span, &mut draft)?;
        self.links(span, &mut draft)?;
        if draft.has_id() {
            return draft.close(self.batch, around);
        }
        self.batch.abandon();
        let service = self.batch.strings.get(around.service);
        let example = example("a span without ids");
        self.batch
            .issues
            .add(IssueKind::MalformedRecord, service, example);
        Ok(())
    }

    fn events(&mut self, span: &Span, draft: &mut Draft) -> Result<()> {
        for event in &span.events {
            for attribute in &event.attributes {
                let value = value(attribute.value.as_ref(), &self.batch.guard, &mut self.text)?;
                self.batch.event_attribute(&attribute.key, value);
            }
            let dropped = u64::from(event.dropped_attributes_count);
            draft.dropped_inside += dropped;
            self.batch.event_dropped(dropped);
            let time = draft.time(event.time_unix_nano);
            self.batch.event(time, &event.name);
        }
        Ok(())
    }

    fn links(&mut self, span: &Span, draft: &mut Draft) -> Result<()> {
        for link in &span.links {
            for attribute in &link.attributes {
                let value = value(attribute.value.as_ref(), &self.batch.guard, &mut self.text)?;
                self.batch.link_attribute(&attribute.key, value);
            }
            let dropped = u64::from(link.dropped_attributes_count);
            draft.dropped_inside += dropped;
            self.batch.link_dropped(dropped);
            self.batch.link_state(&link.trace_state);
            let trace = self.trace_id(&link.trace_id, draft);
            let span = self.span_id(&link.span_id, draft);
            self.batch.link(trace, span);
        }
        Ok(())
    }

    fn trace_id(&mut self, id: &[u8], draft: &mut Draft) -> TraceId {
        super::protobuf::trace_id(id, self.batch, draft)
    }

    fn span_id(&mut self, id: &[u8], draft: &mut Draft) -> SpanId {
        super::protobuf::span_id(id, self.batch, draft)
    }
}

fn example(detail: &str) -> Example {
    Example::File {
        path: String::new(),
        record: None,
        offset: None,
        detail: detail.to_owned(),
    }
}

fn value<'v>(
    value: Option<&'v AnyValue>,
    guard: &Guard,
    text: &'v mut String,
) -> Result<Value<'v>> {
    let value = value.and_then(|value| value.value.as_ref());
    if let Some(any @ (Any::ArrayValue(_) | Any::KvlistValue(_))) = value {
        text.clear();
        nested(any, guard, text)?;
        return Ok(Value::Json(text));
    }
    Ok(value.map_or(Value::Empty, plain))
}

fn plain(value: &Any) -> Value<'_> {
    match value {
        Any::StringValue(text) => Value::Str(text),
        Any::BoolValue(flag) => Value::Bool(*flag),
        Any::IntValue(number) => Value::Int(*number),
        Any::DoubleValue(number) => Value::Double(*number),
        Any::BytesValue(bytes) => Value::Bytes(bytes),
        _ => Value::Empty,
    }
}

/// An array or map that is open.
enum Open<'a> {
    Array(Iter<'a, AnyValue>),
    Map(Iter<'a, KeyValue>),
}

/// Appends values in values as JSON, with a stack of its own.
fn nested(any: &Any, guard: &Guard, out: &mut String) -> Result<()> {
    let mut open = Vec::new();
    begin(any, &mut open, out);
    while let Some(top) = open.last_mut() {
        let (key, item, end) = match top {
            Open::Array(items) => (None, items.next().map(Some), ']'),
            Open::Map(pairs) => {
                let pair = pairs.next();
                let value = pair.map(|pair| pair.value.as_ref());
                (pair.map(|pair| &pair.key), value, '}')
            }
        };
        let Some(item) = item else {
            out.push(end);
            open.pop();
            continue;
        };
        if !out.ends_with(['[', '{']) {
            out.push(',');
        }
        if let Some(key) = key {
            push_string(out, key);
            out.push(':');
        }
        match item.and_then(|item| item.value.as_ref()) {
            Some(any @ (Any::ArrayValue(_) | Any::KvlistValue(_))) => {
                begin(any, &mut open, out);
                guard.check_depth(open.len())?;
            }
            item => scalar(item.map_or(Value::Empty, plain), out),
        }
    }
    Ok(())
}

fn begin<'a>(any: &'a Any, open: &mut Vec<Open<'a>>, out: &mut String) {
    match any {
        Any::ArrayValue(array) => {
            out.push('[');
            open.push(Open::Array(array.values.iter()));
        }
        Any::KvlistValue(map) => {
            out.push('{');
            open.push(Open::Map(map.values.iter()));
        }
        _ => {}
    }
}

fn scalar(value: Value<'_>, out: &mut String) {
    match value {
        Value::Empty => out.push_str("null"),
        Value::Str(text) | Value::Json(text) => push_string(out, text),
        Value::Int(number) => push(out, format_args!("{number}")),
        Value::Bool(flag) => push(out, format_args!("{flag}")),
        Value::Double(number) => push_double(out, number),
        Value::Bytes(bytes) => push_bytes(out, bytes),
    }
}
