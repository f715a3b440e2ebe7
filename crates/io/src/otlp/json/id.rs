//! Ids as JSON spells them: hexadecimal, base64 or words.

use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::Engine;
use spanwise_model::{SpanBatch, SpanId, TraceId};

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_allow_trailing_bits(true)
    .with_decode_padding_mode(DecodePaddingMode::Indifferent);
const PLAIN: GeneralPurpose = GeneralPurpose::new(&STANDARD, LENIENT);
const URL: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, LENIENT);

/// Bytes in base64 of either alphabet, padded or not.
pub(crate) fn base64(text: &str) -> Option<Vec<u8>> {
    PLAIN.decode(text).or_else(|_| URL.decode(text)).ok()
}

/// The number in at most `N` bytes of base64, and whether there were `N`.
fn number<const N: usize>(text: &str) -> Option<(u128, bool)> {
    let bytes = base64(text)?;
    let fits = (1..=N).contains(&bytes.len());
    let fold = |number, &byte: &u8| number << 8 | u128::from(byte);
    fits.then(|| (bytes.iter().fold(0, fold), bytes.len() == N))
}

/// True where a text that is hexadecimal too is rather base64.
fn is_base64(text: &str, exact: usize) -> bool {
    text.ends_with('=') || text.len() == exact
}

/// The trace id of a text, and whether it is regular.
#[inline]
pub(super) fn trace_id(text: &str, batch: &mut SpanBatch) -> (TraceId, bool) {
    match TraceId::from_hex(text.as_bytes()) {
        Some(id) if text.len() == 32 => (id, true),
        hexadecimal => irregular_trace_id(text, hexadecimal, batch),
    }
}

#[cold]
fn irregular_trace_id(
    text: &str,
    hexadecimal: Option<TraceId>,
    batch: &mut SpanBatch,
) -> (TraceId, bool) {
    if text.is_empty() {
        return (TraceId::default(), true);
    }
    match (hexadecimal, number::<16>(text)) {
        (None, Some((id, true))) if is_base64(text, 22) => (TraceId(id), true),
        (Some(id), _) => (id, false),
        (None, Some((id, false))) if text.ends_with('=') => (TraceId(id), false),
        _ => (batch.trace_word(text), false),
    }
}

/// The span id of a text, and whether it is regular.
#[inline]
pub(super) fn span_id(text: &str, batch: &mut SpanBatch) -> (SpanId, bool) {
    match SpanId::from_hex(text.as_bytes()) {
        Some(id) if text.len() == 16 => (id, true),
        hexadecimal => irregular_span_id(text, hexadecimal, batch),
    }
}

#[cold]
fn irregular_span_id(
    text: &str,
    hexadecimal: Option<SpanId>,
    batch: &mut SpanBatch,
) -> (SpanId, bool) {
    if text.is_empty() {
        return (SpanId::default(), true);
    }
    match (hexadecimal, number::<8>(text)) {
        (None, Some((id, true))) if is_base64(text, 11) => (SpanId(id as u64), true),
        (Some(id), _) => (id, false),
        (None, Some((id, false))) if text.ends_with('=') => (SpanId(id as u64), false),
        _ => (batch.span_word(text), false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trace_ids_are_read_in_every_spelling() {
        let mut batch = SpanBatch::default();
        let id = TraceId(0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c);
        for (text, regular) in [
            ("0af7651916cd43dd8448eb211c80319c", true),
            ("0AF7651916CD43DD8448EB211C80319C", true),
            ("af7651916cd43dd8448eb211c80319c", false),
            ("CvdlGRbNQ92ESOshHIAxnA==", true),
            ("CvdlGRbNQ92ESOshHIAxnA", true),
        ] {
            assert_eq!(trace_id(text, &mut batch), (id, regular), "{text}");
        }
        assert!(batch.trace_words.is_empty());
    }

    #[test]
    fn ids_of_the_wrong_length_stay_usable() {
        let mut batch = SpanBatch::default();
        assert_eq!(trace_id("AAAAAAAAAAE=", &mut batch), (TraceId(1), false));
        assert_eq!(span_id("AAAAAAAAAAE=", &mut batch), (SpanId(1), true));
        assert_eq!(span_id("1", &mut batch), (SpanId(1), false));
        let (word, regular) = span_id("req-17", &mut batch);
        assert!(!regular);
        assert_eq!(batch.span_words[&word].as_ref(), "req-17");
        assert_eq!(span_id("", &mut batch), (SpanId(0), true));
    }
}
