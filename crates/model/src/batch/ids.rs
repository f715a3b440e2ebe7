//! Ids as texts: hexadecimal, or words that are kept for display.

use super::SpanBatch;
use crate::id::{SpanId, TraceId};
use std::borrow::Cow;

impl SpanBatch {
    /// The trace id of this text: hexadecimal, or a word that is kept for
    /// display.
    pub fn trace_id(&mut self, text: &str) -> TraceId {
        TraceId::from_hex(text.as_bytes()).unwrap_or_else(|| self.trace_word(text))
    }

    /// The span id of this text: hexadecimal, or a word that is kept for
    /// display. An empty text is no id.
    pub fn span_id(&mut self, text: &str) -> SpanId {
        if text.is_empty() {
            return SpanId::default();
        }
        SpanId::from_hex(text.as_bytes()).unwrap_or_else(|| self.span_word(text))
    }

    /// A trace id as it is shown: 32 hexadecimal digits, or the word it was.
    #[must_use]
    pub fn trace_text(&self, id: TraceId) -> Cow<'_, str> {
        match self.trace_words.get(&id) {
            Some(word) => Cow::Borrowed(word),
            None => Cow::Owned(id.to_string()),
        }
    }

    /// A span id as it is shown: 16 hexadecimal digits, or the word it was.
    #[must_use]
    pub fn span_text(&self, id: SpanId) -> Cow<'_, str> {
        match self.span_words.get(&id) {
            Some(word) => Cow::Borrowed(word),
            None => Cow::Owned(id.to_string()),
        }
    }

    /// Hands a trace id over as it is shown; no text is made for it.
    pub fn show_trace<R>(&self, id: TraceId, to: impl FnOnce(&str) -> R) -> R {
        match self.trace_words.get(&id) {
            Some(word) => to(word),
            None => id.show(to),
        }
    }

    /// Hands a span id over as it is shown; no text is made for it.
    pub fn show_span<R>(&self, id: SpanId, to: impl FnOnce(&str) -> R) -> R {
        match self.span_words.get(&id) {
            Some(word) => to(word),
            None => id.show(to),
        }
    }

    /// A trace id that is a word, kept for display.
    pub fn trace_word(&mut self, text: &str) -> TraceId {
        let id = TraceId::from_word(text.as_bytes());
        if self.admits_bytes(text.len()) {
            self.trace_words.entry(id).or_insert_with(|| text.into());
        }
        id
    }

    /// A span id that is a word, kept for display.
    pub fn span_word(&mut self, text: &str) -> SpanId {
        let id = SpanId::from_word(text.as_bytes());
        if self.admits_bytes(text.len()) {
            self.span_words.entry(id).or_insert_with(|| text.into());
        }
        id
    }
}
