//! Ids as the wire holds them: bytes, mostly of the right length.

use crate::flaws::Flaw;
use crate::otlp::draft::Draft;
use spanwise_model::{SpanBatch, SpanId, TraceId, Value};

/// The trace id of these bytes.
#[inline]
pub(in crate::otlp) fn trace_id(id: &[u8], batch: &mut SpanBatch, draft: &mut Draft) -> TraceId {
    if let Ok(id) = id.try_into() {
        return TraceId(u128::from_be_bytes(id));
    }
    draft.flaw(Flaw::IrregularId);
    match padded(id) {
        Some(id) => TraceId(u128::from_be_bytes(id)),
        None => batch.trace_word(&hex(id)),
    }
}

/// The span id of these bytes; none where there are none.
#[inline]
pub(in crate::otlp) fn span_id(id: &[u8], batch: &mut SpanBatch, draft: &mut Draft) -> SpanId {
    if let Ok(id) = id.try_into() {
        return SpanId(u64::from_be_bytes(id));
    }
    if id.is_empty() {
        return SpanId::default();
    }
    draft.flaw(Flaw::IrregularId);
    match padded(id) {
        Some(id) => SpanId(u64::from_be_bytes(id)),
        None => batch.span_word(&hex(id)),
    }
}

/// A short id with zeros before it.
fn padded<const N: usize>(id: &[u8]) -> Option<[u8; N]> {
    let mut padded = [0; N];
    let from = N.checked_sub(id.len())?;
    padded[from..].copy_from_slice(id);
    Some(padded)
}

fn hex(bytes: &[u8]) -> String {
    Value::Bytes(bytes).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_the_wrong_length_stay_usable() {
        let (mut batch, mut draft) = (SpanBatch::default(), Draft::default());
        assert_eq!(span_id(&[1, 2], &mut batch, &mut draft), SpanId(0x102));
        assert!(!draft.is_clean());
        assert_eq!(
            trace_id(&[7; 8], &mut batch, &mut draft),
            TraceId(0x0707_0707_0707_0707)
        );
        let long = span_id(&[9; 16], &mut batch, &mut draft);
        assert_eq!(batch.span_words[&long].as_ref(), "09".repeat(16));
    }
}
