//! Ids of spans: numbers, or words beside them.

use super::columns::next_text;
use super::leaf::Leaf;
use super::leaves::{Leaves, OPTIONAL, REQUIRED};
use super::physical::{Id, Text};
use super::Short;
use crate::json::Open;
use spanwise_model::{SpanId, TraceId};

/// The ids of a span: of its trace, its own, and that of its parent.
pub(super) struct Ids<'f> {
    trace: Leaf<'f, Id<16>>,
    span: Leaf<'f, Id<8>>,
    parent: Leaf<'f, Id<8>>,
    words: [Option<Leaf<'f, Text>>; 3],
}

impl<'f> Ids<'f> {
    pub(super) fn of(leaves: &mut Leaves<'f>) -> Option<Self> {
        Some(Self {
            trace: leaves.leaf(REQUIRED)?,
            span: leaves.leaf(REQUIRED)?,
            parent: leaves.leaf(OPTIONAL)?,
            words: [
                leaves.seldom(OPTIONAL)?,
                leaves.seldom(OPTIONAL)?,
                leaves.seldom(OPTIONAL)?,
            ],
        })
    }

    /// The trace of the next row.
    #[inline]
    pub(super) fn trace(&mut self, open: &mut Open<'_>) -> Result<TraceId, Short> {
        let number = self.trace.value().ok_or(Short)?.value;
        Ok(match next_text(&mut self.words[0])? {
            Some(word) => trace_word(word, open),
            None => TraceId(u128::from_be_bytes(number)),
        })
    }

    /// The span of the next row, and its parent.
    #[inline]
    pub(super) fn spans(&mut self, open: &mut Open<'_>) -> Result<(SpanId, SpanId), Short> {
        let [_, span, parent] = &mut self.words;
        let own = self.span.value().ok_or(Short)?.value;
        let own = match next_text(span)? {
            Some(word) => span_word(word, open),
            None => SpanId(u64::from_be_bytes(own)),
        };
        let number = self.parent.entry().ok_or(Short)?;
        let parent = match (next_text(parent)?, number) {
            (Some(word), _) => span_word(word, open),
            (None, Some(cell)) => SpanId(u64::from_be_bytes(cell.value)),
            (None, None) => SpanId::default(),
        };
        Ok((own, parent))
    }
}

/// The id of a trace that is a word.
pub(super) fn trace_word(word: &[u8], open: &mut Open<'_>) -> TraceId {
    let word = open.text(word);
    open.batch.trace_word(&word)
}

/// The id of a span that is a word.
pub(super) fn span_word(word: &[u8], open: &mut Open<'_>) -> SpanId {
    let word = open.text(word);
    open.batch.span_word(&word)
}
