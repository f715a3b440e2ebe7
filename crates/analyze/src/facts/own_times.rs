//! When the spans of a trace ran by themselves, whatever their parents did.

use super::timeline::Timeline;
use super::FactColumns;
use spanwise_model::{flags, SpanTable};

/// Starts and ends as recorded on the clock of the policy; a missing end is
/// the latest below it, as for all facts. Memory is kept from one trace to the
/// next.
#[derive(Debug, Default)]
pub(crate) struct OwnTimes(Timeline);

impl OwnTimes {
    /// Takes the times of a trace.
    pub(crate) fn fill(&mut self, table: &SpanTable, facts: &FactColumns, trace: u32) {
        self.0.fill_own(table, facts.rules(), &(trace..trace + 1));
    }

    /// Start and end of the span at a row, where they count as they were recorded,
    /// so that nothing else need be looked at.
    #[inline]
    pub(crate) fn recorded(table: &SpanTable, facts: &FactColumns, row: u32) -> Option<(i64, i64)> {
        let (columns, row) = (&table.columns, row as usize);
        let has_end = columns.flags[row] & flags::MISSING_END == 0;
        let start = columns.start_unix_nano[row];
        let end = start.saturating_add_unsigned(columns.duration_nano[row]);
        (has_end && facts.rules().shifts.is_none()).then_some((start, end))
    }

    /// Start and end of the span at this row of the table, which is one of the
    /// trace.
    pub(crate) fn of_row(&self, row: u32) -> (i64, i64) {
        let own = self.0.own[self.0.at(row)];
        (own.start, own.end)
    }

    /// The start of the span at this place of the trace.
    pub(crate) fn start_unix_nano(&self, at: usize) -> i64 {
        self.0.own[at].start
    }

    /// Its end, not before its start.
    pub(crate) fn end_unix_nano(&self, at: usize) -> i64 {
        self.0.own[at].end
    }
}
