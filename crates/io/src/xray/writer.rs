//! From records to documents, one a line.

use super::own::{FLAGS, NAMESPACE, WHOLE};
use crate::json::write::{push, push_bytes, push_double, push_string};
use crate::json::Cursor;
use spanwise_model::batch::Dropped;
use spanwise_model::keyed::KeyedMap;
use spanwise_model::semconv::{field, Field};
use spanwise_model::{
    flags, Result, SpanBatch, SpanHead, SpanId, SpanKind, StatusCode, TraceId, Value,
};
use std::io::Write;

/// Writes all records, a document a line.
pub(super) fn write(batch: &SpanBatch, out: &mut dyn Write) -> Result<()> {
    let mut writer = Writer {
        batch,
        records: by_id(batch),
        out: String::new(),
    };
    for record in 0..batch.open_record() {
        writer.document(record);
        writer.out.push('\n');
        if writer.out.len() > 1 << 16 {
            out.write_all(writer.out.as_bytes())?;
            writer.out.clear();
        }
    }
    out.write_all(writer.out.as_bytes())?;
    Ok(())
}

/// The last record of each id.
fn by_id(batch: &SpanBatch) -> KeyedMap<(TraceId, SpanId), u32> {
    let ids = batch.trace_ids.iter().zip(&batch.placements);
    let ids = ids.map(|(&trace, placement)| (trace, placement.span_id));
    ids.zip(0..).collect()
}

struct Writer<'b> {
    batch: &'b SpanBatch,
    records: KeyedMap<(TraceId, SpanId), u32>,
    out: String,
}

impl Writer<'_> {
    fn document(&mut self, record: u32) {
        let head = self.batch.head(record);
        let is_segment = self.is_segment(&head);
        let known = Known::of(self.batch, record);
        self.out.push_str("{\"trace_id\":");
        self.trace_id(head.trace_id);
        push(&mut self.out, format_args!(",\"id\":\"{}\"", head.span_id));
        if !head.parent_id.is_zero() {
            let parent = head.parent_id;
            push(&mut self.out, format_args!(",\"parent_id\":\"{parent}\""));
        }
        let name = self.name(&head, is_segment, &known);
        self.out.push_str(",\"name\":");
        push_string(&mut self.out, &name);
        if !is_segment {
            self.out.push_str(",\"type\":\"subsegment\"");
            if head.kind == SpanKind::Client {
                self.out.push_str(",\"namespace\":\"remote\"");
            }
        }
        self.times(&head);
        self.failures(&head, &known);
        self.http(&known);
        self.sql(&known);
        self.cause(record);
        self.links(record);
        self.own(record, &head);
        self.out.push('}');
    }

    /// True where a span is a service's part in a request.
    fn is_segment(&self, head: &SpanHead) -> bool {
        let parent = self.records.get(&(head.trace_id, head.parent_id));
        let service = |record: &u32| {
            self.batch
                .resources
                .service(self.batch.head(*record).resource)
        };
        let own = self.batch.resources.service(head.resource);
        matches!(head.kind, SpanKind::Server | SpanKind::Consumer)
            || head.parent_id.is_zero()
            || parent.map(service) != Some(own)
    }

    /// The name in X-Ray's alphabet: of a segment the service's, of a call the
    /// peer's.
    fn name(&self, head: &SpanHead, is_segment: bool, known: &Known<'_>) -> String {
        const MARKS: &str = " _.:/%&#=+\\-@";
        let strings = &self.batch.strings;
        let service = strings.get(self.batch.resources.service(head.resource));
        let name = match (is_segment, known.peer) {
            (true, _) if !service.is_empty() => service,
            (false, Some(peer)) if head.kind == SpanKind::Client => peer,
            _ => strings.get(head.name),
        };
        let legal = |letter: char| {
            if letter.is_alphanumeric() || MARKS.contains(letter) {
                letter
            } else {
                '_'
            }
        };
        let name: String = name.chars().take(200).map(legal).collect();
        if name.is_empty() {
            "unknown".to_owned()
        } else {
            name
        }
    }

    fn times(&mut self, head: &SpanHead) {
        if head.flags & flags::MISSING_START == 0 {
            self.seconds("start_time", head.start_unix_nano);
        }
        match head.end_unix_nano {
            Some(end) => self.seconds("end_time", end),
            None => self.out.push_str(",\"in_progress\":true"),
        }
    }

    fn seconds(&mut self, key: &str, nanos: i64) {
        let sign = if nanos < 0 { "-" } else { "" };
        let (whole, rest) = (
            nanos.unsigned_abs() / 1_000_000_000,
            nanos.unsigned_abs() % 1_000_000_000,
        );
        push(
            &mut self.out,
            format_args!(",\"{key}\":{sign}{whole}.{rest:09}"),
        );
    }

    fn failures(&mut self, head: &SpanHead, known: &Known<'_>) {
        if head.status != StatusCode::Error && head.flags & flags::FORMAT_ERROR == 0 {
            return;
        }
        self.out.push_str(match (known.flags, known.status) {
            (Some(told), _) if told.contains("throttle") => ",\"error\":true,\"throttle\":true",
            (Some(told), _) if told.contains("fault") => ",\"fault\":true",
            (Some(_), _) => ",\"error\":true",
            (None, Some(429)) => ",\"error\":true,\"throttle\":true",
            (None, Some(400..=499)) => ",\"error\":true",
            _ => ",\"fault\":true",
        });
    }

    fn http(&mut self, known: &Known<'_>) {
        let request = [
            ("method", known.method),
            ("url", known.url),
            ("user_agent", known.user_agent),
            ("client_ip", known.client),
        ];
        if known.status.is_none() && request.iter().all(|(_, value)| value.is_none()) {
            return;
        }
        self.out.push_str(",\"http\":{\"request\":");
        self.texts(&request);
        if let Some(status) = known.status {
            push(
                &mut self.out,
                format_args!(",\"response\":{{\"status\":{status}}}"),
            );
        }
        self.out.push('}');
    }

    fn sql(&mut self, known: &Known<'_>) {
        if known.query.is_some() {
            self.out.push_str(",\"sql\":");
            self.texts(&[
                ("sanitized_query", known.query),
                ("database_type", known.database),
            ]);
        }
    }

    /// An object of texts.
    fn texts(&mut self, members: &[(&str, Option<&str>)]) {
        let mut mark = '{';
        for (key, text) in members {
            if let Some(text) = text {
                push(
                    &mut self.out,
                    format_args!("{}\"{key}\":", std::mem::replace(&mut mark, ',')),
                );
                push_string(&mut self.out, text);
            }
        }
        self.out.push_str(if mark == '{' { "{}" } else { "}" });
    }

    fn cause(&mut self, record: u32) {
        let batch = self.batch;
        let named = |row: &usize| batch.strings.get(batch.events.name[*row]) == "exception";
        let rows: Vec<usize> = batch.events_of(record).filter(named).collect();
        if rows.is_empty() {
            return;
        }
        let mut mark = ",\"cause\":{\"working_directory\":\"\",\"exceptions\":[";
        for row in rows {
            let told = batch.events.attributes.named(row as u32, &batch.strings);
            let told: Vec<_> = told
                .filter_map(|(key, value)| Some((key, value.as_str()?)))
                .collect();
            let find = |name: &str| told.iter().find(|(key, _)| *key == name).map(|it| it.1);
            self.out.push_str(std::mem::replace(&mut mark, ","));
            self.texts(&[
                ("type", find("exception.type")),
                ("message", find("exception.message")),
            ]);
        }
        self.out.push_str("]}");
    }

    fn links(&mut self, record: u32) {
        let batch = self.batch;
        let mut mark = ",\"links\":[";
        for row in batch.links_of(record) {
            self.out.push_str(std::mem::replace(&mut mark, ","));
            self.out.push_str("{\"trace_id\":");
            self.trace_id(batch.links.trace_id[row]);
            let span = batch.links.span_id[row];
            push(
                &mut self.out,
                format_args!(",\"id\":\"{span}\",\"attributes\":"),
            );
            self.values(batch.links.attributes.named(row as u32, &batch.strings));
            if let Some(state) = batch.links.trace_states.get(row as u32) {
                self.out.push_str(",\"trace_state\":");
                push_string(&mut self.out, state);
            }
            self.dropped(batch.links.dropped.value(row as u32));
            self.out.push('}');
        }
        self.out.push_str(if mark == "," { "]" } else { "" });
    }

    /// All of the span, for who reads it with spanwise.
    fn own(&mut self, record: u32, head: &SpanHead) {
        let batch = self.batch;
        let text = |symbol| batch.strings.get(symbol);
        let (scope, version) = batch.scopes.get(head.scope);
        push(
            &mut self.out,
            format_args!(
                ",\"metadata\":{{\"{NAMESPACE}\":{{\"{WHOLE}\":true,\"kind\":\"{}\",\"status\":\"{}\",\"flags\":{}",
                head.kind.name(),
                head.status.name(),
                head.flags & FLAGS
            ),
        );
        for (key, text) in [
            ("name", text(head.name)),
            ("service", text(batch.resources.service(head.resource))),
            ("scope", text(scope)),
            ("scope_version", text(version)),
            (
                "message",
                batch.status_messages.get(record).unwrap_or_default(),
            ),
            (
                "trace_state",
                batch.trace_states.get(record).unwrap_or_default(),
            ),
        ] {
            if !text.is_empty() || matches!(key, "name" | "service") {
                push(&mut self.out, format_args!(",\"{key}\":"));
                push_string(&mut self.out, text);
            }
        }
        let dropped = batch.dropped.value(record);
        if dropped != Dropped::default() {
            let counts = [dropped.attributes, dropped.events, dropped.links];
            push(&mut self.out, format_args!(",\"dropped\":{counts:?}"));
        }
        let resource = batch.resources.attributes(head.resource);
        self.out.push_str(",\"resource\":");
        self.values(resource.map(|(key, value)| (batch.strings.get(key), value)));
        self.out.push_str(",\"attributes\":");
        self.values(batch.named_attributes(record));
        self.events(record);
        self.out.push_str("}}");
    }

    fn events(&mut self, record: u32) {
        let batch = self.batch;
        let mut mark = ",\"events\":[";
        for row in batch.events_of(record) {
            self.out.push_str(std::mem::replace(&mut mark, ","));
            let time = batch.events.time_unix_nano[row];
            push(
                &mut self.out,
                format_args!("{{\"unix_nano\":{time},\"name\":"),
            );
            push_string(&mut self.out, batch.strings.get(batch.events.name[row]));
            self.out.push_str(",\"attributes\":");
            self.values(batch.events.attributes.named(row as u32, &batch.strings));
            self.dropped(batch.events.dropped.value(row as u32));
            self.out.push('}');
        }
        self.out.push_str(if mark == "," { "]" } else { "" });
    }

    /// How many attributes of an event or link the source dropped.
    fn dropped(&mut self, attributes: u32) {
        if attributes > 0 {
            push(&mut self.out, format_args!(",\"dropped\":{attributes}"));
        }
    }

    fn values<'v>(&mut self, values: impl Iterator<Item = (&'v str, Value<'v>)>) {
        let mut mark = '{';
        for (key, value) in values {
            self.out.push(std::mem::replace(&mut mark, ','));
            push_string(&mut self.out, key);
            self.out.push(':');
            self.value(value);
        }
        self.out.push_str(if mark == '{' { "{}" } else { "}" });
    }

    fn value(&mut self, value: Value<'_>) {
        match value {
            Value::Empty => self.out.push_str("null"),
            Value::Str(text) => push_string(&mut self.out, text),
            Value::Double(number) => push_double(&mut self.out, number),
            Value::Bytes(bytes) => push_bytes(&mut self.out, bytes),
            Value::Json(text) if is_json(text) => self.out.push_str(text),
            Value::Json(text) => push_string(&mut self.out, text),
            other => push(&mut self.out, format_args!("{other}")),
        }
    }

    fn trace_id(&mut self, id: TraceId) {
        let digits = id.to_string();
        let (time, rest) = digits.split_at(8);
        push(&mut self.out, format_args!("\"1-{time}-{rest}\""));
    }
}

/// True where a text is an array or object of JSON on one line.
fn is_json(text: &str) -> bool {
    let mut cursor = Cursor::new(text, usize::MAX);
    text.starts_with(['{', '['])
        && !text.contains('\n')
        && cursor.skip().is_ok()
        && cursor.is_at_end()
}

/// What X-Ray has fields for, under whatever name a span has it.
#[derive(Default)]
struct Known<'b> {
    status: Option<i64>,
    method: Option<&'b str>,
    url: Option<&'b str>,
    user_agent: Option<&'b str>,
    client: Option<&'b str>,
    query: Option<&'b str>,
    database: Option<&'b str>,
    peer: Option<&'b str>,
    flags: Option<&'b str>,
}

impl<'b> Known<'b> {
    fn of(batch: &'b SpanBatch, record: u32) -> Self {
        let mut known = Self::default();
        for (key, value) in batch.named_attributes(record) {
            let slot = match key {
                "http.request.method" | "http.method" => &mut known.method,
                "url.full" | "http.url" => &mut known.url,
                "user_agent.original" | "http.user_agent" => &mut known.user_agent,
                "client.address" | "http.client_ip" => &mut known.client,
                "db.query.text" | "db.statement" => &mut known.query,
                "aws.xray.flags" => &mut known.flags,
                key => match field(key) {
                    Some((Field::DbSystem, _)) => &mut known.database,
                    Some((Field::PeerService, _)) => &mut known.peer,
                    Some((Field::HttpStatus, _)) => {
                        known.status = known.status.or(value.as_int());
                        continue;
                    }
                    _ => continue,
                },
            };
            *slot = slot.or(value.as_str());
        }
        known.status = known.status.filter(|status| (100..600).contains(status));
        known
    }
}
