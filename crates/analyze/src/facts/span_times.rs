//! When the spans of a component ran by themselves, for whoever reads few of
//! these times.

use super::{FactColumns, OwnTimes};
use spanwise_model::{flags, Span, SpanTable};

/// What [`OwnTimes`] tells, read from the table itself unless a clock is
/// corrected or an end is missing.
pub(crate) struct SpanTimes<'a> {
    table: &'a SpanTable,
    facts: &'a FactColumns,
    /// The times of the trace, where those of the table do not count.
    corrected: OwnTimes,
    is_recorded: bool,
}

impl<'a> SpanTimes<'a> {
    pub(crate) fn new(table: &'a SpanTable, facts: &'a FactColumns) -> Self {
        Self {
            table,
            facts,
            corrected: OwnTimes::default(),
            is_recorded: true,
        }
    }

    /// Goes on with the component under `top`.
    pub(crate) fn enter(&mut self, top: Span<'_>) {
        self.is_recorded = self.are_recorded(top);
        if !self.is_recorded {
            let trace = top.trace().index();
            self.corrected.fill(self.table, self.facts, trace);
        }
    }

    /// True where all spans ran when the table says.
    fn are_recorded(&self, top: Span<'_>) -> bool {
        let rows = top.subtree();
        let all = &self.table.columns.flags[rows.start as usize..rows.end as usize];
        let any = all.iter().fold(0, |any, flags| any | flags);
        any & flags::MISSING_END == 0 && self.facts.rules().shifts.is_none()
    }

    /// Start and end of the span at this row, which is one of the component.
    #[inline]
    pub(crate) fn of_row(&self, row: u32) -> (i64, i64) {
        if !self.is_recorded {
            return self.corrected.of_row(row);
        }
        let columns = &self.table.columns;
        let start = columns.start_unix_nano[row as usize];
        let nano = columns.duration_nano[row as usize];
        (start, start.saturating_add_unsigned(nano))
    }

    /// How long a span of the component ran.
    #[inline]
    pub(crate) fn nano(&self, row: u32) -> u64 {
        let (start, end) = self.of_row(row);
        end.abs_diff(start)
    }

    /// False where a span of the component is known to have run shorter than so
    /// long, without its start being read.
    #[inline]
    pub(crate) fn may_last(&self, row: u32, nano: u64) -> bool {
        !self.is_recorded || self.table.columns.duration_nano[row as usize] >= nano
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts;
    use crate::policy::{Clock, Policy};
    use spanwise_io::{assemble::assemble, notation::parse};

    /// Spans as they should be, one without an end, and clocks that differ.
    const TRACES: [&str; 3] = [
        "shop GET 0..100\n  cart Get 10..60\n  cart Put 70..70",
        "shop GET 0..\n  cart Get 10..60\n  cart Put 70..",
        "shop Get 0..10 client @host.name=a\n  cart Get 53..57 server @host.name=b",
    ];

    #[test]
    fn they_are_the_own_times_of_spans() {
        for clock in [Clock::Recorded, Clock::Corrected] {
            for text in TRACES {
                let table = assemble(parse(text)).expect("spans");
                let facts = facts::compute(&table, &Policy::default().clock(clock));
                check(&table, &facts);
            }
        }
    }

    fn check(table: &SpanTable, facts: &FactColumns) {
        let (mut times, mut own) = (SpanTimes::new(table, facts), OwnTimes::default());
        let top = table.trace(0).primary();
        times.enter(top);
        own.fill(table, facts, 0);
        for row in top.subtree() {
            assert_eq!(times.of_row(row), own.of_row(row));
            assert!(times.may_last(row, times.nano(row)));
        }
        let on_path = top.subtree().map(|row| facts.critical_nano[row as usize]);
        assert_eq!(times.nano(top.row()), on_path.sum::<u64>());
    }
}
