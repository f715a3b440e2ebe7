//! The writer: each ExportTraceServiceRequest behind its length in four bytes,
//! as the collector's file exporter writes.

use crate::json::nested::{self, Sink};
use crate::otlp::groups::{resource_attributes, Groups};
use spanwise_model::{flags, ResourceId, Result, ScopeId, SpanBatch, StatusCode, Value};
use std::io::Write;

/// Writes all records.
pub(super) fn write(batch: &SpanBatch, out: &mut dyn Write) -> Result<()> {
    let groups = Groups::new(batch);
    let mut message = Message::default();
    for records in groups.requests() {
        message.0.clear();
        request(&mut message, batch, &groups, records);
        let length = u32::try_from(message.0.len())
            .map_err(|_| spanwise_model::Guard::exceeded("request bytes", u32::MAX))?;
        out.write_all(&length.to_be_bytes())?;
        out.write_all(&message.0)?;
    }
    Ok(())
}

/// A message that is being written.
#[derive(Default)]
struct Message(Vec<u8>);

impl Message {
    fn varint(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    fn tag(&mut self, number: u32, wire_type: u32) {
        self.varint(u64::from(number << 3 | wire_type));
    }

    fn bytes(&mut self, number: u32, bytes: &[u8]) {
        self.tag(number, 2);
        self.varint(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    /// A text, or nothing where it is empty.
    fn text(&mut self, number: u32, text: &str) {
        if !text.is_empty() {
            self.bytes(number, text.as_bytes());
        }
    }

    /// A number, or nothing where it is zero.
    fn number(&mut self, number: u32, value: u64) {
        if value != 0 {
            self.tag(number, 0);
            self.varint(value);
        }
    }

    fn fixed64(&mut self, number: u32, value: u64) {
        self.tag(number, 1);
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    /// A time; one before the epoch cannot be said.
    fn time(&mut self, number: u32, nanos: i64) {
        self.fixed64(number, nanos.max(0) as u64);
    }

    /// A message in this one, whose length is put before it afterwards.
    fn message(&mut self, number: u32, write: impl FnOnce(&mut Self)) {
        self.tag(number, 2);
        let from = self.0.len();
        write(self);
        let length = self.0.len() - from;
        self.varint(length as u64);
        self.0[from..].rotate_left(length);
    }
}

fn request(message: &mut Message, batch: &SpanBatch, groups: &Groups<'_>, records: &[u32]) {
    for (resource, records) in groups.by_resource(records) {
        message.message(1, |message| {
            message.message(1, |message| resource_fields(message, batch, resource));
            for (scope, records) in groups.by_scope(records) {
                message.message(2, |message| {
                    message.message(1, |message| scope_fields(message, batch, scope));
                    for &record in records {
                        message.message(2, |message| span_fields(message, batch, record));
                    }
                });
            }
        });
    }
}

fn resource_fields(message: &mut Message, batch: &SpanBatch, id: ResourceId) {
    for (key, value) in resource_attributes(batch, id) {
        attribute(message, 1, key, value);
    }
}

fn scope_fields(message: &mut Message, batch: &SpanBatch, id: ScopeId) {
    let (name, version) = batch.scopes.get(id);
    message.text(1, batch.strings.get(name));
    message.text(2, batch.strings.get(version));
    for (key, value) in batch.scopes.attributes(id) {
        attribute(message, 3, batch.strings.get(key), value);
    }
}

fn span_fields(message: &mut Message, batch: &SpanBatch, record: u32) {
    let head = batch.head(record);
    message.bytes(1, &head.trace_id.0.to_be_bytes());
    message.bytes(2, &head.span_id.0.to_be_bytes());
    message.text(3, batch.trace_states.get(record).unwrap_or_default());
    if !head.parent_id.is_zero() {
        message.bytes(4, &head.parent_id.0.to_be_bytes());
    }
    message.text(5, batch.strings.get(head.name));
    message.number(6, head.kind as u64);
    if head.flags & flags::MISSING_START == 0 {
        message.time(7, head.start_unix_nano);
    }
    if let Some(end) = head.end_unix_nano {
        message.time(8, end);
    }
    for (key, value) in batch.named_attributes(record) {
        attribute(message, 9, key, value);
    }
    let dropped = batch.dropped.value(record);
    message.number(10, dropped.attributes.into());
    for row in batch.events_of(record) {
        message.message(11, |message| event_fields(message, batch, row));
    }
    message.number(12, dropped.events.into());
    for row in batch.links_of(record) {
        message.message(13, |message| link_fields(message, batch, row));
    }
    message.number(14, dropped.links.into());
    status(message, head.status, batch.status_messages.get(record));
    if head.flags & flags::OTLP != 0 {
        message.tag(16, 5);
        let bits = head.flags & flags::OTLP;
        message.0.extend_from_slice(&bits.to_le_bytes());
    }
}

fn event_fields(message: &mut Message, batch: &SpanBatch, row: usize) {
    message.time(1, batch.events.time_unix_nano[row]);
    message.text(2, batch.strings.get(batch.events.name[row]));
    let attributes = &batch.events.attributes;
    for (key, value) in attributes.named(row as u32, &batch.strings) {
        attribute(message, 3, key, value);
    }
    message.number(4, batch.events.dropped.value(row as u32).into());
}

fn link_fields(message: &mut Message, batch: &SpanBatch, row: usize) {
    message.bytes(1, &batch.links.trace_id[row].0.to_be_bytes());
    message.bytes(2, &batch.links.span_id[row].0.to_be_bytes());
    let state = batch.links.trace_states.get(row as u32);
    message.text(3, state.unwrap_or_default());
    let attributes = &batch.links.attributes;
    for (key, value) in attributes.named(row as u32, &batch.strings) {
        attribute(message, 4, key, value);
    }
    message.number(5, batch.links.dropped.value(row as u32).into());
}

fn status(message: &mut Message, code: StatusCode, text: Option<&str>) {
    if code == StatusCode::Unset && text.is_none() {
        return;
    }
    message.message(15, |message| {
        message.text(2, text.unwrap_or_default());
        message.number(3, code as u64);
    });
}

fn attribute(message: &mut Message, number: u32, key: &str, value: Value<'_>) {
    message.message(number, |message| {
        message.text(1, key);
        message.message(2, |message| any_value(message, value));
    });
}

fn any_value(message: &mut Message, value: Value<'_>) {
    let Value::Json(json) = value else {
        return plain(message, value);
    };
    let mut parts = Parts {
        open: vec![Message::default()],
        keys: Vec::new(),
    };
    match nested::walk(json, &mut parts) {
        Ok(()) => message.0.extend_from_slice(&parts.open[0].0),
        Err(_) => plain(message, Value::Str(json)),
    }
}

fn plain(message: &mut Message, value: Value<'_>) {
    match value {
        Value::Empty => {}
        Value::Str(text) | Value::Json(text) => message.bytes(1, text.as_bytes()),
        Value::Bool(flag) => {
            message.tag(2, 0);
            message.varint(u64::from(flag));
        }
        Value::Int(number) => {
            message.tag(3, 0);
            message.varint(number as u64);
        }
        Value::Double(number) => message.fixed64(4, number.to_bits()),
        Value::Bytes(bytes) => message.bytes(7, bytes),
    }
}

/// Takes the parts of a value: a stack of messages, the lowest of which is the
/// value itself.
struct Parts {
    open: Vec<Message>,
    keys: Vec<Option<String>>,
}

impl Parts {
    fn top(&mut self) -> &mut Message {
        if self.open.is_empty() {
            self.open.push(Message::default());
        }
        let last = self.open.len() - 1;
        &mut self.open[last]
    }
}

impl Sink for Parts {
    fn open(&mut self, _map: bool) {
        self.open.push(Message::default());
    }

    fn item(&mut self, _first: bool, key: Option<&str>) {
        self.keys.push(key.map(str::to_owned));
        self.open.push(Message::default());
    }

    fn plain(&mut self, value: Value<'_>) {
        plain(self.top(), value);
    }

    fn end_item(&mut self, _map: bool) {
        let value = self.open.pop().unwrap_or_default();
        match self.keys.pop().flatten() {
            Some(key) => self.top().message(1, |message| {
                message.text(1, &key);
                message.bytes(2, &value.0);
            }),
            None => self.top().bytes(1, &value.0),
        }
    }

    fn close(&mut self, map: bool) {
        let list = self.open.pop().unwrap_or_default();
        self.top().bytes(if map { 6 } else { 5 }, &list.0);
    }
}
