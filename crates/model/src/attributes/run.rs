//! Rows that follow each other in many owners, spelled once for all of them.

use super::typed::{Tag, Typed};
use super::{values, Value};
use crate::strings::Symbol;

/// Rows of several keys, one behind the other, as attributes hold them
/// ([`crate::SpanBatch::rows_spelled`]).
#[derive(Clone, Debug, Default)]
pub struct SpelledRows {
    keys: Vec<Typed>,
    values: Vec<u8>,
    /// The length of the longest text.
    longest: usize,
}

impl SpelledRows {
    /// Appends a row with a value that is no bytes, which stand apart; `None`
    /// for one that is.
    pub fn push(&mut self, key: Symbol, value: Value<'_>) -> Option<()> {
        let tag = match value {
            Value::Str(_) => Tag::Str,
            Value::Json(_) => Tag::Json,
            Value::Int(_) => Tag::Int,
            Value::Double(_) => Tag::Double,
            Value::Bool(_) => Tag::Bool,
            Value::Empty => Tag::Empty,
            Value::Bytes(_) => return None,
        };
        if let Value::Str(text) | Value::Json(text) = value {
            values::push_text(&mut self.values, text.as_bytes());
            self.longest = self.longest.max(text.len());
        }
        values::push_number(&mut self.values, value);
        self.keys.push(Typed::new(key, tag));
        Some(())
    }

    /// True where there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    pub(super) fn keys(&self) -> &[Typed] {
        &self.keys
    }

    pub(super) fn values(&self) -> &[u8] {
        &self.values
    }

    /// The length of the longest text.
    #[inline]
    pub(crate) fn longest(&self) -> usize {
        self.longest
    }
}
