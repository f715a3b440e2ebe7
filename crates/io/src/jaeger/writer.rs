//! From records to an answer of the query API.

use super::span::{REF_TYPE, UNNAMED_EVENT};
use crate::json::write::{push, push_bytes, push_double, push_micros, push_string};
use rustc_hash::FxHashMap;
use spanwise_model::keyed::KeyedMap;
use spanwise_model::{
    flags, ResourceId, Result, SpanBatch, SpanHead, SpanKind, StatusCode, Symbol, TraceId, Value,
};
use std::io::Write;

/// The largest whole number that every reader of JSON keeps whole.
const SAFE_INTEGER: u64 = (1 << 53) - 1;

/// Writes all records as one line, trace by trace in the order of their first
/// records.
pub(super) fn write(batch: &SpanBatch, out: &mut dyn Write) -> Result<()> {
    out.write_all(b"{\"data\":[")?;
    let mut writer = Writer {
        batch,
        out: String::new(),
        processes: Vec::new(),
        numbers: FxHashMap::default(),
    };
    let records = by_trace(batch);
    let same = |a: &u32, b: &u32| trace_of(batch, *a) == trace_of(batch, *b);
    for (at, trace) in records.chunk_by(same).enumerate() {
        writer.out.push_str(if at > 0 { "," } else { "" });
        writer.trace(trace);
        out.write_all(writer.out.as_bytes())?;
        writer.out.clear();
    }
    out.write_all(b"],\"total\":0,\"limit\":0,\"offset\":0,\"errors\":null}\n")?;
    Ok(())
}

fn trace_of(batch: &SpanBatch, record: u32) -> TraceId {
    batch.trace_ids[record as usize]
}

fn by_trace(batch: &SpanBatch) -> Vec<u32> {
    let mut ranks: KeyedMap<TraceId, u32> = KeyedMap::default();
    let mut records: Vec<u32> = (0..batch.open_record()).collect();
    let rank = |&record: &u32| {
        let next = ranks.len() as u32;
        *ranks.entry(trace_of(batch, record)).or_insert(next)
    };
    records.sort_by_cached_key(rank);
    records
}

struct Writer<'b> {
    batch: &'b SpanBatch,
    out: String,
    /// The resources of the trace, in the order of their numbers.
    processes: Vec<ResourceId>,
    numbers: FxHashMap<ResourceId, usize>,
}

impl Writer<'_> {
    fn trace(&mut self, records: &[u32]) {
        self.processes.clear();
        self.numbers.clear();
        self.out.push_str("{\"traceID\":");
        self.trace_id(trace_of(self.batch, records[0]));
        self.out.push_str(",\"spans\":[");
        for (at, &record) in records.iter().enumerate() {
            self.out.push_str(if at > 0 { "," } else { "" });
            self.span(record);
        }
        self.out.push_str("],\"processes\":{");
        for at in 0..self.processes.len() {
            self.process(at);
        }
        self.out.push_str("},\"warnings\":null}");
    }

    fn process(&mut self, at: usize) {
        let batch = self.batch;
        let resource = self.processes[at];
        let comma = if at > 0 { "," } else { "" };
        push(
            &mut self.out,
            format_args!("{comma}\"p{}\":{{\"serviceName\":", at + 1),
        );
        push_string(
            &mut self.out,
            batch.strings.get(batch.resources.service(resource)),
        );
        self.out.push_str(",\"tags\":[");
        let mut tags = Tags::new(&mut self.out);
        for (key, value) in batch.resources.attributes(resource) {
            tags.push(batch.strings.get(key), value);
        }
        self.out.push_str("]}");
    }

    fn span(&mut self, record: u32) {
        let head = self.batch.head(record);
        self.out.push_str("{\"traceID\":");
        self.trace_id(head.trace_id);
        self.out.push_str(",\"spanID\":");
        self.span_id(head.span_id);
        push(
            &mut self.out,
            format_args!(",\"flags\":{},\"operationName\":", head.flags & 1),
        );
        push_string(&mut self.out, self.batch.strings.get(head.name));
        self.references(record, &head);
        self.times(&head);
        self.tags(record, &head);
        self.logs(record);
        let next = self.processes.len();
        let number = *self.numbers.entry(head.resource).or_insert(next);
        if number == next {
            self.processes.push(head.resource);
        }
        push(
            &mut self.out,
            format_args!(",\"processID\":\"p{}\",\"warnings\":null}}", number + 1),
        );
    }

    fn times(&mut self, head: &SpanHead) {
        if head.flags & flags::MISSING_START == 0 {
            self.out.push_str(",\"startTime\":");
            push_micros(&mut self.out, head.start_unix_nano.into());
        }
        if let Some(end) = head.end_unix_nano {
            self.out.push_str(",\"duration\":");
            push_micros(
                &mut self.out,
                i128::from(end) - i128::from(head.start_unix_nano),
            );
        }
    }

    fn references(&mut self, record: u32, head: &SpanHead) {
        self.out.push_str(",\"references\":[");
        let has_parent = !head.parent_id.is_zero();
        let follows = head.flags & flags::FOLLOWS_FROM != 0;
        if has_parent {
            self.reference(follows, head.trace_id, head.parent_id);
        }
        let links = &self.batch.links;
        let ref_type = self.batch.strings.find(REF_TYPE);
        for (at, row) in self.batch.links_of(record).enumerate() {
            let kind = ref_type.and_then(|key| links.attributes.get(row as u32, key));
            // A CHILD_OF within the trace would take the parent's place.
            let takes_place = links.trace_id[row] == head.trace_id && (follows || !has_parent);
            let child = kind == Some(Value::Str("child_of")) && !takes_place;
            self.out
                .push_str(if has_parent || at > 0 { "," } else { "" });
            self.reference(!child, links.trace_id[row], links.span_id[row]);
        }
        self.out.push(']');
    }

    fn reference(&mut self, follows: bool, trace: TraceId, span: spanwise_model::SpanId) {
        let kind = if follows { "FOLLOWS_FROM" } else { "CHILD_OF" };
        push(
            &mut self.out,
            format_args!("{{\"refType\":\"{kind}\",\"traceID\":"),
        );
        self.trace_id(trace);
        self.out.push_str(",\"spanID\":");
        self.span_id(span);
        self.out.push('}');
    }

    fn tags(&mut self, record: u32, head: &SpanHead) {
        let batch = self.batch;
        let text = |symbol: Symbol| batch.strings.get(symbol);
        let has = |key| {
            let key = batch.strings.find(key);
            key.is_some_and(|key| batch.attribute_value(record, key).is_some())
        };
        self.out.push_str(",\"tags\":[");
        let mut tags = Tags::new(&mut self.out);
        if head.kind != SpanKind::Unspecified {
            tags.push("span.kind", Value::Str(head.kind.name()));
        }
        let (scope, version) = batch.scopes.get(head.scope);
        tags.push_text("otel.scope.name", text(scope));
        tags.push_text("otel.scope.version", text(version));
        match head.status {
            StatusCode::Unset => {}
            StatusCode::Ok => tags.push_text("otel.status_code", "OK"),
            StatusCode::Error => {
                tags.push_text("otel.status_code", "ERROR");
                if !has("error") {
                    tags.push("error", Value::Bool(true));
                }
            }
        }
        if !has("otel.status_description") {
            let message = batch.status_messages.get(record).unwrap_or_default();
            tags.push_text("otel.status_description", message);
        }
        let state = batch.trace_states.get(record).unwrap_or_default();
        tags.push_text("w3c.tracestate", state);
        for (key, value) in batch.named_attributes(record) {
            tags.push(key, value);
        }
        self.out.push(']');
    }

    fn logs(&mut self, record: u32) {
        let batch = self.batch;
        self.out.push_str(",\"logs\":[");
        for (at, row) in batch.events_of(record).enumerate() {
            self.out.push_str(if at > 0 {
                ",{\"timestamp\":"
            } else {
                "{\"timestamp\":"
            });
            push_micros(&mut self.out, batch.events.time_unix_nano[row].into());
            self.out.push_str(",\"fields\":[");
            let mut fields = Tags::new(&mut self.out);
            let name = batch.strings.get(batch.events.name[row]);
            let event = batch.strings.find("event");
            let also =
                event.is_some_and(|key| batch.events.attributes.get(row as u32, key).is_some());
            if name != UNNAMED_EVENT || also {
                fields.push("event", Value::Str(name));
            }
            for (key, value) in batch.events.attributes.named(row as u32, &batch.strings) {
                fields.push(key, value);
            }
            self.out.push_str("]}");
        }
        self.out.push(']');
    }

    fn trace_id(&mut self, id: TraceId) {
        match self.batch.trace_words.get(&id) {
            Some(word) => push_string(&mut self.out, word),
            None => push(&mut self.out, format_args!("\"{id}\"")),
        }
    }

    fn span_id(&mut self, id: spanwise_model::SpanId) {
        match self.batch.span_words.get(&id) {
            Some(word) => push_string(&mut self.out, word),
            None => push(&mut self.out, format_args!("\"{id}\"")),
        }
    }
}

/// Appends tags, with commas between them.
struct Tags<'o> {
    out: &'o mut String,
    first: bool,
}

impl<'o> Tags<'o> {
    fn new(out: &'o mut String) -> Self {
        Self { out, first: true }
    }

    /// A text, unless it is empty.
    fn push_text(&mut self, key: &str, text: &str) {
        if !text.is_empty() {
            self.push(key, Value::Str(text));
        }
    }

    fn push(&mut self, key: &str, value: Value<'_>) {
        let out = &mut *self.out;
        out.push_str(if self.first {
            "{\"key\":"
        } else {
            ",{\"key\":"
        });
        self.first = false;
        push_string(out, key);
        let kind = match value {
            Value::Int(_) => "int64",
            Value::Double(_) => "float64",
            Value::Bool(_) => "bool",
            Value::Bytes(_) => "binary",
            Value::Str(_) | Value::Json(_) | Value::Empty => "string",
        };
        push(out, format_args!(",\"type\":\"{kind}\",\"value\":"));
        match value {
            Value::Str(text) | Value::Json(text) => push_string(out, text),
            Value::Int(n) if n.unsigned_abs() > SAFE_INTEGER => push(out, format_args!("\"{n}\"")),
            Value::Double(n) => push_double(out, n),
            Value::Bytes(bytes) => push_bytes(out, bytes),
            Value::Empty => out.push_str("null"),
            other => push(out, format_args!("{other}")),
        }
        out.push('}');
    }
}
