//! A record while it is read: annotations and binary annotations, each with the
//! endpoint that made it. Only all of them together tell whose the span is.

use super::super::host::Host;
use spanwise_model::{SpanId, Symbol, TraceId, Value};
use std::ops::Range;

/// A record; its room is used again.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub(super) trace: TraceId,
    pub(super) id: SpanId,
    pub(super) parent: SpanId,
    pub(super) name: Symbol,
    pub(super) start: Option<i64>,
    pub(super) duration: Option<i64>,
    pub(super) notes: Vec<Note>,
    pub(super) tags: Vec<Tag>,
    texts: String,
    bytes: Vec<u8>,
}

/// An annotation.
#[derive(Clone, Debug)]
pub(super) struct Note {
    pub(super) time: Option<i64>,
    pub(super) host: Option<Host>,
    text: Range<usize>,
}

/// A binary annotation.
#[derive(Clone, Debug)]
pub(super) struct Tag {
    pub(super) key: Symbol,
    pub(super) host: Option<Host>,
    value: Held,
}

/// A value; texts and bytes lie in the room of the record.
#[derive(Clone, Debug)]
enum Held {
    Empty,
    Bool(bool),
    Int(i64),
    Double(f64),
    Text(Range<usize>),
    Json(Range<usize>),
    Bytes(Range<usize>),
}

impl Record {
    /// Begins the next record.
    pub(super) fn renew(&mut self) {
        self.notes.clear();
        self.tags.clear();
        self.texts.clear();
        self.bytes.clear();
        *self = Self {
            notes: std::mem::take(&mut self.notes),
            tags: std::mem::take(&mut self.tags),
            texts: std::mem::take(&mut self.texts),
            bytes: std::mem::take(&mut self.bytes),
            ..Self::default()
        };
    }

    /// Takes an annotation.
    pub(super) fn note(&mut self, time: Option<i64>, text: &str, host: Option<Host>) {
        let text = self.keep(text);
        self.notes.push(Note { time, host, text });
    }

    /// Takes a binary annotation.
    pub(super) fn tag(&mut self, key: Symbol, value: Value<'_>, host: Option<Host>) {
        let value = match value {
            Value::Empty => Held::Empty,
            Value::Bool(flag) => Held::Bool(flag),
            Value::Int(number) => Held::Int(number),
            Value::Double(number) => Held::Double(number),
            Value::Str(text) => Held::Text(self.keep(text)),
            Value::Json(text) => Held::Json(self.keep(text)),
            Value::Bytes(bytes) => {
                let start = self.bytes.len();
                self.bytes.extend_from_slice(bytes);
                Held::Bytes(start..self.bytes.len())
            }
        };
        self.tags.push(Tag { key, host, value });
    }

    fn keep(&mut self, text: &str) -> Range<usize> {
        let start = self.texts.len();
        self.texts.push_str(text);
        start..self.texts.len()
    }

    /// The text of an annotation.
    pub(super) fn text(&self, note: &Note) -> &str {
        &self.texts[note.text.clone()]
    }

    /// The value of a binary annotation.
    pub(super) fn value(&self, tag: &Tag) -> Value<'_> {
        match &tag.value {
            Held::Empty => Value::Empty,
            Held::Bool(flag) => Value::Bool(*flag),
            Held::Int(number) => Value::Int(*number),
            Held::Double(number) => Value::Double(*number),
            Held::Text(range) => Value::Str(&self.texts[range.clone()]),
            Held::Json(range) => Value::Json(&self.texts[range.clone()]),
            Held::Bytes(range) => Value::Bytes(&self.bytes[range.clone()]),
        }
    }
}
