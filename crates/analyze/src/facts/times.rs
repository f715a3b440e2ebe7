//! Effective times of one trace after the other: those that are kept for all
//! spans of the table, or else filled in for each trace.

use super::tally::Tally;
use super::timeline::Timeline;
use super::FactColumns;
use spanwise_model::{Span, SpanTable};

/// The effective times of all spans of a table, run of traces by run as they were
/// filled in.
#[derive(Clone, Debug, Default)]
pub(super) struct KeptTimes {
    /// By the first row.
    runs: Vec<Timeline>,
}

impl KeptTimes {
    /// Those of runs that follow each other and together are all rows.
    pub(super) fn of(runs: Vec<Timeline>) -> Self {
        Self { runs }
    }

    /// The run that holds the trace of a row; the one at `last` is tried first.
    #[inline]
    fn run(&self, row: u32, last: &mut usize) -> &Timeline {
        match self.runs.get(*last) {
            Some(run) if run.holds(row) => run,
            _ => self.find(row, last),
        }
    }

    #[cold]
    fn find(&self, row: u32, last: &mut usize) -> &Timeline {
        let behind = self.runs.partition_point(|run| run.first <= row);
        *last = behind.saturating_sub(1);
        &self.runs[*last]
    }
}

/// Memory that is reused from one trace to the next.
#[derive(Debug, Default)]
pub(super) struct TraceTimes {
    /// Where times are not kept; by itself, so that moving this moves little.
    filled: Option<Box<Filled>>,
    /// The place of the run of the last trace, where times are kept.
    run: usize,
}

/// The times of one trace, and what filling them in takes.
#[derive(Debug, Default)]
struct Filled {
    timeline: Timeline,
    covered: Vec<i64>,
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
            return kept.run(table.rows(trace).start, &mut self.run);
        }
        let filled = self.filled.get_or_insert_default();
        let (timeline, rules) = (&mut filled.timeline, facts.rules());
        timeline.fill(table, rules, trace..trace + 1, &mut filled.tally);
        timeline.mark_serial(table, &mut filled.covered);
        timeline
    }

    /// The same of the trace of a span.
    #[inline]
    pub(super) fn around<'t>(&'t mut self, span: Span<'_>, facts: &'t FactColumns) -> &'t Timeline {
        match facts.times() {
            Some(kept) => kept.run(span.row(), &mut self.run),
            None => self.of(span.table(), facts, span.trace().index()),
        }
    }
}
