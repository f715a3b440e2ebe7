//! What readers say of the open record.

use super::{Dropped, SpanBatch};
use crate::attributes::{Spelled, SpelledRows, Value};
use crate::evidence::EvidenceId;
use crate::id::{SpanId, TraceId};
use crate::keep::KeyUse;
use crate::strings::Symbol;

impl SpanBatch {
    /// True where values of this key need to be read.
    #[inline]
    pub fn keeps(&mut self, key: Symbol) -> bool {
        self.keep.of(key, &self.strings).is_read()
    }

    /// What becomes of the attributes of a key.
    #[inline]
    pub fn key_use(&mut self, key: Symbol) -> KeyUse {
        self.keep.of(key, &self.strings)
    }

    /// Adds what another record's attributes say that analyses read to the open
    /// record, which has no attribute yet. Rows that are kept are added one by
    /// one ([`SpanBatch::row`]).
    #[inline]
    pub fn add_evidence(&mut self, evidence: EvidenceId) {
        self.evidence.add(evidence);
    }

    /// Drops the attributes that the open record has so far.
    pub fn abandon_attributes(&mut self) {
        self.refused = 0;
        self.attributes.abandon();
        self.evidence.abandon();
    }

    /// Adds a row that is kept to the open record, beside evidence that
    /// [`SpanBatch::add_evidence`] adds.
    #[inline]
    pub fn row(&mut self, key: Symbol, value: Value<'_>) {
        if self.admits(value) {
            self.attributes.push(key, value);
        }
    }

    /// The same for a text that should be UTF-8; see [`SpanBatch::settle`].
    #[inline]
    pub fn row_of_bytes(&mut self, key: Symbol, text: &[u8]) {
        if self.admits_bytes(text.len()) {
            self.attributes.push_bytes_of_text(key, text);
        }
    }

    /// The same for one of values that were spelled before.
    #[inline(always)]
    pub fn row_spelled(&mut self, values: &Spelled, nth: usize) {
        let is_admitted =
            values.longest() <= self.guard.text_bytes || self.admits_bytes(values.text_bytes(nth));
        if is_admitted {
            self.attributes.push_spelled(values, nth);
        }
    }

    /// The same for rows that were spelled before: all of them, or none where
    /// the guard refuses a text.
    #[inline]
    pub fn rows_spelled(&mut self, rows: &SpelledRows) {
        if self.admits_bytes(rows.longest()) {
            self.attributes.push_rows(rows);
        }
    }

    /// Adds what an attribute of the open record says that analyses read; its
    /// row is added by [`SpanBatch::row`] where it is kept.
    pub fn evidence_of(&mut self, key: Symbol, value: Value<'_>) {
        if self.key_use(key).is_evidence() && self.admits(value) {
            self.evidence.push(key, value);
        }
    }

    /// The same for a text that should be UTF-8; see [`SpanBatch::settle`].
    pub fn evidence_of_bytes(&mut self, key: Symbol, text: &[u8]) {
        if self.key_use(key).is_evidence() && self.admits_bytes(text.len()) {
            self.evidence.push_bytes_of_text(key, text);
        }
    }

    /// Notes that the open record has this key, whose value need not be read
    /// where the answer is no.
    #[inline]
    pub fn note_key(&mut self, key: Symbol) -> bool {
        let key_use = self.keep.of(key, &self.strings);
        self.evidence.note(key_use.families());
        key_use.is_read()
    }

    /// Adds an attribute to the open record.
    #[inline]
    pub fn attribute(&mut self, key: &str, value: Value<'_>) {
        let symbol = self.strings.intern(key);
        self.attribute_of(symbol, value);
    }

    /// Adds an attribute under a key that is held to the open record.
    #[inline]
    pub fn attribute_of(&mut self, key: Symbol, value: Value<'_>) {
        let key_use = self.keep.of(key, &self.strings);
        self.evidence.note(key_use.families());
        if !key_use.is_read() || !self.admits(value) || self.passing.open {
            return;
        }
        if key_use.is_evidence() {
            self.evidence.push(key, value);
        }
        if key_use.is_kept() {
            self.attributes.push(key, value);
        }
    }

    /// Adds an attribute with a text that should be UTF-8, but that nobody has
    /// looked at, to the open record; see [`SpanBatch::settle`].
    #[inline]
    pub fn attribute_of_bytes(&mut self, key: Symbol, text: &[u8]) {
        let key_use = self.keep.of(key, &self.strings);
        self.evidence.note(key_use.families());
        if !key_use.is_read() || !self.admits_bytes(text.len()) {
            return;
        }
        if self.passing.open {
            self.passing.bad_text |= std::str::from_utf8(text).is_err();
            return;
        }
        if key_use.is_evidence() {
            self.evidence.push_bytes_of_text(key, text);
        }
        if key_use.is_kept() {
            self.attributes.push_bytes_of_text(key, text);
        }
    }

    /// Checks the texts of the open record that came as bytes. Answers whether
    /// all was UTF-8; what was not is replaced by U+FFFD.
    #[inline]
    pub fn settle(&mut self) -> bool {
        let evidence = self.evidence.settle();
        let passed_over = !std::mem::take(&mut self.passing.bad_text);
        self.attributes.settle() && evidence && passed_over
    }

    #[inline]
    fn admits(&mut self, value: Value<'_>) -> bool {
        let bytes = match value {
            Value::Str(text) | Value::Json(text) => text.len(),
            Value::Bytes(bytes) => bytes.len(),
            _ => return true,
        };
        self.admits_bytes(bytes)
    }

    #[inline]
    pub(super) fn admits_bytes(&mut self, bytes: usize) -> bool {
        let admitted = bytes <= self.guard.text_bytes;
        if !admitted {
            self.refused = self.refused.max(bytes);
        }
        admitted
    }

    /// Adds an attribute to the event that is open.
    pub fn event_attribute(&mut self, key: &str, value: Value<'_>) {
        let symbol = self.strings.intern(key);
        self.event_attribute_of(symbol, value);
    }

    /// Adds an attribute under a key that is held to the event that is open.
    pub fn event_attribute_of(&mut self, key: Symbol, value: Value<'_>) {
        let is_read = self.keep.of(key, &self.strings).is_read() && self.admits(value);
        if is_read && !self.passing.open {
            self.events.attributes.push(key, value);
        }
    }

    /// Closes the open event of the open record.
    pub fn event(&mut self, time_unix_nano: i64, name: &str) {
        let name = self.strings.intern(name);
        self.event_of(time_unix_nano, name);
    }

    /// Closes the open event of the open record under a name that is held.
    pub fn event_of(&mut self, time_unix_nano: i64, name: Symbol) {
        if self.events.attributes.close().is_some() {
            self.events.record.push(self.len() as u32);
            self.events.time_unix_nano.push(time_unix_nano);
            self.events.name.push(name);
        }
    }

    /// Adds an attribute to the link that is open.
    pub fn link_attribute(&mut self, key: &str, value: Value<'_>) {
        let symbol = self.strings.intern(key);
        self.link_attribute_of(symbol, value);
    }

    /// Adds an attribute under a key that is held to the link that is open.
    pub fn link_attribute_of(&mut self, key: Symbol, value: Value<'_>) {
        let is_read = self.keep.of(key, &self.strings).is_read() && self.admits(value);
        if is_read && !self.passing.open {
            self.links.attributes.push(key, value);
        }
    }

    /// Says how many attributes the source dropped of the event that is open.
    pub fn event_dropped(&mut self, attributes: u64) {
        let row = self.events.record.len() as u32;
        self.events.dropped.set_value(row, saturated(attributes));
    }

    /// Sets the trace state of the link that is open; an empty text is none.
    pub fn link_state(&mut self, text: &str) {
        let row = self.links.record.len() as u32;
        self.links.trace_states.set_text(row, text);
    }

    /// Says how many attributes the source dropped of the link that is open.
    pub fn link_dropped(&mut self, attributes: u64) {
        let row = self.links.record.len() as u32;
        self.links.dropped.set_value(row, saturated(attributes));
    }

    /// Closes the open link of the open record.
    pub fn link(&mut self, trace_id: TraceId, span_id: SpanId) {
        if self.links.attributes.close().is_some() {
            self.links.record.push(self.len() as u32);
            self.links.trace_id.push(trace_id);
            self.links.span_id.push(span_id);
        }
    }

    /// Sets the text of the open record's status; an empty text is none.
    pub fn status_message(&mut self, text: &str) {
        self.status_messages.set_text(self.open_record(), text);
    }

    /// Sets the trace state of the open record; an empty text is none.
    pub fn trace_state(&mut self, text: &str) {
        self.trace_states.set_text(self.open_record(), text);
    }

    /// Says what the source dropped of the open record.
    pub fn note_dropped(&mut self, dropped: Dropped) {
        self.dropped.set_value(self.open_record(), dropped);
    }
}

/// A count of OTLP, which has 32 bits.
fn saturated(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
