//! Effective times of one trace after the other: those that are kept for all
//! spans of the table, or else filled in for each trace.

use super::tally::Tally;
use super::timeline::Timeline;
use super::FactColumns;
use spanwise_model::{Span, SpanTable};

/// Memory that is reused from one trace to the next.
#[derive(Debug, Default)]
pub(super) struct TraceTimes {
    timeline: Timeline,
    tally: Tally,
}

impl TraceTimes {
    /// The times of a trace, of which only the effective ones are sure to be
    /// there.
    pub(super) fn of<'t>(
        &'t mut self,
        table: &SpanTable,
        facts: &'t FactColumns,
        trace: u32,
    ) -> &'t Timeline {
        if let Some(kept) = facts.times() {
            return kept;
        }
        self.timeline
            .fill(table, facts.rules(), trace..trace + 1, &mut self.tally);
        &self.timeline
    }

    /// The same of the trace of a span.
    pub(super) fn around<'t>(&'t mut self, span: Span<'_>, facts: &'t FactColumns) -> &'t Timeline {
        match facts.times() {
            Some(kept) => kept,
            None => self.of(span.table(), facts, span.trace().index()),
        }
    }
}
