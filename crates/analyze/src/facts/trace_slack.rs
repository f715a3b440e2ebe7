//! Slack of one trace after the other: what is kept for all spans of the table,
//! or else filled in for each trace, so that whoever reads each trace once needs
//! no columns of the whole table.

use super::slack::{SlackColumns, Slacks};
use super::FactColumns;
use spanwise_model::SpanTable;

/// Memory that is reused from one trace to the next.
#[derive(Debug, Default)]
pub(crate) struct TraceSlack {
    slacks: Slacks,
    columns: SlackColumns,
}

impl TraceSlack {
    /// The slack of a trace, and the row that the first entry stands for.
    pub(crate) fn of<'s>(
        &'s mut self,
        table: &SpanTable,
        facts: &'s FactColumns,
        trace: u32,
    ) -> (&'s SlackColumns, u32) {
        if let Some(kept) = facts.kept_slack() {
            return (kept, 0);
        }
        let rows = table.rows(trace);
        self.columns.reset(rows.len());
        let mut out = self.columns.slices();
        self.slacks.fill(table, trace, facts, &mut out);
        (&self.columns, rows.start)
    }
}
