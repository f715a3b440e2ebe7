//! A hash of everything a record says, by which equal records are known and
//! conflicting ones are ordered.
//!
//! It is made of texts and numbers, never of symbols or rows, so it is the same
//! in every run; attributes count as a set, because exporters reorder them. The
//! trace does not count: records are compared within one.

use spanwise_model::attributes::Attributes;
use spanwise_model::id::{avalanche, hash_words};
use spanwise_model::{SpanBatch, Strings, TraceId, Value};

/// The hash of a record.
pub(super) fn hash(batch: &SpanBatch, record: u32) -> u64 {
    let head = batch.head_in(TraceId::default(), record);
    let strings = &batch.strings;
    let resource = set(batch
        .resources
        .attributes(head.resource)
        .map(|(key, value)| pair(strings.get(key), value)));
    let (scope, version) = batch.scopes.get(head.scope);
    let mut hash = Mixer(0);
    hash.number(head.parent_id.0);
    hash.number(head.start_unix_nano as u64);
    hash.number(head.end_unix_nano.map_or(0, |end| end as u64));
    hash.number(u64::from(head.flags));
    hash.number(head.kind as u64 | (head.status as u64) << 8);
    hash.text(strings.get(head.name));
    hash.text(strings.get(batch.resources.service(head.resource)));
    hash.text(strings.get(scope));
    hash.text(strings.get(version));
    let mut of_scope = batch.scopes.attributes(head.scope).peekable();
    if of_scope.peek().is_some() {
        hash.number(set(
            of_scope.map(|(key, value)| pair(strings.get(key), value))
        ));
    }
    hash.text(batch.status_messages.get(record).unwrap_or_default());
    hash.text(batch.trace_states.get(record).unwrap_or_default());
    hash.number(resource);
    let dropped = batch.dropped.value(record);
    for count in [dropped.attributes, dropped.events, dropped.links] {
        hash.number(count.into());
    }
    let attributes = batch.named_attributes(record);
    hash.number(set(attributes.map(|(key, value)| pair(key, value))));
    for row in batch.events_of(record) {
        hash.number(batch.events.time_unix_nano[row] as u64);
        hash.text(strings.get(batch.events.name[row]));
        hash.number(owner(&batch.events.attributes, row as u32, strings));
        hash.number(batch.events.dropped.value(row as u32).into());
    }
    for row in batch.links_of(record) {
        hash.number(batch.links.trace_id[row].0 as u64);
        hash.number((batch.links.trace_id[row].0 >> 64) as u64);
        hash.number(batch.links.span_id[row].0);
        hash.number(owner(&batch.links.attributes, row as u32, strings));
        let state = batch.links.trace_states.get(row as u32);
        hash.text(state.unwrap_or_default());
        hash.number(batch.links.dropped.value(row as u32).into());
    }
    hash.0
}

struct Mixer(u64);

impl Mixer {
    fn number(&mut self, number: u64) {
        self.0 = avalanche(self.0.rotate_left(5) ^ avalanche(number.wrapping_add(1)));
    }

    fn typed(&mut self, kind: u64, number: u64) {
        self.number(kind);
        self.number(number);
    }

    fn text(&mut self, text: &str) {
        self.number(hash_words(text.as_bytes()) as u64);
    }
}

fn owner(attributes: &Attributes, owner: u32, strings: &Strings) -> u64 {
    set(attributes
        .of(owner)
        .map(|(key, value)| pair(strings.get(key), value)))
}

fn set(hashes: impl Iterator<Item = u64>) -> u64 {
    hashes.fold(0, u64::wrapping_add)
}

fn pair(key: &str, value: Value<'_>) -> u64 {
    let mut hash = Mixer(0);
    hash.text(key);
    match value {
        Value::Str(text) | Value::Json(text) => hash.text(text),
        Value::Bytes(bytes) => hash.number(hash_words(bytes) as u64),
        Value::Int(n) => hash.typed(1, n as u64),
        Value::Double(n) => hash.typed(2, n.to_bits()),
        Value::Bool(flag) => hash.typed(3, u64::from(flag)),
        Value::Empty => hash.typed(4, 0),
    }
    hash.0
}
