//! Ids in cells: hexadecimal, words, or bytes.

use crate::flaws::Flaw;
use crate::json::Open;
use spanwise_model::{SpanId, TraceId, Value};

impl Open<'_> {
    /// The trace id that a value says; zero where there is none.
    pub(crate) fn trace_id_of(&mut self, value: Value<'_>) -> TraceId {
        match value {
            Value::Empty => TraceId::default(),
            Value::Str(text) => self.trace_id(text),
            Value::Bytes(bytes) => match digits(bytes, 16) {
                Some(text) => self.trace_id(text),
                None => TraceId(self.number(bytes, 16)),
            },
            Value::Int(number) => TraceId(u128::from(number as u64)),
            other => self.trace_id(&other.to_text()),
        }
    }

    /// The span id that a value says; zero where there is none.
    pub(crate) fn span_id_of(&mut self, value: Value<'_>) -> SpanId {
        match value {
            Value::Empty => SpanId::default(),
            Value::Str(text) => self.span_id(text),
            Value::Bytes(bytes) => match digits(bytes, 8) {
                Some(text) => self.span_id(text),
                None => SpanId(self.number(bytes, 8) as u64),
            },
            Value::Int(number) => SpanId(number as u64),
            other => self.span_id(&other.to_text()),
        }
    }

    /// The number in big-endian bytes, of which there should be so many.
    fn number(&mut self, bytes: &[u8], length: usize) -> u128 {
        if !bytes.is_empty() && bytes.len() != length {
            self.flaw(Flaw::IrregularId);
        }
        let fold = |number: u128, &byte: &u8| number << 8 | u128::from(byte);
        bytes.iter().fold(0, fold)
    }
}

/// Bytes that are rather the digits of an id than the id itself, of which there
/// should be so many.
fn digits(bytes: &[u8], length: usize) -> Option<&str> {
    let digits = bytes.len() > length && bytes.iter().all(u8::is_ascii_hexdigit);
    std::str::from_utf8(bytes).ok().filter(|_| digits)
}
