//! Links of spans to other spans.

use super::columns::{next_count, next_text};
use super::ids::{span_word, trace_word};
use super::leaf::Leaf;
use super::leaves::{Leaves, OPTIONAL_PART, PART};
use super::lengths::Lengths;
use super::physical::{Count, Id, Text};
use super::shared::members;
use super::Short;
use crate::json::Open;
use crate::parquet::file::Stop;
use spanwise_model::{SpanId, TraceId};

/// Links, a list in each row; nothing inside where no row has any.
pub(super) struct Links<'f>(Option<Parts<'f>>);

struct Parts<'f> {
    lengths: Lengths<'f>,
    trace: Leaf<'f, Id<16>>,
    span: Leaf<'f, Id<8>>,
    words: [Option<Leaf<'f, Text>>; 2],
    attributes: Leaf<'f, Text>,
    state: Option<Leaf<'f, Text>>,
    dropped: Option<Leaf<'f, Count>>,
}

impl<'f> Links<'f> {
    pub(super) fn of(leaves: &mut Leaves<'f>) -> Option<Self> {
        let traces = leaves.pages::<Id<16>>(PART)?;
        let lengths = leaves.lengths(traces)?;
        let parts = Parts {
            trace: Leaf::new(traces),
            span: leaves.leaf(PART)?,
            words: [leaves.seldom(OPTIONAL_PART)?, leaves.seldom(OPTIONAL_PART)?],
            attributes: leaves.leaf(PART)?,
            state: leaves.seldom(OPTIONAL_PART)?,
            dropped: leaves.counts(PART)?,
            lengths,
        };
        Some(Self((!parts.lengths.is_over()).then_some(parts)))
    }

    /// Adds those of the next row.
    #[inline]
    pub(super) fn next(&mut self, open: &mut Open<'_>) -> Result<(), Stop> {
        let Some(parts) = &mut self.0 else {
            return Ok(());
        };
        let length = parts.lengths.next().ok_or(Short)?;
        (0..length).try_for_each(|_| parts.next(open))
    }
}

impl Parts<'_> {
    fn next(&mut self, open: &mut Open<'_>) -> Result<(), Stop> {
        let attributes = self.attributes.value().ok_or(Short)?;
        members(attributes, open, |open, key, value| {
            open.batch.link_attribute_of(key, value);
        })?;
        if let Some(state) = next_text(&mut self.state)? {
            open.batch.guard.check_text(state.len())?;
            let state = open.text(state);
            open.batch.link_state(&state);
        }
        let dropped = next_count(&mut self.dropped)?;
        open.batch.link_dropped(dropped.into());
        let (trace, span) = self.ids(open)?;
        open.batch.link(trace, span);
        Ok(())
    }

    fn ids(&mut self, open: &mut Open<'_>) -> Result<(TraceId, SpanId), Short> {
        let [trace_words, span_words] = &mut self.words;
        let trace = self.trace.value().ok_or(Short)?.value;
        let trace = match next_text(trace_words)? {
            Some(word) => trace_word(word, open),
            None => TraceId(u128::from_be_bytes(trace)),
        };
        let span = self.span.value().ok_or(Short)?.value;
        Ok(match next_text(span_words)? {
            Some(word) => (trace, span_word(word, open)),
            None => (trace, SpanId(u64::from_be_bytes(span))),
        })
    }
}
