//! Ids: decimal numbers, or texts that are one, or hexadecimal of full length.

use crate::json::{Records, Scalar, Walked};
use spanwise_model::{SpanId, TraceId};

/// A trace id that stands here; `None` where there is none.
pub(super) fn trace(records: &mut Records<'_, '_>) -> Walked<Option<TraceId>> {
    let scalar = records.cursor.scalar()?;
    if let Some(number) = number(scalar) {
        return Ok(Some(TraceId(number)));
    }
    let Some(word) = scalar.word() else {
        return Ok(None);
    };
    let (text, open) = records.text(word);
    Ok(Some(open.trace_id(text)))
}

/// A span id that stands here; zero where there is none.
pub(super) fn span(records: &mut Records<'_, '_>) -> Walked<SpanId> {
    let scalar = records.cursor.scalar()?;
    if let Some(number) = number(scalar).and_then(|number| u64::try_from(number).ok()) {
        return Ok(SpanId(number));
    }
    let Some(word) = scalar.word() else {
        return Ok(SpanId::default());
    };
    let (text, open) = records.text(word);
    Ok(open.span_id(text))
}

/// The number that a scalar says. A text of 16 or 32 digits is hexadecimal, as
/// in headers and in links; no tracer writes that in another way.
fn number(scalar: Scalar<'_>) -> Option<u128> {
    match scalar {
        Scalar::Str(raw) if matches!(raw.text.len(), 16 | 32) => {
            TraceId::from_hex(raw.text.as_bytes()).map(|id| id.0)
        }
        scalar => scalar.word()?.text.parse().ok(),
    }
}
