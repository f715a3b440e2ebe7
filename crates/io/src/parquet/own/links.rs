//! Links of spans to other spans.

use super::columns::{next_count, next_text};
use super::ids::{span_word, trace_word};
use super::leaf::Leaf;
use super::leaves::{Leaves, OPTIONAL_PART, PART};
use super::list::{List, Parts};
use super::physical::{Count, Id, Text};
use super::shared::members;
use super::Short;
use crate::json::Open;
use crate::parquet::file::Stop;
use spanwise_model::{SpanId, TraceId};

/// The columns of links.
pub(super) struct Links<'f> {
    trace: Leaf<'f, Id<16>>,
    span: Leaf<'f, Id<8>>,
    words: [Option<Leaf<'f, Text>>; 2],
    attributes: Leaf<'f, Text>,
    state: Option<Leaf<'f, Text>>,
    dropped: Option<Leaf<'f, Count>>,
}

impl<'f> Links<'f> {
    pub(super) fn of(leaves: &mut Leaves<'f>) -> Option<List<'f, Self>> {
        let traces = leaves.pages::<Id<16>>(PART)?;
        let lengths = leaves.lengths(traces)?;
        let parts = Self {
            trace: Leaf::new(traces),
            span: leaves.leaf(PART)?,
            words: [leaves.seldom(OPTIONAL_PART)?, leaves.seldom(OPTIONAL_PART)?],
            attributes: leaves.leaf(PART)?,
            state: leaves.seldom(OPTIONAL_PART)?,
            dropped: leaves.counts(PART)?,
        };
        Some(List::new(lengths, parts))
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

impl Parts for Links<'_> {
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
}
